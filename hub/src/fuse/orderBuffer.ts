/** Holds positions until their time has come and gives them out in one canonical order, whatever the order of arrival. */

export type PositionListener = (
  camera: string,
  track: string,
  timeMs: number,
  x: number,
  y: number,
  sigma: number,
  measured: boolean,
) => void;

interface Held {
  readonly camera: string;
  readonly track: string;
  readonly timeMs: number;
  readonly x: number;
  readonly y: number;
  readonly sigma: number;
  readonly measured: boolean;
}

const compareText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

/** Time, camera, track; of a duplicate, the measured and the more certain first: the first is the one that counts. */
function canonicalOrder(a: Held, b: Held): number {
  return (
    a.timeMs - b.timeMs ||
    compareText(a.camera, b.camera) ||
    compareText(a.track, b.track) ||
    Number(b.measured) - Number(a.measured) ||
    a.sigma - b.sigma ||
    a.x - b.x ||
    a.y - b.y
  );
}

export class OrderBuffer {
  #held: Held[] = [];
  readonly #most: number;

  /** @param most positions held at once. */
  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#held.length;
  }

  /** Earliest time held; infinite where nothing is. */
  get earliestMs(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const { timeMs } of this.#held) if (timeMs < earliest) earliest = timeMs;
    return earliest;
  }

  /** @returns false where it is full. */
  add(...[camera, track, timeMs, x, y, sigma, measured]: Parameters<PositionListener>): boolean {
    if (this.#held.length >= this.#most) return false;
    this.#held.push({ camera, track, timeMs, x, y, sigma, measured });
    return true;
  }

  /** Gives out everything up to a time, that time included. */
  release(upToMs: number, tell: PositionListener): void {
    const due = this.#held.filter(({ timeMs }) => timeMs <= upToMs);
    if (due.length === 0) return;
    this.#held = due.length === this.#held.length ? [] : this.#held.filter(({ timeMs }) => timeMs > upToMs);
    due.sort(canonicalOrder);
    for (const p of due) tell(p.camera, p.track, p.timeMs, p.x, p.y, p.sigma, p.measured);
  }
}
