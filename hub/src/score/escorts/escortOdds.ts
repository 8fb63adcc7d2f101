/**
 * Log odds of an escort: what each part of it gives, by the model that was fitted to staged movements. What was seen for a few seconds says less, and other
 * things, than the same numbers after a minute: so a brief walk has a table of its own.
 */
import { type AdditiveModel, AdditiveOdds, type Odds } from './additive.ts';
import { ESCORT_MODEL } from './escortModel.ts';
import { type EscortPart, MEASURES } from './measures.ts';
import { bounded } from './nats.ts';
import type { Trees } from './trees.ts';

export interface EscortModel {
  /** Least log odds at which an escort is told, nats: from how often the fitting data would be told falsely. */
  readonly least: number;
  /** Where less walking together than this counts, seconds. */
  readonly brief: AdditiveModel;
  readonly longer: AdditiveModel;
  /** On top of either. */
  readonly together: Trees;
}

/** Walks of which less than this counts are brief, seconds. Chosen, of four ways to part them, by what models find of seeds that they did not see. */
export const BRIEF_SECONDS = 12;
/** Where the measure is by which walks are parted. */
export const COUNTED = MEASURES.findIndex(({ name }) => name === 'counted');

/** @param counted the measure of that name. */
export const isBrief = (counted: number): boolean => counted < Math.log(BRIEF_SECONDS);

/**
 * The model is fitted to places good to 0.1 m. Between these, metres (1 sigma), up to so many nats are taken off: through cameras people are lost, taken for one
 * another and told twice, and what looks like an escort is one less often. Set on runs through simulated cameras (seeds 1 to 8), to 1 false one per 1,000 people.
 */
const SURE_METRES = 0.15;
const UNSURE_METRES = 0.3;
const UNSURE_NATS = 1;

const BRIEF = new AdditiveOdds(ESCORT_MODEL.brief, ESCORT_MODEL.together, MEASURES);
const LONGER = new AdditiveOdds(ESCORT_MODEL.longer, ESCORT_MODEL.together, MEASURES);

/** Nats of each part; `logOdds` is their sum with what `always` counts and `unsure` takes off. */
export type EscortOdds = Odds<EscortPart> & { unsure: number };

export const noOdds = (): EscortOdds => ({ ...LONGER.nothing(), unsure: 0 });

/**
 * @param measures in the order of `MEASURES`.
 * @param sigmaMetres how well it is known where the two were, on average.
 * @param into filled.
 */
export function weighMeasures(measures: Float64Array, sigmaMetres: number, into: EscortOdds): void {
  const model = isBrief(measures[COUNTED] as number) ? BRIEF : LONGER;
  into.unsure = UNSURE_NATS * bounded((SURE_METRES - sigmaMetres) / (UNSURE_METRES - SURE_METRES), -1, 0);
  into.logOdds = into.unsure + model.weigh(measures, into);
}
