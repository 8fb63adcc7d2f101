/** Where the persons of a floor were, second by second: what is stored of them, for evidence and for a restart. */
import type { FusionNews } from '../fuse/floorFusion.ts';

/** One second of one person. Parallel arrays; the offsets ascend. A row of `person_segment`. */
export interface PersonSegment {
  readonly floor: string;
  readonly person: string;
  /** The whole second, ms since the epoch. */
  readonly fromMs: number;
  readonly offsetsMs: number[];
  readonly xCm: number[];
  readonly yCm: number[];
  readonly sigmaCm: number[];
  readonly measured: boolean[];
  /** The tracks that the person was made of, as `device/camera track`. */
  readonly tracks: readonly string[];
}

const SECOND_MS = 1000;
const NO_TRACKS: readonly string[] = [];

/** Gathers the positions of a lane into seconds. */
export class PersonSegments {
  readonly #floor: string;
  readonly #tracksOf = new Map<string, readonly string[]>();
  #open = new Map<string, PersonSegment>();
  #secondMs = Number.NEGATIVE_INFINITY;

  constructor(floor: string) {
    this.#floor = floor;
  }

  /** @returns the seconds that are complete. */
  take({ samples, tracks }: Pick<FusionNews, 'samples' | 'tracks'>): PersonSegment[] {
    const complete: PersonSegment[] = [];
    let next = 0;
    for (const { timeMs, person, x, y, sigmaMetres, measured } of samples) {
      const secondMs = Math.floor(timeMs / SECOND_MS) * SECOND_MS;
      if (secondMs > this.#secondMs) {
        complete.push(...this.finish());
        this.#secondMs = secondMs;
      }
      for (; (tracks[next]?.timeMs ?? Number.POSITIVE_INFINITY) <= timeMs; next++) this.#made(tracks[next]);
      const segment = this.#open.get(person) ?? this.#begin(person);
      segment.offsetsMs.push(Math.round(timeMs - secondMs));
      segment.xCm.push(Math.round(100 * x));
      segment.yCm.push(Math.round(100 * y));
      segment.sigmaCm.push(Math.max(1, Math.round(100 * sigmaMetres)));
      segment.measured.push(measured);
    }
    for (; next < tracks.length; next++) this.#made(tracks[next]);
    return complete;
  }

  /** Gives out the second that is being gathered. */
  finish(): PersonSegment[] {
    const segments = [...this.#open.values()];
    // Who was not seen for a whole second is told with their tracks when they are seen again.
    for (const person of this.#tracksOf.keys()) if (!this.#open.has(person)) this.#tracksOf.delete(person);
    this.#open = new Map();
    return segments;
  }

  #made(made: FusionNews['tracks'][number] | undefined): void {
    if (!made) return;
    this.#tracksOf.set(made.person, made.tracks);
    const open = this.#open.get(made.person);
    if (open) this.#open.set(made.person, { ...open, tracks: [...new Set([...open.tracks, ...made.tracks])] });
  }

  #begin(person: string): PersonSegment {
    const segment = {
      floor: this.#floor,
      person,
      fromMs: this.#secondMs,
      offsetsMs: [],
      xCm: [],
      yCm: [],
      sigmaCm: [],
      measured: [],
      tracks: this.#tracksOf.get(person) ?? NO_TRACKS,
    };
    this.#open.set(person, segment);
    return segment;
  }
}
