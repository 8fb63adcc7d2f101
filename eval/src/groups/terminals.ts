/**
 * Companies in simulated terminals: queues, desks, seats and gates, where strangers stand as near to each other as companions do, and people
 * stay for minutes. No public set has labels of that.
 */
import { STEPS_PER_SECOND } from '@safe-passage/sim/passengers/ground.ts';
import { loadTerminal } from '@safe-passage/sim/terminal/load.ts';
import type { Terminal } from '@safe-passage/sim/terminal/terminal.ts';
import type { TruthEvent } from '@safe-passage/sim/truth/events.ts';
import { World } from '@safe-passage/sim/world.ts';
import { Random } from '../fusion/random.ts';
import { cutWindows, type Row, WINDOW_SECONDS, type WindowedSet } from './dataset.ts';

const KEEP_EVERY = 5;
/** As `hub score` takes positions to be. */
const SIGMA_METRES = 0.1;

export interface TerminalRun {
  readonly plan: string;
  readonly passengersPerHour: number;
  readonly seed: number;
  readonly seconds: number;
}

/** Half an hour of each plan, as ordinary as it is. Parameters may be fitted on seeds 1 to 40 alone. */
const TERMINAL_RUNS: readonly TerminalRun[] = [
  { plan: 'arrivals', passengersPerHour: 1200, seed: 100, seconds: 1800 },
  { plan: 'departures', passengersPerHour: 1200, seed: 100, seconds: 1800 },
  { plan: 'regional', passengersPerHour: 300, seed: 100, seconds: 1800 },
];

/** Who is of one party: companies, and those who met. */
class Parties {
  readonly #companyOf = new Map<string, number>();
  /** Of a party that met another: which, and when. */
  readonly #joined = new Map<number, { readonly party: number; readonly atMs: number }>();

  tell(event: TruthEvent, atMs: number): void {
    if (event.type === 'person-entered') this.#companyOf.set(String(event.id), event.company);
    else if (event.type === 'company-met' && event.other !== undefined) {
      const [own, party] = [this.#party(event.company, atMs), this.#party(event.other, atMs)];
      if (own !== party) this.#joined.set(own, { party, atMs });
    }
  }

  #party(company: number, atMs: number): number {
    const joined = this.#joined.get(company);
    return joined === undefined || joined.atMs > atMs ? company : this.#party(joined.party, atMs);
  }

  /** The party of somebody at a time. */
  of(person: string, atMs: number): number {
    return this.#party(this.#companyOf.get(person) ?? Number.NaN, atMs);
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
  for (let step = 0; step < seconds * STEPS_PER_SECOND; step++) {
    const timeMs = (1000 * step) / STEPS_PER_SECOND;
    const { bodies } = world;
    for (let i = 0; step % KEEP_EVERY === 0 && i < bodies.count; i++) {
      const x = (bodies.x[i] as number) + SIGMA_METRES * random.normal();
      const y = (bodies.y[i] as number) + SIGMA_METRES * random.normal();
      rows.push({ timeMs, person: String(bodies.id[i]), x, y });
    }
    world.step();
    for (const event of world.drainEvents()) parties.tell(event, timeMs);
  }
  const lastStepMs = 1000 * (WINDOW_SECONDS - 1 / STEPS_PER_SECOND);
  const windows = cutWindows(rows, rows[0]?.timeMs ?? 0, (inside, fromMs) => {
    const people = new Set(inside.map(({ person }) => person));
    return [...Map.groupBy(people, (person) => parties.of(person, fromMs + lastStepMs)).values()];
  });
  return { name, rows, sampleSeconds: KEEP_EVERY / STEPS_PER_SECOND, windows };
}

/** The runs that figures are told of. */
export async function terminalSets(): Promise<WindowedSet[]> {
  const sets: WindowedSet[] = [];
  for (const run of TERMINAL_RUNS) sets.push(terminalSet(await loadTerminal(run.plan), run));
  return sets;
}
