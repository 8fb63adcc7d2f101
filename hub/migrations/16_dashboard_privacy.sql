-- Up Migration

-- What dashboards see of holds and of the re-identification test, in place of the empty views of migration 7. To be said again
-- after make_dashboard_views(), where an administrator made the schema later.
CREATE FUNCTION make_dashboard_privacy_views() RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $views$
BEGIN
  IF to_regnamespace('dashboard') IS NULL THEN
    RETURN;
  END IF;
  CREATE OR REPLACE VIEW dashboard.hold WITH (security_barrier) AS
  SELECT id AS hold, alert, site, floor, reason, owner, held_at, until, ended_at
  FROM public.evidence_hold
  WHERE ended_at IS NULL OR ended_at >= now() - retention_limit('audit');
  CREATE OR REPLACE VIEW dashboard.reidentification WITH (security_barrier) AS
  SELECT at, site, NULL::text AS floor, points,
         CASE WHEN rounding_metres > 0 OR rounding_seconds > 0
              THEN format('rounded to %s m and %s s', rounding_metres, rounding_seconds) ELSE 'as stored' END
         || format(', known to %s m and %s s', precision_metres, precision_seconds) AS setting,
         unique_persons / nullif(sampled, 0)::double precision AS unique_share, persons::bigint AS tracks
  FROM public.reidentification_result
  WHERE at >= now() - retention_limit('audit');
  PERFORM grant_grafana_role();
END
$views$;
REVOKE ALL ON FUNCTION make_dashboard_privacy_views() FROM PUBLIC;
SELECT make_dashboard_privacy_views();

-- Down Migration

DROP FUNCTION make_dashboard_privacy_views();
DO $$
BEGIN
  IF to_regnamespace('dashboard') IS NOT NULL THEN
    DROP VIEW dashboard.hold, dashboard.reidentification;
    PERFORM make_dashboard_views();
  END IF;
END
$$;
