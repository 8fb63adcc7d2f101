import { describe, expect, it } from 'vitest';
import { siteTimeMs } from '../src/words/siteTime.ts';

const at = (text: string, timeZone: string): string => new Date(siteTimeMs(text, timeZone)).toISOString().slice(0, 16);

describe('a time that somebody types', () => {
  it('is that of the wall clock at the site, in summer and in winter, on either side of the world', () => {
    expect(at('2026-11-28 14:02', 'Europe/Vienna')).toBe('2026-11-28T13:02');
    expect(at('2026-07-28T14:02', 'Europe/Vienna')).toBe('2026-07-28T12:02');
    expect(at(' 2027-01-31 ', 'Asia/Kathmandu')).toBe('2027-01-30T18:15');
    expect(at('2026-11-28 20:00', 'America/Los_Angeles')).toBe('2026-11-29T04:00');
  });

  it('is right close to a change of clocks', () => {
    expect(at('2026-03-29 01:59', 'Europe/Vienna')).toBe('2026-03-29T00:59');
    expect(at('2026-03-29 03:00', 'Europe/Vienna')).toBe('2026-03-29T01:00');
    expect(at('2026-10-25 03:30', 'Europe/Vienna')).toBe('2026-10-25T02:30');
  });

  it.each(['', 'tomorrow', '14:02', '2026-13-01', '28.11.2026', '2026-11-28 25:00'])(
    'is none where it is "%s"',
    (text) => {
      expect(siteTimeMs(text, 'UTC')).toBeNaN();
    },
  );
});
