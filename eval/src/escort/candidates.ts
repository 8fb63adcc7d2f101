/** Followers and leaders of staged runs as the hub measures them: what the model of escorts is fitted to. */
import { type Candidate, EscortScorer } from '@safe-passage/hub/score/escorts/escorts.ts';
import type { PersonSample } from '@safe-passage/hub/score/scene/sample.ts';
import { Scene, sceneOptionsFor } from '@safe-passage/hub/score/scene/scene.ts';
import { type CompiledZone, compileZones } from '@safe-passage/hub/score/zones.ts';
import type { OrdinarySet } from '../ordinary/dataset.ts';
import { PLANTED, plant } from '../ordinary/planted.ts';
import { type EscortLabels, escortLabels } from './judge.ts';
import { FOOT_NOISE, FootNoise } from './noise.ts';
import { HERTZ, type Recording } from './recording.ts';
import { replay } from './replay.ts';
import { stagedIn } from './staged.ts';

/** Two are looked at again when they have walked so much longer together, and a last time when it is over. */
const LONGER = 1.15;

/** Everybody who walked near somebody in one run. */
export interface Candidates {
  readonly plan: string;
  readonly seed: number;
  readonly people: number;
  readonly staged: number;
  /** Measures of each moment, one behind the other in the order of `MEASURES`. */
  readonly measures: Float32Array;
  /** The pair of each moment, counted from 0, and of each pair 1 where it is an escort. */
  readonly pairs: Int32Array;
  readonly labels: Uint8Array;
}

/** Gathers what the hub measures, labelled. */
class Gathering {
  readonly #measures: number[] = [];
  readonly #pairs: number[] = [];
  readonly #labels: number[] = [];
  readonly #known = new Map<string, { readonly index: number; nextSeconds: number }>();
  readonly #labelOf: EscortLabels['of'];
  readonly #scorer: EscortScorer;
  readonly #scene: Scene;

  constructor(sampleSeconds: number, zones: readonly CompiledZone[], labelOf: EscortLabels['of']) {
    this.#labelOf = labelOf;
    const scene = sceneOptionsFor(sampleSeconds);
    const onMeasured = (candidate: Candidate): void => this.#add(candidate);
    this.#scorer = new EscortScorer({ tickMs: scene.tickMs, patterns: new Set(['escort']), onMeasured }, zones);
    this.#scene = new Scene(scene, (tick) => this.#scorer.tick(tick));
  }

  observe(sample: PersonSample): void {
    this.#scene.observe(sample);
  }

  /** To be called now and then: what is told meanwhile is of no use here. */
  settle(): void {
    this.#scorer.take();
  }

  #add({ follower, leader, walkedSeconds, over, measures }: Candidate): void {
    const key = `${follower} ${leader}`;
    let pair = this.#known.get(key);
    if (!pair) {
      const label = this.#labelOf(key);
      if (label === null) return;
      pair = { index: this.#known.size, nextSeconds: 0 };
      this.#known.set(key, pair);
      this.#labels.push(label ? 1 : 0);
    }
    if (walkedSeconds < pair.nextSeconds && !over) return;
    pair.nextSeconds = LONGER * walkedSeconds;
    this.#pairs.push(pair.index);
    for (const value of measures) this.#measures.push(value);
  }

  finish(): Pick<Candidates, 'measures' | 'pairs' | 'labels'> {
    this.#scene.finish();
    this.#scorer.finish();
    return {
      measures: Float32Array.from(this.#measures),
      pairs: Int32Array.from(this.#pairs),
      labels: Uint8Array.from(this.#labels),
    };
  }
}

/** Of a staged run. @returns null where the signal was aborted. */
export async function candidatesOf(recording: Recording, signal: AbortSignal): Promise<Candidates | null> {
  const { run, floor, scenarios, people } = recording;
  const { of, staged } = escortLabels(stagedIn(scenarios));
  const gathering = new Gathering(1 / HERTZ, compileZones(floor), of);
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
    const gathering = new Gathering(set.sampleSeconds, [], (pair) => planted.escorts.has(pair));
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
