/** Keeps the truth of one scenario while it happens. */
import type { Floor, Person } from '../passengers/floor.ts';
import type { ScenarioMoment, ScenarioPhase, ScenarioRole } from '../truth/events.ts';
import type { ScenarioKind } from './kinds.ts';

interface OpenPhase {
  readonly name: string;
  readonly from: number;
  readonly persons: readonly number[];
}

export class ScenarioTruth {
  readonly scenario: number;
  readonly kind: ScenarioKind;
  readonly variant: string;
  readonly #floor: Floor;
  readonly #from: number;
  readonly #roles: ScenarioRole[] = [];
  readonly #phases: ScenarioPhase[] = [];
  readonly #moments: ScenarioMoment[] = [];
  #open: OpenPhase[] = [];
  place = '';
  begun = false;
  #told = false;

  constructor(floor: Floor, scenario: number, kind: ScenarioKind, variant: string) {
    this.#floor = floor;
    this.scenario = scenario;
    this.kind = kind;
    this.variant = variant;
    this.#from = floor.seconds;
  }

  get decoy(): boolean {
    return this.variant !== this.kind;
  }

  cast(person: Person, role: string): Person {
    this.#roles.push({ id: person.id, role });
    return person;
  }

  /** Everybody is cast: tells that it begins. */
  begin(): void {
    this.begun = true;
    const { scenario, kind, variant, decoy } = this;
    this.#floor.tell({
      type: 'scenario-started',
      t: this.#floor.seconds,
      scenario,
      kind,
      variant,
      decoy,
      persons: [...this.#roles],
    });
  }

  open(name: string, ...persons: Person[]): void {
    this.#open.push({ name, from: this.#floor.seconds, persons: persons.map((person) => person.id) });
  }

  /** Ends the phase of this name; without a name, all. */
  close(name?: string): void {
    const to = this.#floor.seconds;
    for (const phase of this.#open) {
      if (name === undefined || phase.name === name) this.#phases.push({ ...phase, to });
    }
    this.#open = name === undefined ? [] : this.#open.filter((phase) => phase.name !== name);
  }

  moment(name: string, ...persons: Person[]): void {
    this.#moments.push({ name, t: this.#floor.seconds, persons: persons.map((person) => person.id) });
  }

  /** A company parts: told besides, for groups are looked for apart from scenarios. */
  parted(people: readonly Person[], moment: string): void {
    const first = people[0];
    if (!first) return;
    this.moment(moment, ...people);
    this.#floor.tell({
      type: 'company-split',
      t: this.#floor.seconds,
      company: first.company.id,
      kind: first.company.kind,
      persons: people.map((person) => person.id),
    });
  }

  end(complete: boolean): void {
    if (this.#told) return;
    this.#told = true;
    this.close();
    const { scenario, kind, variant, decoy, place } = this;
    this.#floor.tell({
      type: 'scenario',
      t: this.#floor.seconds,
      scenario,
      kind,
      variant,
      decoy,
      complete,
      from: this.#from,
      to: this.#floor.seconds,
      place,
      persons: this.#roles,
      phases: this.#phases,
      moments: this.#moments,
    });
  }
}
