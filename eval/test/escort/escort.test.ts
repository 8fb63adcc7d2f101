import type { ScenarioRecord } from '@safe-passage/sim/truth/events.ts';
import { describe, expect, it } from 'vitest';
import { FollowingRules } from '../../src/escort/baselines.ts';
import { escortFigure } from '../../src/escort/figure.ts';
import { ESCORT_TOLERANCE, escortFigures, ofPart, readEscortGolden } from '../../src/escort/golden.ts';
import { escortCurve, judge, recallAt, scoresOf } from '../../src/escort/judge.ts';
import { FITTING_SEEDS, FULL, measureEscort, QUICK, REPORTING_SEEDS } from '../../src/escort/measure.ts';
import { FOOT_NOISE, FootNoise } from '../../src/escort/noise.ts';
import { stagedIn } from '../../src/escort/staged.ts';
import { HubScorers, type Told } from '../../src/escort/told.ts';
import { fallenFigures } from '../../src/golden.ts';

const record = (over: Partial<ScenarioRecord>): ScenarioRecord => ({
  type: 'scenario',
  t: 300,
  scenario: 1,
  kind: 'escort',
  variant: 'escort',
  decoy: false,
  complete: true,
  from: 0,
  to: 300,
  place: '',
  persons: [
    { id: 1, role: 'leader' },
    { id: 2, role: 'follower' },
  ],
  phases: [
    { name: 'led', from: 10, to: 50, persons: [2, 1] },
    { name: 'led', from: 100, to: 135, persons: [2, 1] },
  ],
  moments: [],
  ...over,
});
const told = (pattern: Told['pattern'], persons: string, atSeconds = 60, score = 1): Told => ({
  pattern,
  persons: persons.split(' '),
  atSeconds,
  score,
});

describe('what was staged', () => {
  it('an escort lasts as long as its walks together', () => {
    expect(stagedIn([record({})])).toEqual([
      { pattern: 'escort', scenario: 1, persons: ['2', '1'], fromSeconds: 10, seconds: 75 },
    ]);
  });

  it('look-alikes are nothing that is to be found', () => {
    expect(stagedIn([record({ decoy: true, variant: 'couple' })])).toEqual([]);
  });

  it('a handover is staged where both led, from the moment at which the leader changes', () => {
    const handover = record({
      kind: 'handover',
      variant: 'handover',
      phases: [
        { name: 'led', from: 10, to: 50, persons: [2, 1] },
        { name: 'led', from: 80, to: 100, persons: [2, 3] },
      ],
      moments: [{ name: 'leader-changes', t: 70, persons: [2, 1, 3] }],
    });
    const staged = stagedIn([handover]);
    expect(staged.map(({ pattern, persons }) => `${pattern} ${persons.join('>')}`)).toEqual([
      'escort 2>1',
      'escort 2>3',
      'handover 2>1>3',
    ]);
    expect(staged[2]).toMatchObject({ fromSeconds: 70, seconds: 60 });
    const [first] = handover.phases;
    expect(stagedIn([{ ...handover, phases: first ? [first] : [] }]).map(({ pattern }) => pattern)).toEqual(['escort']);
  });

  it('a coordinator is one from the third conversation on', () => {
    const speaks = (from: number, person: number) => ({
      name: 'speaks-with',
      from,
      to: from + 20,
      persons: [5, person],
    });
    const phases = [speaks(10, 6), speaks(50, 7), speaks(90, 8)];
    const coordinator = record({ kind: 'coordinator', variant: 'coordinator', phases });
    expect(stagedIn([coordinator])).toEqual([
      { pattern: 'coordinator', scenario: 1, persons: ['5'], fromSeconds: 90, seconds: 100 },
    ]);
    expect(stagedIn([{ ...coordinator, phases: phases.slice(0, 2) }])).toEqual([]);
  });
});

describe('right and wrong', () => {
  const lookAlike = record({
    scenario: 2,
    variant: 'couple',
    decoy: true,
    persons: [
      { id: 7, role: 'partner' },
      { id: 8, role: 'partner' },
    ],
    phases: [],
  });
  const verdict = (...all: Told[]) => judge(all, [record({}), lookAlike], 500);

  it('finds what was told of the very people, in their roles', () => {
    const scores = scoresOf([verdict(told('escort', '2 1', 42))], 'escort');
    expect(scores).toMatchObject({ staged: 1, found: 1, falseOnes: 0, medianSeconds: 32, p95Seconds: 32 });
    expect(scores.byLength.map(({ from, staged, found }) => [from, staged, found])).toEqual([
      [0, 0, 0],
      [30, 0, 0],
      [60, 1, 1],
      [120, 0, 0],
    ]);
  });

  it('who is said to lead and does not is wrong', () => {
    expect(scoresOf([verdict(told('escort', '1 2'))], 'escort')).toMatchObject({ found: 0, falseOnes: 1 });
  });

  it('an innocent look-alike that is told counts as false, and so does a passer-by', () => {
    const scores = scoresOf([verdict(told('escort', '8 7'), told('escort', '2 9'), told('escort', '2 1'))], 'escort');
    expect(scores).toMatchObject({ found: 1, falseOnes: 2, falseLookAlikes: 1, falsePerThousand: 4 });
  });

  it('another pattern among the people of one staged movement is neither right nor wrong', () => {
    const shadowing = scoresOf([verdict(told('shadowing', '2 1'))], 'shadowing');
    expect(shadowing).toMatchObject({ staged: 0, falseOnes: 0, otherwise: 1 });
  });

  it('draws recall against false ones from the surest to the least sure', () => {
    const runs = [{ verdict: verdict(), scores: new Map(Object.entries({ '2 1': 3, '8 7': 5, '4 3': 2 })) }];
    expect(escortCurve(runs)).toEqual([
      { threshold: 5, recall: 0, falsePerThousand: 2 },
      { threshold: 3, recall: 1, falsePerThousand: 2 },
      { threshold: 2, recall: 1, falsePerThousand: 4 },
    ]);
    expect(recallAt(escortCurve(runs), 1)).toBe(0);
    expect(recallAt(escortCurve(runs), 2)).toBe(1);
    const rule = { name: 'a & b', curve: escortCurve(runs), recallAt1: 0, recallAt10: 1 };
    expect(escortFigure([rule])).toMatch(/^<svg .*a &amp; b.*<\/svg>\n$/s);
  });
});

/** Two on one way with stops, one a second behind the other; and one far off. */
function* walks(): Generator<{ timeMs: number; person: string; x: number; y: number }> {
  let metres = 0;
  const before: number[] = [];
  for (let k = 0; k < 600; k++) {
    before.push(metres);
    if (k % 100 > 30) metres += 0.24 + 0.05 * Math.sin(k / 7);
    const timeMs = 200 * k;
    yield { timeMs, person: 'leader', x: metres, y: 0 };
    yield { timeMs, person: 'follower', x: (before[k - 5] ?? 0) - 0.5, y: 0.1 };
    yield { timeMs, person: 'other', x: metres, y: 40 };
  }
}

describe('rules from the literature', () => {
  const rules = new FollowingRules();
  const hub = new HubScorers(0.2, [], rules.tick);
  for (const row of walks()) {
    hub.observe({ ...row, sigmaMetres: 0.1, measured: true });
    hub.settle();
  }
  hub.finish();

  it('FLOCK: who walks behind another, near and the same way, follows', () => {
    expect(rules.flock.get('follower leader')).toBeGreaterThan(0.6);
    expect(rules.flock.get('leader follower') ?? 0).toBe(0);
    expect([...rules.flock.keys()].some((key) => key.includes('other'))).toBe(false);
  });

  it('lagged correlation: whose velocity repeats that of another follows', () => {
    expect(rules.correlated.get('follower leader')).toBeGreaterThan(60);
    expect(rules.correlated.get('leader follower') ?? 0).toBe(0);
  });

  it('the hub tells the escort once, when it is first sure', () => {
    const escorts = hub.told.all.filter(({ pattern }) => pattern === 'escort');
    expect(escorts.map(({ persons }) => persons)).toEqual([['follower', 'leader']]);
    // Both stand for 6 s; then 5 s of walking are asked for, and 4 s of being sure.
    expect(escorts[0]?.atSeconds).toBeGreaterThan(15);
    expect(escorts[0]?.atSeconds).toBeLessThan(110);
  });
});

describe('noise of positions', () => {
  it('has the size it claims, lasts, and comes out the same again', () => {
    const drawn = (): number[] => {
      const noise = new FootNoise(FOOT_NOISE, 3);
      return Array.from({ length: 20_000 }, (_, k) => {
        noise.next(1, k / 5);
        return noise.x;
      });
    };
    const errors = drawn();
    expect(drawn()).toEqual(errors);
    const mean = (of: (i: number) => number): number => errors.reduce((sum, _, i) => sum + of(i), 0) / errors.length;
    const square = mean((i) => (errors[i] ?? 0) ** 2);
    expect(Math.sqrt(square)).toBeCloseTo(FOOT_NOISE.sigmaMetres, 2);
    const next = mean((i) => (errors[i] ?? 0) * (errors[i + 1] ?? 0));
    expect(next / square).toBeCloseTo(FOOT_NOISE.lastingShare * Math.exp(-0.2 / FOOT_NOISE.lastingSeconds), 1);
  });
});

describe('one pattern alone', () => {
  const toldBy = (only: 'escort' | null): readonly Told[] => {
    const hub = new HubScorers(0.2, [], undefined, undefined, only);
    for (const row of walks()) {
      hub.observe({ ...row, sigmaMetres: 0.1, measured: true });
      hub.settle();
    }
    hub.finish();
    return hub.told.all;
  };

  it('is told as it is beside all others', () => {
    const alone = toldBy('escort');
    expect(alone.map(({ pattern }) => pattern)).toContain('escort');
    expect(alone).toEqual(toldBy(null).filter(({ pattern }) => pattern === 'escort'));
  });

  it('has golden figures of its own', () => {
    const figures = { 'full.escort.recall': 1, 'full.shadowing.recall': 2, 'quick.shadowing.recall': 3 };
    expect(ofPart(figures, false, 'shadowing')).toEqual({ 'full.shadowing.recall': 2 });
  });
});

describe('the measurement', () => {
  it('reports only on seeds that nothing is fitted to', () => {
    const seeds = [...FULL, ...QUICK].map(({ seed }) => seed);
    expect(new Set(seeds)).toEqual(new Set(REPORTING_SEEDS));
    for (const seed of Object.values(FITTING_SEEDS).flat()) expect(seeds).not.toContain(seed);
  });

  it('the quick one is no worse than its golden figures', async () => {
    let told = 0;
    const measured = await measureEscort(
      true,
      (hours) => {
        expect(hours).toBeGreaterThanOrEqual(told);
        told = hours;
      },
      new AbortController().signal,
    );
    expect(measured).not.toBeNull();
    if (!measured) return;
    const golden = ofPart(await readEscortGolden(), true);
    expect(Object.keys(golden)).toHaveLength(18);
    expect(fallenFigures(golden, escortFigures(measured), ESCORT_TOLERANCE)).toEqual([]);
  }, 240_000);

  it('stops where it is told to', async () => {
    const controller = new AbortController();
    controller.abort();
    expect(await measureEscort(true, () => undefined, controller.signal)).toBeNull();
  });
});
