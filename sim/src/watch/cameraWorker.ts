/** The cameras' thread: takes moments of the floor, lets every camera look, hands the boxes to their sinks. */
import { parentPort, workerData } from 'node:worker_threads';
import { CameraView } from '../cameras/cameraView.ts';
import { Sight } from '../terminal/sight.ts';
import { openFeedSink } from './feedSink.ts';
import { openFileSink } from './fileSink.ts';
import { unpackBodies } from './snapshot.ts';
import type { WatchSetup } from './watch.ts';

const { terminal, seed, faults, detector, sink } = workerData as WatchSetup;
const port = parentPort;
if (!port) throw new Error('this file runs as a worker thread');

const open =
  sink.kind === 'files' ? openFileSink(sink.folder, sink.framesPerSecond) : openFeedSink(sink.folder, sink.epochMs);
const sight = new Sight(terminal);
const views = await Promise.all(
  terminal.cameras.map(async (camera) => {
    const own = faults[camera.id];
    return {
      view: new CameraView(terminal, camera, sight, own ? { seed, detector, faults: own } : { seed, detector }),
      sink: await open(camera),
    };
  }),
);

async function look(buffer: ArrayBuffer): Promise<void> {
  const { timeSeconds, bodies } = unpackBodies(buffer);
  for (const { view, sink: out } of views) {
    const boxes = view.see(bodies, timeSeconds);
    if (boxes) out.frame(boxes);
  }
  for (const { sink: out } of views) await out.settled();
}

let chain: Promise<void> = Promise.resolve();
port.on('message', (message: ArrayBuffer | 'close') => {
  chain = chain.then(async () => {
    if (message !== 'close') {
      await look(message);
      port.postMessage('seen');
      return;
    }
    await Promise.all(views.map(({ sink: out }) => out.close()));
    port.postMessage('closed');
    port.close();
  });
  // An error of a sink ends the thread; whoever started it hears it as the worker's error.
  chain.catch((problem: unknown) => {
    setImmediate(() => {
      throw problem;
    });
  });
});
port.postMessage('ready');
