/** The pictures of docs/simulation.md. */
import { type Comparison, medianSpeedByDensity, type RealRecordings, type Scenes } from './comparison.ts';
import { histogram } from './distribution.ts';
import { COLORS, figure, type Panel, type Series } from './plot.ts';
import { weidmannSpeed } from './scenes.ts';

const LOOK: Readonly<Record<string, Pick<Series, 'color' | 'style'>>> = {
  eth: { color: COLORS.realOther, style: 'area' },
  zara01: { color: COLORS.real, style: 'area' },
  zara02: { color: COLORS.realReported, style: 'dashed' },
  'grand-central-a': { color: COLORS.real, style: 'area' },
};

const densities = (values: readonly number[], from: number, to: number, bins: number): [number, number][] =>
  histogram(values, from, to, bins).map((share, i) => [from + ((i + 0.5) * (to - from)) / bins, share]);

interface Axis {
  readonly title: string;
  readonly label: string;
  readonly to: number;
  readonly bins: number;
  readonly ticks: readonly number[];
}

function distributionPanel(all: readonly Comparison[], quantity: string, concourse: boolean, axis: Axis): Panel {
  const rows = all.filter((row) => row.quantity === quantity && (row.real === 'grand-central-a') === concourse);
  const series: Series[] = rows.map((row) => ({
    name: row.real === 'zara02' ? 'zara02 (not fitted to)' : row.real,
    ...(LOOK[row.real] ?? { color: COLORS.real, style: 'line' }),
    points: densities(row.realValues, 0, axis.to, axis.bins),
  }));
  const simulated = rows[0];
  if (simulated) {
    series.push({
      name: `simulated ${simulated.scene}`,
      color: COLORS.simulated,
      style: 'line',
      points: densities(simulated.simulatedValues, 0, axis.to, axis.bins),
    });
  }
  const peak = Math.max(...series.flatMap((s) => s.points.map(([, y]) => y)));
  const step = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2].find((s) => peak / s <= 5) ?? 5;
  const yTicks = Array.from(
    { length: Math.ceil((peak * 1.05) / step) + 1 },
    (_, i) => Math.round(i * step * 100) / 100,
  );
  return {
    title: axis.title,
    xLabel: axis.label,
    yLabel: 'share per unit',
    x: [0, axis.to],
    y: [0, yTicks.at(-1) ?? 1],
    xTicks: axis.ticks,
    yTicks,
    series,
  };
}

function densityPanels(real: RealRecordings, scenes: Scenes): Panel[] {
  const curve = Array.from({ length: 60 }, (_, i): [number, number] => [(i + 1) * 0.05, weidmannSpeed((i + 1) * 0.05)]);
  return [
    {
      title: 'A corridor, one way',
      xLabel: 'persons per m²',
      yLabel: 'mean speed, m/s',
      x: [0, 3],
      y: [0, 1.8],
      xTicks: [0, 0.5, 1, 1.5, 2, 2.5, 3],
      yTicks: [0, 0.3, 0.6, 0.9, 1.2, 1.5, 1.8],
      series: [
        { name: 'Weidmann 1993', color: COLORS.literature, style: 'dashed', points: curve },
        {
          name: 'simulated corridor',
          color: COLORS.simulated,
          style: 'dots',
          points: scenes.rings.map(({ density, speed }): [number, number] => [density, speed]),
        },
      ],
    },
    {
      title: 'In the open: persons within 2 m',
      xLabel: 'persons per m² of that circle',
      yLabel: 'median speed, m/s',
      x: [0, 0.8],
      y: [0, 1.8],
      xTicks: [0, 0.2, 0.4, 0.6, 0.8],
      yTicks: [0, 0.3, 0.6, 0.9, 1.2, 1.5, 1.8],
      series: [
        { name: 'grand-central-a', color: COLORS.real, style: 'line', points: medianSpeedByDensity(real.grandCentral) },
        { name: 'eth', color: COLORS.realOther, style: 'line', points: medianSpeedByDensity(real.eth) },
        {
          name: 'zara02 (not fitted to)',
          color: COLORS.realReported,
          style: 'dashed',
          points: medianSpeedByDensity(real.zara02),
        },
        {
          name: 'simulated plaza',
          color: COLORS.simulatedOther,
          style: 'line',
          points: medianSpeedByDensity(scenes.plaza),
        },
      ],
    },
  ];
}

/** Name of the file and its text. */
export function figures(all: readonly Comparison[], real: RealRecordings, scenes: Scenes): [string, string][] {
  const speed = { label: 'm/s', to: 2.5, bins: 25, ticks: [0, 0.5, 1, 1.5, 2, 2.5] };
  const distance = { label: 'metres', to: 2, bins: 25, ticks: [0, 0.5, 1, 1.5, 2] };
  const angle = { label: 'degrees; 90: abreast, 0: in file', to: 90, bins: 18, ticks: [0, 15, 30, 45, 60, 75, 90] };
  return [
    [
      'free-speed.svg',
      figure('Free speeds of real and simulated walkers', [
        distributionPanel(all, 'Free speed, alone', true, { ...speed, title: 'Free speed in a concourse, everybody' }),
        distributionPanel(all, 'Free speed, in company', false, {
          ...speed,
          title: 'Free speed in a street, in company',
        }),
      ]),
    ],
    [
      'speed-density.svg',
      figure('Speed against density, real, simulated and of Weidmann', densityPanels(real, scenes)),
    ],
    [
      'companies.svg',
      figure('Distances and angles of those who walk together', [
        distributionPanel(all, 'Distance of twos', false, { ...distance, title: 'Twos: distance' }),
        distributionPanel(all, 'Angle of twos to their heading', false, {
          ...angle,
          title: 'Twos: angle to the heading',
        }),
        distributionPanel(all, 'Distance of neighbours in threes', false, {
          ...distance,
          title: 'Threes: distance of neighbours',
        }),
      ]),
    ],
    [
      'spacing.svg',
      figure('Distance to the nearest other walker, and departure from the straight line', [
        distributionPanel(all, 'Distance to the nearest stranger, up to 5 m', true, {
          title: 'Concourse: the nearest other person',
          label: 'metres',
          to: 5,
          bins: 25,
          ticks: [0, 1, 2, 3, 4, 5],
        }),
        distributionPanel(all, 'Departure from a straight line in 4.8 s', true, {
          title: 'Concourse: off the straight line, in 4.8 s',
          label: 'metres',
          to: 1.5,
          bins: 30,
          ticks: [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5],
        }),
      ]),
    ],
  ];
}
