import { describe, expect, it } from 'vitest';
import { ESCORT_MODEL } from '../../../src/score/escorts/escortModel.ts';
import { PARTS } from '../../../src/score/escorts/measures.ts';
import { SHADOW_PARTS } from '../../../src/score/escorts/shadowMeasures.ts';
import { CompiledZone } from '../../../src/score/zones.ts';
import { rectangle } from '../walks.ts';
import { behind, onWay, progress, samples, score, WAY, type Walker, walker, who } from './scenes.ts';

/** A walk along the way with stops. */
const STOPS = progress([
  [14, 1.2],
  [7, 0],
  [16, 1.2],
  [5, 0],
  [18, 1.2],
  [9, 0],
  [20, 1.2],
  [6, 0],
  [14, 1.2],
]);
const SPAN = [0, 108] as const;
const walk = (metres: (seconds: number) => number, left = 0): Walker => walker(WAY, metres, SPAN, left);
const ESCORTED = { a: walk(STOPS), b: walk(behind(STOPS, 0.7, 0.6)) };

describe('escorts', () => {
  it('one who repeats what another does, a moment later and in their footsteps, is led by them', () => {
    const { closed, stories } = score(samples(ESCORTED));
    expect(stories).toEqual(['escort a>b']);
    const [escort] = closed;
    expect(closed).toHaveLength(1);
    expect(escort?.persons.map(({ person, role }) => [person, role])).toEqual([
      ['a', 'leader'],
      ['b', 'follower'],
    ]);
    expect(escort?.figures.lagSeconds).toBeGreaterThan(0.5);
    expect(escort?.figures.lagSeconds).toBeLessThan(1.5);
    expect(escort?.figures.distanceMetres).toBeCloseTo(1.4, 0);
    expect(escort?.score).toBeGreaterThan(3);
  });

  it('tells why in whole sentences with numbers, and marks who was first', () => {
    const [escort] = score(samples(ESCORTED)).closed;
    const reasons = escort?.reasons.map(({ text }) => text) ?? [];
    expect(reasons[0]).toMatch(
      /^Followed at 1\.\d m with a lag of \d\.\d s, walking for \d+ (s|min) of \d+ (s|min)\.$/,
    );
    expect(reasons).toContainEqual(expect.stringMatching(/^Started or stopped second \d times of \d\.$/));
    expect(reasons.every((text) => text.endsWith('.'))).toBe(true);
    const first = escort?.moments.filter(({ label }) => /(started|stopped) first/.test(label)) ?? [];
    expect(first.length).toBeGreaterThan(4);
    expect(first.every(({ person }) => person === 'a')).toBe(true);
  });

  it('tells what each part of it weighs, and they add up', () => {
    const figures = score(samples(ESCORTED)).closed[0]?.figures ?? {};
    const parts = PARTS.map((part) => figures[`${part}Nats`] ?? Number.NaN);
    const sum = parts.reduce(
      (total, nats) => total + nats,
      (figures.alwaysNats ?? Number.NaN) + (figures.unsureNats ?? Number.NaN),
    );
    expect(sum).toBeCloseTo(figures.logOddsNats ?? Number.NaN, 1);
    expect(figures.logOddsNats).toBeGreaterThan(ESCORT_MODEL.least);
  });

  it('asks for more where it is less known where people are, and says so', () => {
    const told = (sigmaMetres: number) =>
      score(samples(ESCORTED).map((sample) => ({ ...sample, sigmaMetres }))).closed[0];
    const [sure, unsure, least] = [told(0.15), told(0.2), told(0.5)];
    expect(sure?.figures.unsureNats).toBe(0);
    expect(unsure?.figures.unsureNats).toBeLessThan(0);
    expect(least?.score).toBeLessThan(unsure?.score ?? 0);
    expect(unsure?.score).toBeLessThan(sure?.score ?? 0);
    const words = (told: typeof sure) =>
      told?.reasons.filter(({ text }) => text.startsWith('Where they were is known'));
    expect(words(sure)).toEqual([]);
    expect(words(unsure)?.map(({ text }) => text)).toEqual([
      'Where they were is known to 0.2 m only: more had to be seen for that.',
    ]);
  });

  it('who leads does not depend on names or on who is told first', () => {
    expect(score(samples({ b: ESCORTED.a, a: ESCORTED.b })).stories).toEqual(['escort b>a']);
    expect(score(samples({ b: ESCORTED.b, a: ESCORTED.a })).stories).toEqual(['escort a>b']);
  });

  it('opens while it goes on, grows at most once a second and only by a tenth, and closes once', () => {
    const { events } = score(samples(ESCORTED));
    expect(events[0]?.kind).toBe('opened');
    expect(events.at(-1)?.kind).toBe('closed');
    expect(events.filter(({ kind }) => kind === 'closed')).toHaveLength(1);
    expect(new Set(events.map(({ episode }) => episode.key)).size).toBe(1);
    expect(events.slice(0, -1).every(({ episode }) => episode.open)).toBe(true);
    const grown = events.filter(({ kind }) => kind === 'grew').map(({ episode }) => episode);
    expect(grown.length).toBeGreaterThan(1);
    for (const [i, { toMs }] of grown.entries()) expect(toMs - (grown[i - 1]?.toMs ?? 0)).toBeGreaterThanOrEqual(1000);
    expect(grown.length).toBeLessThan(30);
  });

  it('is seen at two positions a second as well', () => {
    expect(score(samples(ESCORTED, 2), [], 0.5).stories).toEqual(['escort a>b']);
  });

  it('is not told from input that is too coarse for a lag', () => {
    expect(score(samples(ESCORTED, 1.25), [], 0.8).events).toEqual([]);
  });

  it('is not told from coasted positions, which repeat the past by themselves', () => {
    const b = { ...ESCORTED.b, measured: false };
    expect(score(samples({ a: ESCORTED.a, b })).events).toEqual([]);
  });

  it('counts little in a queue zone, where everybody follows somebody', () => {
    const queue = new CompiledZone(rectangle('queue', [-10, -10, 100, 70], { kind: 'queue' }));
    expect(score(samples(ESCORTED), [queue]).events).toEqual([]);
  });

  it('counts as little beside a queue zone where the place is too uncertain to say that it is beside', () => {
    // Lines along all of the way, their edges half a metre from it.
    const beside = WAY.slice(1).map(([, y1], i) => {
      const [x0, y0] = WAY[i] as readonly [number, number];
      const across = y0 === y1;
      const sides = across ? [-20, y0 + 0.5, 110, y0 + 4] : [x0 - 4, -10, x0 - 0.5, 70];
      return new CompiledZone(rectangle(`queue-${i}`, sides as [number, number, number, number], { kind: 'queue' }));
    });
    const known = (sigmaMetres: number) => samples(ESCORTED).map((sample) => ({ ...sample, sigmaMetres }));
    expect(score(known(0.1), beside).stories).toEqual(['escort a>b']);
    expect(score(known(0.5), beside).events).toEqual([]);
    // Without the lines the same uncertainty does not hide it.
    expect(score(known(0.5)).stories).toEqual(['escort a>b']);
  });

  it('says nothing of who is in front where places are known to a metre', () => {
    expect(score(samples(ESCORTED).map((sample) => ({ ...sample, sigmaMetres: 1 }))).events).toEqual([]);
  });
});

describe('what looks like an escort', () => {
  it('a couple abreast that starts and stops as one', () => {
    expect(score(samples({ a: walk(STOPS), b: walk(STOPS, 0.8) })).events).toEqual([]);
  });

  it('a couple one half a step ahead', () => {
    expect(score(samples({ a: walk(STOPS), b: walk((t) => STOPS(t) - 0.5, 0.7) })).events).toEqual([]);
  });

  it('a family of four, two by two', () => {
    const family = {
      a: walk(STOPS),
      b: walk(STOPS, 0.8),
      c: walk((t) => STOPS(t) - 1.1),
      d: walk((t) => STOPS(t) - 1.1, 0.8),
    };
    expect(score(samples(family)).events).toEqual([]);
  });

  it('somebody who pushes another', () => {
    expect(score(samples({ a: walk(STOPS), b: walk((t) => STOPS(t) - 0.8) })).events).toEqual([]);
  });

  it('a tourist who halts first and is waited for by the guide', () => {
    const tourist = (t: number): number => STOPS(t + 1.5) - 3.2;
    expect(score(samples({ a: walk(STOPS), b: walk(tourist, 0.6) })).events).toEqual([]);
  });

  it('a line that moves up one after another in its zone', () => {
    const moves = progress(Array.from({ length: 20 }, (_, k) => (k % 2 === 0 ? [5, 0] : [2, 1.0]) as [number, number]));
    const line = Object.fromEntries(
      Array.from({ length: 12 }, (_, k) => [`p${k}`, walk(behind(moves, 0.8 * k, 1.1 * k))]),
    );
    const queue = new CompiledZone(rectangle('queue', [-20, -5, 40, 5], { kind: 'queue' }));
    expect(score(samples(line), [queue]).events).toEqual([]);
  });

  it('a stream of people through a corridor, each at a pace of their own', () => {
    const stream: Record<string, Walker> = {};
    for (let k = 0; k < 60; k++) {
      const speed = 1.25 + 0.12 * Math.sin(k * 2.3);
      const from = 1.4 * k;
      const pace = (t: number): number => speed * (t - from) + 0.15 * Math.sin(t / 3 + k);
      stream[`p${k}`] = walker(
        [
          [0, 0],
          [90, 0],
        ],
        pace,
        [from, from + 70],
        0.9 * Math.sin(k * 1.9),
      );
    }
    expect(score(samples(stream)).events).toEqual([]);
  });

  it('two strangers who leave the same door one behind the other', () => {
    const [one, other] = [progress([[70, 1.2]]), progress([[70, 1.28]])];
    expect(score(samples({ a: walk(one), b: walk((t) => other(t) - 3) })).events).toEqual([]);
  });
});

describe('handover', () => {
  const MEET = [30, 0] as const;
  const first = progress([
    [12, 1.2],
    [4, 0],
    [13.5, 1.2],
    [200, 0],
  ]);
  const second = progress([
    [15, 1.2],
    [5, 0],
    [25, 1.2],
  ]);
  const IN = [
    [-8, -22],
    [-8, 0],
    [30, 0],
  ] as const;
  /** Led by `a` to the place, then by `c`, who waits there; `a` goes back. */
  const people: Record<string, Walker> = {
    a: {
      from: 0,
      to: 100,
      at: (t) => {
        if (t < 50) return walker(IN, (s) => first(s) * 1.7, [0, 50]).at(t);
        const back = onWay(
          [
            [first(50) * 1.7 - 30, 0],
            [first(50) * 1.7 - 30, -40],
          ],
          1.2 * (t - 50),
        );
        return [back.x, back.y];
      },
    },
    b: {
      from: 0,
      to: 105,
      at: (t) => {
        if (t < 60) return walker(IN, (s) => behind(first, 0.7, 0.36)(s) * 1.7, [0, 60]).at(t);
        const start = walker(IN, (s) => behind(first, 0.7, 0.36)(s) * 1.7, [0, 60]).at(59) ?? MEET;
        const here = onWay(
          [
            [start[0], start[1]],
            [start[0], 20],
            [60, 20],
            [60, 60],
          ],
          second(t - 60.7),
        );
        return [here.x, here.y];
      },
    },
    c: {
      from: 20,
      to: 105,
      at: (t) => {
        const start = walker(IN, (s) => behind(first, 0.7, 0.36)(s) * 1.7, [0, 60]).at(59) ?? MEET;
        const spot = [start[0], start[1] + 1.1] as const;
        if (t < 40) return [spot[0] + 8 - Math.min(8, 0.5 * (t - 20)), spot[1] + 8 - Math.min(8, 0.5 * (t - 20))];
        const here = onWay([spot, [spot[0], 20], [60, 20], [60, 60]], t < 60 ? 0 : second(t - 60));
        return [here.x, here.y];
      },
    },
  };

  it('a follower whose leader changes at a place is handed over', () => {
    const { closed, stories } = score(samples(people));
    expect(stories).toContain('handover a>c b');
    const handover = closed.find(({ pattern }) => pattern === 'handover');
    expect(handover && who(handover, 'leader')).toEqual(['a', 'c']);
    const at = handover?.moments.find(({ label }) => label === 'handed over')?.atMs ?? 0;
    expect(at).toBeGreaterThan(45_000);
    expect(at).toBeLessThan(62_000);
    expect(handover?.reasons.map(({ text }) => text).join(' ')).toMatch(
      /Another came \d+ s before the first leader left\./,
    );
    expect(handover?.figures.knownBeforeSeconds).toBeLessThan(5);
    expect(handover?.reasons[2]?.text).toBe('The follower and the other had not been near each other before.');
  });

  it('who was away for long while the other led, and comes back to walk on with them, takes nothing over', () => {
    const { c } = people;
    const companion: Walker = {
      from: 0,
      to: 105,
      // Beside the follower for 23 s, then away for as long, then where the other one waits.
      at: (t) => {
        const [x, y] = people.b?.at(t) ?? [0, 0];
        const [cx, cy] = c?.at(Math.max(20, t)) ?? [x, y];
        if (t >= 50) return [cx, cy];
        if (t >= 46) return [cx - 3 * (50 - t), cy];
        const away = Math.min(12, Math.max(0, 3 * (t - 23)));
        return [x - away, y + 0.8];
      },
    };
    const { stories } = score(samples({ ...people, c: companion }));
    expect(stories.filter((story) => story.startsWith('handover'))).toEqual([]);
  });

  it('who came in with the two, and waited elsewhere until they were there, takes over as well', () => {
    const { c } = people;
    const together: Walker = {
      from: 0,
      to: 105,
      at: (t) => {
        const [x, y] = people.b?.at(t) ?? [0, 0];
        const beside = [x - 1.5, y + 1] as const;
        const [cx, cy] = c?.at(Math.max(20, t)) ?? [x, y];
        const share = Math.min(1, Math.max(0, (t - 5) / 12));
        return t >= 40 ? [cx, cy] : [beside[0] + share * (cx - beside[0]), beside[1] + share * (cy - beside[1])];
      },
    };
    const { closed, stories } = score(samples({ ...people, c: together }));
    expect(stories).toContain('handover a>c b');
    const handover = closed.find(({ pattern }) => pattern === 'handover');
    expect(handover?.reasons[2]?.text).toMatch(
      /^The follower and the other had been near each other for \d+ s before that\.$/,
    );
  });

  it('without the first leader there is none', () => {
    const { a: _, ...rest } = people;
    expect(score(samples(rest)).stories).not.toContain('handover a>c b');
  });
});

describe('flanking', () => {
  const side = (lag: number, left: number): Walker => walk((t) => STOPS(t - lag) + 0.55 * lag, left);

  it('one whom two keep between them, and who do what it does', () => {
    const { closed, stories } = score(samples({ m: walk(STOPS), l: side(0.5, 0.75), r: side(0.5, -0.75) }));
    expect(stories).toEqual(['flanking l|r m']);
    expect(closed[0]?.reasons[0]?.text).toMatch(/^Walked between the same two for \d+ s, \d+ % of the time/);
    expect(closed[0]?.reasons.map(({ text }) => text).join(' ')).toMatch(
      /kept to a side for 100 % of it, .* Both repeated the speed of the one between them 0\.[4-6] s later\./,
    );
  });

  it('not where one of the two does what it does at once, as a friend would', () => {
    const one = { m: walk(STOPS), l: side(0.5, 0.75), r: walk(STOPS, -0.75) };
    expect(score(samples(one)).stories.filter((story) => story.startsWith('flanking'))).toEqual([]);
  });

  it('not where the two come first and the one between after them', () => {
    const led = { m: side(0.5, 0), l: walk(STOPS, 0.75), r: walk(STOPS, -0.75) };
    expect(score(samples(led)).stories.filter((story) => story.startsWith('flanking'))).toEqual([]);
  });

  it('three friends abreast who start and stop as one are not', () => {
    const friends = { m: walk(STOPS), l: walk(STOPS, 0.75), r: walk(STOPS, -0.75) };
    expect(score(samples(friends)).events).toEqual([]);
  });
});

describe('shadowing', () => {
  const TOUR = progress(
    Array.from({ length: 14 }, (_, k) => (k % 2 === 0 ? [13, 1.2] : [9 + (k % 5), 0]) as [number, number]),
  );
  const LONG = [
    [0, 0],
    [40, 0],
    [40, 30],
    [80, 30],
    [80, 70],
    [40, 70],
  ] as const;
  const span = [0, 150] as const;

  it('one who stops when another stops and walks where the other walked, far behind', () => {
    const { closed, stories } = score(
      samples({ a: walker(LONG, TOUR, span), b: walker(LONG, behind(TOUR, 0.8, 13), span) }),
    );
    expect(stories).toEqual(['shadowing a>b']);
    const [episode] = closed;
    expect(episode?.figures.distanceMetres).toBeGreaterThan(8);
    expect(episode?.figures.distanceMetres).toBeLessThan(16);
    expect(episode?.reasons[1]?.text).toMatch(/^Stopped when the other stopped \d times? and started/);
  });

  it('nothing is said of that where places are known to a metre', () => {
    const both = samples({ a: walker(LONG, TOUR, span), b: walker(LONG, behind(TOUR, 0.8, 13), span) });
    expect(score(both.map((sample) => ({ ...sample, sigmaMetres: 0.5 }))).stories).toEqual(['shadowing a>b']);
    expect(score(both.map((sample) => ({ ...sample, sigmaMetres: 1 }))).events).toEqual([]);
  });

  it('two who go the same way with stops of their own are not', () => {
    const own = progress(
      Array.from({ length: 14 }, (_, k) => (k % 2 === 0 ? [15, 1.2] : [5 + ((3 * k) % 7), 0]) as [number, number]),
    );
    const { events } = score(samples({ a: walker(LONG, TOUR, span), b: walker(LONG, (t) => own(t + 6) - 22, span) }));
    expect(events).toEqual([]);
  });

  it('tells what each part of it weighs, and they add up', () => {
    const { closed } = score(samples({ a: walker(LONG, TOUR, span), b: walker(LONG, behind(TOUR, 0.8, 13), span) }));
    const figures = closed[0]?.figures ?? {};
    const parts = ['always', ...SHADOW_PARTS].map((part) => `${part}Nats`);
    const sum = parts.reduce((total, name) => total + (figures[name] ?? Number.NaN), 0);
    expect(sum).toBeCloseTo(figures.logOddsNats ?? Number.NaN, 1);
  });

  it('a bank of arrivals that walks the same way is not', () => {
    const bank = Object.fromEntries(
      Array.from({ length: 25 }, (_, k) => {
        const pace = progress([[150, 1.1 + 0.02 * (k % 9)]]);
        return [`p${k}`, walker(LONG, (t) => pace(t) - 2.5 * k, span, ((k * 7) % 5) - 2)];
      }),
    );
    expect(score(samples(bank)).stories.filter((story) => story.startsWith('shadowing'))).toEqual([]);
  });
});
