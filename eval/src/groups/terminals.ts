/**
 * Companies in simulated terminals: queues, desks, seats and gates, where strangers stand as near to each other as companions do, and people
 * stay for minutes. No public set has labels of that.
 */
import type { Terminal } from '@safe-passage/sim/terminal/terminal.ts';
import type { TruthEvent } from '@safe-passage/sim/truth/events.ts';
import { World } from '@safe-passage/sim/world.ts';
import { Random } from '../fusion/random.ts';
import { type Row, WINDOW_SECONDS, type Window, type WindowedSet } from './dataset.ts';

const STEPS_PER_SECOND = 10;
const KEEP_EVERY = 5;
const WINDOW_MS = 1000 * WINDOW_SECONDS;
/** As `hub score` takes positions to be. */
const SIGMA_METRES = 0.1;

export interface TerminalRun {
  readonly plan: string;
  readonly passengersPerHour: number;
  readonly seed: number;
  readonly seconds: number;
}

/** Half an hour of each plan, as ordinary as it is. Parameters were fitted on seeds 1 to 40 alone. */
export const TERMINAL_RUNS: readonly TerminalRun[] = [
  { plan: 'arrivals', passengersPerHour: 1200, seed: 100, seconds: 1800 },
  { plan: 'departures', passengersPerHour: 1200, seed: 100, seconds: 1800 },
  { plan: 'regional', passengersPerHour: 300, seed: 100, seconds: 1800 },
];

/** Who is of one party: companies, and those who met. */
class Parties {
  readonly #companyOf = new Map<string, number>();
  readonly #joined = new Map<number, number>();

  tell(event: TruthEvent): void {
    if (event.type === 'person-entered') this.#companyOf.set(String(event.id), event.company);
    else if (event.type === 'company-met' && event.other !== undefined) {
      const [a, b] = [this.#party(event.company), this.#party(event.other)];
      if (a !== b) this.#joined.set(a, b);
    }
  }

  #party(company: number): number {
    const joined = this.#joined.get(company);
    return joined === undefined ? company : this.#party(joined);
  }

  of(person: string): number {
    return this.#party(this.#companyOf.get(person) ?? Number.NaN);
  }
}

/** Plays a run and cuts it into windows; who has met by the end of a window is one party in it. */
export function terminalSet(
  terminal: Terminal,
  { plan: name, passengersPerHour, seed, seconds }: TerminalRun,
): WindowedSet {
  const world = new World(terminal, { seed, passengersPerHour, scenarios: 'none' });
  const parties = new Parties();
  const random = new Random(seed);
  const rows: Row[] = [];
  const windows: Window[] = [];
  let startMs = Number.NaN;
  let inside: Row[] = [];
  const close = (): void => {
    const fromMs = inside[0]?.timeMs;
    if (fromMs === undefined) return;
    const people = new Set(inside.map(({ person }) => person));
    const truth = [...Map.groupBy(people, (person) => parties.of(person)).values()];
    windows.push({ fromMs: startMs + Math.floor((fromMs - startMs) / WINDOW_MS) * WINDOW_MS, rows: inside, truth });
    inside = [];
  };
  for (let step = 0; step < seconds * STEPS_PER_SECOND; step++) {
    const timeMs = (1000 * step) / STEPS_PER_SECOND;
    if ((timeMs - startMs) % WINDOW_MS === 0) close();
    const { bodies } = world;
    for (let i = 0; step % KEEP_EVERY === 0 && i < bodies.count; i++) {
      if (Number.isNaN(startMs)) startMs = timeMs;
      const x = (bodies.x[i] as number) + SIGMA_METRES * random.normal();
      const y = (bodies.y[i] as number) + SIGMA_METRES * random.normal();
      const row = { timeMs, person: String(bodies.id[i]), x, y };
      inside.push(row);
      rows.push(row);
    }
    world.step();
    for (const event of world.drainEvents()) parties.tell(event);
  }
  close();
  return { name, rows, sampleSeconds: KEEP_EVERY / STEPS_PER_SECOND, windows };
}
