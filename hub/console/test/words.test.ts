import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { momentBeside } from '../src/state/player.ts';
import { placeLabels, ticks, timeAt, xOf } from '../src/timeline/layout.ts';
import { ago, duration, percent, stopwatch, unbroken } from '../src/words/quantity.ts';
import { siteClock } from '../src/words/siteClock.ts';
import { joinWords, patternAndPlace, patternTerm } from '../src/words/terms.ts';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');

describe('figures in words', () => {
  it.each([
    [0, '0.0 s'],
    [9.94, '9.9 s'],
    [9.96, '10 s'],
    [59.6, '1 min'],
    [200, '3 min 20 s'],
    [3600, '1 h'],
    [3900, '1 h 05 min'],
    [86_400, '24 h'],
  ])('%d s is %s', (seconds, words) => {
    expect(plain(duration(seconds))).toBe(words);
  });

  it('say how long ago in one unit, and never the future', () => {
    expect([0, 2, 12, 200, 7300, 400_000].map((seconds) => plain(ago(0, seconds * 1000)))).toEqual([
      'now',
      'now',
      '12 s ago',
      '3 min ago',
      '2 h ago',
      '4 d ago',
    ]);
    expect(ago(5000, 0)).toBe('now');
  });

  it('do not round a small share to nothing', () => {
    expect([0, 0.001, 0.04, 1].map((share) => plain(percent(share)))).toEqual(['0 %', '< 1 %', '4 %', '100 %']);
  });

  it('run as a clock', () => {
    expect([0, 67, 3847].map(stopwatch)).toEqual(['0:00', '1:07', '1:04:07']);
  });

  it('are not torn at the end of a line', () => {
    const told = unbroken('Present at Gate 4 for 1 h 27 min 20 s, limit 20 min');
    expect(told).toBe('Present at Gate 4 for 1\u00a0h\u00a027\u00a0min\u00a020\u00a0s, limit 20\u00a0min');
    expect(unbroken('all of that is right with 73 %.')).toBe('all of that is right with 73\u00a0%.');
    fc.assert(fc.property(fc.string(), (text) => plain(unbroken(text)) === plain(text)));
  });

  it('are in the zone of the airport, over the change to summer time too', () => {
    const clock = siteClock('Europe/Berlin');
    expect(clock.time(Date.UTC(2026, 2, 29, 0, 59, 59))).toBe('01:59:59');
    expect(clock.time(Date.UTC(2026, 2, 29, 1, 0, 0))).toBe('03:00:00');
    expect(clock.moment(Date.UTC(2026, 0, 5, 8), Date.UTC(2026, 0, 6, 8))).toBe('Mon 5 Jan 09:00:00');
    expect(clock.moment(Date.UTC(2027, 0, 30, 23), Date.UTC(2026, 10, 30))).toBe('Sun 31 Jan 2027 00:00:00');
    // The same day of another year is another day, and the year ends when it does at the site.
    expect(clock.moment(Date.UTC(2020, 10, 30, 8), Date.UTC(2026, 10, 30, 9))).toBe('Mon 30 Nov 2020 09:00:00');
    expect(clock.moment(Date.UTC(2026, 11, 31, 23, 30), Date.UTC(2027, 0, 2))).toBe('Fri 1 Jan 00:30:00');
  });
});

describe('words for an alert', () => {
  it('say how sure joins are, never surer than they are', () => {
    expect(joinWords(0, 1)).toBe('none');
    expect(plain(joinWords(1, 0.809))).toBe('1 join across a gap, at least 80 % likely');
    expect(plain(joinWords(3, 0.999))).toBe('3 joins across gaps, each at least 99 % likely');
    expect(joinWords(1, 1)).toBe('1 join across a gap: may be two people');
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.double({ min: 0.01, max: 0.9999, noNaN: true }),
        (joins, share) => {
          const told = Number(/at least (\d+)/.exec(plain(joinWords(joins, share)))?.[1]);
          expect(told).toBeLessThanOrEqual(100 * share + 1e-9);
        },
      ),
    );
  });

  it('name the place: the zone, or the floor where there is none', () => {
    expect(patternAndPlace({ pattern: 'handover', zone: 'cafe', zoneName: 'Café' })).toBe('Handover at Café');
    expect(patternAndPlace({ pattern: 'escort', zone: null, zoneName: 'Arrivals hall' })).toBe(
      'Escort in Arrivals hall',
    );
    expect(patternTerm('tail-gating').word).toBe('Tail gating');
  });
});

describe('the time line', () => {
  const range = { fromMs: 1_000_000, toMs: 1_600_000 };

  it('gives back the time that lies under a place', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 900, noNaN: true }), (x) => {
        expect(Math.abs(xOf(range, 900, timeAt(range, 900, x)) - x)).toBeLessThan(1e-6);
      }),
    );
    expect(timeAt(range, 900, -50)).toBe(range.fromMs);
    expect(timeAt(range, 900, 5000)).toBe(range.toMs);
  });

  it('has ticks at round times, far enough apart', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2_000, max: 80_000_000 }),
        fc.integer({ min: 200, max: 1800 }),
        (lengthMs, width) => {
          const longer = { fromMs: 1_795_000_123_456, toMs: 1_795_000_123_456 + lengthMs };
          const places = ticks(longer, width, 90).map((at) => xOf(longer, width, at));
          for (const [i, x] of places.entries()) if (i > 0) expect(x - (places[i - 1] ?? 0)).toBeGreaterThan(89.99);
        },
      ),
    );
  });

  it('lays no two labels of a row over one another, and none outside', () => {
    const label = fc.record({
      x: fc.double({ min: 0, max: 800, noNaN: true }),
      width: fc.integer({ min: 20, max: 160 }),
    });
    fc.assert(
      fc.property(fc.array(label, { maxLength: 12 }), (labels) => {
        const placed = placeLabels(labels, 800, 2, 8);
        placed.forEach((one, i) => {
          const width = labels[i]?.width ?? 0;
          expect(one.left).toBeGreaterThanOrEqual(0);
          expect(one.left + width).toBeLessThanOrEqual(800);
          placed.forEach((other, k) => {
            if (k <= i || one.row < 0 || one.row !== other.row) return;
            const apart = one.left + width + 8 <= other.left || other.left + (labels[k]?.width ?? 0) + 8 <= one.left;
            expect(apart).toBe(true);
          });
        });
      }),
    );
  });

  it('goes to the moment beside, and stays where there is none', () => {
    const moments = [3000, 1000, 2000];
    expect(momentBeside(moments, 1000, 1)).toBe(2000);
    expect(momentBeside(moments, 2100, -1)).toBe(1000);
    expect(momentBeside(moments, 3000, 1)).toBe(3000);
    expect(momentBeside([], 5, -1)).toBe(5);
  });
});
