/** Every distribution of real walkers beside the simulated one. Pure; the same recordings give the same result. */
import { kolmogorovSmirnov, median, quantile, wasserstein } from './distribution.ts';
import { companyMeasures, freeSpeeds, nearestStrangers, speedByDensity, swayMetres } from './measures.ts';
import type { Recording } from './recording.ts';
import { plaza, ring, street } from './scenes.ts';

export interface RealRecordings {
  readonly eth: Recording;
  readonly zara01: Recording;
  /** Never fitted to. */
  readonly zara02: Recording;
  readonly grandCentral: Recording;
}

/** One measured quantity in one real recording and in the scene that resembles it. */
export interface Comparison {
  readonly quantity: string;
  readonly unit: string;
  readonly real: string;
  readonly scene: string;
  readonly realValues: readonly number[];
  readonly simulatedValues: readonly number[];
}

export interface Scenes {
  readonly street: Recording;
  readonly plaza: Recording;
  readonly rings: readonly { readonly density: number; readonly speed: number }[];
}

/** As busy as zara01: 148 people in 6 minutes, two thirds of them in company. */
const STREET_TRAFFIC = { perMinute: 14, sizes: [0.45, 0.45, 0.1] } as const;
/** As many people per area as in the concourse of Grand Central: 58 at once on 84 by 37 m. All alone, since who walks together there is unknown. */
const PLAZA_TRAFFIC = { perMinute: 93, sizes: [1, 0, 0] } as const;
const RING_PERSONS = [10, 50, 90, 130, 170, 230, 300, 400, 500];

export function simulateScenes(): Scenes {
  return {
    street: street(STREET_TRAFFIC, 2400, 1),
    plaza: plaza(PLAZA_TRAFFIC, 900, 0.8, 1),
    rings: RING_PERSONS.map((persons) => ring(persons, 1)),
  };
}

/** Who walks with whom is not known in Grand Central: there everybody counts as alone. */
const unlabelled = (recording: Recording): Recording => ({ ...recording, companies: [] });

export function compare(real: RealRecordings, scenes: Scenes): Comparison[] {
  const labelled = [
    ['eth', real.eth],
    ['zara01', real.zara01],
    ['zara02', real.zara02],
  ] as const;
  const all: Comparison[] = [];
  const add = (quantity: string, unit: string, measure: (recording: Recording) => number[], concourse: boolean) => {
    const simulated = measure(scenes.street);
    for (const [name, recording] of labelled) {
      all.push({
        quantity,
        unit,
        real: name,
        scene: 'street',
        realValues: measure(recording),
        simulatedValues: simulated,
      });
    }
    if (!concourse) return;
    all.push({
      quantity,
      unit,
      real: 'grand-central-a',
      scene: 'plaza',
      realValues: measure(unlabelled(real.grandCentral)),
      simulatedValues: measure(unlabelled(scenes.plaza)),
    });
  };
  add('Free speed, alone', 'm/s', (r) => freeSpeeds(r, false), true);
  add('Free speed, in company', 'm/s', (r) => freeSpeeds(r, true), false);
  add('Distance of twos', 'm', (r) => companyMeasures(r, 2).map((m) => m.distanceMetres), false);
  add('Lateral offset of twos', 'm', (r) => companyMeasures(r, 2).map((m) => m.lateralMetres), false);
  add('Angle of twos to their heading', '°', (r) => companyMeasures(r, 2).map((m) => m.angleDegrees), false);
  add('Distance of neighbours in threes', 'm', (r) => companyMeasures(r, 3).map((m) => m.distanceMetres), false);
  add('Angle of neighbours in threes', '°', (r) => companyMeasures(r, 3).map((m) => m.angleDegrees), false);
  add('Distance to the nearest stranger, up to 5 m', 'm', nearestStrangers, true);
  add('Departure from a straight line in 4.8 s', 'm', swayMetres, true);
  return all;
}

/** Median speed by local density; up to 0.8 persons per m²; bins with fewer than 20 sightings are left out. */
export function medianSpeedByDensity(recording: Recording): [number, number][] {
  const bins = new Map<number, number[]>();
  for (const { density, speed } of speedByDensity(unlabelled(recording))) {
    const bin = bins.get(density);
    if (bin) bin.push(speed);
    else bins.set(density, [speed]);
  }
  return [...bins]
    .filter(([density, speeds]) => speeds.length >= 20 && density <= 0.8)
    .sort(([a], [b]) => a - b)
    .map(([density, speeds]) => [density, median(speeds)]);
}

export interface Summary {
  readonly count: number;
  readonly quartiles: readonly [number, number, number];
}

export const summary = (values: readonly number[]): Summary => ({
  count: values.length,
  quartiles: [quantile(values, 0.25), quantile(values, 0.5), quantile(values, 0.75)],
});

export const differences = ({ realValues, simulatedValues }: Comparison) => ({
  kolmogorovSmirnov: kolmogorovSmirnov(realValues, simulatedValues),
  wasserstein: wasserstein(realValues, simulatedValues),
});

/** How far two recordings of real walkers are apart in a quantity, 0 to 1: what a simulation can hope for. */
export interface Spread {
  readonly quantity: string;
  readonly between: string;
  readonly kolmogorovSmirnov: number;
}

export function spreads(all: readonly Comparison[]): Spread[] {
  const streets = all.filter((row) => row.scene === 'street');
  return streets.flatMap((a, i) =>
    streets
      .slice(i + 1)
      .filter((b) => b.quantity === a.quantity)
      .map((b) => ({
        quantity: a.quantity,
        between: `${a.real} and ${b.real}`,
        kolmogorovSmirnov: kolmogorovSmirnov(a.realValues, b.realValues),
      })),
  );
}
