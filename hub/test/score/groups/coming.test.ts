import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comingEvidence, EVIDENCE_DEFAULTS } from '../../../src/score/groups/evidence.ts';

const nats = (gapSeconds: number, olderSeconds: number): number =>
  comingEvidence(EVIDENCE_DEFAULTS, gapSeconds, olderSeconds);
const seconds = fc.double({ min: 0, max: 7200, noNaN: true });

describe('what it tells that two came into sight together', () => {
  it('is nothing in the first half minute: whoever is near another came by the same door', () => {
    expect(nats(0, 10)).toBeCloseTo(0, 6);
    expect(nats(0, 30)).toBeCloseTo(0, 6);
  });

  it('is the more, the longer ago they came, up to ten minutes', () => {
    expect(nats(1, 120)).toBeGreaterThan(0.5);
    expect(nats(1, 600)).toBeGreaterThan(nats(1, 120) + 1);
    expect(nats(1, 7200)).toBe(nats(1, 600));
  });

  it('is never more against them than a tenth of a nat: names break, and a name begins where somebody was found again', () => {
    fc.assert(
      fc.property(seconds, seconds, (gap, older) => {
        expect(nats(gap, older)).toBeGreaterThanOrEqual(-0.1);
      }),
    );
    expect(nats(40, 600)).toBe(-0.1);
  });

  it('never grows with the time between them, nor falls with the time since', () => {
    fc.assert(
      fc.property(seconds, seconds, seconds, (gap, older, more) => {
        expect(nats(gap + more, older)).toBeLessThanOrEqual(nats(gap, older));
        expect(nats(gap, older + more)).toBeGreaterThanOrEqual(nats(gap, older));
      }),
    );
  });
});
