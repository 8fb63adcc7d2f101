import type { FloorPlan } from '@safe-passage/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AlertRecord, AlertTransition } from '../../src/alert/transition.ts';
import type { KnownTracks } from '../../src/fuse/fusion.ts';
import type { ReceivedReport } from '../../src/fuse/receivedReport.ts';
import type { EpisodeRecord } from '../../src/score/episode.ts';
import type { PersonSegment } from '../../src/score/personSegment.ts';
import { createScoring } from '../../src/score/scoring.ts';
import type { ScoringOutput } from '../../src/score/scoringOutput.ts';
import { everySecond, rectangle, type Sample, walk } from './walks.ts';

const PLAN: FloorPlan = {
  id: 'hall',
  name: 'Hall',
  bounds: [
    [-10, -10],
    [20, 20],
  ],
  walls: [],
  zones: [rectangle('table', [0, 0, 4, 4], { limit: 15, name: 'Standing table', kind: 'waiting' })],
  cameras: [],
};
const ADDRESS = { site: 'fra', floor: 'hall', device: 'edge-1', camera: 'cam-1' };
const START = 1_795_000_000_000;
const NOTHING: ScoringOutput = { persons: [], episodes: [], movements: [], alerts: [] };
const newScoring = () => createScoring({ site: 'fra', plans: [PLAN] });

function received(samples: readonly Sample[], delayMs = 200): ReceivedReport[] {
  return everySecond(samples).map((observation, i) => ({
    address: ADDRESS,
    report: {
      schema: 'track-report/1',
      camera: ADDRESS.camera,
      calibration: 'nominal',
      epoch: '0123456789abcdef',
      sequence: i + 1,
      fromMs: START + observation.fromMs,
      toMs: START + observation.toMs,
      tracks: observation.tracks,
    },
    receivedAtMs: START + observation.toMs + delayMs,
  }));
}

/** In over the western edge at 2 s, out over it at 23 s: 21 s; and nobody for the rest. */
const visit = [
  ...walk('anna', [
    [0, -2, 2],
    [4, 2, 2],
    [21, 2, 2],
    [25, -2, 2],
    [45, -5, 2],
  ]),
];

/** What a store holds after some outputs. */
class Kept {
  readonly episodes = new Map<string, EpisodeRecord>();
  readonly alerts = new Map<string, AlertRecord>();
  readonly told: string[] = [];
  readonly #segments: PersonSegment[] = [];

  /** Whose the tracks were, as a store tells it. */
  whose(): KnownTracks[] {
    return this.#segments.map(({ floor, person, tracks, fromMs }) => ({
      floor,
      person,
      tracks,
      seenMs: fromMs + 1000,
    }));
  }

  take(output: ScoringOutput): void {
    this.#segments.push(...output.persons);
    for (const episode of output.episodes) this.episodes.set(episode.id, episode);
    for (const { event, alert } of output.alerts) {
      this.alerts.set(alert.id, alert);
      this.told.push(`${event} ${alert.id}`);
    }
  }
}

const kinds = (alerts: readonly AlertTransition[]) => alerts.map((transition) => transition.event);

describe('live scoring', () => {
  it('raises an alert when the limit is passed, updates it while it grows and closes it when the movement ends', () => {
    const scoring = newScoring();
    const outputs = received(visit).map((report) => scoring.onReports([report]));
    const alerts = outputs.flatMap((output) => output.alerts);
    expect(kinds(alerts)).toEqual(['raised', 'updated', 'closed']);
    const [raised, updated, closed] = alerts.map((transition) => transition.alert);
    expect(new Set(alerts.map((transition) => transition.alert.id)).size).toBe(1);
    // Present since 2 s; the limit of 15 s is passed at 17 s and told with the next second of growth.
    expect(raised?.fromMs).toBe(START + 2000);
    expect(raised?.toMs).toBeGreaterThan(START + 17_000);
    expect(raised?.toMs).toBeLessThanOrEqual(START + 18_000);
    expect(raised?.live).toBe(true);
    expect(raised?.delayed).toBe(false);
    expect((updated?.toMs ?? 0) - (raised?.toMs ?? 0)).toBe(5000);
    expect(closed?.live).toBe(false);
    expect(closed?.toMs).toBe(START + 23_000);
    expect(closed?.sentence).toBe('Present at Standing table for 21 s, limit 15 s');
    expect(closed?.raisedAtMs).toBe(raised?.raisedAtMs);
  });

  it('gives episodes to store when they open, every five seconds while they last, and when they close', () => {
    const scoring = newScoring();
    const kept = received(visit).flatMap((report) => scoring.onReports([report]).episodes);
    expect(kept.map((episode) => [(episode.toMs - START) / 1000, episode.open])).toEqual([
      [3, true],
      [8, true],
      [13, true],
      [18, true],
      [23, true],
      [23, false],
    ]);
    expect(new Set(kept.map((episode) => episode.id)).size).toBe(1);
  });

  it('takes a camera’s reports in any order', () => {
    const inOrder = new Kept();
    const scoring = newScoring();
    for (const report of received(visit)) inOrder.take(scoring.onReports([report]));
    inOrder.take(scoring.advance(START + 60_000));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 46, maxLength: 46 }), (lags) => {
        const shuffled = received(visit)
          .map((report, i) => ({ report, place: i + 1.5 * (lags[i] ?? 0) }))
          .sort((a, b) => a.place - b.place)
          .map(({ report }) => report);
        const kept = new Kept();
        const other = newScoring();
        for (const report of shuffled) kept.take(other.onReports([report]));
        kept.take(other.advance(START + 60_000));
        expect(kept.episodes).toEqual(inOrder.episodes);
      }),
      { numRuns: 50 },
    );
  });

  it('goes on behind a hole that is never filled', () => {
    const scoring = newScoring();
    const kept = new Kept();
    for (const report of received(visit).filter((_, i) => i !== 10)) kept.take(scoring.onReports([report]));
    expect([...kept.episodes.values()].map((episode) => episode.seconds)).toEqual([21]);
  });

  it('lets time pass where a camera falls silent, and takes it up again', () => {
    const scoring = newScoring();
    const reports = received(visit);
    scoring.onReports(reports.slice(0, 20));
    expect(scoring.advance(START + 27_000).alerts.map(({ event }) => event)).toEqual(['raised']);
    const silent = scoring.advance(START + 40_000);
    expect(kinds(silent.alerts)).toEqual(['closed']);
    expect(silent.episodes.map((episode) => episode.open)).toEqual([false]);
    expect(scoring.advance(START + 41_000)).toEqual(NOTHING);
    const back = scoring.onReports(reports.slice(20));
    expect(kinds(back.alerts)).toEqual(['updated', 'closed']);
    expect(back.episodes.at(-1)?.seconds).toBe(21);
  });

  it('marks an alert as delayed when its data arrived more than a minute late', () => {
    const scored = (delayMs: number) => {
      const scoring = newScoring();
      return { alerts: received(visit, delayMs).flatMap((report) => scoring.onReports([report]).alerts) };
    };
    const onTime = scored(50_000);
    const late = scored(70_000);
    expect(onTime.alerts.every((transition) => !transition.alert.delayed)).toBe(true);
    expect(late.alerts.length).toBeGreaterThan(0);
    expect(late.alerts.every((transition) => transition.alert.delayed)).toBe(true);
  });

  it('knows nothing of another site or of a floor without a plan', () => {
    const scoring = newScoring();
    for (const address of [
      { ...ADDRESS, site: 'muc' },
      { ...ADDRESS, floor: 'cellar' },
    ]) {
      const output = scoring.onReports(received(visit).map((report) => ({ ...report, address })));
      expect(output).toEqual(NOTHING);
    }
  });
});

describe('a device that was cut off', () => {
  /** Waits at the table from 2 s on, before the camera that is cut off from 20 s to 50 s; others walk before another camera. */
  const waiting = received(
    walk('anna', [
      [0, -2, 2],
      [4, 2, 2],
      [90, 2.2, 2.2],
      [94, -2, 2],
      [120, -6, 2],
    ]),
  );
  const elsewhere = received(
    walk('bert', [
      [0, 10, 10],
      [40, 18, 10],
      [80, 10, 10],
      [120, 18, 10],
    ]),
  ).map(({ address, report, receivedAtMs }) => ({
    address: { ...address, device: 'edge-2', camera: 'cam-2' },
    report: { ...report, camera: 'cam-2' },
    receivedAtMs,
  }));
  const cutOff = ({ report }: ReceivedReport) => report.toMs > START + 20_000 && report.toMs < START + 50_000;
  const backMs = START + 50_000;
  /** What it held back comes within a second, in order, while the others go on. */
  const held = waiting.filter(cutOff).map((one, i) => ({ ...one, receivedAtMs: backMs + 30 * i }));
  const arrived = [...waiting.filter((one) => !cutOff(one)), ...held, ...elsewhere].sort(
    (a, b) => a.receivedAtMs - b.receivedAtMs,
  );

  function scored(reports: readonly ReceivedReport[]) {
    const scoring = newScoring();
    const kept = new Kept();
    let clockMs = START;
    for (const report of reports) {
      for (; clockMs < report.receivedAtMs; clockMs += 1000) kept.take(scoring.advance(clockMs));
      kept.take(scoring.onReports([report]));
    }
    for (; clockMs < START + 200_000; clockMs += 1000) kept.take(scoring.advance(clockMs));
    return kept;
  }

  it('tells what it held back by its own time: the stay is one, from its beginning to its end', () => {
    const { episodes, told } = scored(arrived);
    expect(episodes.size).toBe(1);
    const [episode] = episodes.values();
    expect(((episode?.fromMs ?? 0) - START) / 1000).toBeCloseTo(2, 0);
    expect(((episode?.toMs ?? 0) - START) / 1000).toBeCloseTo(92, 0);
    // But for the second in which its data goes from one hand into another.
    expect(episode?.seconds).toBeGreaterThan(88);
    expect(episode?.open).toBe(false);
    expect(told.filter((one) => one.startsWith('raised'))).toHaveLength(1);
  });

  it('is not waited for by the others', () => {
    const { episodes } = scored(arrived.filter((one) => !cutOff(one)));
    // Nobody can say of two who are half a minute apart that they are one, and nobody claims the time between.
    expect([...episodes.values()].map(({ seconds }) => Math.round(seconds)).sort()).toEqual([18, 42]);
  });

  it('that never comes back leaves nothing open', () => {
    const gone = scored(arrived.filter(({ report }) => report.camera === 'cam-2' || report.toMs < START + 40_000));
    expect([...gone.episodes.values()].map(({ open }) => open)).toEqual([false]);
    expect([...gone.alerts.values()].map(({ live }) => live)).toEqual([false]);
  });
});

describe('a restart', () => {
  const people = [
    ...visit,
    ...walk('bert', [
      [1, 6, 3],
      [5, 3, 3],
      [12, 3, 3],
    ]),
    ...walk('bert-2', [
      [13, 3, 3],
      [40, 3, 3],
      [44, 8, 3],
    ]),
    ...walk('cleo', [
      [6, 2, -3],
      [11, 2, 1],
      [30, 3, 1],
      [33, 2, -2],
      [34, 2, 1],
      [45, 2, 1],
    ]),
  ];
  const reports = received(people);

  it('at any moment comes to the same episodes and alerts, and tells nothing twice', () => {
    const through = new Kept();
    const whole = newScoring();
    for (const report of reports) through.take(whole.onReports([report]));

    for (let stop = 1; stop < reports.length; stop++) {
      const kept = new Kept();
      const before = newScoring();
      for (const report of reports.slice(0, stop)) kept.take(before.onReports([report]));
      const after = newScoring();
      const stored = {
        episodes: [...kept.episodes.values()].map((episode) => JSON.parse(JSON.stringify(episode)) as EpisodeRecord),
        earlier: [],
        movements: [],
        alerts: [...kept.alerts.values()],
        tracks: kept.whose(),
        reports: reports.slice(Math.max(0, stop - 12), stop).reverse(),
      };
      const restored = after.restore(stored);
      expect(restored.alerts, `stopped after ${stop} reports`).toEqual([]);
      kept.take(restored);
      for (const report of reports.slice(stop)) kept.take(after.onReports([report]));
      expect([...kept.alerts.keys()].sort()).toEqual([...through.alerts.keys()].sort());
      expect(kept.told.filter((told) => told.startsWith('raised')).sort(), `stopped after ${stop} reports`).toEqual(
        through.told.filter((told) => told.startsWith('raised')).sort(),
      );
      const essence = (episodes: Map<string, EpisodeRecord>) =>
        [...episodes.values()]
          .map(({ id, person, zone, fromMs, toMs, open, detail }) => {
            const { netDisplacementMetres: _, anchor: __, ...rest } = detail;
            return { id, person, zone, fromMs, toMs, open, rest };
          })
          .sort((a, b) => (a.id < b.id ? -1 : 1));
      expect(essence(kept.episodes), `stopped after ${stop} reports`).toEqual(essence(through.episodes));
    }
  });

  it('raises what was passed in reports that were stored but not yet scored', () => {
    const kept = new Kept();
    const before = newScoring();
    for (const report of reports.slice(0, 14)) kept.take(before.onReports([report]));
    expect(kept.alerts.size).toBe(0);
    const after = newScoring();
    const output = after.restore({
      episodes: [...kept.episodes.values()],
      earlier: [],
      movements: [],
      alerts: [],
      tracks: kept.whose(),
      reports: reports.slice(4, 30),
    });
    expect(kinds(output.alerts)).toContain('raised');
  });
});
