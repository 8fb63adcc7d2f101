/** From what a detector did to the parameters of its model. Each is a moment, a regression, or a search for the same correlation. */

import type { DetectorParameters, LastingNoise } from '@safe-passage/sim/cameras/detectors.ts';
import { normalShare } from '@safe-passage/sim/cameras/normals.ts';
import { Random } from '@safe-passage/sim/random.ts';
import { modelledDetections } from './modelled.ts';
import {
  type DetectorInput,
  type Observations,
  type ObservedSequence,
  observe,
  type Sighting,
} from './observations.ts';
import {
  bulkDeviation,
  confidenceCorrelation,
  correlation,
  deviation,
  EDGES,
  type EdgeName,
  edgeCorrelation,
  found,
  foundCorrelation,
  inFullView,
  logOdds,
  mean,
  pairsAt,
  quantile,
} from './summary.ts';

const SEED = 1;
const BODY_PIXELS = 50;

/** Solves a small symmetric system by elimination. */
function solve(a: readonly (readonly number[])[], b: readonly number[]): number[] {
  const rows = a.map((row, i) => [...row, b[i] as number]);
  const n = b.length;
  for (let c = 0; c < n; c += 1) {
    const pivot = rows
      .slice(c)
      .reduce((best, _, k) => (Math.abs(rows[c + k]?.[c] ?? 0) > Math.abs(rows[best]?.[c] ?? 0) ? c + k : best), c);
    [rows[c], rows[pivot]] = [rows[pivot] as number[], rows[c] as number[]];
    const head = rows[c] as number[];
    rows.forEach((row, r) => {
      if (r === c) return;
      const factor = (row[c] as number) / (head[c] as number);
      for (let k = c; k <= n; k += 1) row[k] = (row[k] as number) - factor * (head[k] as number);
    });
  }
  return rows.map((row, i) => (row[n] as number) / (row[i] as number));
}

export interface Sample {
  readonly features: readonly number[];
  readonly value: number;
  /** Added to the linear part: what is known already. */
  readonly offset?: number;
}

function normalEquations(
  samples: readonly Sample[],
  weight: (s: Sample) => number,
  target: (s: Sample) => number,
): number[] {
  const n = samples[0]?.features.length ?? 0;
  const a = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? 1e-6 : 0)));
  const b = new Array<number>(n).fill(0);
  for (const s of samples) {
    const w = weight(s);
    s.features.forEach((x, i) => {
      b[i] = (b[i] as number) + w * x * target(s);
      s.features.forEach((y, j) => {
        const row = a[i] as number[];
        row[j] = (row[j] as number) + w * x * y;
      });
    });
  }
  return solve(a, b);
}

const linear = (s: Sample, c: readonly number[]) =>
  s.features.reduce((sum, x, i) => sum + x * (c[i] as number), s.offset ?? 0);

/** Least squares. */
export const regress = (samples: readonly Sample[]): number[] =>
  normalEquations(
    samples,
    () => 1,
    (s) => s.value - (s.offset ?? 0),
  );

/** Logistic regression by iteratively reweighted least squares. Values are 0 or 1. */
export function logisticRegression(samples: readonly Sample[]): number[] {
  let c = new Array<number>(samples[0]?.features.length ?? 0).fill(0);
  for (let step = 0; step < 30; step += 1) {
    const share = (s: Sample) => 1 / (1 + Math.exp(-linear(s, c)));
    const weight = (s: Sample) => Math.max(1e-6, share(s) * (1 - share(s)));
    const current = c;
    c = normalEquations(
      samples,
      weight,
      (s) => linear(s, current) - (s.offset ?? 0) + (s.value - share(s)) / weight(s),
    );
  }
  return c;
}

/** From the correlations at two lags: what lasts, and for how long. */
function lastingNoise(at: readonly (readonly [seconds: number, correlation: number])[]): LastingNoise {
  const [[t1, r1], [t2, r2]] = at as [readonly [number, number], readonly [number, number]];
  if (!(r2 > 0.02 && r1 > r2)) return { share: Math.max(0, r1), seconds: t2 };
  const seconds = (t2 - t1) / Math.log(r1 / r2);
  return { share: Math.min(0.98, r1 * Math.exp(t1 / seconds)), seconds };
}

const normal = (random: Random) => random.normal(0, 1);

/**
 * How alike the hidden reasons are for which people are found in two frames, from how alike the outcomes are: the correlation of two
 * normal numbers for which the outcomes of the same pairs of sightings, drawn with the chances given, correlate as `wanted`.
 */
function hiddenCorrelation(chances: readonly (readonly [number, number])[], wanted: number): number {
  const outcome = (rho: number) => {
    const random = new Random(SEED);
    return correlation(
      Array.from({ length: Math.max(20_000, chances.length) }, (_, k) => {
        const [a, b] = chances[k % chances.length] as readonly [number, number];
        const z = normal(random);
        const w = rho * z + Math.sqrt(1 - rho * rho) * normal(random);
        return [normalShare(z) <= a ? 1 : 0, normalShare(w) <= b ? 1 : 0];
      }),
    );
  };
  let [low, high] = [0, 0.999];
  for (let step = 0; step < 12; step += 1) {
    const middle = (low + high) / 2;
    if (outcome(middle) < wanted) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

export interface FitOptions {
  readonly name: string;
  readonly detector: DetectorInput;
  readonly sequences: readonly ObservedSequence[];
  /** How log-odds of being found grow with ln(height) up to a height, where the sequences' heights are too much alike to tell. */
  readonly ofHeight?: { readonly perLogHeight: number; readonly upTo: number };
}

/** Heights count in full where the sequences can tell. */
const ANY_HEIGHT = 10_000;
const HIDDEN_POWERS = [0.5, 1, 2] as const;
const LATER_SECONDS = 0.7;

type Seen = Sighting & { readonly log: number };

/** How being found depends on height and on what hides. */
function fitFound(sightings: readonly Seen[], ofHeight: FitOptions['ofHeight']) {
  const upTo = ofHeight?.upTo ?? ANY_HEIGHT;
  const height = (s: Seen) => Math.min(s.log, Math.log(upTo / BODY_PIXELS));
  const fits = HIDDEN_POWERS.map((hiddenPower) => {
    const samples = sightings.map(
      (s): Sample => ({
        features: ofHeight ? [1, (1 - s.visible) ** hiddenPower] : [1, (1 - s.visible) ** hiddenPower, height(s)],
        value: found(s) ? 1 : 0,
        ...(ofHeight ? { offset: ofHeight.perLogHeight * height(s) } : {}),
      }),
    );
    const c = logisticRegression(samples);
    const likelihood = mean(samples.map((s) => -Math.log1p(Math.exp(linear(s, c) * (s.value === 1 ? -1 : 1)))));
    return { c, hiddenPower, likelihood };
  });
  const { c, hiddenPower } = fits.reduce((a, b) => (b.likelihood > a.likelihood ? b : a));
  const fitted = {
    at50: c[0] as number,
    perLogHeight: ofHeight?.perLogHeight ?? (c[2] as number),
    upTo,
    perHidden: c[1] as number,
    hiddenPower,
  };
  const chance = (s: Seen) =>
    1 /
    (1 +
      Math.exp(-(fitted.at50 + fitted.perLogHeight * height(s) + fitted.perHidden * (1 - s.visible) ** hiddenPower)));
  return { fitted, chance };
}

export function fitDetector({ name, detector, sequences, ofHeight }: FitOptions): DetectorParameters {
  const all = sequences.map((sequence) => observe(sequence, detector));
  const withLog = (o: Observations, s: Sighting): Seen => ({
    ...s,
    log: Math.log((s.heightPixels * o.scale) / BODY_PIXELS),
  });
  const sightings = all.flatMap((o) => o.sightings.map((s) => withLog(o, s)));
  const { fitted, chance } = fitFound(sightings, ofHeight);
  const seen = sightings.filter(found);
  const sure = seen.map((s) => ({
    features: [1, 1 - s.visible, s.log],
    value: logOdds(s.confidence),
    full: inFullView(s),
  }));
  const confidence = regress(sure);
  // Few are very unsure: the middle and the width of the bulk, not the mean and the deviation.
  const residuals = sure.filter((s) => s.full).map((s) => s.value - linear(s, confidence));
  const late = (o: Observations) => Math.max(2, Math.round(LATER_SECONDS * o.framesPerSecond));
  const lasting = (of: (o: Observations, lag: number) => number): LastingNoise =>
    lastingNoise([
      [mean(all.map((o) => 1 / o.framesPerSecond)), mean(all.map((o) => of(o, 1)))],
      [mean(all.map((o) => late(o) / o.framesPerSecond)), mean(all.map((o) => of(o, late(o))))],
    ]);
  const foundLasting = lasting((o, lag) =>
    hiddenCorrelation(
      pairsAt(o, lag)
        .filter((pair) => pair.every(inFullView))
        .map(([a, b]) => [chance(withLog(o, a)), chance(withLog(o, b))]),
      foundCorrelation(o, lag),
    ),
  );
  // Annotators differ from sequence to sequence in where a body ends: that is no error of the detector.
  const full = all.map((o) => o.sightings.filter((s) => found(s) && inFullView(s)));
  const people = full.reduce((sum, some) => sum + some.length, 0);
  const sigma = (edge: EdgeName) =>
    Math.sqrt(
      full.reduce((sum, some) => sum + (some.length / people) * bulkDeviation(some.map((s) => s[edge])) ** 2, 0),
    );
  const hidden = seen.filter((s) => s.visible < 0.7);
  const hiddenShare = mean(hidden.map((s) => 1 - s.visible));
  const hiddenSigma = mean(EDGES.map((edge) => bulkDeviation(hidden.map((s) => s[edge]))));
  const fullSigma = mean(EDGES.map(sigma));
  const ghosts = all.flatMap((o) =>
    o.falseBoxes
      .filter((box) => !box.partOfPerson)
      .map((box) => ({ ...box, log: Math.log(box.heightPixels * o.scale) })),
  );
  const parts = all.flatMap((o) => o.falseBoxes.filter((box) => box.partOfPerson));
  const totalSeconds = all.reduce((sum, o) => sum + o.frames / o.framesPerSecond, 0);
  const frameSeconds = totalSeconds / all.reduce((sum, o) => sum + o.frames, 0);
  const fresh = ghosts.filter((box) => !box.again);
  const sinks = mean(hidden.map((s) => s.bottom)) - mean(full.flat().map((s) => s.bottom));
  const above = (boxes: readonly { readonly confidence: number }[]) =>
    mean(boxes.map((box) => logOdds(box.confidence) - logOdds(detector.lowestConfidence)));
  const parameters: DetectorParameters = {
    name,
    lowestConfidence: detector.lowestConfidence,
    inputWidth: detector.inputWidth,
    inputHeight: detector.inputHeight,
    found: { ...fitted, lasting: foundLasting },
    confidence: {
      at50: (confidence[0] as number) + quantile(residuals, 0.5),
      perLogHeight: confidence[2] as number,
      perHidden: confidence[1] as number,
      sigma: bulkDeviation(residuals),
      lasting: lasting(confidenceCorrelation),
    },
    edges: {
      left: sigma('left'),
      right: sigma('right'),
      top: sigma('top'),
      bottom: sigma('bottom'),
      sideways: mean(full.map((some) => correlation(some.map((s) => [s.left, s.right])))),
      perHidden: known((hiddenSigma / fullSigma - 1) / hiddenShare),
      sinkPerHidden: known(sinks / hiddenShare),
      lasting: lasting(edgeCorrelation),
    },
    mergedShare: known(mergedShare(all)),
    ghosts: {
      perSecond: fresh.length / totalSeconds,
      // One that is there in the next frame with this chance stands so long on average.
      seconds: frameSeconds / -Math.log(mean(ghosts.map((box) => (box.again ? 1 : 0)))),
      atPlaces: mean(fresh.map((box) => (box.knownPlace ? 1 : 0))),
      places: PLACES,
      logHeight: mean(ghosts.map((box) => box.log)),
      logHeightSigma: deviation(ghosts.map((box) => box.log)),
      confidenceAbove: above(ghosts),
    },
    parts: { share: partShare(all), confidenceAbove: above(parts) },
  };
  return tune(parameters, all, sequences);
}

/** What nobody was there to show is taken for none. */
const known = (value: number): number => (Number.isNaN(value) ? 0 : Math.max(0, value));

/** Of the places where false boxes come again and again; how many is not told by a short sequence. */
const PLACES = 8;

function mergedShare(all: readonly Observations[]): number {
  const missed = all.flatMap((o) => o.sightings.filter((s) => s.mergedAway !== null));
  return mean(missed.map((s) => (s.mergedAway ? 1 : 0)));
}

function partShare(all: readonly Observations[]): number {
  const parts = all.reduce((sum, o) => sum + o.falseBoxes.filter((box) => box.partOfPerson).length, 0);
  return parts / all.reduce((sum, o) => sum + o.sightings.filter(found).length, 0);
}

function recall(all: readonly Observations[], of: (s: Sighting) => boolean): number {
  return mean(all.flatMap((o) => o.sightings.filter(of).map((s) => (found(s) ? 1 : 0))));
}

/** How alike being found is in consecutive frames; of sequences in which somebody is missed at all. */
function missesLast(all: readonly Observations[]): number {
  return mean(all.map((o) => foundCorrelation(o, 1)).filter((value) => !Number.isNaN(value)));
}

const LONGEST_MISSED_SECONDS = 5;

const muchHidden = (s: Sighting): boolean => s.visible < 0.7 && s.visible > 0.1;

const TUNING_SEEDS = [1, 2, 3, 4] as const;

/**
 * Merged and badly placed boxes count as parts of people too, and what is stretched may match nobody: these shares, how many are
 * found in full view and when hidden, and for how long somebody is missed, are brought to what is measured by running the model.
 */
function tune(
  start: DetectorParameters,
  measured: readonly Observations[],
  sequences: readonly ObservedSequence[],
): DetectorParameters {
  let p = start;
  for (let step = 0; step < 12; step += 1) {
    const current = p;
    const modelled = TUNING_SEEDS.flatMap((seed) =>
      sequences.map((s) => observe({ ...s, detections: modelledDetections(s, current, seed) }, current)),
    );
    const merged = known((p.mergedShare * mergedShare(measured)) / Math.max(0.01, mergedShare(modelled)));
    const part = p.parts.share + partShare(measured) - partShare(modelled);
    const at50 = p.found.at50 + (logOdds(recall(measured, inFullView)) - logOdds(recall(modelled, inFullView))) / 2;
    const behind = logOdds(recall(measured, muchHidden)) - logOdds(recall(modelled, muchHidden));
    const hidden = Number.isNaN(behind) ? 0 : behind;
    const lasts = missesLast(measured) / missesLast(modelled) || 1;
    const { lasting } = p.found;
    p = {
      ...p,
      found: {
        ...p.found,
        at50,
        perHidden: p.found.perHidden + hidden / 2 - (at50 - p.found.at50),
        lasting: {
          ...lasting,
          seconds: Math.min(LONGEST_MISSED_SECONDS, lasting.seconds * Math.min(1.3, Math.max(0.8, lasts))),
        },
      },
      mergedShare: Math.min(1, merged),
      parts: { ...p.parts, share: Math.max(0, part) },
    };
  }
  return p;
}
