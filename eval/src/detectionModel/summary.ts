/** The figures by which a real detector and the model of it are compared. */
import type { Observations, Sighting } from './observations.ts';

export interface Figure {
  readonly name: string;
  /** NaN where there is too little to say. */
  readonly value: number;
  readonly count: number;
}

/** Fewer observations say nothing. */
const FEWEST = 20;
const IN_FULL_VIEW = 0.95;
const HEIGHTS = [0, 35, 50, 70, 100, 140, 200, 400] as const;
const VISIBLES = [0, 0.2, 0.4, 0.6, 0.8, IN_FULL_VIEW] as const;
export const EDGES = ['left', 'right', 'top', 'bottom'] as const;
export type EdgeName = (typeof EDGES)[number];

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Standard deviation about a mean. */
export function deviation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}

/** The standard deviation of the bulk: between the tenths of a normal distribution lie 2.563 of them. Gross errors do not widen it. */
export const bulkDeviation = (values: readonly number[]): number =>
  (quantile(values, 0.9) - quantile(values, 0.1)) / 2.563;

export function correlation(pairs: readonly (readonly [number, number])[]): number {
  const a = pairs.map(([x]) => x);
  const b = pairs.map(([, y]) => y);
  const [ma, mb] = [mean(a), mean(b)];
  return mean(pairs.map(([x, y]) => (x - ma) * (y - mb))) / (deviation(a) * deviation(b));
}

export const logOdds = (share: number): number => {
  const kept = Math.min(0.9995, Math.max(0.0005, share));
  return Math.log(kept / (1 - kept));
};

export const found = (s: Sighting): boolean => s.confidence > 0;
export const inFullView = (s: Sighting): boolean => s.visible >= IN_FULL_VIEW;

/** The same person in two frames that are `lag` apart. */
export function pairsAt(observations: Observations, lag: number): (readonly [Sighting, Sighting])[] {
  const key = (s: Sighting, later: number) => s.person * 1e7 + s.frame + later;
  const byKey = new Map(observations.sightings.map((s) => [key(s, 0), s]));
  return observations.sightings.flatMap((s) => {
    const later = byKey.get(key(s, lag));
    return later ? [[s, later] as const] : [];
  });
}

/** How alike a person's errors are `lag` frames apart, all edges taken together; of those in full view. */
export function edgeCorrelation(observations: Observations, lag: number): number {
  const pairs = pairsAt(observations, lag).filter((pair) => pair.every((s) => found(s) && inFullView(s)));
  return mean(EDGES.map((edge) => correlation(pairs.map(([a, b]) => [a[edge], b[edge]]))));
}

export function confidenceCorrelation(observations: Observations, lag: number): number {
  const pairs = pairsAt(observations, lag).filter((pair) => pair.every((s) => found(s) && inFullView(s)));
  return correlation(pairs.map(([a, b]) => [logOdds(a.confidence), logOdds(b.confidence)]));
}

export function foundCorrelation(observations: Observations, lag: number): number {
  const pairs = pairsAt(observations, lag).filter((pair) => pair.every(inFullView));
  return correlation(pairs.map(([a, b]) => [found(a) ? 1 : 0, found(b) ? 1 : 0]));
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** All figures of one sequence, in a fixed order. */
export function summarise(observations: Observations): Figure[] {
  const { sightings, falseBoxes, frames, scale, framesPerSecond } = observations;
  const figures: Figure[] = [];
  const add = (name: string, count: number, value: () => number) =>
    figures.push({ name, count, value: count >= FEWEST ? value() : Number.NaN });
  const recall = (some: readonly Sighting[]) => some.filter(found).length / some.length;
  const full = sightings.filter(inFullView);
  const fullFound = full.filter(found);
  HEIGHTS.forEach((from, k) => {
    const to = HEIGHTS[k + 1] ?? Number.POSITIVE_INFINITY;
    const some = full.filter((s) => s.heightPixels * scale >= from && s.heightPixels * scale < to);
    add(`recall, ${from} to ${to} px high`, some.length, () => recall(some));
  });
  VISIBLES.forEach((from, k) => {
    const to = VISIBLES[k + 1] ?? 1.01;
    const some = sightings.filter((s) => s.visible >= from && s.visible < to);
    add(`recall, ${Math.round(100 * from)} to ${Math.round(100 * Math.min(1, to))} % visible`, some.length, () =>
      recall(some),
    );
  });
  const lags = [1, Math.max(2, Math.round(0.7 * framesPerSecond))] as const;
  for (const lag of lags) {
    add(`recall, correlation at ${(lag / framesPerSecond).toFixed(2)} s`, full.length, () =>
      foundCorrelation(observations, lag),
    );
  }
  const hiddenFound = sightings.filter((s) => found(s) && s.visible < 0.6);
  for (const edge of EDGES) {
    add(`${edge} edge, sigma / height`, fullFound.length, () => bulkDeviation(fullFound.map((s) => s[edge])));
  }
  add('edges when hidden, sigma / height', hiddenFound.length, () =>
    mean(EDGES.map((edge) => bulkDeviation(hiddenFound.map((s) => s[edge])))),
  );
  add('lower edge when hidden, bias / height', hiddenFound.length, () => mean(hiddenFound.map((s) => s.bottom)));
  for (const lag of lags) {
    add(`edges, correlation at ${(lag / framesPerSecond).toFixed(2)} s`, fullFound.length, () =>
      edgeCorrelation(observations, lag),
    );
  }
  const sure = fullFound.map((s) => s.confidence);
  for (const share of [0.1, 0.5, 0.9]) add(`confidence, ${100 * share} %`, sure.length, () => quantile(sure, share));
  const sureHidden = hiddenFound.map((s) => s.confidence);
  add('confidence when hidden, 50 %', sureHidden.length, () => quantile(sureHidden, 0.5));
  add('confidence, correlation at one frame', sure.length, () => confidenceCorrelation(observations, 1));
  const missedBehind = sightings.filter((s) => s.mergedAway !== null);
  add('missed behind somebody: in that box', missedBehind.length, () =>
    mean(missedBehind.map((s) => (s.mergedAway ? 1 : 0))),
  );
  const ghosts = falseBoxes.filter((box) => !box.partOfPerson);
  add('false boxes on the background per frame', frames, () => ghosts.length / frames);
  add('of these there one frame before', ghosts.length, () => mean(ghosts.map((box) => (box.again ? 1 : 0))));
  add('of these, height at 50 %, px', ghosts.length, () =>
    quantile(
      ghosts.map((box) => box.heightPixels * scale),
      0.5,
    ),
  );
  add('of these, confidence, 50 %', ghosts.length, () =>
    quantile(
      ghosts.map((box) => box.confidence),
      0.5,
    ),
  );
  const everFound = sightings.filter(found).length;
  add('second boxes of a person per person found', everFound, () => (falseBoxes.length - ghosts.length) / everFound);
  return figures;
}
