-- Up Migration

-- What devices of privacy level `counts` send: no pseudonym, no position, no time finer than a quarter-hour.

-- Which reports have come: a second delivery is known by its key. It holds no number of people.
CREATE TABLE count_report (
  site            text        NOT NULL,
  floor           text        NOT NULL,
  device          text        NOT NULL,
  camera          text        NOT NULL,
  epoch           text        NOT NULL,
  sequence        bigint      NOT NULL,
  from_time       timestamptz NOT NULL,
  to_time         timestamptz NOT NULL,
  received_at     timestamptz NOT NULL DEFAULT now(),
  calibration     text        NOT NULL,
  watched_seconds integer     NOT NULL,
  PRIMARY KEY (device, camera, epoch, sequence, from_time)
);
CREATE INDEX count_report_time ON count_report (from_time);

-- The numbers by zone, and under `*` those of people in any zone of the camera. Small ones are among them, because what has to
-- be left out is only known when a day is over and all of it can be looked at: then they are published as far as they may be, and gone.
CREATE TABLE zone_count (
  site           text        NOT NULL,
  floor          text        NOT NULL,
  device         text        NOT NULL,
  camera         text        NOT NULL,
  epoch          text        NOT NULL,
  sequence       bigint      NOT NULL,
  zone           text        NOT NULL,
  from_time      timestamptz NOT NULL,
  people         integer     NOT NULL,
  newcomers      integer     NOT NULL,
  person_seconds integer     NOT NULL,
  PRIMARY KEY (device, camera, epoch, sequence, zone, from_time)
);
CREATE INDEX zone_count_time ON zone_count (site, floor, from_time);

SELECT grant_hub_role();

-- Down Migration

DROP TABLE zone_count, count_report;
