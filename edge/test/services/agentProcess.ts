/** A real agent in a process of its own, fed with boxes of two walkers. */

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { PATIENCE } from '../../../test/services/program.ts';

const MAIN = resolve(import.meta.dirname, '../../src/main.ts');

export interface AgentSetup {
  readonly url: string;
  /** Where configuration, boxes and outbox lie; made where it is missing. */
  readonly folder: string;
  readonly seconds: number;
  /** How many seconds of boxes are played in one. */
  readonly speed: number;
  /** Further fields of edge.yaml, or others in place of the usual ones. */
  readonly change?: Record<string, unknown>;
  readonly lingerSeconds?: number;
}

export const ADDRESS = { site: 'test', floor: 'hall', device: 'edge-1' } as const;
const FRAMES_PER_SECOND = 10;

/** Two people who walk from left to right, again and again, 1 box each a frame. */
function walkers(seconds: number): string {
  const lines: string[] = [];
  for (let frame = 1; frame <= seconds * FRAMES_PER_SECOND; frame += 1) {
    const x = 100 + ((frame * 6) % 900);
    lines.push(`${frame},-1,${x},300,80,220,0.9,-1,-1,-1`, `${frame},-1,${1080 - x},420,90,240,0.9,-1,-1,-1`);
  }
  return `${lines.join('\n')}\n`;
}

export class AgentProcess {
  readonly child: ChildProcess;
  readonly log: string[] = [];
  /** Exit code, null after a signal. */
  readonly ended: Promise<number | null>;

  constructor(setup: AgentSetup) {
    mkdirSync(setup.folder, { recursive: true });
    writeFileSync(join(setup.folder, 'det.txt'), walkers(setup.seconds));
    writeFileSync(join(setup.folder, 'edge.yaml'), agentConfiguration(setup));
    this.child = spawn(
      process.execPath,
      [MAIN, 'run', '--config', join(setup.folder, 'edge.yaml'), '--linger-seconds', String(setup.lingerSeconds ?? 10)],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => this.log.push(text));
    this.ended = new Promise((done) => this.child.once('exit', (code) => done(code)));
  }

  async kill(signal: NodeJS.Signals): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill(signal);
    return await this.ended;
  }
}

export function agentConfiguration(setup: AgentSetup): string {
  return stringify({
    ...ADDRESS,
    camera: 'cam-1',
    detections: {
      file: 'det.txt',
      framesPerSecond: FRAMES_PER_SECOND,
      imageWidth: 1280,
      imageHeight: 720,
      speed: setup.speed,
    },
    broker: { url: setup.url },
    outbox: { path: 'outbox.db' },
    ...setup.change,
  });
}

/** Waits for something that others bring about. */
export async function until(what: string, holds: () => boolean, patienceMs = 20_000): Promise<void> {
  const end = performance.now() + PATIENCE * patienceMs;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`waited in vain for: ${what}`);
    await new Promise((done) => setTimeout(done, 25));
  }
}
