/** What comes in: a camera's report as the hub had it. */
import type { CameraAddress, CameraReport } from '@safe-passage/contract';

export interface ReceivedReport {
  readonly address: CameraAddress;
  readonly report: CameraReport;
  /** When the hub had it, ms since the epoch. */
  readonly receivedAtMs: number;
}
