/** What becomes of a camera's frames at each privacy level. */
import type { PrivacyLevel } from '@safe-passage/contract';
import { CountReporter } from '../count/countReporter.ts';
import type { UnnumberedCount } from '../count/zoneCounter.ts';
import type { DetectedFrame } from '../detect/detection.ts';
import type { Calibration } from '../floor/calibration.ts';
import type { KeptBack } from '../floor/floorTracks.ts';
import { Pseudonymiser } from '../pseudonym/pseudonymiser.ts';
import type { SitePlan } from '../siteFiles.ts';
import type { UnnumberedReport } from './collector.ts';
import { FrameReporter } from './frameReporter.ts';

export type AnyReport = UnnumberedReport | UnnumberedCount;

export interface CameraReporter {
  readonly calibrationVersion: string;
  /** Part of the key of the reports from now on. */
  readonly epoch: string;
  /** Tracks that the hub holds for live; 0 where it is told of none. */
  readonly liveTracks: number;
  readonly keptBack: Readonly<KeptBack>;
  /** Boxes below are not looked at, 0 to 1. */
  confidence: number;
  /** @throws OperatorError where the calibration is for pictures of another shape. */
  take(frame: DetectedFrame): void;
  /** The camera has been silent for so long: hands over what does not go on. */
  flush(silentMs: number): void;
  useCalibration(calibration: Calibration | null): void;
  usePlan(plan: SitePlan): void;
  /** At the hub's order. Where nobody has a pseudonym there is nothing to rotate. */
  rotateKey(): void;
  /** The source is over: hands over the rest and forgets everybody. */
  finish(): void;
}

export interface CameraReporterOptions {
  readonly level: PrivacyLevel;
  readonly camera: string;
  /** Null: metres of an assumed camera. */
  readonly calibration: Calibration | null;
  readonly plan: SitePlan;
  readonly confidence: number;
  /** How long a key of pseudonyms lives, milliseconds of capture time. */
  readonly rotateMs: number;
  readonly emit: (report: AnyReport) => void;
}

export function createReporter({ level, plan, rotateMs, ...options }: CameraReporterOptions): CameraReporter {
  if (level === 'counts') return new CountReporter({ ...options, ...plan });
  return new FrameReporter({ ...options, blindZones: plan.blindZones, names: new Pseudonymiser(rotateMs) });
}
