import { describe, expect, it } from 'vitest';
import { ZoneSweeps } from '../../src/privacy/zoneSweeps.ts';
import type { ZoneLimit } from '../../src/privacy/zones.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;
const START = 1_795_000_000_000;
const quiet: ZoneLimit = {
  floor: 'hall',
  zone: 'quiet',
  polygon: [
    [0, 0],
    [4, 0],
    [4, 4],
  ],
  keptMs: 60 * MINUTE_MS,
  oldestMs: START - 60 * MINUTE_MS,
};

/** Searched whole, once. */
function searched(): ZoneSweeps {
  const sweeps = new ZoneSweeps();
  sweeps.begin(START);
  sweeps.done('track_segment', quiet, quiet.oldestMs, true);
  return sweeps;
}

describe('what was searched for a zone', () => {
  it('is searched from the first row where nothing was, by table, zone and shape', () => {
    const sweeps = searched();
    expect(new ZoneSweeps().from('track_segment', quiet)).toBeNull();
    expect(sweeps.from('track_segment', quiet)).not.toBeNull();
    expect(sweeps.from('person_segment', quiet)).toBeNull();
    expect(sweeps.from('track_segment', { ...quiet, floor: 'roof' })).toBeNull();
    expect(sweeps.from('track_segment', { ...quiet, zone: 'loud' })).toBeNull();
    expect(sweeps.from('track_segment', { ...quiet, polygon: [...(quiet.polygon ?? []), [0, 4]] })).toBeNull();
    // Another limit is no other place.
    expect(sweeps.from('track_segment', { ...quiet, keptMs: 1 })).not.toBeNull();
  });

  it('is searched again from ten minutes before where it ended: rows may have been on their way', () => {
    expect(searched().from('track_segment', quiet)).toBe(quiet.oldestMs - 10 * MINUTE_MS);
  });

  it('is searched whole once a day, however much was searched in between', () => {
    const sweeps = searched();
    for (let ms = 2 * MINUTE_MS; ms < DAY_MS; ms += 2 * MINUTE_MS) {
      sweeps.begin(START + ms);
      expect(sweeps.from('track_segment', quiet)).not.toBeNull();
      sweeps.done('track_segment', quiet, quiet.oldestMs + ms, false);
    }
    sweeps.begin(START + DAY_MS);
    expect(sweeps.from('track_segment', quiet)).toBeNull();
    sweeps.done('track_segment', quiet, quiet.oldestMs + DAY_MS, true);
    sweeps.begin(START + DAY_MS + 2 * MINUTE_MS);
    expect(sweeps.from('track_segment', quiet)).toBe(quiet.oldestMs + DAY_MS - 10 * MINUTE_MS);
  });

  it('is forgotten where the clock is set back', () => {
    const sweeps = searched();
    sweeps.begin(START);
    expect(sweeps.from('track_segment', quiet)).not.toBeNull();
    sweeps.begin(START - 1);
    expect(sweeps.from('track_segment', quiet)).toBeNull();
  });
});
