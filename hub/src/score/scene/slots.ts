/** The typed arrays behind a scene: one slot for each person who is present, reused when they have gone. */
import { grown } from './grown.ts';

/** Raw positions remembered for each slot, in ticks: as many as the widest velocity window needs, twice over. */
export const RING = 8;

export class Slots {
  capacity: number;
  /** Raw positions on the grid of ticks, `RING` to a slot; NaN where nobody was seen. */
  ringX: Float64Array;
  ringY: Float64Array;
  ringSigma: Float64Array;
  ringMeasured: Uint8Array;
  /** The newest sample. */
  lastMs: Float64Array;
  lastX: Float64Array;
  lastY: Float64Array;
  lastSigma: Float64Array;
  lastMeasured: Uint8Array;
  firstMs: Float64Array;
  /** What a tick shows. */
  x: Float64Array;
  y: Float64Array;
  vx: Float64Array;
  vy: Float64Array;
  speed: Float64Array;
  heading: Float64Array;
  sigma: Float64Array;
  quality: Float64Array;
  readonly persons: (string | null)[] = [];
  readonly #free: number[] = [];

  constructor(capacity = 64) {
    this.capacity = capacity;
    const column = (): Float64Array => new Float64Array(capacity);
    this.ringX = new Float64Array(capacity * RING).fill(Number.NaN);
    this.ringY = new Float64Array(capacity * RING).fill(Number.NaN);
    this.ringSigma = new Float64Array(capacity * RING);
    this.ringMeasured = new Uint8Array(capacity * RING);
    this.lastMeasured = new Uint8Array(capacity);
    this.lastMs = column();
    this.lastX = column();
    this.lastY = column();
    this.lastSigma = column();
    this.firstMs = column();
    this.x = column();
    this.y = column();
    this.vx = column();
    this.vy = column();
    this.speed = column();
    this.heading = column();
    this.sigma = column();
    this.quality = column();
  }

  /** A slot without a past. The arrays may be new ones afterwards. */
  take(person: string): number {
    const slot = this.#free.pop() ?? this.persons.length;
    if (slot >= this.capacity) this.#grow();
    this.persons[slot] = person;
    this.ringX.fill(Number.NaN, slot * RING, (slot + 1) * RING);
    this.ringY.fill(Number.NaN, slot * RING, (slot + 1) * RING);
    return slot;
  }

  release(slot: number): void {
    this.persons[slot] = null;
    this.#free.push(slot);
  }

  #grow(): void {
    this.capacity *= 2;
    this.ringX = grown(this.ringX, this.capacity * RING);
    this.ringY = grown(this.ringY, this.capacity * RING);
    this.ringSigma = grown(this.ringSigma, this.capacity * RING);
    this.ringMeasured = grown(this.ringMeasured, this.capacity * RING);
    this.lastMs = grown(this.lastMs, this.capacity);
    this.lastX = grown(this.lastX, this.capacity);
    this.lastY = grown(this.lastY, this.capacity);
    this.lastSigma = grown(this.lastSigma, this.capacity);
    this.lastMeasured = grown(this.lastMeasured, this.capacity);
    this.firstMs = grown(this.firstMs, this.capacity);
    this.x = grown(this.x, this.capacity);
    this.y = grown(this.y, this.capacity);
    this.vx = grown(this.vx, this.capacity);
    this.vy = grown(this.vy, this.capacity);
    this.speed = grown(this.speed, this.capacity);
    this.heading = grown(this.heading, this.capacity);
    this.sigma = grown(this.sigma, this.capacity);
    this.quality = grown(this.quality, this.capacity);
  }
}
