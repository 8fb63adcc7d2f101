import { EscortScorer } from '@safe-passage/hub/score/escorts/escorts.ts';
import { GroupScorer } from '@safe-passage/hub/score/groups/groups.ts';
import type { PersonSample } from '@safe-passage/hub/score/scene/sample.ts';
import { sceneOptionsFor } from '@safe-passage/hub/score/scene/scene.ts';
import type { Benchmark, BenchRow } from './benchmark.ts';
import { crowd } from './crowd.ts';

/** How many at once, and for how many seconds they are scored: each figure stands on half a million positions or more. */
const SIZES = [
  { people: 100, seconds: 1000 },
  { people: 1000, seconds: 150 },
  { people: 10_000, seconds: 20 },
] as const;
const TICK_MS = 200;
/** Seconds of the crowd that are scored before the clock starts: code warm, pairs known. */
const WARM_SECONDS = 10;
const REPEATS = 3;
/** Samples are made so far ahead of the clock, in ticks. */
const BLOCK_TICKS = 50;

/** Processor seconds of the scoring thread for one second of a crowd: scene, groups and escorts together. */
export function costOfSecond(people: number, seconds: number, warmSeconds = WARM_SECONDS): number {
  const escorts = new EscortScorer({ tickMs: TICK_MS });
  const scorer = new GroupScorer({ scene: sceneOptionsFor(TICK_MS / 1000), onTick: (tick) => escorts.tick(tick) });
  const score = (block: readonly PersonSample[][]): void => {
    for (const samples of block) {
      for (const sample of samples) scorer.observe(sample);
      scorer.take();
      escorts.take();
    }
  };
  const warmTicks = (warmSeconds * 1000) / TICK_MS;
  let block: PersonSample[][] = [];
  let spent = 0;
  let tick = 0;
  for (const samples of crowd(people, warmTicks + (seconds * 1000) / TICK_MS, TICK_MS)) {
    block.push(samples);
    tick++;
    if (tick === warmTicks) {
      score(block);
      block = [];
    } else if (tick > warmTicks && block.length === BLOCK_TICKS) {
      const before = process.threadCpuUsage();
      score(block);
      const { user, system } = process.threadCpuUsage(before);
      spent += user + system;
      block = [];
    }
  }
  return spent / 1e6 / seconds;
}

export const scoringBenchmark: Benchmark = {
  name: 'scoring',
  summary:
    'scene, groups and escorts at 100, 1,000 and 10,000 people at once, 5 positions a second each, 10 m2 to a person, on one core',
  options: {},
  run: ({ signal }) => {
    const rows: BenchRow[] = [];
    const each = new Map<number, number>();
    for (const { people, seconds } of SIZES) {
      if (signal.aborted) break;
      // The least of the repeats: others may use the machine too, and caches are shared.
      const cost = Math.min(...Array.from({ length: REPEATS }, () => costOfSecond(people, seconds)));
      each.set(people, cost / people);
      const last = people === 10_000;
      rows.push(
        { what: `${people} people`, value: 1 / cost, unit: 'times real time', ...(last ? { atLeast: 2 } : {}) },
        { what: '  for each of them', value: (1e6 * cost) / people / (1000 / TICK_MS), unit: 'us per position' },
      );
    }
    const small = each.get(100) ?? Number.NaN;
    const large = each.get(10_000) ?? Number.NaN;
    rows.push({ what: 'cost each, 100 / 10,000', value: small / large, unit: '', atLeast: 1 / 1.5 });
    return Promise.resolve(rows);
  },
};
