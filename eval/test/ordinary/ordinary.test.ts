import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sharedFile, sharedFolder } from '../../../test/services/machine.ts';
import { fallenFigures } from '../../src/golden.ts';
import type { Row } from '../../src/groups/dataset.ts';
import { type OrdinarySet, readOrdinary } from '../../src/ordinary/dataset.ts';
import { ordinaryPage } from '../../src/ordinary/drawing.ts';
import { finer } from '../../src/ordinary/finer.ts';
import { ORDINARY_TOLERANCE, ordinaryFigures, readOrdinaryGolden } from '../../src/ordinary/golden.ts';
import {
  MOST_ESCORTS_PER_THOUSAND,
  measureAllOrdinary,
  measureOrdinary,
  measurePlanted,
  perThousand,
} from '../../src/ordinary/measure.ts';
import { PLANTED, plant } from '../../src/ordinary/planted.ts';

const SECONDS = 0.2;

/** Somebody who walks to and fro and stops for some seconds now and then, far from everybody else. */
function walk(person: string, seconds: number, y: number): Row[] {
  let x = 0;
  return Array.from({ length: seconds / SECONDS }, (_, i): Row => {
    const at = i * SECONDS;
    if (at % 12 < 8) x += 1.3 * SECONDS;
    return { timeMs: Math.round(1000 * at), person, x, y: y + 2 * Math.sin(x / 5) };
  });
}

const setOf = (rows: readonly Row[]): OrdinarySet => ({
  name: 'a hall <of> its own',
  remark: 'made up',
  rows: rows.toSorted((a, b) => a.timeMs - b.timeMs),
  sampleSeconds: SECONDS,
  sigmaMetres: 0.1,
});

describe('a slow recording, made finer', () => {
  const row = (i: number, x: number, y: number): Row => ({ timeMs: 800 * i, person: 'a', x, y });

  it('leaves everybody where they are known to have been', () => {
    const place = fc.double({ min: -50, max: 50, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(place, place), { minLength: 1, maxLength: 12 }), (places) => {
        const rows = places.map(([x, y], i) => row(i, x, y));
        const made = finer(rows, SECONDS, 0.8);
        expect(made).toHaveLength(4 * (rows.length - 1) + 1);
        expect(made.filter(({ timeMs }) => timeMs % 800 === 0)).toEqual(rows);
      }),
    );
  });

  it('lets an even walk be even', () => {
    const made = finer(
      [0, 1, 2, 3, 4].map((i) => row(i, i, -2 * i)),
      SECONDS,
      0.8,
    );
    for (const { timeMs, x, y } of made.filter((one) => one.timeMs >= 800 && one.timeMs <= 2400)) {
      expect(x).toBeCloseTo(timeMs / 800, 9);
      expect(y).toBeCloseTo((-2 * timeMs) / 800, 9);
    }
  });

  it('makes nobody up where nobody was seen for long', () => {
    expect(finer([row(0, 0, 0), row(3, 3, 0)], SECONDS, 0.8)).toHaveLength(2);
  });
});

describe('ordinary people', () => {
  const alone = setOf([...walk('1', 60, 0), ...walk('2', 60, 30)]);

  it('nothing is told of people who have nothing to do with each other', () => {
    const { people, told, episodes } = measureOrdinary(alone);
    expect(people).toBe(2);
    expect(Object.values(told)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(episodes).toEqual([]);
  });

  it('a follower that is planted walks where the leader walked, later, and does not come too near', () => {
    const { set, escorts } = plant(alone);
    expect([...escorts.keys()]).toEqual(['follower of 1 1']);
    const leader = new Map(set.rows.filter(({ person }) => person === '1').map((one) => [one.timeMs, one]));
    const follower = set.rows.filter(({ person }) => person === 'follower of 1');
    const distances = follower.map(({ timeMs, x, y }) => {
      const one = leader.get(timeMs);
      return Math.hypot(x - (one?.x ?? 0), y - (one?.y ?? 0));
    });
    expect(Math.min(...distances)).toBeGreaterThan(PLANTED.leastMetres - 5 * PLANTED.noiseMetres);
    expect(Math.max(...distances)).toBeLessThan(2.5);
  });

  it('a planted follower is told, and of nobody else anything', () => {
    expect(measurePlanted(alone)).toEqual({
      name: alone.name,
      byLength: [
        { from: 20, planted: 0, told: 0 },
        { from: 30, planted: 0, told: 0 },
        { from: 45, planted: 1, told: 1 },
        { from: 60, planted: 0, told: 0 },
      ],
      others: 0,
    });
  });

  it('what is told is drawn with its people and reasons, and nothing where there is none', () => {
    const page = ordinaryPage([measureOrdinary(plant(alone).set), measureOrdinary(alone)]);
    expect(page.match(/<svg /g)).toHaveLength(1);
    expect(page).toContain('follower of 1');
    expect(page).toContain('a hall &lt;of&gt; its own');
    expect(page).toMatch(/<li>[^<]+<\/li>/);
    expect(page).toContain('Nothing was told.');
    expect(page).not.toMatch(/NaN|Infinity|undefined/);
  });
});

describe.skipIf(!sharedFile('data', 'ordinary', 'grand-central-a.csv'))(
  'real recordings (need ../shared or $SAFE_PASSAGE_SHARED with data)',
  () => {
    it('of no more than five in a thousand an escort is told, and no figure is worse than its golden one', async () => {
      const measured = measureAllOrdinary(await readOrdinary(sharedFolder ?? ''), () => undefined);
      for (const { people, told } of measured.found) {
        expect(perThousand(told.escort, people)).toBeLessThanOrEqual(MOST_ESCORTS_PER_THOUSAND);
      }
      const golden = await readOrdinaryGolden();
      expect(Object.keys(golden)).toHaveLength(48);
      expect(fallenFigures(golden, ordinaryFigures(measured), ORDINARY_TOLERANCE)).toEqual([]);
    }, 120_000);
  },
);
