/** How shadowing is told: when it is enough, in words, numbers and marks. */
import type { MovementEpisode, MovementEvent, Reason } from '../movement.ts';
import { AdditiveOdds, natsFigures } from './additive.ts';
import { COARSEST_SIGMA_METRES } from './following.ts';
import { bitsBeyond } from './nats.ts';
import type { Stay } from './people.ts';
import type { Shadow } from './shadow.ts';
import type { Shadowing } from './shadowing.ts';
import { measureShadow, SHADOW_MEASURES, type ShadowOdds } from './shadowMeasures.ts';
import { SHADOW_MODEL } from './shadowModel.ts';
import { duration, rounded, Telling, times } from './telling.ts';

const ODDS = new AdditiveOdds(SHADOW_MODEL, SHADOW_MODEL.together, SHADOW_MEASURES);
/** Looks (seconds) in a row at which the evidence must suffice. */
const SUFFICING = 6;
/** Answers from which on it is kept where it takes place. */
const PLACED_ANSWERS = 2;

/** Somebody who may be shadowing another, as it is weighed: what a model is fitted to. */
export interface ShadowCandidate {
  readonly follower: string;
  readonly ahead: string;
  readonly seconds: number;
  /** In the order of `SHADOW_MEASURES`. Reused: copy it. */
  readonly measures: Float64Array;
}

export class ShadowStory {
  readonly #shadowing: Shadowing;
  readonly #stay: (slot: number) => Stay | undefined;
  /** Whether two were seen in company: they belong together, however far apart they walk now. */
  readonly #inCompany: (a: number, b: number) => boolean;
  readonly #zoneOf: (slot: number) => string | null;
  readonly #tell: (event: MovementEvent) => void;
  readonly #measures = new Float64Array(SHADOW_MEASURES.length);
  readonly #odds = ODDS.nothing();
  /** Told of every candidate that is weighed. */
  onMeasured: ((candidate: ShadowCandidate) => void) | null = null;

  constructor(
    shadowing: Shadowing,
    stay: (slot: number) => Stay | undefined,
    inCompany: (a: number, b: number) => boolean,
    zoneOf: (slot: number) => string | null,
    tell: (event: MovementEvent) => void,
  ) {
    this.#shadowing = shadowing;
    this.#stay = stay;
    this.#inCompany = inCompany;
    this.#zoneOf = zoneOf;
    this.#tell = tell;
  }

  /** Tells a candidate that is enough, and goes on telling it. */
  weigh(shadow: Shadow): void {
    const { leastSeconds, leastAnswers, leastShare, leastLogOdds } = this.#shadowing.options;
    // Most candidates are chance, and end with the next stop.
    if (shadow.answers >= PLACED_ANSWERS) shadow.whereabouts.spend(this.#zoneOf(shadow.follower), 1);
    const weighed =
      shadow.seconds >= leastSeconds &&
      shadow.answers >= leastAnswers &&
      shadow.atDistance >= leastShare * shadow.seconds &&
      // Places that wander by as much as this start and stop by themselves.
      shadow.sigma <= COARSEST_SIGMA_METRES * shadow.seconds;
    const odds = weighed ? this.#weigh(shadow) : null;
    const enough = odds !== null && odds.logOdds >= leastLogOdds;
    shadow.sufficing = enough ? shadow.sufficing + 1 : 0;
    if (!shadow.telling) {
      if (shadow.sufficing < SUFFICING || this.#inCompany(shadow.follower, shadow.ahead)) return;
      shadow.telling = new Telling(this.#tell);
    }
    if (!enough) return;
    if (!shadow.best || odds.logOdds > shadow.best.logOdds) shadow.best = { ...odds };
    if (!shadow.telling.due(this.#score(shadow), shadow.sinceMs, shadow.lastMs)) return;
    const episode = this.#episode(shadow, true);
    if (episode) shadow.telling.tell(episode);
  }

  /** @returns what a candidate is weighed to be; reused. */
  #weigh(shadow: Shadow): ShadowOdds {
    const odds = this.#odds;
    measureShadow(shadow, this.#measures);
    ODDS.weigh(this.#measures, odds);
    if (this.onMeasured && !this.#inCompany(shadow.follower, shadow.ahead)) {
      const [follower, ahead] = [this.#stay(shadow.follower)?.person, this.#stay(shadow.ahead)?.person];
      if (follower !== undefined && ahead !== undefined)
        this.onMeasured({ follower, ahead, seconds: shadow.seconds, measures: this.#measures });
    }
    return odds;
  }

  /** A candidate is none any more. */
  ended(shadow: Shadow): void {
    if (!shadow.telling) return;
    const episode = this.#episode(shadow, false);
    if (episode) shadow.telling.close(episode);
  }

  #score({ best }: Shadow): number {
    return bitsBeyond(best?.logOdds ?? Number.NEGATIVE_INFINITY, this.#shadowing.options.leastLogOdds);
  }

  #episode(shadow: Shadow, open: boolean): MovementEpisode | null {
    const follower = this.#stay(shadow.follower);
    const ahead = this.#stay(shadow.ahead);
    if (!follower || !ahead) return null;
    const fromMs = Math.round(shadow.sinceMs);
    const toMs = Math.round(shadow.lastMs);
    const distance = shadow.distance / Math.max(1, shadow.seconds);
    const trailed = shadow.onTrail + shadow.offTrail;
    const lag = shadow.trailSeconds / Math.max(1, shadow.onTrail);
    const delay = shadow.delay / Math.max(1, shadow.answers);
    const answerable = shadow.answers + shadow.missedStarts + shadow.missedStops;
    const reason = (text: string): Reason => ({ text, fromMs, toMs });
    const reasons = [
      reason(
        `Kept ${distance.toFixed(0)} m away on average for ${duration((toMs - fromMs) / 1000)}, ${Math.round((100 * shadow.atDistance) / Math.max(1, shadow.seconds))} % of it at such a distance.`,
      ),
      reason(
        `Stopped when the other stopped ${times(shadow.stops)} and started when the other started ${times(shadow.starts)}, ${shadow.answers} of ${answerable} in all, ${delay.toFixed(1)} s later on average.`,
      ),
    ];
    if (trailed > 0) {
      reasons.push(
        reason(
          `Walked where the other had walked ${lag.toFixed(0)} s before for ${Math.round((100 * shadow.onTrail) / trailed)} % of ${duration(trailed)} of walking.`,
        ),
      );
    }
    if (shadow.stood + shadow.walkedOn > 0) {
      reasons.push(
        reason(
          `While the other stood, stood too for ${duration(shadow.stood)} and walked on for ${duration(shadow.walkedOn)}.`,
        ),
      );
    }
    return {
      pattern: 'shadowing',
      key: `shadowing ${follower.person} ${ahead.person} ${fromMs}`,
      zone: shadow.whereabouts.zone,
      fromMs,
      toMs,
      open,
      score: this.#score(shadow),
      figures: {
        lagSeconds: rounded(lag, 1),
        distanceMetres: rounded(distance, 1),
        atDistanceShare: rounded(shadow.atDistance / Math.max(1, shadow.seconds)),
        starts: shadow.starts,
        stops: shadow.stops,
        missed: shadow.missedStarts + shadow.missedStops,
        ownStartsAndStops: shadow.own,
        answerDelaySeconds: rounded(delay),
        onTrailShare: rounded(trailed > 0 ? shadow.onTrail / trailed : 0),
        behindMetres: rounded(shadow.behind / Math.max(1, shadow.onTrail), 1),
        behindSpreadMetres: rounded(shadow.behindSpread, 1),
        promptNats: rounded(shadow.prompt),
        stoodSeconds: shadow.stood,
        walkedOnSeconds: shadow.walkedOn,
        ...natsFigures(shadow.best ?? ODDS.nothing()),
      },
      persons: [
        { person: follower.person, role: 'shadowing', fromMs, toMs },
        { person: ahead.person, role: 'shadowed', fromMs, toMs },
      ],
      reasons,
      moments: [...shadow.moments],
      uncertainty: {
        coastedShare: rounded(shadow.coasted / Math.max(1, shadow.seconds), 4),
        identityJoins: 0,
        joinProbability: 1,
        sigmaMetres: rounded(shadow.sigma / Math.max(1, shadow.seconds), 3),
      },
    };
  }
}
