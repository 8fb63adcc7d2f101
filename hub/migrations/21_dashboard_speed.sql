-- Up Migration

-- What dashboards ask of a month of a busy airport is read from an index alone, and not one row more than is shown: the columns
-- that a panel adds up stand beside those that it looks for.
CREATE INDEX zone_interval_read ON zone_interval (site, floor, step_seconds, from_time)
  INCLUDE (zone, people, stays, stay_seconds, longest_seconds);
CREATE INDEX zone_flow_read ON zone_flow (site, floor, from_time) INCLUDE (from_zone, to_zone, people);
CREATE INDEX device_health_read ON device_health (site, step_seconds, device, from_time)
  INCLUDE (floor, camera, source_frames_per_second, processed_frames_per_second, outbox_reports, outbox_oldest_seconds, clock_offset_seconds);
-- Most runs remove nothing and come to their end.
CREATE INDEX retention_run_removed ON retention_run (started_at) INCLUDE (class, rows) WHERE rows > 0;
CREATE INDEX retention_run_fault ON retention_run (started_at) WHERE error IS NOT NULL OR finished_at IS NULL;
-- Reads are most of an audit, what the retention engine did is most of the rest: changes are few.
CREATE INDEX audit_read_time ON audit (at) INCLUDE (actor) WHERE action LIKE 'read.%';
CREATE INDEX audit_change_time ON audit (at) WHERE action NOT LIKE 'read.%' AND action NOT LIKE 'retention.%';

-- An index alone answers for pages that vacuum has seen: soon after they were written, not only when a fifth of the table is new.
ALTER TABLE zone_interval SET (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE zone_flow SET (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE device_health SET (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE retention_run SET (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE audit SET (autovacuum_vacuum_insert_scale_factor = 0.02);

-- The newest first: what a barrier keeps apart from a question is not put in order below it, and a question for the newest two
-- hundred would have every row of a month sorted. To be said again after make_dashboard_views(), where an administrator made
-- the schema later.
CREATE FUNCTION make_dashboard_audit_views() RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $views$
BEGIN
  IF to_regnamespace('dashboard') IS NULL THEN
    RETURN;
  END IF;
  CREATE OR REPLACE VIEW dashboard.audit_read WITH (security_barrier) AS
  SELECT number, at, actor, substr(action, 6) AS what, subject, entry->>'purpose' AS purpose
  FROM public.audit WHERE at >= now() - retention_limit('audit') AND action LIKE 'read.%'
  ORDER BY at DESC;
  CREATE OR REPLACE VIEW dashboard.audit_change WITH (security_barrier) AS
  SELECT number, at, actor, action, subject, entry->>'purpose' AS purpose, (entry->'detail')::text AS detail
  FROM public.audit
  WHERE at >= now() - retention_limit('audit') AND action NOT LIKE 'read.%' AND action NOT LIKE 'retention.%'
  ORDER BY at DESC;
  PERFORM grant_grafana_role();
END
$views$;
REVOKE ALL ON FUNCTION make_dashboard_audit_views() FROM PUBLIC;
SELECT make_dashboard_audit_views();

-- Down Migration

DROP FUNCTION make_dashboard_audit_views();
DO $$
BEGIN
  IF to_regnamespace('dashboard') IS NOT NULL THEN
    CREATE OR REPLACE VIEW dashboard.audit_read WITH (security_barrier) AS
    SELECT number, at, actor, substr(action, 6) AS what, subject, entry->>'purpose' AS purpose
    FROM public.audit WHERE at >= now() - retention_limit('audit') AND action LIKE 'read.%';
    CREATE OR REPLACE VIEW dashboard.audit_change WITH (security_barrier) AS
    SELECT number, at, actor, action, subject, entry->>'purpose' AS purpose, (entry->'detail')::text AS detail
    FROM public.audit
    WHERE at >= now() - retention_limit('audit') AND action NOT LIKE 'read.%' AND action NOT LIKE 'retention.%';
  END IF;
END
$$;
ALTER TABLE audit RESET (autovacuum_vacuum_insert_scale_factor);
ALTER TABLE retention_run RESET (autovacuum_vacuum_insert_scale_factor, autovacuum_vacuum_scale_factor);
ALTER TABLE device_health RESET (autovacuum_vacuum_insert_scale_factor, autovacuum_vacuum_scale_factor);
ALTER TABLE zone_flow RESET (autovacuum_vacuum_insert_scale_factor, autovacuum_vacuum_scale_factor);
ALTER TABLE zone_interval RESET (autovacuum_vacuum_insert_scale_factor, autovacuum_vacuum_scale_factor);
DROP INDEX audit_change_time, audit_read_time, retention_run_fault, retention_run_removed, device_health_read, zone_flow_read, zone_interval_read;
