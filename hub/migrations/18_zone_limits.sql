-- Up Migration

-- Zones in which less is kept than elsewhere: what a privacy policy says under `zones`.

-- Where a zone lies, so that a view can tell a square of the floor in it. The hub fills it in when it starts.
ALTER TABLE floor_zone ADD COLUMN outline polygon;

-- What each run did in each zone that has a limit of its own: as retention_run, which holds what went by the limit of the class.
CREATE TABLE retention_zone_run (
  run           uuid        NOT NULL,
  started_at    timestamptz NOT NULL,
  class         text        NOT NULL,
  floor         text        NOT NULL,
  zone          text        NOT NULL,
  finished_at   timestamptz,
  limit_seconds double precision NOT NULL,
  cutoff        timestamptz NOT NULL,
  rows          bigint      NOT NULL DEFAULT 0,
  first_time    timestamptz,
  last_time     timestamptz,
  -- The oldest row of the zone that was left, if it is less than ten minutes younger than the cutoff.
  oldest_left   timestamptz,
  error         text,
  PRIMARY KEY (run, class, floor, zone)
);
CREATE INDEX retention_zone_run_time ON retention_zone_run (started_at);

-- From when on the rows of a zone may be read at this moment, by the policy in force, for zones that have a limit of their own. The
-- same as zoneLimits in hub/src/privacy/zones.ts. Anybody may ask: signs say it. For views, and for whoever writes a query:
--   WHERE NOT EXISTS (SELECT 1 FROM zone_limits('episodes') AS l
--                     WHERE l.floor = t.floor AND l.zone = t.zone AND t.from_time < l.oldest)
CREATE FUNCTION zone_limits(data_class text) RETURNS TABLE (floor text, zone text, oldest timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 4 SET search_path = public, pg_temp AS $$
  SELECT z->>'floor', z->>'zone',
         now() - least(make_interval(secs => extract(epoch FROM (z->'keep'->>data_class)::interval)::double precision),
                       retention_limit(data_class))
  FROM (SELECT document FROM privacy_policy ORDER BY number DESC LIMIT 1) AS in_force,
       json_array_elements(coalesce(in_force.document->'zones', '[]')) AS z
  WHERE z->'keep'->>data_class IS NOT NULL
$$;

-- The views of migration 7 whose rows tell of a zone, with its limit. To be said again after make_dashboard_views(), where an
-- administrator made the schema later.
CREATE FUNCTION make_dashboard_zone_views() RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $views$
BEGIN
  IF to_regnamespace('dashboard') IS NULL THEN
    RETURN;
  END IF;
  CREATE OR REPLACE VIEW dashboard.alert WITH (security_barrier) AS
  SELECT a.id, a.site, a.floor, coalesce(a.zone, '-') AS zone, coalesce(z.name, f.name, a.zone, a.floor) AS place,
         a.pattern, a.state, a.live, a.delayed, a.raised_at, a.from_time, a.to_time, a.score, a.severity, a.sentence,
         (SELECT string_agg(r->>'text', ' ') FROM jsonb_array_elements(a.detail->'reasons') AS r) AS reasons,
         (SELECT (r->'place'->>0)::double precision FROM jsonb_array_elements(a.detail->'reasons') AS r WHERE r ? 'place' LIMIT 1) AS x_metres,
         (SELECT (r->'place'->>1)::double precision FROM jsonb_array_elements(a.detail->'reasons') AS r WHERE r ? 'place' LIMIT 1) AS y_metres,
         a.acknowledged_by, a.acknowledged_at, a.closed_at, a.disposition, a.disposition_reason,
         -- Whoever closes without taking it on before has looked by then. What arrived late was never there to be taken on in time.
         CASE WHEN NOT a.delayed
           THEN extract(epoch FROM coalesce(a.acknowledged_at, a.closed_at) - a.raised_at)::double precision
         END AS seconds_to_acknowledge
  FROM public.alert AS a
  LEFT JOIN floor_zone AS z ON z.site = a.site AND z.floor = a.floor AND z.zone = a.zone
  LEFT JOIN public.floor AS f ON f.site = a.site AND f.floor = a.floor
  WHERE a.raised_at >= now() - retention_limit('alerts')
    AND NOT EXISTS (SELECT 1 FROM zone_limits('alerts') AS l WHERE l.floor = a.floor AND l.zone = a.zone AND a.raised_at < l.oldest);

  CREATE OR REPLACE VIEW dashboard.presence WITH (security_barrier) AS
  SELECT site, floor, zone, count(*) AS people, max(seconds) AS longest_seconds
  FROM dwell_episode AS e
  -- What has not grown for a minute is known of by nobody.
  WHERE open AND to_time >= now() - interval '1 minute' AND from_time >= now() - retention_limit('episodes')
    AND NOT EXISTS (SELECT 1 FROM zone_limits('episodes') AS l WHERE l.floor = e.floor AND l.zone = e.zone AND e.from_time < l.oldest)
  GROUP BY site, floor, zone;

  CREATE OR REPLACE VIEW dashboard.zone_interval WITH (security_barrier) AS
  SELECT step_seconds, from_time, site, floor, zone, people, entered, stays, stay_seconds, longest_seconds
  FROM public.zone_interval AS i
  WHERE from_time >= now() - retention_limit('episodes')
    AND NOT EXISTS (SELECT 1 FROM zone_limits('episodes') AS l WHERE l.floor = i.floor AND l.zone = i.zone AND i.from_time < l.oldest);

  CREATE OR REPLACE VIEW dashboard.zone_flow WITH (security_barrier) AS
  SELECT from_time, site, floor, from_zone, to_zone, people
  FROM public.zone_flow AS w
  WHERE from_time >= now() - retention_limit('episodes')
    AND NOT EXISTS (SELECT 1 FROM zone_limits('episodes') AS l
                    WHERE l.floor = w.floor AND l.zone IN (w.from_zone, w.to_zone) AND w.from_time < l.oldest);

  CREATE OR REPLACE VIEW dashboard.floor_cell WITH (security_barrier) AS
  SELECT step_seconds, from_time, site, floor, (2 * x + 1)::double precision AS x_metres, (2 * y + 1)::double precision AS y_metres, person_seconds
  FROM public.floor_cell AS c
  WHERE from_time >= now() - retention_limit('episodes')
    AND NOT EXISTS (SELECT 1 FROM zone_limits('episodes') AS l JOIN floor_zone AS z ON z.floor = l.floor AND z.zone = l.zone
                    WHERE z.site = c.site AND l.floor = c.floor AND c.from_time < l.oldest
                      AND z.outline && polygon(box(point(2 * c.x, 2 * c.y), point(2 * c.x + 2, 2 * c.y + 2))));
  PERFORM grant_grafana_role();
END
$views$;
REVOKE ALL ON FUNCTION make_dashboard_zone_views() FROM PUBLIC;

SELECT grant_hub_role();
SELECT make_dashboard_zone_views();

-- Down Migration

DROP FUNCTION make_dashboard_zone_views();
DO $$
BEGIN
  IF to_regnamespace('dashboard') IS NOT NULL THEN
    PERFORM make_dashboard_views();
  END IF;
END
$$;
DROP FUNCTION zone_limits(text);
DROP TABLE retention_zone_run;
ALTER TABLE floor_zone DROP COLUMN outline;
