/** What a feed says: one JSON document a line, first a hello, then frames. Closed: boxes have no room for anything else. */
import { type Checked, checker } from '@safe-passage/contract';
import { type Static, Type } from 'typebox';

const closed = { additionalProperties: false } as const;
const Pixel = Type.Number({ minimum: -100_000, maximum: 100_000 });
const Size = Type.Number({ exclusiveMinimum: 0, maximum: 100_000 });

/** The most boxes of a frame; as many as a detector's batch holds. */
export const MOST_BOXES = 512;
/** A line is at most this long, bytes: {@link MOST_BOXES} boxes at full precision fit. */
export const LONGEST_LINE_BYTES = 65_536;
/** A frame further ahead of this machine's clock is skipped: it would bar all that come after it. */
export const AHEAD_LIMIT_MS = 60_000;

export const FeedHello = Type.Object(
  {
    schema: Type.Literal('detections/1'),
    /** Size of the picture in which the boxes are found, pixels. */
    imageWidth: Type.Integer({ minimum: 1, maximum: 65_536 }),
    imageHeight: Type.Integer({ minimum: 1, maximum: 65_536 }),
  },
  closed,
);
export type FeedHello = Static<typeof FeedHello>;

export const FeedFrame = Type.Object(
  {
    /** The sender's own count. */
    frame: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
    /** Capture time, milliseconds since the Unix epoch. Who sends seconds is found out by the minimum. */
    timeMs: Type.Number({ minimum: 1_000_000_000_000, maximum: 100_000_000_000_000 }),
    /** Left, top, width and height in pixels, confidence from 0 to 1. A frame without people has an empty list. */
    boxes: Type.Array(Type.Tuple([Pixel, Pixel, Size, Size, Type.Number({ minimum: 0, maximum: 1 })]), {
      maxItems: MOST_BOXES,
    }),
  },
  closed,
);
export type FeedFrame = Static<typeof FeedFrame>;

const checkHello = checker(FeedHello);
const checkFrame = checker(FeedFrame);

/** Why a line is not taken. */
export type SkipReason = 'line-too-long' | 'not-json' | 'not-a-frame' | 'time-not-later' | 'time-in-the-future';

/** A line that was understood, or a reason with the words for a log. The words never repeat what was found. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: SkipReason; readonly detail: string };

function parseLine<T>(line: string | null, check: (document: unknown) => Checked<T>): Parsed<T> {
  if (line === null) {
    return { ok: false, reason: 'line-too-long', detail: `a line has more than ${LONGEST_LINE_BYTES} bytes` };
  }
  let document: unknown;
  try {
    document = JSON.parse(line);
  } catch {
    return { ok: false, reason: 'not-json', detail: 'a line is not one JSON document' };
  }
  const checked = check(document);
  if (checked.ok) return checked;
  const [first] = checked.problems;
  return {
    ok: false,
    reason: 'not-a-frame',
    detail: `${first?.field || 'the document'} ${first?.expected ?? 'does not fit'}`,
  };
}

/** @param line null for one that was too long. */
export const parseHello = (line: string | null): Parsed<FeedHello> => parseLine(line, checkHello);

/**
 * @param line null for one that was too long.
 * @param lastMs capture time of the frame before; -Infinity for the first.
 * @param nowMs this machine's clock, milliseconds since the Unix epoch.
 */
export function parseFrame(line: string | null, lastMs: number, nowMs: number): Parsed<FeedFrame> {
  const parsed = parseLine(line, checkFrame);
  if (!parsed.ok) return parsed;
  const { timeMs } = parsed.value;
  if (timeMs <= lastMs) {
    return {
      ok: false,
      reason: 'time-not-later',
      detail: `timeMs is ${Math.round(lastMs - timeMs)} ms before the frame before`,
    };
  }
  if (timeMs > nowMs + AHEAD_LIMIT_MS) {
    return {
      ok: false,
      reason: 'time-in-the-future',
      detail: `timeMs is ${Math.round((timeMs - nowMs) / 1000)} s ahead of this machine's clock`,
    };
  }
  return parsed;
}
