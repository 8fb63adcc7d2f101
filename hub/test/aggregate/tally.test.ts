import { describe, expect, it } from 'vitest';
import { dayOf, hoursOf } from '../../src/aggregate/calendar.ts';
import { type Stay, tally, timesOf } from '../../src/aggregate/tally.ts';

const HOUR_MS = 3_600_000;
const at = (text: string): number => Date.parse(text);

describe('a day of the site', () => {
  it('begins and ends at its midnights, in hours and quarters', () => {
    const day = dayOf('Europe/Vienna', at('2026-11-28T12:00:00Z'));
    expect([day.fromMs, day.toMs]).toEqual([at('2026-11-27T23:00:00Z'), at('2026-11-28T23:00:00Z')]);
    expect([day.hours.length, day.quarters.length]).toEqual([24, 96]);
  });

  it('has 23 or 25 hours where the clocks change', () => {
    const spring = dayOf('Europe/Vienna', at('2026-03-29T12:00:00Z'));
    const autumn = dayOf('Europe/Vienna', at('2026-10-25T23:30:00+01:00'));
    expect([spring.hours.length, autumn.hours.length]).toEqual([23, 25]);
    expect(autumn.fromMs).toBe(at('2026-10-25T00:00:00+02:00'));
  });

  it('follows a zone that is not a whole number of hours away', () => {
    const day = dayOf('Asia/Kathmandu', at('2026-11-28T12:00:00Z'));
    expect(day.fromMs).toBe(at('2026-11-28T00:00:00+05:45'));
    expect(hoursOf(day)[1]).toMatchObject({ fromMs: day.fromMs + HOUR_MS, day: false, quartersOf: [4] });
  });
});

describe('a tally of stays', () => {
  const block = hoursOf(dayOf('UTC', at('2026-11-28T10:00:00Z')))[10];
  if (!block) throw new Error('no such hour');
  const minute = (minutes: number): number => block.fromMs + minutes * 60_000;
  const stay = (zone: string, person: string, ...visits: [number, number][]): Stay => ({
    zone,
    person,
    fromMs: minute(visits[0]?.[0] ?? 0),
    visits: visits.map(([from, to]) => ({ fromMs: minute(from), toMs: minute(to) })),
  });
  const stays = [
    stay('table', 'a', [5, 20]),
    // Came back: one stay, two visits.
    stay('table', 'b', [-10, 1], [14, 16]),
    stay('gate', 'a', [20, 70]),
    stay('elsewhere', 'c', [0, 60]),
  ];
  const { footfall, personSeconds } = tally(block, ['table', 'gate'], stays);
  const cells = (values: ArrayLike<number>, place: number): number[] =>
    Array.from(values).slice(place * timesOf(block), (place + 1) * timesOf(block));

  it('counts a stay in the quarter in which it began', () => {
    expect(cells(footfall.values, 0)).toEqual([1, 0, 0, 0, 1]);
    expect(cells(footfall.values, 1)).toEqual([0, 1, 0, 0, 1]);
  });

  it('counts presence where it was, without what lies outside the block and between visits', () => {
    expect(cells(personSeconds.values, 0)).toEqual([600 + 60 + 60, 300 + 60, 0, 0, 1080]);
    expect(cells(personSeconds.values, 1)).toEqual([0, 600, 900, 900, 2400]);
  });

  it('adds all zones up, and knows how many people that is', () => {
    expect(cells(personSeconds.values, 2)).toEqual([720, 960, 900, 900, 3480]);
    // The same person at the table and at the gate is one.
    expect(cells(personSeconds.people, 2)).toEqual([2, 2, 1, 1, 2]);
  });
});
