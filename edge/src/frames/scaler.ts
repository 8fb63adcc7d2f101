import {
  AV_PIX_FMT_BGR24,
  AV_PIX_FMT_RGB24,
  AVCOL_RANGE_JPEG,
  AVCOL_SPC_RGB,
  type AVPixelFormat,
} from 'node-av/constants';
import { FFmpegError, Frame as NativeFrame, SoftwareScaleContext } from 'node-av/lib';
import type { FrameBuffer } from './frame.ts';
import { type FrameTarget, placePicture } from './placement.ts';

/** The native side of a frame buffer: a picture of the scaled size, allocated once and written again and again. */
class ScaledPicture {
  readonly frame = new NativeFrame();
  readonly width: number;
  readonly height: number;

  constructor(width: number, height: number, format: AVPixelFormat) {
    this.width = width;
    this.height = height;
    this.frame.alloc();
    this.frame.width = width;
    this.frame.height = height;
    this.frame.format = format;
    this.frame.colorSpace = AVCOL_SPC_RGB;
    this.frame.colorRange = AVCOL_RANGE_JPEG;
    FFmpegError.throwIfError(this.frame.getBuffer(), 'Could not allocate a picture');
  }

  free(): void {
    this.frame.free();
  }
}

/** Scales decoded pictures straight to the size, channel order and place that a model wants. Minds the stream's own colour matrix and range. */
export class Scaler {
  readonly #target: FrameTarget;
  readonly #format: AVPixelFormat;
  #context: SoftwareScaleContext;
  #contextFor = '';

  constructor(target: FrameTarget) {
    this.#target = target;
    this.#format = target.channelOrder === 'BGR' ? AV_PIX_FMT_BGR24 : AV_PIX_FMT_RGB24;
    this.#context = new SoftwareScaleContext();
  }

  /** Scales on FFmpeg's side of the thread pool: the event loop stays free. */
  async scale(source: NativeFrame, into: FrameBuffer): Promise<void> {
    const { width: sourceWidth, height: sourceHeight } = source;
    if (into.sourceWidth !== sourceWidth || into.sourceHeight !== sourceHeight) {
      into.sourceWidth = sourceWidth;
      into.sourceHeight = sourceHeight;
      into.placement = placePicture(this.#target, sourceWidth, sourceHeight);
    }
    const { width, height } = into.placement;
    let picture = into.native;
    if (!(picture instanceof ScaledPicture) || picture.width !== width || picture.height !== height) {
      into.free();
      picture = new ScaledPicture(width, height, this.#format);
      into.native = picture;
      into.pixels = (picture as ScaledPicture).frame.data?.[0] ?? new Uint8Array(0);
      into.stride = (picture as ScaledPicture).frame.linesize[0] ?? 0;
    }
    const key = `${sourceWidth}x${sourceHeight}:${source.format}:${source.colorSpace}:${source.colorRange}`;
    if (key !== this.#contextFor) {
      this.#context.freeContext();
      this.#context = new SoftwareScaleContext();
      this.#context.allocContext();
      FFmpegError.throwIfError(this.#context.setOption('sws_flags', 'bilinear'), 'Could not choose the scaling');
      this.#contextFor = key;
    }
    const result = await this.#context.scaleFrame((picture as ScaledPicture).frame, source);
    FFmpegError.throwIfError(result, 'Could not scale a picture');
  }

  close(): void {
    this.#context.freeContext();
    this.#contextFor = '';
  }
}
