/** Thirty days of a busy airport as the hub leaves them: two floors, thirty zones each, a hundred devices, 54,000 people a day. */
import { builtInPolicy } from '@safe-passage/hub/privacy/policy.ts';
import { migrate, openStore } from '@safe-passage/hub/store/index.ts';
import pg from 'pg';

export const SITE = 'demo';
const DAY_SECONDS = 86_400;

export interface AirportOptions {
  readonly days: number;
  readonly peopleADay: number;
}

export interface AirportRows {
  readonly table: string;
  readonly rows: number;
}

/** Zones that a person passes. */
const STAYS_OF_ONE = 4;

const PLACES = `
INSERT INTO floor SELECT '${SITE}', 'floor-' || f, 'Floor ' || f, 'Europe/Vienna', 0, 0, 120, 60 FROM generate_series(1, 2) AS f;
INSERT INTO floor_zone SELECT '${SITE}', 'floor-' || f, 'zone-' || z, 'Zone ' || z, CASE WHEN z <= 6 THEN 'queue' WHEN z <= 12 THEN 'control' ELSE 'waiting' END, 60
FROM generate_series(1, 2) AS f, generate_series(1, 30) AS z;
INSERT INTO hub_state VALUES ('${SITE}', '0.1.0', 'http://127.0.0.1:8080', now(), now(), true, NULL);`;

/** What is written first to last by its own time, as the hub writes it: rows of both steps lie among each other. */
const statements = ({ days }: AirportOptions): readonly string[] => {
  const stretches = (step: string) =>
    `generate_series(date_bin(${step} * interval '1 second', now(), 'epoch') - interval '${days} days', now() - interval '1 minute', ${step} * interval '1 second')`;
  return [
    `INSERT INTO zone_interval
   SELECT step, t, '${SITE}', z.floor, z.zone, 40 * random(), 30 * random(), 30 * random(), 6000 * random(), 900 * random()
   FROM (VALUES (300), (3600)) AS s (step), ${stretches('step')} AS t, floor_zone AS z ORDER BY t`,
    `INSERT INTO zone_flow
   SELECT t, '${SITE}', a.floor, a.zone, b.zone, 200 * random()
   FROM generate_series(date_bin('1 hour', now(), 'epoch') - interval '${days} days', now(), '1 hour') AS t, floor_zone AS a
   JOIN floor_zone AS b ON b.floor = a.floor AND b.zone <> a.zone AND abs(hashtext(a.zone || b.zone)) % 8 = 0 ORDER BY t`,
    `INSERT INTO floor_cell
   SELECT step, t, '${SITE}', 'floor-' || f, x, y, 2000 * random()
   FROM (VALUES (3600), (86400)) AS s (step), ${stretches('step')} AS t,
        generate_series(1, 2) AS f, generate_series(0, 59) AS x, generate_series(0, 29) AS y WHERE (x + y) % 2 = 0 ORDER BY t`,
    `INSERT INTO device
   SELECT '${SITE}', 'floor-' || 1 + n % 2, 'edge-' || n, 'camera-' || n,
          jsonb_build_object('state', 'online', 'version', '0.1.0', 'modelName', 'm', 'modelDigest', repeat('a', 64), 'calibration', 'nominal',
                             'configurationDigest', 'c', 'privacyLevel', 'tracks', 'sinceMs', 1), now(),
          jsonb_build_object('timeMs', extract(epoch FROM now()) * 1000, 'sourceFramesPerSecond', 10, 'processedFramesPerSecond', 9,
                             'outboxReports', 1, 'outboxOldestSeconds', 0, 'reportsForgotten', 0, 'sourceState', 'running'), now()
   FROM generate_series(1, 100) AS n`,
    `INSERT INTO device_since SELECT site, floor, device, 'calibration', 'nominal', now() FROM device`,
    `INSERT INTO device_health (step_seconds, from_time, site, floor, device, camera, samples, source_frames_per_second,
                      processed_frames_per_second, outbox_reports, outbox_oldest_seconds, reports_forgotten, clock_offset_seconds)
   SELECT step, t, d.site, d.floor, d.device, d.camera, 30, 10, 9 + random(), 5 * random(), random(), 0, random() - 0.5
   FROM (VALUES (300), (3600)) AS s (step), ${stretches('step')} AS t, device AS d ORDER BY t`,
    `INSERT INTO alert (id, site, floor, zone, pattern, state, live, delayed, raised_at, updated_at, from_time, to_time, score, severity, sentence, detail, parts,
                      acknowledged_by, acknowledged_at, closed_by, closed_at, disposition)
   SELECT id, '${SITE}', 'floor-' || 1 + n % 2, 'zone-' || 1 + n % 30, (ARRAY['dwell', 'escort', 'handover', 'regrouping'])[1 + n % 4],
          CASE WHEN n < 30 THEN 'new' ELSE 'closed' END, false, false, t, t, t - interval '10 minutes', t, 1, 0.5, 'Present for 16 min, limit 15 min',
          jsonb_build_object('patterns', jsonb_build_array('dwell'), 'reasons', jsonb_build_array(jsonb_build_object(
            'text', 'Present for 16 min 0 s; the limit of this zone is 15 min.', 'place', jsonb_build_array(120 * random(), 60 * random())))), ARRAY[id],
          CASE WHEN n >= 30 THEN 'Ada' END, CASE WHEN n >= 30 THEN t + random() * interval '10 minutes' END,
          CASE WHEN n >= 30 THEN 'Ada' END, CASE WHEN n >= 30 THEN t + interval '20 minutes' END,
          CASE WHEN n >= 30 THEN (ARRAY['true-positive', 'benign-positive', 'false-positive', 'unknown'])[1 + n % 4] END
   FROM (SELECT n, gen_random_uuid() AS id, now() - n * interval '12 minutes' AS t FROM generate_series(1, ${days * 120}) AS n) AS raised`,
    `INSERT INTO retention_run (run, started_at, class, finished_at, limit_seconds, cutoff, rows, oldest_left)
   SELECT gen_random_uuid(), t, c, t + interval '1 second', 259200, t - interval '3 days', 400, t - interval '3 days' + interval '1 minute'
   FROM generate_series(now() - interval '${days} days', now(), '2 minutes') AS t, unnest(ARRAY['tracks', 'episodes', 'alerts', 'accessLogs', 'audit']) AS c
   ORDER BY t`,
    `INSERT INTO audit (entry, digest)
   SELECT entry::json, sha256(convert_to(entry, 'UTF8'))
   FROM (SELECT format('{"action":"%s","actor":"person-%s","atMs":%s,"detail":{},"number":%s,"previous":"","purpose":null,"subject":"%s"}',
                       CASE WHEN n % 40 = 0 THEN 'alert.close' WHEN n % 6 = 0 THEN 'retention.run' ELSE 'read.alert' END,
                       n % 20, floor(extract(epoch FROM now() - (${days * 4800} - n) * interval '${DAY_SECONDS / 4800} seconds') * 1000), n, md5(n::text)) AS entry
         FROM generate_series(1, ${days * 4800}) AS n) AS rows`,
  ];
};

/** Stays of the day that ended so many days ago: the bulk of the rows. */
const staysOf = ({ peopleADay }: AirportOptions, daysAgo: number): string => `
INSERT INTO dwell_episode
SELECT gen_random_uuid(), '${SITE}', 'floor-' || 1 + n % 2, 'zone-' || 1 + n % 30, left(md5((${daysAgo}::bigint * 1000000000 + n)::text), 16), t, t + interval '5 minutes', 300,
       t > now() - interval '5 minutes', '{}'
FROM (SELECT n, now() - interval '${daysAgo + 1} days' + n * interval '${DAY_SECONDS / (peopleADay * STAYS_OF_ONE)} seconds' AS t
      FROM generate_series(1, ${Math.round(peopleADay * STAYS_OF_ONE)}) AS n) AS stays`;

const LARGE = [
  'dwell_episode',
  'zone_interval',
  'zone_flow',
  'floor_cell',
  'device_health',
  'alert',
  'retention_run',
  'audit',
] as const;

/** Takes the indexes of large tables away. @returns what makes them again: an index is built in a fraction of the time that it takes to grow. */
async function withoutIndexes(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ take: string; make: string }>(
    `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS take,
            format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS make
     FROM pg_constraint WHERE contype = 'p' AND conrelid = ANY ($1::text[]::regclass[])
     UNION ALL
     SELECT format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
     FROM pg_index WHERE NOT indisprimary AND indrelid = ANY ($1::text[]::regclass[])`,
    [LARGE.filter((table) => table !== 'alert')],
  );
  for (const { take } of rows) await client.query(take);
  return rows.map(({ make }) => make);
}

/** Fills an empty database. @returns how many rows each table has. */
export async function fillAirport(
  url: string,
  options: AirportOptions,
  signal: AbortSignal,
  onStep: (done: number, of: number) => void,
): Promise<AirportRows[]> {
  await migrate(url);
  const store = openStore({ url, site: SITE, tracksHours: 72, zoneName: (floor) => floor });
  const clients = [new pg.Client({ connectionString: url }), new pg.Client({ connectionString: url })] as const;
  const [client] = clients;
  await Promise.all(clients.map((each) => each.connect()));
  try {
    for (const each of clients)
      await each.query(`SET synchronous_commit = off; SET maintenance_work_mem = '256MB'; SET work_mem = '64MB'`);
    await store.privacy.apply(builtInPolicy(72), { actor: 'hub', agreement: null }, Date.now());
    await client.query('ALTER TABLE audit DISABLE TRIGGER USER; DELETE FROM audit');
    await client.query(PLACES);
    const indexes = await withoutIndexes(client);
    const others = statements(options);
    const stays = Array.from({ length: options.days }, (_, i) => staysOf(options, options.days - 1 - i));
    const of = others.length + stays.length + indexes.length + LARGE.length;
    let done = 0;
    const say = async (each: pg.Client, list: readonly string[]): Promise<void> => {
      for (const statement of list) {
        signal.throwIfAborted();
        await each.query(statement);
        onStep(++done, of);
      }
    };
    // Two at a time: one writes stays, the other everything else.
    await settled([say(clients[0], stays), say(clients[1], others)]);
    await say(client, indexes);
    await say(
      client,
      LARGE.map((table) => `VACUUM ANALYZE ${table}`),
    );
    await client.query('ANALYZE floor, floor_zone, hub_state, device, device_since, privacy_policy');
    const counted: AirportRows[] = [];
    for (const table of LARGE) {
      const { rows } = await client.query<{ count: string }>(`SELECT count(*) AS count FROM ${table}`);
      counted.push({ table, rows: Number(rows[0]?.count) });
    }
    return counted;
  } finally {
    await Promise.all(clients.map((each) => each.end()));
    await store.close();
  }
}

/** Waits for all, so that nothing still writes when the first one has failed. @throws the first problem. */
async function settled(work: readonly Promise<void>[]): Promise<void> {
  const ends = await Promise.allSettled(work);
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
}
