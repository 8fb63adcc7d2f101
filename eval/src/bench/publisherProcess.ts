/** Cameras in a process of their own: publishes reports as fast as the broker takes them, QoS 1, and then ends. */
import { tracksTopic } from '@safe-passage/contract';
import { connectAsync } from 'mqtt';
import { type IngestLoad, loadReport } from './ingestLoad.ts';

/** Reports on their way to the broker at any time. */
const WINDOW = 256;

async function publishAll(url: string, load: IngestLoad): Promise<void> {
  const client = await connectAsync(url, { protocolVersion: 4, clientId: 'bench-cameras' });
  const next = { second: 0, camera: 0 };
  const publishNext = async (): Promise<void> => {
    while (next.second < load.seconds) {
      const { second, camera } = next;
      next.camera++;
      if (next.camera === load.cameras) {
        next.camera = 0;
        next.second++;
      }
      const { address, report } = loadReport(load, second, camera);
      await client.publishAsync(tracksTopic(address), JSON.stringify(report), { qos: 1 });
    }
  };
  await Promise.all(Array.from({ length: WINDOW }, publishNext));
  await client.endAsync();
}

process.on('disconnect', () => process.exit(0));
process.once('message', (message) => {
  const { url, load } = message as { url: string; load: IngestLoad };
  publishAll(url, load).then(
    () => process.exit(0),
    (problem: unknown) => {
      process.stderr.write(`the benchmark's cameras failed: ${String(problem)}\n`);
      process.exit(1);
    },
  );
});
