/** Scoring as the hub calls it: reports in, persons, episodes and alert transitions out. Pure: no clock, no store, no broker. */
import type { FloorPlan } from '@safe-passage/contract';
import { DEFAULT_POLICY, type Policy } from '../alert/policy.ts';
import { createFusion, type FloorNews, type FusionOptions } from '../fuse/fusion.ts';
import type { ReceivedReport } from '../fuse/receivedReport.ts';
import { EVERYTHING, type FloorAnalysis } from '../privacy/analysis.ts';
import type { DwellOptions } from './dwellOptions.ts';
import { FloorScoring, type MutableOutput, nothing } from './floorScoring.ts';
import type { ScoringOutput, StoredState } from './scoringOutput.ts';

export interface Scoring {
  /** Takes committed reports in any order; duplicates are harmless. */
  onReports(reports: readonly ReceivedReport[]): ScoringOutput;
  /** Lets time pass where nothing arrives. Call it about once a second with the hub's clock. */
  advance(nowMs: number): ScoringOutput;
  /** Who is together on a floor now, by pseudonym; null where groups may not be looked for. Kept nowhere. */
  groups(floor: string): readonly (readonly string[])[] | null;
  /** From now on something else may be analysed: what may not be any more ends at once. */
  allow(analysis: (floor: string) => FloorAnalysis, nowMs: number): ScoringOutput;
  /** Before the first report after a start. Gives back only what the store does not have yet. */
  restore(stored: StoredState): ScoringOutput;
}

export interface ScoringOptions extends Omit<FusionOptions, 'plans'> {
  readonly plans: readonly FloorPlan[];
  /** Default: the built-in policy 2. */
  readonly policy?: Policy;
  readonly dwell?: Partial<DwellOptions>;
  /** What may be analysed on a floor; absent: everything everywhere. */
  readonly analysis?: (floor: string) => FloorAnalysis;
}

/** @throws RangeError where a zone encloses no area or the options contradict each other. */
export function createScoring(options: ScoringOptions): Scoring {
  const { site, plans, policy = DEFAULT_POLICY, dwell = {}, analysis = () => EVERYTHING } = options;
  const fusion = createFusion(options);
  const floors = new Map(
    plans.map((plan) => [plan.id, new FloorScoring({ site, plan, policy, dwell, analysis: analysis(plan.id) })]),
  );

  const score = (news: readonly FloorNews[]): MutableOutput => {
    const output = nothing();
    for (const one of news) floors.get(one.floor)?.take(one, output);
    return output;
  };

  return {
    onReports: (reports) => score(fusion.onReports(reports)),
    advance: (nowMs) => score(fusion.advance(nowMs)),
    groups: (floor) => floors.get(floor)?.groups() ?? null,
    allow: (nextAnalysis, nowMs) => {
      const output = nothing();
      for (const [floor, scored] of floors) scored.allow(nextAnalysis(floor), nowMs, output);
      return output;
    },
    restore: (stored) => {
      const known = new Map(stored.episodes.map((record) => [record.id, record]));
      for (const floor of floors.values()) floor.restore(stored);
      fusion.restore(stored.tracks);
      // In the order of their arrival, as they were scored before.
      const arrived = [...stored.reports].sort(
        (a, b) => a.receivedAtMs - b.receivedAtMs || a.report.fromMs - b.report.fromMs,
      );
      const output = nothing();
      for (const report of arrived) {
        const { persons, episodes, movements, alerts } = score(fusion.onReports([report]));
        output.persons.push(...persons);
        output.episodes.push(...episodes);
        output.movements.push(...movements);
        output.alerts.push(...alerts);
      }
      const latestMs = arrived.at(-1)?.receivedAtMs ?? 0;
      for (const floor of floors.values()) floor.settle(latestMs, output);
      const again = new Set(output.movements.map(({ id }) => id));
      return {
        persons: output.persons,
        alerts: output.alerts,
        movements: [
          ...output.movements,
          // What was under way is over until its scorer finds it again.
          ...stored.movements.filter(({ id, open }) => open && !again.has(id)).map((one) => ({ ...one, open: false })),
        ],
        episodes: [
          ...output.episodes.filter((record) => {
            const before = known.get(record.id);
            return !before || before.toMs !== record.toMs || before.open !== record.open;
          }),
          // What may not be scored any more is over.
          ...stored.episodes
            .filter((one) => one.open && floors.get(one.floor)?.allows(one) === false)
            .map((one) => ({ ...one, open: false })),
        ],
      };
    },
  };
}
