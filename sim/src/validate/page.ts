/** docs/simulation.md as text. */
import {
  type Comparison,
  compare,
  differences,
  type RealRecordings,
  type Scenes,
  simulateScenes,
  spreads,
  summary,
} from './comparison.ts';
import { figures } from './figures.ts';
import { weidmannSpeed } from './scenes.ts';

const quartiles = (values: readonly number[], unit: string): string =>
  summary(values)
    .quartiles.map((value) => value.toFixed(unit === '°' ? 0 : 2))
    .join(' · ');

function table(all: readonly Comparison[]): string {
  const rows = [
    '| Quantity | Recording | Values | Real: quartiles | Simulated: quartiles | KS | Wasserstein |',
    '| --- | --- | ---: | ---: | ---: | ---: | ---: |',
  ];
  for (const row of all) {
    const { kolmogorovSmirnov, wasserstein } = differences(row);
    rows.push(
      `| ${row.quantity}, ${row.unit} | ${row.real}${row.real === 'zara02' ? ' *' : ''} | ${row.realValues.length} | ` +
        `${quartiles(row.realValues, row.unit)} | ${quartiles(row.simulatedValues, row.unit)} (${row.scene}) | ` +
        `${kolmogorovSmirnov.toFixed(2)} | ${wasserstein.toFixed(row.unit === '°' ? 1 : 2)} |`,
    );
  }
  return rows.join('\n');
}

const densityTable = (scenes: Scenes): string =>
  [
    '| Persons per m² | Simulated, m/s | Weidmann 1993, m/s |',
    '| ---: | ---: | ---: |',
    ...scenes.rings.map(
      ({ density, speed }) => `| ${density.toFixed(2)} | ${speed.toFixed(2)} | ${weidmannSpeed(density).toFixed(2)} |`,
    ),
  ].join('\n');

function spreadTable(all: readonly Comparison[]): string {
  const found = spreads(all);
  const rows = [
    '| Quantity | Recordings from each other: KS | Simulated street from them: KS |',
    '| --- | ---: | ---: |',
  ];
  for (const quantity of new Set(found.map((spread) => spread.quantity))) {
    const range = (values: readonly number[]) =>
      `${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)}`;
    const real = found.filter((spread) => spread.quantity === quantity).map((spread) => spread.kolmogorovSmirnov);
    const simulated = all
      .filter((row) => row.quantity === quantity && row.scene === 'street')
      .map((row) => differences(row).kolmogorovSmirnov);
    rows.push(`| ${quantity} | ${range(real)} | ${range(simulated)} |`);
  }
  return rows.join('\n');
}

/** @param images folder of the pictures, relative to the page. */
export function page(all: readonly Comparison[], scenes: Scenes, images: string): string {
  return `# How the simulated people walk, beside real ones

For contributors, and for reviewers who want to know what a figure from the simulated terminal is worth. Written by
\`npm run -s sim -- validate --out docs/simulation.md\`: do not edit it by hand. The same version of the program and the same
recordings give the same page.

## The model

Each body wants a direction and a speed and finds its way by rules from the literature, ten times a second
(\`sim/src/crowd/\`, numbers in \`parameters.ts\`):

- **Avoiding others**: the law that Moussaïd et al. measured in experiments with people who meet in a corridor (Proc. R. Soc. B
  276, 2009). Of those in view all together decide where to swerve, the most pressing one how much to slow down.
- **Keeping a gap**: nobody walks faster than the gap to the body in front allows (Tordeux, Chraibi and Seyfried, 2016).
- **Walking in company**: members keep a distance of conversation and prefer to be abreast (Zanlungo, Ikeda and Kanda, Phys. Rev.
  E 89, 2014), stay near the middle of their company (Moussaïd et al., PLoS ONE 5, 2010), and take the pace of the slowest.
- **Walls** repel (Moussaïd 2009) and are never crossed. Who makes no way for a second or more turns the shoulder and edges forward, which is our
  own addition: the jams at doors and in corridors that the tests make all dissolve.

Fitted by hand: to the middle between eth and zara01 the mean free speeds, the sway, and of companies the distance, how much they differ in
it, the pull to be abreast and how far one keeps behind; to Weidmann's curve the time gap and the share of Moussaïd's slowing down that is left beside it.
The interaction law and the repulsion of walls have the published numbers. Our own choices, fitted to nothing: the field of view, the bounds on
acceleration and speed, how bodies that touch give way, how companies of four and more walk, and how one follows another.

## Recordings

None of them is part of this repository, nor is anything from which single people could be read; the pictures are our own drawings of
distributions.

- **eth**: BIWI Walking Pedestrians, seq_eth (Pellegrini et al., ICCV 2009), and **zara01**, **zara02**: UCY Crowds by Example (Lerner et
  al., 2007), with the group labels that OpenTraj publishes. No licence is stated: used for measuring and for fitting a handful of
  parameters. zara02 was never fitted to (marked *).
- **grand-central-a**: the first 20 minutes of the Grand Central walking paths (Zhou et al., CVPR 2011; Yi, Li and Wang, CVPR 2015), in
  metres by the homography of OpenTraj. No licence is issued: used for measuring only, nothing is fitted to it. Who walks with whom
  is not known there, so everybody counts as alone.

The scenes: a *street* of 18 × 7 m with people in both directions, as busy as zara01; a *plaza* of 60 × 37 m with flows between ten
exits that cross, with as many people per area as the concourse, all alone; a *corridor* of 3 m that closes on itself, at nine densities.

## Speed

![Free speeds](${images}/free-speed.svg)

A person's free speed is their median while nobody is within 3 m ahead. Places differ: in front of a university (eth) people are
faster than in a shopping street (zara). The simulated walkers are meant to lie between.

![Speed against density](${images}/speed-density.svg)

${densityTable(scenes)}

## Companies

![Companies](${images}/companies.svg)

## Spacing and straightness

![Spacing](${images}/spacing.svg)

## Numbers

Quartiles are 25 % · 50 % · 75 %. KS is the largest difference of the cumulative distributions (0: the same, 1: nothing in common);
Wasserstein is by how much values differ on average, in the unit of the quantity. Values of one person at different moments are not independent, so no
significance is computed.

${table(all)}

How far the recordings are from each other says what to hope for:

${spreadTable(all)}

## Where it differs

- **Companies** of zara02, never fitted to, walk closer together and less abreast than the simulated ones. Fours and more are not
  compared.
- **Strangers** come closer to each other in the recordings than in the simulated scenes. In the concourse the nearest other
  person may be a companion, and below 0.3 m are likely people who were marked twice; the simulated plaza has neither.
- **Density**: at about 1 to 2 persons per m² the simulated corridor is slower than Weidmann's curve, which averages many
  places; below 0.5 it is faster, since the fitted free speed is above his 1.34 m/s. Above 2.5 persons per m² nothing was checked,
  and the terminal should not be used to study crushes.
- **Straightness**: real tracks were marked by hand, so part of their departure from a straight line is the marking. The simulation's
  sway is fitted to the sum.
- People here do not look at phones, hesitate, or change their mind while they walk, unless their itinerary says so.
- None of the recordings is of an airport: trolleys, luggage and tired travellers are not in them.
`;
}

export interface Report {
  readonly comparisons: readonly Comparison[];
  readonly page: string;
  /** Name and text of each picture. */
  readonly images: readonly (readonly [string, string])[];
}

/** Simulates, measures and describes. @param images as {@link page} takes it. */
export function report(real: RealRecordings, images = 'images/simulation'): Report {
  const scenes = simulateScenes();
  const comparisons = compare(real, scenes);
  return { comparisons, page: page(comparisons, scenes, images), images: figures(comparisons, real, scenes) };
}
