/** An hour of a simulated terminal with staged movements: who was where, and what was staged. */
import type { FloorPlan } from '@safe-passage/contract';
import { STEPS_PER_SECOND } from '@safe-passage/sim/passengers/ground.ts';
import { floorPlanOf } from '@safe-passage/sim/terminal/floorPlan.ts';
import type { Terminal } from '@safe-passage/sim/terminal/terminal.ts';
import type { ScenarioRecord } from '@safe-passage/sim/truth/events.ts';
import { type Bodies, World } from '@safe-passage/sim/world.ts';

/** Every second step of the world is kept. */
const KEEP_EVERY = 2;
export const HERTZ = STEPS_PER_SECOND / KEEP_EVERY;
/** After the last entry the floor may take so long to empty, seconds: what is staged by then is seen to its end. */
const EMPTY_SECONDS = 600;

export interface StagedRun {
  readonly plan: string;
  readonly seed: number;
  readonly hours: number;
  readonly passengersPerHour: number;
  /** 0: ordinary traffic alone. */
  readonly scenariosPerHour: number;
}

/** Positions frame by frame, `HERTZ` frames a second: of frame k the entries `starts[k]` to `starts[k + 1]`. */
export interface Recording {
  readonly run: StagedRun;
  readonly floor: FloorPlan;
  readonly frames: number;
  readonly starts: Int32Array;
  readonly id: Int32Array;
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** Everybody who came in. */
  readonly people: number;
  readonly scenarios: readonly ScenarioRecord[];
}

/** A column that grows as it is written. */
export class Column<T extends Int32Array | Float32Array> {
  values: T;
  count = 0;
  readonly #longer: (length: number) => T;

  constructor(longer: (length: number) => T) {
    this.#longer = longer;
    this.values = longer(1 << 16);
  }

  push(value: number): void {
    if (this.count === this.values.length) {
      const longer = this.#longer(2 * this.values.length);
      longer.set(this.values);
      this.values = longer;
    }
    this.values[this.count++] = value;
  }
}

/** Told of the floor as it is at each kept frame; whoever looks copies what is to be kept. */
export type Onlooker = (bodies: Bodies, seconds: number) => void;

/**
 * Plays a run to its end.
 *
 * @param onHours told how many of its hours have passed, now and then; whoever awaits it lets others work.
 * @returns null where the signal was aborted.
 */
export async function record(
  terminal: Terminal,
  run: StagedRun,
  onHours: (hours: number) => void,
  signal: AbortSignal,
  onlooker: Onlooker | null = null,
): Promise<Recording | null> {
  const lastEntrySeconds = run.hours * 3600;
  const world = new World(terminal, {
    seed: run.seed,
    passengersPerHour: run.passengersPerHour,
    scenarios: run.scenariosPerHour > 0 ? 'all' : 'none',
    scenariosPerHour: run.scenariosPerHour,
    lastEntrySeconds,
  });
  const starts = new Column((length) => new Int32Array(length));
  const id = new Column((length) => new Int32Array(length));
  const x = new Column((length) => new Float32Array(length));
  const y = new Column((length) => new Float32Array(length));
  const scenarios: ScenarioRecord[] = [];
  let people = 0;
  const drain = (): void => {
    for (const event of world.drainEvents()) {
      if (event.type === 'person-entered') people++;
      else if (event.type === 'scenario') scenarios.push(event);
    }
  };
  const last = Math.round((lastEntrySeconds + EMPTY_SECONDS) * STEPS_PER_SECOND);
  let frames = 0;
  for (let step = 0; step < last; step++) {
    if (step % KEEP_EVERY === 0) {
      const { bodies } = world;
      starts.push(id.count);
      frames++;
      for (let i = 0; i < bodies.count; i++) {
        id.push(bodies.id[i] as number);
        x.push(bodies.x[i] as number);
        y.push(bodies.y[i] as number);
      }
      onlooker?.(bodies, step / STEPS_PER_SECOND);
      if (step > lastEntrySeconds * STEPS_PER_SECOND && bodies.count === 0) break;
    }
    world.step();
    if (step % 100 !== 0) continue;
    drain();
    onHours(Math.min(run.hours, step / STEPS_PER_SECOND / 3600));
    if (step % 1000 === 0) await new Promise(setImmediate);
    if (signal.aborted) return null;
  }
  world.finish();
  drain();
  starts.push(id.count);
  return {
    run,
    floor: floorPlanOf(terminal),
    frames,
    starts: starts.values.slice(0, starts.count),
    id: id.values.slice(0, id.count),
    x: x.values.slice(0, x.count),
    y: y.values.slice(0, y.count),
    people,
    scenarios,
  };
}
