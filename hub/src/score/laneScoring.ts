/**
 * All scorers of one floor on the persons of one lane of its fusion. Pure; the same persons give the same movements. What the
 * privacy policy does not allow is not there: its scorer is not made, and nobody is shown to it.
 */
import type { FusionNews } from '../fuse/floorFusion.ts';
import { EVERYTHING, type FloorAnalysis } from '../privacy/analysis.ts';
import type { DwellOptions } from './dwellOptions.ts';
import type { DwellEpisode, DwellEvent, EpisodeRecord } from './episode.ts';
import { EscortScorer } from './escorts/escorts.ts';
import { GroupScorer } from './groups/groups.ts';
import { GroupMovements } from './groups/movement.ts';
import type { MovementEvent } from './movement.ts';
import { PersonDwell } from './personDwell.ts';
import type { PersonSample } from './scene/sample.ts';
import { Scene, sceneOptionsFor } from './scene/scene.ts';
import type { CompiledZone } from './zones.ts';

/** Persons are told so often, seconds: the step of the fusion. */
const SAMPLE_SECONDS = 0.2;

export class LaneScoring {
  readonly #dwell: PersonDwell | null;
  readonly #groups: GroupScorer | null;
  readonly #groupMovements: GroupMovements;
  readonly #escorts: EscortScorer | null;
  /** Where people are: one for all scorers of several people, that of the groups where those are scored. */
  readonly #scene: Pick<Scene, 'observe' | 'advance' | 'finish'> | null;
  /** Nobody in there is shown to the scorers of several people. */
  readonly #withheld: readonly CompiledZone[];

  constructor(
    zones: readonly CompiledZone[],
    dwell: Partial<DwellOptions> = {},
    { patterns, zones: restricted }: FloorAnalysis = EVERYTHING,
  ) {
    const scene = sceneOptionsFor(SAMPLE_SECONDS);
    const dwellZones = zones.filter(({ id }) => restricted.get(id)?.has('dwell') ?? true);
    this.#withheld = zones.filter(({ id }) => restricted.has(id));
    this.#dwell = patterns.has('dwell') ? new PersonDwell(dwellZones, dwell) : null;
    this.#escorts = patterns.has('escort') ? new EscortScorer({ tickMs: scene.tickMs, patterns }, zones) : null;
    this.#groupMovements = new GroupMovements(zones);
    const onTick: NonNullable<ConstructorParameters<typeof Scene>[1]> = (tick) => this.#escorts?.tick(tick);
    const grouped = patterns.has('regrouping') || patterns.has('coordinator');
    this.#groups = grouped ? new GroupScorer({ scene, onTick, patterns }, zones) : null;
    this.#scene = this.#groups ?? (this.#escorts ? new Scene(scene, onTick) : null);
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
      this.#dwell?.continuation(continuation);
      this.#groups?.continuation(continuation);
      // Two in sight turned out to be one: whoever moved with either moved with both.
      if (continuation.fromMs === continuation.toMs) this.#escorts?.joined(continuation);
      else this.#escorts?.continuation(continuation);
    }
    let momentMs = Number.NaN;
    for (const sample of samples) {
      // Moment by moment, so that it makes no difference how they were cut into calls.
      if (sample.timeMs !== momentMs) this.#pass(sample.timeMs, events);
      momentMs = sample.timeMs;
      this.#dwell?.observe(sample);
      if (this.#scene && !this.#isWithheld(sample)) this.#scene.observe(sample);
    }
    if (Number.isFinite(beforeMs)) this.#pass(beforeMs, events);
    return events;
  }

  #isWithheld({ x, y }: PersonSample): boolean {
    for (const zone of this.#withheld) if (zone.contains(x, y)) return true;
    return false;
  }

  #pass(timeMs: number, events: (DwellEvent | MovementEvent)[]): void {
    if (this.#dwell) events.push(...this.#dwell.advance(timeMs));
    this.#scene?.advance(timeMs);
    this.#movements(events);
  }

  #movements(events: (DwellEvent | MovementEvent)[] | MovementEvent[]): void {
    if (this.#escorts) events.push(...this.#escorts.take());
    if (this.#groups) events.push(...this.#groupMovements.take(this.#groups.take()));
  }

  /** Nothing is heard: stays that are open are told to be over, and go on where the cameras come back. */
  silence(): DwellEvent[] {
    return this.#dwell?.silence() ?? [];
  }

  /** The stays that go on, or may go on. */
  stays(): DwellEpisode[] {
    return this.#dwell?.episodes() ?? [];
  }

  /** Goes on with a stay that was told elsewhere: before a start, or in another lane. One that may not be scored ends. */
  restore(record: EpisodeRecord): void {
    this.#dwell?.restore(record);
  }

  /** Who is together by the last decision, by pseudonym; null where nobody looks for groups. */
  groups(): readonly (readonly string[])[] | null {
    return this.#groups?.groups ?? null;
  }

  /** The end of the movements of several people; stays may go on elsewhere. */
  finishMovements(): MovementEvent[] {
    const events: MovementEvent[] = [];
    this.#scene?.finish();
    this.#escorts?.finish();
    this.#movements(events);
    return events;
  }

  /** The end of everything. */
  finish(): (DwellEvent | MovementEvent)[] {
    return [...(this.#dwell?.finish() ?? []), ...this.finishMovements()];
  }
}
