/** Reports together with where and when they came in, as ingest hands them over and the store gives them back. */
import type { CameraAddress, CountReport, GapReport, TrackReport } from '@safe-passage/contract';

export interface LocatedReport {
  readonly address: CameraAddress;
  readonly report: TrackReport;
  /** When the hub took it from the broker; `report.toMs` long before that means late data. */
  readonly receivedAtMs: number;
}

export interface LocatedGap {
  readonly address: CameraAddress;
  readonly report: GapReport;
  readonly receivedAtMs: number;
}

/** A track report or a gap report. */
export type Located = LocatedReport | LocatedGap;

/** Numbers of people from a device of level `counts`. Stored, and handed to nobody: there is nothing in it to score. */
export interface LocatedCount {
  readonly address: CameraAddress;
  readonly report: CountReport;
  readonly receivedAtMs: number;
}

/** Everything that is stored. */
export type Arrived = Located | LocatedCount;

/** Takes what is new and committed, in order of sequence for each camera. */
export type ReportListener = (reports: readonly Located[]) => void | Promise<void>;

export const isTrackReport = (located: Arrived): located is LocatedReport => located.report.schema === 'track-report/1';

export const isCountReport = (located: Arrived): located is LocatedCount => located.report.schema === 'count-report/1';
