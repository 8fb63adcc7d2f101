import { coveredPoints, visibleShare } from './coverage.ts';

/**
 * The bodies in a picture with what is visible of them, as parallel arrays, nearest first. A body has two boxes: the whole one
 * (`left` … `bottom`), and what is left of it after the picture's edge and the building (`shownLeft` … `shownBottom`).
 */
export class VisibleBodies {
  readonly capacity: number;
  count = 0;
  readonly id: Int32Array;
  readonly left: Float64Array;
  readonly top: Float64Array;
  readonly right: Float64Array;
  readonly bottom: Float64Array;
  readonly shownLeft: Float64Array;
  readonly shownTop: Float64Array;
  readonly shownRight: Float64Array;
  readonly shownBottom: Float64Array;
  /** Share of the whole body that can be seen, 0 to 1. */
  readonly visible: Float64Array;
  /** Share that nearer people hide, 0 to 1. */
  readonly hiddenByPeople: Float64Array;
  /** Who hides most of it, as a place in these arrays; -1: nobody. */
  readonly hiddenBy: Int32Array;
  /** Places in the arrays, nearest first. */
  readonly order: Int32Array;
  readonly #keys: Float64Array;
  readonly #depth: Float64Array;
  readonly #hidden: Int32Array;

  constructor(capacity: number) {
    this.capacity = capacity;
    const column = () => new Float64Array(capacity);
    this.id = new Int32Array(capacity);
    this.left = column();
    this.top = column();
    this.right = column();
    this.bottom = column();
    this.shownLeft = column();
    this.shownTop = column();
    this.shownRight = column();
    this.shownBottom = column();
    this.visible = column();
    this.hiddenByPeople = column();
    this.hiddenBy = new Int32Array(capacity);
    this.order = new Int32Array(capacity);
    this.#keys = column();
    this.#depth = column();
    this.#hidden = new Int32Array(capacity);
  }

  clear(): void {
    this.count = 0;
  }

  /**
   * Takes a body by the edges of its whole box; what is shown of it is the same until it is said otherwise.
   *
   * @param depth what is smaller is nearer; 0 to 10,000.
   * @param hidden the points of the lattice (`coverage.ts`) that picture and building hide.
   * @returns its place, or -1 where there is no room.
   */
  push(id: number, left: number, top: number, right: number, bottom: number, depth: number, hidden: number): number {
    const i = this.count;
    if (i >= this.capacity) return -1;
    this.id[i] = id;
    this.left[i] = left;
    this.top[i] = top;
    this.right[i] = right;
    this.bottom[i] = bottom;
    this.shownLeft[i] = left;
    this.shownTop[i] = top;
    this.shownRight[i] = right;
    this.shownBottom[i] = bottom;
    this.#depth[i] = depth;
    this.#hidden[i] = hidden;
    this.count = i + 1;
    return i;
  }

  /** Finds out who hides whom. */
  hide(): void {
    const { count, order } = this;
    const keys = this.#keys.subarray(0, count);
    // Depth to a tenth of a millimetre and the place in one number: sorting needs no function.
    for (let i = 0; i < count; i += 1) keys[i] = Math.round((this.#depth[i] as number) * 10_000) * 65_536 + i;
    keys.sort();
    for (let k = 0; k < count; k += 1) order[k] = (keys[k] as number) % 65_536;
    for (let k = 0; k < count; k += 1) this.#hideOne(order[k] as number, k);
  }

  #hideOne(i: number, nearer: number): void {
    const { left, top, right, bottom, order } = this;
    const l = left[i] as number;
    const t = top[i] as number;
    const r = right[i] as number;
    const b = bottom[i] as number;
    const before = this.#hidden[i] as number;
    let hidden = before;
    let by = -1;
    let least = 1;
    for (let k = 0; k < nearer; k += 1) {
      const j = order[k] as number;
      if ((left[j] as number) >= r || (right[j] as number) <= l) continue;
      if ((top[j] as number) >= b || (bottom[j] as number) <= t) continue;
      const bits = coveredPoints(
        l,
        t,
        r,
        b,
        left[j] as number,
        top[j] as number,
        right[j] as number,
        bottom[j] as number,
      );
      if (bits === 0) continue;
      hidden |= bits;
      const share = visibleShare(bits);
      if (share < least) {
        least = share;
        by = j;
      }
    }
    this.visible[i] = visibleShare(hidden);
    this.hiddenByPeople[i] = visibleShare(before) - visibleShare(hidden);
    this.hiddenBy[i] = by;
  }
}
