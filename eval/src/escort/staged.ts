/** What was staged, pattern by pattern: who, from when, for how long; and the look-alikes beside it. */
import type { ScenarioPhase, ScenarioRecord } from '@safe-passage/sim/truth/events.ts';

export const PATTERNS = ['escort', 'handover', 'flanking', 'shadowing', 'regrouping', 'coordinator'] as const;
export type StagedPattern = (typeof PATTERNS)[number];
/** Those that can be scored without any other. */
export const SOLO_PATTERNS = ['escort', 'shadowing'] as const;
export type SoloPattern = (typeof SOLO_PATTERNS)[number];

/**
 * One staged movement. `persons` in the order of the pattern: follower and leader; follower, old leader and those who took over; the
 * middle one and the two beside; behind and ahead; the whole group; the coordinator.
 */
export interface Staged {
  readonly pattern: StagedPattern;
  readonly scenario: number;
  readonly persons: readonly string[];
  /** From when its claim holds, seconds; nothing can be told before. */
  readonly fromSeconds: number;
  /** For how long its claim held, all its parts together. */
  readonly seconds: number;
}

export interface LookAlike {
  readonly scenario: number;
  readonly kind: string;
  readonly variant: string;
  readonly persons: readonly string[];
}

const names = (ids: readonly number[]): string[] => ids.map(String);
const lasted = (phases: readonly ScenarioPhase[]): number => phases.reduce((sum, { from, to }) => sum + to - from, 0);

/** The parts of a phase by who is concerned, in order of time. */
function partsOf(record: ScenarioRecord, name: string): ScenarioPhase[][] {
  const parts = Map.groupBy(
    record.phases.filter((phase) => phase.name === name),
    ({ persons }) => persons.join(),
  );
  return [...parts.values()];
}

function fromPhase(record: ScenarioRecord, pattern: StagedPattern, name: string): Staged[] {
  return partsOf(record, name).map((parts) => ({
    pattern,
    scenario: record.scenario,
    persons: names(parts[0]?.persons ?? []),
    fromSeconds: Math.min(...parts.map(({ from }) => from)),
    seconds: lasted(parts),
  }));
}

/** One hands over to others: staged where both led and took over, which are legs of it. */
function handoversOf(record: ScenarioRecord): Staged[] {
  return record.moments
    .filter(({ name }) => name === 'leader-changes')
    .flatMap(({ t, persons }): Staged[] => {
      const [follower, old, ...next] = persons;
      const legs = record.phases.filter(({ name }) => name === 'led' || name === 'flanked');
      const after = legs.filter(({ from, persons: [who] }) => from >= t && who === follower);
      const before = legs.filter(({ from, persons: [who, leader] }) => from < t && who === follower && leader === old);
      if (before.length === 0 || after.length === 0) return [];
      return [
        {
          pattern: 'handover',
          scenario: record.scenario,
          persons: names([follower ?? -1, old ?? -1, ...next]),
          fromSeconds: t,
          seconds: lasted(before) + lasted(after),
        },
      ];
    });
}

function regroupingsOf(record: ScenarioRecord): Staged[] {
  const again = record.moments.find(({ name }) => name === 'together-again');
  if (!again) return [];
  const apart = record.phases.filter(({ name }) => name === 'apart');
  return [
    {
      pattern: 'regrouping',
      scenario: record.scenario,
      persons: names(again.persons),
      fromSeconds: again.t,
      seconds: lasted(apart),
    },
  ];
}

/** Whoever has met three who do not know each other is a coordinator from then on. */
const LEAST_CONTACTS = 3;

function coordinatorsOf(record: ScenarioRecord): Staged[] {
  const talks = record.phases.filter(({ name }) => name === 'speaks-with').sort((a, b) => a.from - b.from);
  const third = talks[LEAST_CONTACTS - 1];
  if (!third) return [];
  const seconds = (talks.at(-1)?.to ?? third.to) - (talks[0]?.from ?? 0);
  return [
    {
      pattern: 'coordinator',
      scenario: record.scenario,
      persons: names(third.persons.slice(0, 1)),
      fromSeconds: third.from,
      seconds,
    },
  ];
}

/** Everything that was staged, and that a scorer is asked to find. */
export function stagedIn(scenarios: readonly ScenarioRecord[]): Staged[] {
  return scenarios
    .filter(({ decoy }) => !decoy)
    .flatMap((record) => [
      ...fromPhase(record, 'escort', 'led'),
      ...handoversOf(record),
      ...fromPhase(record, 'flanking', 'flanked'),
      ...fromPhase(record, 'shadowing', 'shadowed'),
      ...(record.kind === 'regrouping' ? regroupingsOf(record) : []),
      ...(record.kind === 'coordinator' ? coordinatorsOf(record) : []),
    ]);
}

export const lookAlikesIn = (scenarios: readonly ScenarioRecord[]): LookAlike[] =>
  scenarios
    .filter(({ decoy, kind }) => decoy && kind !== 'long-dwell')
    .map(({ scenario, kind, variant, persons }) => ({
      scenario,
      kind,
      variant,
      persons: names(persons.map(({ id }) => id)),
    }));
