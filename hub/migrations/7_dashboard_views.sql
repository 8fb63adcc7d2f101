-- Up Migration

-- What dashboards need beside what there is: the floors by name, how full each zone was, ways between zones, where people
-- were, how devices did. And a schema of views, which is all that a dashboard may read.

CREATE TABLE floor (
  site      text NOT NULL,
  floor     text NOT NULL,
  name      text NOT NULL,
  time_zone text NOT NULL,
  -- The drawing's corners, metres.
  min_x     double precision NOT NULL,
  min_y     double precision NOT NULL,
  max_x     double precision NOT NULL,
  max_y     double precision NOT NULL,
  PRIMARY KEY (site, floor)
);

CREATE TABLE floor_zone (
  site               text NOT NULL,
  floor              text NOT NULL,
  zone               text NOT NULL,
  name               text NOT NULL,
  kind               text NOT NULL,
  area_square_metres double precision NOT NULL,
  PRIMARY KEY (site, floor, zone)
);

-- What is added up is kept in two steps, so that a month is read as fast as a morning: the longer step is made of the shorter.

-- One row per zone and five minutes (and hour) in which the hub was there, empty zones included: no row means that nobody knows.
CREATE TABLE zone_interval (
  step_seconds    integer          NOT NULL,
  from_time       timestamptz      NOT NULL,
  site            text             NOT NULL,
  floor           text             NOT NULL,
  zone            text             NOT NULL,
  -- Mean number of people present.
  people          double precision NOT NULL,
  entered         integer          NOT NULL,
  -- Stays that ended, the sum of their times of presence, and the longest.
  stays           integer          NOT NULL,
  stay_seconds    double precision NOT NULL,
  longest_seconds double precision NOT NULL,
  PRIMARY KEY (step_seconds, from_time, site, floor, zone)
);

-- How many went from one zone to the next, by hour of arrival.
CREATE TABLE zone_flow (
  from_time timestamptz NOT NULL,
  site      text        NOT NULL,
  floor     text        NOT NULL,
  from_zone text        NOT NULL,
  to_zone   text        NOT NULL,
  people    integer     NOT NULL,
  PRIMARY KEY (from_time, site, floor, from_zone, to_zone)
);

-- How long people were in each square of two metres, by hour and by day.
CREATE TABLE floor_cell (
  step_seconds   integer          NOT NULL,
  from_time      timestamptz      NOT NULL,
  site           text             NOT NULL,
  floor          text             NOT NULL,
  -- Squares to the right and up from the origin of the plan.
  x              integer          NOT NULL,
  y              integer          NOT NULL,
  person_seconds double precision NOT NULL,
  PRIMARY KEY (step_seconds, from_time, site, floor, x, y)
);

-- Up to when something was added up.
CREATE TABLE summary_progress (
  site    text        NOT NULL,
  summary text        NOT NULL,
  through timestamptz NOT NULL,
  PRIMARY KEY (site, summary)
);

-- By five minutes and by hour.
CREATE TABLE device_health (
  step_seconds                integer          NOT NULL,
  from_time                   timestamptz      NOT NULL,
  site                        text             NOT NULL,
  floor                       text             NOT NULL,
  device                      text             NOT NULL,
  camera                      text             NOT NULL,
  samples                     integer          NOT NULL,
  -- Means.
  source_frames_per_second    double precision NOT NULL,
  processed_frames_per_second double precision NOT NULL,
  -- The most.
  outbox_reports              bigint           NOT NULL,
  outbox_oldest_seconds       double precision NOT NULL,
  reports_forgotten           bigint           NOT NULL,
  -- The device's clock less the hub's at arrival. The greatest is the one that was least under way.
  clock_offset_seconds        double precision NOT NULL,
  PRIMARY KEY (step_seconds, from_time, site, floor, device)
);

-- Since when a device says what it says: version, model, calibration, configuration, state.
CREATE TABLE device_since (
  site   text        NOT NULL,
  floor  text        NOT NULL,
  device text        NOT NULL,
  what   text        NOT NULL,
  value  text        NOT NULL,
  since  timestamptz NOT NULL,
  PRIMARY KEY (site, floor, device, what)
);

-- Whether the hub can do its work, in its own words: it is silent where it is not there.
CREATE TABLE hub_state (
  site        text        PRIMARY KEY,
  version     text        NOT NULL,
  console_url text        NOT NULL,
  started_at  timestamptz NOT NULL,
  at          timestamptz NOT NULL,
  ready       boolean     NOT NULL,
  -- What is not ready, by name.
  problem     text
);

-- For what destroys what is past its time.
CREATE INDEX zone_interval_time ON zone_interval (from_time);
CREATE INDEX floor_cell_time ON floor_cell (from_time);
CREATE INDEX device_health_time ON device_health (from_time);
CREATE INDEX dwell_episode_open ON dwell_episode (floor, zone) WHERE open;
CREATE INDEX dwell_episode_time ON dwell_episode (from_time);
CREATE INDEX alert_time ON alert (raised_at);
CREATE INDEX retention_run_class ON retention_run (class, started_at DESC);
CREATE INDEX audit_time ON audit (at);

-- How long a class of data may be read at this moment, by the privacy policy in force; nothing where there is none. The
-- same as limitMs in hub/src/privacy/policy.ts, which a test compares with this. For views, and for whoever writes a query:
--   WHERE raised_at >= now() - retention_limit('alerts')
CREATE FUNCTION retention_limit(data_class text) RETURNS interval
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT make_interval(secs => coalesce((
    SELECT CASE
      WHEN data_class = 'audit' THEN greatest(kept, 184 * 86400)
      WHEN data_class IN ('tracks', 'outbox', 'broker') AND kept > 72 * 3600
           AND NOT coalesce((document->'classes'->'tracks'->'justification'->>'until')::timestamp AT TIME ZONE 'UTC' > now(), false)
        THEN 72 * 3600
      ELSE kept
    END
    FROM (SELECT document, extract(epoch FROM (document->'classes'->data_class->>'keep')::interval)::double precision AS kept
          FROM privacy_policy ORDER BY number DESC LIMIT 1) AS in_force
  ), 0))
$$;
REVOKE ALL ON FUNCTION retention_limit(text) FROM PUBLIC;

-- The role that dashboards read with: the views of the schema `dashboard`, and nothing else. A login is made its member by the
-- administrator. Said again by every migration that makes a view there, and after the role was made by hand.
CREATE FUNCTION grant_grafana_role() RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'safe_passage_grafana') THEN
      CREATE ROLE safe_passage_grafana NOLOGIN;
    END IF;
  EXCEPTION
    -- Two databases of one server may be made at the same time.
    WHEN duplicate_object OR unique_violation THEN NULL;
    WHEN insufficient_privilege THEN
      RAISE WARNING 'this role may not make the role safe_passage_grafana, so no dashboard can read: let an administrator say CREATE ROLE safe_passage_grafana and then SELECT grant_grafana_role()';
      RETURN;
  END;
  IF to_regnamespace('dashboard') IS NULL THEN
    RETURN;
  END IF;
  GRANT USAGE ON SCHEMA dashboard TO safe_passage_grafana;
  GRANT SELECT ON ALL TABLES IN SCHEMA dashboard TO safe_passage_grafana;
  -- A view asks this in the name of whoever reads it.
  GRANT EXECUTE ON FUNCTION retention_limit(text) TO safe_passage_grafana;
END
$$;
REVOKE ALL ON FUNCTION grant_grafana_role() FROM PUBLIC;

-- What a dashboard sees. No pseudonym is in it, and nothing that is past its time. A barrier keeps a condition of the reader's
-- own from being tried on rows that the view leaves out. A function, because a role that may make no schema goes without
-- dashboards until an administrator says CREATE SCHEMA dashboard AUTHORIZATION the-role; then it can be called again.
CREATE FUNCTION make_dashboard_views() RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $views$
BEGIN
  IF to_regnamespace('dashboard') IS NULL THEN
    IF NOT has_database_privilege(current_database(), 'CREATE') THEN
      RAISE WARNING 'this role may make no schema, so there is nothing for dashboards to read: let an administrator say CREATE SCHEMA dashboard AUTHORIZATION %, and the role SELECT make_dashboard_views()', current_user;
      RETURN;
    END IF;
    CREATE SCHEMA dashboard;
  END IF;

  CREATE OR REPLACE VIEW dashboard.floor WITH (security_barrier) AS
  SELECT site, floor, name, time_zone, min_x, min_y, max_x, max_y FROM public.floor;

  CREATE OR REPLACE VIEW dashboard.zone WITH (security_barrier) AS
  SELECT site, floor, zone, name, kind, area_square_metres FROM floor_zone;

  CREATE OR REPLACE VIEW dashboard.hub WITH (security_barrier) AS
  SELECT site, version, console_url, started_at, at, ready, problem,
         greatest(0, extract(epoch FROM now() - at))::double precision AS silent_seconds
  FROM hub_state;

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
  WHERE a.raised_at >= now() - retention_limit('alerts');

  -- Wilson's interval of a share (E. B. Wilson, Probable inference, the law of succession, and statistical inference, 1927),
  -- at 95 %: honest where there are few, 0 to 1 where there are none.
  CREATE OR REPLACE FUNCTION dashboard.wilson_interval(successes bigint, trials bigint, OUT low double precision, OUT high double precision)
  LANGUAGE sql IMMUTABLE AS $$
    SELECT greatest(0, centre - margin), least(1, centre + margin)
    FROM (
      SELECT (successes + z * z / 2) / (trials + z * z) AS centre,
             z * sqrt(CASE WHEN trials = 0 THEN 0 ELSE successes::double precision * (trials - successes) / trials END + z * z / 4) / (trials + z * z) AS margin
      FROM (SELECT 1.959963984540054::double precision AS z) AS quantile
    ) AS parts
  $$;

  CREATE OR REPLACE VIEW dashboard.presence WITH (security_barrier) AS
  SELECT site, floor, zone, count(*) AS people, max(seconds) AS longest_seconds
  FROM dwell_episode
  -- What has not grown for a minute is known of by nobody.
  WHERE open AND to_time >= now() - interval '1 minute' AND from_time >= now() - retention_limit('episodes')
  GROUP BY site, floor, zone;

  CREATE OR REPLACE VIEW dashboard.zone_interval WITH (security_barrier) AS
  SELECT step_seconds, from_time, site, floor, zone, people, entered, stays, stay_seconds, longest_seconds
  FROM public.zone_interval WHERE from_time >= now() - retention_limit('episodes');

  CREATE OR REPLACE VIEW dashboard.zone_flow WITH (security_barrier) AS
  SELECT from_time, site, floor, from_zone, to_zone, people
  FROM public.zone_flow WHERE from_time >= now() - retention_limit('episodes');

  CREATE OR REPLACE VIEW dashboard.floor_cell WITH (security_barrier) AS
  SELECT step_seconds, from_time, site, floor, (2 * x + 1)::double precision AS x_metres, (2 * y + 1)::double precision AS y_metres, person_seconds
  FROM public.floor_cell WHERE from_time >= now() - retention_limit('episodes');

  CREATE OR REPLACE VIEW dashboard.device WITH (security_barrier) AS
  SELECT d.site, d.floor, d.device, d.camera,
         coalesce(d.status->>'state', 'unknown') AS state,
         d.status->>'version' AS version,
         d.status->>'modelName' AS model,
         left(d.status->>'modelDigest', 12) AS model_digest,
         d.status->>'calibration' AS calibration,
         (SELECT s.since FROM device_since AS s
          WHERE s.site = d.site AND s.floor = d.floor AND s.device = d.device AND s.what = 'calibration') AS calibration_since,
         d.status->>'configurationDigest' AS configuration,
         d.status->>'privacyLevel' AS privacy_level,
         to_timestamp((d.status->>'sinceMs')::double precision / 1000) AS started_at,
         greatest(d.status_at, d.health_at) AS heard_at,
         greatest(0, extract(epoch FROM now() - greatest(d.status_at, d.health_at)))::double precision AS silent_seconds,
         (d.health->>'sourceFramesPerSecond')::double precision AS source_frames_per_second,
         (d.health->>'processedFramesPerSecond')::double precision AS processed_frames_per_second,
         d.health->>'sourceState' AS source_state,
         (d.health->>'outboxReports')::bigint AS outbox_reports,
         (d.health->>'outboxOldestSeconds')::double precision AS outbox_oldest_seconds,
         (d.health->>'reportsForgotten')::bigint AS reports_forgotten,
         extract(epoch FROM to_timestamp((d.health->>'timeMs')::double precision / 1000) - d.health_at)::double precision AS clock_offset_seconds
  FROM public.device AS d;

  CREATE OR REPLACE VIEW dashboard.device_health WITH (security_barrier) AS
  SELECT step_seconds, from_time, site, floor, device, camera, source_frames_per_second, processed_frames_per_second, outbox_reports,
         outbox_oldest_seconds, reports_forgotten, clock_offset_seconds
  FROM public.device_health WHERE from_time >= now() - retention_limit('accessLogs');

  CREATE OR REPLACE VIEW dashboard.report_gap WITH (security_barrier) AS
  SELECT site, floor, device, camera, from_time, to_time, reason, last_sequence - first_sequence + 1 AS reports
  FROM public.report_gap WHERE from_time >= now() - retention_limit('tracks');

  CREATE OR REPLACE VIEW dashboard.quarantine WITH (security_barrier) AS
  SELECT hour, topic, reason, count FROM public.quarantine WHERE hour >= now() - retention_limit('accessLogs');

  CREATE OR REPLACE VIEW dashboard.retention_run WITH (security_barrier) AS
  SELECT run, class, started_at, finished_at, limit_seconds, cutoff, rows, oldest_left, error
  FROM public.retention_run WHERE started_at >= now() - retention_limit('audit');

  -- One row per class that the hub's tables belong to: the limit in force, and what the last run that came to its end left.
  CREATE OR REPLACE VIEW dashboard.retention_class WITH (security_barrier) AS
  SELECT c.class, extract(epoch FROM retention_limit(c.class))::double precision AS limit_seconds,
         last.oldest_left, greatest(0, extract(epoch FROM now() - last.oldest_left))::double precision AS oldest_seconds,
         last.finished_at, last.error,
         extract(epoch FROM now() - good.finished_at)::double precision AS seconds_since_success
  FROM unnest(ARRAY['tracks', 'episodes', 'alerts', 'accessLogs', 'audit']) AS c (class)
  LEFT JOIN LATERAL (SELECT r.oldest_left, r.finished_at, r.error FROM public.retention_run AS r
                     WHERE r.class = c.class AND r.finished_at IS NOT NULL ORDER BY r.started_at DESC LIMIT 1) AS last ON true
  LEFT JOIN LATERAL (SELECT r.finished_at FROM public.retention_run AS r
                     WHERE r.class = c.class AND r.finished_at IS NOT NULL AND r.error IS NULL ORDER BY r.started_at DESC LIMIT 1) AS good ON true;

  -- Two views, because a condition on text is not tried below a barrier: it would have every row told first.
  CREATE OR REPLACE VIEW dashboard.audit_read WITH (security_barrier) AS
  SELECT number, at, actor, substr(action, 6) AS what, subject, entry->>'purpose' AS purpose
  FROM public.audit WHERE at >= now() - retention_limit('audit') AND action LIKE 'read.%';

  CREATE OR REPLACE VIEW dashboard.audit_change WITH (security_barrier) AS
  SELECT number, at, actor, action, subject, entry->>'purpose' AS purpose, (entry->'detail')::text AS detail
  FROM public.audit
  WHERE at >= now() - retention_limit('audit') AND action NOT LIKE 'read.%' AND action NOT LIKE 'retention.%';

  -- The newest rows of the chain, each checked against its own digest and the row before it, and the newest seal against the
  -- row that it seals. `hub audit verify` checks all of it, signatures included.
  CREATE OR REPLACE VIEW dashboard.audit_chain WITH (security_barrier) AS
  WITH checked AS (
    SELECT number, at,
           sha256(convert_to(entry::text, 'UTF8')) = digest
           AND coalesce(number = lag(number) OVER w + 1 AND entry->>'previous' = encode(lag(digest) OVER w, 'hex'), true) AS whole
    FROM (SELECT number, at, entry, digest FROM public.audit ORDER BY number DESC LIMIT 5000) AS newest
    WINDOW w AS (ORDER BY number)
  ), sealed AS (
    SELECT number, digest, at FROM audit_checkpoint ORDER BY number DESC LIMIT 1
  )
  SELECT count(*) AS rows_checked,
         count(*) FILTER (WHERE NOT whole)
           + (SELECT count(*) FROM sealed AS s
              WHERE NOT EXISTS (SELECT 1 FROM public.audit AS a WHERE a.number = s.number AND a.digest = s.digest)) AS broken,
         min(number) FILTER (WHERE NOT whole) AS first_broken,
         max(at) AS newest_at,
         (SELECT at FROM sealed) AS sealed_at
  FROM checked;

  CREATE OR REPLACE VIEW dashboard.policy WITH (security_barrier) AS
  SELECT number, version, left(digest, 12) AS digest, from_time, to_time, taken_by,
         (SELECT string_agg(a->>'person', ', ') FROM json_array_elements(agreed) AS a) AS agreed_by
  FROM privacy_policy_period;

  -- Filled by the parts that hold evidence and try to re-identify, with CREATE OR REPLACE VIEW and these very columns.
  IF to_regclass('dashboard.hold') IS NULL THEN
  CREATE VIEW dashboard.hold WITH (security_barrier) AS
  SELECT NULL::uuid AS hold, NULL::uuid AS alert, NULL::text AS site, NULL::text AS floor, NULL::text AS reason, NULL::text AS owner,
         NULL::timestamptz AS held_at, NULL::timestamptz AS until, NULL::timestamptz AS ended_at
  WHERE false;
  END IF;
  IF to_regclass('dashboard.reidentification') IS NULL THEN
  CREATE VIEW dashboard.reidentification WITH (security_barrier) AS
  SELECT NULL::timestamptz AS at, NULL::text AS site, NULL::text AS floor, NULL::integer AS points,
         NULL::text AS setting, NULL::double precision AS unique_share, NULL::bigint AS tracks
  WHERE false;
  END IF;
  PERFORM grant_grafana_role();
END
$views$;
REVOKE ALL ON FUNCTION make_dashboard_views() FROM PUBLIC;

SELECT grant_hub_role();
SELECT make_dashboard_views();
DO $$
BEGIN
  IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'safe_passage_hub') THEN
    GRANT EXECUTE ON FUNCTION retention_limit(text) TO safe_passage_hub;
  END IF;
END
$$;

-- Down Migration

DO $$
BEGIN
  IF to_regnamespace('dashboard') IS NOT NULL AND EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'safe_passage_grafana') THEN
    REVOKE ALL ON ALL TABLES IN SCHEMA dashboard FROM safe_passage_grafana;
    REVOKE ALL ON SCHEMA dashboard FROM safe_passage_grafana;
  END IF;
END
$$;
DROP FUNCTION make_dashboard_views(), grant_grafana_role();
DROP SCHEMA IF EXISTS dashboard CASCADE;
DROP FUNCTION retention_limit(text);
-- One by one: an index of a hypertable cannot be dropped along with others.
DROP INDEX dwell_episode_open;
DROP INDEX dwell_episode_time;
DROP INDEX alert_time;
DROP INDEX audit_time;
DROP INDEX retention_run_class;
DROP TABLE hub_state, device_since, device_health, summary_progress, floor_cell, zone_flow, zone_interval, floor_zone, floor;
