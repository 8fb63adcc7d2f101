/** Gathers floor positions into one report per second of capture time. Pure: the time comes with the data. */
import type { TrackPoint, TrackReport, TrackSegment, TrackState } from '@safe-passage/contract';
import type { Pseudonymiser } from '../pseudonym/pseudonymiser.ts';

/** A report before the outbox has numbered it. */
export type UnnumberedReport = Omit<TrackReport, 'sequence'>;

const SPAN_MS = 1000;
/** Limits of the contract. */
const MAX_POINTS_PER_TRACK = 512;
const MAX_TRACKS = 1024;
const MAX_CENTIMETRES = 1_000_000;
const MAX_SIGMA_CENTIMETRES = 100_000;

const COLUMNS = 5;
const SLOT = 0;
const TIME = 1;
const X = 2;
const Y = 3;
const SIGMA_AND_MEASURED = 4;

export interface CollectorOptions {
  readonly camera: string;
  /** Which calibration gave the metres. */
  readonly calibration: string;
  readonly names: Pseudonymiser;
}

export class ReportCollector {
  readonly #camera: string;
  #calibration: string;
  readonly #names: Pseudonymiser;

  #open = false;
  #fromMs = 0;
  #nowMs = 0;
  #full = false;

  /** Rows of five numbers: slot, offset, x, y, sigma with the sign telling measured (+) from predicted (-). */
  #rows = new Int32Array(COLUMNS * 256);
  #rowCount = 0;
  /** What one segment of the open report is, by slot. */
  readonly #slotId: string[] = [];
  readonly #slotState: TrackState[] = [];
  readonly #slotPoints = new Int32Array(MAX_TRACKS);
  readonly #slotOf = new Map<number, number>();
  /** Tracks that some report has named and none has ended. */
  readonly #announced = new Set<number>();
  /** Tracks whose end the open report has no room for. */
  #endsWaiting: number[] = [];

  constructor(options: CollectorOptions) {
    this.#camera = options.camera;
    this.#calibration = options.calibration;
    this.#names = options.names;
  }

  /** Tracks that the receiver of the reports holds for live. */
  get liveTracks(): number {
    return this.#announced.size;
  }

  /**
   * Opens a frame. Every frame is announced, those without anybody too.
   *
   * @param timeMs capture time.
   * @returns the report that is complete because this frame belongs to the next second; null where there is none.
   */
  beginFrame(timeMs: number): UnnumberedReport | null {
    const now = Math.trunc(timeMs);
    const sameSecond = Math.floor(now / SPAN_MS) === Math.floor(this.#fromMs / SPAN_MS);
    // A clock that was set back must not give points out of order: a report of its own begins.
    const complete = this.#open && (!sameSecond || this.#full || now < this.#nowMs) ? this.flush() : null;
    if (!this.#open) {
      this.#open = true;
      this.#fromMs = now;
      const waiting = this.#endsWaiting;
      this.#endsWaiting = [];
      for (const trackId of waiting) this.end(trackId);
    }
    this.#nowMs = now;
    return complete;
  }

  /**
   * Adds a track's position in the open frame.
   *
   * @param xMetres on the floor plan, as is y; sigmaMetres is the position's standard deviation.
   * @returns false where the contract has no place for it (not a number, or further than 10 km away).
   */
  addPoint(
    trackId: number,
    state: Exclude<TrackState, 'ended'>,
    xMetres: number,
    yMetres: number,
    sigmaMetres: number,
    measured: boolean,
  ): boolean {
    const x = Math.round(xMetres * 100);
    const y = Math.round(yMetres * 100);
    if (!(Math.abs(x) <= MAX_CENTIMETRES && Math.abs(y) <= MAX_CENTIMETRES && sigmaMetres >= 0)) return false;
    const slot = this.#slotFor(trackId);
    if (slot < 0 || (this.#slotPoints[slot] ?? 0) >= MAX_POINTS_PER_TRACK) return false;
    this.#slotState[slot] = state;
    const sigma = Math.min(MAX_SIGMA_CENTIMETRES, Math.max(1, Math.round(sigmaMetres * 100)));

    const at = this.#rowCount * COLUMNS;
    if (at >= this.#rows.length) {
      const larger = new Int32Array(this.#rows.length * 2);
      larger.set(this.#rows);
      this.#rows = larger;
    }
    this.#rows[at + SLOT] = slot;
    this.#rows[at + TIME] = this.#nowMs - this.#fromMs;
    this.#rows[at + X] = x;
    this.#rows[at + Y] = y;
    this.#rows[at + SIGMA_AND_MEASURED] = measured ? sigma : -sigma;
    this.#rowCount += 1;
    const points = (this.#slotPoints[slot] ?? 0) + 1;
    this.#slotPoints[slot] = points;
    if (points >= MAX_POINTS_PER_TRACK) this.#full = true;
    return true;
  }

  /** Ends a track. One that no report named (it was never on the floor) passes without a word. */
  end(trackId: number): void {
    if (this.#announced.has(trackId)) {
      const slot = this.#slotFor(trackId);
      if (slot < 0) {
        this.#endsWaiting.push(trackId);
        return;
      }
      this.#slotState[slot] = 'ended';
    }
    this.#slotOf.delete(trackId);
    this.#announced.delete(trackId);
    this.#names.release(trackId);
  }

  /**
   * Ends every live track and closes the report: before the key rotates, the calibration changes or the agent stops.
   *
   * @returns what remained to be reported: none, one, or more where one could not hold all ends.
   */
  endAll(): UnnumberedReport[] {
    const reports: UnnumberedReport[] = [];
    this.#endsWaiting = [];
    for (const trackId of [...this.#announced]) {
      if (!this.#slotOf.has(trackId) && this.#slotId.length >= MAX_TRACKS) {
        const full = this.flush();
        if (full) reports.push(full);
      }
      if (!this.#open) {
        this.#open = true;
        this.#fromMs = this.#nowMs;
      }
      this.end(trackId);
    }
    const last = this.flush();
    if (last) reports.push(last);
    return reports;
  }

  /** From the next report on. Tracks must have ended before: metres of two calibrations are not comparable. */
  setCalibration(calibration: string): void {
    this.#calibration = calibration;
  }

  /** Closes the open report. @returns null where no frame came since the last one. */
  flush(): UnnumberedReport | null {
    if (!this.#open) return null;
    const points: TrackPoint[][] = this.#slotId.map(() => []);
    for (let row = 0; row < this.#rowCount; row += 1) {
      const at = row * COLUMNS;
      const sigma = this.#rows[at + SIGMA_AND_MEASURED] ?? 0;
      points[this.#rows[at + SLOT] ?? 0]?.push([
        this.#rows[at + TIME] ?? 0,
        this.#rows[at + X] ?? 0,
        this.#rows[at + Y] ?? 0,
        Math.abs(sigma),
        sigma > 0 ? 1 : 0,
      ]);
    }
    const tracks = this.#slotId.map(
      (id, slot): TrackSegment => ({ id, state: this.#slotState[slot] ?? 'active', points: points[slot] ?? [] }),
    );
    const report: UnnumberedReport = {
      schema: 'track-report/1',
      camera: this.#camera,
      calibration: this.#calibration,
      epoch: this.#names.epoch,
      fromMs: this.#fromMs,
      toMs: this.#nowMs,
      tracks,
    };
    this.#open = false;
    this.#full = false;
    this.#rowCount = 0;
    this.#slotId.length = 0;
    this.#slotState.length = 0;
    this.#slotOf.clear();
    return report;
  }

  #slotFor(trackId: number): number {
    const known = this.#slotOf.get(trackId);
    if (known !== undefined) return known;
    const slot = this.#slotId.length;
    if (slot >= MAX_TRACKS) return -1;
    this.#slotId.push(this.#names.pseudonymOf(trackId));
    this.#slotState.push('active');
    this.#slotPoints[slot] = 0;
    this.#slotOf.set(trackId, slot);
    this.#announced.add(trackId);
    // The next frame may bring as many new tracks as this report has room for: close it in time.
    if (slot >= MAX_TRACKS / 2) this.#full = true;
    return slot;
  }
}
