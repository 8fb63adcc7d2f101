/**
 * Average precision as COCO defines it (Lin et al. 2014, arXiv:1405.0312): boxes of a picture are matched greedily, best
 * score first; precision is made monotone and read at 101 recalls.
 */

/** Boxes as parallel columns: left, top, width and height in pixels of the picture. */
export interface Boxes {
  readonly count: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly width: Float64Array;
  readonly height: Float64Array;
}

export interface ScoredBoxes extends Boxes {
  /** Confidence, 0 to 1. */
  readonly score: Float64Array;
}

/** One picture: who is in it and what a detector found. */
export interface PictureResult {
  readonly truth: Boxes;
  readonly found: ScoredBoxes;
  /** Heights are told in pixels of a reference input: this many of them to a pixel of the picture. */
  readonly heightScale: number;
  /** Where the picture is from; pictures of a kind are also told of by themselves. Empty: of none. */
  readonly kind?: string;
}

/** A range of heights in pixels of the reference input: `from` belongs to it, `to` does not. */
export interface HeightRange {
  readonly from: number;
  readonly to: number;
}

export const ANY_HEIGHT: HeightRange = { from: 0, to: Number.POSITIVE_INFINITY };

/** The most boxes of a picture that count, best first, as COCO has it. */
export const MOST_BOXES = 100;
const RECALLS = 101;

/** Every box that counts of every picture, best score first, and how many people there were to be found. */
export interface RankedHits {
  /** 1: a person, found for the first time; 0: a false one. */
  readonly hit: Uint8Array;
  readonly score: Float64Array;
  readonly people: number;
  readonly pictures: number;
}

/** Intersection over union of every found box (rows, in the order given) with every true one. */
function overlaps(found: ScoredBoxes, order: Int32Array, truth: Boxes): Float64Array {
  const result = new Float64Array(order.length * truth.count);
  for (let r = 0; r < order.length; r += 1) {
    const i = order[r] as number;
    const [x, y, width, height] = [found.x[i], found.y[i], found.width[i], found.height[i]] as number[] as [
      number,
      number,
      number,
      number,
    ];
    for (let j = 0; j < truth.count; j += 1) {
      const left = truth.x[j] as number;
      const top = truth.y[j] as number;
      const right = left + (truth.width[j] as number);
      const bottom = top + (truth.height[j] as number);
      const w = Math.min(x + width, right) - Math.max(x, left);
      const h = Math.min(y + height, bottom) - Math.max(y, top);
      if (w <= 0 || h <= 0) continue;
      result[r * truth.count + j] = (w * h) / (width * height + (right - left) * (bottom - top) - w * h);
    }
  }
  return result;
}

/** Indices of a picture's best boxes, best score first; the earlier one among equals. */
function bestFirst({ count, score }: ScoredBoxes): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  order.sort((a, b) => (score[b] as number) - (score[a] as number) || a - b);
  return order.subarray(0, MOST_BOXES);
}

const within = (range: HeightRange, height: number): boolean => height >= range.from && height < range.to;

const HIT = 1;
const FALSE = 0;
const LEFT_OUT = 2;

/**
 * What each found box is: a hit, false, or left out. People outside the range are not asked for: who finds them is neither
 * praised nor blamed, and neither is a box outside the range that finds nobody.
 */
function judge(
  { truth, found, heightScale }: PictureResult,
  order: Int32Array,
  overlap: Float64Array,
  leastOverlap: number,
  range: HeightRange,
): Uint8Array {
  const wanted = Uint8Array.from({ length: truth.count }, (_, j) =>
    within(range, (truth.height[j] as number) * heightScale) ? 1 : 0,
  );
  const taken = new Uint8Array(truth.count);
  return Uint8Array.from(order, (i, r) => {
    let best = -1;
    let bestOverlap = 0;
    for (let j = 0; j < truth.count; j += 1) {
      const value = overlap[r * truth.count + j] as number;
      if (taken[j] === 1 || value < leastOverlap) continue;
      // Somebody who is asked for comes before somebody who is not, whatever the overlap.
      const preferred = (wanted[j] as number) - (best < 0 ? 0 : (wanted[best] as number));
      if (best < 0 || preferred > 0 || (preferred === 0 && value >= bestOverlap)) {
        best = j;
        bestOverlap = value;
      }
    }
    if (best < 0) return within(range, (found.height[i] as number) * heightScale) ? FALSE : LEFT_OUT;
    taken[best] = 1;
    return wanted[best] === 1 ? HIT : LEFT_OUT;
  });
}

/** Ranks the boxes of all pictures, once for each of `leastOverlaps` (intersection over union, above 0 up to 1). */
export function rankHits(
  pictures: readonly PictureResult[],
  leastOverlaps: readonly number[],
  range: HeightRange = ANY_HEIGHT,
): RankedHits[] {
  let people = 0;
  const columns = leastOverlaps.map(() => ({ score: [] as number[], hit: [] as number[] }));
  for (const picture of pictures) {
    const { truth, found, heightScale } = picture;
    for (let j = 0; j < truth.count; j += 1) {
      if (within(range, (truth.height[j] as number) * heightScale)) people += 1;
    }
    const order = bestFirst(found);
    const overlap = overlaps(found, order, truth);
    leastOverlaps.forEach((leastOverlap, n) => {
      judge(picture, order, overlap, leastOverlap, range).forEach((judgement, r) => {
        if (judgement === LEFT_OUT) return;
        columns[n]?.score.push(found.score[order[r] as number] as number);
        columns[n]?.hit.push(judgement);
      });
    });
  }
  return columns.map(({ score, hit }) => {
    const order = score.map((_, i) => i).sort((a, b) => (score[b] as number) - (score[a] as number) || a - b);
    return {
      hit: Uint8Array.from(order, (i) => hit[i] as number),
      score: Float64Array.from(order, (i) => score[i] as number),
      people,
      pictures: pictures.length,
    };
  });
}

/** Precision interpolated at the recalls 0, 0.01, ... 1. @returns 0 to 1; null where there is nobody to be found. */
export function averagePrecision({ hit, people }: RankedHits): number | null {
  if (people === 0) return null;
  const found = new Int32Array(hit.length);
  let hits = 0;
  for (let n = 0; n < hit.length; n += 1) {
    hits += hit[n] as number;
    found[n] = hits;
  }
  let sum = 0;
  let best = 0;
  let step = RECALLS - 1;
  for (let n = hit.length - 1; n >= 0; n -= 1) {
    // Whole numbers: hits / people below step / 100, without rounding.
    while (step >= 0 && (found[n] as number) * (RECALLS - 1) < step * people) {
      sum += best;
      step -= 1;
    }
    best = Math.max(best, (found[n] as number) / (n + 1));
  }
  return (sum + best * (step + 1)) / RECALLS;
}

/** Recall and the confidence at which it is reached. */
export interface OperatingPoint {
  readonly recall: number;
  /** Lowest confidence of the boxes taken; infinite where none may be. */
  readonly confidence: number;
}

/**
 * How many are found while at most `falsePerPicture` boxes a picture are false, at the lowest confidence that allows it.
 * Boxes of equal confidence are taken all or none. @returns null where there is nobody to be found.
 */
export function recallAtFalse(ranked: RankedHits, falsePerPicture: number): OperatingPoint | null {
  const { hit, score, people, pictures } = ranked;
  if (people === 0) return null;
  const most = falsePerPicture * pictures;
  let hits = 0;
  let wrong = 0;
  let point: OperatingPoint = { recall: 0, confidence: Number.POSITIVE_INFINITY };
  for (let n = 0; n < hit.length; n += 1) {
    if (hit[n] === HIT) hits += 1;
    else wrong += 1;
    if (wrong > most) break;
    if (score[n + 1] !== score[n]) point = { recall: hits / people, confidence: score[n] as number };
  }
  return point;
}

/** Part of the people who are found by boxes of at least this confidence. @returns null where there is nobody to be found. */
export function recallAtConfidence({ hit, score, people }: RankedHits, confidence: number): number | null {
  if (people === 0) return null;
  let hits = 0;
  for (let n = 0; n < hit.length && (score[n] as number) >= confidence; n += 1) hits += hit[n] as number;
  return hits / people;
}
