/** Finds tracks near each other without comparing all with all: a hash of square cells on arrays that are kept. */
import type { Track } from './track.ts';

/** So many tracks are looked at around one. Nobody stands among more; a flood of them must not cost its square. */
const MOST_LOOKED_AT = 400;

export class Neighbours {
  readonly #cellMetres: number;
  #heads = new Int32Array(1024);
  #next = new Int32Array(0);
  #cellX = new Int32Array(0);
  #cellY = new Int32Array(0);
  #tracks: readonly Track[] = [];

  constructor(cellMetres: number) {
    this.#cellMetres = cellMetres;
  }

  /** Files the tracks that are present ahead. */
  build(tracks: readonly Track[]): void {
    const count = tracks.length;
    if (this.#next.length < count) {
      this.#next = new Int32Array(count * 2);
      this.#cellX = new Int32Array(count * 2);
      this.#cellY = new Int32Array(count * 2);
    }
    if (this.#heads.length < count) this.#heads = new Int32Array(2 ** Math.ceil(Math.log2(count * 2)));
    this.#heads.fill(-1);
    this.#tracks = tracks;
    // Backwards, so that each chain tells the lower number first.
    for (let i = count - 1; i >= 0; i--) {
      const { ahead } = tracks[i] as Track;
      if (!ahead.present) continue;
      const cx = Math.floor(ahead.x / this.#cellMetres);
      const cy = Math.floor(ahead.y / this.#cellMetres);
      this.#cellX[i] = cx;
      this.#cellY[i] = cy;
      const slot = this.#slot(cx, cy);
      this.#next[i] = this.#heads[slot] as number;
      this.#heads[slot] = i;
    }
  }

  #slot(cx: number, cy: number): number {
    return (Math.imul(cx, 73_856_093) ^ Math.imul(cy, 19_349_663)) & (this.#heads.length - 1);
  }

  /** Tells the tracks within a cell's width of the i-th, and some that are a little further, each once, itself not. */
  around(i: number, tell: (track: Track) => void): void {
    const cx = this.#cellX[i] as number;
    const cy = this.#cellY[i] as number;
    let looked = 0;
    for (let y = cy - 1; y <= cy + 1; y++) {
      for (let x = cx - 1; x <= cx + 1; x++) {
        for (let k = this.#heads[this.#slot(x, y)] as number; k >= 0; k = this.#next[k] as number) {
          if (k === i || this.#cellX[k] !== x || this.#cellY[k] !== y) continue;
          tell(this.#tracks[k] as Track);
          if (++looked >= MOST_LOOKED_AT) return;
        }
      }
    }
  }
}
