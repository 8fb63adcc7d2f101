import {
  averagePrecision,
  type HeightRange,
  type PictureResult,
  rankHits,
  recallAtConfidence,
  recallAtFalse,
} from './averagePrecision.ts';

/** Heights are compared in pixels of this input, whatever a model's own is. */
export const REFERENCE_INPUT_PIXELS = 416;
const FALSE_PER_PICTURE = 1;
const OVERLAPS = [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95] as const;

export const HEIGHTS: readonly HeightRange[] = [
  { from: 0, to: 20 },
  { from: 20, to: 40 },
  { from: 40, to: 80 },
  { from: 80, to: 160 },
  { from: 160, to: 300 },
  { from: 300, to: Number.POSITIVE_INFINITY },
];

export interface HeightFigures {
  readonly range: HeightRange;
  readonly people: number;
  /** Null where nobody is that high. */
  readonly ap50: number | null;
  /** At the confidence that gives one false box a picture over all heights. */
  readonly recall: number | null;
}

export interface KindFigures {
  readonly kind: string;
  readonly pictures: number;
  readonly people: number;
  /** Null where there is nobody. */
  readonly ap50: number | null;
}

export interface AccuracyFigures {
  readonly pictures: number;
  readonly people: number;
  readonly ap50: number;
  /** Mean over overlaps of 0.50, 0.55, ... 0.95. */
  readonly ap50To95: number;
  /** Part of the people found where one box a picture is false. */
  readonly recall: number;
  /** The confidence that gives one false box a picture. */
  readonly confidence: number;
  readonly byHeight: readonly HeightFigures[];
  /** In the order of their names; empty where pictures are of no kind. */
  readonly byKind: readonly KindFigures[];
}

/** Pixels of the reference input per pixel of a picture that is letterboxed into it. */
export function heightScale(pictureWidth: number, pictureHeight: number): number {
  return REFERENCE_INPUT_PIXELS / Math.max(pictureWidth, pictureHeight);
}

function kindFigures(pictures: readonly PictureResult[]): KindFigures[] {
  const kinds = new Set(pictures.map(({ kind }) => kind ?? '').filter((kind) => kind !== ''));
  return [...kinds].sort().map((kind) => {
    const part = pictures.filter((picture) => picture.kind === kind);
    const [hits] = rankHits(part, [0.5]);
    return { kind, pictures: part.length, people: hits?.people ?? 0, ap50: hits ? averagePrecision(hits) : null };
  });
}

/** Every figure of one detector on one set of pictures. @throws RangeError where there is nobody in them. */
export function accuracyFigures(pictures: readonly PictureResult[]): AccuracyFigures {
  const ranked = rankHits(pictures, OVERLAPS);
  const half = ranked[0];
  const point = half ? recallAtFalse(half, FALSE_PER_PICTURE) : null;
  if (!half || !point) throw new RangeError('there is nobody in the pictures');
  const precisions = ranked.map((hits) => averagePrecision(hits) ?? 0);
  return {
    pictures: pictures.length,
    people: half.people,
    ap50: precisions[0] ?? 0,
    ap50To95: precisions.reduce((sum, value) => sum + value, 0) / precisions.length,
    recall: point.recall,
    confidence: point.confidence,
    byHeight: HEIGHTS.map((range) => {
      const [hits] = rankHits(pictures, [0.5], range);
      return {
        range,
        people: hits?.people ?? 0,
        ap50: hits ? averagePrecision(hits) : null,
        recall: hits ? recallAtConfidence(hits, point.confidence) : null,
      };
    }),
    byKind: kindFigures(pictures),
  };
}
