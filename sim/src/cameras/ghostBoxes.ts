import type { Random } from '../random.ts';
import type { Boxes } from './boxes.ts';
import type { DetectorParameters } from './detectors.ts';

/** So many stand at once at most. */
const MOST = 64;
/** A ghost's box trembles by this share of its height. */
const TREMBLE = 0.02;

/** False boxes on the background: each comes, stands for a while and goes; some places are taken for a person again and again. */
export class GhostBoxes {
  readonly #p: DetectorParameters['ghosts'];
  readonly #lowestConfidence: number;
  readonly #width: number;
  readonly #height: number;
  readonly #scale: number;
  readonly #random: Random;
  /** Left, top, height of the places. */
  readonly #places: Float64Array;
  readonly #left = new Float64Array(MOST);
  readonly #top = new Float64Array(MOST);
  readonly #tall = new Float64Array(MOST);
  readonly #odds = new Float64Array(MOST);
  readonly #until = new Float64Array(MOST);
  #count = 0;
  #nextAt = Number.NaN;

  /** @param scale pixels at the network's input per pixel of the picture. */
  constructor(parameters: DetectorParameters, imageWidth: number, imageHeight: number, scale: number, random: Random) {
    this.#p = parameters.ghosts;
    this.#lowestConfidence = parameters.lowestConfidence;
    this.#width = imageWidth;
    this.#height = imageHeight;
    this.#scale = scale;
    this.#random = random;
    this.#places = new Float64Array(this.#p.places * 3);
    for (let place = 0; place < this.#p.places; place += 1) this.#draw(this.#places, place * 3);
  }

  /** @param timeSeconds grows from call to call. */
  add(timeSeconds: number, darkness: number, out: Boxes): void {
    const { perSecond, seconds } = this.#p;
    if (perSecond <= 0) return;
    if (Number.isNaN(this.#nextAt)) {
      // As many as there would be if it had always been so.
      this.#nextAt = timeSeconds - 5 * seconds;
    }
    while (this.#nextAt <= timeSeconds) {
      this.#begin(this.#nextAt);
      this.#nextAt += this.#exponential(1 / perSecond);
    }
    for (let i = this.#count - 1; i >= 0; i -= 1) if ((this.#until[i] as number) < timeSeconds) this.#remove(i);
    for (let i = 0; i < this.#count; i += 1) {
      // In the dark there is less to mistake.
      if (darkness > 0 && this.#random.chance(darkness)) continue;
      const tall = this.#tall[i] as number;
      const left = (this.#left[i] as number) + this.#random.normal(0, TREMBLE * tall);
      const top = (this.#top[i] as number) + this.#random.normal(0, TREMBLE * tall);
      const sure = 1 / (1 + Math.exp(-(this.#odds[i] as number) - this.#random.normal(0, 0.2)));
      out.push(
        Math.max(0, left),
        Math.max(0, top),
        Math.min(this.#width, left + 0.4 * tall),
        Math.min(this.#height, top + tall),
        Math.max(this.#lowestConfidence, sure),
        -1,
      );
    }
  }

  #begin(at: number): void {
    const i = this.#count;
    const { seconds, atPlaces, places, confidenceAbove } = this.#p;
    const until = at + this.#exponential(seconds);
    const place = places > 0 && this.#random.chance(atPlaces) ? Math.floor(this.#random.next() * places) : -1;
    const odds = Math.log(this.#lowestConfidence / (1 - this.#lowestConfidence)) + this.#exponential(confidenceAbove);
    if (place < 0) this.#draw(this.#scratch, 0);
    if (i >= MOST) return;
    const from = place < 0 ? this.#scratch : this.#places;
    const offset = place < 0 ? 0 : place * 3;
    const [left, top] = [from[offset] as number, from[offset + 1] as number];
    // A place holds one ghost at a time.
    if (place >= 0 && this.#stands(left, top)) return;
    this.#left[i] = left;
    this.#top[i] = top;
    this.#tall[i] = from[offset + 2] as number;
    this.#odds[i] = odds;
    this.#until[i] = until;
    this.#count += 1;
  }

  readonly #scratch = new Float64Array(3);

  #stands(left: number, top: number): boolean {
    for (let i = 0; i < this.#count; i += 1) if (this.#left[i] === left && this.#top[i] === top) return true;
    return false;
  }

  #draw(into: Float64Array, at: number): void {
    const { logHeight, logHeightSigma } = this.#p;
    const tall = Math.min(0.9 * this.#height, Math.exp(this.#random.normal(logHeight, logHeightSigma)) / this.#scale);
    into[at] = this.#random.between(0, Math.max(1, this.#width - 0.4 * tall));
    into[at + 1] = this.#random.between(0, Math.max(1, this.#height - tall));
    into[at + 2] = tall;
  }

  #remove(i: number): void {
    const last = this.#count - 1;
    for (const column of [this.#left, this.#top, this.#tall, this.#odds, this.#until]) {
      column[i] = column[last] as number;
    }
    this.#count = last;
  }

  #exponential(mean: number): number {
    return -Math.log(1 - this.#random.next()) * mean;
  }
}
