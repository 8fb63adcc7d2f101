import { loadTerminal } from '@safe-passage/sim/terminal/load.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import type { WindowedSet } from '../../src/groups/dataset.ts';
import { measureGroups } from '../../src/groups/measure.ts';
import { terminalSet } from '../../src/groups/terminals.ts';

describe('companies of a simulated terminal as a set of windows', () => {
  let set: WindowedSet;
  beforeAll(async () => {
    const run = { plan: 'regional', passengersPerHour: 300, seed: 41, seconds: 300 };
    set = terminalSet(await loadTerminal(run.plan), run);
  });

  it('has windows of ten seconds from the first row on, each with all of its people in one party each', () => {
    const startMs = set.rows[0]?.timeMs ?? Number.NaN;
    for (const { fromMs, rows, truth } of set.windows) {
      expect((fromMs - startMs) % 10_000).toBe(0);
      for (const { timeMs } of rows) expect(Math.floor((timeMs - fromMs) / 10_000)).toBe(0);
      expect(truth.flat().toSorted()).toEqual([...new Set(rows.map(({ person }) => person))].toSorted());
    }
    expect(set.windows.flatMap(({ rows }) => rows)).toEqual(set.rows);
  });

  it('has people alone and people in company, and hub score tells a partition of each window', () => {
    const sizes = new Set(set.windows.flatMap(({ truth }) => truth.map(({ length }) => Math.min(length, 2))));
    expect(sizes).toEqual(new Set([1, 2]));
    const { windows, gMitreF1 } = measureGroups(set);
    expect(windows).toBe(set.windows.length);
    expect(gMitreF1).toBeGreaterThan(0.5);
  });

  it('comes out the same for the same seed', async () => {
    const run = { plan: 'regional', passengersPerHour: 300, seed: 41, seconds: 60 };
    const terminal = await loadTerminal(run.plan);
    expect(terminalSet(terminal, run)).toEqual(terminalSet(terminal, run));
  });
});
