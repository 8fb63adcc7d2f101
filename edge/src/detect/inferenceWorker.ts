/**
 * The thread that inference runs in: onnxruntime computes inside the calling thread, and whoever decodes the next frame
 * must not wait for it. Tensors come and boxes go through shared memory; the messages only say which slot is meant.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { env, InferenceSession, Tensor } from 'onnxruntime-node';
import { CandidateBoxes } from './decode/candidates.ts';
import { createDecoder } from './decode/decoder.ts';
import { type FromWorker, MAX_BOXES, type ToWorker, VALUES_PER_BOX, type WorkerSetup } from './inferenceProtocol.ts';
import { outputNames } from './manifest.ts';
import { NonMaximumSuppression } from './nms.ts';
import { sessionOptions } from './session.ts';

const port = parentPort;
if (!port) throw new Error('this module runs as a worker thread only');
const { manifest, weights, threads, confidence, slots } = workerData as WorkerSetup;
const send = (message: FromWorker) => port.postMessage(message);

// Set before the first session: warnings about how a model was exported are of no use to whoever runs it.
env.logLevel = 'error';

async function prepare(): Promise<(slot: number) => Promise<void>> {
  const session = await InferenceSession.create(weights, sessionOptions(threads));
  const names = outputNames(manifest);
  for (const [kind, wanted, found] of [
    ['input', [manifest.input.name], session.inputNames],
    ['output', names, session.outputNames],
  ] as const) {
    const missing = wanted.find((name) => !found.includes(name));
    if (missing) throw new Error(`it has no ${kind} "${missing}"; its ${kind}s are ${found.join(', ')}`);
  }
  const { width, height } = manifest.input;
  const feeds = slots.map((slot) => ({
    [manifest.input.name]: new Tensor('float32', new Float32Array(slot.input), [1, 3, height, width]),
  }));
  const boxes = slots.map((slot) => new Float32Array(slot.boxes));
  // The first run is slow anyway; it tells the true sizes of the outputs, which then are written in place for ever.
  const trial = await session.run(feeds[0] ?? {}, names);
  const fetches: Record<string, Tensor> = {};
  for (const name of names) {
    const output = trial[name];
    if (!(output?.data instanceof Float32Array)) throw new Error(`its output "${name}" is no tensor of 32-bit floats`);
    fetches[name] = new Tensor('float32', new Float32Array(output.data.length), output.dims);
  }
  const values = names.map((name) => fetches[name]?.data as Float32Array);
  const decoder = createDecoder(
    manifest,
    values.map((output) => output.length),
  );
  const candidates = new CandidateBoxes(decoder.anchors);
  const suppression = new NonMaximumSuppression(decoder.anchors, manifest.nms);

  return async (slot) => {
    const into = boxes[slot];
    const feed = feeds[slot];
    if (!into || !feed) throw new RangeError(`there is no slot ${slot}`);
    await session.run(feed, fetches);
    candidates.count = 0;
    decoder.decode(values, confidence, candidates);
    const count = suppression.run(candidates, confidence, MAX_BOXES);
    const { kept } = suppression;
    for (let n = 0, at = 0; n < count; n += 1, at += VALUES_PER_BOX) {
      into[at] = kept.x1[n] ?? 0;
      into[at + 1] = kept.y1[n] ?? 0;
      into[at + 2] = kept.x2[n] ?? 0;
      into[at + 3] = kept.y2[n] ?? 0;
      into[at + 4] = kept.score[n] ?? 0;
    }
    send({ kind: 'done', slot, count });
  };
}

const prepared = prepare();
// One after the other: the frames share the output tensors.
let work: Promise<unknown> = prepared.then(
  () => send({ kind: 'ready' }),
  (problem: unknown) => send({ kind: 'failed', message: problem instanceof Error ? problem.message : String(problem) }),
);
port.on('message', (message: ToWorker) => {
  work =
    message.kind === 'close'
      ? work.then(() => port.close())
      : work
          .then(() => prepared)
          .then((infer) => infer(message.slot))
          .catch((problem: unknown) => send({ kind: 'failed', message: String(problem) }));
});
