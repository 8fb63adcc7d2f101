/** What a camera's detector reports for one frame, in pixels of the picture. Reused: valid until the next frame. */
export class Boxes {
  readonly capacity: number;
  count = 0;
  /** When the frame was taken by the camera's own clock, seconds of the simulation. */
  timeSeconds = 0;
  readonly left: Float64Array;
  readonly top: Float64Array;
  readonly width: Float64Array;
  readonly height: Float64Array;
  /** 0 to 1. */
  readonly confidence: Float64Array;
  /** Who is in the box; -1: nobody. For the truth alone: no detector knows it. */
  readonly truthId: Int32Array;

  /** @param capacity the most boxes of a frame; further ones are left out. */
  constructor(capacity = 512) {
    this.capacity = capacity;
    this.left = new Float64Array(capacity);
    this.top = new Float64Array(capacity);
    this.width = new Float64Array(capacity);
    this.height = new Float64Array(capacity);
    this.confidence = new Float64Array(capacity);
    this.truthId = new Int32Array(capacity);
  }

  clear(): void {
    this.count = 0;
  }

  /** Takes a box by its edges. @returns its place, or -1 where it is too small, or there is no room. */
  push(left: number, top: number, right: number, bottom: number, confidence: number, truthId: number): number {
    const i = this.count;
    if (i >= this.capacity || !(right - left >= 1 && bottom - top >= 1)) return -1;
    this.left[i] = left;
    this.top[i] = top;
    this.width[i] = right - left;
    this.height[i] = bottom - top;
    this.confidence[i] = confidence;
    this.truthId[i] = truthId;
    this.count = i + 1;
    return i;
  }

  /** Makes a box so large that it holds a rectangle as well. */
  stretch(i: number, left: number, top: number, right: number, bottom: number): void {
    const l = Math.min(this.left[i] as number, left);
    const t = Math.min(this.top[i] as number, top);
    const r = Math.max((this.left[i] as number) + (this.width[i] as number), right);
    const b = Math.max((this.top[i] as number) + (this.height[i] as number), bottom);
    this.left[i] = l;
    this.top[i] = t;
    this.width[i] = r - l;
    this.height[i] = b - t;
  }
}
