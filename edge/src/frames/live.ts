import { setTimeout as sleep } from 'node:timers/promises';
import { OperatorError } from '@safe-passage/cli';
import {
  AVERROR_HTTP_FORBIDDEN,
  AVERROR_HTTP_NOT_FOUND,
  AVERROR_HTTP_UNAUTHORIZED,
  AVERROR_INVALIDDATA,
} from 'node-av/constants';
import { FFmpegError } from 'node-av/lib';
import { backoffMs } from './backoff.ts';
import { CaptureClock } from './captureClock.ts';
import type { FrameBuffer, SourceCounters } from './frame.ts';
import type { FrameTarget } from './placement.ts';
import type { FrameReader } from './reader.ts';
import { Scaler } from './scaler.ts';
import { withoutCredentials } from './source.ts';
import { VideoError, type VideoInput, VideoReader } from './videoReader.ts';

/** A camera that sends nothing for this long is taken for gone, microseconds. */
const TIMEOUT_US = '5000000';

type LiveSpec = { readonly kind: 'stream'; readonly url: string } | { readonly kind: 'device'; readonly path: string };

function inputOf(spec: LiveSpec): VideoInput {
  if (spec.kind === 'device') return { url: spec.path, format: 'video4linux2', options: {} };
  const scheme = spec.url.slice(0, spec.url.indexOf(':')).toLowerCase();
  if (scheme === 'rtsp' || scheme === 'rtsps') {
    // TCP: a lost UDP packet smears the picture for seconds, and people that are not there are detected in it.
    return { url: spec.url, options: { rtsp_transport: 'tcp', timeout: TIMEOUT_US, allowed_media_types: 'video' } };
  }
  if (scheme === 'udp') return { url: spec.url, options: { timeout: TIMEOUT_US } };
  return { url: spec.url, options: { rw_timeout: TIMEOUT_US } };
}

const NETWORK_REMEDY =
  'Check that the camera is on and that this machine reaches it; the URL, host and port are in its manual. It is tried again until it answers.';

function remedyFor(code: number, spec: LiveSpec): string {
  if (spec.kind === 'device') {
    return 'Check the cable and that no other program uses the camera; access needs the group "video". It is tried again until it answers.';
  }
  if (code === AVERROR_HTTP_UNAUTHORIZED || code === AVERROR_HTTP_FORBIDDEN) {
    return 'Put the user and password of the camera into the URL: rtsp://user:password@host/path (%40 for an @). It is tried again.';
  }
  if (code === AVERROR_HTTP_NOT_FOUND) {
    return "The camera answers but has no such path: look up the stream's path in its manual. It is tried again.";
  }
  if (code === AVERROR_INVALIDDATA) {
    return 'What answers there sends no video that can be read: check port and path. It is tried again.';
  }
  return NETWORK_REMEDY;
}

function explain(spec: LiveSpec, problem: unknown, hadFrames: boolean): OperatorError {
  const name = spec.kind === 'device' ? `camera ${spec.path}` : `stream "${withoutCredentials(spec.url)}"`;
  const code = problem instanceof VideoError || problem instanceof FFmpegError ? problem.code : 0;
  const detail = problem instanceof Error ? problem.message : String(problem);
  const text = hadFrames ? `The ${name} broke off (${detail}).` : `The ${name} cannot be opened (${detail}).`;
  return new OperatorError(text, remedyFor(code, spec), { cause: problem });
}

/** Reads a camera for as long as it is asked to: what breaks off is opened again, later and later. */
export class LiveSource implements FrameReader {
  readonly #spec: LiveSpec;
  readonly #signal: AbortSignal;
  readonly #scaler: Scaler;
  readonly #counters: SourceCounters;
  readonly #clock = new CaptureClock();
  #reader: VideoReader | null = null;
  #failures = 0;
  #frame = 0;
  #framesInConnection = 0;

  constructor(spec: LiveSpec, target: FrameTarget, counters: SourceCounters, signal: AbortSignal) {
    this.#spec = spec;
    this.#signal = signal;
    this.#scaler = new Scaler(target);
    this.#counters = counters;
  }

  async fill(buffer: FrameBuffer): Promise<boolean> {
    while (!this.#signal.aborted) {
      try {
        if (await this.#read(buffer)) return true;
        if (this.#signal.aborted) break;
        throw new Error(this.#reader?.breakOff ?? 'the sender ended the stream');
      } catch (problem) {
        const hadFrames = this.#framesInConnection > 0;
        await this.#disconnect();
        if (this.#signal.aborted) break;
        await this.#wait(explain(this.#spec, problem, hadFrames));
      }
    }
    return false;
  }

  async close(): Promise<void> {
    await this.#disconnect();
    this.#scaler.close();
  }

  async #read(buffer: FrameBuffer): Promise<boolean> {
    if (this.#reader === null) {
      this.#reader = await VideoReader.open(inputOf(this.#spec), this.#signal);
      this.#clock.restart();
    }
    let timeMs: number | null = null;
    while (timeMs === null) {
      if (!(await this.#reader.next())) return false;
      timeMs = this.#clock.timeOf(this.#reader.streamMs, Date.now());
      this.#frame += 1;
      this.#framesInConnection += 1;
      if (timeMs === null) {
        this.#counters.sourceFrames += 1;
        this.#counters.framesDropped += 1;
      }
    }
    await this.#reader.scaleInto(this.#scaler, buffer);
    this.#failures = 0;
    this.#counters.state = 'running';
    this.#counters.problem = null;
    buffer.frame = this.#frame;
    buffer.timeMs = timeMs;
    return true;
  }

  async #disconnect(): Promise<void> {
    const reader = this.#reader;
    this.#reader = null;
    this.#framesInConnection = 0;
    await reader?.close();
  }

  async #wait(problem: OperatorError): Promise<void> {
    this.#failures += 1;
    this.#counters.state = 'waiting';
    this.#counters.problem = problem;
    try {
      await sleep(backoffMs(this.#failures, Math.random()), undefined, { signal: this.#signal });
    } catch {
      // Aborted while waiting: the caller sees the signal.
    }
  }
}
