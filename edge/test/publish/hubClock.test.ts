import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HubClock } from '../../src/publish/hubClock.ts';

/** A device whose clock is ahead of the hub's by so much, and a network whose two ways take what they take. */
class Place {
  trueMs = 1_800_000_000_000;
  aheadMs: number;
  readonly clock = new HubClock({
    wallMs: () => Math.floor(this.trueMs + this.aheadMs),
    steadyMs: () => this.trueMs - 1_799_999_000_000,
  });

  constructor(aheadMs: number) {
    this.aheadMs = aheadMs;
  }

  exchange(thereMs: number, backMs: number): void {
    const askedMs = Math.floor(this.trueMs + this.aheadMs);
    this.clock.ask(askedMs);
    this.trueMs += thereMs;
    const hubMs = Math.floor(this.trueMs);
    this.trueMs += backMs;
    this.clock.answered(askedMs, hubMs);
  }
}

describe('the clock against the hub’s', () => {
  it('is within its uncertainty of the truth, however unlike the ways there and back are', () => {
    const way = fc.double({ min: 0, max: 3000, noNaN: true });
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.array(fc.tuple(way, way, way), { minLength: 1, maxLength: 30 }),
        (aheadMs, exchanges) => {
          const place = new Place(aheadMs);
          for (const [there, back, pause] of exchanges) {
            place.exchange(there, back);
            place.trueMs += pause;
          }
          const known = place.clock.now();
          expect(known).not.toBeNull();
          const errorMs = Math.abs((known?.offsetSeconds ?? 0) * 1000 - aheadMs);
          expect(errorMs).toBeLessThanOrEqual((known?.uncertaintySeconds ?? 0) * 1000 + 0.06);
        },
      ),
    );
  });

  it('is told by the answer that was least under way', () => {
    const place = new Place(-250);
    place.exchange(2000, 20);
    place.exchange(4, 6);
    place.exchange(900, 900);
    expect(place.clock.now()?.offsetSeconds).toBeCloseTo(-0.25, 2);
    expect(place.clock.now()?.uncertaintySeconds).toBeLessThan(0.01);
  });

  it('is not known before an answer, from an answer to another question, or from one over a connection that is lost', () => {
    const { clock } = new Place(0);
    expect(clock.now()).toBeNull();
    clock.ask(1000);
    clock.ask(2000);
    clock.answered(1000, 5000);
    expect(clock.now()).toBeNull();
    clock.forgetQuestion();
    clock.answered(2000, 5000);
    expect(clock.now()).toBeNull();
  });

  it('is not known any more five minutes after the last answer', () => {
    const place = new Place(40);
    place.exchange(5, 5);
    place.trueMs += 299_000;
    expect(place.clock.now()).not.toBeNull();
    place.trueMs += 2_000;
    expect(place.clock.now()).toBeNull();
  });

  it('is forgotten when the device’s clock is set: the answers were of another clock', () => {
    const place = new Place(4000);
    place.exchange(5, 5);
    place.aheadMs = 0;
    expect(place.clock.now()).toBeNull();
    place.exchange(50, 50);
    expect(place.clock.now()?.offsetSeconds).toBeCloseTo(0, 2);
  });
});
