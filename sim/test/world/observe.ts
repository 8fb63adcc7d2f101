/** Runs a world and keeps what a test wants to look at. */
import type { ScenarioRecord, TruthEvent } from '../../src/truth/events.ts';
import type { World } from '../../src/world.ts';

export interface Path {
  /** Step of the first entry; the others follow, NaN while out of sight. */
  readonly firstStep: number;
  readonly x: number[];
  readonly y: number[];
}

export interface Observed {
  readonly events: TruthEvent[];
  readonly paths: Map<number, Path>;
}

/** Every step of everybody for so many minutes. */
export function observe(world: World, minutes: number, each?: (step: number) => void): Observed {
  const events: TruthEvent[] = [];
  const paths = new Map<number, Path>();
  for (let step = 0; step < minutes * 600; step += 1) {
    world.step();
    for (const event of world.drainEvents()) events.push(event);
    const { count, id, x, y } = world.bodies;
    for (let index = 0; index < count; index += 1) {
      let path = paths.get(id[index] as number);
      if (!path) {
        path = { firstStep: step, x: [], y: [] };
        paths.set(id[index] as number, path);
      }
      while (path.firstStep + path.x.length < step) {
        path.x.push(Number.NaN);
        path.y.push(Number.NaN);
      }
      path.x.push(x[index] as number);
      path.y.push(y[index] as number);
    }
    each?.(step);
  }
  world.finish();
  events.push(...world.drainEvents());
  return { events, paths };
}

export function scenariosOf(events: readonly TruthEvent[]): ScenarioRecord[] {
  return events.filter((event) => event.type === 'scenario');
}

export function at(path: Path, step: number): [number, number] {
  return [path.x[step - path.firstStep] ?? Number.NaN, path.y[step - path.firstStep] ?? Number.NaN];
}

export function distanceAt(a: Path, b: Path, step: number): number {
  const [ax, ay] = at(a, step);
  const [bx, by] = at(b, step);
  return Math.hypot(ax - bx, ay - by);
}

/** Distances of two over a phase, where both are in sight. */
export function distances(a: Path, b: Path, fromSeconds: number, toSeconds: number): number[] {
  const found: number[] = [];
  for (let step = Math.round(fromSeconds * 10); step < Math.round(toSeconds * 10); step += 1) {
    const distance = distanceAt(a, b, step);
    if (!Number.isNaN(distance)) found.push(distance);
  }
  return found;
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** Products of two velocities, by how many steps the first lags behind the second. */
export class LagCorrelation {
  readonly #most = 25;
  readonly #sums = new Float64Array(51);
  readonly #own = new Float64Array(51);

  add(follower: Path, leader: Path, fromSeconds: number, toSeconds: number): void {
    const speed = (path: Path, step: number): number => {
      const [x0, y0] = at(path, step - 2);
      const [x1, y1] = at(path, step + 2);
      return Math.hypot(x1 - x0, y1 - y0) / 0.4;
    };
    const first = Math.round(fromSeconds * 10) + this.#most + 3;
    const last = Math.round(toSeconds * 10) - this.#most - 3;
    if (last - first < 60) return;
    let mean = 0;
    for (let step = first; step < last; step += 1) mean += speed(leader, step) / (last - first);
    for (let lag = -this.#most; lag <= this.#most; lag += 1) {
      for (let step = first; step < last; step += 1) {
        const a = speed(follower, step) - mean;
        const b = speed(leader, step - lag) - mean;
        if (Number.isNaN(a) || Number.isNaN(b)) continue;
        this.#sums[lag + this.#most] = (this.#sums[lag + this.#most] as number) + a * b;
        this.#own[lag + this.#most] = (this.#own[lag + this.#most] as number) + a * a + b * b;
      }
    }
  }

  /** The lag at which both change speed most alike, seconds; NaN without data. */
  get lagSeconds(): number {
    let best = Number.NaN;
    let most = -Infinity;
    for (let lag = -this.#most; lag <= this.#most; lag += 1) {
      const own = this.#own[lag + this.#most] as number;
      if (own === 0) continue;
      const alike = (this.#sums[lag + this.#most] as number) / own;
      if (alike > most) {
        most = alike;
        best = lag / 10;
      }
    }
    return best;
  }
}
