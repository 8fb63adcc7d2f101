/** Where things lie on a time line. */
import type { TimeRange } from '../state/player.ts';

export const xOf = (range: TimeRange, width: number, timeMs: number): number =>
  ((timeMs - range.fromMs) / (range.toMs - range.fromMs)) * width;

export const timeAt = (range: TimeRange, width: number, x: number): number =>
  range.fromMs + (Math.min(width, Math.max(0, x)) / Math.max(1, width)) * (range.toMs - range.fromMs);

const STEPS_SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400];

/** Round times, at least `leastPixels` apart. */
export function ticks(range: TimeRange, width: number, leastPixels: number): number[] {
  const leastMs = ((range.toMs - range.fromMs) * leastPixels) / Math.max(1, width);
  const stepMs = (STEPS_SECONDS.find((step) => step * 1000 >= leastMs) ?? 86_400) * 1000;
  const times: number[] = [];
  for (let at = Math.ceil(range.fromMs / stepMs) * stepMs; at <= range.toMs; at += stepMs) times.push(at);
  return times;
}

export interface Label {
  /** The middle of what is labelled. */
  readonly x: number;
  readonly width: number;
}

export interface PlacedLabel {
  /** Left edge, kept within the line. */
  readonly left: number;
  /** Row, 0 is the lowest; -1 where there is no room. */
  readonly row: number;
}

/** Lays labels in as few rows as will do, in the order given (the important ones first). */
export function placeLabels(labels: readonly Label[], width: number, rows: number, gap: number): PlacedLabel[] {
  const taken: { left: number; right: number }[][] = Array.from({ length: rows }, () => []);
  return labels.map((label) => {
    const left = Math.max(0, Math.min(width - label.width, label.x - label.width / 2));
    const right = left + label.width;
    const row = taken.findIndex((boxes) => boxes.every((box) => right + gap <= box.left || left >= box.right + gap));
    taken[row]?.push({ left, right });
    return { left, row };
  });
}
