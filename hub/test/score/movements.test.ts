/** Movements of several people from the reports of two cameras that overlap, as the running hub scores them. */
import type { FloorPlan } from '@safe-passage/contract';
import { describe, expect, it } from 'vitest';
import type { AlertRecord } from '../../src/alert/transition.ts';
import type { KnownTracks } from '../../src/fuse/fusion.ts';
import type { ReceivedReport } from '../../src/fuse/receivedReport.ts';
import type { MovementRecord } from '../../src/score/movementRecord.ts';
import { createScoring, type Scoring } from '../../src/score/scoring.ts';
import type { ScoringOutput } from '../../src/score/scoringOutput.ts';
import { behind, progress, samples, walker } from './escorts/scenes.ts';
import { everySecond, rectangle, type Sample } from './walks.ts';

const START = 1_795_000_000_000;
/** So far back a start replays. */
const REPLAY_MS = 300_000;
const PLAN: FloorPlan = {
  id: 'hall',
  name: 'Hall',
  bounds: [
    [-20, -20],
    [120, 120],
  ],
  walls: [],
  zones: [rectangle('hall', [-20, -20, 120, 120], { kind: 'transit', name: 'Hall', limit: 3600 })],
  cameras: [],
};
const WAY = [
  [0, 0],
  [40, 0],
  [40, 30],
  [80, 30],
  [80, 70],
] as const;
const STOPS = progress(
  Array.from({ length: 14 }, (_, k) => (k % 2 === 0 ? [13, 1.2] : [9 + (k % 5), 0]) as [number, number]),
);
const SPAN = [0, 150] as const;
/** Led through the hall: stands, walks and turns after the other, in the other's footsteps. */
const ESCORTED = samples({ a: walker(WAY, STOPS, SPAN), b: walker(WAY, behind(STOPS, 0.7, 0.6), SPAN) });

/** What a camera reports that sees one side of the hall; both see the middle. */
function reportsOf(camera: string, sees: (x: number, y: number) => boolean): ReceivedReport[] {
  const seen: Sample[] = ESCORTED.filter(({ x, y }) => sees(x, y)).map(({ person, timeMs, x, y }) => ({
    person: `${camera}-${person}`.padEnd(16, '_'),
    timeMs,
    x,
    y,
  }));
  return everySecond(seen).map((observation, i) => ({
    address: { site: 'fra', floor: 'hall', device: `edge-${camera}`, camera },
    report: {
      schema: 'track-report/1',
      camera,
      calibration: 'nominal',
      epoch: '0123456789abcdef',
      sequence: i + 1,
      fromMs: START + observation.fromMs,
      toMs: START + observation.toMs,
      tracks: observation.tracks,
    },
    receivedAtMs: START + observation.toMs + 300,
  }));
}
const REPORTS = [...reportsOf('west', (x, y) => x + y < 90), ...reportsOf('east', (x, y) => x + y > 60)].sort(
  (a, b) => a.receivedAtMs - b.receivedAtMs,
);

/** What a store holds after some outputs. */
class Kept {
  readonly movements = new Map<string, MovementRecord>();
  readonly alerts = new Map<string, AlertRecord>();
  readonly tracks: KnownTracks[] = [];
  readonly persons = new Set<string>();
  raised = 0;

  take({ persons, movements, alerts }: ScoringOutput): void {
    for (const { person, floor, tracks, fromMs } of persons) {
      this.persons.add(person);
      this.tracks.push({ floor, person, tracks, seenMs: fromMs + 1000 });
    }
    for (const movement of movements) this.movements.set(movement.id, movement);
    for (const { event, alert } of alerts) {
      this.alerts.set(alert.id, alert);
      if (event === 'raised') this.raised++;
    }
  }
}

const begin = (): Scoring => createScoring({ site: 'fra', plans: [PLAN] });

function play(scoring: Scoring, reports: readonly ReceivedReport[], kept: Kept): void {
  for (const report of reports) kept.take(scoring.onReports([report]));
}

describe('an escort before two cameras', () => {
  it('is two persons, one movement, and one alert that says who led', () => {
    const kept = new Kept();
    const scoring = begin();
    play(scoring, REPORTS, kept);
    for (let s = 0; s < 1000; s += 10) kept.take(scoring.advance(START + 150_000 + 1000 * s));
    expect(kept.persons.size).toBe(2);
    expect([...kept.movements.values()].map(({ pattern, open }) => [pattern, open])).toEqual([['escort', false]]);
    const [alert] = kept.alerts.values();
    expect([kept.alerts.size, kept.raised, alert?.pattern, alert?.live]).toEqual([1, 1, 'escort', false]);
    const roles = alert?.detail.persons.map(({ person, role }) => [kept.persons.has(person), role]);
    expect(roles).toEqual(
      expect.arrayContaining([
        [true, 'leader'],
        [true, 'follower'],
      ]),
    );
  });

  it('is a group of the two while it lasts, by the names that their places have, and none where that may not be looked for', () => {
    const kept = new Kept();
    const scoring = begin();
    expect(scoring.groups('hall')).toEqual([]);
    expect(scoring.groups('elsewhere')).toBeNull();
    play(
      scoring,
      REPORTS.filter(({ receivedAtMs }) => receivedAtMs <= START + 100_000),
      kept,
    );
    expect(scoring.groups('hall')?.map((group) => new Set(group))).toEqual([kept.persons]);
    scoring.allow(() => ({ patterns: new Set(['escort']), zones: new Map() }), START + 100_000);
    expect(scoring.groups('hall')).toBeNull();
  });

  it.each([60, 90, 120])('through a restart after %i s stays one alert about the same two', (seconds) => {
    const stopMs = START + 1000 * seconds;
    const kept = new Kept();
    play(
      begin(),
      REPORTS.filter(({ receivedAtMs }) => receivedAtMs <= stopMs),
      kept,
    );
    const scoring = begin();
    kept.take(
      scoring.restore({
        episodes: [],
        earlier: [],
        movements: [...kept.movements.values()],
        alerts: [...kept.alerts.values()],
        tracks: kept.tracks.filter(({ seenMs }) => seenMs > stopMs - REPLAY_MS),
        reports: REPORTS.filter(({ receivedAtMs }) => receivedAtMs <= stopMs && receivedAtMs > stopMs - REPLAY_MS),
      }),
    );
    play(
      scoring,
      REPORTS.filter(({ receivedAtMs }) => receivedAtMs > stopMs),
      kept,
    );
    for (let s = 0; s < 1000; s += 10) kept.take(scoring.advance(START + 150_000 + 1000 * s));
    expect(kept.persons.size).toBe(2);
    expect([kept.alerts.size, kept.raised]).toEqual([1, 1]);
    expect([...kept.alerts.values()][0]).toMatchObject({ pattern: 'escort', live: false });
    expect([...kept.movements.values()].filter(({ open }) => open)).toEqual([]);
  });
});
