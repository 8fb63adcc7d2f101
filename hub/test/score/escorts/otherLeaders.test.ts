import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OtherLeaders } from '../../../src/score/escorts/otherLeaders.ts';

const FOLLOWERS = 3;
const leg = fc.record({
  follower: fc.integer({ min: 0, max: FOLLOWERS - 1 }),
  leader: fc.integer({ min: 10, max: 14 }),
  nats: fc.double({ min: -5, max: 5, noNaN: true }),
  sinceMs: fc.integer({ min: 0, max: 1000 }),
});
type Leg = typeof leg extends fc.Arbitrary<infer T> ? T : never;

function filled(legs: readonly Leg[]): OtherLeaders {
  const leaders = new OtherLeaders();
  leaders.reserve(FOLLOWERS);
  for (const { follower, leader, nats, sinceMs } of legs) leaders.led(follower, leader, nats, sinceMs, sinceMs + 500);
  leaders.settle();
  return leaders;
}

describe('behind whom else somebody walks', () => {
  it('is the likeliest leg behind anybody but the leader in question', () => {
    fc.assert(
      fc.property(fc.array(leg, { maxLength: 2 }), fc.integer({ min: 10, max: 14 }), (legs, leader) => {
        const leaders = filled(legs);
        for (let follower = 0; follower < FOLLOWERS; follower++) {
          const others = legs.filter((one) => one.follower === follower && one.leader !== leader);
          expect(leaders.beside(follower, leader)).toBe(others.length > 0);
          if (others.length > 0) expect(leaders.nats).toBe(Math.max(...others.map(({ nats }) => nats)));
        }
      }),
    );
  });

  it('keeps the likeliest two of many, so that the likeliest is known beside anybody', () => {
    fc.assert(
      fc.property(fc.uniqueArray(leg, { selector: ({ leader }) => leader, minLength: 1 }), (legs) => {
        const mine = legs.map((one) => ({ ...one, follower: 0 }));
        const leaders = filled(mine);
        const best = mine.reduce((a, b) => (b.nats > a.nats ? b : a));
        expect(leaders.beside(0, 99)).toBe(true);
        expect([leaders.nats, leaders.sinceMs, leaders.untilMs]).toEqual([best.nats, best.sinceMs, best.sinceMs + 500]);
      }),
    );
  });

  it('makes no difference who of a second is told first, and counts from the next on', () => {
    const legs = [
      { follower: 0, leader: 10, nats: 1, sinceMs: 0 },
      { follower: 0, leader: 11, nats: 2, sinceMs: 5 },
    ];
    for (const told of [legs, legs.toReversed()]) {
      const leaders = filled(told);
      expect(leaders.beside(0, 11) && leaders.nats).toBe(1);
      leaders.led(0, 12, 3, 7, 9);
      expect(leaders.beside(0, 11) && leaders.nats).toBe(1);
      leaders.settle();
      expect(leaders.beside(0, 11) && leaders.nats).toBe(3);
    }
  });

  it('grows likelier and longer, never less likely', () => {
    const leaders = filled([{ follower: 0, leader: 10, nats: 2, sinceMs: 100 }]);
    leaders.led(0, 10, 1, 100, 9000);
    leaders.settle();
    expect(leaders.beside(0, 11)).toBe(true);
    expect([leaders.nats, leaders.sinceMs, leaders.untilMs]).toEqual([2, 100, 9000]);
  });

  it('is forgotten with whoever goes, told already or not; and legs that are none are none', () => {
    const leaders = filled([{ follower: 0, leader: 10, nats: 2, sinceMs: 0 }]);
    leaders.led(0, 11, 3, 0, 1);
    leaders.led(1, 11, Number.NEGATIVE_INFINITY, 0, 1);
    leaders.forget(0);
    leaders.settle();
    expect([leaders.beside(0, 99), leaders.beside(1, 99)]).toEqual([false, false]);
    leaders.reserve(50);
    expect(leaders.beside(49, 99)).toBe(false);
  });
});
