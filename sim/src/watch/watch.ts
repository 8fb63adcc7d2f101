import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { DetectorParameters } from '../cameras/detectors.ts';
import type { CameraFaults } from '../cameras/faults.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Bodies } from '../world.ts';
import type { SinkSpec } from './sink.ts';
import { packBodies } from './snapshot.ts';

export interface WatchSetup {
  readonly terminal: Terminal;
  readonly seed: number;
  /** By camera. */
  readonly faults: Readonly<Record<string, CameraFaults>>;
  readonly detector: DetectorParameters;
  readonly sink: SinkSpec;
}

/** Moments that wait for the cameras at most: then the world waits for them. */
const MOST_WAITING = 64;

/** All cameras of a terminal, in a thread of their own beside the world. */
export class CameraWatch {
  readonly #worker: Worker;
  readonly #waiting: (() => void)[] = [];
  #outstanding = 0;
  #failure: Error | null = null;
  readonly #closed: Promise<void>;

  private constructor(worker: Worker) {
    this.#worker = worker;
    let closed: () => void = () => undefined;
    let failed: (problem: Error) => void = () => undefined;
    this.#closed = new Promise<void>((resolve, reject) => {
      closed = resolve;
      failed = reject;
    });
    // Told by whoever calls next; nobody may call again.
    this.#closed.catch(() => undefined);
    worker.on('message', (message: 'seen' | 'closed') => {
      if (message === 'closed') closed();
      else {
        this.#outstanding -= 1;
        this.#waiting.shift()?.();
      }
    });
    worker.on('error', (problem: Error) => {
      this.#failure = problem;
      failed(problem);
      for (const wake of this.#waiting.splice(0)) wake();
    });
  }

  /** @throws where a file or a socket cannot be opened. */
  static async start(setup: WatchSetup): Promise<CameraWatch> {
    const worker = new Worker(new URL('./cameraWorker.ts', import.meta.url), { workerData: setup, name: 'cameras' });
    await once(worker, 'message');
    return new CameraWatch(worker);
  }

  /** Shows the cameras the floor. Returns when there is room for the next moment. @throws what a sink said. */
  async show(bodies: Bodies, timeSeconds: number): Promise<void> {
    if (this.#failure) throw this.#failure;
    const buffer = packBodies(bodies, timeSeconds);
    this.#outstanding += 1;
    this.#worker.postMessage(buffer, [buffer]);
    if (this.#outstanding < MOST_WAITING) return;
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.#failure) throw this.#failure;
  }

  /** Lets the cameras finish, closes their files or sockets, ends the thread. */
  async close(): Promise<void> {
    if (this.#failure === null) {
      this.#worker.postMessage('close');
      await this.#closed;
    }
    await this.#worker.terminate();
  }
}
