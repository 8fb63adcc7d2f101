import { stat } from 'node:fs/promises';
import { OperatorError, UsageError } from '@safe-passage/cli';

/** Where frames come from. */
export type SourceSpec =
  | {
      readonly kind: 'video';
      readonly path: string;
      /** 1 plays in real time by the file's own time stamps, 2 twice as fast; 'max' as fast as inference goes, nothing dropped. */
      readonly speed: number | 'max';
      readonly loop: boolean;
    }
  /** rtsp(s)://, http(s)://, udp:// or tcp:// */
  | { readonly kind: 'stream'; readonly url: string }
  /** /dev/videoN */
  | { readonly kind: 'device'; readonly path: string }
  | {
      readonly kind: 'images';
      readonly folder: string;
      readonly framesPerSecond: number;
      /** As for a video; 'max' where absent. */
      readonly speed?: number | 'max';
      readonly loop?: boolean;
    };

export interface SourceOptions {
  /** 1 where absent. */
  readonly speed?: number | 'max';
  /** false where absent. */
  readonly loop?: boolean;
  /** Only for a folder of images; 10 where absent. */
  readonly framesPerSecond?: number;
}

const STREAM_SCHEMES = new Set(['rtsp:', 'rtsps:', 'http:', 'https:', 'udp:', 'tcp:']);
const PICTURE = /\.(jpe?g|png|webp|avif|tiff?)$/i;
const FORMS = 'a video file, a folder of images, a stream (rtsp://user:password@camera/path) or a camera (/dev/video0)';

/** Whether a file's name says that sharp can read it. */
export function isPictureName(name: string): boolean {
  return PICTURE.test(name);
}

/** A stream's address without the user and password that may stand in it: fit for a log. */
export function withoutCredentials(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, '$1');
}

function parseStream(text: string): SourceSpec {
  const shown = withoutCredentials(text);
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new OperatorError(
      `The source "${shown}" is no URL that can be read.`,
      'Write it as rtsp://user:password@host:554/path, with %40 for an @ in the password.',
    );
  }
  if (!STREAM_SCHEMES.has(url.protocol)) {
    throw new OperatorError(
      `The source "${shown}" has the scheme "${url.protocol.slice(0, -1)}", which is not supported.`,
      `Use one of ${[...STREAM_SCHEMES].map((scheme) => scheme.slice(0, -1)).join(', ')}.`,
    );
  }
  return { kind: 'stream', url: text };
}

function checkPlayback(speed: number | 'max', loop: boolean): void {
  if (speed !== 'max' && !(Number.isFinite(speed) && speed > 0)) {
    throw new UsageError(`speed takes a number above 0 or "max"; found "${speed}"`);
  }
  if (loop && (speed === 'max' || speed > 1)) {
    throw new UsageError(
      `a loop cannot be played at speed ${speed}: its capture times would run ahead of the clock; take a speed of at most 1`,
    );
  }
}

/**
 * Reads what a person wrote after `--source`: a video file, a folder of images, a stream's URL or /dev/videoN.
 * @throws OperatorError or UsageError that names the value and the remedy.
 */
export async function parseSource(text: string, options: SourceOptions = {}): Promise<SourceSpec> {
  const { speed = 1, loop = false, framesPerSecond = 10 } = options;
  checkPlayback(speed, loop);
  if (!(Number.isFinite(framesPerSecond) && framesPerSecond > 0)) {
    throw new UsageError(`frames per second must be a number above 0; found "${framesPerSecond}"`);
  }
  if (text.trim() === '') throw new UsageError(`the source is empty; give ${FORMS}`);
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(text)) return parseStream(text);
  const found = await stat(text).catch((problem: NodeJS.ErrnoException) => problem);
  if (found instanceof Error) {
    if (/^\/dev\/video\d+$/.test(text)) {
      throw new OperatorError(
        `There is no camera at ${text} (${found.code ?? found.message}).`,
        'Plug it in, or see which cameras there are: ls /dev/video*. In a container the device has to be passed in.',
      );
    }
    throw new OperatorError(
      `The source "${text}" cannot be opened (${found.code === 'ENOENT' ? 'no such file or folder' : found.message}).`,
      `Give ${FORMS}.`,
    );
  }
  if (found.isDirectory()) return { kind: 'images', folder: text, framesPerSecond, speed, loop };
  if (found.isCharacterDevice()) return { kind: 'device', path: text };
  if (isPictureName(text)) {
    throw new OperatorError(`The source "${text}" is a single picture.`, 'Give the folder that holds the pictures.');
  }
  if (found.size === 0) {
    throw new OperatorError(`The source "${text}" is an empty file.`, 'Record or copy it again.');
  }
  return { kind: 'video', path: text, speed, loop };
}
