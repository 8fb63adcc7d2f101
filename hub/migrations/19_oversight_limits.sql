-- Up Migration

-- Whoever looks with SQL sees nothing past its time either: the views of `oversight` hold the limits of the policy in force at every
-- read, as the hub's own reads and the views of dashboards do. The limit is asked once for each query, not for each row.

ALTER FUNCTION make_oversight_views() RENAME TO make_oversight_views_without_limits;
ALTER FUNCTION grant_oversight_roles() RENAME TO grant_oversight_roles_of_9;

CREATE FUNCTION grant_oversight_roles() RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  reader text;
BEGIN
  PERFORM grant_oversight_roles_of_9();
  FOREACH reader IN ARRAY ARRAY['safe_passage_auditor', 'safe_passage_privacy_officer', 'safe_passage_engineer'] LOOP
    CONTINUE WHEN NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = reader);
    -- A view asks this in the name of whoever reads it.
    EXECUTE format('GRANT EXECUTE ON FUNCTION retention_limit(text) TO %I', reader);
    IF to_regclass('oversight.retention_zone_run') IS NOT NULL THEN
      EXECUTE format('GRANT SELECT ON oversight.retention_zone_run TO %I', reader);
    END IF;
  END LOOP;
END
$$;

CREATE FUNCTION make_oversight_views() RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $views$
BEGIN
  PERFORM make_oversight_views_without_limits();
  IF to_regnamespace('oversight') IS NULL THEN
    RETURN;
  END IF;

  CREATE OR REPLACE VIEW oversight.audit WITH (security_barrier) AS
  SELECT number, at, actor, action, subject, entry->>'purpose' AS purpose, entry->'detail' AS detail,
         entry->>'previous' AS previous, encode(digest, 'hex') AS digest
  FROM public.audit WHERE at >= (SELECT now() - retention_limit('audit'));

  CREATE OR REPLACE VIEW oversight.audit_checkpoint WITH (security_barrier) AS
  SELECT number, encode(digest, 'hex') AS digest, at, encode(key, 'hex') AS key, encode(signature, 'hex') AS signature
  FROM public.audit_checkpoint WHERE at >= (SELECT now() - retention_limit('audit'));

  CREATE OR REPLACE VIEW oversight.hub_change WITH (security_barrier) AS
  SELECT number, at, action, subject, entry->'detail' AS detail
  FROM public.audit
  WHERE at >= (SELECT now() - retention_limit('audit'))
    AND action IN ('database.migrated', 'policy.alerts', 'audit.key', 'audit.pruned');

  CREATE OR REPLACE VIEW oversight.retention_run WITH (security_barrier) AS
  SELECT run, started_at, finished_at, class, limit_seconds, cutoff, rows, first_time, last_time, oldest_left, error
  FROM public.retention_run WHERE started_at >= (SELECT now() - retention_limit('audit'));

  CREATE OR REPLACE VIEW oversight.retention_zone_run WITH (security_barrier) AS
  SELECT run, started_at, finished_at, class, floor, zone, limit_seconds, cutoff, rows, first_time, last_time, oldest_left, error
  FROM public.retention_zone_run WHERE started_at >= (SELECT now() - retention_limit('audit'));

  CREATE OR REPLACE VIEW oversight.alert_outcome WITH (security_barrier) AS
  SELECT id, site, floor, zone, pattern, state, raised_at, acknowledged_by, acknowledged_at, closed_by, closed_at, disposition
  FROM public.alert AS a
  WHERE raised_at >= (SELECT now() - retention_limit('alerts'))
    AND NOT EXISTS (SELECT 1 FROM zone_limits('alerts') AS l WHERE l.floor = a.floor AND l.zone = a.zone AND a.raised_at < l.oldest);

  CREATE OR REPLACE VIEW oversight.quarantine WITH (security_barrier) AS
  SELECT hour, topic, reason, count FROM public.quarantine WHERE hour >= (SELECT now() - retention_limit('accessLogs'));

  CREATE OR REPLACE VIEW oversight.report_gap WITH (security_barrier) AS
  SELECT site, floor, device, camera, first_sequence, last_sequence, from_time, to_time, reason
  FROM public.report_gap WHERE from_time >= (SELECT now() - retention_limit('tracks'));

  PERFORM grant_oversight_roles();
END
$views$;
REVOKE ALL ON FUNCTION make_oversight_views(), grant_oversight_roles() FROM PUBLIC;
SELECT make_oversight_views();

-- Down Migration

DROP FUNCTION make_oversight_views(), grant_oversight_roles();
ALTER FUNCTION make_oversight_views_without_limits() RENAME TO make_oversight_views;
ALTER FUNCTION grant_oversight_roles_of_9() RENAME TO grant_oversight_roles;
DO $$
BEGIN
  IF to_regnamespace('oversight') IS NOT NULL THEN
    DROP VIEW oversight.retention_zone_run;
    PERFORM make_oversight_views();
  END IF;
END
$$;
