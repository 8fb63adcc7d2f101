/**
 * The text format of the MOTChallenge: one box a line, `frame,id,left,top,width,height,confidence,x,y,z`. Detections
 * have id -1, results have -1 in the last three columns, some ground truth has floor coordinates there.
 */
import { OperatorError, quantity } from '@safe-passage/cli';
import type { DetectionBatch } from './detection.ts';

/** A whole file as parallel columns, in the order of its lines. */
export interface MotTable {
  readonly count: number;
  /** Frames count from 1. */
  readonly frame: Int32Array;
  readonly id: Int32Array;
  /** Left, top, width and height in pixels of the source picture. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly width: Float64Array;
  readonly height: Float64Array;
  readonly confidence: Float64Array;
  /** Columns 8 and 9: floor coordinates in metres where a file has them, otherwise -1. */
  readonly floorX: Float64Array;
  readonly floorY: Float64Array;
}

/** The boxes of one frame. */
export interface MotFrame {
  readonly frame: number;
  readonly count: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly width: Float64Array;
  readonly height: Float64Array;
  /** Confidence, 0 to 1. */
  readonly score: Float64Array;
}

const COLUMNS = ['frame', 'id', 'left', 'top', 'width', 'height', 'confidence', 'x', 'y', 'z'] as const;
const FEWEST_COLUMNS = 7;
const HIGHEST_FRAME = 100_000_000;
const FORMAT = 'frame,id,left,top,width,height,confidence[,x,y,z]';

function badLine(fileName: string, line: number, what: string, remedy: string): OperatorError {
  return new OperatorError(`${fileName}, line ${line}: ${what}`, remedy);
}

function numberAt(parts: readonly string[], column: number, fileName: string, line: number): number {
  const text = (parts[column] ?? '').trim();
  const value = text === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) {
    throw badLine(
      fileName,
      line,
      `field ${column + 1} (${COLUMNS[column]}) is "${text.slice(0, 40)}", not a number`,
      `Write the line as ${FORMAT}, with a point as the decimal mark.`,
    );
  }
  return value;
}

function integerAt(parts: readonly string[], column: number, lowest: number, fileName: string, line: number): number {
  const value = numberAt(parts, column, fileName, line);
  if (!Number.isInteger(value) || value < lowest || value > HIGHEST_FRAME) {
    throw badLine(
      fileName,
      line,
      `field ${column + 1} (${COLUMNS[column]}) is ${value}, not a whole number from ${lowest} to ${HIGHEST_FRAME}`,
      column === 0
        ? 'Frames count from 1: add one if yours count from 0.'
        : 'Give each track a whole number as its id.',
    );
  }
  return value;
}

/**
 * Reads any MOTChallenge file: detections, results or ground truth.
 *
 * @param fileName stands in the messages.
 * @throws OperatorError that names file, line, field and remedy.
 */
export function parseMotTable(text: string, fileName: string): MotTable {
  const lines = text.split('\n');
  const most = lines.length;
  const frame = new Int32Array(most);
  const id = new Int32Array(most);
  const x = new Float64Array(most);
  const y = new Float64Array(most);
  const width = new Float64Array(most);
  const height = new Float64Array(most);
  const confidence = new Float64Array(most);
  const floorX = new Float64Array(most);
  const floorY = new Float64Array(most);
  let count = 0;
  for (let n = 0; n < most; n += 1) {
    const raw = lines[n] ?? '';
    if (raw.trim() === '') continue;
    const line = n + 1;
    const parts = raw.split(',');
    if (parts.length < FEWEST_COLUMNS || parts.length > COLUMNS.length) {
      throw badLine(
        fileName,
        line,
        `${quantity(parts.length, 'field')} separated by commas; expected ${FEWEST_COLUMNS} to ${COLUMNS.length}`,
        `Write the line as ${FORMAT}.`,
      );
    }
    frame[count] = integerAt(parts, 0, 1, fileName, line);
    id[count] = integerAt(parts, 1, -1, fileName, line);
    x[count] = numberAt(parts, 2, fileName, line);
    y[count] = numberAt(parts, 3, fileName, line);
    for (const column of [4, 5]) {
      const size = numberAt(parts, column, fileName, line);
      if (size <= 0) {
        throw badLine(
          fileName,
          line,
          `field ${column + 1} (${COLUMNS[column]}) is ${size}; a box is larger than nothing`,
          'Remove the line, or write width and height instead of the right and lower edge.',
        );
      }
      (column === 4 ? width : height)[count] = size;
    }
    confidence[count] = numberAt(parts, 6, fileName, line);
    floorX[count] = parts.length > 7 ? numberAt(parts, 7, fileName, line) : -1;
    floorY[count] = parts.length > 8 ? numberAt(parts, 8, fileName, line) : -1;
    count += 1;
  }
  return {
    count,
    frame: frame.subarray(0, count),
    id: id.subarray(0, count),
    x: x.subarray(0, count),
    y: y.subarray(0, count),
    width: width.subarray(0, count),
    height: height.subarray(0, count),
    confidence: confidence.subarray(0, count),
    floorX: floorX.subarray(0, count),
    floorY: floorY.subarray(0, count),
  };
}

/**
 * Reads detections and groups them by frame.
 *
 * @returns the frames that hold boxes, in ascending order; a frame without boxes is not in the list.
 * @throws OperatorError that names file, line, field and remedy; also where a confidence is outside 0 to 1.
 */
export function parseMotDetections(text: string, fileName: string): readonly MotFrame[] {
  const table = parseMotTable(text, fileName);
  const byFrame = new Map<number, number[]>();
  for (let i = 0; i < table.count; i += 1) {
    const confidence = table.confidence[i] ?? 0;
    if (confidence < 0 || confidence > 1) {
      throw new OperatorError(
        `${fileName}, frame ${table.frame[i]}: field 7 (confidence) is ${confidence}, not from 0 to 1`,
        'Bring the confidences of your detector to 0 to 1 (a logistic function does it) and try again.',
      );
    }
    const frame = table.frame[i] ?? 0;
    const rows = byFrame.get(frame);
    if (rows) rows.push(i);
    else byFrame.set(frame, [i]);
  }
  const pick = (column: Float64Array, rows: readonly number[]) => Float64Array.from(rows, (i) => column[i] ?? 0);
  return [...byFrame.entries()]
    .sort(([a], [b]) => a - b)
    .map(([frame, rows]) => ({
      frame,
      count: rows.length,
      x: pick(table.x, rows),
      y: pick(table.y, rows),
      width: pick(table.width, rows),
      height: pick(table.height, rows),
      score: pick(table.confidence, rows),
    }));
}

/** Puts the boxes of a frame into a batch, in place of what was there; without a frame the batch is emptied. */
export function fillBatch(batch: DetectionBatch, frame: MotFrame | undefined): void {
  batch.clear();
  if (!frame) return;
  for (let i = 0; i < frame.count; i += 1) {
    batch.push(frame.x[i] ?? 0, frame.y[i] ?? 0, frame.width[i] ?? 0, frame.height[i] ?? 0, frame.score[i] ?? 0);
  }
}

const pixels = (value: number): string => String(Math.round(value * 100) / 100);

/** One line of a detection file, without the line break. Pixels to 0.01, confidence to 0.0001. */
export function formatMotDetection(
  frame: number,
  x: number,
  y: number,
  width: number,
  height: number,
  score: number,
): string {
  return formatMotResult(frame, -1, x, y, width, height, score);
}

/** One line of a result file, without the line break. Pixels to 0.01, confidence to 0.0001. */
export function formatMotResult(
  frame: number,
  id: number,
  x: number,
  y: number,
  width: number,
  height: number,
  score: number,
): string {
  const confidence = Math.round(score * 10_000) / 10_000;
  return `${frame},${id},${pixels(x)},${pixels(y)},${pixels(width)},${pixels(height)},${confidence},-1,-1,-1`;
}
