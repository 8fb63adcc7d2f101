import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { FoundModel } from '@safe-passage/edge/detect/findModel.ts';
import type { BareSetup } from '../bench/bareWorker.ts';
import { median } from '../bench/pipeline.ts';

export interface Latency {
  readonly model: string;
  /** Median milliseconds of one inference. */
  readonly milliseconds: number;
  /** Median over the rounds of this model's time by the first model's in the same round. */
  readonly ratio: number;
}

/**
 * Times bare inference of several models, one thread each, in turns: a machine that gets busier meets all alike.
 * @param models the first is what the others are compared with.
 * @param runs inferences of one model in one round.
 */
export async function measureLatency(
  models: readonly FoundModel[],
  rounds: number,
  runs: number,
  signal: AbortSignal,
  onRound: (done: number) => void = () => undefined,
): Promise<Latency[]> {
  const workers: Worker[] = [];
  try {
    for (const { manifest, weights } of models) {
      const setup: BareSetup = { weights, threads: 1, input: manifest.input };
      const worker = new Worker(new URL('../bench/bareWorker.ts', import.meta.url), { workerData: setup });
      workers.push(worker);
      await once(worker, 'message');
    }
    const timed = async (worker: Worker, count: number): Promise<number> => {
      const answer = once(worker, 'message') as Promise<[number]>;
      worker.postMessage(count);
      const [milliseconds] = await answer;
      return milliseconds / count;
    };
    for (const worker of workers) await timed(worker, 3);
    const times: number[][] = models.map(() => []);
    for (let round = 0; round < rounds && !signal.aborted; round += 1) {
      for (const [n, worker] of workers.entries()) times[n]?.push(await timed(worker, runs));
      onRound(round + 1);
    }
    const first = times[0] ?? [];
    return models.map(({ manifest }, n) => ({
      model: manifest.name,
      milliseconds: median(times[n] ?? []),
      ratio: median((times[n] ?? []).map((value, round) => value / (first[round] ?? Number.NaN))),
    }));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
