/** What really happened on the floor, told as it happens. Times are seconds of the simulated clock. */
import type { ScenarioKind } from '../scenarios/kinds.ts';

export interface PersonEntered {
  readonly type: 'person-entered';
  readonly t: number;
  readonly id: number;
  /** What brings them: arrival, departure, transfer, visitor, driver, staff, cleaner. */
  readonly kind: string;
  readonly company: number;
  readonly role: string;
  readonly by: string;
  readonly heightMetres: number;
}

export interface PersonLeft {
  readonly type: 'person-left';
  readonly t: number;
  readonly id: number;
  readonly by: string;
}

/** Into a portal and out of it again, as into a toilet: the same person. */
export interface PersonAway {
  readonly type: 'person-away' | 'person-back';
  readonly t: number;
  readonly id: number;
  readonly by: string;
}

export interface CompanyEvent {
  readonly type: 'company-formed' | 'company-met' | 'company-split' | 'company-gone';
  readonly t: number;
  readonly company: number;
  readonly kind: string;
  readonly persons: readonly number[];
  /** Whom they met. */
  readonly other?: number;
}

export interface ScenarioRole {
  readonly id: number;
  readonly role: string;
}

export interface ScenarioPhase {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** Whom this phase concerns, in the order that its name gives: follower and leader, the middle one and the two beside. */
  readonly persons: readonly number[];
}

export interface ScenarioMoment {
  readonly name: string;
  readonly t: number;
  readonly persons: readonly number[];
}

export interface ScenarioStarted {
  readonly type: 'scenario-started';
  readonly t: number;
  readonly scenario: number;
  readonly kind: ScenarioKind;
  readonly variant: string;
  readonly decoy: boolean;
  readonly persons: readonly ScenarioRole[];
}

/** A scenario as a whole, told when it has ended. */
export interface ScenarioRecord {
  readonly type: 'scenario';
  readonly t: number;
  readonly scenario: number;
  readonly kind: ScenarioKind;
  /** What it looks like: the kind itself, or the innocent look-alike. */
  readonly variant: string;
  readonly decoy: boolean;
  /** False where the run ended before the scenario did, or it was given up. */
  readonly complete: boolean;
  readonly from: number;
  readonly to: number;
  readonly place: string;
  readonly persons: readonly ScenarioRole[];
  readonly phases: readonly ScenarioPhase[];
  readonly moments: readonly ScenarioMoment[];
}

export type TruthEvent = PersonEntered | PersonLeft | PersonAway | CompanyEvent | ScenarioStarted | ScenarioRecord;
