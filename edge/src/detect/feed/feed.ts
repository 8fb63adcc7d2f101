/** Boxes from a live socket: from a camera that finds people itself, or from a simulator. */
import { addAbortListener } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { OperatorError } from '@safe-passage/cli';
import { backoffMs } from '../../frames/backoff.ts';
import { DropOldestQueue } from '../../frames/dropOldest.ts';
import { type DetectedFrame, DetectionBatch } from '../detection.ts';
import type { PipelineCounters } from '../pipeline.ts';
import { describeFeedAddress, type FeedAddress } from './address.ts';
import { LineSplitter } from './lines.ts';
import {
  type FeedFrame,
  type FeedHello,
  LONGEST_LINE_BYTES,
  MOST_BOXES,
  parseFrame,
  parseHello,
  type SkipReason,
} from './protocol.ts';
import type { SkippedLines } from './skippedLines.ts';

export interface FeedOptions {
  /** Ends the iteration cleanly, without an error. */
  readonly signal: AbortSignal;
  readonly counters: PipelineCounters;
  readonly skipped: SkippedLines;
  /** A connection that brings no hello, or nothing at all, for this long is given up. Default 10 s. */
  readonly silenceMs?: number;
}

const SILENCE_MS = 10_000;
const TRIED_AGAIN = 'It is tried again until it answers.';

class WaitingFrame implements DetectedFrame {
  frame = 0;
  timeMs = 0;
  sourceWidth = 0;
  sourceHeight = 0;
  readonly detections = new DetectionBatch(MOST_BOXES);
}

/** The sender speaks another language: mending it takes a person. */
class NoFeed extends Error {}

/** Follows a feed for as long as it is asked to: what breaks off is connected again, later and later. */
class FeedFollower {
  readonly #address: FeedAddress;
  readonly #options: FeedOptions;
  readonly #signal: AbortSignal;
  readonly #queue: DropOldestQueue<WaitingFrame>;
  #failures = 0;
  #frame = 0;
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(address: FeedAddress, options: FeedOptions, signal: AbortSignal, queue: DropOldestQueue<WaitingFrame>) {
    this.#address = address;
    this.#options = options;
    this.#signal = signal;
    this.#queue = queue;
  }

  async run(): Promise<void> {
    try {
      while (!this.#signal.aborted) {
        const problem = await this.#followConnection();
        if (!this.#signal.aborted) await this.#wait(problem);
      }
      this.#queue.close();
    } catch (problem) {
      this.#queue.close(problem);
    }
  }

  /** Reads one connection to its end. @returns why it ended. */
  async #followConnection(): Promise<OperatorError> {
    const { silenceMs = SILENCE_MS } = this.#options;
    const socket: Socket = connect(
      this.#address.kind === 'socket'
        ? { path: this.#address.path }
        : { host: this.#address.host, port: this.#address.port },
    );
    const silent = () => socket.destroy(new Error(`nothing came for ${silenceMs / 1000} s`));
    socket.setTimeout(silenceMs, silent);
    const impatience = setTimeout(silent, silenceMs);
    const listener = addAbortListener(this.#signal, () => socket.destroy());
    const lines = new LineSplitter(LONGEST_LINE_BYTES);
    let hello: FeedHello | null = null;
    try {
      // Reading waits while a frame is handed over: what the sender has in store then waits in the socket.
      for await (const chunk of socket as AsyncIterable<Buffer>) {
        for (const line of lines.push(chunk)) {
          if (this.#signal.aborted) break;
          if (hello === null) {
            hello = this.#greet(line);
            clearTimeout(impatience);
          } else {
            await this.#take(line, hello);
          }
        }
      }
      throw new Error('the sender closed the connection');
    } catch (problem) {
      return this.#explain(problem, hello !== null);
    } finally {
      clearTimeout(impatience);
      listener[Symbol.dispose]();
      socket.destroy();
    }
  }

  #greet(line: string | null): FeedHello {
    const parsed = parseHello(line);
    if (parsed.ok) return parsed.value;
    throw new NoFeed(`its first line is no hello: ${parsed.detail}`);
  }

  async #take(line: string | null, hello: FeedHello): Promise<void> {
    const parsed = parseFrame(line, this.#lastMs, Date.now());
    if (!parsed.ok) {
      this.#skip(parsed.reason, parsed.detail);
      return;
    }
    const { counters } = this.#options;
    this.#failures = 0;
    this.#lastMs = parsed.value.timeMs;
    this.#frame += 1;
    counters.state = 'running';
    counters.problem = null;
    counters.sourceFrames += 1;
    if (this.#queue.put(this.#fill(parsed.value, hello))) counters.framesDropped += 1;
    // A burst is no reason to drop frames: the reader gets its turn after each.
    await turn();
  }

  #fill({ timeMs, boxes }: FeedFrame, hello: FeedHello): WaitingFrame {
    const waiting = this.#queue.take();
    waiting.frame = this.#frame;
    waiting.timeMs = timeMs;
    waiting.sourceWidth = hello.imageWidth;
    waiting.sourceHeight = hello.imageHeight;
    waiting.detections.clear();
    for (const [left, top, width, height, confidence] of boxes) {
      waiting.detections.push(left, top, width, height, confidence);
    }
    return waiting;
  }

  #skip(reason: SkipReason, detail: string): void {
    this.#options.skipped.add(reason, detail);
  }

  #explain(problem: unknown, greeted: boolean): OperatorError {
    const name = describeFeedAddress(this.#address);
    const detail = problem instanceof Error ? problem.message : String(problem);
    if (problem instanceof NoFeed) {
      return new OperatorError(
        `What answers at ${name} is no feed of detections (${detail}).`,
        `The first line has to be {"schema":"detections/1","imageWidth":1280,"imageHeight":720}. ${TRIED_AGAIN}`,
        { cause: problem },
      );
    }
    return new OperatorError(
      greeted ? `The feed ${name} broke off (${detail}).` : `The feed ${name} cannot be opened (${detail}).`,
      `Check that its sender runs, and that this user may open the socket. ${TRIED_AGAIN}`,
      { cause: problem },
    );
  }

  async #wait(problem: OperatorError): Promise<void> {
    this.#failures += 1;
    this.#options.counters.state = 'waiting';
    this.#options.counters.problem = problem;
    try {
      await sleep(backoffMs(this.#failures, Math.random()), undefined, { signal: this.#signal });
    } catch {
      // Aborted while waiting: the caller sees the signal.
    }
  }
}

/**
 * The frames of a feed. It never ends on its own: a feed that is away is tried again, with `counters.state` 'waiting' and the
 * reason in `counters.problem`. Where the reader is slower than the feed, the oldest frames are dropped and counted. Times only grow:
 * a frame that is not later than the one before is skipped. The object yielded and its batch are valid until the next is asked for.
 */
export async function* followFeed(
  address: FeedAddress,
  options: FeedOptions,
): AsyncGenerator<DetectedFrame, void, undefined> {
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const queue = new DropOldestQueue(() => new WaitingFrame());
  const following = new FeedFollower(address, options, signal, queue).run();
  try {
    for (let frame = await queue.next(); frame !== null && !signal.aborted; frame = await queue.next()) {
      options.counters.processedFrames += 1;
      yield frame;
    }
  } finally {
    stop.abort();
    await following;
    options.counters.state = 'ended';
  }
}
