import { Worker } from 'node:worker_threads';
import { OperatorError } from '@safe-passage/cli';
import type { Frame } from '../frames/frame.ts';
import type { FrameTarget } from '../frames/placement.ts';
import type { DetectionBatch } from './detection.ts';
import { type FoundModel, findModel } from './findModel.ts';
import { type FromWorker, MAX_BOXES, type ToWorker, VALUES_PER_BOX, type WorkerSetup } from './inferenceProtocol.ts';
import type { ModelManifest } from './manifest.ts';
import { addInSource, frameTarget, InputWriter, toSource } from './preprocess.ts';

export interface DetectorOptions {
  /** A model's name (`yolox-nano`) or the path of an .onnx file. */
  readonly model: string;
  /** Lowest confidence reported, 0 to 1; the manifest's default where absent. */
  readonly confidence?: number;
  /** Threads of inference; 1 where absent. */
  readonly threads?: number;
  /** Further folders that are searched for manifests and weights, first of all. */
  readonly modelFolders?: readonly string[];
}

/** Frames that are at the worker or on the way: one computes, one waits, the boxes of one are being read. */
const SLOTS = 3;

interface Waiting {
  readonly resolve: (count: number) => void;
  readonly reject: (problem: Error) => void;
}

/** A place for one frame: its tensor, and the boxes found in it, in memory shared with the worker. */
class Slot {
  readonly index: number;
  readonly shared: { readonly input: SharedArrayBuffer; readonly boxes: SharedArrayBuffer };
  readonly planes: Float32Array;
  readonly boxes: Float32Array;
  frame = 0;
  timeMs = 0;
  sourceWidth = 0;
  sourceHeight = 0;
  placement: Frame['placement'] | null = null;
  waiting: Waiting | null = null;

  constructor(index: number, inputValues: number) {
    this.index = index;
    const bytes = Float32Array.BYTES_PER_ELEMENT;
    this.shared = {
      input: new SharedArrayBuffer(inputValues * bytes),
      boxes: new SharedArrayBuffer(MAX_BOXES * VALUES_PER_BOX * bytes),
    };
    this.planes = new Float32Array(this.shared.input);
    this.boxes = new Float32Array(this.shared.boxes);
  }
}

/** A frame on its way through the detector. */
export interface PendingDetection {
  readonly frame: number;
  readonly timeMs: number;
  readonly sourceWidth: number;
  readonly sourceHeight: number;
  /** Waits for the boxes, puts them into the batch (emptied before) and makes room for another frame. To be called exactly once. */
  read(into: DetectionBatch): Promise<void>;
}

/** A loaded person detector. Inference runs in a worker thread of its own; several frames may be under way. */
export class Detector {
  readonly manifest: ModelManifest;
  /** SHA-256 of the weights, 64 hexadecimal digits. */
  readonly digest: string;
  readonly threads: number;
  /** Lowest confidence reported. */
  readonly confidence: number;
  /** What frames have to look like. */
  readonly target: FrameTarget;
  readonly #writer: InputWriter;
  readonly #worker: Worker;
  readonly #slots: readonly Slot[];
  readonly #free: Slot[];
  readonly #wanted: { resolve: (slot: Slot) => void; reject: (problem: Error) => void }[] = [];
  readonly #exited = Promise.withResolvers<void>();
  #failure: Error | null = null;
  #ready: PromiseWithResolvers<void> | null = null;

  private constructor(found: FoundModel, threads: number, confidence: number) {
    this.manifest = found.manifest;
    this.digest = found.digest;
    this.threads = threads;
    this.confidence = confidence;
    this.target = frameTarget(found.manifest.input);
    this.#writer = new InputWriter(found.manifest.input);
    const { width, height } = found.manifest.input;
    this.#slots = Array.from({ length: SLOTS }, (_, index) => new Slot(index, 3 * width * height));
    this.#free = [...this.#slots];
    const setup: WorkerSetup = {
      manifest: found.manifest,
      weights: found.weights,
      threads,
      confidence,
      slots: this.#slots.map(({ shared }) => shared),
    };
    this.#worker = new Worker(new URL('./inferenceWorker.ts', import.meta.url), {
      workerData: setup,
      name: `detector ${found.manifest.name}`,
    });
    this.#worker.on('message', (message: FromWorker) => this.#receive(message));
    this.#worker.on('error', (problem) => this.#fail(problem instanceof Error ? problem : new Error(String(problem))));
    this.#worker.on('exit', (code) => {
      this.#fail(new Error(`the detector's thread ended (exit code ${code})`));
      this.#exited.resolve();
    });
  }

  /** @internal Called by `loadDetector`. */
  static async start(found: FoundModel, threads: number, confidence: number): Promise<Detector> {
    const detector = new Detector(found, threads, confidence);
    detector.#ready = Promise.withResolvers();
    try {
      await detector.#ready.promise;
    } catch (problem) {
      await detector.close();
      throw new OperatorError(
        `The model ${found.weights} cannot be run as its manifest says: ${problem instanceof Error ? problem.message : String(problem)}.`,
        'Correct the manifest (names of input and outputs, size, strides, classes), or take another model.',
        { cause: problem },
      );
    }
    return detector;
  }

  /**
   * Copies a frame into a free place and hands it to the worker; waits where all places are taken. The frame may be
   * reused as soon as this resolves.
   */
  async submit(frame: Frame): Promise<PendingDetection> {
    const slot = await this.#take();
    const last = slot.placement;
    const { placement } = frame;
    const moved =
      last === null ||
      last.left !== placement.left ||
      last.top !== placement.top ||
      last.width !== placement.width ||
      last.height !== placement.height;
    if (moved) this.#writer.clear(slot.planes);
    slot.placement = { ...placement };
    this.#writer.write(frame, slot.planes);
    slot.frame = frame.frame;
    slot.timeMs = frame.timeMs;
    slot.sourceWidth = frame.sourceWidth;
    slot.sourceHeight = frame.sourceHeight;
    const answer = new Promise<number>((resolve, reject) => {
      slot.waiting = { resolve, reject };
    });
    // Whoever reads the frame gets the problem; nobody may, where the pipeline is being ended.
    answer.catch(() => undefined);
    this.#worker.postMessage({ kind: 'infer', slot: slot.index } satisfies ToWorker);
    return {
      frame: slot.frame,
      timeMs: slot.timeMs,
      sourceWidth: slot.sourceWidth,
      sourceHeight: slot.sourceHeight,
      read: async (into) => {
        const count = await answer;
        this.#copy(slot, count, into);
        this.#release(slot);
      },
    };
  }

  /** Ends the worker thread. Frames under way are given up. */
  async close(): Promise<void> {
    this.#fail(new Error('the detector was closed'));
    // Asked, not terminated: onnxruntime brings the whole process down where its thread is ended in the middle of a run.
    this.#worker.postMessage({ kind: 'close' } satisfies ToWorker);
    await this.#exited.promise;
  }

  #take(): Promise<Slot> {
    if (this.#failure) return Promise.reject(this.#failure);
    const slot = this.#free.pop();
    if (slot) return Promise.resolve(slot);
    return new Promise((resolve, reject) => this.#wanted.push({ resolve, reject }));
  }

  #release(slot: Slot): void {
    const wanted = this.#wanted.shift();
    if (wanted) wanted.resolve(slot);
    else this.#free.push(slot);
  }

  #copy(slot: Slot, count: number, into: DetectionBatch): void {
    into.clear();
    if (!slot.placement) return;
    const { boxes, sourceWidth, sourceHeight } = slot;
    const map = toSource(slot.placement, sourceWidth, sourceHeight);
    for (let n = 0, at = 0; n < count; n += 1, at += VALUES_PER_BOX) {
      addInSource(
        map,
        sourceWidth,
        sourceHeight,
        boxes[at] ?? 0,
        boxes[at + 1] ?? 0,
        boxes[at + 2] ?? 0,
        boxes[at + 3] ?? 0,
        boxes[at + 4] ?? 0,
        into,
      );
    }
  }

  #receive(message: FromWorker): void {
    if (message.kind === 'ready') this.#ready?.resolve();
    else if (message.kind === 'failed') this.#fail(new Error(message.message));
    else {
      const slot = this.#slots[message.slot];
      const waiting = slot?.waiting;
      if (slot) slot.waiting = null;
      waiting?.resolve(message.count);
    }
  }

  #fail(problem: Error): void {
    if (this.#failure) return;
    this.#failure = problem;
    this.#ready?.reject(problem);
    for (const slot of this.#slots) {
      slot.waiting?.reject(problem);
      slot.waiting = null;
    }
    for (const wanted of this.#wanted.splice(0)) wanted.reject(problem);
  }
}

/** Finds, checks and loads a model. @throws OperatorError where it is missing, damaged or not described. */
export async function loadDetector(options: DetectorOptions): Promise<Detector> {
  const found = await findModel(options.model, options.modelFolders);
  const confidence = options.confidence ?? found.manifest.confidence;
  const threads = options.threads ?? 1;
  if (!(confidence >= 0 && confidence <= 1)) {
    throw new OperatorError(`The confidence ${confidence} is no number from 0 to 1.`, 'Give for instance 0.3.');
  }
  if (!(Number.isInteger(threads) && threads >= 1 && threads <= 64)) {
    throw new OperatorError(`${threads} threads cannot be used.`, 'Give a whole number from 1 to the number of cores.');
  }
  return await Detector.start(found, threads, confidence);
}
