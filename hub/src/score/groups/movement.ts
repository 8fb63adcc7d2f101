/** Regroupings and coordinators as movements: who did what, why in words and numbers, and what it may owe to errors of seeing. */
import { joinReason } from '../escorts/joins.ts';
import { duration, metres, rounded, Telling } from '../escorts/telling.ts';
import type {
  KeyMoment,
  MovementEpisode,
  MovementEvent,
  MovementUncertainty,
  Reason,
  StoryPerson,
} from '../movement.ts';
import type { CompiledZone } from '../zones.ts';
import type { CoordinatorEvent, GroupScoringEvent, Met, RegroupingEvent } from './event.ts';
import type { Named } from './lives.ts';

/** Sentences name so many contacts at most; the persons of the story are all of them. */
const MOST_NAMED = 12;

const { round } = Math;

/** Everybody by every name that they had, from the earliest time to the latest. */
function named(names: readonly Named[], role: StoryPerson['role']): StoryPerson[] {
  return names.map(({ person, fromMs, toMs }) => ({
    person,
    role,
    fromMs: round(fromMs),
    toMs: Math.max(round(fromMs), round(toMs)),
  }));
}

const byTime = (a: KeyMoment, b: KeyMoment): number => a.atMs - b.atMs;

function told({ coastedShare, identityJoins, joinProbability, sigmaMetres }: MovementUncertainty): MovementUncertainty {
  return {
    coastedShare: rounded(coastedShare, 4),
    identityJoins,
    joinProbability: rounded(joinProbability, 4),
    sigmaMetres: rounded(sigmaMetres, 3),
  };
}

export class GroupMovements {
  readonly #zones: readonly CompiledZone[];
  readonly #open = new Map<string, Telling>();
  #events: MovementEvent[] = [];

  /** @param zones of the floor: a coordinator's zone is the one in which most of the contacts took place. */
  constructor(zones: readonly CompiledZone[] = []) {
    this.#zones = zones;
  }

  /** How many movements are open. */
  get size(): number {
    return this.#open.size;
  }

  /** Turns what the group scorer told into movements. The life of groups is none. */
  take(events: readonly GroupScoringEvent[]): MovementEvent[] {
    for (const event of events) {
      if (event.kind === 'regrouping') this.#tell(this.#regrouping(event));
      else if (event.kind === 'coordinator') this.#tell(this.#coordinator(event));
    }
    const taken = this.#events;
    this.#events = [];
    return taken;
  }

  #tell(episode: MovementEpisode): void {
    let telling = this.#open.get(episode.key);
    if (!telling) {
      telling = new Telling((event) => this.#events.push(event));
      this.#open.set(episode.key, telling);
    }
    if (episode.open) telling.tell(episode);
    else {
      telling.close(episode);
      this.#open.delete(episode.key);
    }
  }

  #regrouping(event: RegroupingEvent): MovementEpisode {
    const { key, companions, zone, open, partedAt, metAt, uncertainty, sameProbability } = event;
    const { togetherSeconds, apartSeconds, apartMetres, behindSeconds } = event;
    const fromMs = round(event.fromMs);
    const toMs = round(event.toMs);
    const partedMs = round(Math.min(...companions.map((one) => one.partedMs)));
    const metMs = round(Math.min(...companions.map((one) => one.metMs)));
    const nameOf = (control: string): string => this.#zones.find(({ id }) => id === control)?.name ?? control;
    const controls = [...new Set(companions.map((one) => nameOf(one.zone)))].join(' or ');
    const moments: KeyMoment[] = companions.flatMap((companion) => {
      const at = (atMs: number): string => {
        const known = companion.names.findLast((one) => one.fromMs <= atMs) ?? companion.names[0];
        return known?.person ?? '';
      };
      const label = (atMs: number, what: string): KeyMoment => ({ atMs: round(atMs), person: at(atMs), label: what });
      return [
        label(companion.partedMs, 'parted'),
        label(companion.passedMs, `passed ${nameOf(companion.zone)}`),
        label(companion.metMs, 'met again'),
      ];
    });
    const reasons: Reason[] = [
      {
        text: `Were together for ${duration(togetherSeconds)} before they parted.`,
        fromMs,
        toMs: Math.max(fromMs, partedMs),
        place: [rounded(partedAt[0]), rounded(partedAt[1])],
      },
      ...(behindSeconds < 1
        ? []
        : [
            {
              text: `As they parted, one went ahead and another stayed behind for ${duration(behindSeconds)}.`,
              fromMs: Math.max(fromMs, partedMs),
              toMs: Math.max(fromMs, partedMs, Math.min(metMs, partedMs + round(1000 * behindSeconds))),
            },
          ]),
      {
        text: `Then were apart for ${duration(apartSeconds)}, by up to ${metres(apartMetres)}, while each passed ${controls}.`,
        fromMs: Math.max(fromMs, partedMs),
        toMs: Math.max(fromMs, partedMs, metMs),
      },
      {
        text: `${companions.length} people were together again behind it.`,
        fromMs: metMs,
        toMs: Math.max(metMs, toMs),
        place: [rounded(metAt[0]), rounded(metAt[1])],
      },
      ...joinReason(uncertainty.identityJoins, sameProbability, fromMs, toMs),
    ];
    return {
      pattern: 'regrouping',
      key,
      zone,
      fromMs,
      toMs,
      open,
      score: rounded(Math.max(0, event.score), 3),
      figures: {
        persons: companions.length,
        togetherSeconds: rounded(togetherSeconds, 1),
        apartSeconds: rounded(apartSeconds, 1),
        apartMetres: rounded(apartMetres),
        behindSeconds: rounded(behindSeconds, 1),
        sameProbability: rounded(sameProbability, 4),
      },
      persons: companions.flatMap(({ names }) => named(names, 'companion')),
      reasons,
      moments: moments.sort(byTime),
      uncertainty: told(uncertainty),
    };
  }

  #coordinator(event: CoordinatorEvent): MovementEpisode {
    const { key, person, contacts, open, uncertainty, sameProbability } = event;
    const fromMs = round(event.fromMs);
    const toMs = Math.max(fromMs, round(event.toMs));
    const lengths = contacts.map((one) => Math.max(0, one.toMs - one.fromMs) / 1000);
    const mean = lengths.reduce((sum, seconds) => sum + seconds, 0) / Math.max(1, lengths.length);
    const reasons: Reason[] = [
      {
        text: `Met ${contacts.length} people one after another within ${duration((toMs - fromMs) / 1000)}, for ${duration(mean)} each on average.`,
        fromMs,
        toMs,
      },
      { text: 'None of them had been with another of them, or met one, as far as was seen.', fromMs, toMs },
      ...contacts.slice(0, MOST_NAMED).map((contact, i) => ({
        text: `Contact ${i + 1} lasted ${duration(lengths[i] ?? 0)}.`,
        fromMs: round(contact.fromMs),
        toMs: Math.max(round(contact.fromMs), round(contact.toMs)),
        place: [rounded(contact.place[0]), rounded(contact.place[1])] as [number, number],
        persons: [person, contact.person],
      })),
      ...joinReason(uncertainty.identityJoins, sameProbability, fromMs, toMs),
    ];
    const moments = contacts.flatMap((contact): KeyMoment[] => [
      { atMs: round(contact.fromMs), person: contact.names[0]?.person ?? contact.person, label: 'met' },
      { atMs: round(contact.toMs), person: contact.person, label: 'left' },
    ]);
    return {
      pattern: 'coordinator',
      key,
      zone: this.#zoneOf(contacts),
      fromMs,
      toMs,
      open,
      score: rounded(Math.max(0, event.score), 3),
      figures: {
        contacts: contacts.length,
        meanContactSeconds: rounded(mean, 1),
        longestContactSeconds: rounded(Math.max(0, ...lengths), 1),
        withinSeconds: rounded((toMs - fromMs) / 1000, 1),
        sameProbability: rounded(sameProbability, 4),
      },
      persons: [...named(event.names, 'coordinator'), ...contacts.flatMap(({ names }) => named(names, 'contact'))],
      reasons,
      moments: moments.sort(byTime),
      uncertainty: told(uncertainty),
    };
  }

  /** Where most of the contacts were; null where that is outside of every zone. */
  #zoneOf(contacts: readonly Met[]): string | null {
    const counts = new Map<string | null, number>();
    for (const { place } of contacts) {
      const zone = this.#zones.find((one) => one.contains(place[0], place[1]))?.id ?? null;
      counts.set(zone, (counts.get(zone) ?? 0) + 1);
    }
    return [...counts].sort(([, p], [, q]) => q - p)[0]?.[0] ?? null;
  }
}
