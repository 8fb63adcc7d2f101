/**
 * A seeded source of numbers, so that the same seed gives the same hall on every machine: PCG-RXS-M-XS with 32 bits of
 * state (O'Neill, "PCG: A Family of Simple Fast Space-Efficient Statistically Good Algorithms", 2014).
 */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
    this.next();
  }

  /** Uniform in [0, 1). */
  next(): number {
    this.#state = (Math.imul(this.#state, 747_796_405) + 2_891_336_453) >>> 0;
    const s = this.#state;
    const mixed = Math.imul(((s >>> ((s >>> 28) + 4)) ^ s) >>> 0, 277_803_737) >>> 0;
    return (((mixed >>> 22) ^ mixed) >>> 0) / 2 ** 32;
  }

  /** Uniform in [from, to). */
  between(from: number, to: number): number {
    return from + (to - from) * this.next();
  }

  /** Normally distributed, by Box and Muller (1958). */
  normal(mean: number, sigma: number): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()));
    return mean + sigma * radius * Math.cos(2 * Math.PI * this.next());
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }
}

/** A seed of its own for a purpose, from the seed of everything (FNV-1a of the purpose, begun with the seed). */
export function seedFor(seed: number, purpose: string): number {
  let hash = (0x811c9dc5 ^ Math.imul(seed >>> 0, 0x9e3779b1)) >>> 0;
  for (let i = 0; i < purpose.length; i += 1) hash = Math.imul(hash ^ purpose.charCodeAt(i), 0x01000193) >>> 0;
  return hash;
}
