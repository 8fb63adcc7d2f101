import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composeCompany, DEFAULT_SHARES, drawCompany } from '../../src/passengers/companies.ts';
import { type Coming, Demand, flightSizes } from '../../src/passengers/demand.ts';
import { Random } from '../../src/random.ts';
import { tinyTerminal } from './tinyTerminal.ts';

function comings(passengersPerHour: number, seed: number, hours: number, night = false): Coming[] {
  const demand = new Demand(tinyTerminal(), { seed, passengersPerHour, shares: DEFAULT_SHARES, night });
  const all: Coming[] = [];
  for (let seconds = 1; seconds <= hours * 3600; seconds += 1) {
    const now = seconds - 1e-6;
    for (let coming = demand.next(now); coming; coming = demand.next(now)) all.push(coming);
  }
  return all;
}

function people(all: readonly Coming[], of: string): number {
  return all.filter((one) => one.itinerary.of === of).reduce((sum, one) => sum + one.composition.members.length, 0);
}

describe('demand', () => {
  it('brings exactly so many passengers an hour as were asked for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4000 }), fc.integer(), (rate, seed) => {
        for (let hour = 0; hour < 3; hour += 1) {
          const all = comings(rate, seed, 3).filter((one) => Math.floor(one.seconds / 3600) === hour);
          expect(people(all, 'arrival')).toBe(rate);
        }
      }),
      { numRuns: 12 },
    );
  });

  it('brings the others in proportion to their weights, besides', () => {
    const all = comings(3000, 5, 4);
    expect(people(all, 'visitor') / people(all, 'arrival')).toBeCloseTo(8 / 70, 2);
    expect(people(all, 'staff') / people(all, 'arrival')).toBeCloseTo(3 / 70, 2);
  });

  it('splits an hour into flights of 80 to 300', () => {
    fc.assert(
      fc.property(fc.integer({ min: 160, max: 6000 }), fc.integer(), (total, seed) => {
        const sizes = flightSizes(new Random(seed), total);
        expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(total);
        for (const size of sizes) {
          expect(size).toBeGreaterThanOrEqual(80);
          expect(size).toBeLessThanOrEqual(300);
        }
      }),
    );
  });

  it('comes in banks: the busiest ten minutes bring far more than the quietest', () => {
    const counts = new Array<number>(6).fill(0);
    for (const one of comings(800, 3, 1)) {
      if (one.itinerary.of !== 'arrival') continue;
      const slot = Math.floor(one.seconds / 600);
      counts[slot] = (counts[slot] ?? 0) + one.composition.members.length;
    }
    expect(Math.max(...counts)).toBeGreaterThan(2 * (800 / 6));
    expect(Math.min(...counts)).toBeLessThan(0.6 * (800 / 6));
  });

  it('is quieter in a night of delays', () => {
    expect(people(comings(3000, 1, 1, true), 'arrival')).toBeLessThan(0.2 * 3000);
  });

  it('is the same for the same seed', () => {
    expect(comings(500, 9, 1)).toEqual(comings(500, 9, 1));
    expect(comings(500, 9, 1)).not.toEqual(comings(500, 10, 1));
  });
});

describe('companies', () => {
  it('follow the shares', () => {
    const random = new Random(4);
    const shares = { ...DEFAULT_SHARES, single: 0, family: 10 };
    const kinds = Array.from({ length: 2000 }, () => drawCompany(random, shares).kind);
    expect(kinds).not.toContain('single');
    expect(kinds.filter((kind) => kind === 'family').length / 2000).toBeGreaterThan(0.9);
  });

  it('have children who are smaller, and walk at the pace of the slowest', () => {
    const random = new Random(2);
    for (let index = 0; index < 200; index += 1) {
      const { members } = composeCompany(random, 'family');
      const children = members.filter((member) => member.role === 'child');
      expect(children.length).toBeGreaterThan(0);
      for (const one of children) expect(one.heightMetres).toBeLessThan(1.6);
      const speeds = members.map((member) => member.speed);
      expect(Math.max(...speeds) / Math.min(...speeds)).toBeLessThan(1.1);
    }
  });

  it('have a guide before a tour, an assistant behind a wheelchair, crews in step', () => {
    const random = new Random(8);
    const tour = composeCompany(random, 'tour');
    expect(tour.formation).toBe('guided');
    expect(tour.members[0]?.role).toBe('guide');
    expect(tour.members.length).toBeGreaterThan(8);
    const assistance = composeCompany(random, 'assistance');
    expect(assistance.formation).toBe('pushed');
    expect(assistance.members.map((member) => member.role)).toEqual(['in-wheelchair', 'assistant']);
    expect(assistance.members[0]?.heightMetres).toBeLessThan(1.45);
    const crew = composeCompany(random, 'crew');
    expect(new Set(crew.members.map((member) => member.speed)).size).toBe(1);
  });
});
