-- Up Migration

-- Where the persons of a floor were, one row per person and second: the fused tracks of all cameras. What a reviewer is shown.
CREATE TABLE person_segment (
  site       text        NOT NULL,
  floor      text        NOT NULL,
  person     text        NOT NULL,
  from_time  timestamptz NOT NULL,
  offset_ms  integer[]   NOT NULL,
  x_cm       integer[]   NOT NULL,
  y_cm       integer[]   NOT NULL,
  sigma_cm   integer[]   NOT NULL,
  measured   boolean[]   NOT NULL,
  -- The tracks that the person was made of, as `device/camera track`: after a restart whose track goes on keeps the name.
  tracks     text[]      NOT NULL,
  PRIMARY KEY (person, from_time, floor, site)
);
CREATE INDEX person_segment_time ON person_segment USING brin (from_time) WITH (pages_per_range = 32, autosummarize = on);

DO $$
BEGIN
  IF EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'timescaledb') THEN
    PERFORM create_hypertable('person_segment', 'from_time', chunk_time_interval => interval '1 hour', create_default_indexes => false);
  END IF;
END
$$;

-- One row per position, for SQL and dashboards.
CREATE VIEW person_point AS
SELECT s.site, s.floor, s.person,
       s.from_time + p.offset_ms * interval '1 millisecond' AS time,
       p.x_cm / 100.0 AS x_metres,
       p.y_cm / 100.0 AS y_metres,
       p.sigma_cm / 100.0 AS sigma_metres,
       p.measured
FROM person_segment AS s,
     LATERAL unnest(s.offset_ms, s.x_cm, s.y_cm, s.sigma_cm, s.measured) AS p (offset_ms, x_cm, y_cm, sigma_cm, measured);

-- Down Migration

DROP VIEW person_point;
DROP TABLE person_segment;
