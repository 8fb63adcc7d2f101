-- Up Migration

-- Hypertables where TimescaleDB is to be had, the same tables without it. Every table with positions is keyed by time so
-- that its chunks can be dropped whole.

CREATE TABLE track_report (
  site        text        NOT NULL,
  floor       text        NOT NULL,
  device      text        NOT NULL,
  camera      text        NOT NULL,
  epoch       text        NOT NULL,
  sequence    bigint      NOT NULL,
  from_time   timestamptz NOT NULL,
  to_time     timestamptz NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  calibration text        NOT NULL,
  tracks      integer     NOT NULL,
  PRIMARY KEY (device, camera, epoch, sequence, from_time)
);
-- Rows arrive nearly in order of time: a block range index finds a stretch of it at a thousandth of a B-tree's size, and
-- writing is a third faster than with one.
CREATE INDEX track_report_time ON track_report USING brin (from_time) WITH (pages_per_range = 32, autosummarize = on);

-- One row per track per report; the points as parallel arrays.
CREATE TABLE track_segment (
  floor        text        NOT NULL,
  device       text        NOT NULL,
  camera       text        NOT NULL,
  epoch        text        NOT NULL,
  sequence     bigint      NOT NULL,
  -- The place in the report, so that a replay gives the report back exactly.
  ordinal      smallint    NOT NULL,
  pseudonym    text        NOT NULL,
  state        text        NOT NULL,
  from_time    timestamptz NOT NULL,
  offset_ms    integer[]   NOT NULL,
  x_cm         integer[]   NOT NULL,
  y_cm         integer[]   NOT NULL,
  sigma_cm     integer[]   NOT NULL,
  measured     boolean[]   NOT NULL
);
CREATE INDEX track_segment_person ON track_segment (pseudonym, from_time);
CREATE INDEX track_segment_time ON track_segment USING brin (from_time) WITH (pages_per_range = 32, autosummarize = on);

CREATE TABLE report_gap (
  site           text        NOT NULL,
  floor          text        NOT NULL,
  device         text        NOT NULL,
  camera         text        NOT NULL,
  epoch          text        NOT NULL,
  sequence       bigint      NOT NULL,
  first_sequence bigint      NOT NULL,
  last_sequence  bigint      NOT NULL,
  from_time      timestamptz NOT NULL,
  to_time        timestamptz NOT NULL,
  reason         text        NOT NULL,
  received_at    timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (device, camera, epoch, sequence)
);

-- What was refused: how often and why, never what it said.
CREATE TABLE quarantine (
  hour   timestamptz NOT NULL,
  topic  text        NOT NULL,
  reason text        NOT NULL,
  count  bigint      NOT NULL,
  PRIMARY KEY (hour, topic, reason)
);

CREATE TABLE device (
  site       text        NOT NULL,
  floor      text        NOT NULL,
  device     text        NOT NULL,
  camera     text        NOT NULL,
  status     jsonb,
  status_at  timestamptz,
  health     jsonb,
  health_at  timestamptz,
  PRIMARY KEY (site, floor, device)
);

CREATE TABLE dwell_episode (
  id         uuid        NOT NULL,
  site       text        NOT NULL,
  floor      text        NOT NULL,
  zone       text        NOT NULL,
  person     text        NOT NULL,
  from_time  timestamptz NOT NULL,
  to_time    timestamptz NOT NULL,
  seconds    double precision NOT NULL,
  open       boolean     NOT NULL,
  detail     jsonb       NOT NULL,
  PRIMARY KEY (id, from_time)
);
CREATE INDEX dwell_episode_zone ON dwell_episode (floor, zone, from_time);

CREATE TABLE alert (
  id          uuid PRIMARY KEY,
  site        text        NOT NULL,
  floor       text        NOT NULL,
  zone        text        NOT NULL,
  pattern     text        NOT NULL,
  state       text        NOT NULL CHECK (state IN ('new', 'acknowledged', 'closed')),
  -- Whether the movement itself still goes on.
  live        boolean     NOT NULL,
  delayed     boolean     NOT NULL,
  raised_at   timestamptz NOT NULL,
  updated_at  timestamptz NOT NULL,
  from_time   timestamptz NOT NULL,
  to_time     timestamptz NOT NULL,
  score       double precision NOT NULL,
  severity    double precision NOT NULL,
  sentence    text        NOT NULL,
  detail      jsonb       NOT NULL,
  acknowledged_by text,
  acknowledged_at timestamptz,
  closed_by   text,
  closed_at   timestamptz,
  disposition text CHECK (disposition IN ('true-positive', 'benign-positive', 'false-positive', 'unknown')),
  disposition_reason text
);
CREATE INDEX alert_state ON alert (state, raised_at DESC);

-- Everything that happened to an alert, by the scorer or by a person.
CREATE TABLE alert_event (
  id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  alert    uuid        NOT NULL REFERENCES alert (id) ON DELETE CASCADE,
  at       timestamptz NOT NULL,
  actor    text        NOT NULL,
  event    text        NOT NULL,
  note     text
);
CREATE INDEX alert_event_alert ON alert_event (alert, id);

-- Tokens are kept as SHA-256 digests. A one-time token signs in once and is gone.
CREATE TABLE access_token (
  digest     bytea PRIMARY KEY,
  name       text        NOT NULL,
  role       text        NOT NULL CHECK (role IN ('reviewer', 'engineer')),
  kind       text        NOT NULL CHECK (kind IN ('token', 'one-time', 'session')),
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz
);

-- The extension may be there already (made by an administrator), or may be made by this role where its library is loaded.
-- A role that may not make it gets plain tables and is told so.
DO $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'timescaledb') THEN
    IF NOT EXISTS (SELECT 1 FROM pg_available_extensions WHERE name = 'timescaledb') THEN
      RETURN;
    END IF;
    -- Set by the library when the server has loaded it; without that the next statement would end the connection.
    IF current_setting('timescaledb.disable_load', true) IS NULL THEN
      RAISE WARNING 'TimescaleDB is installed but not in shared_preload_libraries: using plain tables';
      RETURN;
    END IF;
    BEGIN
      CREATE EXTENSION timescaledb;
    EXCEPTION WHEN insufficient_privilege THEN
      RAISE WARNING 'TimescaleDB is installed but this role may not create the extension: using plain tables';
      RETURN;
    END;
  END IF;
  PERFORM create_hypertable('track_report', 'from_time', chunk_time_interval => interval '1 hour', create_default_indexes => false);
  PERFORM create_hypertable('track_segment', 'from_time', chunk_time_interval => interval '1 hour', create_default_indexes => false);
  PERFORM create_hypertable('dwell_episode', 'from_time', chunk_time_interval => interval '1 day', create_default_indexes => false);
END
$$;

-- One row per position, for SQL and dashboards.
CREATE VIEW track_point AS
SELECT s.floor, s.device, s.camera, s.pseudonym, s.state,
       s.from_time + p.offset_ms * interval '1 millisecond' AS time,
       p.x_cm / 100.0 AS x_metres,
       p.y_cm / 100.0 AS y_metres,
       p.sigma_cm / 100.0 AS sigma_metres,
       p.measured
FROM track_segment AS s,
     LATERAL unnest(s.offset_ms, s.x_cm, s.y_cm, s.sigma_cm, s.measured) AS p (offset_ms, x_cm, y_cm, sigma_cm, measured);

-- Down Migration

DROP VIEW track_point;
DROP TABLE access_token, alert_event, alert, device, quarantine, report_gap;
-- A hypertable is dropped by a statement of its own.
DROP TABLE dwell_episode;
DROP TABLE track_segment;
DROP TABLE track_report;
