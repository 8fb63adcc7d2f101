-- Up Migration

-- Five roles in place of two. Whoever had one keeps it.
ALTER TABLE access_token
  DROP CONSTRAINT access_token_role_check,
  ADD CONSTRAINT access_token_role_check
    CHECK (role IN ('reviewer', 'senior-reviewer', 'privacy-officer', 'engineer', 'auditor')),
  -- What an operator calls it by: the digest is nobody's business.
  ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid(),
  -- A session that is not used for so long is over. Null: it does not end by that.
  ADD COLUMN idle_seconds integer CHECK (idle_seconds > 0),
  -- To the minute.
  ADD COLUMN last_used_at timestamptz NOT NULL DEFAULT now();
CREATE UNIQUE INDEX access_token_id ON access_token (id);

-- In which role somebody agreed; what was agreed before there were these roles counts for no policy any more.
ALTER TABLE privacy_agreement ADD COLUMN role text;

-- Down Migration

ALTER TABLE privacy_agreement DROP COLUMN role;
-- The version before knows two roles: whoever has another must not become one of them.
DELETE FROM access_token WHERE role NOT IN ('reviewer', 'engineer');
ALTER TABLE access_token
  DROP COLUMN last_used_at,
  DROP COLUMN idle_seconds,
  DROP COLUMN id,
  DROP CONSTRAINT access_token_role_check,
  ADD CONSTRAINT access_token_role_check CHECK (role IN ('reviewer', 'engineer'));
