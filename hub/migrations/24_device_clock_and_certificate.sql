-- Up Migration

-- How surely the clock's offset is known. NULL: a device that does not say so; then the offset is by the arrival of its messages.
ALTER TABLE device_health ADD COLUMN clock_uncertainty_seconds double precision;

-- What dashboards see of clocks and certificates. To be said again after make_dashboard_views(), where an administrator made the
-- schema later.
CREATE FUNCTION make_dashboard_fleet_views() RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $views$
BEGIN
  IF to_regnamespace('dashboard') IS NULL THEN
    RETURN;
  END IF;
  -- By the device's own word, which asks the hub for the time; without it by the arrival of its health message, way included.
  CREATE OR REPLACE VIEW dashboard.device_clock WITH (security_barrier) AS
  SELECT d.site, d.floor, d.device, d.camera,
         coalesce((d.health->>'clockOffsetSeconds')::double precision,
                  extract(epoch FROM to_timestamp((d.health->>'timeMs')::double precision / 1000) - d.health_at)::double precision) AS offset_seconds,
         CASE WHEN d.health ? 'clockOffsetSeconds' THEN (d.health->>'clockUncertaintySeconds')::double precision END AS uncertainty_seconds,
         greatest(0, extract(epoch FROM now() - d.health_at))::double precision AS silent_seconds
  FROM public.device AS d
  WHERE d.health IS NOT NULL;

  CREATE OR REPLACE VIEW dashboard.device_certificate WITH (security_barrier) AS
  SELECT d.site, d.floor, d.device, d.camera,
         to_timestamp((d.status->>'certificateNotAfterMs')::double precision / 1000) AS expires_at,
         (extract(epoch FROM to_timestamp((d.status->>'certificateNotAfterMs')::double precision / 1000) - now()) / 86400)::double precision AS days_left
  FROM public.device AS d
  WHERE d.status ? 'certificateNotAfterMs';
  PERFORM grant_grafana_role();
END
$views$;
REVOKE ALL ON FUNCTION make_dashboard_fleet_views() FROM PUBLIC;
SELECT make_dashboard_fleet_views();

-- Down Migration

DROP FUNCTION make_dashboard_fleet_views();
DO $$
BEGIN
  IF to_regnamespace('dashboard') IS NOT NULL THEN
    DROP VIEW dashboard.device_clock, dashboard.device_certificate;
  END IF;
END
$$;
ALTER TABLE device_health DROP COLUMN clock_uncertainty_seconds;
