import { open } from 'node:fs/promises';
import { OperatorError } from '@safe-passage/cli';
import { recordingAnchorMs } from './captureClock.ts';
import type { FrameBuffer } from './frame.ts';
import type { FrameTarget } from './placement.ts';
import type { FrameReader } from './reader.ts';
import { Scaler } from './scaler.ts';
import { VideoError, VideoReader } from './videoReader.ts';

async function looksLikeMp4(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(12), 0, 12, 0);
    return buffer.toString('latin1', 4, 8) === 'ftyp';
  } finally {
    await file.close();
  }
}

async function explain(path: string, problem: VideoError): Promise<OperatorError> {
  if (await looksLikeMp4(path).catch(() => false)) {
    return new OperatorError(
      `The video "${path}" cannot be read: it begins like an MP4, but its index is missing or damaged (${problem.message}).`,
      'The recording or the copy was probably cut off. Copy it again; for new recordings use Matroska (.mkv), which survives a cut.',
      { cause: problem },
    );
  }
  return new OperatorError(
    `The file "${path}" is no video that can be read (${problem.message}).`,
    'Give a video file (MP4, Matroska, AVI, MPEG-TS ...). Whether it plays elsewhere: ffprobe FILE.',
    { cause: problem },
  );
}

function clock(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  const minutes = Math.floor(seconds / 60);
  return `${minutes}:${(seconds - 60 * minutes).toFixed(1).padStart(4, '0')}`;
}

/** Opens a video file. @throws OperatorError */
export async function openVideoFile(path: string, signal: AbortSignal): Promise<VideoReader> {
  try {
    return await VideoReader.open({ url: `file:${path}`, options: {} }, signal);
  } catch (problem) {
    throw problem instanceof VideoError && !signal.aborted ? await explain(path, problem) : problem;
  }
}

/** Reads a video file, once or in a loop. */
export class Recording implements FrameReader {
  readonly #path: string;
  readonly #loop: boolean;
  readonly #signal: AbortSignal;
  readonly #scaler: Scaler;
  /** Capture time of the beginning of this pass. */
  #passMs: number;
  #lastMs: number;
  #reader: VideoReader;
  #frame = 0;
  #framesInPass = 0;
  /** Capture time of time stamp zero of the first pass. */
  readonly anchorMs: number;

  private constructor(
    path: string,
    loop: boolean,
    anchorMs: number,
    first: VideoReader,
    scaler: Scaler,
    signal: AbortSignal,
  ) {
    this.#path = path;
    this.#loop = loop;
    this.#signal = signal;
    this.#scaler = scaler;
    this.anchorMs = anchorMs;
    this.#passMs = anchorMs;
    this.#lastMs = anchorMs - 1;
    this.#reader = first;
  }

  /** @param openedMs the time now, milliseconds since the Unix epoch. */
  static async open(
    spec: { readonly path: string; readonly speed: number | 'max'; readonly loop: boolean },
    target: FrameTarget,
    openedMs: number,
    signal: AbortSignal,
  ): Promise<Recording> {
    const reader = await openVideoFile(spec.path, signal);
    const anchorMs = recordingAnchorMs(openedMs, reader.durationMs, spec.speed);
    return new Recording(spec.path, spec.loop, anchorMs, reader, new Scaler(target), signal);
  }

  async fill(buffer: FrameBuffer): Promise<boolean> {
    for (;;) {
      if (await this.#reader.next()) {
        await this.#reader.scaleInto(this.#scaler, buffer);
        this.#frame += 1;
        this.#framesInPass += 1;
        this.#lastMs = Math.max(this.#passMs + this.#reader.positionMs, this.#lastMs + 1);
        buffer.frame = this.#frame;
        buffer.timeMs = this.#lastMs;
        return true;
      }
      if (this.#signal.aborted) return false;
      this.#checkEnd();
      if (!this.#loop) return false;
      const { frameMs } = this.#reader;
      await this.#reader.close();
      this.#passMs = this.#lastMs + frameMs;
      this.#framesInPass = 0;
      this.#reader = await openVideoFile(this.#path, this.#signal);
    }
  }

  async close(): Promise<void> {
    this.#scaler.close();
    await this.#reader.close();
  }

  #checkEnd(): void {
    const reader = this.#reader;
    if (this.#framesInPass === 0) {
      throw new OperatorError(
        `The video "${this.#path}" holds no frame that can be decoded${reader.breakOff ? ` (${reader.breakOff})` : ''}.`,
        'Copy it again from where it was recorded. Whether it plays elsewhere: ffprobe FILE.',
      );
    }
    if (!reader.endedEarly()) return;
    const of = reader.durationMs > 0 ? ` of ${clock(reader.durationMs)}` : '';
    throw new OperatorError(
      `The video "${this.#path}" breaks off at ${clock(reader.positionMs)}${of} (min:s)${reader.breakOff ? `: ${reader.breakOff}` : ''}. The ${this.#framesInPass} frames before that were read.`,
      'The file is cut off or damaged: copy it again from where it was recorded.',
    );
  }
}
