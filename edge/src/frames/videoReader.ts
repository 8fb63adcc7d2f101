import { OperatorError } from '@safe-passage/cli';
import {
  AV_LOG_QUIET,
  AV_NOPTS_VALUE,
  AV_PKT_FLAG_CORRUPT,
  AVERROR_EAGAIN,
  AVERROR_EOF,
  AVERROR_INVALIDDATA,
  AVMEDIA_TYPE_VIDEO,
} from 'node-av/constants';
import {
  Codec,
  CodecContext,
  Dictionary,
  FFmpegError,
  FormatContext,
  InputFormat,
  Log,
  Frame as NativeFrame,
  Packet,
  type Stream,
} from 'node-av/lib';
import type { FrameBuffer } from './frame.ts';
import type { Scaler } from './scaler.ts';

export interface VideoInput {
  /** A path or a URL. */
  readonly url: string;
  /** FFmpeg's name of the input format; found by itself where absent. */
  readonly format?: string;
  readonly options: Readonly<Record<string, string>>;
}

/** FFmpeg could not open or read an input. The caller knows what the input was and says what to do about it. */
export class VideoError extends Error {
  readonly code: number;
  constructor(code: number) {
    super(FFmpegError.strerror(code));
    this.code = code;
  }
}

/** Formats that FFmpeg makes out of things that are no video: a text file becomes a terminal's animation. */
const NO_VIDEO_FORMATS = new Set(['tty', 'bin', 'xbin', 'adf', 'idf']);

function checkRuntime(): void {
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= 22) return;
  throw new OperatorError(
    `Node ${process.versions.node} cannot decode video: the decoder would deliver no frame and no error.`,
    'Start through npm (npm run -s edge -- ...), which brings Node 24, or install Node 24.',
  );
}

function rationalMs(value: { readonly num: number; readonly den: number }): number {
  return value.den === 0 ? 0 : (1000 * value.num) / value.den;
}

/** Demultiplexes and decodes the video of one input, frame by frame. */
export class VideoReader {
  readonly #format: FormatContext;
  readonly #decoder: CodecContext;
  readonly #stream: Stream;
  readonly #tickMs: number;
  readonly #packet = new Packet();
  readonly #picture = new NativeFrame();
  readonly #onAbort: () => void;
  readonly #signal: AbortSignal;
  #draining = false;
  #packets = 0;
  #lastStreamMs = Number.NEGATIVE_INFINITY;
  /** Length of the video by its container, milliseconds; 0 where it does not say. */
  readonly durationMs: number;
  /** Mean time between two frames by the container, milliseconds. */
  readonly frameMs: number;
  /** Number of frames by the container; 0 where it does not say. */
  readonly frameCount: number;
  /** Packets that the decoder could not make sense of. */
  damagedPackets = 0;
  /** Set where reading ended with an error or a packet was cut off. */
  breakOff: string | null = null;

  private constructor(format: FormatContext, decoder: CodecContext, stream: Stream, signal: AbortSignal) {
    this.#format = format;
    this.#decoder = decoder;
    this.#stream = stream;
    this.#signal = signal;
    this.#tickMs = rationalMs(stream.timeBase);
    this.#packet.alloc();
    this.#picture.alloc();
    this.#onAbort = () => format.interrupt();
    const rate = rationalMs(stream.avgFrameRate) / 1000 || rationalMs(stream.rFrameRate) / 1000 || 25;
    this.frameMs = 1000 / rate;
    this.durationMs = stream.duration > 0n ? Number(stream.duration) * this.#tickMs : Number(format.duration) / 1000;
    if (!(this.durationMs > 0)) this.durationMs = 0;
    this.frameCount = Number(stream.nbFrames);
    signal.addEventListener('abort', this.#onAbort, { once: true });
    if (signal.aborted) format.interrupt();
  }

  /** @throws VideoError */
  static async open(input: VideoInput, signal: AbortSignal): Promise<VideoReader> {
    checkRuntime();
    // What FFmpeg has to say goes into our own errors; on a terminal it would break the progress bar.
    Log.setLevel(AV_LOG_QUIET);
    const format = new FormatContext();
    format.allocContext();
    const interrupt = () => format.interrupt();
    signal.addEventListener('abort', interrupt, { once: true });
    const decoder = new CodecContext();
    try {
      const wanted = input.format === undefined ? null : InputFormat.findInputFormat(input.format);
      const options = Dictionary.fromObject(input.options);
      const opened = await format.openInput(input.url, wanted, options);
      options.free();
      if (opened < 0) throw new VideoError(opened);
      if (NO_VIDEO_FORMATS.has(format.iformat?.name ?? '')) throw new VideoError(AVERROR_INVALIDDATA);
      const analysed = await format.findStreamInfo();
      if (analysed < 0) throw new VideoError(analysed);
      const index = format.findBestStream(AVMEDIA_TYPE_VIDEO);
      const stream = format.streams[index];
      if (index < 0 || !stream) throw new VideoError(index < 0 ? index : AVERROR_INVALIDDATA);
      const codec = Codec.findDecoder(stream.codecpar.codecId);
      if (!codec) throw new VideoError(AVERROR_INVALIDDATA);
      decoder.allocContext3(codec);
      decoder.parametersToContext(stream.codecpar);
      decoder.pktTimebase = stream.timeBase;
      // One thread: the cores belong to inference, and frame threads would add their number in frames of delay.
      decoder.threadCount = 1;
      const ready = await decoder.open2(codec, null);
      if (ready < 0) throw new VideoError(ready);
      return new VideoReader(format, decoder, stream, signal);
    } catch (problem) {
      decoder.freeContext();
      await format.closeInput();
      throw problem;
    } finally {
      signal.removeEventListener('abort', interrupt);
    }
  }

  /** Time stamp of the decoded frame, milliseconds; it grows from frame to frame. */
  get streamMs(): number {
    return this.#lastStreamMs;
  }

  /** Milliseconds from the video's own beginning to the decoded frame. */
  get positionMs(): number {
    const start = this.#stream.startTime;
    return this.#lastStreamMs - (start === AV_NOPTS_VALUE ? 0 : Number(start) * this.#tickMs);
  }

  /** Decodes the next frame. @returns false at the end, on an abort, and where the input breaks off (`breakOff`). */
  async next(): Promise<boolean> {
    for (;;) {
      if (this.#signal.aborted) return false;
      const received = this.#decoder.receiveFrameSync(this.#picture);
      if (received >= 0) {
        this.#stamp();
        return true;
      }
      if (received === AVERROR_EOF) return false;
      if (received !== AVERROR_EAGAIN) this.damagedPackets += 1;
      if (this.#draining) {
        if (received !== AVERROR_EAGAIN) continue;
        return false;
      }
      await this.#feed();
    }
  }

  scaleInto(scaler: Scaler, buffer: FrameBuffer): Promise<void> {
    return scaler.scale(this.#picture, buffer);
  }

  /** Whether a recording ended before the end that its container announces. Only sensible after `next` gave false. */
  endedEarly(): boolean {
    if (this.breakOff !== null) return true;
    if (this.durationMs === 0) return false;
    const missingMs = this.durationMs - (this.positionMs + this.frameMs);
    // Some containers know their number of frames; others give a length that may be a sound track's.
    return this.frameCount > 0 ? this.#packets < this.frameCount && missingMs > this.frameMs / 2 : missingMs > 2000;
  }

  async close(): Promise<void> {
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.#packet.free();
    this.#picture.free();
    this.#decoder.freeContext();
    await this.#format.closeInput();
  }

  async #feed(): Promise<void> {
    for (;;) {
      const read = await this.#format.readFrame(this.#packet);
      if (this.#signal.aborted) return;
      if (read < 0) {
        if (read !== AVERROR_EOF) this.breakOff = FFmpegError.strerror(read);
        this.#draining = true;
        await this.#decoder.sendPacket(null);
        return;
      }
      const ours = this.#packet.streamIndex === this.#stream.index;
      if (ours) {
        this.#packets += 1;
        if ((this.#packet.flags & AV_PKT_FLAG_CORRUPT) !== 0) this.breakOff = 'a packet is cut off';
        const sent = await this.#decoder.sendPacket(this.#packet);
        if (sent < 0 && sent !== AVERROR_EAGAIN) this.damagedPackets += 1;
      }
      this.#packet.unref();
      if (ours) return;
    }
  }

  #stamp(): void {
    const stamp = this.#picture.bestEffortTimestamp;
    const streamMs = stamp === AV_NOPTS_VALUE ? Number.NaN : Number(stamp) * this.#tickMs;
    if (Number.isFinite(streamMs)) this.#lastStreamMs = streamMs;
    else this.#lastStreamMs = Number.isFinite(this.#lastStreamMs) ? this.#lastStreamMs + this.frameMs : 0;
  }
}
