/** How flanking is told: in words, numbers and marks. */
import type { KeyMoment, MovementEpisode, Reason } from '../movement.ts';
import { natsFigures, type Odds } from './additive.ts';
import type { FlankPart, TrioFacts } from './flankMeasures.ts';
import { bitsBeyond } from './nats.ts';
import type { Stay } from './people.ts';
import { duration, metres, rounded, type Telling, times } from './telling.ts';
import type { Whereabouts } from './whereabouts.ts';

/** What a trio was weighed to be when it was clearest, and what that rests on. */
export interface Flanked extends TrioFacts {
  readonly odds: Odds<FlankPart>;
  /** Seconds with one on each side; seconds in which all three were together. */
  readonly betweenSeconds: number;
  readonly togetherSeconds: number;
  /** Of the former, the share with each on the usual side; and the share that they are of what all three walked. 0 to 1. */
  readonly side: number;
  readonly betweenShare: number;
  /** How far the two are ahead on average; from one to the other. */
  readonly aheadMetres: number;
  readonly widthMetres: number;
}

/** One between two whose evidence sufficed. */
export interface Flank {
  readonly middle: Stay;
  readonly one: Stay;
  readonly other: Stay;
  readonly sinceMs: number;
  readonly moments: KeyMoment[];
  readonly whereabouts: Whereabouts;
  sufficing: number;
  telling: Telling | null;
  best: Flanked | null;
}

/** Nearer than this to level is level, metres: feet are known no better. */
const LEVEL_METRES = 0.05;

const places = (ahead: number): string =>
  Math.abs(ahead) < LEVEL_METRES ? 'level with' : `${metres(Math.abs(ahead))} ${ahead > 0 ? 'ahead of' : 'behind'}`;

/** Bits beyond the least log odds. */
export const scoreOf = ({ best }: Flank, leastLogOdds: number): number =>
  bitsBeyond(best?.odds.logOdds ?? leastLogOdds, leastLogOdds);

function reasonsOf(best: Flanked, fromMs: number, toMs: number): Reason[] {
  const reason = (text: string): Reason => ({ text, fromMs, toMs });
  const reasons = [
    reason(
      `Walked between the same two for ${duration(best.betweenSeconds)}, ${Math.round(100 * best.betweenShare)} % of the time all three walked; they were ${metres(best.widthMetres)} apart.`,
    ),
    reason(
      `Each of the two kept to a side for ${Math.round(100 * best.side)} % of it, on average ${places(best.aheadMetres)} the one between.`,
    ),
    reason(`All three were together for ${duration(best.togetherSeconds)}, walking or standing.`),
  ];
  if (best.odds.adapt > 0 && best.lagSeconds > 0)
    reasons.push(reason(`Both repeated the speed of the one between them ${best.lagSeconds.toFixed(1)} s later.`));
  if (best.ledNats > 0) reasons.push(reason('The one between was led by somebody else until shortly before.'));
  if (best.middleFirst >= 1) {
    const first = Math.round(best.middleFirst);
    const all = Math.max(first, Math.round(best.answered));
    reasons.push(reason(`The one between started or stopped first ${times(first)} of ${all}, both sides counted.`));
  }
  return reasons;
}

/** Flanking as it stands. */
export function flankEpisode(flank: Flank, nearMs: number, leastLogOdds: number, open: boolean): MovementEpisode {
  const { middle, one, other, best } = flank;
  const fromMs = Math.round(flank.sinceMs);
  const toMs = Math.round(nearMs);
  return {
    pattern: 'flanking',
    key: `flanking ${middle.person} ${one.person} ${other.person} ${fromMs}`,
    zone: flank.whereabouts.zone,
    fromMs,
    toMs,
    open,
    score: scoreOf(flank, leastLogOdds),
    figures: {
      betweenSeconds: rounded(best?.betweenSeconds ?? 0, 0),
      togetherSeconds: rounded(best?.togetherSeconds ?? 0, 0),
      betweenShare: rounded(best?.betweenShare ?? 0),
      widthMetres: rounded(best?.widthMetres ?? 0),
      lagSeconds: rounded(best?.lagSeconds ?? 0),
      ...(best ? natsFigures(best.odds) : {}),
    },
    persons: [
      { person: middle.person, role: 'flanked', fromMs, toMs },
      { person: one.person, role: 'flanking', fromMs, toMs },
      { person: other.person, role: 'flanking', fromMs, toMs },
    ],
    reasons: best ? reasonsOf(best, fromMs, toMs) : [],
    moments: flank.moments,
    uncertainty: {
      coastedShare: rounded(best?.coastedShare ?? 0, 4),
      identityJoins: 0,
      joinProbability: 1,
      sigmaMetres: rounded(best?.sigmaMetres ?? 0, 3),
    },
  };
}
