/**
 * One hub for each site: a lock in the database that lives as long as its connection does. A hub whose connection breaks
 * goes on and takes the lock again as soon as it can; only when another hub has got it in between must it stop. (For that
 * moment two may write: keys make what they write the same, so it does no harm.)
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { OperatorError } from '@safe-passage/cli';
import pg from 'pg';
import { unreachable } from './database.ts';

export interface FenceOptions {
  readonly url: string;
  readonly site: string;
  /** Only these floors of it: others may have the other floors, and nobody the whole site. */
  readonly floors?: readonly string[];
  readonly signal: AbortSignal;
  /** `standby`: another hub has the site. `unreachable`: the database does not answer; it is tried again. */
  readonly onState: (state: 'standby' | 'unreachable' | 'held', problem?: Error) => void;
}

const LOCK_SPACE = 'safe-passage-hub';
const TRY_AGAIN_MS = 1_000;
const HEARTBEAT_MS = 5_000;

/** Login refused, or no such database: waiting does not help. */
const HOPELESS = /^(?:28|3D)/;

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5_000,
    query_timeout: 5_000,
    keepAlive: true,
    application_name: 'safe-passage-fence',
  });
  // Told by the `end` that follows.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function tryOne(client: pg.Client, name: string, shared = false): Promise<boolean> {
  const result = await client.query<{ held: boolean }>(
    `SELECT pg_try_advisory_lock${shared ? '_shared' : ''}(hashtext($1), hashtext($2)) AS held`,
    [LOCK_SPACE, name],
  );
  return result.rows[0]?.held === true;
}

/** All or none: a hub that waits for one floor holds no other. */
async function tryLock(client: pg.Client, { site, floors }: Pick<FenceOptions, 'site' | 'floors'>): Promise<boolean> {
  if (!floors) return await tryOne(client, site);
  let held = await tryOne(client, site, true);
  for (const floor of floors) held &&= await tryOne(client, `${site}/${floor}`);
  if (!held) await client.query('SELECT pg_advisory_unlock_all()');
  return held;
}

const quietly = async (client: pg.Client): Promise<void> => {
  await client.end().catch(() => undefined);
};

/** Waits, unless it is told to stop. @returns false when it was. */
async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(ms, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}

/** Resolves when the connection has ended or does not answer. */
async function untilBroken(client: pg.Client, signal: AbortSignal): Promise<void> {
  const ended = new AbortController();
  client.once('end', () => ended.abort());
  while (await pause(HEARTBEAT_MS, AbortSignal.any([signal, ended.signal]))) {
    try {
      await client.query('SELECT 1');
    } catch {
      return;
    }
  }
}

/** The lock, held until it is released or another hub has it. */
export class Fence {
  readonly #options: FenceOptions;
  readonly #released = new AbortController();
  readonly #holding: Promise<void>;
  /** Resolves when another hub has the site: this one must stop. */
  readonly taken: Promise<void>;

  constructor(options: FenceOptions, client: pg.Client) {
    this.#options = options;
    let tell: () => void = () => undefined;
    this.taken = new Promise((resolve) => {
      tell = resolve;
    });
    this.#holding = this.#hold(client, tell);
  }

  async release(): Promise<void> {
    this.#released.abort();
    await this.#holding;
  }

  async #hold(first: pg.Client, taken: () => void): Promise<void> {
    const { signal } = this.#released;
    let client: pg.Client | null = first;
    while (!signal.aborted) {
      if (client) {
        await untilBroken(client, signal);
        await quietly(client);
        client = null;
        if (signal.aborted) return;
      }
      try {
        client = await connect(this.#options.url);
        if (!(await tryLock(client, this.#options))) {
          await quietly(client);
          taken();
          return;
        }
        this.#options.onState('held');
      } catch (problem) {
        if (client) await quietly(client);
        client = null;
        this.#options.onState('unreachable', problem instanceof Error ? problem : new Error(String(problem)));
        if (!(await pause(TRY_AGAIN_MS, signal))) return;
      }
    }
    if (client) await quietly(client);
  }
}

/**
 * Waits until this hub has the site to itself.
 *
 * @returns null where it was told to stop first.
 * @throws OperatorError where the database refuses the login or does not exist.
 */
export async function acquireFence(options: FenceOptions): Promise<Fence | null> {
  const { url, signal, onState } = options;
  let told: 'standby' | 'unreachable' | null = null;
  const tell = (state: 'standby' | 'unreachable', problem?: Error) => {
    if (told !== state) onState(state, problem);
    told = state;
  };
  while (!signal.aborted) {
    let client: pg.Client | null = null;
    try {
      client = await connect(url);
      while (!(await tryLock(client, options))) {
        tell('standby');
        if (!(await pause(TRY_AGAIN_MS, signal))) {
          await quietly(client);
          return null;
        }
      }
      onState('held');
      return new Fence(options, client);
    } catch (problem) {
      if (client) await quietly(client);
      if (problem instanceof OperatorError) throw problem;
      const code = problem instanceof pg.DatabaseError ? (problem.code ?? '') : '';
      if (HOPELESS.test(code)) throw unreachable(url, problem);
      tell('unreachable', problem instanceof Error ? problem : new Error(String(problem)));
      if (!(await pause(TRY_AGAIN_MS, signal))) return null;
    }
  }
  return null;
}
