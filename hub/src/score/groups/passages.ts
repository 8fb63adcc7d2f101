/** Who has been through which control zone, and when. */
import type { Tick } from '../scene/scene.ts';
import type { CompiledZone } from '../zones.ts';
import type { Life, Lives } from './lives.ts';

export interface Passage {
  readonly zone: string;
  readonly enteredMs: number;
  readonly leftMs: number;
}

/** Passages of a person that are remembered at most: the newest. */
const MOST_PASSAGES = 16;
/** The straight way of somebody who was out of sight is looked at so often, metres. */
const STEP_METRES = 0.25;
const MOST_STEPS = 400;

export class Passages {
  readonly #zones: readonly CompiledZone[];
  /** When somebody came into the zone they are in, by number and zone; NaN outside. */
  readonly #entered = new Map<number, Float64Array>();
  readonly #passages = new Map<number, Passage[]>();

  /** @param zones all zones of a floor; those of kind `control` are watched. */
  constructor(zones: readonly CompiledZone[]) {
    this.#zones = zones.filter((zone) => zone.kind === 'control');
  }

  tick(tick: Tick, lives: Lives): void {
    if (this.#zones.length === 0) return;
    const { x, y } = tick.slots;
    for (let i = 0; i < tick.count; i++) {
      const slot = tick.active[i] as number;
      const life = lives.of(slot);
      if (!life) continue;
      let entered = this.#entered.get(life.number);
      for (let z = 0; z < this.#zones.length; z++) {
        const zone = this.#zones[z] as CompiledZone;
        const inside = zone.contains(x[slot] as number, y[slot] as number);
        const enteredMs = entered?.[z] ?? Number.NaN;
        if (inside && Number.isNaN(enteredMs)) {
          entered ??= this.#nowhere();
          entered[z] = tick.timeMs;
          this.#entered.set(life.number, entered);
        } else if (!inside && entered && !Number.isNaN(enteredMs)) {
          entered[z] = Number.NaN;
          this.#passed(life.number, { zone: zone.id, enteredMs, leftMs: tick.timeMs });
        }
      }
    }
  }

  /** The passages of a life that ended at or after a time, oldest first. */
  since(life: number, timeMs: number): Passage[] {
    return (this.#passages.get(life) ?? []).filter(({ leftMs }) => leftMs >= timeMs);
  }

  /**
   * One life goes on as another: what the first passed, the second passed; and what lies on the straight way between where the
   * one was lost and the other began.
   */
  handOver(earlier: Life, later: Life): void {
    const { firstX: x, firstY: y } = later;
    const own = this.#passages.get(later.number) ?? [];
    this.#passages.set(later.number, []);
    for (const passage of this.#passages.get(earlier.number) ?? []) this.#passed(later.number, passage);
    const entered = this.#entered.get(earlier.number);
    const now = this.#entered.get(later.number);
    this.#zones.forEach((zone, z) => {
      const beforeMs = entered?.[z] ?? Number.NaN;
      const began = zone.contains(x, y);
      if (!began && (!Number.isNaN(beforeMs) || this.#crosses(zone, earlier, x, y))) {
        const enteredMs = Number.isNaN(beforeMs) ? earlier.lastMs : beforeMs;
        this.#passed(later.number, { zone: zone.id, enteredMs, leftMs: later.firstMs });
      } else if (began && !Number.isNaN(beforeMs) && now && !Number.isNaN(now[z] as number)) now[z] = beforeMs;
    });
    for (const passage of own) this.#passed(later.number, passage);
    this.forget(earlier.number);
  }

  forget(life: number): void {
    this.#entered.delete(life);
    this.#passages.delete(life);
  }

  #nowhere(): Float64Array {
    return new Float64Array(this.#zones.length).fill(Number.NaN);
  }

  #crosses(zone: CompiledZone, from: Life, x: number, y: number): boolean {
    const steps = Math.min(MOST_STEPS, Math.ceil(Math.hypot(x - from.x, y - from.y) / STEP_METRES));
    for (let k = 1; k < steps; k++) {
      if (zone.contains(from.x + ((x - from.x) * k) / steps, from.y + ((y - from.y) * k) / steps)) return true;
    }
    return false;
  }

  #passed(life: number, passage: Passage): void {
    const list = this.#passages.get(life) ?? [];
    list.push(passage);
    if (list.length > MOST_PASSAGES) list.shift();
    this.#passages.set(life, list);
  }
}
