import type { DetectedFrame, DetectionBatch } from '../detect/detection.ts';
import type { TrackBox } from '../track/track.ts';
import { Tracker } from '../track/tracker.ts';
import type { BlindZones } from './blindZones.ts';
import { type Calibration, nominalCalibration } from './calibration.ts';
import { FloorMapper, type FloorPoint } from './floor.ts';

/** What was kept back, since the start. */
export interface KeptBack {
  pointsInBlindZones: number;
  pointsOffFloor: number;
}

/** Told of each track of a frame. */
export interface TrackSink {
  /** Where somebody is. Both objects are used again. @returns false where it has no room for the place. */
  place(track: TrackBox, place: FloorPoint): boolean;
  ended(trackId: number): void;
}

export interface FloorTracksOptions {
  /** Null: metres of an assumed camera. */
  readonly calibration: Calibration | null;
  readonly blindZones: BlindZones;
  /** Boxes below are not looked at, 0 to 1. */
  readonly confidence: number;
}

/** From detections to places on the floor: track, floor, blind zones. What becomes of a place, a sink decides. */
export class FloorTracks {
  readonly #tracker = new Tracker();
  readonly #place: FloorPoint = { x: 0, y: 0, sigmaMetres: 0 };
  readonly keptBack: KeptBack = { pointsInBlindZones: 0, pointsOffFloor: 0 };
  #calibration: Calibration | null;
  #mapper: FloorMapper | null = null;
  blindZones: BlindZones;
  confidence: number;

  constructor({ calibration, blindZones, confidence }: FloorTracksOptions) {
    this.#calibration = calibration;
    this.blindZones = blindZones;
    this.confidence = confidence;
  }

  get calibrationVersion(): string {
    return this.#calibration?.version ?? 'nominal';
  }

  /** @throws OperatorError where the calibration is for pictures of another shape. */
  update(frame: DetectedFrame, sink: TrackSink): void {
    dropBelow(frame.detections, this.confidence);
    const floor = this.#mapperFor(frame.sourceWidth, frame.sourceHeight);
    for (const track of this.#tracker.update(frame.detections, frame.timeMs / 1000)) {
      if (track.state === 'ended') {
        sink.ended(track.id);
        continue;
      }
      const place = this.#place;
      if (!floor.stand(track, place)) {
        this.keptBack.pointsOffFloor += 1;
      } else if (this.blindZones.contains(place.x, place.y)) {
        this.keptBack.pointsInBlindZones += 1;
      } else if (!sink.place(track, place)) {
        this.keptBack.pointsOffFloor += 1;
      }
    }
  }

  /** Forgets everybody. */
  end(): void {
    this.#tracker.end();
  }

  /** Metres from now on are those of another calibration. */
  useCalibration(calibration: Calibration | null): void {
    this.#calibration = calibration;
    this.#mapper = null;
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
