/** One movement as a part of a story: what the decision weighs and the alert tells, whichever scorer found it. */
import type { FloorPlan } from '@safe-passage/contract';
import type { DwellEpisode } from '../score/episode.ts';
import type { KeyMoment, MovementEpisode, Pattern, Reason, StoryPerson } from '../score/movement.ts';
import type { AlertDetail } from './alert.ts';
import { dwellMoments, dwellReasons, dwellScore, limitFor } from './dwellSign.ts';
import { dwellId, movementId } from './identifier.ts';
import type { PlaceKind, Policy } from './policySchema.ts';

/** Where a movement mostly took place. */
export interface Place {
  /** Null outside of every zone. */
  readonly zone: string | null;
  readonly kind: PlaceKind;
  /** For a sentence: `at Café Nord`, `in Arrivals hall`. */
  readonly words: string;
}

export interface Sign {
  /** The identifier of the episode: a version 5 UUID. */
  readonly id: string;
  readonly pattern: Pattern;
  readonly place: Place;
  readonly fromMs: number;
  readonly toMs: number;
  readonly open: boolean;
  /** Of a dwell, the presence; of the others, from the beginning to the end. */
  readonly seconds: number;
  readonly score: number;
  readonly figures: Readonly<Record<string, number>>;
  /** Of a dwell, the limit that holds for it. */
  readonly limitSeconds: number | null;
  readonly persons: readonly StoryPerson[];
  readonly reasons: readonly Reason[];
  readonly moments: readonly KeyMoment[];
  readonly uncertainty: AlertDetail['uncertainty'];
}

/** What reads episodes: the names that hold on one floor. */
export class SignReader {
  readonly #site: string;
  readonly #floor: string;
  readonly #policy: Policy;
  readonly #outside: Place;
  /** By zone; null for a blind one. */
  readonly #places = new Map<string, Place | null>();

  constructor(site: string, plan: Pick<FloorPlan, 'id' | 'name' | 'zones'>, policy: Policy) {
    this.#site = site;
    this.#floor = plan.id;
    this.#policy = policy;
    this.#outside = { zone: null, kind: 'outside', words: `in ${plan.name}` };
    for (const { id, name, kind } of plan.zones) {
      this.#places.set(id, kind === 'blind' ? null : { zone: id, kind, words: `at ${name}` });
    }
  }

  /** @returns null where presence is never scored. */
  dwell(episode: DwellEpisode): Sign | null {
    const { zone, zoneName, zoneKind, fromMs, toMs, open, seconds, detail } = episode;
    const limitSeconds = limitFor(episode, this.#policy);
    if (limitSeconds === null || zoneKind === 'blind') return null;
    return {
      id: dwellId({ site: this.#site, floor: this.#floor, ...episode }),
      pattern: 'dwell',
      place: { zone, kind: zoneKind, words: `at ${zoneName}` },
      fromMs,
      toMs,
      open,
      seconds,
      score: dwellScore(seconds, limitSeconds),
      figures: { presentSeconds: seconds },
      limitSeconds,
      persons: detail.members.map((member) => ({ ...member, role: 'dwelling' as const })),
      reasons: dwellReasons(episode, limitSeconds),
      moments: dwellMoments(episode, limitSeconds),
      uncertainty: {
        coastedShare: episode.coastedShare,
        gapsBridged: detail.gapsBridged,
        identityJoins: detail.identityJoins,
        joinProbability: detail.joinProbability,
        sigmaMetres: detail.sigmaMetres,
      },
    };
  }

  /** @returns null for a movement in a blind zone: nothing is known of those, by intent. */
  movement(episode: MovementEpisode): Sign | null {
    const { key, zone, fromMs, toMs } = episode;
    // A zone that the plan does not have any more is no zone.
    const place = zone === null ? this.#outside : this.#places.get(zone);
    if (place === null) return null;
    const { pattern, open, score, figures, persons, reasons, moments, uncertainty } = episode;
    return {
      id: movementId({ site: this.#site, floor: this.#floor, key }),
      pattern,
      place: place ?? this.#outside,
      fromMs,
      toMs,
      open,
      seconds: (toMs - fromMs) / 1000,
      score,
      figures,
      limitSeconds: null,
      persons,
      reasons,
      moments,
      uncertainty: { ...uncertainty, gapsBridged: 0 },
    };
  }
}
