import type { DetectedFrame, DetectionBatch } from '../detect/detection.ts';
import type { BlindZones } from '../floor/blindZones.ts';
import { type Calibration, nominalCalibration } from '../floor/calibration.ts';
import { FloorMapper, type FloorPoint } from '../floor/floor.ts';
import type { Pseudonymiser } from '../pseudonym/pseudonymiser.ts';
import { Tracker } from '../track/tracker.ts';
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

/** What was kept back, since the start. */
export interface KeptBack {
  pointsInBlindZones: number;
  pointsOffFloor: number;
}

/** From detections to reports: track, floor, blind zones, pseudonym, one report a second. No clock, no disk, no network. */
export class FrameReporter {
  readonly #names: Pseudonymiser;
  readonly #emit: (report: UnnumberedReport) => void;
  readonly #collector: ReportCollector;
  readonly #tracker = new Tracker();
  readonly #place: FloorPoint = { x: 0, y: 0, sigmaMetres: 0 };
  readonly keptBack: KeptBack = { pointsInBlindZones: 0, pointsOffFloor: 0 };
  #calibration: Calibration | null;
  #mapper: FloorMapper | null = null;
  #lastFrameMs = 0;
  blindZones: BlindZones;
  confidence: number;

  constructor(options: FrameReporterOptions) {
    this.#names = options.names;
    this.#emit = options.emit;
    this.#calibration = options.calibration;
    this.blindZones = options.blindZones;
    this.confidence = options.confidence;
    const { camera, names } = options;
    this.#collector = new ReportCollector({ camera, calibration: this.calibrationVersion, names });
  }

  get calibrationVersion(): string {
    return this.#calibration?.version ?? 'nominal';
  }

  get liveTracks(): number {
    return this.#collector.liveTracks;
  }

  /** @throws OperatorError where the calibration is for pictures of another shape. */
  take(frame: DetectedFrame): void {
    if (this.#names.rotationIsDue(frame.timeMs)) this.rotateKey(frame.timeMs);
    const complete = this.#collector.beginFrame(frame.timeMs);
    if (complete) this.#emit(complete);
    this.#lastFrameMs = frame.timeMs;

    dropBelow(frame.detections, this.confidence);
    const floor = this.#mapperFor(frame.sourceWidth, frame.sourceHeight);
    for (const track of this.#tracker.update(frame.detections, frame.timeMs / 1000)) {
      if (track.state === 'ended') {
        this.#collector.end(track.id);
        continue;
      }
      const place = this.#place;
      if (!floor.project(track.footX, track.footY, track.footSigmaX, track.footSigmaY, place)) {
        this.keptBack.pointsOffFloor += 1;
      } else if (this.blindZones.contains(place.x, place.y)) {
        this.keptBack.pointsInBlindZones += 1;
      } else if (
        !this.#collector.addPoint(track.id, track.state, place.x, place.y, place.sigmaMetres, track.measured)
      ) {
        this.keptBack.pointsOffFloor += 1;
      }
    }
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
    this.#calibration = calibration;
    this.#mapper = null;
    this.#collector.setCalibration(this.calibrationVersion);
  }

  /** Hands over what was gathered of a second that does not go on: the camera has fallen silent. */
  flush(): void {
    const report = this.#collector.flush();
    if (report) this.#emit(report);
  }

  /** The source is over: everybody ends. */
  finish(): void {
    this.#endAll();
  }

  #endAll(): void {
    this.#tracker.end();
    for (const report of this.#collector.endAll()) this.#emit(report);
  }

  #mapperFor(width: number, height: number): FloorMapper {
    const known = this.#mapper;
    if (known && known.sourceWidth === width && known.sourceHeight === height) return known;
    const mapper = new FloorMapper(this.#calibration ?? nominalCalibration(width, height), width, height);
    this.#mapper = mapper;
    return mapper;
  }
}

/** Closes the gaps that boxes below the confidence leave, in place. */
function dropBelow(batch: DetectionBatch, confidence: number): void {
  let kept = 0;
  for (let i = 0; i < batch.count; i += 1) {
    if ((batch.score[i] as number) < confidence) continue;
    if (kept !== i) {
      batch.x[kept] = batch.x[i] as number;
      batch.y[kept] = batch.y[i] as number;
      batch.width[kept] = batch.width[i] as number;
      batch.height[kept] = batch.height[i] as number;
      batch.score[kept] = batch.score[i] as number;
    }
    kept += 1;
  }
  batch.count = kept;
}
