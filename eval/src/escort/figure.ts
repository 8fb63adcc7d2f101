/** Recall of escorts against false ones, as a picture. */
import { COLORS, figure, type Series } from '@safe-passage/sim/validate/plot.ts';
import type { CurvePoint } from './judge.ts';
import type { RuleScores } from './measure.ts';

const LOOKS: readonly Pick<Series, 'color' | 'style'>[] = [
  { color: COLORS.simulated, style: 'line' },
  { color: COLORS.real, style: 'line' },
  { color: COLORS.realReported, style: 'dashed' },
];
const MOST_FALSE = 30;

/** Recall goes up in steps: held from each point to the next. */
function steps(curve: readonly CurvePoint[]): [number, number][] {
  const points: [number, number][] = [[0, 0]];
  for (const { falsePerThousand, recall } of curve) {
    if (falsePerThousand > MOST_FALSE) break;
    points.push([falsePerThousand, points.at(-1)?.[1] ?? 0], [falsePerThousand, 100 * recall]);
  }
  points.push([MOST_FALSE, points.at(-1)?.[1] ?? 0]);
  return points;
}

export function escortFigure(rules: readonly RuleScores[]): string {
  const series = rules.map(
    ({ name, curve }, i): Series => ({
      name,
      ...(LOOKS[i] ?? { color: COLORS.literature, style: 'line' }),
      points: steps(curve),
    }),
  );
  return figure('Share of staged escorts found, against false escorts per 1,000 people, for the hub and two rules', [
    {
      title: 'Escorts in simulated terminals',
      xLabel: 'false escorts per 1,000 people',
      yLabel: 'staged escorts found, %',
      x: [0, MOST_FALSE],
      y: [0, 100],
      xTicks: [0, 1, 5, 10, 20, 30],
      yTicks: [0, 25, 50, 75, 100],
      series,
    },
  ]);
}
