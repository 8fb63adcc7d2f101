/** What a presence is made of beside its time: pseudonyms, gaps, joins, uncertainty. */
import type { EpisodeGap, EpisodeMember } from './episode.ts';
import { SigmaMedian } from './sigmaMedian.ts';

const GAPS_KEPT = 64;

/** Somebody lost who is taken to go on as another. */
export interface Join {
  /** Who goes on. */
  readonly person: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly probability: number;
}

export class Tally {
  /** Time without a supporting detection, ms. */
  coastedMs = 0;
  /** Time strictly inside the boundary, ms. */
  insideMs = 0;
  gapsBridged = 0;
  joins = 0;
  /** The least probability of a join, and that of all of them together. */
  leastProbability = 1;
  allProbability = 1;
  readonly gaps: EpisodeGap[] = [];
  readonly members: EpisodeMember[] = [];
  readonly sigma = new SigmaMedian();

  bridge(fromMs: number, toMs: number, cause: 'outside' | 'unseen'): void {
    this.gapsBridged++;
    if (this.gaps.length < GAPS_KEPT) this.gaps.push({ fromMs, toMs, cause });
  }

  join({ fromMs, toMs, probability }: Join): void {
    this.joins++;
    this.leastProbability = Math.min(this.leastProbability, probability);
    this.allProbability *= probability;
    if (this.gaps.length < GAPS_KEPT) this.gaps.push({ fromMs, toMs, cause: 'identity', probability });
  }

  /** From when on a pseudonym is the one present. */
  presentAs(person: string, fromMs: number): void {
    if (this.members.at(-1)?.person === person) return;
    this.members.push({ person, fromMs, toMs: fromMs });
  }

  presentUntil(timeMs: number): void {
    const member = this.members.at(-1);
    if (member) member.toMs = timeMs;
  }

  /** Adds what came later. */
  add(later: Tally): void {
    this.coastedMs += later.coastedMs;
    this.insideMs += later.insideMs;
    this.gapsBridged += later.gapsBridged;
    this.joins += later.joins;
    this.leastProbability = Math.min(this.leastProbability, later.leastProbability);
    this.allProbability *= later.allProbability;
    for (const gap of later.gaps) if (this.gaps.length < GAPS_KEPT) this.gaps.push(gap);
    for (const { person, fromMs, toMs } of later.members) {
      this.presentAs(person, fromMs);
      this.presentUntil(toMs);
    }
    this.sigma.merge(later.sigma);
  }
}
