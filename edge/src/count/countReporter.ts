import { randomBytes } from 'node:crypto';
import type { DetectedFrame } from '../detect/detection.ts';
import type { BlindZones } from '../floor/blindZones.ts';
import type { Calibration } from '../floor/calibration.ts';
import { FloorTracks, type KeptBack, type TrackSink } from '../floor/floorTracks.ts';
import type { TrackBox } from '../track/track.ts';
import { type CountedZone, type UnnumberedCount, ZoneCounter } from './zoneCounter.ts';

/** Of the picture: a box so near to its edge touches it. */
const EDGE_SHARE = 0.01;

export interface CountReporterOptions {
  readonly camera: string;
  /** Null: metres of an assumed camera. */
  readonly calibration: Calibration | null;
  readonly blindZones: BlindZones;
  readonly zones: readonly CountedZone[];
  /** Boxes below are not looked at, 0 to 1. */
  readonly confidence: number;
  /** Takes each report as soon as its quarter-hour is over. */
  readonly emit: (report: UnnumberedCount) => void;
}

/**
 * From detections to numbers of people: track, floor, blind zones, zones. The counterpart of `FrameReporter` at level `counts`:
 * nobody gets a pseudonym, and no position goes further than the counter.
 */
export class CountReporter {
  readonly #camera: string;
  readonly #emit: (report: UnnumberedCount) => void;
  readonly #tracks: FloorTracks;
  readonly #sink: TrackSink;
  #zones: readonly CountedZone[];
  #counter: ZoneCounter;
  #lastFrameMs = 0;
  #width = 0;
  #height = 0;
  #told: KeptBack = { pointsInBlindZones: 0, pointsOffFloor: 0 };

  constructor(options: CountReporterOptions) {
    this.#camera = options.camera;
    this.#emit = options.emit;
    this.#tracks = new FloorTracks(options);
    this.#zones = options.zones;
    this.#counter = this.#newCounter();
    this.#sink = {
      place: (track, { x, y }) => {
        if (track.state !== 'tentative') this.#counter.place(track.id, x, y, this.#atEdge(track));
        return true;
      },
      ended: (id) => this.#counter.end(id),
    };
  }

  get calibrationVersion(): string {
    return this.#tracks.calibrationVersion;
  }

  /** Names this stretch of counting, as a key's epoch names a stretch of pseudonyms. */
  get epoch(): string {
    return this.#counter.epoch;
  }

  /** What was kept back up to the last report. What happened since would tell, by the second, when somebody was in view. */
  get keptBack(): KeptBack {
    return this.#told;
  }

  /** How many are in view now is finer than what may leave the device. */
  readonly liveTracks = 0;

  get confidence(): number {
    return this.#tracks.confidence;
  }

  set confidence(confidence: number) {
    this.#tracks.confidence = confidence;
  }

  /** @throws OperatorError where the calibration is for pictures of another shape. */
  take(frame: DetectedFrame): void {
    this.#tell(this.#counter.beginFrame(frame.timeMs));
    this.#lastFrameMs = frame.timeMs;
    this.#width = frame.sourceWidth;
    this.#height = frame.sourceHeight;
    this.#tracks.update(frame, this.#sink);
  }

  /** Positions of two calibrations are not comparable: everybody is somebody else from now on. */
  useCalibration(calibration: Calibration | null): void {
    if ((calibration?.version ?? 'nominal') === this.calibrationVersion) return;
    this.#endAll();
    this.#tracks.useCalibration(calibration);
    this.#counter = this.#newCounter();
  }

  /** Zones from another plan: counted anew where they differ. */
  usePlan({ blindZones, zones }: Pick<CountReporterOptions, 'blindZones' | 'zones'>): void {
    this.#tracks.blindZones = blindZones;
    if (JSON.stringify(zones) === JSON.stringify(this.#zones)) return;
    this.#endAll();
    this.#zones = zones;
    this.#counter = this.#newCounter();
  }

  /** Nobody has a pseudonym: there is no key. */
  rotateKey(): void {}

  /**
   * The camera has been silent for so long. Hands over the counts of a quarter-hour that has ended in the meantime; one that
   * still goes on is not told before it is over.
   */
  flush(silentMs: number): void {
    const { endsMs } = this.#counter;
    if (endsMs !== null && this.#lastFrameMs + silentMs >= endsMs) this.#tell(this.#counter.close());
  }

  /** The source is over, or the agent stops: what was counted of the quarter-hour is handed over. */
  finish(): void {
    this.#endAll();
  }

  /** Left, right or lower edge: at the upper one a head is cut off, and nobody leaves. */
  #atEdge({ x, y, width, height }: TrackBox): boolean {
    const [acrossPixels, downPixels] = [EDGE_SHARE * this.#width, EDGE_SHARE * this.#height];
    return x <= acrossPixels || x + width >= this.#width - acrossPixels || y + height >= this.#height - downPixels;
  }

  #endAll(): void {
    this.#tracks.end();
    this.#tell(this.#counter.close());
  }

  #tell(report: UnnumberedCount | null): void {
    if (!report) return;
    this.#told = { ...this.#tracks.keptBack };
    this.#emit(report);
  }

  #newCounter(): ZoneCounter {
    return new ZoneCounter({
      camera: this.#camera,
      calibration: this.calibrationVersion,
      zones: this.#zones,
      epoch: randomBytes(8).toString('hex'),
    });
  }
}
