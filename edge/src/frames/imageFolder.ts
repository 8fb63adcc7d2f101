import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { OperatorError } from '@safe-passage/cli';
import sharp from 'sharp';
import { recordingAnchorMs } from './captureClock.ts';
import type { FrameBuffer } from './frame.ts';
import { type FrameTarget, placePicture } from './placement.ts';
import type { FrameReader } from './reader.ts';
import { isPictureName } from './source.ts';

interface ImageFolderSpec {
  readonly folder: string;
  readonly framesPerSecond: number;
  readonly speed?: number | 'max';
  readonly loop?: boolean;
}

/** The pictures of a folder in the plain order of their names. @throws OperatorError where there are none. */
export async function listPictures(folder: string): Promise<string[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (problem) {
    throw new OperatorError(
      `The folder "${folder}" cannot be read (${problem instanceof Error ? problem.message : String(problem)}).`,
      'Check its name and your permission to read it.',
      { cause: problem },
    );
  }
  const pictures = names.filter((name) => isPictureName(name) && !name.startsWith('.')).sort();
  if (pictures.length === 0) {
    throw new OperatorError(
      `The folder "${folder}" holds no pictures${names.length > 0 ? ` (but ${names.length} other entries)` : ''}.`,
      'Give a folder with JPEG, PNG, WebP, AVIF or TIFF files; sub-folders are not searched.',
    );
  }
  return pictures;
}

/** Reads the pictures of a folder as the frames of a video. */
export class ImageFolder implements FrameReader {
  readonly #spec: ImageFolderSpec;
  readonly #names: readonly string[];
  readonly #target: FrameTarget;
  readonly #signal: AbortSignal;
  #frame = 0;
  /** Capture time of the first frame. */
  readonly anchorMs: number;

  private constructor(
    spec: ImageFolderSpec,
    names: readonly string[],
    target: FrameTarget,
    openedMs: number,
    signal: AbortSignal,
  ) {
    this.#spec = spec;
    this.#names = names;
    this.#target = target;
    this.#signal = signal;
    this.anchorMs = recordingAnchorMs(openedMs, (1000 * names.length) / spec.framesPerSecond, spec.speed ?? 'max');
  }

  static async open(
    spec: ImageFolderSpec,
    target: FrameTarget,
    openedMs: number,
    signal: AbortSignal,
  ): Promise<ImageFolder> {
    return new ImageFolder(spec, await listPictures(spec.folder), target, openedMs, signal);
  }

  async fill(buffer: FrameBuffer): Promise<boolean> {
    if (this.#signal.aborted) return false;
    const index = this.#spec.loop === true ? this.#frame % this.#names.length : this.#frame;
    const name = this.#names[index];
    if (name === undefined) return false;
    await this.#decode(join(this.#spec.folder, name), buffer);
    buffer.frame = this.#frame + 1;
    buffer.timeMs = this.anchorMs + (1000 * this.#frame) / this.#spec.framesPerSecond;
    this.#frame += 1;
    return true;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #decode(path: string, buffer: FrameBuffer): Promise<void> {
    try {
      const { width: sourceWidth, height: sourceHeight } = await sharp(path).metadata();
      const placement = placePicture(this.#target, sourceWidth, sourceHeight);
      const { data, info } = await sharp(path)
        .flatten()
        .resize(placement.width, placement.height, { fit: 'fill', kernel: 'linear', fastShrinkOnLoad: false })
        .toColourspace('srgb')
        .raw()
        .toBuffer({ resolveWithObject: true });
      if (info.channels !== 3) throw new Error(`it has ${info.channels} channels after conversion to colour`);
      if (this.#target.channelOrder === 'BGR') swapRedAndBlue(data);
      buffer.sourceWidth = sourceWidth;
      buffer.sourceHeight = sourceHeight;
      buffer.placement = placement;
      buffer.pixels = data;
      buffer.stride = 3 * placement.width;
    } catch (problem) {
      throw new OperatorError(
        `The picture "${path}" cannot be read (${problem instanceof Error ? problem.message : String(problem)}).`,
        'Copy it again or take it out of the folder.',
        { cause: problem },
      );
    }
  }
}

function swapRedAndBlue(pixels: Uint8Array): void {
  for (let i = 0; i + 2 < pixels.length; i += 3) {
    const red = pixels[i] ?? 0;
    pixels[i] = pixels[i + 2] ?? 0;
    pixels[i + 2] = red;
  }
}
