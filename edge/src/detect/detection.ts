/** Boxes of one frame as parallel typed arrays, in pixels of the source picture. Filled anew for every frame, never reallocated. */
export class DetectionBatch {
  readonly capacity: number;
  /** How many of the entries below are valid. */
  count = 0;
  /** Left, top, width and height, source pixels. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly width: Float64Array;
  readonly height: Float64Array;
  /** Confidence, 0 to 1. */
  readonly score: Float64Array;

  /** @param capacity the most boxes a frame may hold; further ones are ignored. */
  constructor(capacity = 512) {
    this.capacity = capacity;
    this.x = new Float64Array(capacity);
    this.y = new Float64Array(capacity);
    this.width = new Float64Array(capacity);
    this.height = new Float64Array(capacity);
    this.score = new Float64Array(capacity);
  }

  clear(): void {
    this.count = 0;
  }

  /** @returns false where the batch is full and the box was not taken. */
  push(x: number, y: number, width: number, height: number, score: number): boolean {
    const i = this.count;
    if (i >= this.capacity) return false;
    this.x[i] = x;
    this.y[i] = y;
    this.width[i] = width;
    this.height[i] = height;
    this.score[i] = score;
    this.count = i + 1;
    return true;
  }
}

/** The people of one frame, as the tracker takes them. The batch is valid until the next frame is asked for. */
export interface DetectedFrame {
  /** 1 for the first frame of the source. */
  readonly frame: number;
  /** Capture time: milliseconds since the Unix epoch, from the stream's own time stamps on top of the time it was opened. */
  readonly timeMs: number;
  /** Size of the source picture in pixels. */
  readonly sourceWidth: number;
  readonly sourceHeight: number;
  readonly detections: DetectionBatch;
}
