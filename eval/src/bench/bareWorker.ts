/** Bare onnxruntime: the same session, in the same kind of thread, fed the same tensor again and again. */
import { parentPort, workerData } from 'node:worker_threads';
import { sessionOptions } from '@safe-passage/edge/detect/session.ts';
import { env, InferenceSession, Tensor } from 'onnxruntime-node';

export interface BareSetup {
  readonly weights: string;
  readonly threads: number;
  readonly input: { readonly name: string; readonly width: number; readonly height: number };
}

const port = parentPort;
if (!port) throw new Error('this module runs as a worker thread only');
const { weights, threads, input } = workerData as BareSetup;
env.logLevel = 'error';
const session = await InferenceSession.create(weights, sessionOptions(threads));
const planes = Float32Array.from({ length: 3 * input.width * input.height }, (_, i) => (i * 2_654_435_761) % 256);
const feeds = { [input.name]: new Tensor('float32', planes, [1, 3, input.height, input.width]) };
const fetches = { ...(await session.run(feeds)) };

/** Asked for a number of runs, answers with how long they took, milliseconds. */
port.on('message', (runs: number) => {
  const measure = async () => {
    const started = performance.now();
    for (let i = 0; i < runs; i += 1) await session.run(feeds, fetches);
    port.postMessage(performance.now() - started);
  };
  measure().catch((problem: unknown) => {
    throw problem;
  });
});
port.postMessage('ready');
