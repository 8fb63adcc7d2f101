/** Reports together with where and when they came in, as ingest hands them over and the store gives them back. */
import type { CameraAddress, GapReport, TrackReport } from '@safe-passage/contract';

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

/** Takes what is new and committed, in order of sequence for each camera. */
export type ReportListener = (reports: readonly Located[]) => void | Promise<void>;

export const isTrackReport = (located: Located): located is LocatedReport => located.report.schema === 'track-report/1';
