-- Up Migration

-- How many people were where, a number for each zone (and `*`, all zones of the floor together) and each quarter-hour, hour
-- and day of the site. What stands here may be known to everybody: a number with few people behind it, or one that would give such a
-- number away, is null and was never written.
CREATE TABLE aggregate_count (
  site           text        NOT NULL,
  floor          text        NOT NULL,
  zone           text        NOT NULL,
  period         text        NOT NULL CHECK (period IN ('quarter', 'hour', 'day')),
  from_time      timestamptz NOT NULL,
  to_time        timestamptz NOT NULL,
  -- Stays that began.
  footfall       integer,
  -- Seconds of presence of all people together.
  person_seconds bigint,
  -- Of the zone as it was then; for `*` the sum.
  square_metres  double precision NOT NULL,
  -- Fewer people than this were not told.
  k              integer     NOT NULL,
  made_at        timestamptz NOT NULL,
  PRIMARY KEY (site, floor, zone, period, from_time)
);
CREATE INDEX aggregate_count_time ON aggregate_count (from_time);

-- For dashboards. Everything is derived from the two numbers that are published, or is null as they are.
CREATE VIEW aggregate_cell AS
SELECT site, floor, zone, period, from_time, to_time, footfall, person_seconds,
       person_seconds / extract(epoch FROM to_time - from_time)::double precision AS mean_persons,
       person_seconds / extract(epoch FROM to_time - from_time)::double precision / nullif(square_metres, 0)
         AS persons_per_square_metre,
       person_seconds / nullif(footfall, 0)::double precision AS dwell_seconds,
       k
FROM aggregate_count;

SELECT grant_hub_role();

-- Down Migration

DROP VIEW aggregate_cell;
DROP TABLE aggregate_count;
