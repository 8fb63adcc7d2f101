/** A hub's HTTP server on a real database, for the tests of the interface. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { FloorPlan } from '@safe-passage/contract';
import type { FastifyInstance, InjectOptions } from 'fastify';
import type pg from 'pg';
import { type Logger, pino } from 'pino';
import { createTestDatabase } from '../../../test/services/database.ts';
import type { Role } from '../../src/access/permissions.ts';
import type { AlertRecord } from '../../src/alert/transition.ts';
import type { HttpOptions, Probe } from '../../src/api/dependencies.ts';
import { LiveBus } from '../../src/api/live.ts';
import { PresenceBoard } from '../../src/api/presence.ts';
import { buildServer } from '../../src/api/server.ts';
import { newKey, signerOf } from '../../src/audit/signing.ts';
import { GrowingHistogram, type IngestCounters } from '../../src/ingest/counters.ts';
import { makeEvidencePack } from '../../src/pack/make.ts';
import type { OidcConfig } from '../../src/signIn/config.ts';
import { OidcProvider } from '../../src/signIn/provider.ts';
import { migrate, openDatabase, openStore } from '../../src/store/index.ts';
import type { NewToken, Store } from '../../src/store/store.ts';
import { createTokenAdministration } from '../../src/store/tokenAdministration.ts';

export const SITE = 'test-site';
export const FLOOR = 'hall';

export const PLAN: FloorPlan = {
  id: FLOOR,
  name: 'Hall',
  bounds: [
    [0, 0],
    [40, 20],
  ],
  walls: [],
  zones: [
    {
      id: 'table',
      name: 'Table by the window',
      kind: 'waiting',
      polygon: [
        [10, 6],
        [14, 6],
        [14, 10],
      ],
      dwellLimitSeconds: 900,
    },
  ],
  cameras: [{ id: 'cam-1', position: [20, 0] }],
};

export const COUNTERS: IngestCounters = {
  connected: true,
  messages: 41,
  bytes: 12_000,
  reports: 40,
  positions: 400,
  gaps: 0,
  duplicates: 1,
  counts: 0,
  quarantined: 0,
  finerThanAllowed: 0,
  withoutPlan: 0,
  sharedNames: [],
  commitRetries: 0,
  pendingMessages: 0,
  pendingBytes: 0,
  backPressure: false,
  lagSeconds: 0.4,
  commitSeconds: new GrowingHistogram([0.01, 0.1]),
  batchMessages: new GrowingHistogram([1, 10]),
};

export interface StartOptions {
  readonly http?: HttpOptions;
  readonly consoleFolder?: string;
  readonly probes?: Readonly<Record<string, Probe>>;
  readonly oidc?: OidcConfig;
  /** More routes, before the server is ready. */
  readonly extend?: (app: FastifyInstance) => void;
}

export class TestHub {
  readonly #databaseUrl: string;
  readonly #drop: () => Promise<void>;
  readonly #emptyFolder: string;
  readonly store: Store;
  readonly pool: pg.Pool;
  readonly signer = signerOf(newKey());
  readonly live = new LiveBus();
  readonly presence = new PresenceBoard();
  counters: IngestCounters = COUNTERS;
  /** Every line that the server logged, down to trace. */
  readonly logLines: string[] = [];
  readonly #servers: FastifyInstance[] = [];

  private constructor(url: string, drop: () => Promise<void>, emptyFolder: string) {
    this.#databaseUrl = url;
    this.#drop = drop;
    this.#emptyFolder = emptyFolder;
    this.store = openStore(
      { url, site: SITE, tracksHours: 72, zoneName: (floor, zone) => zone ?? floor },
      { connections: 6 },
    );
    this.pool = openDatabase(url, { connections: 2 });
  }

  static async create(): Promise<TestHub> {
    const database = await createTestDatabase('postgres');
    await migrate(database.url);
    const folder = await mkdtemp(join(tmpdir(), 'safe-passage-console-'));
    return new TestHub(database.url, database.drop, folder);
  }

  get databaseUrl(): string {
    return this.#databaseUrl;
  }

  /** Builds a server over the hub's database, as a start of the hub does. */
  async start(options: StartOptions = {}): Promise<FastifyInstance> {
    const lines = this.logLines;
    const sink = new Writable({
      write(chunk: Buffer, _encoding, done) {
        lines.push(chunk.toString());
        done();
      },
    });
    const logger: Logger = pino({ level: 'trace' }, sink);
    const app = await buildServer({
      site: SITE,
      timeZone: 'Europe/Vienna',
      version: '0.0.0',
      plans: [PLAN],
      alerts: this.store.alerts,
      persons: this.store.persons,
      devices: this.store.devices,
      floorCounts: this.store.floorCounts('Europe/Vienna'),
      tokens: this.store.tokens,
      audit: this.store.audit,
      holds: this.store.privacy.holds,
      aggregates: this.store.aggregates,
      reidentification: this.store.reidentification,
      evidencePack: (request) =>
        makeEvidencePack(
          { pool: this.pool, signer: this.signer, site: SITE, floors: [PLAN], hubVersion: '0.0.0' },
          request,
          Date.now(),
        ),
      privacyOffice: this.store.privacy.office,
      signer: this.signer,
      tokenAdministration: createTokenAdministration(this.pool),
      ...(options.oidc ? { oidc: new OidcProvider(options.oidc) } : {}),
      live: this.live,
      presence: this.presence,
      counters: () => this.counters,
      probes: options.probes ?? {
        database: async () => {
          await this.store.ping();
          return { ok: true };
        },
      },
      consoleFolder: options.consoleFolder ?? this.#emptyFolder,
      http: { signInsPerMinute: 1000, gate: { lockOut: { freeTries: 1000 } }, ...options.http },
      logger,
    });
    this.#servers.push(app);
    options.extend?.(app);
    await app.ready();
    return app;
  }

  /** A permanent token. */
  token(name = 'machine', role: Role = 'reviewer'): Promise<string> {
    return this.store.tokens.create({ kind: 'token', name, role });
  }

  oneTimeToken(name = 'A. Reviewer', expiresInMs = 60_000, kind: NewToken['kind'] = 'one-time'): Promise<string> {
    return this.store.tokens.create({ kind, name, role: 'reviewer', expiresAtMs: Date.now() + expiresInMs });
  }

  /** Raises an alert as the scorer does. */
  async alert(changes: Partial<AlertRecord> = {}): Promise<AlertRecord> {
    const now = Date.now();
    const record: AlertRecord = {
      id: randomUUID(),
      site: SITE,
      floor: FLOOR,
      zone: 'table',
      pattern: 'dwell',
      live: true,
      delayed: false,
      raisedAtMs: now,
      updatedAtMs: now,
      fromMs: now - 900_000,
      toMs: now,
      score: 1,
      severity: 0.5,
      sentence: 'Present at Table by the window for 15 min, limit 15 min',
      detail: {
        policy: 'dwell/1',
        patterns: ['dwell'],
        limitSeconds: 900,
        seconds: 900,
        reasons: [{ text: 'Present for 15 min.', fromMs: now - 900_000, toMs: now, place: [12, 8] }],
        explanations: ['Waiting for somebody'],
        uncertainty: { coastedShare: 0.1, gapsBridged: 0, identityJoins: 0, joinProbability: 1, sigmaMetres: 0.3 },
        persons: [{ person: 'PseudonymOfStory', role: 'dwelling', fromMs: now - 900_000, toMs: now }],
        moments: [],
      },
      ...changes,
    };
    await this.store.alerts.save([record]);
    return record;
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.map((app) => app.close()));
    await this.store.close();
    await this.pool.end();
    await this.#drop();
    await rm(this.#emptyFolder, { recursive: true, force: true });
  }
}

/** An injected request with a token. */
export function as(token: string, options: InjectOptions): InjectOptions {
  return { ...options, headers: { ...options.headers, authorization: `Bearer ${token}` } };
}

/** Signs in and gives the cookie back. */
export async function signIn(app: FastifyInstance, token: string): Promise<string> {
  const answer = await app.inject({ method: 'POST', url: '/api/session', payload: { token } });
  const cookie = answer.cookies[0];
  if (answer.statusCode !== 200 || !cookie) throw new Error(`sign-in failed: ${answer.statusCode} ${answer.body}`);
  return `${cookie.name}=${cookie.value}`;
}
