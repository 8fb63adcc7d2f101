/** Groups as `hub score` prints them, against the labels. */

import { OperatorError } from '@safe-passage/cli';
import { GroupLines, SETTLE_SECONDS } from '@safe-passage/hub/commands/groupLines.ts';
import type { PartitionOptions } from '@safe-passage/hub/score/groups/components.ts';
import type { EvidenceOptions } from '@safe-passage/hub/score/groups/evidence.ts';
import { everywhere } from '@safe-passage/hub/score/zones.ts';
import { type Row, WINDOW_SECONDS, type Window, type WindowedSet } from './dataset.ts';
import {
  type Agreement,
  addCounts,
  agreementOf,
  correctGroups,
  gMitre,
  NO_COUNTS,
  type Partition,
  pairCounts,
} from './metrics.ts';

export interface GroupScores {
  readonly windows: number;
  /** Unweighted mean of the windows' F1. */
  readonly gMitreF1: number;
  /** Of the pairs of all windows together. */
  readonly pairs: Agreement;
  /** Of the groups of all windows together, at T = 1. */
  readonly correct: Agreement;
}

/** Parameters that a search may change; what is missing is as shipped. */
export interface Tuning {
  readonly evidence?: Partial<EvidenceOptions>;
  readonly partition?: Partial<PartitionOptions>;
}

/** The grouping lines of `hub score`, by the start of their window. */
export function groupingsOf(
  rows: readonly Row[],
  sampleSeconds: number,
  settleSeconds = SETTLE_SECONDS,
  tuning: Tuning = {},
): Map<number, Partition> {
  const groupings = new Map<number, Partition>();
  const lines = new GroupLines(
    { sampleSeconds, windowSeconds: WINDOW_SECONDS, settleSeconds, zones: [everywhere('floor')], ...tuning },
    (line) => {
      const event = JSON.parse(line) as { kind: string; from: number; groups: Partition };
      if (event.kind === 'grouping') groupings.set(Math.round(event.from * 1000), event.groups);
    },
  );
  // The sigma is that of `hub score`.
  for (const { timeMs, person, x, y } of rows) lines.observe(timeMs, person, x, y, 0.1);
  lines.finish();
  return groupings;
}

/** Scores one partition for each window. @param chosen which windows count, by index. */
export function scoreWindows(
  windows: readonly Window[],
  predict: (window: Window) => Partition | undefined,
  chosen: (index: number) => boolean = () => true,
): GroupScores {
  let sum = 0;
  let count = 0;
  let pairs = NO_COUNTS;
  let correct = NO_COUNTS;
  windows.forEach((window, index) => {
    if (!chosen(index)) return;
    const predicted = predict(window);
    if (!predicted || predicted.flat().length !== window.truth.flat().length) {
      throw new OperatorError(
        `the window from ${window.fromMs / 1000} s has no partition of all its people`,
        'This is a defect of the scoring, not of the data: report it.',
      );
    }
    sum += gMitre(window.truth, predicted).f1;
    count++;
    pairs = addCounts(pairs, pairCounts(window.truth, predicted));
    correct = addCounts(correct, correctGroups(window.truth, predicted));
  });
  return { windows: count, gMitreF1: sum / count, pairs: agreementOf(pairs), correct: agreementOf(correct) };
}

export function measureGroups(
  set: WindowedSet,
  settleSeconds = SETTLE_SECONDS,
  tuning: Tuning = {},
  chosen?: (index: number) => boolean,
): GroupScores {
  const groupings = groupingsOf(set.rows, set.sampleSeconds, settleSeconds, tuning);
  return scoreWindows(set.windows, ({ fromMs }) => groupings.get(fromMs), chosen);
}
