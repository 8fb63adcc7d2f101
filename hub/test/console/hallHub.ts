/** A real hub's server on a real database, in which the hall lives: its tracks are stored, its people walk on. */
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Role } from '../../src/access/permissions.ts';
import type { AlertRecord } from '../../src/alert/transition.ts';
import { LiveBus } from '../../src/api/live.ts';
import { PresenceBoard } from '../../src/api/presence.ts';
import { buildServer } from '../../src/api/server.ts';
import { newKey, signerOf } from '../../src/audit/signing.ts';
import { type IngestCounters, NOTHING_COUNTED } from '../../src/ingest/counters.ts';
import { makeEvidencePack } from '../../src/pack/make.ts';
import { migrate, openDatabase, openStore, type Store } from '../../src/store/index.ts';
import { createTokenAdministration } from '../../src/store/tokenAdministration.ts';
import { type HallAlert, hallAlerts, type Review, recordAt } from './hallAlerts.ts';
import { seedCounts } from './hallCounts.ts';
import { reportHealth, reportStatus, seedRates } from './hallDevices.ts';
import { companionOf, passersBy, stayer } from './hallPeople.ts';
import { HALL_PLAN, HALL_SITE, type HallZone, zoneBox } from './hallPlan.ts';
import { seedPrivacy } from './hallPrivacy.ts';
import { type HallStory, hallStories } from './hallStories.ts';
import { fill, reportsOf, segmentsOf } from './hallTracks.ts';

/** Where the built console lies. */
export const CONSOLE_FOLDER = resolve(import.meta.dirname, '../../console/dist');

export interface HallOptions {
  /** An empty database. */
  readonly databaseUrl: string;
  readonly consoleFolder: string;
  readonly people?: number;
  /** Whether there are alerts from the start. */
  readonly alerts?: boolean;
  /** Whether movements of several people are acted out, too. */
  readonly stories?: boolean;
  /** How many people the coordinator among them meets. Default 5. */
  readonly contacts?: number;
  /** How many minutes of everybody's tracks are stored; of the stories all. */
  readonly minutes?: number;
  readonly port?: number;
  /** How many of the people have somebody with them. */
  readonly companies?: number;
  /** Whether something is added up of the last hours, of people and devices, and published of the days before. */
  readonly counts?: boolean;
  /** Whether there are policies, runs, a hold and looks. */
  readonly privacy?: boolean;
}

export interface HallHub {
  readonly url: string;
  readonly store: Store;
  readonly live: LiveBus;
  readonly alerts: readonly HallAlert[];
  readonly stories: readonly HallStory[];
  /** A fresh sign-in link for a reviewer. */
  signInLink(name?: string, role?: Role): Promise<string>;
  /** Raises one more alert, as the scorer would, and tells whoever looks. */
  raise(zone: HallZone): Promise<string>;
  /** Stops and starts the server on the same port. */
  stopServer(): Promise<void>;
  startServer(): Promise<void>;
  close(): Promise<void>;
}

const EPOCH = 'a1b2c3d4e5f60718';
/** Reports are told apart by epoch and sequence: those of somebody who is added later need another. */
const EPOCH_OF_RAISED = 'a1b2c3d4e5f60719';
const REPORT_MS = 1_000;
const LONG_REPORT_MS = 10_000;
const HEALTH_EVERY_MS = 10_000;
const COUNTERS: IngestCounters = { ...NOTHING_COUNTED, connected: true };

async function saveAlert(store: Store, record: AlertRecord | null, review: Review = {}): Promise<void> {
  if (!record) return;
  // First as it was when it was raised, then as it is: the history then has both.
  await store.alerts.save([{ ...record, live: true, updatedAtMs: record.raisedAtMs }]);
  await store.alerts.save([record]);
  const { acknowledgedBy, closed } = review;
  if (acknowledgedBy) await store.alerts.acknowledge(record.id, acknowledgedBy, null, record.raisedAtMs + 95_000);
  if (closed) await store.alerts.close(record.id, acknowledgedBy ?? 'M. Oduya', closed, record.toMs + 240_000);
}

export async function startHall(options: HallOptions): Promise<HallHub> {
  const startMs = Date.now();
  await migrate(options.databaseUrl);
  const zoneName = (floor: string, zone: string | null) =>
    zone === null ? HALL_PLAN.name : (HALL_PLAN.zones.find((one) => one.id === zone)?.name ?? floor);
  const store = openStore({ url: options.databaseUrl, site: HALL_SITE, tracksHours: 72, zoneName }, { connections: 4 });
  const pool = openDatabase(options.databaseUrl, { connections: 1 });
  const live = new LiveBus();
  const presence = new PresenceBoard();
  const people = passersBy(options.people ?? 62);
  const alerts = options.alerts === false ? [] : hallAlerts(startMs);
  const raised: HallAlert[] = [];
  const acted = options.stories ? hallStories(startMs, options.contacts ?? 5) : [];
  const actors = acted.flatMap((story) => story.actors);
  const companies = people.slice(0, options.companies ?? 0).map((one) => [one, companionOf(one, 'beside')] as const);
  const beside = companies.map(([, companion]) => companion);
  const everybody = [...people, ...beside, ...alerts.map((alert) => alert.person), ...actors];

  await reportStatus(store, startMs);
  await reportHealth(store, startMs);
  // The stories from their beginning, in long reports; for the last minutes everybody, in reports as cameras send them.
  const fullMs = startMs - (options.minutes ?? 2) * 60_000;
  const actedMs = Math.min(fullMs, ...acted.map((story) => story.fromMs - 30_000));
  const oldestMs = Math.min(actedMs, ...alerts.map((alert) => alert.fromMs - 30_000));
  const stayers = alerts.map((alert) => alert.person);
  await fill(store, stayers, { fromMs: oldestMs, toMs: actedMs, everyMs: LONG_REPORT_MS }, EPOCH);
  // Movements of several people are looked at among those who were around them.
  await fill(store, everybody, { fromMs: actedMs, toMs: fullMs, everyMs: LONG_REPORT_MS }, EPOCH);
  await fill(store, everybody, { fromMs: fullMs, toMs: startMs, everyMs: REPORT_MS }, EPOCH);
  for (const alert of alerts) await saveAlert(store, recordAt(alert, startMs), alert.review);
  for (const story of acted) await saveAlert(store, story.recordAt(startMs), story.review);
  if (options.counts) {
    await seedCounts(store, pool, startMs);
    await seedRates(pool, startMs);
  }
  if (options.privacy) {
    const records = [
      ...alerts.map((alert) => recordAt(alert, startMs)),
      ...acted.map((story) => story.recordAt(startMs)),
    ];
    await seedPrivacy(
      store,
      pool,
      records.flatMap((record) => record ?? []),
      startMs,
    );
  }

  let server: FastifyInstance | null = null;
  let port = options.port ?? 0;
  const startServer = async () => {
    // Between a stop and a start somebody else's connection may have the port for a moment.
    for (let attempt = 1; ; attempt++) {
      const built = await build();
      try {
        await built.listen({ host: '127.0.0.1', port });
        server = built;
        port = (built.server.address() as AddressInfo).port;
        return;
      } catch (problem) {
        await built.close();
        const taken = problem instanceof Error && 'code' in problem && problem.code === 'EADDRINUSE';
        if (!taken || attempt === 100) throw problem;
        await new Promise((done) => setTimeout(done, 200));
      }
    }
  };
  const signer = signerOf(newKey());
  const build = () =>
    buildServer({
      site: HALL_SITE,
      timeZone: 'Europe/Berlin',
      version: '0.1.0',
      plans: [HALL_PLAN],
      alerts: store.alerts,
      persons: store.persons,
      devices: store.devices,
      floorCounts: store.floorCounts('Europe/Berlin'),
      tokens: store.tokens,
      audit: store.audit,
      holds: store.privacy.holds,
      privacyOffice: store.privacy.office,
      signer,
      reidentification: store.reidentification,
      evidencePack: (request) =>
        makeEvidencePack(
          { pool, signer, site: HALL_SITE, floors: [HALL_PLAN], hubVersion: '0.1.0' },
          request,
          Date.now(),
        ),
      tokenAdministration: createTokenAdministration(pool),
      live,
      presence,
      counters: () => COUNTERS,
      probes: {},
      consoleFolder: options.consoleFolder,
      http: { signInsPerMinute: 1000, streamsPerBearer: 50 },
    });
  await startServer();

  const tell = async (records: readonly AlertRecord[]) => {
    for (const saved of await store.alerts.save(records)) live.publish('alert', saved.alert);
  };
  let lastMs = startMs;
  let healthAtMs = startMs;
  const problems: unknown[] = [];
  const tick = async () => {
    const nowMs = Date.now();
    const reports = reportsOf([...everybody, ...raised.map((alert) => alert.person)], lastMs, nowMs, EPOCH);
    await store.reports.writeBatch(reports);
    const segments = segmentsOf([...everybody, ...raised.map((alert) => alert.person)], lastMs, nowMs);
    lastMs = nowMs;
    await store.persons.write(segments);
    presence.observe(segments, nowMs);
    const together = companies.map((members) => members.flatMap((one) => one.at(nowMs - 500)?.pseudonym ?? []));
    presence.together(HALL_PLAN.id, together);
    const growing = [...alerts, ...raised].filter((alert) => alert.seconds === null);
    await tell(growing.map((alert) => recordAt(alert, nowMs)).filter((record) => record !== null));
    await tell(acted.filter((story) => story.live).map((story) => story.recordAt(nowMs)));
    if (nowMs - healthAtMs < HEALTH_EVERY_MS) return;
    healthAtMs = nowMs;
    for (const view of await reportHealth(store, nowMs)) live.publish('camera', view);
  };
  let running: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    running = running.then(tick).catch((problem: unknown) => {
      problems.push(problem);
    });
  }, 1000);

  return {
    get url() {
      return `http://127.0.0.1:${port}`;
    },
    store,
    live,
    alerts,
    stories: acted,
    async signInLink(name = 'R. Castellan', role = 'reviewer') {
      const token = await store.tokens.create({
        kind: 'one-time',
        name,
        role,
        expiresAtMs: Date.now() + 600_000,
      });
      return `http://127.0.0.1:${port}/sign-in#token=${token}`;
    },
    async raise(zone) {
      const nowMs = Date.now();
      const fromMs = nowMs - zoneBox(zone).limitSeconds * 1000 - 1_000;
      const name = `raised-${zone}-${fromMs}`;
      const person = stayer(name, zone, fromMs, null);
      const alert: HallAlert = { name, zone, fromMs, seconds: null, person, review: {} };
      const record = recordAt(alert, nowMs);
      if (!record) throw new Error(`Nobody has stayed at ${zone} for longer than its limit`);
      const past = { fromMs: fromMs - 20_000, toMs: nowMs, everyMs: LONG_REPORT_MS };
      await fill(store, [person], past, EPOCH_OF_RAISED);
      raised.push(alert);
      await tell([record]);
      return record.id;
    },
    async stopServer() {
      await server?.close();
      server = null;
    },
    startServer,
    async close() {
      clearInterval(timer);
      await running;
      await server?.close();
      await pool.end();
      await store.close();
      if (problems.length > 0) throw new AggregateError(problems, 'The hall did not run well');
    },
  };
}
