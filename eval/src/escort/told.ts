/**
 * What the hub tells of a recording: each movement once, from when it was first told, with its greatest score. A regrouping grows:
 * it is one, of everybody whom it came to name, and wrong where one of them is.
 */
import { EscortScorer } from '@safe-passage/hub/score/escorts/escorts.ts';
import type { GroupScoringEvent } from '@safe-passage/hub/score/groups/event.ts';
import { GroupScorer } from '@safe-passage/hub/score/groups/groups.ts';
import type { MovementEpisode, Pattern, Role, StoryPerson } from '@safe-passage/hub/score/movement.ts';
import type { PersonSample } from '@safe-passage/hub/score/scene/sample.ts';
import { Scene, sceneOptionsFor, type Tick } from '@safe-passage/hub/score/scene/scene.ts';
import type { CompiledZone } from '@safe-passage/hub/score/zones.ts';
import type { StagedPattern } from './staged.ts';

/** One movement of certain people. `persons` in the order of `Staged`; those on one footing sorted. */
export interface Told {
  readonly pattern: StagedPattern;
  persons: readonly string[];
  /** When it was first told, seconds. */
  readonly atSeconds: number;
  /** The greatest score it came to. */
  score: number;
}

const ROLES: Readonly<Record<string, readonly Role[]>> = {
  escort: ['follower', 'leader'],
  handover: ['follower', 'leader'],
  flanking: ['flanked', 'flanking'],
  shadowing: ['shadowing', 'shadowed'],
  regrouping: ['companion'],
  coordinator: ['coordinator'],
};
const ORDERLESS: ReadonlySet<string> = new Set(['regrouping']);

/**
 * Whom an episode is about, in the order of `Staged`.
 *
 * @param nameOf who somebody is; those who are the same are named once in a role.
 */
export function personsOf(
  { pattern, persons }: MovementEpisode,
  nameOf = ({ person }: StoryPerson): string => person,
): string[] {
  const byRole = (role: Role): string[] => [...new Set(persons.filter((one) => one.role === role).map(nameOf))];
  const [first = [], others = []] = (ROLES[pattern] ?? []).map(byRole);
  return [...(ORDERLESS.has(pattern) ? first.sort() : first), ...(pattern === 'flanking' ? others.sort() : others)];
}

/** Gathers what scorers tell, one of each kind and people. */
export class Telltale {
  readonly #told = new Map<string, Told>();

  /** @param story what stays the same while its persons grow more; its persons where absent. */
  add(pattern: StagedPattern, persons: readonly string[], atSeconds: number, score: number, story?: string): void {
    const key = story ?? `${pattern} ${persons.join(' ')}`;
    const known = this.#told.get(key);
    if (!known) this.#told.set(key, { pattern, persons, atSeconds, score });
    else {
      known.persons = persons;
      known.score = Math.max(known.score, score);
    }
  }

  get all(): Told[] {
    return [...this.#told.values()];
  }
}

/** The scorers of the hub behind one scene, as `hub score` runs them. */
export class HubScorers {
  /** Null where one pattern is scored alone. */
  readonly #groups: GroupScorer | null;
  readonly #scene: GroupScorer | Scene;
  readonly #escorts: EscortScorer;
  readonly told = new Telltale();
  readonly #onEpisode: (episode: MovementEpisode) => void;
  #nowSeconds = 0;

  /**
   * @param onTick told every tick of the scene, for those who are measured beside the hub.
   * @param onEpisode told every state of an escort, a handover, flanking or shadowing.
   * @param only this pattern of the escort scorer alone is scored; null for all there are.
   */
  constructor(
    sampleSeconds: number,
    zones: readonly CompiledZone[],
    onTick: (tick: Tick) => void = () => undefined,
    onEpisode: (episode: MovementEpisode) => void = () => undefined,
    only: Pattern | null = null,
  ) {
    this.#onEpisode = onEpisode;
    const scene = sceneOptionsFor(sampleSeconds);
    const patterns = only === null ? {} : { patterns: new Set<Pattern>([only]) };
    this.#escorts = new EscortScorer({ tickMs: scene.tickMs, ...patterns }, zones);
    const told = (tick: Tick): void => {
      this.#escorts.tick(tick);
      onTick(tick);
    };
    this.#groups = only === null ? new GroupScorer({ scene, onTick: told }, zones) : null;
    this.#scene = this.#groups ?? new Scene(scene, told);
  }

  observe(sample: PersonSample): void {
    this.#nowSeconds = sample.timeMs / 1000;
    this.#scene.observe(sample);
  }

  /** To be called after every frame: what is told is told then. */
  settle(): void {
    for (const event of this.#groups?.take() ?? []) this.#group(event);
    for (const { episode } of this.#escorts.take()) {
      const { pattern, score } = episode;
      if (pattern === 'coordinator' || pattern === 'regrouping') continue;
      this.told.add(pattern, personsOf(episode), this.#nowSeconds, score);
      this.#onEpisode(episode);
    }
  }

  #group(event: GroupScoringEvent): void {
    if (event.kind === 'regrouping') {
      this.told.add('regrouping', [...event.persons].sort(), this.#nowSeconds, event.score, event.key);
    } else if (event.kind === 'coordinator') {
      this.told.add('coordinator', [event.person], this.#nowSeconds, event.score);
    }
  }

  finish(): void {
    this.#scene.finish();
    this.#escorts.finish();
    this.settle();
  }
}
