import { describe, expect, it } from 'vitest';
import { DWELL_DEFAULTS } from '../../src/score/dwellOptions.ts';
import { boundaryMargin, type Step, Visit } from '../../src/score/visit.ts';
import { CompiledZone } from '../../src/score/zones.ts';
import { rectangle } from './walks.ts';

const zone = new CompiledZone(rectangle('table', [0, 0, 4, 4]));
const SIGMA = 0.1;

type Seen = readonly [seconds: number, x: number, y: number, how?: Partial<Step>];

/** The step from one measured position to the next. */
function stepOf([seconds, x, y, how]: Seen, before?: Seen): Step {
  const [previousSeconds, previousX, previousY] = before ?? [Number.NaN, Number.NaN, Number.NaN];
  return {
    timeMs: seconds * 1000,
    x,
    y,
    sigma: SIGMA,
    previousMs: previousSeconds * 1000,
    previousX,
    previousY,
    linked: before !== undefined,
    hole: false,
    coastMs: 0,
    ...how,
  };
}

const begun = (first: Seen, before?: Seen): Visit =>
  Visit.begin(zone, 'anna', stepOf(first, before), zone.signedDistance(first[1], first[2]));

/** Goes on with a visit. @returns for each position whether it still belonged to the visit. */
const goOn = (visit: Visit, from: Seen, ...way: readonly Seen[]): boolean[] =>
  way.map((seen, i) =>
    visit.step(stepOf(seen, i === 0 ? from : way[i - 1]), zone.signedDistance(seen[1], seen[2]), DWELL_DEFAULTS),
  );

const entry = ({ fromMs, entryX, entryY }: Visit) => [fromMs / 1000, entryX, entryY];
const stand = ({ insideUntilMs, insideX, insideY, outside }: Visit) => [
  insideUntilMs / 1000,
  insideX,
  insideY,
  outside,
];

describe('the margin of belief at a boundary', () => {
  it('is one and a half sigma, but not under a decimetre nor over the width of a person', () => {
    expect([0.01, 0.2, 0.3, 2].map(boundaryMargin).map((metres) => metres.toFixed(2))).toEqual([
      '0.10',
      '0.30',
      '0.45',
      '0.60',
    ]);
  });
});

describe('a visit begins', () => {
  it('when and where the boundary was crossed, not where somebody was first seen inside', () => {
    const visit = begun([11, 1, 3], [10, -1, 1]);
    expect(entry(visit)).toEqual([10.5, 0, 2]);
    expect(visit.tally.insideMs).toBe(500);
    expect(entry(begun([11, 1, 2], [10, -3, 2]))).toEqual([10.75, 0, 2]);
  });

  it('where somebody came into view inside', () => {
    expect(entry(begun([1, 1, 3]))).toEqual([1, 1, 3]);
  });

  it('where somebody is seen again whose way is not known', () => {
    expect(entry(begun([9, 1, 3, { linked: false }], [0, -1, 1]))).toEqual([9, 1, 3]);
  });

  it('with no time before it where somebody was inside already', () => {
    expect(entry(begun([1, 1, 3], [0, 2, 2]))).toEqual([1, 1, 3]);
  });
});

describe('a visit lasts', () => {
  it('up to the last position inside, or to the crossing outwards', () => {
    const visit = begun([0, 3, 2]);
    expect(stand(visit)).toEqual([0, 3, 2, false]);
    expect(goOn(visit, [0, 3, 2], [1, 3, 1])).toEqual([true]);
    expect(stand(visit)).toEqual([1, 3, 1, false]);
    expect(goOn(visit, [1, 3, 1], [2, 5, 3])).toEqual([true]);
    expect(stand(visit)).toEqual([1.5, 4, 2, true]);
    expect(visit.tally.insideMs).toBe(1500);
  });

  it('through an absence of three seconds past the margin, and not longer', () => {
    const visit = begun([0, 3, 2]);
    expect(goOn(visit, [0, 3, 2], [1, 5, 2], [3.5, 6, 2])).toEqual([true, true]);
    expect(goOn(visit, [3.5, 6, 2], [3.501, 6, 2])).toEqual([false]);
  });

  it('through ten seconds outside by less than the uncertainty, when nobody can say that they left', () => {
    const visit = begun([0, 3.95, 2]);
    expect(goOn(visit, [0, 3.95, 2], [1, 4.05, 2], [10.5, 4.1, 2])).toEqual([true, true]);
    expect(goOn(visit, [10.5, 4.1, 2], [10.501, 4.1, 2])).toEqual([false]);
  });

  it('no longer than three seconds once an absence at the edge has gone further', () => {
    const visit = begun([0, 3.95, 2]);
    expect(goOn(visit, [0, 3.95, 2], [1, 4.05, 2], [3, 5, 2], [3.5, 4.05, 2])).toEqual([true, true, true]);
    expect(goOn(visit, [3.5, 4.05, 2], [3.501, 4.05, 2])).toEqual([false]);
  });

  it('as long as ever where the absence before it had gone further', () => {
    const visit = begun([0, 3.95, 2]);
    goOn(visit, [0, 3.95, 2], [1, 5, 2], [2, 3.95, 2]);
    expect(goOn(visit, [2, 3.95, 2], [3, 4.05, 2], [12, 4.05, 2])).toEqual([true, true]);
  });

  it('not over a step that comes back later than that', () => {
    const visit = begun([0, 3, 2]);
    goOn(visit, [0, 3, 2], [1, 5, 2]);
    expect(goOn(visit, [1, 5, 2], [5, 3, 2])).toEqual([true]);
    const late = begun([0, 3, 2]);
    goOn(late, [0, 3, 2], [1, 5, 2]);
    expect(goOn(late, [1, 5, 2], [6.1, 3, 2])).toEqual([false]);
  });

  it('not across a time of which nothing is known', () => {
    const visit = begun([0, 3, 2]);
    expect(goOn(visit, [0, 3, 2], [1, 3, 2, { linked: false }])).toEqual([false]);
  });
});

describe('what a visit rests on', () => {
  it('names a bridged absence with when it began and ended, and counts no time outside as inside', () => {
    const visit = begun([0, 3, 2]);
    goOn(visit, [0, 3, 2], [1, 5, 2], [2, 3, 2], [3, 3, 2]);
    expect(visit.tally).toMatchObject({ gapsBridged: 1, insideMs: 2000, coastedMs: 0 });
    expect(visit.tally.gaps).toEqual([{ fromMs: 500, toMs: 1500, cause: 'outside' }]);
    expect(stand(visit)).toEqual([3, 3, 2, false]);
  });

  it('has no gap for an absence in the noise of the edge', () => {
    const visit = begun([0, 3.95, 2]);
    goOn(visit, [0, 3.95, 2], [1, 4.05, 2], [2, 3.95, 2]);
    expect(visit.tally.gapsBridged).toBe(0);
  });

  it('names a hole that nothing was seen in, inside as at the edge', () => {
    const visit = begun([0, 3.95, 2]);
    const hole = { hole: true, coastMs: 100 };
    goOn(visit, [0, 3.95, 2], [2, 3.95, 2, hole], [3, 4.05, 2], [5, 3.95, 2, hole]);
    expect(visit.tally.gaps).toEqual([
      { fromMs: 0, toMs: 2000, cause: 'unseen' },
      { fromMs: 2500, toMs: 4000, cause: 'unseen' },
    ]);
    expect(visit.tally.coastedMs, 'all of the hole').toBe(2000);
  });

  it('counts predicted time, on the way out no more of it than before the crossing', () => {
    const visit = begun([0, 3, 2]);
    goOn(visit, [0, 3, 2], [1, 3, 2, { coastMs: 800 }], [2, 5, 2, { coastMs: 900 }]);
    expect(visit.tally.coastedMs).toBe(800 + 500);
  });

  it('has the uncertainty of the positions inside, and of no other', () => {
    const visit = begun([0, 3, 2, { sigma: 0.4 }]);
    goOn(visit, [0, 3, 2], [1, 3, 2, { sigma: 0.4 }], [2, 5, 2, { sigma: 3 }], [3, 6, 2, { sigma: 3 }]);
    goOn(visit, [3, 6, 2], [3.5, 3, 2, { sigma: 0.4 }]);
    expect(visit.tally.sigma.bins().map(([, count]) => count)).toEqual([3]);
  });
});

describe('there is evidence of a presence', () => {
  it('after a second where somebody was once further inside than the uncertainty', () => {
    const visit = begun([0, 2, 2]);
    goOn(visit, [0, 2, 2], [0.999, 2, 2]);
    expect(visit.evident(DWELL_DEFAULTS)).toBe(false);
    goOn(visit, [0.999, 2, 2], [1, 2, 2]);
    expect(visit.evident(DWELL_DEFAULTS)).toBe(true);
  });

  it('after five seconds on the edge', () => {
    const visit = begun([0, 3.95, 2]);
    goOn(visit, [0, 3.95, 2], [4.999, 3.95, 2]);
    expect(visit.evident(DWELL_DEFAULTS)).toBe(false);
    goOn(visit, [4.999, 3.95, 2], [5, 3.95, 2]);
    expect(visit.evident(DWELL_DEFAULTS)).toBe(true);
  });

  it('not by time outside', () => {
    const visit = begun([0, 3.95, 2]);
    goOn(visit, [0, 3.95, 2], [1, 4.05, 2], [9, 4.05, 2], [9.5, 3.95, 2]);
    expect(visit.evident(DWELL_DEFAULTS)).toBe(false);
  });

  it('at once of a visit that was stored', () => {
    const visit = Visit.resume(zone, 'anna', 1000, 4000, 2, 2);
    expect(visit.evident(DWELL_DEFAULTS)).toBe(true);
    expect(stand(visit)).toEqual([4, 2, 2, false]);
    expect(visit.tally.members).toEqual([{ person: 'anna', fromMs: 1000, toMs: 1000 }]);
  });
});

describe('a visit that goes on as somebody else', () => {
  const earlier = () => {
    const visit = begun([0, 2, 2]);
    goOn(visit, [0, 2, 2], [0.6, 2, 2]);
    return visit;
  };
  const later = (x: number, ...way: readonly Seen[]) => {
    const visit = Visit.begin(zone, 'bert', stepOf([2, x, 2]), zone.signedDistance(x, 2));
    goOn(visit, [2, x, 2], ...way);
    return visit;
  };
  const join = { person: 'bert', fromMs: 600, toMs: 2000, probability: 0.8 };

  it('takes over where that one stands, and the time between is presence without evidence', () => {
    const visit = earlier();
    visit.goOnAs(later(3.95, [2.3, 3.95, 3], [2.5, 4.05, 3]), join);
    expect(stand(visit)).toEqual([2.4, 4, 3, true].map((value) => (value === 2.4 ? expect.closeTo(2.4, 9) : value)));
    expect(visit.tally).toMatchObject({ coastedMs: 1400, joins: 1, leastProbability: 0.8 });
    expect(visit.tally.insideMs).toBeCloseTo(600 + 1400 + 400, 6);
    expect(visit.tally.gaps).toEqual([{ fromMs: 600, toMs: 2000, cause: 'identity', probability: 0.8 }]);
    expect(visit.tally.members.map(({ person, fromMs, toMs }) => [person, fromMs, toMs])).toEqual([
      ['anna', 0, 600],
      ['bert', 2000, 2000],
    ]);
  });

  it('is evident by what both were seen for, not by the time between', () => {
    const short = earlier();
    short.goOnAs(later(2, [2.3, 2, 2]), join);
    expect(short.evident(DWELL_DEFAULTS)).toBe(false);
    const long = earlier();
    long.goOnAs(later(2, [2.4, 2, 2]), join);
    expect(long.evident(DWELL_DEFAULTS)).toBe(true);
  });

  it('is further inside than the uncertainty where either of them was', () => {
    const edge = begun([0, 3.95, 2]);
    goOn(edge, [0, 3.95, 2], [0.6, 3.95, 2]);
    edge.goOnAs(later(2, [2.4, 2, 2]), join);
    expect(edge.evident(DWELL_DEFAULTS)).toBe(true);
  });

  it('waits as the later one would: not at the edge where that one has clearly left', () => {
    const visit = earlier();
    visit.goOnAs(later(3, [3, 5, 2]), join);
    expect(goOn(visit, [3, 5, 2], [5.5, 4.05, 2], [5.501, 4.05, 2])).toEqual([true, false]);
  });

  it('never ends earlier for it', () => {
    const visit = begun([0, 2, 2]);
    goOn(visit, [0, 2, 2], [9, 2, 2]);
    visit.standAs(later(2));
    expect(visit.insideUntilMs).toBe(9000);
  });
});

describe('a visit without news is over', () => {
  it('inside, when whoever was lost is not waited for any more', () => {
    const visit = begun([0, 2, 2]);
    goOn(visit, [0, 2, 2], [4, 2, 2]);
    expect(visit.overAtMs(DWELL_DEFAULTS, 4000, 12_500)).toBe(16_500);
  });

  it('outside, when no position could tell any more that the way back was in time', () => {
    const beyond = begun([0, 3, 2]);
    goOn(beyond, [0, 3, 2], [1, 5, 2]);
    expect(beyond.overAtMs(DWELL_DEFAULTS, 1000, 12_500), 'predictions carry for five seconds').toBe(6000);
    const edge = begun([0, 3.95, 2]);
    goOn(edge, [0, 3.95, 2], [1, 4.05, 2]);
    expect(edge.overAtMs(DWELL_DEFAULTS, 1000, 12_500), 'ten seconds at the edge').toBe(10_500);
    expect(edge.overAtMs({ ...DWELL_DEFAULTS, graceSeconds: 20 }, 1000, 12_500)).toBe(21_000);
  });
});
