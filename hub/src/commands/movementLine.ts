/** A movement of several people as a line of JSON: what `hub score` writes of each pattern but dwell. */
import type { MovementEpisode, Role } from '../score/movement.ts';

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
    case 'regrouping': {
      const { togetherSeconds = 0, apartSeconds = 0, apartMetres = 0 } = figures;
      return { persons: persons(episode, 'companion'), togetherSeconds, apartSeconds, apartMetres };
    }
    case 'coordinator': {
      const contacts = episode.persons.filter(({ role }) => role === 'contact');
      return {
        person: person(episode, 'coordinator'),
        contacts: contacts.map(({ person: who, fromMs, toMs }) => ({
          person: who,
          from: fromMs / 1000,
          to: toMs / 1000,
        })),
      };
    }
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
