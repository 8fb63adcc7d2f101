/**
 * Which person a camera's track belonged to last: so that somebody whose track goes on where fusion had to begin anew (after a
 * restart, or in data that came late) goes on under the same pseudonym. A name stands for one person at a time.
 */

/** A track that returns after longer may be another's: seconds. */
const REUSE_MS = 5000;
/** A name is remembered for this long after its person was last seen, in the time of the data. */
const KEPT_MS = 3_600_000;
/** How often what is too old is looked for. */
const SWEEP_MS = 60_000;

/** One word for a camera's track. */
export const trackKey = (camera: string, track: string): string => `${camera} ${track}`;

export class TrackNames {
  readonly #nameOf = new Map<string, string>();
  /** When whoever bore a name was last seen; infinite while somebody bears it. */
  readonly #seenMs = new Map<string, number>();
  /** Names from before a start that nobody bears yet, and until when their persons were seen. */
  readonly #restored = new Map<string, number>();
  #sweptMs = Number.NEGATIVE_INFINITY;

  /** How many tracks are remembered. */
  get size(): number {
    return this.#nameOf.size;
  }

  /** These tracks are a person's. */
  belong(tracks: readonly string[], name: string): void {
    for (const track of tracks) this.#nameOf.set(track, name);
  }

  /** Says of a stretch that is going to be fused again whose tracks these were, and until when. */
  restore(tracks: readonly string[], name: string, seenMs: number): void {
    this.belong(tracks, name);
    this.#restored.set(name, seenMs);
    this.#seenMs.set(name, seenMs);
  }

  /** Somebody bears this name from now on. */
  bear(name: string): void {
    this.#restored.delete(name);
    this.#seenMs.set(name, Number.POSITIVE_INFINITY);
  }

  /** Nobody bears it any more. @param seenMs when its person was last seen. */
  free(name: string, seenMs: number): void {
    this.#seenMs.set(name, seenMs);
    if (!(seenMs - this.#sweptMs > SWEEP_MS)) return;
    this.#sweptMs = seenMs;
    for (const [known, atMs] of this.#seenMs) {
      if (!(atMs < seenMs - KEPT_MS)) continue;
      this.#seenMs.delete(known);
      this.#restored.delete(known);
    }
    for (const [track, known] of this.#nameOf) if (!this.#seenMs.has(known)) this.#nameOf.delete(track);
  }

  /**
   * The name under which a track that begins a person at a moment goes on, and when that person was last seen; null where it
   * is nobody's, or where somebody bears it now.
   */
  resumed(track: string, timeMs: number): { readonly name: string; readonly seenMs: number } | null {
    const name = this.#nameOf.get(track);
    if (name === undefined) return null;
    const seenMs = this.#seenMs.get(name);
    if (seenMs === undefined || timeMs - seenMs > REUSE_MS) return null;
    if (seenMs > timeMs && !this.#restored.has(name)) return null;
    return { name, seenMs: Math.min(seenMs, timeMs) };
  }
}
