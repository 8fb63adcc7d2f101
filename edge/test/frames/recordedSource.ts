import sharp from 'sharp';
import type { SourceCounters } from '../../src/frames/frame.ts';
import type { FrameTarget } from '../../src/frames/placement.ts';

export const TARGET: FrameTarget = {
  width: 64,
  height: 64,
  resize: 'letterbox',
  position: 'top-left',
  channelOrder: 'RGB',
};

export function newCounters(): SourceCounters {
  return { sourceFrames: 0, framesDropped: 0, state: 'running', problem: null };
}

/** A picture of one colour. */
export function picture(red: number, green: number, blue: number, size = { width: 96, height: 48 }): Promise<Buffer> {
  return sharp({ create: { ...size, channels: 3, background: { r: red, g: green, b: blue } } })
    .jpeg({ quality: 95 })
    .toBuffer();
}

/** A motion JPEG video (25 frames per second by convention) whose frames grow redder: frame n has red 10 n. */
export async function motionJpeg(frames: number): Promise<Buffer> {
  return Buffer.concat(await Promise.all(Array.from({ length: frames }, (_, i) => picture(10 * (i + 1), 0, 0))));
}
