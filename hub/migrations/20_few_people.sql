-- Up Migration

-- Counts of dashboards are about the floor that whoever may look sees anyway, as long as its tracks live. What is older would lead
-- back to few people after their tracks are gone: beyond the limit of tracks the views show no count of fewer people than the
-- policy's `leastPeople`, and of squares of the floor whole days alone. What proves more is in aggregate_cell, which is published.

-- Counts from fewer people are not told, by the policy in force. The same as leastPeople in hub/src/privacy/policy.ts; anybody may ask.
CREATE FUNCTION least_people() RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce((SELECT (document->>'leastPeople')::integer FROM privacy_policy ORDER BY number DESC LIMIT 1), 10)
$$;

ALTER FUNCTION make_dashboard_zone_views() RENAME TO make_dashboard_zone_views_of_18;

CREATE FUNCTION make_dashboard_zone_views() RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $views$
BEGIN
  PERFORM make_dashboard_zone_views_of_18();
  IF to_regnamespace('dashboard') IS NULL THEN
    RETURN;
  END IF;
  CREATE OR REPLACE VIEW dashboard.zone_interval WITH (security_barrier) AS
  SELECT step_seconds, from_time, site, floor, zone, people, entered, stays, stay_seconds, longest_seconds
  FROM public.zone_interval AS i
  WHERE from_time >= (SELECT now() - retention_limit('episodes'))
    AND (from_time >= (SELECT now() - retention_limit('tracks')) OR least(entered, stays) >= (SELECT least_people()))
    AND NOT EXISTS (SELECT 1 FROM zone_limits('episodes') AS l WHERE l.floor = i.floor AND l.zone = i.zone AND i.from_time < l.oldest);

  CREATE OR REPLACE VIEW dashboard.zone_flow WITH (security_barrier) AS
  SELECT from_time, site, floor, from_zone, to_zone, people
  FROM public.zone_flow AS w
  WHERE from_time >= (SELECT now() - retention_limit('episodes'))
    AND (from_time >= (SELECT now() - retention_limit('tracks')) OR people >= (SELECT least_people()))
    AND NOT EXISTS (SELECT 1 FROM zone_limits('episodes') AS l
                    WHERE l.floor = w.floor AND l.zone IN (w.from_zone, w.to_zone) AND w.from_time < l.oldest);

  CREATE OR REPLACE VIEW dashboard.floor_cell WITH (security_barrier) AS
  SELECT step_seconds, from_time, site, floor, (2 * x + 1)::double precision AS x_metres, (2 * y + 1)::double precision AS y_metres, person_seconds
  FROM public.floor_cell AS c
  WHERE from_time >= (SELECT now() - retention_limit('episodes'))
    AND (from_time >= (SELECT now() - retention_limit('tracks')) OR step_seconds >= 86400)
    AND NOT EXISTS (SELECT 1 FROM zone_limits('episodes') AS l JOIN floor_zone AS z ON z.floor = l.floor AND z.zone = l.zone
                    WHERE z.site = c.site AND l.floor = c.floor AND c.from_time < l.oldest
                      AND z.outline && polygon(box(point(2 * c.x, 2 * c.y), point(2 * c.x + 2, 2 * c.y + 2))));
END
$views$;
REVOKE ALL ON FUNCTION make_dashboard_zone_views() FROM PUBLIC;
SELECT make_dashboard_zone_views();

-- Down Migration

DROP FUNCTION make_dashboard_zone_views();
ALTER FUNCTION make_dashboard_zone_views_of_18() RENAME TO make_dashboard_zone_views;
SELECT make_dashboard_zone_views();
DROP FUNCTION least_people();
