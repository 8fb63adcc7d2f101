/** Reports as an edge agent sends them, for tests. */
import { type CountReport, type GapReport, QUARTER_HOUR_MS, type TrackReport } from '@safe-passage/contract';
import type { LocatedCount, LocatedGap, LocatedReport } from '../../src/store/located.ts';

export const EPOCH = '0123456789abcdef';

export interface ReportPlace {
  readonly site?: string;
  readonly floor?: string;
  readonly device?: string;
  readonly camera?: string;
}

/** A pseudonym for tests: 16 characters. */
export const pseudonym = (name: string): string => name.padEnd(16, '_').slice(0, 16);

export function trackReport(sequence: number, overrides: Partial<TrackReport> = {}): TrackReport {
  const fromMs = overrides.fromMs ?? Date.now() - 60_000 + (sequence % 60) * 1000;
  return {
    schema: 'track-report/1',
    camera: 'cam-1',
    calibration: 'nominal',
    epoch: EPOCH,
    sequence,
    fromMs,
    toMs: fromMs + 900,
    tracks: [
      {
        id: pseudonym('one'),
        state: 'active',
        points: [
          [0, 100 + sequence, 200, 12, 1],
          [500, 110 + sequence, -205, 13, 0],
          [900, 120 + sequence, 210, 14, 1],
        ],
      },
      { id: pseudonym('two'), state: 'ended', points: [] },
    ],
    ...overrides,
  };
}

/** Of the last quarter-hour that is over. */
export function countReport(sequence: number, overrides: Partial<CountReport> = {}): CountReport {
  const fromMs = overrides.fromMs ?? Math.floor(Date.now() / QUARTER_HOUR_MS - 1) * QUARTER_HOUR_MS;
  return {
    schema: 'count-report/1',
    camera: 'cam-1',
    calibration: 'nominal',
    epoch: EPOCH,
    sequence,
    fromMs,
    toMs: fromMs + QUARTER_HOUR_MS,
    watchedSeconds: 900,
    anyZone: { people: 5, newcomers: 4 },
    zones: [{ zone: 'gate', people: 5, newcomers: 4, personSeconds: 300 }],
    ...overrides,
  };
}

export function gapReport(sequence: number, overrides: Partial<GapReport> = {}): GapReport {
  const fromMs = Date.now() - 3_600_000;
  return {
    schema: 'gap-report/1',
    camera: 'cam-1',
    epoch: EPOCH,
    sequence,
    firstSequence: 1,
    lastSequence: 5,
    fromMs,
    toMs: fromMs + 5000,
    reason: 'size',
    ...overrides,
  };
}

const addressOf = (place: ReportPlace, camera: string) => ({
  site: place.site ?? 'demo',
  floor: place.floor ?? 'hall',
  device: place.device ?? 'edge-1',
  camera,
});

export const located = (report: TrackReport, place: ReportPlace = {}, receivedAtMs = Date.now()): LocatedReport => ({
  address: addressOf(place, report.camera),
  report,
  receivedAtMs,
});

export const locatedGap = (report: GapReport, place: ReportPlace = {}, receivedAtMs = Date.now()): LocatedGap => ({
  address: addressOf(place, report.camera),
  report,
  receivedAtMs,
});

export const locatedCount = (
  report: CountReport,
  place: ReportPlace = {},
  receivedAtMs = Date.now(),
): LocatedCount => ({
  address: addressOf(place, report.camera),
  report,
  receivedAtMs,
});
