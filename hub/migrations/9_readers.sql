-- Up Migration

-- For people who look with SQL: a schema of views, and a role for each task, which reads its views and no table. Views run with
-- the rights of their owner, so that nothing beneath them has to be opened. No view holds a position, a pseudonym, the sentence of
-- an alert or a digest of a token.

-- Needs the right to make a schema; called again by an administrator, or by the owner once there is one.
CREATE FUNCTION make_oversight_views() RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $views$
BEGIN
  IF to_regnamespace('oversight') IS NULL THEN
    IF NOT has_database_privilege(current_database(), 'CREATE') THEN
      RAISE WARNING 'this role may make no schema, so nobody can look with SQL: let an administrator say CREATE SCHEMA oversight AUTHORIZATION %, and the role SELECT make_oversight_views()', current_user;
      RETURN;
    END IF;
    CREATE SCHEMA oversight;
  END IF;

  CREATE OR REPLACE VIEW oversight.audit WITH (security_barrier) AS
  SELECT number, at, actor, action, subject, entry->>'purpose' AS purpose, entry->'detail' AS detail,
         entry->>'previous' AS previous, encode(digest, 'hex') AS digest
  FROM public.audit;

  CREATE OR REPLACE VIEW oversight.audit_checkpoint WITH (security_barrier) AS
  SELECT number, encode(digest, 'hex') AS digest, at, encode(key, 'hex') AS key, encode(signature, 'hex') AS signature
  FROM public.audit_checkpoint;

  -- The rows of the audit about the hub itself: nothing of who looked at what.
  CREATE OR REPLACE VIEW oversight.hub_change WITH (security_barrier) AS
  SELECT number, at, action, subject, entry->'detail' AS detail
  FROM public.audit
  WHERE action IN ('database.migrated', 'policy.alerts', 'audit.key', 'audit.pruned');

  CREATE OR REPLACE VIEW oversight.policy WITH (security_barrier) AS
  SELECT number, version, digest, document, from_time, to_time, taken_by, agreed FROM public.privacy_policy_period;

  CREATE OR REPLACE VIEW oversight.policy_agreement WITH (security_barrier) AS
  SELECT base, digest, person, role, reason, at FROM public.privacy_agreement;

  CREATE OR REPLACE VIEW oversight.retention_run WITH (security_barrier) AS
  SELECT run, started_at, finished_at, class, limit_seconds, cutoff, rows, first_time, last_time, oldest_left, error
  FROM public.retention_run;

  -- Who can get in, and who is in.
  CREATE OR REPLACE VIEW oversight.access WITH (security_barrier) AS
  SELECT id, name, role, kind, created_at, last_used_at, expires_at FROM public.access_token;

  -- What became of alerts, without what they are about.
  CREATE OR REPLACE VIEW oversight.alert_outcome WITH (security_barrier) AS
  SELECT id, site, floor, zone, pattern, state, raised_at, acknowledged_by, acknowledged_at, closed_by, closed_at, disposition
  FROM public.alert;

  CREATE OR REPLACE VIEW oversight.device WITH (security_barrier) AS
  SELECT site, floor, device, camera, status, status_at, health, health_at FROM public.device;

  CREATE OR REPLACE VIEW oversight.quarantine WITH (security_barrier) AS
  SELECT hour, topic, reason, count FROM public.quarantine;

  CREATE OR REPLACE VIEW oversight.report_gap WITH (security_barrier) AS
  SELECT site, floor, device, camera, first_sequence, last_sequence, from_time, to_time, reason FROM public.report_gap;

  PERFORM grant_oversight_roles();
END
$views$;

-- Who reads which. Said again by an administrator who makes the roles later.
CREATE FUNCTION grant_oversight_roles() RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  reader text;
  readers CONSTANT text[] := ARRAY['safe_passage_auditor', 'safe_passage_privacy_officer', 'safe_passage_engineer'];
BEGIN
  FOREACH reader IN ARRAY readers LOOP
    BEGIN
      IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = reader) THEN
        EXECUTE format('CREATE ROLE %I NOLOGIN', reader);
      END IF;
    EXCEPTION
      -- Two databases of one server may be made at the same time.
      WHEN duplicate_object OR unique_violation THEN NULL;
      WHEN insufficient_privilege THEN
        RAISE WARNING 'this role may not make the role %, so nobody can look with SQL: let an administrator say CREATE ROLE % and then SELECT grant_oversight_roles()', reader, reader;
        RETURN;
    END;
  END LOOP;
  IF to_regnamespace('oversight') IS NULL THEN
    RETURN;
  END IF;
  FOREACH reader IN ARRAY readers LOOP
    EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA oversight FROM %I', reader);
    EXECUTE format('GRANT USAGE ON SCHEMA oversight TO %I', reader);
  END LOOP;
  GRANT SELECT ON oversight.audit, oversight.audit_checkpoint, oversight.hub_change, oversight.policy, oversight.policy_agreement,
                  oversight.retention_run, oversight.access, oversight.alert_outcome, oversight.device, oversight.quarantine
    TO safe_passage_auditor, safe_passage_privacy_officer;
  GRANT SELECT ON oversight.hub_change, oversight.retention_run, oversight.device, oversight.quarantine, oversight.report_gap
    TO safe_passage_engineer;
END
$$;
REVOKE ALL ON FUNCTION make_oversight_views(), grant_oversight_roles() FROM PUBLIC;
SELECT make_oversight_views();

-- Down Migration

-- The roles are of the whole server; what they may do here goes.
DROP SCHEMA IF EXISTS oversight CASCADE;
DROP FUNCTION make_oversight_views(), grant_oversight_roles();
