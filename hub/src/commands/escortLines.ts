/** Escorts, handovers, flanking and shadowing of recorded trajectories, as lines of JSON. */
import { EscortScorer } from '../score/escorts/escorts.ts';
import type { MovementEpisode, Role } from '../score/movement.ts';
import { sceneOptionsFor, type Tick } from '../score/scene/scene.ts';
import type { CompiledZone } from '../score/zones.ts';

function person(episode: MovementEpisode, role: Role): string {
  return episode.persons.find((one) => one.role === role)?.person ?? '';
}

function persons(episode: MovementEpisode, role: Role): string[] {
  return episode.persons.filter((one) => one.role === role).map((one) => one.person);
}

/** Who does what, by kind. */
function body(episode: MovementEpisode): Record<string, unknown> {
  const { figures, moments } = episode;
  switch (episode.pattern) {
    case 'escort':
      return {
        leader: person(episode, 'leader'),
        follower: person(episode, 'follower'),
        lagSeconds: figures.lagSeconds ?? 0,
      };
    case 'handover': {
      const at = moments.find(({ label }) => label === 'handed over')?.atMs ?? episode.fromMs;
      return { follower: person(episode, 'follower'), leaders: persons(episode, 'leader'), at: at / 1000 };
    }
    case 'flanking':
      return { flanked: person(episode, 'flanked'), flanking: persons(episode, 'flanking') };
    case 'shadowing':
      return {
        shadowing: person(episode, 'shadowing'),
        shadowed: person(episode, 'shadowed'),
        lagSeconds: figures.lagSeconds ?? 0,
        distanceMetres: figures.distanceMetres ?? 0,
      };
    default:
      return {};
  }
}

/** {"kind":"escort","leader","follower","from","to","score","lagSeconds","reasons",...} and the like. */
export function movementLine(episode: MovementEpisode): string {
  const line = {
    kind: episode.pattern,
    ...body(episode),
    zone: episode.zone,
    from: episode.fromMs / 1000,
    to: episode.toMs / 1000,
    score: episode.score,
    reasons: episode.reasons.map(({ text }) => text),
    figures: episode.figures,
    moments: episode.moments.map(({ atMs, person: who, label }) => ({ at: atMs / 1000, person: who, label })),
    coastedShare: episode.uncertainty.coastedShare,
  };
  return `${JSON.stringify(line)}\n`;
}

/** The escort scorer of `hub score`: ticks of the scene in, a line for each movement when it is over. */
export class EscortLines {
  readonly #scorer: EscortScorer;
  readonly #write: (line: string) => void;
  /** Lines written. */
  count = 0;

  /** @param sampleSeconds the usual time between two rows of a person. */
  constructor(sampleSeconds: number, zones: readonly CompiledZone[], write: (line: string) => void) {
    this.#scorer = new EscortScorer({ tickMs: sceneOptionsFor(sampleSeconds).tickMs }, zones);
    this.#write = write;
  }

  readonly tick = (tick: Tick): void => {
    this.#scorer.tick(tick);
    this.#drain();
  };

  finish(): void {
    this.#scorer.finish();
    this.#drain();
  }

  #drain(): void {
    for (const { kind, episode } of this.#scorer.take()) {
      if (kind !== 'closed') continue;
      this.count++;
      this.#write(movementLine(episode));
    }
  }
}
