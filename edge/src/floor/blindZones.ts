import type { Polygon } from '@safe-passage/contract';
import { type Outline, outlineOf, within } from './outline.ts';

/** Parts of the floor from which nothing may leave the device. */
export class BlindZones {
  readonly #outlines: readonly Outline[];

  /** @param polygons floor metres, closed by themselves, of either orientation. */
  constructor(polygons: readonly Polygon[]) {
    this.#outlines = polygons.map(outlineOf);
  }

  /**
   * Whether a place is to be kept back: inside a zone or on its edge. Where an outline crosses itself, everything that it
   * winds around is inside. A coordinate that is no number is inside, too: what cannot be placed is not reported.
   */
  contains(x: number, y: number): boolean {
    if (this.#outlines.length === 0) return false;
    if (Number.isNaN(x) || Number.isNaN(y)) return true;
    for (const outline of this.#outlines) if (within(outline, x, y)) return true;
    return false;
  }
}
