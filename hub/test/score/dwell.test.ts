import { describe, expect, it } from 'vitest';
import { type DwellOptions, DwellScorer } from '../../src/score/dwell.ts';
import type { DwellEpisode, DwellEvent } from '../../src/score/episode.ts';
import { CompiledZone } from '../../src/score/zones.ts';
import { brief, closedOf, cut, everySecond, rectangle, type Sample, walk } from './walks.ts';

const TABLE = new CompiledZone(rectangle('table', [0, 0, 4, 4]));
const CAMERA = 'cam-1';

function eventsOf(
  samples: readonly Sample[],
  zones: readonly CompiledZone[] = [TABLE],
  options: Partial<DwellOptions> = {},
): DwellEvent[] {
  const scorer = new DwellScorer(zones, options);
  const events = everySecond(samples).flatMap((report) => scorer.push(CAMERA, report));
  return [...events, ...scorer.finish()];
}

const episodesOf = (...given: Parameters<typeof eventsOf>): DwellEpisode[] => closedOf(eventsOf(...given));
const only = (episodes: readonly DwellEpisode[]): DwellEpisode => {
  expect(episodes).toHaveLength(1);
  return episodes[0] as DwellEpisode;
};

describe('presence in a zone', () => {
  // In at x = 0 on the way from -2 (t = 0) to 2 (t = 4): at t = 2. Out on the way from 2 (t = 14) to -2 (t = 18): at 16.
  const visit = [
    [0, -2, 2],
    [4, 2, 2],
    [14, 2, 2],
    [18, -2, 2],
  ] as const;

  it('lasts from crossing the boundary inwards to crossing it outwards', () => {
    expect(episodesOf(walk('anna', visit)).map(brief)).toEqual([{ person: 'anna', zone: 'table', from: 2, to: 16 }]);
  });

  it.each([1, 2, 7, 10, 30])('is accurate to a tenth of a second at %i positions a second', (hertz) => {
    const episode = only(episodesOf(walk('anna', visit, hertz)));
    expect(Math.abs(episode.fromMs - 2000)).toBeLessThanOrEqual(100);
    expect(Math.abs(episode.toMs - 16_000)).toBeLessThanOrEqual(100);
  });

  it('goes on for somebody who walks about inside: presence, not stillness', () => {
    const way = [
      [0, -2, 2],
      [4, 2, 2],
      [6, 3.5, 0.5],
      [10, 0.5, 3.5],
      [14, 3.5, 3.5],
      [16, 2, 2],
      [20, -2, 2],
    ] as const;
    const episode = only(episodesOf(walk('anna', way)));
    expect(brief(episode)).toEqual({ person: 'anna', zone: 'table', from: 2, to: 18 });
    expect(episode.detail.gapsBridged).toBe(0);
  });

  it('is told while it lasts: opened, growing by about a second, closed once', () => {
    const events = eventsOf(walk('anna', visit));
    expect(events.map((event) => event.kind)).toEqual(['opened', ...Array(13).fill('grew'), 'closed']);
    const first = events[0]?.episode;
    expect(first && brief(first)).toEqual({ person: 'anna', zone: 'table', from: 2, to: 3 });
    expect(first?.open).toBe(true);
    expect(events.at(-1)?.episode.open).toBe(false);
  });

  it('is closed when the camera says that nobody is there any more', () => {
    const scorer = new DwellScorer([TABLE]);
    const events = everySecond(walk('anna', visit.slice(0, 3))).flatMap((report) => scorer.push(CAMERA, report));
    expect(closedOf(events)).toEqual([]);
    expect(scorer.push(CAMERA, { fromMs: 15_000, toMs: 16_000, tracks: [] })).toEqual([]);
    // Last seen at 14 s; beyond 19 s nothing can be bridged or joined any more. Decided every half second.
    const end = scorer.push(CAMERA, { fromMs: 19_000, toMs: 19_500, tracks: [] });
    expect(closedOf(end).map(brief)).toEqual([{ person: 'anna', zone: 'table', from: 2, to: 14 }]);
    scorer.push(CAMERA, { fromMs: 19_500, toMs: 20_500, tracks: [] });
    expect(scorer.peopleRemembered).toBe(0);
  });

  it('counts from the first position for somebody who appears inside', () => {
    expect(
      only(
        episodesOf(
          walk('anna', [
            [5, 2, 2],
            [9, 2, 3],
          ]),
        ),
      ).fromMs,
    ).toBe(5000);
  });

  it('is counted in each of two zones that overlap', () => {
    const west = new CompiledZone(rectangle('west', [0, 0, 6, 4]));
    const east = new CompiledZone(rectangle('east', [4, 0, 10, 4]));
    // One metre a second from x = -2 at t = 0 to x = 12 at t = 14.
    const episodes = episodesOf(
      walk('anna', [
        [0, -2, 2],
        [14, 12, 2],
      ]),
      [west, east],
    );
    expect(episodes.map(brief)).toEqual([
      { person: 'anna', zone: 'west', from: 2, to: 8 },
      { person: 'anna', zone: 'east', from: 6, to: 12 },
    ]);
  });
});

describe('somebody who passes by', () => {
  it('across a corner in half a second makes no episode', () => {
    // x + y = 0.6 cuts the corner at (0, 0.6) and (0.6, 0): 0.85 m inside, at 1.7 m/s.
    expect(
      episodesOf(
        walk('bert', [
          [0, -2.4, 3],
          [5, 3.6, -3],
        ]),
      ),
    ).toEqual([]);
  });

  it('along the edge in the noise does not flicker', () => {
    const samples = walk('bert', [
      [0, -2, 0],
      [8, 6, 0],
    ]).map((s, i) => ({ ...s, y: i % 3 === 0 ? 0.06 : -0.06 }));
    expect(episodesOf(samples)).toEqual([]);
  });

  it('and stays on the edge in the noise makes one episode without a gap', () => {
    const samples = walk('bert', [
      [0, 2, 0],
      [60, 2, 0],
    ]).map((s, i) => ({ ...s, y: i % 2 === 0 ? 0.06 : -0.06 }));
    const episode = only(episodesOf(samples));
    expect(episode.seconds).toBeCloseTo(60, 0);
    expect(episode.detail.gapsBridged).toBe(0);
  });
});

describe('somebody who leaves and returns', () => {
  const absent = (seconds: number): Sample[] =>
    walk('cleo', [
      [0, 2, 2],
      [10, 2, 2],
      // Out of x = 4 at 11 s, back in at 11 + seconds.
      [12, 6, 2],
      [10 + seconds, 6, 2],
      [12 + seconds, 2, 2],
      [22 + seconds, 2, 2],
    ]);

  it('within the grace is bridged and counted, and the absence is part of the presence', () => {
    const episode = only(episodesOf(absent(2.5)));
    expect(brief(episode)).toEqual({ person: 'cleo', zone: 'table', from: 0, to: 24.5 });
    expect(episode.detail.gapsBridged).toBe(1);
    expect(episode.detail.gaps).toEqual([{ fromMs: 11_000, toMs: 13_500, cause: 'outside' }]);
  });

  it('after the grace makes two episodes, the first ending when last seen inside and not after the grace', () => {
    expect(episodesOf(absent(6)).map(brief)).toEqual([
      { person: 'cleo', zone: 'table', from: 0, to: 11 },
      { person: 'cleo', zone: 'table', from: 17, to: 28 },
    ]);
  });

  it('by less than the uncertainty has not left: no gap, even for longer than the grace', () => {
    const samples = walk(
      'cleo',
      [
        [0, 2, 2],
        [10, 2, 2],
        [11, 4.3, 2],
        [17, 4.3, 2],
        [18, 2, 2],
        [22, 2, 2],
      ],
      10,
      { sigma: 0.3 },
    );
    const episode = only(episodesOf(samples));
    expect(brief(episode)).toEqual({ person: 'cleo', zone: 'table', from: 0, to: 22 });
    expect(episode.detail.gapsBridged).toBe(0);
  });

  it('to stand just outside for long has left', () => {
    const samples = walk(
      'cleo',
      [
        [0, 2, 2],
        [10, 2, 2],
        [12, 4.1, 2],
        [40, 4.1, 2],
      ],
      10,
      { sigma: 0.3 },
    );
    expect(only(episodesOf(samples)).toMs).toBeGreaterThan(11_850);
    expect(only(episodesOf(samples)).toMs).toBeLessThanOrEqual(12_000);
  });
});

describe('somebody who is not seen for a while', () => {
  const still = (from: number, to: number, extra: Partial<Sample> = {}) =>
    walk(
      'dora',
      [
        [from, 2, 2],
        [to, 2, 2],
      ],
      10,
      extra,
    );

  it('but predicted is present once seen again, and the time without a detection is told', () => {
    const samples = [...still(0, 10), ...still(10.1, 13.9, { measured: false, state: 'coasting' }), ...still(14, 20)];
    const episode = only(episodesOf(samples));
    expect(brief(episode)).toEqual({ person: 'dora', zone: 'table', from: 0, to: 20 });
    expect(episode.detail.gapsBridged).toBe(0);
    // 3.9 s of 20 s stand on predictions.
    expect(episode.coastedShare).toBeCloseTo(0.195, 3);
  });

  it('and only predicted until the track ends was present until last measured', () => {
    const samples = [...still(0, 10), ...still(10.1, 16, { measured: false, state: 'coasting' })];
    const episode = only(episodesOf(samples));
    expect(brief(episode)).toEqual({ person: 'dora', zone: 'table', from: 0, to: 10 });
    expect(episode.coastedShare).toBe(0);
  });

  it('and predicted for longer than predictions are believed makes two episodes', () => {
    const samples = [...still(0, 10), ...still(10.1, 17.9, { measured: false, state: 'coasting' }), ...still(18, 20)];
    expect(episodesOf(samples).map(brief)).toEqual([
      { person: 'dora', zone: 'table', from: 0, to: 10 },
      { person: 'dora', zone: 'table', from: 18, to: 20 },
    ]);
  });

  it('nor predicted is bridged within the grace and counted', () => {
    const episode = only(episodesOf([...still(0, 10), ...still(12.5, 20)]));
    expect(brief(episode)).toEqual({ person: 'dora', zone: 'table', from: 0, to: 20 });
    expect(episode.detail.gaps).toEqual([{ fromMs: 10_000, toMs: 12_500, cause: 'unseen' }]);
    expect(episode.coastedShare).toBeCloseTo(0.125, 3);
  });

  it('is not carried out of the zone by a prediction', () => {
    const drifting = walk(
      'dora',
      [
        [10.1, 2, 2],
        [13.9, 9, 2],
      ],
      10,
      { measured: false, state: 'coasting' },
    );
    expect(only(episodesOf([...still(0, 10), ...drifting, ...still(14, 20)])).toMs).toBe(20_000);
  });
});

describe('a tentative track', () => {
  it('opens nothing until it is active, and then counts from its beginning', () => {
    const samples = [
      ...walk(
        'emil',
        [
          [0, 2, 2],
          [3.9, 2, 2],
        ],
        10,
        { state: 'tentative' },
      ),
      ...walk('emil', [
        [4, 2, 2],
        [8, 2, 2],
      ]),
    ];
    const events = eventsOf(samples);
    expect(events[0]?.kind).toBe('opened');
    expect(events[0]?.episode.toMs).toBeGreaterThanOrEqual(3900);
    expect(only(closedOf(events)).fromMs).toBe(0);
  });

  it('that never becomes active is no episode', () => {
    expect(
      eventsOf(
        walk(
          'emil',
          [
            [0, 2, 2],
            [30, 2, 2],
          ],
          10,
          { state: 'tentative' },
        ),
      ),
    ).toEqual([]);
  });
});

describe('a track that is lost while another begins beside it', () => {
  const lost = walk('f-1', [
    [0, -2, 2],
    [4, 2, 2],
    [10, 2, 2],
  ]);

  it('is the same presence, told as an identity join', () => {
    const episode = only(
      episodesOf([
        ...lost,
        ...walk('f-2', [
          [11, 2.5, 2],
          [20, 2.5, 2],
        ]),
      ]),
    );
    expect(brief(episode)).toEqual({ person: 'f-1', zone: 'table', from: 2, to: 20 });
    expect(episode.detail.identityJoins).toBe(1);
    expect(episode.detail.members).toEqual([
      { person: 'f-1', fromMs: 2000, toMs: 10_000 },
      { person: 'f-2', fromMs: 11_000, toMs: 20_000 },
    ]);
    expect(episode.detail.everMoved).toBe(true);
    // One second of eighteen was seen by nobody.
    expect(episode.coastedShare).toBeCloseTo(1 / 18, 6);
  });

  it('may be followed through several losses', () => {
    const samples = [
      ...lost,
      ...walk('f-2', [
        [11, 2, 2],
        [15, 2, 2],
      ]),
      ...walk('f-3', [
        [15.5, 2, 2],
        [25, 2, 2],
      ]),
    ];
    const episode = only(episodesOf(samples));
    expect(brief(episode)).toEqual({ person: 'f-1', zone: 'table', from: 2, to: 25 });
    expect(episode.detail.identityJoins).toBe(2);
  });

  it('is not joined across two that may have gone on: two who take turns are two', () => {
    const samples = [
      ...lost,
      ...walk('f-2', [
        [10.5, 2.4, 2],
        [20, 2.4, 2],
      ]),
      ...walk('f-3', [
        [11.5, 1.6, 2],
        [20, 1.6, 2],
      ]),
    ];
    const episodes = episodesOf(samples);
    expect(episodes.map(brief)).toEqual([
      { person: 'f-1', zone: 'table', from: 2, to: 10 },
      { person: 'f-2', zone: 'table', from: 10.5, to: 20 },
      { person: 'f-3', zone: 'table', from: 11.5, to: 20 },
    ]);
  });

  it('is not joined where two were lost', () => {
    const other = walk('g-1', [
      [0, 2.5, 2.5],
      [9.5, 2.5, 2.5],
    ]);
    const episodes = episodesOf([
      ...lost,
      ...other,
      ...walk('f-2', [
        [10.5, 2.2, 2.2],
        [20, 2.2, 2.2],
      ]),
    ]);
    expect(episodes.map((episode) => episode.person).sort()).toEqual(['f-1', 'f-2', 'g-1']);
  });

  it('is not joined to one that begins too late, too far away, or while it is still seen', () => {
    for (const second of [
      walk('f-2', [
        [12.5, 2, 2],
        [20, 2, 2],
      ]),
      walk('f-2', [
        [11, 3.5, 2],
        [20, 3.5, 2],
      ]),
      walk('f-2', [
        [9.5, 2, 2],
        [20, 2, 2],
      ]),
    ]) {
      expect(episodesOf([...lost, ...second]).map((episode) => episode.person)).toEqual(['f-1', 'f-2']);
    }
  });

  it('is not joined where it turns out not to be lost', () => {
    const back = walk('f-1', [
      [11.5, 2, 2],
      [20, 2, 2],
    ]);
    const episodes = episodesOf([
      ...lost,
      ...back,
      ...walk('f-2', [
        [11, 2.5, 2],
        [20, 2.5, 2],
      ]),
    ]);
    expect(episodes.map(brief)).toEqual([
      { person: 'f-1', zone: 'table', from: 2, to: 20 },
      { person: 'f-2', zone: 'table', from: 11, to: 20 },
    ]);
  });

  it('is not joined to a track of another camera', () => {
    const scorer = new DwellScorer([TABLE]);
    const events = [
      ...everySecond(lost).flatMap((report) => scorer.push('cam-1', report)),
      ...everySecond(
        walk('f-2', [
          [11, 2, 2],
          [20, 2, 2],
        ]),
      ).flatMap((report) => scorer.push('cam-2', report)),
      ...scorer.finish(),
    ];
    expect(closedOf(events).map((episode) => episode.person)).toEqual(['f-1', 'f-2']);
  });
});

describe('a track that never went anywhere', () => {
  it('says so, however long it jitters', () => {
    const samples = walk(
      'pillar',
      [
        [0, 2, 2],
        [600, 2, 2],
      ],
      5,
      { sigma: 0.2 },
    ).map((s, i) => ({
      ...s,
      x: s.x + 0.3 * Math.sin(i * 12.9898),
      y: s.y + 0.3 * Math.sin(i * 78.233),
    }));
    const episode = only(episodesOf(samples));
    expect(episode.detail.everMoved).toBe(false);
    expect(episode.detail.netDisplacementMetres).toBeLessThan(0.5);
  });

  it('is believed once it has moved half a metre', () => {
    const episode = only(
      episodesOf(
        walk('gina', [
          [0, 2, 2],
          [60, 2, 2],
          [61, 2.6, 2],
          [65, 2.6, 2],
        ]),
      ),
    );
    expect(episode.detail.everMoved).toBe(true);
    expect(episode.detail.netDisplacementMetres).toBeCloseTo(0.6, 1);
  });
});

describe('input that is not in order', () => {
  const samples = walk('hugo', [
    [0, -2, 2],
    [4, 2, 2],
    [14, 2, 2],
    [18, -2, 2],
  ]);

  it('twice the same report changes nothing', () => {
    const scorer = new DwellScorer([TABLE]);
    const twice = everySecond(samples).flatMap((report) => [report, report]);
    const events = [...twice.flatMap((report) => scorer.push(CAMERA, report)), ...scorer.finish()];
    expect(events).toEqual(eventsOf(samples));
  });

  it('a camera that is an hour behind another is scored by its own time', () => {
    const scorer = new DwellScorer([TABLE]);
    const later = walk('ida', [
      [3600, 2, 2],
      [3620, 2, 2],
    ]);
    const events = [
      ...everySecond(later).flatMap((report) => scorer.push('cam-2', report)),
      ...everySecond(samples).flatMap((report) => scorer.push('cam-1', report)),
      ...scorer.finish(),
    ];
    expect(
      closedOf(events)
        .map(brief)
        .sort((a, b) => a.from - b.from),
    ).toEqual([
      { person: 'hugo', zone: 'table', from: 2, to: 16 },
      { person: 'ida', zone: 'table', from: 3600, to: 3620 },
    ]);
  });

  it('a silent camera has no open episodes until it comes back, and then they go on', () => {
    const scorer = new DwellScorer([TABLE]);
    const [before, after] = [
      walk('ida', [
        [0, 2, 2],
        [9.9, 2, 2],
      ]),
      walk('ida', [
        [10, 2, 2],
        [20, 2, 2],
      ]),
    ];
    for (const report of everySecond(before)) scorer.push(CAMERA, report);
    expect(closedOf(scorer.silence(CAMERA)).map(brief)).toEqual([{ person: 'ida', zone: 'table', from: 0, to: 9.9 }]);
    const events = everySecond(after).flatMap((report) => scorer.push(CAMERA, report));
    expect(events[0]?.kind).toBe('grew');
    expect(closedOf(scorer.finish()).map(brief)).toEqual([{ person: 'ida', zone: 'table', from: 0, to: 20 }]);
  });

  it('a camera whose clock was set back goes on with the new time', () => {
    const scorer = new DwellScorer([TABLE]);
    for (const report of everySecond(
      walk('ida', [
        [90_000, 2, 2],
        [90_005, 2, 2],
      ]),
    ))
      scorer.push(CAMERA, report);
    const events = cut(
      walk('jon', [
        [0, 2, 2],
        [5, 2, 2],
      ]),
      [],
    ).flatMap((report) => scorer.push(CAMERA, report));
    expect(closedOf(events).map((episode) => episode.person)).toEqual(['ida']);
    expect(scorer.peopleRemembered).toBe(1);
  });
});

it('a join that could come after the grace is refused', () => {
  expect(() => new DwellScorer([TABLE], { joinSeconds: 4, graceSeconds: 3 })).toThrow(/joinSeconds \(4\)/);
});
