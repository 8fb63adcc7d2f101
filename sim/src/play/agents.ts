/** One real edge agent a camera, as a process of its own, between its feed and a broker. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { OperatorError } from '@safe-passage/cli';
import { calibrationOf } from '../cameras/calibrationOf.ts';
import { floorPlanOf } from '../terminal/floorPlan.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { feedSocket } from '../watch/feedSink.ts';

const EDGE = resolve(import.meta.dirname, '../../../edge/src/main.ts');
/** An agent that does not stop by then is ended. */
const STOP_MS = 10_000;

export interface AgentsOptions {
  readonly terminal: Terminal;
  readonly site: string;
  /** Of a broker without accounts, `mqtt://host:port`; one with accounts has agents of its own. */
  readonly broker: string;
  /** Holds the feeds; gets calibrations, configurations and outboxes. */
  readonly folder: string;
}

export interface RunningAgents {
  /** Rejects with what an agent said where one ends by itself. */
  readonly broken: Promise<never>;
  stop(): Promise<void>;
}

async function configure(options: AgentsOptions, camera: Terminal['cameras'][number]): Promise<string> {
  const { terminal, site, broker, folder } = options;
  const file = (name: string) => join(folder, name);
  const calibration = file(`${camera.id}.calibration.json`);
  await writeFile(calibration, calibrationOf(terminal, camera));
  const config = file(`${camera.id}.edge.json`);
  const content = {
    site,
    floor: terminal.id,
    device: `edge-${camera.id}`,
    camera: camera.id,
    detections: { feed: feedSocket(folder, camera.id) },
    calibration,
    plan: file('plan.json'),
    broker: { url: broker },
    outbox: { path: file(`${camera.id}.outbox.db`) },
    log: { level: 'warn' },
  };
  await writeFile(config, JSON.stringify(content, null, 2), { mode: 0o600 });
  return config;
}

/** Starts them all. @throws OperatorError where the folder cannot be used. */
export async function startAgents(options: AgentsOptions): Promise<RunningAgents> {
  const { terminal, folder } = options;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, 'plan.json'), JSON.stringify(floorPlanOf(terminal)));
  const children: ChildProcess[] = [];
  let stopping = false;
  let fail: (problem: Error) => void = () => undefined;
  const broken = new Promise<never>((_, reject) => {
    fail = reject;
  });
  // Whoever does not wait for it is told by nobody.
  broken.catch(() => undefined);
  for (const camera of terminal.cameras) {
    const config = await configure(options, camera);
    const child = spawn(process.execPath, [EDGE, 'run', '--config', config], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    child.once('error', fail);
    child.once('exit', (code, signal) => {
      if (stopping) return;
      fail(
        new OperatorError(
          `the edge agent of ${camera.id} ended (${signal ?? `exit code ${code}`})`,
          'It said why above; its configuration is in the folder of the feeds.',
        ),
      );
    });
    children.push(child);
  }
  const stop = async (): Promise<void> => {
    stopping = true;
    await Promise.all(
      children.map(async (child) => {
        if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
        const ended = once(child, 'exit');
        child.kill('SIGTERM');
        const patience = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
        await ended;
        clearTimeout(patience);
      }),
    );
  };
  return { broken, stop };
}
