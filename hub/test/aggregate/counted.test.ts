import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayOf, hoursOf } from '../../src/aggregate/calendar.ts';
import { tallyAll } from '../../src/aggregate/counted.ts';
import { type Stay, type Table, timesOf } from '../../src/aggregate/tally.ts';
import type { CountedQuarter } from '../../src/store/aggregates.ts';
import { sums } from './attacker.ts';

const block = hoursOf(dayOf('UTC', Date.parse('2026-11-28T10:00:00Z')))[10];
if (!block) throw new Error('no such hour');
const ZONES = ['gate', 'shop'];
const TIMES = timesOf(block);
const quarter = (n: number): number => block.quarters[n] ?? 0;

const counted = (
  camera: string,
  zone: string,
  n: number,
  [people, newcomers, personSeconds]: readonly [number, number, number],
  epoch = camera,
): CountedQuarter => ({ camera, epoch, zone, fromMs: quarter(n), people, newcomers, personSeconds });
const stay = (zone: string, person: string, n: number, minutes: number): Stay => ({
  zone,
  person,
  fromMs: quarter(n),
  visits: [{ fromMs: quarter(n), toMs: quarter(n) + minutes * 60_000 }],
});
const row = (numbers: ArrayLike<number>, place: number): number[] =>
  Array.from(numbers).slice(place * TIMES, (place + 1) * TIMES);

describe('counts of devices in a tally', () => {
  it('are footfall by newcomers and time of presence, with all sums', () => {
    const { footfall, personSeconds } = tallyAll(
      block,
      ZONES,
      [],
      [
        counted('a', 'gate', 0, [12, 12, 600]),
        counted('a', 'gate', 1, [15, 9, 700]),
        counted('a', 'shop', 1, [4, 3, 80]),
      ],
    );
    expect(row(footfall.values, 0)).toEqual([12, 9, 0, 0, 21]);
    expect(row(footfall.values, 2)).toEqual([12, 12, 0, 0, 24]);
    expect(row(personSeconds.values, 2)).toEqual([600, 780, 0, 0, 1380]);
  });

  it('are of as many people as were new, and those who stay are counted once', () => {
    const { footfall, personSeconds } = tallyAll(
      block,
      ZONES,
      [],
      [
        // The same eight wait for an hour; two more come.
        counted('a', 'gate', 0, [8, 8, 7200]),
        counted('a', 'gate', 1, [8, 0, 7200]),
        counted('a', 'gate', 2, [10, 2, 9000]),
        counted('a', 'gate', 3, [10, 0, 9000]),
      ],
    );
    expect(row(personSeconds.people, 0)).toEqual([8, 8, 10, 10, 10]);
    expect(row(footfall.people, 0)).toEqual([8, 0, 2, 0, 10]);
  });

  it('are of the people whom a camera told apart over its zones, and not of their sum', () => {
    const { personSeconds } = tallyAll(
      block,
      ZONES,
      [],
      [counted('a', 'gate', 0, [6, 6, 60]), counted('a', 'shop', 0, [6, 6, 60]), counted('a', '*', 0, [7, 7, 0])],
    );
    expect(row(personSeconds.people, 2)[0]).toBe(7);
  });

  it('come from one camera where two see a zone, for they see the same people', () => {
    const { footfall, personSeconds } = tallyAll(
      block,
      ZONES,
      [],
      [
        counted('a', 'gate', 0, [6, 6, 300]),
        counted('b', 'gate', 0, [7, 7, 400]),
        counted('a', '*', 0, [6, 6, 0]),
        counted('b', '*', 0, [7, 7, 0]),
      ],
    );
    expect(row(footfall.values, 0)[0]).toBe(7);
    expect(row(personSeconds.values, 0)[0]).toBe(400);
    expect(row(personSeconds.people, 2)[0]).toBe(7);
  });

  it('of two starts of an agent add up, but not to more people', () => {
    const { personSeconds } = tallyAll(
      block,
      ZONES,
      [],
      [counted('a', 'gate', 0, [6, 6, 300], 'one'), counted('a', 'gate', 0, [6, 6, 200], 'two')],
    );
    expect(row(personSeconds.values, 0)[0]).toBe(500);
    expect(row(personSeconds.people, 0)[0]).toBe(6);
  });

  it('stand in the place of stays where they saw more, and are left out where they saw less', () => {
    const stays = [stay('gate', 'p', 0, 10), stay('gate', 'q', 1, 1), stay('shop', 'p', 0, 1)];
    const { footfall, personSeconds } = tallyAll(block, ZONES, stays, [
      counted('a', 'gate', 0, [3, 3, 599]),
      counted('a', 'gate', 1, [3, 3, 61]),
    ]);
    expect(row(personSeconds.values, 0)).toEqual([600, 61, 0, 0, 661]);
    expect(row(footfall.values, 0)).toEqual([1, 3, 0, 0, 4]);
    expect(row(personSeconds.people, 0)).toEqual([1, 3, 0, 0, 3]);
    expect(row(personSeconds.values, 1)).toEqual([60, 0, 0, 0, 60]);
  });

  it('never claim more people than there were, whatever cameras see of them and however often they start anew', () => {
    // Some people walk; each camera sees some of it and says what a counter would say.
    const visit = fc.record({
      person: fc.integer({ min: 0, max: 5 }),
      zone: fc.constantFrom('gate', 'shop'),
      quarter: fc.integer({ min: 0, max: 3 }),
    });
    const camera = fc.record({
      sees: fc.array(fc.boolean(), { minLength: 48, maxLength: 48 }),
      restart: fc.integer({ min: 0, max: 4 }),
    });
    fc.assert(
      fc.property(fc.array(visit, { maxLength: 24 }), fc.array(camera, { maxLength: 3 }), (visits, cameras) => {
        const all = cameras.flatMap(({ sees, restart }, c) => {
          const known = new Map<string, Set<string>>();
          return [0, 1, 2, 3].flatMap((n) => {
            const epoch = n >= restart ? 'late' : 'early';
            const seen = visits.filter((one, i) => one.quarter === n && sees[i] === true);
            const of = (zone: string, who: readonly { readonly person: number }[], seconds: number) => {
              const persons = new Set(who.map(({ person }) => String(person)));
              const before = known.get(`${epoch} ${zone}`) ?? new Set<string>();
              const newcomers = [...persons].filter((person) => !before.has(person));
              known.set(`${epoch} ${zone}`, new Set([...before, ...persons]));
              return counted(`cam-${c}`, zone, n, [persons.size, newcomers.length, seconds], `${c}-${epoch}`);
            };
            const zones = ZONES.map((zone) => seen.filter((one) => one.zone === zone)).flatMap((who, z) =>
              who.length === 0 ? [] : [of(ZONES[z] ?? '', who, 10 * who.length)],
            );
            return [...zones, of('*', seen, 0)];
          });
        });
        const { footfall, personSeconds } = tallyAll(block, ZONES, [], all);
        const truth = (place: number, from: number, to: number): number =>
          new Set(
            visits
              .filter((one) => one.quarter >= from && one.quarter < to && (place === 2 || one.zone === ZONES[place]))
              .map(({ person }) => person),
          ).size;
        for (let place = 0; place <= 2; place++) {
          for (let time = 0; time < TIMES; time++) {
            const most = time < 4 ? truth(place, time, time + 1) : truth(place, 0, 4);
            const cell = place * TIMES + time;
            for (const table of [footfall, personSeconds] satisfies Table[]) {
              expect(table.people[cell]).toBeLessThanOrEqual(most);
              if ((table.people[cell] ?? 0) > 0) expect(table.values[cell]).toBeGreaterThan(0);
            }
          }
        }
        for (const { parts, total } of sums(ZONES.length, block)) {
          for (const { values } of [footfall, personSeconds])
            expect(parts.reduce((sum, cell) => sum + (values[cell] ?? 0), 0)).toBe(values[total]);
        }
      }),
    );
  });
});
