/** Those whom the hub weighs in staged runs, as it measures them: what the models of movements are fitted to. */
import { EscortScorer } from '@safe-passage/hub/score/escorts/escorts.ts';
import type { EscortScorerOptions } from '@safe-passage/hub/score/escorts/options.ts';
import type { PersonSample } from '@safe-passage/hub/score/scene/sample.ts';
import { Scene, sceneOptionsFor } from '@safe-passage/hub/score/scene/scene.ts';
import { type CompiledZone, compileZones } from '@safe-passage/hub/score/zones.ts';
import type { OrdinarySet } from '../ordinary/dataset.ts';
import { PLANTED, plant } from '../ordinary/planted.ts';
import type { Candidates } from './additiveFit.ts';
import { type LabelledPattern, type Labels, labelKey, labelsOf } from './judge.ts';
import { FOOT_NOISE, FootNoise } from './noise.ts';
import { HERTZ, type Recording } from './recording.ts';
import { replay } from './replay.ts';
import { stagedIn } from './staged.ts';

/** Somebody is looked at again when this has lasted so much longer, and a last time when it is over. */
const LONGER = 1.15;

/** Candidates as they are measured, labelled. */
class Labelled {
  readonly #measures: number[] = [];
  readonly #candidates: number[] = [];
  readonly #labels: number[] = [];
  /** By key; null for those who are neither right nor wrong. */
  readonly #known = new Map<string, { readonly index: number; nextSeconds: number } | null>();
  readonly #labelOf: Labels['of'];

  constructor(labelOf: Labels['of']) {
    this.#labelOf = labelOf;
  }

  /** @param over whether it is the last time. */
  add(key: string, seconds: number, over: boolean, measures: Float64Array): void {
    let candidate = this.#known.get(key);
    if (candidate === undefined) {
      const label = this.#labelOf(key);
      candidate = label === null ? null : { index: this.#labels.length, nextSeconds: 0 };
      this.#known.set(key, candidate);
      if (label !== null) this.#labels.push(label ? 1 : 0);
    }
    if (!candidate || (seconds < candidate.nextSeconds && !over)) return;
    candidate.nextSeconds = LONGER * seconds;
    this.#candidates.push(candidate.index);
    for (const value of measures) this.#measures.push(value);
  }

  get all(): Pick<Candidates, 'measures' | 'pairs' | 'labels'> {
    return {
      measures: Float32Array.from(this.#measures),
      pairs: Int32Array.from(this.#candidates),
      labels: Uint8Array.from(this.#labels),
    };
  }
}

/** What the scorer is asked for, by pattern. Whatever builds upon others has them run too. */
function listening(pattern: LabelledPattern, to: Labelled): Partial<EscortScorerOptions> {
  const key = (...people: string[]): string => labelKey(pattern, people);
  switch (pattern) {
    case 'escort':
      return {
        patterns: new Set([pattern]),
        onMeasured: ({ follower, leader, walkedSeconds, over, measures }) =>
          to.add(key(follower, leader), walkedSeconds, over, measures),
      };
    case 'flanking':
      return {
        patterns: new Set(['handover', pattern]),
        onTrio: ({ middle, sides, nearSeconds, measures }) =>
          to.add(key(middle, ...sides), nearSeconds, false, measures),
      };
    case 'shadowing':
      return {
        patterns: new Set([pattern]),
        onShadow: ({ follower, ahead, seconds, measures }) => to.add(key(follower, ahead), seconds, false, measures),
      };
  }
}

/** Lets the hub weigh everybody of a run, and gathers what it measures. */
class Gathering {
  readonly #labelled: Labelled;
  readonly #scorer: EscortScorer;
  readonly #scene: Scene;

  constructor(pattern: LabelledPattern, sampleSeconds: number, zones: readonly CompiledZone[], labelOf: Labels['of']) {
    this.#labelled = new Labelled(labelOf);
    const scene = sceneOptionsFor(sampleSeconds);
    this.#scorer = new EscortScorer({ tickMs: scene.tickMs, ...listening(pattern, this.#labelled) }, zones);
    this.#scene = new Scene(scene, (tick) => this.#scorer.tick(tick));
  }

  observe(sample: PersonSample): void {
    this.#scene.observe(sample);
  }

  /** To be called now and then: what is told meanwhile is of no use here. */
  settle(): void {
    this.#scorer.take();
  }

  finish(): Pick<Candidates, 'measures' | 'pairs' | 'labels'> {
    this.#scene.finish();
    this.#scorer.finish();
    return this.#labelled.all;
  }
}

/** Of a staged run. @returns null where the signal was aborted. */
export async function candidatesOf(
  pattern: LabelledPattern,
  recording: Recording,
  signal: AbortSignal,
): Promise<Candidates | null> {
  const { run, floor, scenarios, people } = recording;
  const { of, staged } = labelsOf(pattern, stagedIn(scenarios));
  const gathering = new Gathering(pattern, 1 / HERTZ, compileZones(floor), of);
  if (!(await replay(recording, FOOT_NOISE, gathering, () => undefined, signal))) return null;
  return { plan: run.plan, seed: run.seed, people, staged, ...gathering.finish() };
}

/** Followers behind the real people of a recording, at several distances: what the simulator's own are not. */
const PLANTINGS = [
  { metres: 1.1, lagSeconds: 0.9 },
  { metres: 1.4, lagSeconds: 1.1 },
] as const;

/**
 * Of the first half of a recording with followers planted, another one of four people followed each time. Everybody is off by as much as in
 * staged runs: who walks in another's very footsteps is found by that, not by having been placed there to the centimetre.
 */
export function plantedCandidates(set: OrdinarySet): Candidates[] {
  const people = [...new Set(set.rows.map(({ person }) => person))];
  const half = new Set(people.slice(0, people.length >> 1));
  const rows = set.rows.filter(({ person }) => half.has(person));
  return PLANTINGS.map((planting, first) => {
    const planted = plant({ ...set, rows }, { ...PLANTED, ...planting, first: 1 + first, seed: 2 + first });
    const gathering = new Gathering('escort', set.sampleSeconds, [], (pair) => planted.escorts.has(pair));
    const error = new FootNoise(FOOT_NOISE, 2 + first);
    const numbers = new Map<string, number>();
    let nowMs = Number.NEGATIVE_INFINITY;
    for (const { timeMs, person, x, y } of planted.set.rows) {
      if (timeMs > nowMs) gathering.settle();
      nowMs = timeMs;
      const number = numbers.get(person) ?? numbers.size;
      numbers.set(person, number);
      error.next(number, timeMs / 1000);
      const place = { x: x + error.x, y: y + error.y };
      gathering.observe({ timeMs, person, ...place, sigmaMetres: FOOT_NOISE.sigmaMetres, measured: true });
    }
    return {
      plan: 'real concourse',
      seed: 2 + first,
      people: half.size,
      staged: planted.escorts.size,
      ...gathering.finish(),
    };
  });
}
