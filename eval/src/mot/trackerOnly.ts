import { parseMotTable } from '@safe-passage/edge/detect/mot.ts';
import { confidenceLevelsOf, trackRecording } from '@safe-passage/edge/track/offline.ts';
import { FITTING_SEQUENCES, readSequence, SEQUENCES } from './dataset.ts';
import { type Counts, combine, countSequence, type Scores, score } from './metrics.ts';
import { pairSequence } from './sequence.ts';

export interface SequenceResult {
  readonly name: string;
  readonly part: 'fitting' | 'reporting';
  readonly scores: Scores;
  readonly frames: number;
  /** Time spent in the tracker. */
  readonly seconds: number;
}

export interface TrackerOnlyResult {
  readonly sequences: readonly SequenceResult[];
  readonly fitting: Scores;
  readonly reporting: Scores;
  readonly overall: Scores;
  readonly framesPerSecond: number;
}

/**
 * `edge track` on the published detections of MOT15, measured against its ground truth.
 *
 * @param shared folder with `data/mot15`.
 */
export async function measureTracker(shared: string): Promise<TrackerOnlyResult> {
  const sequences: SequenceResult[] = [];
  const counts: Counts[] = [];
  for (const name of SEQUENCES) {
    const { detections, truth, framesPerSecond } = await readSequence(shared, name);
    const started = performance.now();
    const lines = trackRecording(detections, framesPerSecond, confidenceLevelsOf(detections));
    const seconds = (performance.now() - started) / 1000;
    const counted = countSequence(pairSequence(truth, parseMotTable(lines.join('\n'), `tracks of ${name}`)));
    counts.push(counted);
    sequences.push({
      name,
      part: (FITTING_SEQUENCES as readonly string[]).includes(name) ? 'fitting' : 'reporting',
      scores: score(counted),
      frames: detections.at(-1)?.frame ?? 0,
      seconds,
    });
  }
  const of = (part: SequenceResult['part']) => score(combine(counts.filter((_, i) => sequences[i]?.part === part)));
  const total = (pick: (result: SequenceResult) => number) => sequences.reduce((sum, result) => sum + pick(result), 0);
  return {
    sequences,
    fitting: of('fitting'),
    reporting: of('reporting'),
    overall: score(combine(counts)),
    framesPerSecond: total((result) => result.frames) / total((result) => result.seconds),
  };
}
