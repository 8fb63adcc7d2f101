/** What a scorer of escorts is told to do, and whom it tells what it measures. */
import type { Pattern } from '../movement.ts';
import type { BetweenOptions } from './between.ts';
import type { EscortOptions } from './escortStories.ts';
import type { FlankingOptions, TrioCandidate } from './flanking.ts';
import type { FollowingOptions } from './following.ts';
import type { HandoverOptions } from './handovers.ts';
import type { LegOptions } from './legEvidence.ts';
import type { ShadowingOptions } from './shadowing.ts';
import type { ShadowCandidate } from './shadowStory.ts';

export interface EscortScorerOptions {
  /** From tick to tick of the scene, ms. */
  readonly tickMs: number;
  readonly following?: Partial<FollowingOptions>;
  readonly escort?: Partial<EscortOptions>;
  readonly leg?: Partial<LegOptions>;
  readonly between?: Partial<BetweenOptions>;
  readonly flanking?: Partial<FlankingOptions>;
  readonly handover?: Partial<HandoverOptions>;
  readonly shadowing?: Partial<ShadowingOptions>;
  /** What is scored beside escorts; absent: all of it. What is left out does not run. */
  readonly patterns?: ReadonlySet<Pattern>;
  /** Told of every pair that is weighed, once a second: what a model is fitted to. */
  readonly onMeasured?: (candidate: Candidate) => void;
  /** The same of everybody who walks between two. */
  readonly onTrio?: (candidate: TrioCandidate) => void;
  readonly onShadow?: (candidate: ShadowCandidate) => void;
}

/** A follower and a leader as they are weighed. */
export interface Candidate {
  readonly follower: string;
  readonly leader: string;
  readonly walkedSeconds: number;
  /** The last time that these two are weighed. */
  readonly over: boolean;
  /** In the order of `MEASURES`. Reused: copy it. */
  readonly measures: Float64Array;
}
