/** Running median of 1-sigma values: bins an eighth of an octave wide from 1 cm upwards, so within 4.5 % of the true one. */
const BINS = 112;
const PER_OCTAVE = 8;
const LEAST_METRES = 0.01;

export class SigmaMedian {
  readonly #counts = new Uint32Array(BINS);
  readonly #sums = new Float64Array(BINS);
  #total = 0;

  add(sigmaMetres: number): void {
    const octaves = Math.log2(Math.max(sigmaMetres, LEAST_METRES) / LEAST_METRES);
    this.#put(Math.min(BINS - 1, Math.floor(octaves * PER_OCTAVE)), 1, sigmaMetres);
  }

  #put(bin: number, count: number, sum: number): void {
    this.#counts[bin] = (this.#counts[bin] ?? 0) + count;
    this.#sums[bin] = (this.#sums[bin] ?? 0) + sum;
    this.#total += count;
  }

  merge(other: SigmaMedian): void {
    for (const [bin, count, sum] of other.bins()) this.#put(bin, count, sum);
  }

  load(bins: readonly (readonly [number, number, number])[]): void {
    for (const [bin, count, sum] of bins) if (bin >= 0 && bin < BINS) this.#put(bin, count, sum);
  }

  /** The bins in use: number, count, sum in metres. */
  bins(): [number, number, number][] {
    const used: [number, number, number][] = [];
    for (let bin = 0; bin < BINS; bin++) {
      const count = this.#counts[bin] ?? 0;
      if (count > 0) used.push([bin, count, this.#sums[bin] ?? 0]);
    }
    return used;
  }

  /** The mean of the bin that holds the median, metres; 0 where nothing was added. */
  median(): number {
    let seen = 0;
    for (let bin = 0; bin < BINS; bin++) {
      const count = this.#counts[bin] ?? 0;
      seen += count;
      if (count > 0 && seen * 2 >= this.#total) return (this.#sums[bin] ?? 0) / count;
    }
    return 0;
  }
}
