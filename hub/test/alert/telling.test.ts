import { describe, expect, it } from 'vitest';
import type { Decision } from '../../src/alert/decision.ts';
import type { Sign } from '../../src/alert/sign.ts';
import { inOrder, storyDetail, storySentence } from '../../src/alert/telling.ts';
import type { StoryPerson } from '../../src/score/movement.ts';
import { dwell, sign, T0 } from './movements.ts';

const NO_JOINS = { count: 0, probability: 1 };
const detail = (signs: readonly Sign[], decision: Decision | null = null) =>
  storyDetail(signs, decision, '2', NO_JOINS);
const at = (seconds: number): number => T0 + seconds * 1000;

describe('the order of a story', () => {
  it('is by pattern, of one pattern the stranger part first, of equally strange ones the older', () => {
    const parts = [
      dwell('A', 'way', { to: 900 }),
      { ...sign('escort', 'AB', { from: 50, score: 1 }), id: '1' },
      { ...sign('escort', 'AC', { from: 20, score: 1 }), id: '2' },
      sign('escort', 'AD', { from: 70, score: 2 }),
      sign('handover', 'ABC', { from: 90, score: 0.1 }),
    ];
    const ordered = [4, 3, 2, 1, 0].map((i) => parts[i]);
    expect(inOrder(parts)).toEqual(ordered);
    expect(inOrder([...parts].reverse())).toEqual(ordered);
  });

  it('is the same whatever is known first, also of parts that nothing else tells apart', () => {
    const one = { ...sign('escort', 'AB'), id: '1' };
    const other = { ...sign('escort', 'CD'), id: '2' };
    expect(inOrder([one, other])).toEqual([one, other]);
    expect(inOrder([other, one])).toEqual([one, other]);
  });
});

describe('the sentence of a story', () => {
  it('says of several parts of one pattern how long the longest was', () => {
    const escorts = [200, 500, 300].map((to) => sign('escort', 'AB', { to }));
    expect(storySentence([sign('handover', 'ACB'), ...escorts])).toMatch(/; 3 escorts of up to 8 min 20 s$/);
  });

  it('leaves out what would make it too long to read in a list, and says how many movements that are', () => {
    const named = (words: string, one: Sign): Sign => ({ ...one, place: { ...one.place, words } });
    // Somebody's stays are told one by one while they are one: the place takes as much room as it is long.
    const story = (words: string) =>
      storySentence([
        sign('handover', 'ACB', { zone: 'cafe' }),
        sign('escort', 'AB', { to: 60 }),
        sign('escort', 'AB', { to: 90 }),
        named(`at ${words}`, dwell('A', 'way', { to: 900 })),
      ]);
    const short = story('');
    expect(short).toMatch(/; 2 escorts of up to 1 min 30 s; present at {2}for 15 min, limit 10 min$/);
    const room = 360 - short.length;
    expect(story('x'.repeat(room)), 'what just fits').toHaveLength(360);
    expect(story('x'.repeat(room + 1))).toBe(short.replace(/; present.*/, '; and 1 more movement'));
    const both = storySentence([
      named(`at ${'x'.repeat(330)}`, sign('handover', 'ACB')),
      sign('escort', 'AB'),
      dwell('A', 'way', { to: 900 }),
    ]);
    expect(both).toMatch(/; and 2 more movements$/);
  });

  it('needs a part to speak of', () => {
    expect(() => storySentence([])).toThrow('a story has at least one part');
  });
});

describe('the people of a story', () => {
  const told = (...persons: readonly StoryPerson[]) =>
    detail([{ ...sign('escort', 'AB'), persons }]).persons.map(({ person, role, fromMs, toMs }) => [
      person,
      role,
      (fromMs - T0) / 1000,
      (toMs - T0) / 1000,
    ]);
  const one = (person: string, role: StoryPerson['role'], from: number, to: number): StoryPerson => ({
    person,
    role,
    fromMs: at(from),
    toMs: at(to),
  });

  it('are listed once for as long as they do one thing without a break, by when they came', () => {
    expect(
      told(
        one('A', 'leader', 40, 60),
        one('B', 'follower', 5, 30),
        one('A', 'leader', 0, 40),
        one('A', 'leader', 10, 20),
      ),
    ).toEqual([
      ['A', 'leader', 0, 60],
      ['B', 'follower', 5, 30],
    ]);
  });

  it('are listed once more after a break, and for what else they do', () => {
    expect(told(one('A', 'leader', 0, 40), one('A', 'leader', 41, 60))).toEqual([
      ['A', 'leader', 0, 40],
      ['A', 'leader', 41, 60],
    ]);
    expect(told(one('A', 'leader', 0, 40), one('A', 'follower', 20, 60))).toEqual([
      ['A', 'leader', 0, 40],
      ['A', 'follower', 20, 60],
    ]);
  });

  it('are those of the leading parts where they are too many to draw, and the alert says how many are not', () => {
    const crowd = (count: number, from: number) =>
      Array.from({ length: count }, (_, i) => one(`${from}-${i}`, 'contact', from - i, 1000));
    // Who leads came last.
    const lead = { ...sign('handover', 'ABC'), persons: crowd(3, 900) };
    const many = (count: number) => detail([lead, { ...sign('coordinator', 'ABC'), persons: crowd(count, 200) }]);
    const whole = many(47);
    expect(whole.persons).toHaveLength(50);
    expect(whole.reasons.map(({ text }) => text).join()).not.toContain('Left out');
    const cut = many(49);
    expect(cut.persons).toHaveLength(50);
    expect(cut.persons.slice(-3).map(({ person }) => person)).toEqual(['900-2', '900-1', '900-0']);
    expect(cut.persons.map(({ fromMs }) => fromMs)).toEqual(cut.persons.map(({ fromMs }) => fromMs).sort());
    expect(cut.reasons.at(-1)?.text).toBe('Left out here: 2 more people.');
    expect(many(48).reasons.at(-1)?.text).toBe('Left out here: 1 more person.');
  });
});

describe('the reasons of a story', () => {
  const reason = (text: string, persons?: string[]) => ({
    text,
    fromMs: at(0),
    toMs: at(100),
    ...(persons ? { persons } : {}),
  });

  it('are told by the leading part where two have the same', () => {
    const lead = { ...sign('handover', 'ABC'), reasons: [reason('Came together.', ['A'])] };
    const next = {
      ...sign('escort', 'AB'),
      reasons: [reason('Came together.', ['A']), reason('Left together.', ['A'])],
    };
    expect(detail([lead, next]).reasons.map(({ text, part }) => [text, part])).toEqual([
      ['Came together.', 0],
      ['Left together.', 1],
    ]);
  });

  it('name whom they are about, where that is not everybody in the story', () => {
    const lead = { ...sign('handover', 'ABC'), reasons: [reason('Of everybody.'), reason('Of two.', ['A', 'C'])] };
    const next = { ...sign('escort', 'AB'), reasons: [reason('Of these.'), reason('Of one.', ['B'])] };
    expect(detail([lead, next]).reasons.map(({ text, persons }) => [text, persons])).toEqual([
      ['Of everybody.', undefined],
      ['Of two.', ['A', 'C']],
      ['Of these.', ['A', 'B']],
      ['Of one.', ['B']],
    ]);
  });

  it('are as many as can be read, and the last one says how many are left out', () => {
    const escort = sign('escort', 'AB');
    const many = (count: number, decision: Decision | null = null) =>
      detail(
        [{ ...escort, reasons: Array.from({ length: count }, (_, i) => reason(`Reason ${i}.`)) }],
        decision,
      ).reasons.map(({ text }) => text);
    expect(many(39)).toHaveLength(39);
    expect(many(39).at(-1)).toBe('Reason 38.');
    expect(many(40).slice(-2)).toEqual(['Reason 38.', 'Left out here: 1 more reason.']);
    expect(many(60).slice(-2)).toEqual(['Reason 38.', 'Left out here: 21 more reasons.']);
    const together = many(60, { by: [escort, sign('handover', 'ACB')], passage: null });
    expect(together).toHaveLength(40);
    expect(together.slice(-2)).toEqual(['Reason 37.', 'Left out here: 22 more reasons.']);
  });

  it('begin with why weak signs are enough together, over the whole time of those that decided', () => {
    const [first, second] = [
      sign('escort', 'AB', { from: 50, to: 80 }),
      sign('handover', 'ACB', { from: 20, to: 140 }),
    ];
    const passage = {
      id: 'p',
      place: { zone: 'security', kind: 'control' as const, words: 'at Security' },
      persons: ['A'],
      fromMs: at(60),
      toMs: at(75),
    };
    const [why] = detail(inOrder([first, second]), { by: [first, second], passage }).reasons;
    expect(why).toEqual({
      text: 'Raised because an escort and a handover meet in one person: one of them alone would be too weak a sign; somebody was at Security for 15 s in the meantime, a control zone.',
      fromMs: at(20),
      toMs: at(140),
    });
  });
});

describe('what an alert says of the whole story', () => {
  const moment = (i: number) => ({ atMs: at(i), person: 'A', label: `moment ${i}` });

  it('is its moments in order of time, as many as can be drawn', () => {
    const many = (count: number) =>
      detail([
        { ...sign('handover', 'ABC'), reasons: [], moments: [moment(5000)] },
        {
          ...sign('escort', 'AB'),
          reasons: [],
          moments: [moment(5000), ...Array.from({ length: count }, (_, i) => moment(i))],
        },
      ]);
    const whole = many(119);
    expect(whole.moments.map(({ atMs }) => atMs)).toEqual([...Array.from({ length: 119 }, (_, i) => at(i)), at(5000)]);
    expect(whole.reasons).toEqual([]);
    const cut = many(121);
    expect(cut.moments).toHaveLength(120);
    expect(cut.moments.at(-1), 'that of the leading part stays').toEqual(moment(5000));
    expect(cut.reasons.map(({ text }) => text)).toEqual(['Left out here: 2 more moments.']);
  });

  it('is how long it took from end to end; of a single stay the presence, without the time between visits', () => {
    const stay = { ...dwell('A', 'way', { from: 100, to: 900 }), seconds: 700 };
    expect(detail([stay]).seconds).toBe(700);
    expect(detail([sign('escort', 'AB', { from: 1000, to: 1100 }), stay]).seconds).toBe(1000);
  });

  it('is the limit of the first stay of it', () => {
    const late = { ...dwell('A', 'cafe', { from: 500, to: 5000 }), limitSeconds: 3600 };
    const early = { ...dwell('A', 'way', { from: 0, to: 900 }), limitSeconds: 600 };
    expect(detail([late, early]).limitSeconds).toBe(600);
    expect(detail([sign('escort', 'AB')]).limitSeconds).toBeNull();
  });

  it('is as uncertain as its least certain part, and never surer than the joins of people it rests on', () => {
    const sure = { coastedShare: 0, gapsBridged: 0, identityJoins: 0, joinProbability: 1, sigmaMetres: 0.1 };
    const unsure = { coastedShare: 0.4, gapsBridged: 3, identityJoins: 2, joinProbability: 0.7, sigmaMetres: 0.5 };
    const parts = [
      { ...sign('handover', 'ABC'), uncertainty: sure },
      { ...sign('escort', 'AB'), uncertainty: unsure },
    ];
    expect(storyDetail(parts, null, '2', NO_JOINS).uncertainty).toEqual(unsure);
    expect(storyDetail(parts, null, '2', { count: 5, probability: 0.6 }).uncertainty).toEqual({
      ...unsure,
      identityJoins: 5,
      joinProbability: 0.6,
    });
  });
});
