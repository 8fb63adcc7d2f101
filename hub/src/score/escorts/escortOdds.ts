/** Log odds of an escort: what each part of it gives, by the model that was fitted to staged movements. */
import { natsOf, type Shape } from './additive.ts';
import { ESCORT_MODEL } from './escortModel.ts';
import { type EscortPart, MEASURES, PARTS } from './measures.ts';

/** Nats of each part; `logOdds` is their sum with what always counts. */
export type EscortOdds = Record<EscortPart | 'logOdds', number>;

export const noOdds = (): EscortOdds => ({
  front: 0,
  path: 0,
  lag: 0,
  order: 0,
  close: 0,
  company: 0,
  together: 0,
  others: 0,
  logOdds: Number.NEGATIVE_INFINITY,
});

const UNKNOWN: Shape = { edges: [], nats: [0] };
const WEIGHED = MEASURES.map(({ name, part }) => ({ part, shape: ESCORT_MODEL.shapes[name] ?? UNKNOWN }));

/**
 * @param measures in the order of `MEASURES`.
 * @param into filled.
 */
export function weighMeasures(measures: Float64Array, into: EscortOdds): void {
  for (const part of PARTS) into[part] = 0;
  into.logOdds = ESCORT_MODEL.always;
  for (let i = 0; i < WEIGHED.length; i++) {
    const { part, shape } = WEIGHED[i] as (typeof WEIGHED)[number];
    const nats = natsOf(shape, measures[i] as number);
    into[part] += nats;
    into.logOdds += nats;
  }
}
