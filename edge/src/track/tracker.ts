import type { DetectionBatch } from '../detect/detection.ts';
import { AssignmentSolver } from './assignment.ts';
import { DEFAULT_TRACKER_OPTIONS, type TrackerOptions } from './options.ts';
import { bufferedOverlap, verticalOverlap } from './overlap.ts';
import type { TrackBox } from './track.ts';
import { TrackSlot } from './trackSlot.ts';

const NONE = -1;

const isEstablished = (track: TrackSlot): boolean => track.state === 'active' || track.state === 'coasting';
const isInSight = (track: TrackSlot): boolean => track.state === 'active';
const isTentative = (track: TrackSlot): boolean => track.state === 'tentative';

/**
 * Chains the detections of one camera to tracks, without looking at pixels: a Kalman filter and an exact assignment
 * (Bewley et al., "Simple Online and Realtime Tracking", ICIP 2016), in passes of falling confidence (Zhang et al.,
 * "ByteTrack", ECCV 2022) over widened boxes (Yang et al., "C-BIoU", WACV 2023).
 *
 * Pure and deterministic: time comes in with the data, the same frames give the same tracks.
 */
export class Tracker {
  readonly options: TrackerOptions;
  readonly #solver = new AssignmentSolver();
  readonly #live: TrackSlot[] = [];
  readonly #free: TrackSlot[] = [];
  readonly #published: TrackSlot[] = [];
  #elapsedSeconds = 0;
  #nextId = 1;
  #timeSeconds = Number.NaN;
  #cost = new Float64Array(1024);
  /** Rows and columns of the pass at hand. */
  readonly #rows: TrackSlot[] = [];
  #columns = new Int32Array(0);
  #columnCount = 0;
  /** Per detection of the frame: 1 where a track has it. */
  #taken = new Uint8Array(0);

  /** @param options what differs from {@link DEFAULT_TRACKER_OPTIONS}. */
  constructor(options: Partial<TrackerOptions> = {}) {
    this.options = { ...DEFAULT_TRACKER_OPTIONS, ...options };
  }

  /**
   * Takes the detections of the next frame.
   *
   * @param batch boxes in source pixels; read during the call only.
   * @param timeSeconds capture time on any clock that runs in seconds. Where it goes back (a source began anew), every
   * track ends and the frame is the first of a new run.
   * @returns every live track, and once more, with state `ended`, each that ended at this frame. The list and its
   * objects belong to the tracker and are valid until the next call.
   */
  update(batch: DetectionBatch, timeSeconds: number): readonly TrackBox[] {
    if (!Number.isFinite(timeSeconds)) throw new RangeError(`timeSeconds is ${timeSeconds}, not a number of seconds`);
    this.#releaseEnded();
    this.#reserve(batch.count);
    const elapsed = Number.isNaN(this.#timeSeconds) ? 0 : timeSeconds - this.#timeSeconds;
    this.#elapsedSeconds = Math.max(0, elapsed);
    this.#timeSeconds = timeSeconds;
    this.#taken.fill(0, 0, batch.count);
    for (const track of this.#live) {
      if (elapsed < 0 || timeSeconds - track.seenSeconds > this.#patienceWith(track)) track.state = 'ended';
      else track.filter.predict(elapsed);
      track.measured = false;
    }
    this.#associate(batch, timeSeconds);
    for (const track of this.#live) this.#age(track, timeSeconds);
    this.#bear(batch, timeSeconds);
    return this.#publish();
  }

  /** Ends every track: the source is over, or the pseudonym key changes. @returns them, with state `ended`. */
  end(): readonly TrackBox[] {
    this.#releaseEnded();
    for (const track of this.#live) {
      track.state = 'ended';
      track.measured = false;
    }
    return this.#publish();
  }

  #associate(batch: DetectionBatch, timeSeconds: number): void {
    const { highConfidence, lowConfidence, firstSimilarity, lowSimilarity, lastSimilarity } = this.options;
    // The surest detections first, with everybody who is established.
    this.#selectTracks(isEstablished);
    this.#selectDetections(batch, highConfidence, Number.POSITIVE_INFINITY);
    this.#match(batch, timeSeconds, firstSimilarity, false);
    // Weak detections only continue who was in sight a moment ago: half-hidden people, not new ones.
    this.#selectTracks(isInSight);
    this.#selectDetections(batch, lowConfidence, highConfidence);
    this.#match(batch, timeSeconds, lowSimilarity, false);
    // What is left, more generously, and also around the place where each was last really seen (OC-SORT's recovery).
    this.#selectTracks(isEstablished);
    this.#selectDetections(batch, highConfidence, Number.POSITIVE_INFINITY);
    this.#match(batch, timeSeconds, lastSimilarity, true);
    this.#selectTracks(isTentative);
    this.#selectDetections(batch, highConfidence, Number.POSITIVE_INFINITY);
    this.#match(batch, timeSeconds, lastSimilarity, true);
  }

  #selectTracks(wanted: (track: TrackSlot) => boolean): void {
    this.#rows.length = 0;
    for (const track of this.#live) if (!track.measured && wanted(track)) this.#rows.push(track);
  }

  #selectDetections(batch: DetectionBatch, from: number, below: number): void {
    this.#columnCount = 0;
    for (let i = 0; i < batch.count; i += 1) {
      const score = batch.score[i] as number;
      if (this.#taken[i] === 1 || score < from || score >= below) continue;
      this.#columns[this.#columnCount] = i;
      this.#columnCount += 1;
    }
  }

  #match(batch: DetectionBatch, timeSeconds: number, leastSimilarity: number, generous: boolean): void {
    const rows = this.#rows.length;
    const columns = this.#columnCount;
    if (rows === 0 || columns === 0) return;
    if (this.#cost.length < rows * columns) this.#cost = new Float64Array(rows * columns * 2);
    const cost = this.#cost;
    const { buffer, bufferPerSecond, bufferLimit, heightPower } = this.options;
    const widen = generous ? Math.min(bufferLimit, buffer + bufferPerSecond * this.#elapsedSeconds) : 0;
    for (let row = 0; row < rows; row += 1) {
      const track = this.#rows[row] as TrackSlot;
      const { filter, seenX, seenY, seenWidth, seenHeight } = track;
      const width = filter.width;
      const height = filter.height;
      const left = filter.middle - width / 2;
      const top = filter.bottom - height;
      for (let column = 0; column < columns; column += 1) {
        const i = this.#columns[column] as number;
        const x = batch.x[i] as number;
        const y = batch.y[i] as number;
        const w = batch.width[i] as number;
        const h = batch.height[i] as number;
        let similarity =
          bufferedOverlap(left, top, width, height, x, y, w, h, widen) *
          verticalOverlap(top, height, y, h) ** heightPower;
        if (generous) {
          const aroundLastSeen =
            bufferedOverlap(seenX, seenY, seenWidth, seenHeight, x, y, w, h, widen) *
            verticalOverlap(seenY, seenHeight, y, h) ** heightPower;
          similarity = Math.max(similarity, aroundLastSeen);
        }
        cost[row * columns + column] = similarity >= leastSimilarity ? 1 - similarity : Number.POSITIVE_INFINITY;
      }
    }
    this.#solver.solve(cost, rows, columns, 1);
    for (let row = 0; row < rows; row += 1) {
      const column = this.#solver.columnOfRow[row] as number;
      if (column === NONE) continue;
      const i = this.#columns[column] as number;
      this.#taken[i] = 1;
      (this.#rows[row] as TrackSlot).see(
        batch.x[i] as number,
        batch.y[i] as number,
        batch.width[i] as number,
        batch.height[i] as number,
        batch.score[i] as number,
        timeSeconds,
      );
    }
  }

  #age(track: TrackSlot, timeSeconds: number): void {
    const { confirmSeconds, confirmSightings, tentativeLostSeconds } = this.options;
    if (track.state === 'ended') return;
    const unseen = timeSeconds - track.seenSeconds;
    if (track.measured) {
      const confirmed = timeSeconds - track.bornSeconds >= confirmSeconds && track.sightings >= confirmSightings;
      if (track.state === 'coasting' || confirmed) track.state = 'active';
      return;
    }
    track.coast();
    if (track.state === 'tentative') {
      if (unseen > tentativeLostSeconds) track.state = 'ended';
    } else {
      track.state = unseen > this.#patienceWith(track) ? 'ended' : 'coasting';
    }
  }

  /** For how long a track is waited for, seconds: whoever was seen for a moment may have been nobody. */
  #patienceWith({ bornSeconds, seenSeconds }: TrackSlot): number {
    const { lostSeconds, patienceSeconds, patienceShare } = this.options;
    return Math.min(lostSeconds, patienceSeconds + patienceShare * (seenSeconds - bornSeconds));
  }

  #bear(batch: DetectionBatch, timeSeconds: number): void {
    const { birthConfidence, duplicateOverlap } = this.options;
    for (let i = 0; i < batch.count; i += 1) {
      if (this.#taken[i] === 1 || (batch.score[i] as number) < birthConfidence) continue;
      const x = batch.x[i] as number;
      const y = batch.y[i] as number;
      const width = batch.width[i] as number;
      const height = batch.height[i] as number;
      if (this.#isDuplicate(x, y, width, height, duplicateOverlap)) continue;
      const track = this.#free.pop() ?? new TrackSlot(this.options);
      track.begin(this.#nextId, x, y, width, height, batch.score[i] as number, timeSeconds);
      this.#nextId += 1;
      this.#live.push(track);
    }
  }

  /** Two boxes around the same body are one person, found twice. */
  #isDuplicate(x: number, y: number, width: number, height: number, limit: number): boolean {
    for (const track of this.#live) {
      if (!track.measured) continue;
      if (bufferedOverlap(track.x, track.y, track.width, track.height, x, y, width, height, 0) > limit) return true;
    }
    return false;
  }

  #publish(): readonly TrackBox[] {
    this.#published.length = 0;
    for (const track of this.#live) this.#published.push(track);
    return this.#published;
  }

  #releaseEnded(): void {
    let kept = 0;
    for (const track of this.#live) {
      if (track.state === 'ended') this.#free.push(track);
      else {
        this.#live[kept] = track;
        kept += 1;
      }
    }
    this.#live.length = kept;
  }

  #reserve(detections: number): void {
    if (this.#taken.length >= detections) return;
    this.#taken = new Uint8Array(detections * 2);
    this.#columns = new Int32Array(detections * 2);
  }
}
