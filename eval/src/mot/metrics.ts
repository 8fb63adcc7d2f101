import { AssignmentSolver } from '@safe-passage/edge/track/assignment.ts';
import type { SequencePair } from './sequence.ts';

/** Localisation thresholds of HOTA: 0.05 to 0.95. */
const ALPHAS: readonly number[] = Array.from({ length: 19 }, (_, i) => (i + 1) * 0.05);
const OVERLAP_THRESHOLD = 0.5;
/** Comparisons with a threshold forgive the rounding of an overlap. */
const ROUNDING = 2 ** -52;
/** Dearer than any pair: nobody stays alone for the sake of the sum. */
const ALONE = 1e9;
/** A pair that was together in the last frame stays together before any overlap is weighed. */
const CONTINUATION = 1000;

/** What can be added up over sequences. */
export interface Counts {
  readonly hota: {
    /** Per alpha. */
    readonly truePositives: Float64Array;
    readonly falseNegatives: Float64Array;
    readonly falsePositives: Float64Array;
    /** Sums over true positives, so that adding sequences weighs them by their true positives. */
    readonly association: Float64Array;
    readonly localisation: Float64Array;
  };
  readonly clear: {
    readonly truePositives: number;
    readonly falseNegatives: number;
    readonly falsePositives: number;
    readonly identitySwitches: number;
  };
  readonly identity: {
    readonly truePositives: number;
    readonly falseNegatives: number;
    readonly falsePositives: number;
  };
}

/** What people read. Shares from 0 to 1; MOTA may be negative. */
export interface Scores {
  readonly hota: number;
  readonly detA: number;
  readonly assA: number;
  readonly mota: number;
  readonly idf1: number;
  readonly identitySwitches: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
}

/**
 * HOTA (Luiten et al., "HOTA: A Higher Order Metric for Evaluating Multi-Object Tracking", IJCV 2021): one assignment
 * per frame, which maximises overlap weighted by how well the two ids go together over the whole sequence; then,
 * for every alpha, detection and association accuracy of what is assigned with at least that overlap.
 */
function hota(pair: SequencePair, solver: AssignmentSolver): Counts['hota'] {
  const { truthIds, trackIds, frames } = pair;
  const truthCount = new Float64Array(truthIds);
  const trackCount = new Float64Array(trackIds);
  const together = new Float64Array(truthIds * trackIds);
  for (const { truth, track, overlap } of frames) {
    const rowSum = new Float64Array(truth.length);
    const columnSum = new Float64Array(track.length);
    overlap.forEach((value, k) => {
      const r = Math.floor(k / track.length);
      const c = k % track.length;
      rowSum[r] = (rowSum[r] as number) + value;
      columnSum[c] = (columnSum[c] as number) + value;
    });
    overlap.forEach((value, k) => {
      const r = Math.floor(k / track.length);
      const c = k % track.length;
      const union = (rowSum[r] as number) + (columnSum[c] as number) - value;
      if (union <= ROUNDING) return;
      const at = (truth[r] as number) * trackIds + (track[c] as number);
      together[at] = (together[at] as number) + value / union;
    });
    for (const id of truth) truthCount[id] = (truthCount[id] as number) + 1;
    for (const id of track) trackCount[id] = (trackCount[id] as number) + 1;
  }
  const result = {
    truePositives: new Float64Array(ALPHAS.length),
    falseNegatives: new Float64Array(ALPHAS.length),
    falsePositives: new Float64Array(ALPHAS.length),
    association: new Float64Array(ALPHAS.length),
    localisation: new Float64Array(ALPHAS.length),
  };
  const matched = ALPHAS.map(() => new Float64Array(truthIds * trackIds));
  const add = (to: Float64Array, a: number, value: number) => {
    to[a] = (to[a] as number) + value;
  };
  for (const { truth, track, overlap } of frames) {
    const cost = overlap.map((value, k) => {
      const i = truth[Math.floor(k / track.length)] as number;
      const j = track[k % track.length] as number;
      const both = together[i * trackIds + j] as number;
      return -(both / ((truthCount[i] as number) + (trackCount[j] as number) - both)) * value;
    });
    solver.solve(cost, truth.length, track.length, ALONE);
    ALPHAS.forEach((alpha, a) => {
      let hits = 0;
      for (let r = 0; r < truth.length; r += 1) {
        const c = solver.columnOfRow[r] as number;
        if (c < 0) continue;
        const value = overlap[r * track.length + c] as number;
        if (value < alpha - ROUNDING) continue;
        hits += 1;
        add(result.localisation, a, value);
        add(matched[a] as Float64Array, (truth[r] as number) * trackIds + (track[c] as number), 1);
      }
      add(result.truePositives, a, hits);
      add(result.falseNegatives, a, truth.length - hits);
      add(result.falsePositives, a, track.length - hits);
    });
  }
  matched.forEach((counts, a) => {
    counts.forEach((hits, k) => {
      if (hits === 0) return;
      const i = Math.floor(k / trackIds);
      const j = k % trackIds;
      add(result.association, a, (hits * hits) / ((truthCount[i] as number) + (trackCount[j] as number) - hits));
    });
  });
  return result;
}

/** CLEAR MOT (Bernardin and Stiefelhagen, EURASIP JIVP 2008) at an overlap of 0.5, with TrackEval's rules for ties. */
function clear(pair: SequencePair, solver: AssignmentSolver): Counts['clear'] {
  const lastTrackOf = new Int32Array(pair.truthIds).fill(-1);
  let trackInLastFrameOf = new Int32Array(pair.truthIds).fill(-1);
  let truePositives = 0;
  let falseNegatives = 0;
  let falsePositives = 0;
  let identitySwitches = 0;
  for (const { truth, track, overlap } of pair.frames) {
    if (truth.length === 0 || track.length === 0) {
      falseNegatives += truth.length;
      falsePositives += track.length;
      continue;
    }
    const cost = overlap.map((value, k) => {
      const i = truth[Math.floor(k / track.length)] as number;
      if (value < OVERLAP_THRESHOLD - ROUNDING) return Number.POSITIVE_INFINITY;
      return -value - (trackInLastFrameOf[i] === track[k % track.length] ? CONTINUATION : 0);
    });
    solver.solve(cost, truth.length, track.length, 0);
    const inThisFrame = new Int32Array(pair.truthIds).fill(-1);
    let hits = 0;
    for (let r = 0; r < truth.length; r += 1) {
      const c = solver.columnOfRow[r] as number;
      if (c < 0) continue;
      hits += 1;
      const i = truth[r] as number;
      const j = track[c] as number;
      const last = lastTrackOf[i] as number;
      if (last >= 0 && last !== j) identitySwitches += 1;
      lastTrackOf[i] = j;
      inThisFrame[i] = j;
    }
    trackInLastFrameOf = inThisFrame;
    truePositives += hits;
    falseNegatives += truth.length - hits;
    falsePositives += track.length - hits;
  }
  return { truePositives, falseNegatives, falsePositives, identitySwitches };
}

/**
 * IDF1 (Ristani et al., "Performance Measures and a Data Set for Multi-Target, Multi-Camera Tracking", ECCVW 2016): the
 * one-to-one assignment of whole trajectories that leaves the fewest boxes unexplained.
 */
function identity(pair: SequencePair, solver: AssignmentSolver): Counts['identity'] {
  const { truthIds, trackIds, frames } = pair;
  const shared = new Float64Array(truthIds * trackIds);
  let truthBoxes = 0;
  let trackBoxes = 0;
  for (const { truth, track, overlap } of frames) {
    truthBoxes += truth.length;
    trackBoxes += track.length;
    overlap.forEach((value, k) => {
      if (value < OVERLAP_THRESHOLD) return;
      const at = (truth[Math.floor(k / track.length)] as number) * trackIds + (track[k % track.length] as number);
      shared[at] = (shared[at] as number) + 1;
    });
  }
  // Fewest unexplained boxes is the same as most shared boxes: whoever stays alone shares none.
  solver.solve(
    shared.map((boxes) => (boxes > 0 ? -boxes : Number.POSITIVE_INFINITY)),
    truthIds,
    trackIds,
    0,
  );
  let truePositives = 0;
  for (let i = 0; i < truthIds; i += 1) {
    const j = solver.columnOfRow[i] as number;
    if (j >= 0) truePositives += shared[i * trackIds + j] as number;
  }
  return { truePositives, falseNegatives: truthBoxes - truePositives, falsePositives: trackBoxes - truePositives };
}

/** Measures one sequence. */
export function countSequence(pair: SequencePair): Counts {
  const solver = new AssignmentSolver();
  return { hota: hota(pair, solver), clear: clear(pair, solver), identity: identity(pair, solver) };
}

const addArrays = (arrays: readonly Float64Array[]): Float64Array =>
  ALPHAS.reduce((sum, _, a) => {
    sum[a] = arrays.reduce((total, array) => total + (array[a] as number), 0);
    return sum;
  }, new Float64Array(ALPHAS.length));

/** Adds sequences up by TrackEval's rules: counts are added, association and localisation weighted by true positives. */
export function combine(all: readonly Counts[]): Counts {
  const total = (pick: (counts: Counts) => number) => all.reduce((sum, counts) => sum + pick(counts), 0);
  const arrays = (pick: (counts: Counts) => Float64Array) => addArrays(all.map(pick));
  return {
    hota: {
      truePositives: arrays((c) => c.hota.truePositives),
      falseNegatives: arrays((c) => c.hota.falseNegatives),
      falsePositives: arrays((c) => c.hota.falsePositives),
      association: arrays((c) => c.hota.association),
      localisation: arrays((c) => c.hota.localisation),
    },
    clear: {
      truePositives: total((c) => c.clear.truePositives),
      falseNegatives: total((c) => c.clear.falseNegatives),
      falsePositives: total((c) => c.clear.falsePositives),
      identitySwitches: total((c) => c.clear.identitySwitches),
    },
    identity: {
      truePositives: total((c) => c.identity.truePositives),
      falseNegatives: total((c) => c.identity.falseNegatives),
      falsePositives: total((c) => c.identity.falsePositives),
    },
  };
}

/** Turns counts into the figures that are published. What cannot be told (no ground truth, no tracks) is 0. */
export function score(counts: Counts): Scores {
  const share = (part: number, whole: number) => (whole > 0 ? part / whole : 0);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const { hota: h, clear: c, identity: i } = counts;
  const detA = ALPHAS.map((_, a) => {
    const hits = h.truePositives[a] as number;
    return share(hits, hits + (h.falseNegatives[a] as number) + (h.falsePositives[a] as number));
  });
  const assA = ALPHAS.map((_, a) => share(h.association[a] as number, h.truePositives[a] as number));
  return {
    hota: mean(detA.map((value, a) => Math.sqrt(value * (assA[a] as number)))),
    detA: mean(detA),
    assA: mean(assA),
    mota: share(c.truePositives - c.falsePositives - c.identitySwitches, c.truePositives + c.falseNegatives),
    idf1: share(2 * i.truePositives, 2 * i.truePositives + i.falseNegatives + i.falsePositives),
    identitySwitches: c.identitySwitches,
    falsePositives: c.falsePositives,
    falseNegatives: c.falseNegatives,
  };
}
