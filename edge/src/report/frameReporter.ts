import type { DetectedFrame } from '../detect/detection.ts';
import type { BlindZones } from '../floor/blindZones.ts';
import type { Calibration } from '../floor/calibration.ts';
import type { FloorPoint } from '../floor/floor.ts';
import { FloorTracks, type KeptBack, type TrackSink } from '../floor/floorTracks.ts';
import type { Pseudonymiser } from '../pseudonym/pseudonymiser.ts';
import type { TrackBox } from '../track/track.ts';
import { ReportCollector, type UnnumberedReport } from './collector.ts';

export interface FrameReporterOptions {
  readonly camera: string;
  /** Null: metres of an assumed camera. */
  readonly calibration: Calibration | null;
  readonly blindZones: BlindZones;
  /** Boxes below are not looked at, 0 to 1. */
  readonly confidence: number;
  readonly names: Pseudonymiser;
  /** Takes each report as soon as its second is over. */
  readonly emit: (report: UnnumberedReport) => void;
}

/** From detections to reports: track, floor, blind zones, pseudonym, one report a second. No clock, no disk, no network. */
export class FrameReporter {
  readonly #names: Pseudonymiser;
  readonly #emit: (report: UnnumberedReport) => void;
  readonly #collector: ReportCollector;
  readonly #tracks: FloorTracks;
  readonly #sink: TrackSink;
  #lastFrameMs = 0;

  constructor(options: FrameReporterOptions) {
    this.#names = options.names;
    this.#emit = options.emit;
    this.#tracks = new FloorTracks(options);
    const { camera, names } = options;
    const collector = new ReportCollector({ camera, calibration: this.calibrationVersion, names });
    this.#collector = collector;
    this.#sink = {
      place: ({ id, state, measured }: TrackBox, { x, y, sigmaMetres }: FloorPoint) =>
        state !== 'ended' && collector.addPoint(id, state, x, y, sigmaMetres, measured),
      ended: (id) => collector.end(id),
    };
  }

  get calibrationVersion(): string {
    return this.#tracks.calibrationVersion;
  }

  get liveTracks(): number {
    return this.#collector.liveTracks;
  }

  get keptBack(): KeptBack {
    return this.#tracks.keptBack;
  }

  /** Names the key of the pseudonyms. */
  get epoch(): string {
    return this.#names.epoch;
  }

  get confidence(): number {
    return this.#tracks.confidence;
  }

  set confidence(confidence: number) {
    this.#tracks.confidence = confidence;
  }

  usePlan({ blindZones }: { readonly blindZones: BlindZones }): void {
    this.#tracks.blindZones = blindZones;
  }

  /** @throws OperatorError where the calibration is for pictures of another shape. */
  take(frame: DetectedFrame): void {
    if (this.#names.rotationIsDue(frame.timeMs)) this.rotateKey(frame.timeMs);
    const complete = this.#collector.beginFrame(frame.timeMs);
    if (complete) this.#emit(complete);
    this.#lastFrameMs = frame.timeMs;
    this.#tracks.update(frame, this.#sink);
  }

  /**
   * Ends everybody for the hub and goes on under a new key: who is in view appears under another pseudonym. What is on the
   * device forgets too: the tracker begins anew.
   *
   * @param timeMs capture time from which the new key counts; the last frame's where absent.
   */
  rotateKey(timeMs: number = this.#lastFrameMs): void {
    this.#endAll();
    this.#names.rotate(timeMs);
  }

  /** Positions of two calibrations are not comparable: everybody ends and appears anew, under a new key. */
  useCalibration(calibration: Calibration | null): void {
    if ((calibration?.version ?? 'nominal') === this.calibrationVersion) return;
    this.rotateKey();
    this.#tracks.useCalibration(calibration);
    this.#collector.setCalibration(this.calibrationVersion);
  }

  /** Hands over what was gathered of a second that does not go on: the camera has fallen silent. */
  flush(): void {
    const report = this.#collector.flush();
    if (report) this.#emit(report);
  }

  /** The source is over: everybody ends, and the key is overwritten for good. */
  finish(): void {
    this.#endAll();
    this.#names.destroy();
  }

  #endAll(): void {
    this.#tracks.end();
    for (const report of this.#collector.endAll()) this.#emit(report);
  }
}
