/** Fits the models by which the hub weighs movements. */
import type { FittedModel } from '@safe-passage/hub/score/escorts/additive.ts';
import { COUNTED, type EscortModel, isBrief } from '@safe-passage/hub/score/escorts/escortOdds.ts';
import { FLANK_MEASURES } from '@safe-passage/hub/score/escorts/flankMeasures.ts';
import { MEASURES } from '@safe-passage/hub/score/escorts/measures.ts';
import { SHADOW_MEASURES } from '@safe-passage/hub/score/escorts/shadowMeasures.ts';
import {
  type Candidates,
  crossValidate,
  type FittedRows,
  fitRows,
  type HeldOut,
  heldOutCurve,
  leastFor,
  type Rows,
  rowsOf,
  type Table,
  tableOf,
} from './additiveFit.ts';
import type { Fitted } from './boosting.ts';
import { additiveOf, treesOf } from './modelOf.ts';

/** So many false ones per 1,000 people are to be told of the fitting seeds, each by a model that did not see it. */
export const FITTED_FALSE_PER_THOUSAND = { escort: 0.5, flanking: 0.3, shadowing: 0.2 } as const;
const FOLDS = 4;
const [LONGER, BRIEF] = [0, 1];

/** Brief walks and longer ones are fitted apart. */
const ESCORT_TABLE: Table = {
  measures: MEASURES,
  models: 2,
  by: COUNTED,
  modelOf: (counted) => (isBrief(counted) ? BRIEF : LONGER),
};

export interface Fit<Model> {
  readonly model: Model;
  /** By models of other seeds: all, and each plan; then each plan by models of the other plans. */
  readonly heldOut: readonly HeldOut[];
}

/** Parts of a fit that are told when they are done. */
export const FIT_PARTS = 4;

interface Measured {
  readonly of: Rows;
  readonly rows: Int32Array;
  readonly fitted: FittedRows;
  readonly least: number;
  readonly heldOut: readonly HeldOut[];
}

function fitTable(candidates: readonly Candidates[], table: Table, mostFalse: number, onPart: () => void): Measured {
  const of = rowsOf(candidates, table);
  onPart();
  const bySeed = crossValidate(of, candidates, ({ seed }) => String(seed % FOLDS));
  onPart();
  const byPlan = crossValidate(of, candidates, ({ plan }) => plan);
  onPart();
  const plans = [...new Set(candidates.map(({ plan }) => plan))];
  const all = heldOutCurve('other seeds', bySeed, candidates);
  const heldOut = [
    all,
    ...plans.map((plan) => heldOutCurve(`${plan}, other seeds`, bySeed, candidates, plan)),
    heldOutCurve('other plans', byPlan, candidates),
    ...plans.map((plan) => heldOutCurve(`${plan}, other plans`, byPlan, candidates, plan)),
  ];
  const rows = Int32Array.from(of.labels.keys());
  const fitted = fitRows(of, rows);
  onPart();
  return { of, rows, fitted, least: leastFor(all, mostFalse), heldOut };
}

/** @param onPart told when a part of the work is done, of `FIT_PARTS`. */
export function fitEscorts(candidates: readonly Candidates[], onPart: () => void = () => undefined): Fit<EscortModel> {
  const { of, rows, fitted, least, heldOut } = fitTable(
    candidates,
    ESCORT_TABLE,
    FITTED_FALSE_PER_THOUSAND.escort,
    onPart,
  );
  const part = (which: number): EscortModel['brief'] =>
    additiveOf(
      of,
      fitted.models[which] as Fitted,
      rows.filter((row) => of.models[row] === which),
    );
  const together = treesOf(of, fitted, rows);
  return { model: { least, brief: part(BRIEF), longer: part(LONGER), together }, heldOut };
}

const TABLE_OF: Readonly<Record<'flanking' | 'shadowing', Table>> = {
  flanking: tableOf(FLANK_MEASURES),
  shadowing: tableOf(SHADOW_MEASURES),
};

/** The same of a movement that one table weighs. */
export function fitMovement(
  pattern: 'flanking' | 'shadowing',
  candidates: readonly Candidates[],
  onPart: () => void = () => undefined,
): Fit<FittedModel> {
  const mostFalse = FITTED_FALSE_PER_THOUSAND[pattern];
  const { of, rows, fitted, least, heldOut } = fitTable(candidates, TABLE_OF[pattern], mostFalse, onPart);
  const model = { least, ...additiveOf(of, fitted.models[0] as Fitted, rows), together: treesOf(of, fitted, rows) };
  return { model, heldOut };
}
