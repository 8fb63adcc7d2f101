-- Up Migration

-- What each run of the retention engine did to each class of data. A row is written when the class is begun and brought up
-- to date in the very transactions that remove something: after a crash it says what had gone until then.
CREATE TABLE retention_run (
  run           uuid        NOT NULL,
  started_at    timestamptz NOT NULL,
  class         text        NOT NULL,
  finished_at   timestamptz,
  limit_seconds double precision NOT NULL,
  -- What is older had to go.
  cutoff        timestamptz NOT NULL,
  rows          bigint      NOT NULL DEFAULT 0,
  -- The range of what went.
  first_time    timestamptz,
  last_time     timestamptz,
  -- The oldest row that was left, null where there is none.
  oldest_left   timestamptz,
  error         text,
  -- Not the time: a clock that is set back may show the same one twice.
  PRIMARY KEY (run, class)
);
CREATE INDEX retention_run_time ON retention_run (started_at);

-- A chunk is dropped by the owner of its table alone, and the hub need not be that.
CREATE FUNCTION retention_drop_chunk(target text, older timestamptz, newer timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  place text;
BEGIN
  SELECT n.nspname INTO STRICT place
  FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace WHERE e.extname = 'timescaledb';
  EXECUTE format('SELECT %I.drop_chunks(%L::regclass, older_than => %L::timestamptz, newer_than => %L::timestamptz)',
                 place, format('public.%I', target), older, newer);
END
$$;
REVOKE ALL ON FUNCTION retention_drop_chunk(text, timestamptz, timestamptz) FROM PUBLIC;

SELECT grant_hub_role();
DO $$
BEGIN
  IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'safe_passage_hub') THEN
    GRANT EXECUTE ON FUNCTION retention_drop_chunk(text, timestamptz, timestamptz) TO safe_passage_hub;
  END IF;
END
$$;

-- Down Migration

DROP FUNCTION retention_drop_chunk(text, timestamptz, timestamptz);
DROP TABLE retention_run;
