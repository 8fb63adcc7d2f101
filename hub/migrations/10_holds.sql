-- Up Migration

-- Exceptions from retention: each keeps the evidence of one alert, for a reason, until a day. What was decided stays as a record
-- after the end.
CREATE TABLE evidence_hold (
  id         uuid        PRIMARY KEY,
  -- Not a reference: the record outlives the alert.
  alert      uuid        NOT NULL,
  site       text        NOT NULL,
  floor      text        NOT NULL,
  reason     text        NOT NULL,
  owner      text        NOT NULL,
  held_by    text        NOT NULL,
  held_at    timestamptz NOT NULL,
  until      timestamptz NOT NULL,
  -- Null while it lasts.
  ended_at   timestamptz,
  ended_by   text,
  end_reason text
);
CREATE INDEX evidence_hold_alert ON evidence_hold (alert) WHERE ended_at IS NULL;

-- Copies of the positions that explain a held alert, cut to its persons and its time; not the tracks that they were made of, nor
-- anybody else.
CREATE TABLE held_segment (
  hold       uuid        NOT NULL REFERENCES evidence_hold (id) ON DELETE CASCADE,
  held_at    timestamptz NOT NULL,
  person     text        NOT NULL,
  from_time  timestamptz NOT NULL,
  offset_ms  integer[]   NOT NULL,
  x_cm       integer[]   NOT NULL,
  y_cm       integer[]   NOT NULL,
  sigma_cm   integer[]   NOT NULL,
  measured   boolean[]   NOT NULL,
  PRIMARY KEY (hold, person, from_time)
);

SELECT grant_hub_role();

-- Down Migration

DROP TABLE held_segment, evidence_hold;
