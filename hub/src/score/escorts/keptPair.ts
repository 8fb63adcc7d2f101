/** The record of two who were near each other until one of them was lost: kept, and taken up again by whoever goes on from them. */
import type { KeyMoment } from '../movement.ts';
import { FIELD } from './field.ts';
import type { Company } from './led.ts';
import type { PairTable } from './pairTable.ts';
import type { Stay } from './people.ts';

/** A name that somebody had before, ms. */
export interface EarlierName {
  readonly person: string;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface KeptPair {
  readonly sinceMs: number;
  readonly nearMs: number;
  readonly numbers: Float64Array;
  readonly sums: Float32Array;
  /** What is remembered beyond numbers, of the low one and of the high one. */
  readonly moments: readonly KeyMoment[];
  readonly answered: readonly [low: number, high: number];
  readonly names: readonly [low: readonly EarlierName[], high: readonly EarlierName[]];
}

/** Who walked near each other for less is not remembered beyond a loss, seconds. */
const REMEMBERED_SECONDS = 2;

/** @returns null where the two were too short together to be anything to each other. */
export function keptPair(
  { numbers: all, sums, stride, sumStride }: PairTable,
  record: number,
  low: Stay,
  high: Stay,
  company: Company | undefined,
): KeptPair | null {
  if ((all[record * stride + FIELD.walked] as number) < REMEMBERED_SECONDS) return null;
  const numbers = all.slice(record * stride, (record + 1) * stride);
  const [sinceMs, nearMs] = [numbers[FIELD.sinceMs] as number, numbers[FIELD.nearMs] as number];
  const named = ({ person, cameMs }: Stay, earlier: readonly EarlierName[] = []): EarlierName[] => {
    const fromMs = Math.round(Math.max(sinceMs, cameMs));
    return [...earlier, { person, fromMs, toMs: Math.max(fromMs, Math.round(nearMs)) }];
  };
  return {
    sinceMs,
    nearMs,
    numbers,
    sums: sums.slice(record * sumStride, (record + 1) * sumStride),
    moments: company?.moments ?? [],
    answered: [company?.lowSecond ?? 0, company?.highSecond ?? 0],
    names: [named(low, company?.lowNames), named(high, company?.highNames)],
  };
}

/**
 * Adds what two were to each other to what those are who go on from them, discounted.
 *
 * @param probability that they are the same, 0 to 1.
 * @returns the record of the two; -1 where there is no room for one.
 */
export function takeUp(pairs: PairTable, pair: KeptPair, low: Stay, high: Stay, probability: number): number {
  let record = pairs.find(low.slot, high.slot);
  if (record < 0) record = pairs.begin(low.slot, high.slot, pair.nearMs);
  if (record < 0) return -1;
  const swapped = pairs.low[record] !== low.slot;
  const row = record * pairs.stride;
  addNumbers(pairs.numbers, row, pair.numbers, probability, swapped);
  addSums(pairs.sums, record * pairs.sumStride, pair.sums, probability, swapped);
  pairs.numbers[row + FIELD.sinceMs] = pair.sinceMs;
  pairs.numbers[row + FIELD.againMs] = pair.numbers[FIELD.againMs] as number;
  return record;
}

/** What is summed over both alike. */
const COMMON = [
  FIELD.near,
  FIELD.apart,
  FIELD.forced,
  FIELD.walked,
  FIELD.weight,
  FIELD.flow,
  FIELD.distance,
  FIELD.startBoth,
  FIELD.stopBoth,
  FIELD.turnBoth,
  FIELD.coasted,
  FIELD.sigma,
  FIELD.lagged,
  FIELD.compared,
  FIELD.alongSquare,
  FIELD.aside,
  FIELD.closing,
  FIELD.stood,
] as const;
/** What is summed of each: of the low one, and of the high one. */
const OF_EACH = [
  [FIELD.lowAhead, FIELD.highAhead],
  [FIELD.highOnPath, FIELD.lowOnPath],
  [FIELD.startLow, FIELD.startHigh],
  [FIELD.startLowAlone, FIELD.startHighAlone],
  [FIELD.stopLow, FIELD.stopHigh],
  [FIELD.stopLowAlone, FIELD.stopHighAlone],
  [FIELD.turnLow, FIELD.turnHigh],
  [FIELD.lowEnergy, FIELD.highEnergy],
  [FIELD.highAgo, FIELD.lowAgo],
  [FIELD.highAgoSquare, FIELD.lowAgoSquare],
  [FIELD.highDelay, FIELD.lowDelay],
] as const;

/**
 * Adds a share of what was summed of two to what is summed of two now.
 *
 * @param swapped whether who was the low one is the high one now.
 */
function addNumbers(to: Float64Array, row: number, from: Float64Array, share: number, swapped: boolean): void {
  const add = (field: number, value: number): void => {
    to[row + field] = (to[row + field] as number) + share * value;
  };
  for (const field of COMMON) add(field, from[field] as number);
  for (const [low, high] of OF_EACH) {
    add(low, from[swapped ? high : low] as number);
    add(high, from[swapped ? low : high] as number);
  }
  add(FIELD.along, (swapped ? -1 : 1) * (from[FIELD.along] as number));
}

/** The same of the lagged sums: `2 lags + 1` of each kind, the middle one without a lag. */
function addSums(to: Float32Array, at: number, from: Float32Array, share: number, swapped: boolean): void {
  const half = from.length / 2;
  for (let i = 0; i < from.length; i++) {
    const kind = i < half ? 0 : half;
    const source = swapped ? kind + (half - 1 - (i - kind)) : i;
    to[at + i] = (to[at + i] as number) + share * (from[source] as number);
  }
}
