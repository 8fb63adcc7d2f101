import { describe, expect, it } from 'vitest';
import { queueNote, usualWords, type ZoneCounts, zoneRows } from '../src/words/zoneFigures.ts';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');
const USUAL = { days: 19, withheldDays: 0, k: 10, people: 6.84, entered: 1081, staySeconds: 300 };
const QUEUE: ZoneCounts = {
  zone: 'queue',
  lastHour: { minutes: 60, people: 7.4, entered: 88, stays: 86, staySeconds: 290 },
  lastQuarter: { stays: 21, staySeconds: 305 },
  usual: USUAL,
};
const rows = (...given: Parameters<typeof zoneRows>) =>
  zoneRows(...given).map(({ what, now, usual }) => [what, now, usual].map(plain).join(' | '));

describe('the figures of a zone', () => {
  it('stand beside what is usual, a queue with its wait', () => {
    expect(rows(QUEUE, 12, 'queue')).toEqual([
      'People here | 12 | 6.8',
      'Came in, last hour | 88 | 1,081',
      'Stay, last hour | 4 min 50 s | 5 min',
      'Wait, 21 in 15 min | 5 min 5 s | 5 min',
    ]);
    expect(rows(QUEUE, 12, 'waiting')).toHaveLength(3);
  });

  it('are left open where nothing is known, and say how much of the hour is', () => {
    expect(rows(undefined, undefined, 'queue')).toEqual([
      'People here | – | –',
      'Came in, last hour | – | –',
      'Stay, last hour | – | –',
      'Wait, last 15 min | – | –',
    ]);
    const begun: ZoneCounts = {
      ...QUEUE,
      lastHour: { minutes: 25, people: 1, entered: 0, stays: 0, staySeconds: null },
      usual: null,
    };
    expect(rows(begun, 0, 'transit')).toEqual([
      'People here | 0 | –',
      'Came in, last 25 min | 0 | –',
      'Stay, last 25 min | – | –',
    ]);
  });

  it('say where the usual comes from, what was withheld, and why there is none', () => {
    expect(usualWords(USUAL)).toBe('Usual is the median of this hour on 19 of the last 28 days.');
    expect(usualWords({ ...USUAL, withheldDays: 1 })).toMatch(/ 1 day is withheld and left out/);
    const none = { people: null, entered: null, staySeconds: null };
    expect(usualWords({ ...USUAL, ...none, days: 1 })).toMatch(/not known yet: 1 of the last 28 days tells it, three/);
    expect(usualWords({ ...USUAL, ...none, days: 2, withheldDays: 9 })).toMatch(
      /on 9 of 11 days it would tell of fewer than 10 people/,
    );
    for (const nothing of [null, undefined, { ...USUAL, ...none, days: 0 }])
      expect(usualWords(nothing)).toMatch(/no day of this zone is published yet/);
  });

  it('are short below the name of a queue', () => {
    expect(queueNote(QUEUE, 1).map(plain)).toEqual(['1 person', 'wait 5 min 5 s']);
    expect(queueNote(undefined, undefined)).toEqual(['wait not known']);
    expect(queueNote({ ...QUEUE, lastQuarter: { stays: 0, staySeconds: null } }, 0)).toEqual([
      '0 people',
      'wait not known',
    ]);
  });
});
