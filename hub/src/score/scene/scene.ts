/** Irregular samples of persons become synchronous ticks: everybody's position and velocity at the same moments. */
import type { PersonSample } from './sample.ts';
import { RING, Slots } from './slots.ts';

export interface SceneOptions {
  /** Milliseconds from tick to tick. 200 live; the input's own interval where that is longer. */
  readonly tickMs: number;
  /**
   * Half the time over which a velocity is smoothed, in ticks, 1 to 3: a straight line through the positions from so many
   * ticks before to so many after. It is also the delay of a tick. 2 live (0.8 s of positions, 0.4 s late), 1 on coarse input.
   */
  readonly halfWindowTicks: number;
  /**
   * Longest gap between two samples of a person that is bridged by a straight line, milliseconds. Of a gap longer than the delay,
   * only what has not been told yet: nobody is made up.
   */
  readonly bridgeMs: number;
  /** Without a sample for so long a person has gone, and the id stands for somebody new. Milliseconds, at least `bridgeMs`. */
  readonly absentMs: number;
  /** Faster than this nobody moves: beyond it the id stands for somebody new. Metres per second. */
  readonly teleportMetresPerSecond: number;
}

/** What is right for samples that come every `sampleSeconds`: 5 ticks a second, or fewer where the input has fewer. */
export function sceneOptionsFor(sampleSeconds: number): SceneOptions {
  const tickMs = Math.max(200, Math.round(sampleSeconds * 1000));
  return {
    tickMs,
    halfWindowTicks: Math.max(1, Math.floor(400 / tickMs)),
    bridgeMs: Math.max(1000, 2.5 * tickMs),
    absentMs: Math.max(3000, 4 * tickMs),
    teleportMetresPerSecond: 12,
  };
}

/**
 * Everybody at one moment. The arrays are indexed by slot and reused: read them while the tick is being told. A slot keeps its
 * person until it is told in `ended`.
 */
export interface Tick {
  readonly timeMs: number;
  /** Seconds since the tick before; that of one tick after a stretch in which nobody was there. */
  readonly seconds: number;
  /** Who is present: the first `count` entries are slots, in ascending order. */
  readonly active: Int32Array;
  readonly count: number;
  /** Slots whose persons have gone since the last tick. They are in nobody's hands until the next tick. */
  readonly ended: readonly number[];
  /** Positions (metres), velocities (m/s), speeds (m/s), headings (radians, -pi to pi), 1-sigma (metres), by slot. */
  readonly slots: Readonly<
    Pick<Slots, 'capacity' | 'x' | 'y' | 'vx' | 'vy' | 'speed' | 'heading' | 'sigma' | 'quality' | 'firstMs' | 'lastMs'>
  >;
  /** The person of an active slot. */
  person(slot: number): string;
}

/** Samples that could not be used, by reason. */
export interface SceneCounts {
  /** A number that is none, or a place beyond all floors. */
  unusable: number;
  /** Not later than the person's newest sample. */
  late: number;
  /** Jumps faster than anybody moves. */
  teleports: number;
}

const LIMIT_METRES = 1e6;

export class Scene {
  readonly counts: SceneCounts = { unusable: 0, late: 0, teleports: 0 };
  readonly #options: SceneOptions;
  readonly #onTick: (tick: Tick) => void;
  readonly #slots = new Slots();
  readonly #slotOf = new Map<string, number>();
  #active = new Int32Array(64);
  #ended: number[] = [];
  /** Told as ended in the last tick: free from the next one on. */
  #leaving: number[] = [];
  /** The next tick to be told, and the time of tick 0. */
  #next = 0;
  #originMs = Number.NaN;
  #clockMs = Number.NEGATIVE_INFINITY;
  #toldMs = Number.NaN;

  constructor(options: SceneOptions, onTick: (tick: Tick) => void) {
    const { tickMs, halfWindowTicks, bridgeMs, absentMs } = options;
    if (!(tickMs > 0)) throw new RangeError(`tickMs must be above 0; found ${tickMs}`);
    if (!(Number.isInteger(halfWindowTicks) && halfWindowTicks >= 1 && halfWindowTicks < RING / 2)) {
      throw new RangeError(`halfWindowTicks must be 1 to ${RING / 2 - 1}; found ${halfWindowTicks}`);
    }
    if (!(absentMs >= bridgeMs)) throw new RangeError(`absentMs (${absentMs}) must be at least bridgeMs (${bridgeMs})`);
    this.#options = options;
    this.#onTick = onTick;
  }

  /** How many persons are held. */
  get size(): number {
    return this.#slotOf.size;
  }

  /**
   * Takes one sample; the clock goes on to its time, and ticks that are due before it are told.
   *
   * @returns false where the sample is of no use: see `counts`.
   */
  observe(sample: PersonSample): boolean {
    const { timeMs, person, x, y, sigmaMetres, measured } = sample;
    if (!(Number.isFinite(timeMs) && Math.abs(x) <= LIMIT_METRES && Math.abs(y) <= LIMIT_METRES && sigmaMetres > 0)) {
      this.counts.unusable++;
      return false;
    }
    if (Number.isNaN(this.#originMs)) this.#originMs = timeMs;
    this.advance(timeMs);
    let slot = this.#slotOf.get(person);
    const s = this.#slots;
    if (slot !== undefined) {
      const gapMs = timeMs - (s.lastMs[slot] as number);
      if (gapMs <= 0) {
        this.counts.late++;
        return false;
      }
      const metres = Math.hypot(x - (s.lastX[slot] as number), y - (s.lastY[slot] as number));
      const noise = 4 * (sigmaMetres + (s.lastSigma[slot] as number));
      const teleported = metres > (this.#options.teleportMetresPerSecond * gapMs) / 1000 + noise;
      if (teleported) this.counts.teleports++;
      if (teleported || gapMs > this.#options.absentMs) {
        this.#end(person, slot);
        slot = undefined;
      }
    }
    if (slot === undefined) {
      slot = s.take(person);
      this.#slotOf.set(person, slot);
      s.firstMs[slot] = timeMs;
      s.lastMs[slot] = timeMs;
      s.lastX[slot] = x;
      s.lastY[slot] = y;
    }
    this.#intoRing(slot, timeMs, x, y, sigmaMetres, measured);
    s.lastMs[slot] = timeMs;
    s.lastX[slot] = x;
    s.lastY[slot] = y;
    s.lastSigma[slot] = sigmaMetres;
    s.lastMeasured[slot] = measured ? 1 : 0;
    return true;
  }

  /** Lets time pass: ticks whose velocity window lies wholly before `timeMs` are told. */
  advance(timeMs: number): void {
    if (!(timeMs > this.#clockMs)) return;
    this.#clockMs = timeMs;
    if (Number.isNaN(this.#originMs)) return;
    const { tickMs, halfWindowTicks } = this.#options;
    while (this.#timeOf(this.#next + halfWindowTicks) < timeMs) {
      if (this.#slotOf.size === 0 && this.#ended.length === 0 && this.#leaving.length === 0) {
        // Nobody is there: no tick until somebody can be.
        const due = Math.ceil((timeMs - this.#originMs) / tickMs) - halfWindowTicks;
        this.#next = Math.max(this.#next, due);
        return;
      }
      this.#tell();
    }
  }

  /** The end of all samples: tells what is still due, and that everybody has gone. */
  finish(): void {
    if (Number.isNaN(this.#originMs) || this.#slotOf.size + this.#ended.length + this.#leaving.length === 0) return;
    this.advance(this.#clockMs + this.#options.absentMs + (this.#options.halfWindowTicks + 2) * this.#options.tickMs);
  }

  #timeOf(tick: number): number {
    return this.#originMs + tick * this.#options.tickMs;
  }

  /** Writes the stretch from the newest sample to this one onto the grid of ticks. */
  #intoRing(slot: number, timeMs: number, x: number, y: number, sigma: number, measured: boolean): void {
    const s = this.#slots;
    const { tickMs, bridgeMs } = this.#options;
    const t0 = s.lastMs[slot] as number;
    const x0 = s.lastX[slot] as number;
    const y0 = s.lastY[slot] as number;
    const bridged = timeMs - t0 <= bridgeMs;
    // A tick between two samples is interpolated; one on the first sample of a person or after a gap is the sample itself.
    const from = bridged
      ? Math.floor((t0 - this.#originMs) / tickMs) + (t0 === timeMs ? 0 : 1)
      : Number.POSITIVE_INFINITY;
    const to = Math.floor((timeMs - this.#originMs) / tickMs);
    for (let tick = Math.max(Math.min(from, to), this.#next - this.#options.halfWindowTicks); tick <= to; tick++) {
      const at = this.#timeOf(tick);
      if (at !== timeMs && (!bridged || at < t0)) continue;
      const share = timeMs > t0 ? (at - t0) / (timeMs - t0) : 1;
      const cell = slot * RING + (((tick % RING) + RING) % RING);
      s.ringX[cell] = at === timeMs ? x : x0 + share * (x - x0);
      s.ringY[cell] = at === timeMs ? y : y0 + share * (y - y0);
      s.ringSigma[cell] = sigma;
      s.ringMeasured[cell] = measured && (s.lastMeasured[slot] === 1 || at === timeMs) ? 1 : 0;
    }
  }

  #end(person: string, slot: number): void {
    this.#slotOf.delete(person);
    this.#ended.push(slot);
  }

  #tell(): void {
    const tick = this.#next++;
    const timeMs = this.#timeOf(tick);
    const s = this.#slots;
    for (const slot of this.#leaving) s.release(slot);
    this.#leaving = [];
    if (this.#active.length < s.capacity) this.#active = new Int32Array(s.capacity);
    let count = 0;
    for (let slot = 0; slot < s.persons.length; slot++) {
      const person = s.persons[slot];
      if (person === null || person === undefined) continue;
      if (this.#show(slot, tick)) this.#active[count++] = slot;
      else if (timeMs - (s.lastMs[slot] as number) > this.#options.absentMs && this.#slotOf.get(person) === slot) {
        this.#end(person, slot);
      }
    }
    const ended = this.#ended.filter((slot) => !this.#shownFrom(slot, tick));
    this.#ended = this.#ended.filter((slot) => this.#shownFrom(slot, tick));
    this.#leaving = ended;
    const { tickMs } = this.#options;
    const seconds = (this.#toldMs === timeMs - tickMs ? timeMs - this.#toldMs : tickMs) / 1000;
    this.#toldMs = timeMs;
    this.#onTick({
      timeMs,
      seconds,
      active: this.#active,
      count,
      ended,
      slots: s,
      person: (slot) => s.persons[slot] ?? '',
    });
  }

  /** Whether a slot that ended has positions at this tick or later. */
  #shownFrom(slot: number, tick: number): boolean {
    return (this.#slots.lastMs[slot] as number) >= this.#timeOf(tick);
  }

  /** Fills in position and velocity at a tick. @returns whether the person was seen then. */
  #show(slot: number, tick: number): boolean {
    const s = this.#slots;
    const half = this.#options.halfWindowTicks;
    const here = slot * RING + (((tick % RING) + RING) % RING);
    const x = s.ringX[here] as number;
    const y = s.ringY[here] as number;
    // The oldest cell of the window is read for the last time now, and cleared for the tick that comes round to it.
    const oldest = slot * RING + ((((tick - half) % RING) + RING) % RING);
    if (Number.isNaN(x)) {
      s.ringX[oldest] = Number.NaN;
      return false;
    }
    // The line of least squares through the positions of the window that are there.
    let n = 0;
    let sumK = 0;
    let sumKK = 0;
    let sumX = 0;
    let sumY = 0;
    let sumKX = 0;
    let sumKY = 0;
    let measured = 0;
    for (let k = -half; k <= half; k++) {
      const cell = slot * RING + ((((tick + k) % RING) + RING) % RING);
      const px = s.ringX[cell] as number;
      if (Number.isNaN(px)) continue;
      const dx = px - x;
      const dy = (s.ringY[cell] as number) - y;
      n++;
      sumK += k;
      sumKK += k * k;
      sumX += dx;
      sumY += dy;
      sumKX += k * dx;
      sumKY += k * dy;
      measured += s.ringMeasured[cell] as number;
    }
    const spread = n * sumKK - sumK * sumK;
    const perSecond = 1000 / this.#options.tickMs;
    s.x[slot] = x;
    s.y[slot] = y;
    const vx = spread > 0 ? ((n * sumKX - sumK * sumX) / spread) * perSecond : 0;
    const vy = spread > 0 ? ((n * sumKY - sumK * sumY) / spread) * perSecond : 0;
    s.vx[slot] = vx;
    s.vy[slot] = vy;
    s.speed[slot] = Math.hypot(vx, vy);
    s.heading[slot] = Math.atan2(vy, vx);
    s.sigma[slot] = s.ringSigma[here] as number;
    // The share of the window's ticks that detections support.
    s.quality[slot] = measured / (2 * half + 1);
    s.ringX[oldest] = Number.NaN;
    return true;
  }
}
