/** All scorers of one floor on the persons of one lane of its fusion. Pure; the same persons give the same movements. */
import type { FusionNews } from '../fuse/floorFusion.ts';
import type { DwellOptions } from './dwellOptions.ts';
import type { DwellEpisode, DwellEvent, EpisodeRecord } from './episode.ts';
import { EscortScorer } from './escorts/escorts.ts';
import { GroupScorer } from './groups/groups.ts';
import { GroupMovements } from './groups/movement.ts';
import type { MovementEvent } from './movement.ts';
import { PersonDwell } from './personDwell.ts';
import { sceneOptionsFor } from './scene/scene.ts';
import type { CompiledZone } from './zones.ts';

/** Persons are told so often, seconds: the step of the fusion. */
const SAMPLE_SECONDS = 0.2;

export class LaneScoring {
  readonly #dwell: PersonDwell;
  readonly #groups: GroupScorer;
  readonly #groupMovements: GroupMovements;
  readonly #escorts: EscortScorer;

  constructor(zones: readonly CompiledZone[], dwell: Partial<DwellOptions> = {}) {
    const scene = sceneOptionsFor(SAMPLE_SECONDS);
    this.#dwell = new PersonDwell(zones, dwell);
    this.#escorts = new EscortScorer({ tickMs: scene.tickMs }, zones);
    this.#groupMovements = new GroupMovements(zones);
    // One scene serves both.
    this.#groups = new GroupScorer({ scene, onTick: (tick) => this.#escorts.tick(tick) }, zones);
  }

  /**
   * Takes what fusion told.
   *
   * @param beforeMs everything before this moment was told.
   * @returns what it led to, in order.
   */
  take({ samples, continuations }: FusionNews, beforeMs: number): (DwellEvent | MovementEvent)[] {
    const events: (DwellEvent | MovementEvent)[] = [];
    for (const continuation of continuations) {
      this.#dwell.continuation(continuation);
      this.#groups.continuation(continuation);
      // Two in sight turned out to be one: whoever moved with either moved with both.
      if (continuation.fromMs === continuation.toMs) this.#escorts.joined(continuation);
    }
    let momentMs = Number.NaN;
    for (const sample of samples) {
      // Moment by moment, so that it makes no difference how they were cut into calls.
      if (sample.timeMs !== momentMs) this.#pass(sample.timeMs, events);
      momentMs = sample.timeMs;
      this.#dwell.observe(sample);
      this.#groups.observe(sample);
    }
    if (Number.isFinite(beforeMs)) this.#pass(beforeMs, events);
    return events;
  }

  #pass(timeMs: number, events: (DwellEvent | MovementEvent)[]): void {
    events.push(...this.#dwell.advance(timeMs));
    this.#groups.advance(timeMs);
    events.push(...this.#escorts.take(), ...this.#groupMovements.take(this.#groups.take()));
  }

  /** Nothing is heard: stays that are open are told to be over, and go on where the cameras come back. */
  silence(): DwellEvent[] {
    return this.#dwell.silence();
  }

  /** The stays that go on, or may go on. */
  stays(): DwellEpisode[] {
    return this.#dwell.episodes();
  }

  /** Goes on with a stay that was told elsewhere: before a start, or in another lane. */
  restore(record: EpisodeRecord): void {
    this.#dwell.restore(record);
  }

  /** The end of the movements of several people; stays may go on elsewhere. */
  finishMovements(): MovementEvent[] {
    this.#groups.finish();
    this.#escorts.finish();
    return [...this.#escorts.take(), ...this.#groupMovements.take(this.#groups.take())];
  }

  /** The end of everything. */
  finish(): (DwellEvent | MovementEvent)[] {
    return [...this.#dwell.finish(), ...this.finishMovements()];
  }
}
