/** One floor's fusion with everything around it: order of arrival, moments, bad input, continuations. Pure. */
import type { FloorPlan } from '@safe-passage/contract';
import { type ContinuationOptions, Continuations } from './continuations.ts';
import { FloorFuser } from './floorFuser.ts';
import { FloorPaths } from './floorPaths.ts';
import { decisionDelaySeconds, FUSE_DEFAULTS, type FuseOptions } from './options.ts';
import { OrderBuffer } from './orderBuffer.ts';
import type {
  ClockReport,
  Continuation,
  DisagreementReport,
  FusionCounts,
  PersonSample,
  PersonTracks,
} from './samples.ts';
import type { TrackNames } from './trackNames.ts';

/** Coordinates of the contract end here. */
const FARTHEST_METRES = 10_000;
/** Largest uncertainty of the contract. */
const LARGEST_SIGMA_METRES = 1000;
/** An uncertainty below is not believed. */
const SMALLEST_SIGMA_METRES = 0.01;
const MOST_HELD = 2_000_000;

export interface FloorFusionOptions {
  readonly fuse?: Partial<FuseOptions>;
  readonly continuations?: Partial<ContinuationOptions>;
  /** Walls for the way on foot; without, nothing is in anybody's way. */
  readonly plan?: Pick<FloorPlan, 'walls' | 'bounds'>;
  /** Clock offsets known beforehand, ms ahead, by camera. */
  readonly clocks?: Readonly<Record<string, number>>;
  /** Shared with whatever else fuses this floor; without, nobody goes on from elsewhere. */
  readonly names?: TrackNames;
}

export interface FusionNews {
  /** In order of time. */
  readonly samples: PersonSample[];
  /** Who is made of which tracks, where that has changed. */
  readonly tracks: PersonTracks[];
  readonly continuations: Continuation[];
}

export class FloorFusion {
  readonly #fuser: FloorFuser;
  readonly #buffer = new OrderBuffer(MOST_HELD);
  readonly #continuations: Continuations;
  readonly #horizonMs: number;
  #watched: { readonly camera: string; readonly fromMs: number; readonly toMs: number }[] = [];
  #decidedMs = Number.NEGATIVE_INFINITY;
  #releasedMs = Number.NEGATIVE_INFINITY;

  constructor(floor: string, options: FloorFusionOptions = {}) {
    const fuse: FuseOptions = { ...FUSE_DEFAULTS, ...options.fuse };
    this.#fuser = new FloorFuser(floor, fuse, options.names);
    for (const [camera, ms] of Object.entries(options.clocks ?? {})) this.#fuser.clocks.addCamera(camera, ms / 1000);
    const paths = options.plan && options.plan.walls.length > 0 ? new FloorPaths(options.plan) : null;
    this.#continuations = new Continuations(options.continuations, paths);
    this.#horizonMs = Math.ceil(decisionDelaySeconds(fuse) * 1000);
  }

  /** How much later than its own time a moment can be decided, ms. */
  get horizonMs(): number {
    return this.#horizonMs;
  }

  get counts(): Readonly<FusionCounts> {
    return this.#fuser.counts;
  }

  get size(): { readonly tracks: number; readonly persons: number; readonly held: number; readonly lives: number } {
    return { ...this.#fuser.size, held: this.#buffer.size, lives: this.#continuations.size };
  }

  /** Positions up to here are late. */
  get knownMs(): number {
    return this.#releasedMs;
  }

  /** Earliest position that is held and not decided on. */
  get earliestMs(): number {
    return this.#buffer.earliestMs;
  }

  /**
   * Takes one position, in any order. What comes after its moment was decided is counted as late and left out; so is
   * what is no number, out of the contract's bounds or without an uncertainty.
   */
  observe(
    camera: string,
    track: string,
    timeMs: number,
    x: number,
    y: number,
    sigmaMetres: number,
    measured: boolean,
  ): void {
    const { counts } = this.#fuser;
    const fine =
      Number.isFinite(timeMs) &&
      Math.abs(x) <= FARTHEST_METRES &&
      Math.abs(y) <= FARTHEST_METRES &&
      sigmaMetres >= 0 &&
      sigmaMetres <= LARGEST_SIGMA_METRES;
    if (!fine) counts.invalid++;
    else if (timeMs <= this.#releasedMs) counts.late++;
    else if (!this.#buffer.add(camera, track, timeMs, x, y, Math.max(sigmaMetres, SMALLEST_SIGMA_METRES), measured)) {
      counts.overflowed++;
    }
  }

  /** A camera says whom it sees from one time to another, be it nobody: what it does not see there is known, too. In any order. */
  watch(camera: string, fromMs: number, toMs: number): void {
    const from = Math.max(fromMs, this.#releasedMs);
    if (Number.isFinite(fromMs) && from <= toMs) this.#watched.push({ camera, fromMs: from, toMs });
  }

  #releaseWatched(): void {
    const due = this.#watched.filter(({ fromMs }) => fromMs <= this.#releasedMs);
    if (due.length === 0) return;
    this.#watched = this.#watched.filter(({ fromMs }) => fromMs > this.#releasedMs);
    due.sort((a, b) => a.fromMs - b.fromMs || a.toMs - b.toMs);
    for (const { camera, fromMs, toMs } of due) this.#fuser.watch(camera, fromMs, toMs);
  }

  /**
   * Decides one moment, later than the last.
   *
   * @param knownMs up to when everything is known: whatever is observed up to there from now on is late. Less than the horizon
   *   where nothing more is to be had.
   */
  decide(momentMs: number, news: FusionNews, knownMs = momentMs + this.#horizonMs): void {
    if (!(momentMs > this.#decidedMs)) throw new RangeError(`the moment ${momentMs} is not later than the last`);
    this.#decidedMs = momentMs;
    this.#releasedMs = Math.max(this.#releasedMs, knownMs);
    this.#buffer.release(this.#releasedMs, (...position) => this.#fuser.add(...position));
    this.#releaseWatched();
    const { samples, tracks, lives, joins } = this.#fuser.decide(momentMs);
    news.tracks.push(...tracks);
    news.continuations.push(...joins);
    for (const life of lives) this.#continuations.life(life);
    for (const sample of samples) {
      this.#continuations.moved(sample.person, momentMs, sample.x, sample.y);
      news.samples.push(sample);
    }
    news.continuations.push(...this.#continuations.advance(momentMs));
  }

  /** Tells what would have waited for more, and ends everybody. */
  finish(news: FusionNews): void {
    this.#fuser.finish();
    news.continuations.push(...this.#continuations.finish());
  }

  clockReports(): ClockReport[] {
    return this.#fuser.clocks.clockReports();
  }

  disagreements(): DisagreementReport[] {
    return this.#fuser.clocks.disagreements();
  }
}
