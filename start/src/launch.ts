/** Starts every part in its order, keeps them running, and ends them in the reverse order. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { EXIT, OperatorError } from '@safe-passage/cli';
import { migrate } from '@safe-passage/hub/store/migrate.ts';
import pg from 'pg';
import { stringify } from 'yaml';
import { type EmbeddedBroker, startBroker } from './broker/broker.ts';
import { Checklist } from './checklist.ts';
import { buildConsole, consoleIsStale } from './console/consoleBuild.ts';
import { DataFolder } from './data/dataFolder.ts';
import { freePort, insistOnPort } from './ports.ts';
import { type RunningPostgres, startPostgres } from './postgres/embeddedPostgres.ts';
import type { Agent, Feeder, Scene } from './scene/scene.ts';
import { clearLeftovers } from './supervise/leftovers.ts';
import { Supervised } from './supervise/supervised.ts';

const run = promisify(execFile);

const PROJECT = resolve(import.meta.dirname, '../..');
const HUB = resolve(PROJECT, 'hub/src/main.ts');
const EDGE = resolve(PROJECT, 'edge/src/main.ts');
const READY_SECONDS = 60;

export interface LaunchOptions {
  readonly port: number;
  readonly dataFolder: string;
  readonly prepare: (data: DataFolder, signal: AbortSignal) => Promise<Scene>;
}

/** What the starts of the parts have in common. */
interface Running {
  readonly checklist: Checklist;
  readonly data: DataFolder;
  readonly scene: Scene;
  /** Every wait ends with it. */
  readonly signal: AbortSignal;
}

/** Where a user stands, `.data/log/hub.log` says more than a long path. */
const shown = (path: string): string => {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
};

const counted = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? '' : 's'}`;

/** What the parts get: the address of another database, meant for a hub of its own, would win over the one started here. */
function partEnvironment(): NodeJS.ProcessEnv {
  const { SAFE_PASSAGE_DATABASE_URL: _url, SAFE_PASSAGE_DATABASE_URL_FILE: _file, ...environment } = process.env;
  return environment;
}

async function insistOnDatabase(server: RunningPostgres, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  return url.href;
}

const HUB_LOGIN = 'safe_passage_hub_login';

/**
 * Makes the tables as their owner, and the login that the hub works with: one that could not change an audit row if the hub were
 * taken over. The migrations make the role that it belongs to.
 *
 * @returns the address of the database for the hub.
 */
async function prepareTables(ownerUrl: string, password: string): Promise<string> {
  await migrate(ownerUrl);
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [HUB_LOGIN]);
    if (rowCount === 0) await client.query(`CREATE ROLE ${HUB_LOGIN} LOGIN IN ROLE safe_passage_hub`);
    await client.query(`ALTER ROLE ${HUB_LOGIN} PASSWORD ${client.escapeLiteral(password)}`);
  } finally {
    await client.end();
  }
  const url = new URL(ownerUrl);
  url.username = HUB_LOGIN;
  url.password = password;
  return url.href;
}

async function startDatabase({ data, scene, signal }: Running): Promise<{ server: RunningPostgres; url: string }> {
  const server = await startPostgres({
    dataFolder: await data.postgres(),
    port: await freePort(),
    password: await data.secret('postgres'),
    logFile: await data.log('postgres'),
    signal,
  });
  try {
    const ownerUrl = await insistOnDatabase(server, scene.database);
    return { server, url: await prepareTables(ownerUrl, await data.secret('hub-login')) };
  } catch (problem) {
    await server.stop();
    throw problem;
  }
}

/** Runs once, to its end. @throws OperatorError with what it said. */
async function hubCommand(args: readonly string[], signal: AbortSignal): Promise<string> {
  try {
    const { stdout } = await run(process.execPath, [HUB, ...args], {
      signal,
      cwd: PROJECT,
      env: partEnvironment(),
    });
    return stdout.trim();
  } catch (cause) {
    if (signal.aborted) throw cause;
    const { stderr = '' } = cause as { stderr?: string };
    throw new OperatorError(`hub ${args[0]} failed:\n${stderr.trim()}`, 'Start again; if it stays, report it.', {
      cause,
    });
  }
}

async function configureHub(
  running: Running,
  databaseUrl: string,
  broker: EmbeddedBroker,
  port: number,
): Promise<string> {
  const { data, scene } = running;
  await data.write('plan.json', JSON.stringify(scene.plan, null, 2));
  await data.write('database.url', databaseUrl);
  await data.write('hub.password', broker.account('hub', { kind: 'hub' }));
  return await data.write(
    'hub.yaml',
    stringify({
      site: scene.site,
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      database: { urlFile: 'database.url' },
      broker: { url: `mqtt://127.0.0.1:${broker.port}`, username: 'hub', passwordFile: 'hub.password' },
      listen: { host: '127.0.0.1', port },
      floors: [{ plan: 'plan.json' }],
    }),
  );
}

/** @throws OperatorError with what the part said, where it does not come up. */
async function insistOn(
  running: Running,
  { part, name, log }: { readonly part: Supervised; readonly name: string; readonly log: string },
  up: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const late = AbortSignal.timeout(READY_SECONDS * 1000);
  try {
    await part.untilUp((over) => up(AbortSignal.any([running.signal, late, over])));
  } catch (cause) {
    running.signal.throwIfAborted();
    const said = cause instanceof Error ? cause.message : String(cause);
    const why = late.aborted ? `it was not ready within ${READY_SECONDS} s` : said;
    throw new OperatorError(`the ${name} did not start:\n${why}`, `Its log: ${shown(log)}`, { cause });
  }
}

async function answers(url: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    const attempt = AbortSignal.any([signal, AbortSignal.timeout(3000)]);
    const ready = await fetch(url, { signal: attempt }).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) return;
    await delay(150, undefined, { signal });
  }
}

async function startHub(running: Running, config: string, port: number): Promise<Supervised> {
  const { data, checklist } = running;
  const logFile = await data.log('hub');
  const hub = new Supervised({
    name: 'hub',
    args: [HUB, 'run', '--config', config],
    logFile,
    env: partEnvironment(),
    tell: (text) => checklist.event(text),
  });
  try {
    await insistOn(running, { part: hub, name: 'hub', log: logFile }, (until) =>
      answers(`http://127.0.0.1:${port}/readyz`, until),
    );
    return hub;
  } catch (problem) {
    await hub.stop();
    throw problem;
  }
}

/** The cameras' side of a scene that has no pixels. */
async function startFeeder(running: Running, feeder: Feeder): Promise<Supervised> {
  const { data, checklist } = running;
  const logFile = await data.log('feeder');
  const { name, args, sockets } = feeder;
  const part = new Supervised({ name, args, logFile, env: partEnvironment(), tell: (text) => checklist.event(text) });
  try {
    await insistOn(running, { part, name, log: logFile }, async (until) => {
      while (!sockets.every((path) => existsSync(path))) await delay(100, undefined, { signal: until });
    });
    return part;
  } catch (problem) {
    await part.stop();
    throw problem;
  }
}

interface StartedAgent {
  readonly part: Supervised;
  /** Resolves once the agent has told the broker that it is there. */
  readonly up: Promise<void>;
}

async function startAgent(running: Running, agent: Agent, broker: EmbeddedBroker): Promise<StartedAgent> {
  const { data, checklist } = running;
  const { device } = agent.address;
  await data.write(`${device}.password`, broker.account(device, { kind: 'device', address: agent.address }));
  const config = await data.write(
    `${device}.yaml`,
    stringify({
      ...agent.address,
      camera: agent.camera,
      plan: 'plan.json',
      ...agent.config,
      broker: { url: `mqtt://127.0.0.1:${broker.port}`, username: device, passwordFile: `${device}.password` },
      outbox: { path: data.outbox(`${running.scene.database}-${device}.db`) },
    }),
  );
  const logFile = await data.log(device);
  const name = `edge agent ${agent.camera}`;
  const part = new Supervised({
    name,
    args: [EDGE, 'run', '--config', config],
    logFile,
    env: partEnvironment(),
    tell: (text) => checklist.event(text),
    ...(agent.finished ? { finished: agent.finished } : {}),
  });
  return { part, up: insistOn(running, { part, name, log: logFile }, (until) => broker.online(agent.address, until)) };
}

async function greet(running: Running, config: string, port: number): Promise<void> {
  const { checklist, scene, data, signal } = running;
  const link = await hubCommand(['sign-in-link', '--config', config], signal);
  checklist.lines(
    '',
    `  Console     http://127.0.0.1:${port}`,
    `  Sign in     ${link}`,
    '              (works once, for 15 minutes; the next one:',
    `              npm run -s hub -- sign-in-link --config ${shown(config)}`,
    '              with --role privacy-officer: what is kept, and who looked)',
    '',
    ...scene.remarks.map((remark) => `  ${remark}`),
    '',
    `  Data in ${shown(data.path)}, logs in ${shown(resolve(data.path, 'log'))}. Ctrl-C stops everything.`,
    '',
  );
}

type Stop = () => Promise<void>;

/** Stops the newest first; one that fails does not keep the others running. */
async function stopAll(started: readonly Stop[], checklist: Checklist): Promise<boolean> {
  let clean = true;
  for (const stop of started.toReversed()) {
    try {
      await stop();
    } catch (problem) {
      clean = false;
      checklist.event(`Something did not stop as it should: ${problem instanceof Error ? problem.message : problem}`);
    }
  }
  return clean;
}

/** Starts one part after the other and ends once all are up. @param started takes how to stop each, in the order of the starts. */
async function startAll(options: LaunchOptions, checklist: Checklist, started: Stop[], until: AbortController) {
  const { signal } = until;
  const data = await DataFolder.open(options.dataFolder);
  started.push(async () => data.close());
  await clearLeftovers(resolve(data.path, 'run'), signal);
  await insistOnPort(options.port);
  if (await consoleIsStale()) {
    await checklist.step(
      'Building the console',
      () => buildConsole(signal),
      () => 'Console built',
    );
  }
  const scene = await checklist.step(
    'Preparing the cameras',
    () => options.prepare(data, signal),
    ({ plan, agents }) => `${plan.name}: ${counted(plan.zones.length, 'zone')}, ${counted(agents.length, 'camera')}`,
  );
  started.push(async () => await scene.close?.());
  const running: Running = { checklist, data, scene, signal };
  const { server, url } = await checklist.step(
    'Starting PostgreSQL',
    () => startDatabase(running),
    (database) => `PostgreSQL, ${database.server.fresh ? 'a new database' : 'with the data of earlier starts'}`,
  );
  let stopping = false;
  started.push(async () => {
    stopping = true;
    await server.stop();
  });
  void server.process.exited.then((code) => {
    if (stopping) return;
    const log = shown(resolve(data.path, 'log/postgres.log'));
    until.abort(new OperatorError(`PostgreSQL ended with code ${code}. Its log: ${log}`, 'Start again: it recovers.'));
  });
  const broker = await checklist.step(
    'Starting the MQTT broker',
    startBroker,
    () => 'MQTT broker, on loopback, with passwords',
  );
  started.push(() => broker.close());
  const config = await configureHub(running, url, broker, options.port);
  const hub = await checklist.step(
    'Starting the hub',
    () => startHub(running, config, options.port),
    () => 'Hub',
  );
  started.push(() => hub.stop());
  const { feeder } = scene;
  if (feeder) {
    const feeding = await checklist.step(
      `Filling the ${feeder.name}`,
      () => startFeeder(running, feeder),
      () => `The ${feeder.name}, ${counted(feeder.sockets.length, 'feed')}`,
    );
    started.push(() => feeding.stop());
  }
  const agents: Supervised[] = [];
  started.push(async () => void (await Promise.all(agents.map((agent) => agent.stop()))));
  const cameras = scene.agents.map(({ camera }) => camera);
  await checklist.step(
    'Starting the edge agents',
    async () => {
      const waits: Promise<void>[] = [];
      for (const agent of scene.agents) {
        const { part, up } = await startAgent(running, agent, broker);
        agents.push(part);
        // Awaited below, all at once: each takes a second or two to load, and none waits for another.
        up.catch(() => {});
        waits.push(up);
      }
      await Promise.all(waits);
    },
    () => `Edge agent${cameras.length === 1 ? '' : 's'} ${cameras.join(', ')}`,
  );
  await greet(running, config, options.port);
}

/** Starts everything and stays until the signal comes. @returns the exit code. @throws OperatorError */
export async function launch(options: LaunchOptions, signal: AbortSignal): Promise<number> {
  const checklist = new Checklist();
  const started: Stop[] = [];
  // Aborted by Ctrl-C, and by the death of the database: that ends everything, and the next start recovers it.
  const until = new AbortController();
  const onSignal = () => until.abort(signal.reason);
  if (signal.aborted) onSignal();
  signal.addEventListener('abort', onSignal, { once: true });
  const { version } = JSON.parse(await readFile(resolve(PROJECT, 'package.json'), 'utf8')) as { version: string };
  checklist.lines(`Safe Passage ${version}`, '');
  let problem: unknown = null;
  try {
    await startAll(options, checklist, started, until);
    if (!until.signal.aborted) await once(until.signal, 'abort');
  } catch (caught) {
    problem = caught;
  }
  if (until.signal.aborted) {
    problem = until.signal.reason instanceof OperatorError ? until.signal.reason : null;
    checklist.lines('', 'Stopping');
  }
  const clean = await stopAll(started, checklist);
  if (problem) throw problem;
  if (clean) checklist.lines('Stopped; the next start finds its data.');
  return clean ? EXIT.ok : EXIT.failed;
}
