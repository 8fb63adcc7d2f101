-- Up Migration

-- An alert is a story of one movement or several. What was raised before is a story of one stay.

ALTER TABLE alert
  ALTER COLUMN zone DROP NOT NULL,
  -- The episodes that the story is made of, the one that raised it among them.
  ADD COLUMN parts uuid[],
  -- The older alert in which this one goes on; it may reach the end of its retention first.
  ADD COLUMN went_on_in uuid;
UPDATE alert SET parts = ARRAY[id];
ALTER TABLE alert ALTER COLUMN parts SET NOT NULL;
UPDATE alert SET detail = jsonb_set(detail, '{patterns}', '["dwell"]') WHERE NOT detail ? 'patterns';
UPDATE alert SET detail = jsonb_set(detail, '{uncertainty,joinProbability}', '1')
WHERE NOT detail->'uncertainty' ? 'joinProbability';

-- Stays are scored by persons from now on, under other pseudonyms than those of one camera's tracks: what was under way ends here,
-- and goes on as a stay of its own.
INSERT INTO alert_event (alert, at, actor, event, note)
SELECT id, now(), 'scorer', 'movement ended', 'the hub was brought up to date' FROM alert WHERE live;
UPDATE alert SET live = false WHERE live;
UPDATE dwell_episode SET open = false WHERE open;

CREATE TABLE movement_episode (
  id         uuid        NOT NULL,
  site       text        NOT NULL,
  floor      text        NOT NULL,
  -- Null outside of every zone.
  zone       text,
  pattern    text        NOT NULL,
  from_time  timestamptz NOT NULL,
  to_time    timestamptz NOT NULL,
  open       boolean     NOT NULL,
  score      double precision NOT NULL,
  detail     jsonb       NOT NULL,
  PRIMARY KEY (id, from_time)
);
CREATE INDEX movement_episode_pattern ON movement_episode (floor, pattern, from_time);

DO $$
BEGIN
  IF EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'timescaledb') THEN
    PERFORM create_hypertable('movement_episode', 'from_time', chunk_time_interval => interval '1 day', create_default_indexes => false);
  END IF;
END
$$;

-- Down Migration

DROP TABLE movement_episode;
UPDATE alert SET detail = (detail - 'patterns') #- '{uncertainty,joinProbability}';
-- A movement outside of every zone was nowhere for the version before: the floor stands for it, so that no alert is lost.
UPDATE alert SET zone = floor WHERE zone IS NULL;
ALTER TABLE alert
  DROP COLUMN went_on_in,
  DROP COLUMN parts,
  ALTER COLUMN zone SET NOT NULL;
