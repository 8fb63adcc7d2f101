import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readRecordings, validate } from '@safe-passage/sim/commands/validate.ts';
import { differences, spreads } from '@safe-passage/sim/validate/comparison.ts';
import { kolmogorovSmirnov, quantile, wasserstein } from '@safe-passage/sim/validate/distribution.ts';
import { companyMeasures, freeSpeeds } from '@safe-passage/sim/validate/measures.ts';
import { type Report, report } from '@safe-passage/sim/validate/page.ts';
import { parseRecording } from '@safe-passage/sim/validate/recording.ts';
import { ring, weidmannSpeed } from '@safe-passage/sim/validate/scenes.ts';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { sharedFile } from '../../../test/services/machine.ts';

const numbers = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 1, maxLength: 60 });

describe('distances of distributions', () => {
  it('are 0 from itself, the same in both directions, and grow by a shift', () => {
    fc.assert(
      fc.property(numbers, numbers, fc.double({ min: 0.1, max: 5, noNaN: true }), (a, b, shift) => {
        expect(kolmogorovSmirnov(a, a)).toBe(0);
        expect(wasserstein(a, a)).toBe(0);
        expect(wasserstein(a, b)).toBeCloseTo(wasserstein(b, a), 9);
        expect(kolmogorovSmirnov(a, b)).toBeCloseTo(kolmogorovSmirnov(b, a), 12);
        expect(kolmogorovSmirnov(a, b)).toBeLessThanOrEqual(1);
        expect(
          wasserstein(
            a,
            a.map((value) => value + shift),
          ),
        ).toBeCloseTo(shift, 6);
      }),
    );
  });

  it('know quartiles', () => {
    expect([0.25, 0.5, 0.75].map((share) => quantile([4, 1, 3, 2, 5], share))).toEqual([2, 3, 4]);
  });
});

describe('what is measured of walkers', () => {
  // Two go east at 1 m/s, 0.8 m apart and 0.6 m behind each other; a third, alone, goes north at 1.5 m/s far away.
  const lines = ['t,id,x,y'];
  for (let i = 0; i < 20; i += 1) {
    const t = i * 0.4;
    lines.push(
      `${t.toFixed(1)},1,${t.toFixed(2)},0`,
      `${t.toFixed(1)},2,${(t - 0.6).toFixed(2)},0.8`,
      `${t.toFixed(1)},3,40,${(1.5 * t).toFixed(2)}`,
    );
  }
  const recording = parseRecording('made up', lines.join('\n'), 0.4, [[1, 2]]);

  it('is their free speed, by person', () => {
    expect(freeSpeeds(recording, false)).toHaveLength(1);
    expect(freeSpeeds(recording, false)[0]).toBeCloseTo(1.5, 6);
    expect(freeSpeeds(recording, true)[0]).toBeCloseTo(1, 6);
  });

  it('is how two walk side by side', () => {
    const [pair] = companyMeasures(recording, 2);
    expect(pair?.distanceMetres).toBeCloseTo(1, 6);
    expect(pair?.lateralMetres).toBeCloseTo(0.8, 6);
    expect(pair?.alongMetres).toBeCloseTo(0.6, 6);
    expect(pair?.angleDegrees).toBeCloseTo(53.13, 2);
  });

  it('names the line that cannot be read', () => {
    expect(() => parseRecording('made up', 't,id,x,y\n0,1,2,3\n0,1,x,3', 0.4)).toThrow(/line 3/);
    expect(() => parseRecording('made up', 'a,b', 0.4)).toThrow(/t,id,x,y/);
  });
});

describe('a simulated corridor', () => {
  it('slows down with density as Weidmann found, to a quarter of the free speed', () => {
    for (const persons of [50, 130, 230, 400]) {
      const { density, speed } = ring(persons, 2);
      expect(Math.abs(speed - weidmannSpeed(density))).toBeLessThan(0.25 * 1.34);
    }
  });
});

const data = sharedFile('data');
const ready = data !== null && existsSync(join(data, 'groups/zara02.csv'));

describe.skipIf(!ready)('simulated beside real walkers (needs ../shared or $SAFE_PASSAGE_SHARED)', () => {
  let result: Report;
  beforeAll(async () => {
    result = report(await readRecordings(data ?? ''));
  }, 240_000);

  it('differ from the recordings by hardly more than the recordings from each other', () => {
    const between = spreads(result.comparisons);
    for (const row of result.comparisons) {
      const real = between
        .filter(({ quantity }) => quantity === row.quantity)
        .map((spread) => spread.kolmogorovSmirnov);
      expect(real).toHaveLength(3);
      expect(differences(row).kolmogorovSmirnov, `${row.quantity}, ${row.real}`).toBeLessThan(Math.max(...real) + 0.1);
    }
  });

  it('in company walk at the distances and angles of real twos and threes', () => {
    const shapes = result.comparisons.filter((row) => /twos|threes/.test(row.quantity));
    expect(shapes).toHaveLength(15);
    for (const row of shapes) {
      const most = row.real === 'zara02' ? 0.3 : 0.2;
      expect(differences(row).kolmogorovSmirnov, `${row.quantity}, ${row.real}`).toBeLessThan(most);
    }
  });

  it('are what the page in docs/ shows, to the byte', async () => {
    const docs = join(import.meta.dirname, '../../../docs');
    const remedy = 'write it anew: npm run -s sim -- validate --out docs/simulation.md';
    expect(result.page, remedy).toBe(await readFile(join(docs, 'simulation.md'), 'utf8'));
    for (const [name, svg] of result.images) {
      expect(svg, `${name}: ${remedy}`).toBe(await readFile(join(docs, 'images/simulation', name), 'utf8'));
    }
  });
});

describe('sim validate', () => {
  it('says where the recordings are looked for', async () => {
    const execution = validate.execute(['--data', '/nowhere'], new AbortController().signal);
    await expect(execution).rejects.toThrow('/nowhere/groups/eth.groups.json cannot be read');
  });
});
