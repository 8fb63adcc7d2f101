import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TrackReport } from '@safe-passage/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedFile } from '../services/machine.ts';
import { runProgram } from '../services/program.ts';
import { PRESENCE_SECONDS, TOLERANCE_SECONDS, VIDEO } from './standingTable.ts';

const EXAMPLE = resolve(import.meta.dirname, '../../examples/standing-table');
const video = sharedFile(...VIDEO);

/** The points of a dry run's reports as rows for `hub score`: seconds since the first frame, metres. */
function trajectories(reports: readonly TrackReport[]): string {
  const startMs = reports[0]?.fromMs ?? 0;
  const rows = reports.flatMap(({ fromMs, tracks }) =>
    tracks.flatMap(({ id, points }) =>
      points.map(([offsetMs, xCm, yCm]) => [(fromMs + offsetMs - startMs) / 1000, id, xCm / 100, yCm / 100].join(',')),
    ),
  );
  return ['t,id,x,y', ...rows, ''].join('\n');
}

describe.skipIf(!video)('real video and nothing but this repository (needs ../shared or $SAFE_PASSAGE_SHARED)', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'own-detector-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('becomes six stays at the table, seen by the embedded detector that nobody has to name, and no other', {
    timeout: 240_000,
  }, async () => {
    const file = (name: string) => join(folder, name);
    const reports = file('reports.jsonl');
    const calibration = join(EXAMPLE, 'calibration.yaml');
    const plan = join(EXAMPLE, 'plan.json');
    const seen = ['run', '--source', String(video), '--calibration', calibration];
    const edge = await runProgram('edge/src/main.ts', [...seen, '--plan', plan, '--dry-run', '--out', reports]);
    expect(edge.code, edge.err).toBe(0);
    const lines = (await readFile(reports, 'utf8')).trim().split('\n');
    await writeFile(file('t.csv'), trajectories(lines.map((line) => JSON.parse(line) as TrackReport)));
    const scored = ['score', '--trajectories', file('t.csv'), '--zones', plan, '--out', file('events.jsonl')];
    const hub = await runProgram('hub/src/main.ts', scored);
    expect(hub.code, hub.err).toBe(0);

    const stays = (await readFile(file('events.jsonl'), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { kind: string; from: number; seconds: number })
      .filter(({ kind }) => kind === 'dwell')
      .sort((a, b) => a.from - b.from);
    expect(stays).toHaveLength(PRESENCE_SECONDS.length);
    for (const [i, seconds] of PRESENCE_SECONDS.entries()) {
      expect(Math.abs((stays[i]?.seconds ?? 0) - seconds), `stay ${i + 1}`).toBeLessThanOrEqual(TOLERANCE_SECONDS);
    }
  });
});
