/** Who has been through which control zone, and when. */
import type { Tick } from '../scene/scene.ts';
import type { CompiledZone } from '../zones.ts';
import type { Life, Lives, Passage } from './lives.ts';

/** Passages of a person that are remembered at most: the newest. */
const MOST_PASSAGES = 16;

export class Passages {
  readonly #zones: readonly CompiledZone[];
  readonly #entered = new Map<number, Float64Array>();
  readonly #passages = new Map<number, Passage[]>();

  /** @param zones all zones of a floor; those of kind `control` are watched. */
  constructor(zones: readonly CompiledZone[]) {
    this.#zones = zones.filter((zone) => zone.kind === 'control');
  }

  tick(tick: Tick, lives: Lives, gone: readonly Life[]): void {
    if (this.#zones.length === 0) return;
    for (const { number } of gone) {
      this.#entered.delete(number);
      this.#passages.delete(number);
    }
    const { x, y } = tick.slots;
    for (let i = 0; i < tick.count; i++) {
      const slot = tick.active[i] as number;
      const life = lives.of(slot);
      if (!life) continue;
      let entered = this.#entered.get(life.number);
      this.#zones.forEach((zone, z) => {
        const inside = zone.contains(x[slot] as number, y[slot] as number);
        const enteredMs = entered?.[z] ?? Number.NaN;
        if (inside && Number.isNaN(enteredMs)) {
          entered ??= new Float64Array(this.#zones.length).fill(Number.NaN);
          entered[z] = tick.timeMs;
          this.#entered.set(life.number, entered);
        } else if (!inside && entered && !Number.isNaN(enteredMs)) {
          entered[z] = Number.NaN;
          const list = this.#passages.get(life.number) ?? [];
          list.push({ zone: zone.id, enteredMs, leftMs: tick.timeMs });
          if (list.length > MOST_PASSAGES) list.shift();
          this.#passages.set(life.number, list);
        }
      });
    }
  }

  /** The passages of a life that ended at or after a time, oldest first. */
  since(life: number, timeMs: number): Passage[] {
    return (this.#passages.get(life) ?? []).filter(({ leftMs }) => leftMs >= timeMs);
  }
}
