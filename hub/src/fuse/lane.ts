/**
 * Fuses reports of one floor that come at about the same time: decides moment after moment, each once all that matters for it
 * has come or was waited for. Time is that of the data; the time of arrival says only how long to wait.
 */

import { FloorFusion, type FloorFusionOptions, type FusionNews } from './floorFusion.ts';
import type { ReceivedReport } from './receivedReport.ts';

/** Data that is younger than this when it arrives is live: nobody is waited for longer than the usual disorder of arrivals. */
const LIVE_MS = 10_000;
/** In data from the past, a camera that was heard within so long is waited for ... */
const ACTIVE_MS = 5000;
/** ... as long as it is no further behind the others, in the time of the data. */
const PATIENCE_MS = 60_000;
/** After so long without any report nothing more is expected about what has come: it is decided. */
const SETTLED_AFTER_MS = 5000;

export interface LaneOptions extends Omit<FloorFusionOptions, 'clocks'> {
  readonly floor: string;
  /** Persons are told at multiples of this, ms. */
  readonly stepMs: number;
  /** How much later than another camera's a report may arrive, ms. */
  readonly disorderMs: number;
}

interface Camera {
  newestMs: number;
  heardMs: number;
}

export class FusionLane {
  readonly fusion: FloorFusion;
  readonly #options: LaneOptions;
  readonly #cameras = new Map<string, Camera>();
  #frontMs = Number.NEGATIVE_INFINITY;
  #heardMs = Number.NEGATIVE_INFINITY;
  #nextMs = Number.NaN;
  #settled = false;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.fusion = new FloorFusion(options.floor, options);
  }

  /** When a report was last taken, on the clock of the hub. */
  get heardMs(): number {
    return this.#heardMs;
  }

  /** The next moment to be decided; NaN before the first report. Everything before is decided. */
  get nextMs(): number {
    return this.#nextMs;
  }

  /** Whether a report says anything that is not decided here. */
  isInTime({ report }: ReceivedReport): boolean {
    return report.toMs > this.fusion.knownMs;
  }

  /** Whether a report is about the time that is being fused here. */
  isNear(received: ReceivedReport): boolean {
    return this.isInTime(received) && received.report.fromMs <= this.#frontMs + PATIENCE_MS;
  }

  hears(camera: string): boolean {
    return this.#cameras.has(camera);
  }

  /** Whether no camera is left. */
  get deserted(): boolean {
    return this.#cameras.size === 0;
  }

  /** A camera goes on elsewhere. */
  leave(camera: string): void {
    this.#cameras.delete(camera);
  }

  take(camera: string, { report, receivedAtMs }: ReceivedReport): void {
    this.#heardMs = Math.max(this.#heardMs, receivedAtMs);
    // A clock that runs ahead must not make everybody else late.
    const toMs = Math.min(report.toMs, receivedAtMs);
    this.#frontMs = Math.max(this.#frontMs, toMs);
    this.#settled = false;
    const known = this.#cameras.get(camera);
    if (known) {
      known.newestMs = Math.max(known.newestMs, toMs);
      known.heardMs = Math.max(known.heardMs, receivedAtMs);
    } else {
      this.#cameras.set(camera, { newestMs: toMs, heardMs: receivedAtMs });
    }
    if (report.schema !== 'track-report/1') return;
    this.fusion.watch(camera, report.fromMs, report.toMs);
    for (const { id, state, points } of report.tracks) {
      // What is not yet believed to be a person is none.
      if (state === 'tentative') continue;
      for (const [offset, x, y, sigma, measured] of points) {
        this.fusion.observe(camera, id, report.fromMs + offset, x / 100, y / 100, sigma / 100, measured === 1);
      }
    }
  }

  /** Decides every moment whose horizon, and the disorder of arrivals behind it, has passed. */
  decideDue(news: FusionNews): void {
    this.#decide(this.#completeMs() - this.#options.disorderMs - this.fusion.horizonMs, news);
  }

  /** Whether nothing more was heard for a while, and what has come is not all decided. */
  isDue(nowMs: number): boolean {
    return !this.#settled && nowMs - this.#heardMs > SETTLED_AFTER_MS;
  }

  /** Decides whatever has come: nothing more is expected about it. */
  decideAll(news: FusionNews): void {
    this.#settled = true;
    this.#decide(this.#frontMs, news, this.#frontMs);
  }

  /** Up to when all cameras have told what they saw, or were waited for. */
  #completeMs(): number {
    if (this.#heardMs - this.#frontMs <= LIVE_MS) return this.#frontMs;
    let completeMs = this.#frontMs;
    for (const { newestMs, heardMs } of this.#cameras.values()) {
      if (this.#heardMs - heardMs <= ACTIVE_MS) completeMs = Math.min(completeMs, newestMs);
    }
    return Math.max(completeMs, this.#frontMs - PATIENCE_MS);
  }

  #decide(lastMs: number, news: FusionNews, knownMs?: number): void {
    const { stepMs } = this.#options;
    const { fusion } = this;
    for (;;) {
      if (fusion.size.tracks === 0) {
        // Nobody is there: on to the first position that is held, or to the end.
        const fromMs = Math.min(fusion.earliestMs, lastMs);
        if (Number.isFinite(fromMs)) {
          const first = Math.floor(fromMs / stepMs) * stepMs;
          if (!(first <= this.#nextMs)) this.#nextMs = first;
        }
      }
      if (!(this.#nextMs <= lastMs)) return;
      fusion.decide(this.#nextMs, news, knownMs);
      this.#nextMs += stepMs;
    }
  }
}
