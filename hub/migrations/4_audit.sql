-- Up Migration

-- Who did what, who looked at what: rows that are appended and never changed. The entry is canonical JSON, kept byte for byte
-- (json, not jsonb), and holds the digest of the row before it; the digest is the SHA-256 of the entry. What can be looked
-- for is generated from the entry, so that there is nothing beside it to alter.
CREATE TABLE audit (
  number  bigint      GENERATED ALWAYS AS ((entry->>'number')::bigint) STORED PRIMARY KEY,
  at      timestamptz GENERATED ALWAYS AS (to_timestamp((entry->>'atMs')::double precision / 1000)) STORED,
  actor   text        GENERATED ALWAYS AS (entry->>'actor') STORED,
  action  text        GENERATED ALWAYS AS (entry->>'action') STORED,
  subject text        GENERATED ALWAYS AS (entry->>'subject') STORED,
  entry   json        NOT NULL,
  digest  bytea       NOT NULL CHECK (length(digest) = 32)
);
CREATE INDEX audit_subject ON audit (subject, number) WHERE subject IS NOT NULL;
CREATE INDEX audit_action ON audit (action, number);

-- The end of the chain, signed from time to time: whoever rewrites the chain cannot write these anew.
CREATE TABLE audit_checkpoint (
  number    bigint      PRIMARY KEY,
  digest    bytea       NOT NULL,
  at        timestamptz NOT NULL,
  -- The public key, Ed25519, 32 bytes.
  key       bytea       NOT NULL,
  signature bytea       NOT NULL
);

-- What took the place of the rows up to `through`: the digest that the first row left goes on from, signed.
CREATE TABLE audit_pruning (
  through   bigint      PRIMARY KEY,
  digest    bytea       NOT NULL,
  at        timestamptz NOT NULL,
  key       bytea       NOT NULL,
  signature bytea       NOT NULL
);

-- Holds for every role, the owner of the table included, as long as nobody takes the trigger away.
CREATE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  next bigint;
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT coalesce((SELECT max(number) FROM audit), (SELECT max(through) FROM audit_pruning), 0) + 1 INTO next;
    IF (NEW.entry->>'number')::bigint = next THEN
      RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the next audit row is number %, not %', next, NEW.entry->>'number' USING ERRCODE = 'check_violation';
  END IF;
  -- Six months is the least that an audit is kept, whatever a policy or a signed record says.
  IF TG_OP = 'DELETE' AND OLD.at < now() - interval '6 months'
     AND OLD.number <= (SELECT max(through) FROM audit_pruning) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'audit rows are not changed and not deleted' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_only_grows BEFORE INSERT OR UPDATE OR DELETE ON audit
  FOR EACH ROW EXECUTE FUNCTION audit_only_grows();

CREATE FUNCTION audit_proof_stays() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'audit_checkpoint' THEN
    IF OLD.number <= (SELECT max(through) FROM audit_pruning) THEN
      RETURN OLD;
    END IF;
  END IF;
  RAISE EXCEPTION 'rows of % are not changed and not deleted', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_checkpoint_stays BEFORE UPDATE OR DELETE ON audit_checkpoint
  FOR EACH ROW EXECUTE FUNCTION audit_proof_stays();
CREATE TRIGGER audit_pruning_stays BEFORE UPDATE OR DELETE ON audit_pruning
  FOR EACH ROW EXECUTE FUNCTION audit_proof_stays();
CREATE TRIGGER audit_whole BEFORE TRUNCATE ON audit
  FOR EACH STATEMENT EXECUTE FUNCTION audit_proof_stays();
CREATE TRIGGER audit_checkpoint_whole BEFORE TRUNCATE ON audit_checkpoint
  FOR EACH STATEMENT EXECUTE FUNCTION audit_proof_stays();
CREATE TRIGGER audit_pruning_whole BEFORE TRUNCATE ON audit_pruning
  FOR EACH STATEMENT EXECUTE FUNCTION audit_proof_stays();

-- The only way for the hub's role to remove audit rows; the trigger says which.
CREATE FUNCTION audit_prune(wanted bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  removed bigint;
BEGIN
  DELETE FROM audit_checkpoint WHERE number <= wanted;
  DELETE FROM audit WHERE number <= wanted;
  GET DIAGNOSTICS removed = ROW_COUNT;
  RETURN removed;
END
$$;
REVOKE ALL ON FUNCTION audit_prune(bigint) FROM PUBLIC;

-- The role that a hub works in. It reads and writes, owns nothing, and has no right to change an audit row. Said again by
-- every migration that makes tables, and by an administrator who makes the role later.
CREATE FUNCTION grant_hub_role() RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  proof text;
BEGIN
  BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'safe_passage_hub') THEN
      CREATE ROLE safe_passage_hub NOLOGIN;
    END IF;
  EXCEPTION
    -- Two databases of one server may be made at the same time.
    WHEN duplicate_object OR unique_violation THEN NULL;
    WHEN insufficient_privilege THEN
      RAISE WARNING 'this role may not make the role safe_passage_hub, so triggers alone protect audit rows: let an administrator say CREATE ROLE safe_passage_hub; GRANT safe_passage_hub TO %; and then say SELECT grant_hub_role()', current_user;
      RETURN;
  END;
  IF NOT pg_has_role(current_user, 'safe_passage_hub', 'MEMBER') THEN
    BEGIN
      EXECUTE format('GRANT safe_passage_hub TO %I', current_user);
    EXCEPTION WHEN insufficient_privilege THEN
      RAISE WARNING 'triggers alone protect audit rows: let an administrator say GRANT safe_passage_hub TO %', current_user;
    END;
  END IF;
  GRANT USAGE ON SCHEMA public TO safe_passage_hub;
  GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO safe_passage_hub;
  -- Tables of later migrations, where the same role makes them.
  ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO safe_passage_hub;
  -- What proves something is appended and never changed; some of it is made by a later migration.
  FOREACH proof IN ARRAY ARRAY['audit', 'audit_checkpoint', 'audit_pruning', 'privacy_policy', 'privacy_agreement'] LOOP
    IF to_regclass(proof) IS NOT NULL THEN
      EXECUTE format('REVOKE UPDATE, DELETE ON %I FROM safe_passage_hub', proof);
    END IF;
  END LOOP;
  REVOKE INSERT, UPDATE, DELETE ON schema_migration FROM safe_passage_hub;
  GRANT EXECUTE ON FUNCTION audit_prune(bigint) TO safe_passage_hub;
END
$$;
REVOKE ALL ON FUNCTION grant_hub_role() FROM PUBLIC;
SELECT grant_hub_role();

-- Down Migration

DROP TABLE audit_pruning, audit_checkpoint, audit;
DROP FUNCTION grant_hub_role(), audit_prune(bigint), audit_only_grows(), audit_proof_stays();
-- The role is of the whole server; what it may do here goes.
DO $$
BEGIN
  IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'safe_passage_hub') THEN
    ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE SELECT, INSERT, UPDATE, DELETE ON TABLES FROM safe_passage_hub;
    REVOKE ALL ON ALL TABLES IN SCHEMA public FROM safe_passage_hub;
    REVOKE USAGE ON SCHEMA public FROM safe_passage_hub;
  END IF;
END
$$;
