/** An hour of a simulated terminal in a database, by the hub's own scoring and store, as dashboards find it. */
import { randomUUID } from 'node:crypto';
import type { CameraReport, DeviceHealth, DeviceStatus } from '@safe-passage/contract';
import { createRecorder } from '@safe-passage/hub/alert/recorder.ts';
import type { ReceivedReport } from '@safe-passage/hub/fuse/receivedReport.ts';
import { builtInPolicy } from '@safe-passage/hub/privacy/policy.ts';
import { createScoring } from '@safe-passage/hub/score/scoring.ts';
import { openStore } from '@safe-passage/hub/store/index.ts';
import { summarise } from '@safe-passage/hub/summary/part.ts';
import { floorPlanOf } from '@safe-passage/sim/terminal/floorPlan.ts';
import { loadTerminal } from '@safe-passage/sim/terminal/load.ts';
import { World } from '@safe-passage/sim/world.ts';
import pg from 'pg';

export const SITE = 'demo';
const STEPS_PER_SECOND = 10;
const EPOCH = '0123456789abcdef';
/** So that a short play shows what takes hours. */
const LIMIT_SECONDS = 90;

export interface TrafficOptions {
  readonly url: string;
  readonly minutes: number;
  readonly passengersPerHour: number;
  readonly nowMs: number;
}

const pseudonym = (id: number): string => `p${String(id).padStart(15, '0')}`;

/** One camera above the floor that sees everybody, twice a second. */
function* reports(world: World, fromMs: number, seconds: number): Generator<CameraReport> {
  for (let second = 0; second < seconds; second++) {
    const tracks = new Map<number, [number, number, number, number, 0 | 1][]>();
    for (let step = 0; step < STEPS_PER_SECOND; step++) {
      if (step % 5 === 0) {
        const { bodies } = world;
        for (let i = 0; i < bodies.count; i++) {
          const id = bodies.id[i] as number;
          const points = tracks.get(id) ?? [];
          tracks.set(id, points);
          points.push([
            step * 100,
            Math.round((bodies.x[i] as number) * 100),
            Math.round((bodies.y[i] as number) * 100),
            20,
            1,
          ]);
        }
      }
      world.step();
    }
    world.drainEvents();
    yield {
      schema: 'track-report/1',
      camera: 'ceiling',
      calibration: 'nominal',
      epoch: EPOCH,
      sequence: second + 1,
      fromMs: fromMs + second * 1000,
      toMs: fromMs + second * 1000 + 500,
      tracks: [...tracks].map(([id, points]) => ({ id: pseudonym(id), state: 'active', points })),
    };
  }
}

async function play({ url, minutes, passengersPerHour, nowMs }: TrafficOptions): Promise<void> {
  const terminal = await loadTerminal('regional');
  const drawn = floorPlanOf(terminal);
  const plan = {
    ...drawn,
    zones: drawn.zones.map((zone) => (zone.kind === 'blind' ? zone : { ...zone, dwellLimitSeconds: LIMIT_SECONDS })),
  };
  const store = openStore({ url, site: SITE, tracksHours: 72, zoneName: (floor, zone) => zone ?? floor });
  try {
    await store.privacy.apply(builtInPolicy(72), { actor: 'hub', agreement: null }, nowMs - 3_600_000);
    await store.summaries.savePlans('Europe/Vienna', [plan]);
    const recorder = createRecorder({
      site: SITE,
      store,
      publish: () => Promise.resolve(),
      onUnpublished: () => undefined,
    });
    const scoring = createScoring({ site: SITE, plans: [plan] });
    const world = new World(terminal, { seed: 7, passengersPerHour, scenarios: 'all', scenariosPerHour: 6 });
    // People are there when the play begins.
    for (let step = 0; step < 300 * STEPS_PER_SECOND; step++) world.step();
    world.drainEvents();
    const fromMs = nowMs - minutes * 60_000;
    const address = { site: SITE, floor: plan.id, device: 'edge-1', camera: 'ceiling' };
    let waiting: ReceivedReport[] = [];
    for (const report of reports(world, fromMs, minutes * 60)) {
      waiting.push({ address, report, receivedAtMs: report.toMs + 200 });
      if (waiting.length < 20) continue;
      await recorder.record(scoring.onReports(waiting));
      waiting = [];
    }
    await recorder.record(scoring.onReports(waiting));
    await recorder.record(scoring.advance(nowMs));
    await summarise(store.summaries, nowMs, fromMs, null);
    await review(store);
    await devices(store, plan.id, nowMs);
  } finally {
    await store.close();
  }
}

type Store = ReturnType<typeof openStore>;

/** Some of the alerts are answered, in turn in every way. */
async function review(store: Store): Promise<void> {
  const { alerts } = await store.alerts.list({ state: 'open', limit: 500 });
  const verdicts = ['true-positive', 'benign-positive', 'false-positive', 'unknown'] as const;
  for (const [i, { id, raisedAtMs }] of alerts.entries()) {
    const takenMs = raisedAtMs + 60_000 + ((i * 37) % 400) * 1000;
    if (i % 3 !== 0) await store.alerts.acknowledge(id, i % 2 === 0 ? 'Ada' : 'Ben', null, takenMs);
    if (i % 3 !== 2) continue;
    const disposition = verdicts[i % verdicts.length] ?? 'unknown';
    await store.alerts.close(id, 'Ada', { disposition, reason: 'seen', note: null }, takenMs + 60_000);
    await store.audit.record({ atMs: takenMs, actor: 'Ada', action: 'read.evidence', subject: id });
  }
}

/** Twelve devices, one of them silent, one with a queue, one with a clock that is off. */
async function devices(store: Store, floor: string, nowMs: number): Promise<void> {
  for (let minute = 120; minute >= 0; minute -= 5) {
    const atMs = nowMs - minute * 60_000;
    await store.devices.save(
      Array.from({ length: 12 }, (_, i) => i)
        .filter((i) => i !== 3 || minute > 40)
        .map((i) => {
          const camera = `camera-${i + 1}`;
          const health: DeviceHealth = {
            schema: 'health/1',
            camera,
            timeMs: atMs + (i === 5 ? 1600 : 40 * (i % 3) - 60),
            sourceFramesPerSecond: 10,
            processedFramesPerSecond: 9.5 - (i % 4) * (1 + Math.sin(minute / 15)),
            framesDropped: 0,
            tracksLive: 5,
            pointsInBlindZones: 0,
            pointsOffFloor: 0,
            outboxReports: i === 7 ? Math.max(0, 120 - minute) * 10 : 1,
            outboxBytes: 900,
            outboxOldestSeconds: i === 7 ? Math.max(0, 120 - minute) * 10 : 0,
            reportsForgotten: 0,
            sourceState: 'running',
            // One device does not know the hub's answers.
            ...(i === 2
              ? {}
              : {
                  clockOffsetSeconds: i === 5 ? 1.6 : 0.004 * (i % 3) - 0.003,
                  clockUncertaintySeconds: 0.002 + 0.001 * (i % 4),
                }),
          };
          const status: DeviceStatus = {
            schema: 'status/1',
            state: 'online',
            camera,
            sinceMs: nowMs - 86_400_000,
            ...(i === 11 ? {} : { certificateNotAfterMs: nowMs + (12 + 29 * i) * 86_400_000 }),
            version: i === 9 ? '0.0.9' : '0.1.0',
            modelDigest: 'a'.repeat(64),
            modelName: 'yolox-nano',
            configurationDigest: '0123456789ab',
            calibration: i % 5 === 0 ? 'nominal' : '0123456789ab',
            privacyLevel: 'tracks',
          };
          return { place: { site: SITE, floor, device: `edge-${i + 1}` }, camera, status, health, atMs };
        }),
    );
  }
  await store.quarantine.add([
    {
      hourMs: nowMs - (nowMs % 3_600_000),
      topic: 'tracks edge-4',
      reason: 'calibration: must match the pattern',
      count: 12,
    },
  ]);
  await store.summaries.say({
    version: '0.1.0',
    consoleUrl: 'http://127.0.0.1:8080',
    startedMs: nowMs - 7_200_000,
    // However long the play took: the hub is there when it is over.
    nowMs: Date.now(),
    problems: [],
  });
}

/** What only the engine, the broker and time leave behind. */
async function records(url: string, nowMs: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (let minute = 120; minute >= 2; minute -= 6) {
      await client.query(
        `INSERT INTO retention_run (run, class, started_at, finished_at, limit_seconds, cutoff, rows, oldest_left, error)
         SELECT $1, c.class, at, at, c.seconds, at - c.seconds * interval '1 second', c.rows, at - 0.9 * c.seconds * interval '1 second',
                CASE WHEN c.class = 'episodes' AND $3 THEN 'dwell_episode: 3 rows are held by another transaction' END
         FROM (VALUES ('tracks', 259200.0, 41000), ('episodes', 2592000.0, 310), ('alerts', 7776000.0, 2), ('accessLogs', 2592000.0, 1),
                      ('audit', 31536000.0, 0)) AS c (class, seconds, rows), (SELECT $2::timestamptz AS at) AS t`,
        [randomUUID(), new Date(nowMs - minute * 60_000), minute === 60],
      );
    }
    await client.query(
      `INSERT INTO report_gap (site, floor, device, camera, epoch, sequence, first_sequence, last_sequence, from_time, to_time, reason)
       SELECT $1, floor, 'edge-8', 'camera-8', 'e', 9000, 8000, 8899, $2::timestamptz, $2::timestamptz + interval '15 minutes', 'age' FROM floor LIMIT 1`,
      [SITE, new Date(nowMs - 40 * 60_000)],
    );
  } finally {
    await client.end();
  }
}

/** @param options.url of a migrated database whose tables the login owns. */
export async function fill(options: TrafficOptions): Promise<void> {
  await play(options);
  await records(options.url, options.nowMs);
}
