/** Gathers all that a model of a movement is fitted to, fits it, and says how it does. */
import { loadTerminal } from '@safe-passage/sim/terminal/load.ts';
import { readOrdinary } from '../ordinary/dataset.ts';
import { table } from '../table.ts';
import type { Candidates, HeldOut } from './additiveFit.ts';
import { candidatesOf, plantedCandidates } from './candidates.ts';
import { FIT_PARTS, fitEscorts, fitMovement } from './fit.ts';
import { type LabelledPattern, recallAt } from './judge.ts';
import { FITTING_SEEDS, PLANS, SCENARIOS_PER_HOUR, seedSpan } from './measure.ts';
import { escortModelText, movementModelText } from './modelFile.ts';
import { record } from './recording.ts';

const HOURS = 0.5;
/** The recording that followers are planted into: quick enough, and of so many people that half of it is for fitting. */
const PLANTED_SET = 'Grand Central, made finer';

/** Runs of the simulator, for escorts the planted recording, and the parts of the fit. */
export const fitSteps = (pattern: LabelledPattern): number =>
  FITTING_SEEDS[pattern].length * PLANS.length + (pattern === 'escort' ? 1 : 0) + FIT_PARTS;

/** @returns null where the signal was aborted. */
async function stagedCandidates(
  pattern: LabelledPattern,
  onStep: () => void,
  signal: AbortSignal,
): Promise<Candidates[] | null> {
  const candidates: Candidates[] = [];
  for (const seed of FITTING_SEEDS[pattern]) {
    for (const { plan, passengersPerHour } of PLANS) {
      const run = { plan, passengersPerHour, seed, hours: HOURS, scenariosPerHour: SCENARIOS_PER_HOUR };
      const recording = await record(await loadTerminal(plan), run, () => undefined, signal);
      const found = recording && (await candidatesOf(pattern, recording, signal));
      if (!found) return null;
      candidates.push(found);
      onStep();
    }
  }
  return candidates;
}

/** What a fit came to: the text of the model's file, and what such models find of what they did not see. */
export interface FitRun {
  readonly text: string;
  readonly heldOut: readonly HeldOut[];
}

/**
 * @param shared folder with `data/`; asked for escorts alone.
 * @param onStep told when one of `fitSteps` is done.
 * @returns null where the signal was aborted.
 */
export async function gatherAndFit(
  pattern: LabelledPattern,
  shared: () => string,
  onStep: () => void,
  signal: AbortSignal,
): Promise<FitRun | null> {
  const planted: Candidates[] = [];
  if (pattern === 'escort') {
    for (const set of await readOrdinary(shared())) {
      if (set.name === PLANTED_SET) planted.push(...plantedCandidates(set));
    }
    onStep();
  }
  const staged = await stagedCandidates(pattern, onStep, signal);
  if (!staged) return null;
  const seeds = `seeds ${seedSpan(FITTING_SEEDS[pattern])}`;
  if (pattern === 'escort') {
    const { model, heldOut } = fitEscorts([...planted, ...staged], onStep);
    return { text: escortModelText(model, seeds), heldOut };
  }
  const { model, heldOut } = fitMovement(pattern, staged, onStep);
  return { text: movementModelText(pattern, model, seeds), heldOut };
}

const RATES = [0.25, 0.5, 1, 2, 5];

/** How much is found of what a model did not see. */
export const fitTable = (pattern: LabelledPattern, { heldOut }: FitRun): string =>
  [
    `Of ${pattern}: what a model finds that was fitted to other seeds, and to other plans, at so many false ones per 1,000 people`,
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
