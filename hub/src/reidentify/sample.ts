/** Whom somebody looks for, and what is known of them: chosen by a seed, whatever order the rows come in. Pure. */
import { MOST_POINTS } from './settings.ts';

export interface KnownPoint {
  readonly timeMs: number;
  readonly x: number;
  readonly y: number;
}

export interface Target {
  readonly floor: string;
  readonly person: string;
  /** In the order in which they become known: who knows two knows the first two. */
  readonly points: readonly KnownPoint[];
}

/** FNV-1a, 32 bits. */
function textHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** The finaliser of MurmurHash3: neighbours become far apart. */
function mixed(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * Who was followed for less is not looked for, seconds: where cameras lose people, most pseudonyms stand for some steps, in which five places
 * are one, and a share of those would say that a broken tracker protects.
 */
export const LEAST_FOLLOWED_SECONDS = 10;

interface Known {
  readonly floor: string;
  readonly person: string;
  readonly hash: number;
  firstMs: number;
  lastMs: number;
  readonly points: (KnownPoint & { readonly rank: number })[];
}

/** Takes every row of everybody once; keeps a handful of points of each person. */
export class Sampler {
  readonly #seed: number;
  readonly #known = new Map<string, Known>();

  constructor(seed: number) {
    this.#seed = mixed(seed);
  }

  get persons(): number {
    return this.#known.size;
  }

  /** @param person a pseudonym means one person on whatever floor. */
  take(floor: string, person: string, timeMs: number, x: number, y: number): void {
    let known = this.#known.get(person);
    if (!known) {
      const hash = mixed(textHash(person) ^ this.#seed);
      known = { floor, person, hash, firstMs: timeMs, lastMs: timeMs, points: [] };
      this.#known.set(person, known);
    }
    known.firstMs = Math.min(known.firstMs, timeMs);
    known.lastMs = Math.max(known.lastMs, timeMs);
    // The points with the least ranks: an even choice among all of them.
    const rank = mixed(known.hash ^ mixed(Math.floor(timeMs / 100) | 0));
    const { points } = known;
    const last = points[MOST_POINTS - 1];
    if (last && rank >= last.rank) return;
    if (points.length === MOST_POINTS) points.pop();
    let at = points.length;
    while (at > 0 && (points[at - 1]?.rank ?? 0) > rank) at--;
    points.splice(at, 0, { timeMs, x, y, rank });
  }

  /** At most so many persons, an even choice among all who were followed for long enough. */
  targets(count: number): Target[] {
    return [...this.#known.values()]
      .filter(({ firstMs, lastMs }) => lastMs - firstMs >= 1000 * LEAST_FOLLOWED_SECONDS)
      .sort((a, b) => a.hash - b.hash || (a.person < b.person ? -1 : 1))
      .slice(0, count)
      .map(({ floor, person, points }) => ({
        floor,
        person,
        points: points.map(({ timeMs, x, y }) => ({ timeMs, x, y })),
      }));
  }
}
