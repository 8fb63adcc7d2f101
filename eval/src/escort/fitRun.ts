/** Gathers all that the model of escorts is fitted to, and fits it. */
import { loadTerminal } from '@safe-passage/sim/terminal/load.ts';
import { readOrdinary } from '../ordinary/dataset.ts';
import { table } from '../table.ts';
import { type Candidates, candidatesOf, plantedCandidates } from './candidates.ts';
import { type EscortFit, FIT_PARTS, fitEscorts } from './fit.ts';
import { recallAt } from './judge.ts';
import { FITTING_SEEDS, PLANS, SCENARIOS_PER_HOUR } from './measure.ts';
import { record } from './recording.ts';

const HOURS = 0.5;
/** The recording that followers are planted into: quick enough, and of so many people that half of it is for fitting. */
export const PLANTED_SET = 'Grand Central, made finer';

/** Runs of the simulator, the planted recording, and the parts of the fit. */
export const FIT_STEPS = FITTING_SEEDS.length * PLANS.length + 1 + FIT_PARTS;

/**
 * @param shared folder with `data/`.
 * @param onStep told when one of `FIT_STEPS` is done.
 * @returns null where the signal was aborted.
 */
export async function gatherAndFit(shared: string, onStep: () => void, signal: AbortSignal): Promise<EscortFit | null> {
  const candidates: Candidates[] = [];
  for (const set of await readOrdinary(shared)) {
    if (set.name === PLANTED_SET) candidates.push(...plantedCandidates(set));
  }
  onStep();
  for (const seed of FITTING_SEEDS) {
    for (const { plan, passengersPerHour } of PLANS) {
      const run = { plan, passengersPerHour, seed, hours: HOURS, scenariosPerHour: SCENARIOS_PER_HOUR };
      const recording = await record(await loadTerminal(plan), run, () => undefined, signal);
      const found = recording && (await candidatesOf(recording, signal));
      if (!found) return null;
      candidates.push(found);
      onStep();
    }
  }
  return fitEscorts(candidates, onStep);
}

const RATES = [0.5, 1, 2, 5];

/** How much is found of what a model did not see. */
export const fitTable = ({ heldOut }: EscortFit): string =>
  [
    'Escorts that a model finds which was fitted to other seeds, and to other plans, at so many false ones per 1,000 people',
    '',
    table([
      ['', 'staged', 'people', ...RATES.map((rate) => `% at ${rate}`)],
      ...heldOut.map(({ name, staged, people, curve }) => [
        name,
        String(staged),
        String(people),
        ...RATES.map((rate) => (100 * recallAt(curve, rate)).toFixed(1)),
      ]),
    ]),
  ].join('\n');
