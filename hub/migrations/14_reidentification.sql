-- Up Migration

-- What the re-identification test found: of so many persons asked about, so many were the only one who fitted what somebody
-- might know of them. Numbers alone: no pseudonym, no place and no time of anybody.
CREATE TABLE reidentification_result (
  run               uuid        NOT NULL,
  site              text        NOT NULL,
  at                timestamptz NOT NULL,
  seed              bigint      NOT NULL,
  -- Tracks of the last so many seconds.
  retention_seconds double precision NOT NULL,
  -- As if tracks were stored on a grid of this size; 0: as they are.
  rounding_metres   double precision NOT NULL,
  rounding_seconds  double precision NOT NULL,
  -- How exactly places and times are known, and how many of them.
  precision_metres  double precision NOT NULL,
  precision_seconds double precision NOT NULL,
  points            integer     NOT NULL,
  persons           integer     NOT NULL,
  sampled           integer     NOT NULL,
  unique_persons    integer     NOT NULL,
  PRIMARY KEY (run, retention_seconds, rounding_metres, rounding_seconds, precision_metres, precision_seconds, points)
);
CREATE INDEX reidentification_result_time ON reidentification_result (at);

-- For dashboards: the share over time.
CREATE VIEW reidentification_share AS
SELECT site, at, retention_seconds, rounding_metres, rounding_seconds, precision_metres, precision_seconds, points,
       persons, sampled, unique_persons, unique_persons / nullif(sampled, 0)::double precision AS unique_share
FROM reidentification_result;

SELECT grant_hub_role();

-- Down Migration

DROP VIEW reidentification_share;
DROP TABLE reidentification_result;
