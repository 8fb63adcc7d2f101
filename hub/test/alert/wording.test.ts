import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PLACE_KINDS } from '../../src/alert/policySchema.ts';
import type { Sign } from '../../src/alert/sign.ts';
import { inOrder, storyDetail, storySentence } from '../../src/alert/telling.ts';
import { countText, durationText, metresText } from '../../src/alert/wording.ts';
import { dwellSentence } from '../../src/alert/words/dwell.ts';
import { WORDS } from '../../src/alert/words/index.ts';
import { PATTERNS } from '../../src/score/movement.ts';
import { MOVEMENT_PATTERNS } from '../../src/score/movementRecord.ts';
import { dwell, movement, PLAN, present, reader, sign, T0 } from './movements.ts';

/** Words about who somebody might be or what they might have in mind. */
const FORBIDDEN =
  /suspect|suspicious|victim|traffick|smuggl|crimin|offend|perpetrat|pimp|abduct|kidnap|captive|prey|danger|threat|guilty|illegal|\b(?:wo)?m[ae]n\b|\bgirl|\bboy\b|\bfemale|\bmale\b|\bhe\b|\bshe\b|\bhis\b|\bher\b|elderly|ethnic|foreign|nationalit/i;
/** Nothing that a template left undone. */
const UNDONE = /undefined|null|NaN|Infinity|\bno people\b|\[object|\$\{| {2}|;;|\.\./;

const sentence = (...signs: readonly Sign[]) => storySentence(inOrder(signs));
const detail = (...signs: readonly Sign[]) => storyDetail(inOrder(signs), null, '2', { count: 0, probability: 1 });

describe('a length of time', () => {
  it.each([
    [0.4, 'under 1 s'],
    [1, '1 s'],
    [21.4, '21 s'],
    [59.6, '1 min'],
    [60, '1 min'],
    [750, '12 min 30 s'],
    [3599, '59 min 59 s'],
    [3600, '1 h'],
    [7500, '2 h 5 min'],
    [14_400, '4 h'],
  ])('of %d s is read as "%s"', (seconds, text) => {
    expect(durationText(seconds)).toBe(text);
  });
});

describe('a distance and a count', () => {
  it('are read as people say them', () => {
    expect([0.94, 9.94, 9.96, 12.4].map(metresText)).toEqual(['0.9 m', '9.9 m', '10 m', '12 m']);
    expect([1, 4, 12, 13].map(countText)).toEqual(['one', 'four', 'twelve', '13']);
  });
});

describe('the sentence', () => {
  it('does not say that the limit is past its own figure', () => {
    expect(dwellSentence('at Gate 4', 15.3, 15)).toBe('Present at Gate 4 for just over 15 s, limit 15 s');
    expect(dwellSentence('at Gate 4', 16_200, 14_400)).toBe('Present at Gate 4 for 4 h 30 min, limit 4 h');
  });

  it('names each movement with its figures and its place', () => {
    const handed = movement('handover', 'ACB', { zone: 'cafe', to: 438 });
    const at380 = { atMs: T0 + 380_000, person: 'B', label: 'handed over' };
    expect([
      sentence(present(reader.movement({ ...handed, moments: [at380] }))),
      sentence(sign('escort', 'AB', { zone: 'way', to: 420 })),
      sentence(sign('flanking', 'ABC', { to: 45 })),
      sentence(sign('shadowing', 'AB', { to: 200 })),
      sentence(sign('coordinator', 'ABCDE', { zone: 'doors', to: 700 })),
      sentence(sign('regrouping', 'ABCD', { zone: 'security', to: 110 })),
      sentence(dwell('A', 'way', { to: 900 })),
    ]).toEqual([
      'Handed over at Café Nord after 6 min 20 s behind one person, then 58 s behind another',
      'Escort at East corridor for 7 min: one person followed another at 1.1 m with a lag of 0.8 s',
      'One person kept between two others in Arrivals hall for 45 s',
      'Same way and stops 11 m behind another in Arrivals hall for 3 min 20 s',
      'Met four people one after another at Doors within 11 min 40 s, none of whom had met another',
      'Four people parted before Security and closed up again behind it after 48 s apart, up to 12 m',
      'Present at East corridor for 15 min, limit 10 min',
    ]);
  });

  it('of a story has the leading movement first and the others after it, alike ones counted', () => {
    expect(
      sentence(
        dwell('B', 'way', { to: 900 }),
        sign('escort', 'AB', { to: 420 }),
        sign('escort', 'CB', { from: 400, to: 500 }),
        sign('handover', 'ACB', { zone: 'cafe', to: 438 }),
      ),
    ).toBe(
      'Handed over at Café Nord after 3 min 39 s behind one person, then 3 min 39 s behind another; 2 escorts of up to 7 min; present at East corridor for 15 min, limit 10 min',
    );
  });
});

describe('what a story says', () => {
  const handover = sign('handover', 'ACB', { zone: 'cafe', from: 50, to: 120, joinProbability: 0.7 });
  const story = detail(dwell('B', 'way', { from: 120, to: 900 }), handover, sign('escort', 'AB', { to: 60 }));

  it('is its parts, the leading one first, and the limit of the stay in it', () => {
    expect(story.patterns).toEqual(['handover', 'escort', 'dwell']);
    expect(story.limitSeconds).toBe(600);
    expect(story.seconds).toBe(900);
    expect(detail(handover).limitSeconds).toBeNull();
  });

  it('lists everybody once in a role, in order of time', () => {
    const again = detail(sign('escort', 'AB', { to: 60 }), sign('escort', 'AB', { from: 50, to: 90 }), handover);
    const seconds = (ms: number) => (ms - T0) / 1000;
    expect(
      again.persons.map(({ person, role, fromMs, toMs }) => [person, role, seconds(fromMs), seconds(toMs)]),
    ).toEqual([
      ['A', 'leader', 0, 90],
      ['B', 'follower', 0, 120],
      ['C', 'leader', 85, 120],
    ]);
  });

  it('gives the reasons of all parts, each with whom it is about', () => {
    expect(story.reasons.map(({ text, persons }) => [text, persons?.join('')])).toEqual([
      ['Seen as handover from 50 s on.', undefined],
      ['Seen as escort from 0 s on.', 'AB'],
      ['Present at East corridor for 13 min; the limit for a transit zone is 10 min (1.3 times the limit).', 'B'],
    ]);
  });

  it('has the moments in order of time', () => {
    const times = story.moments.map(({ atMs }) => atMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(story.moments.map(({ label }) => label)).toContain('passed the limit of 10 min');
  });

  it('offers the explanations of every part once, and the worst uncertainty', () => {
    expect(new Set(story.explanations).size).toBe(story.explanations.length);
    expect(story.explanations).toEqual(
      expect.arrayContaining([
        'Friends who meet for a meal',
        'A couple of whom one knows the way',
        'Looking for the way or reading a display',
      ]),
    );
    expect(story.uncertainty).toEqual({
      coastedShare: 0.1,
      gapsBridged: 0,
      identityJoins: 1,
      joinProbability: 0.7,
      sigmaMetres: 0.2,
    });
  });

  it('stays within bounds, and says what it leaves out', () => {
    const crowd = Array.from({ length: 60 }, (_, i) =>
      sign('escort', String.fromCharCode(0x4e00 + 2 * i, 0x4e01 + 2 * i), { from: i, to: i + 60 }),
    );
    const told = detail(...crowd);
    expect([told.persons.length, told.reasons.length]).toEqual([50, 40]);
    expect(told.reasons.at(-1)?.text).toBe('Left out here: 21 more reasons, 70 more people.');
  });
});

describe('the words', () => {
  it.each(PATTERNS)('for %s explain it innocently in every kind of place', (pattern) => {
    for (const kind of PLACE_KINDS) {
      const explanations = WORDS[pattern].explanations(kind);
      expect(explanations.length).toBeGreaterThanOrEqual(3);
      expect(new Set(explanations).size).toBe(explanations.length);
      for (const text of explanations) expect(text).toMatch(/^[A-Z][^.]*[^.\s]$/);
    }
  });

  it('never say who somebody might be, whatever the story', () => {
    const zones = [null, ...PLAN.zones.filter(({ kind }) => kind !== 'blind').map(({ id }) => id)];
    const part = fc
      .record({
        pattern: fc.constantFrom(...PATTERNS),
        zone: fc.constantFrom(...zones),
        people: fc.shuffledSubarray([...'ABCDEFGH'], { minLength: 3 }),
        from: fc.integer({ min: 0, max: 3000 }),
        length: fc.integer({ min: 1, max: 20_000 }),
        score: fc.double({ min: 0, max: 9, noNaN: true }),
        figures: fc.constantFrom({}, undefined),
        open: fc.boolean(),
      })
      .map(({ pattern, zone, people, from, length, figures, ...told }) => {
        const times = { ...told, from, to: from + length };
        if (pattern === 'dwell') return dwell(people[0] ?? 'A', zone ?? 'way', times);
        return sign(pattern, people.join(''), { ...times, zone, ...(figures ? { figures } : {}) });
      });
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 10 }), (signs) => {
        const ordered = inOrder(signs);
        const text = storySentence(ordered);
        const decision = { by: ordered.slice(0, 2), passage: null };
        const told = storyDetail(ordered, decision, '2', { count: 0, probability: 1 });
        for (const words of [text, ...told.explanations, ...told.reasons.map((reason) => reason.text)]) {
          expect(words).not.toMatch(FORBIDDEN);
          expect(words).not.toMatch(UNDONE);
        }
        expect(text).toMatch(/^[A-Z][^.]*(\.\d[^.]*)*$/);
        expect(text.length).toBeLessThanOrEqual(400);
      }),
    );
  });

  it('would be caught if they did', () => {
    for (const words of ['The suspect waits', 'A possible victim', 'Two men', 'She follows', 'Likely trafficking']) {
      expect(words).toMatch(FORBIDDEN);
    }
    expect(MOVEMENT_PATTERNS).toHaveLength(6);
  });
});
