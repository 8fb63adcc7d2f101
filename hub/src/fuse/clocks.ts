/** One clock offset per camera from the offsets between pairs, and everything two cameras know about each other. */
import { CameraPair, type ClockEdge } from './cameraPair.ts';
import type { ClockReport, DisagreementReport } from './samples.ts';

/** Over this time half of what a pair learned has faded, so that a drifting clock is followed. */
const HALF_LIFE_SECONDS = 300;
const SWEEPS = 60;
/** An offset less certain than this is not applied. */
const USABLE_SIGMA_SECONDS = 0.25;
/** Nothing is corrected by less: a frame's own duration. */
const NEGLIGIBLE_SECONDS = 0.015;

interface CameraClock {
  readonly name: string;
  /** Ahead of the others, seconds; what the correction applies, and what is reported. */
  applied: number;
  estimate: number;
  sigma: number;
  refused: boolean;
  /** Told beforehand: what is learned is reported, and not applied. */
  readonly known: boolean;
}

export class Clocks {
  readonly #limitSeconds: number;
  readonly #clocks = new Map<string, CameraClock>();
  readonly #pairs = new Map<string, CameraPair>();

  constructor(limitSeconds: number) {
    this.#limitSeconds = limitSeconds;
  }

  /** @param seconds what is known of the offset beforehand. */
  addCamera(name: string, seconds?: number): void {
    if (this.#clocks.has(name)) return;
    const known = seconds !== undefined;
    const estimate = seconds ?? 0;
    const refused = Math.abs(estimate) > this.#limitSeconds;
    const applied = refused ? 0 : estimate;
    this.#clocks.set(name, { name, applied, estimate, sigma: Number.NaN, refused, known });
  }

  /** What to add to a common time to get the camera's stamp, ms. */
  offsetMs(camera: string): number {
    return Math.round((this.#clocks.get(camera)?.applied ?? 0) * 1000);
  }

  refused(camera: string): boolean {
    return this.#clocks.get(camera)?.refused ?? false;
  }

  /** Relative offset that is applied between two cameras, second less first, seconds. */
  applied(first: string, second: string): number {
    return (this.offsetMs(second) - this.offsetMs(first)) / 1000;
  }

  /** The pair of two cameras; `first` must be the lower name. */
  pair(first: string, second: string): CameraPair {
    const key = `${first}\n${second}`;
    let pair = this.#pairs.get(key);
    if (!pair) {
      pair = new CameraPair(first, second);
      this.#pairs.set(key, pair);
    }
    return pair;
  }

  /** Estimates and applies anew. Call it at regular times of the data. */
  update(elapsedSeconds: number): void {
    const edges: { first: CameraClock; second: CameraClock; edge: ClockEdge }[] = [];
    const pairs = [...this.#pairs.values()].sort((p, q) =>
      p.first === q.first ? (p.second < q.second ? -1 : 1) : p.first < q.first ? -1 : 1,
    );
    for (const pair of pairs) {
      const edge = pair.clock(this.applied(pair.first, pair.second));
      const first = this.#clocks.get(pair.first);
      const second = this.#clocks.get(pair.second);
      if (edge && first && second) edges.push({ first, second, edge });
    }
    this.#solve(edges);
    const fade = 0.5 ** (elapsedSeconds / HALF_LIFE_SECONDS);
    for (const pair of pairs) {
      pair.settle(this.applied(pair.first, pair.second));
      pair.fade(fade);
    }
  }

  /** Weighted least squares over the pairs; the clocks' own median is right, for want of a better one. */
  #solve(edges: readonly { first: CameraClock; second: CameraClock; edge: ClockEdge }[]): void {
    const value = new Map<CameraClock, number>();
    const weight = new Map<CameraClock, number>();
    for (const { first, second, edge } of edges) {
      const w = 1 / edge.sigmaSeconds ** 2;
      for (const clock of [first, second]) {
        value.set(clock, clock.estimate);
        weight.set(clock, (weight.get(clock) ?? 0) + w);
      }
    }
    if (value.size === 0) return;
    for (let sweep = 0; sweep < SWEEPS; sweep++) {
      for (const clock of value.keys()) {
        let sum = 0;
        for (const { first, second, edge } of edges) {
          const w = 1 / edge.sigmaSeconds ** 2;
          if (first === clock) sum += w * ((value.get(second) as number) - edge.seconds);
          else if (second === clock) sum += w * ((value.get(first) as number) + edge.seconds);
        }
        value.set(clock, sum / (weight.get(clock) as number));
      }
    }
    const sorted = [...value.values()].sort((a, b) => a - b);
    const middle = ((sorted[(sorted.length - 1) >> 1] as number) + (sorted[sorted.length >> 1] as number)) / 2;
    for (const [clock, seconds] of value) {
      clock.estimate = seconds - middle;
      clock.sigma = 1 / Math.sqrt(weight.get(clock) as number);
      if (clock.known || clock.sigma > USABLE_SIGMA_SECONDS) continue;
      clock.refused = Math.abs(clock.estimate) > this.#limitSeconds;
      const worth = clock.estimate ** 2 / (clock.estimate ** 2 + clock.sigma ** 2);
      const applied = clock.estimate * worth;
      clock.applied = clock.refused || Math.abs(applied) < NEGLIGIBLE_SECONDS ? 0 : applied;
    }
  }

  clockReports(): ClockReport[] {
    return [...this.#clocks.values()]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ name, estimate, sigma, refused }) => ({
        camera: name,
        offsetMs: Number.isNaN(sigma) ? null : Math.round(estimate * 1000),
        sigmaMs: Number.isNaN(sigma) ? null : Math.ceil(sigma * 1000),
        refused,
      }));
  }

  disagreements(): DisagreementReport[] {
    return [...this.#pairs.values()]
      .filter((pair) => pair.positions > 0)
      .sort((p, q) => (`${p.first}\n${p.second}` < `${q.first}\n${q.second}` ? -1 : 1))
      .map((pair) => {
        const { x, y } = pair.medians();
        return {
          cameras: [pair.first, pair.second] as const,
          xMetres: x,
          yMetres: y,
          metres: Math.hypot(x, y),
          positions: pair.positions,
        };
      });
  }
}
