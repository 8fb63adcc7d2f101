/** From the persons of one floor to what is stored and told: episodes, movements, alerts, and where everybody was. Pure. */
import type { FloorPlan } from '@safe-passage/contract';
import { StoryDecider } from '../alert/decide.ts';
import type { Policy } from '../alert/policy.ts';
import type { FloorNews } from '../fuse/fusion.ts';
import { EVERYTHING, type FloorAnalysis } from '../privacy/analysis.ts';
import type { DwellOptions } from './dwellOptions.ts';
import type { DwellEvent, EpisodeRecord } from './episode.ts';
import { episodeRecord } from './episodeRecord.ts';
import { LaneScoring } from './laneScoring.ts';
import type { MovementEvent } from './movement.ts';
import { type MovementRecord, movementRecord } from './movementRecord.ts';
import { PersonSegments } from './personSegment.ts';
import type { ScoringOutput, StoredState } from './scoringOutput.ts';
import { type CompiledZone, compileZones } from './zones.ts';

/** An open episode is stored again when it grew by this much: less would only wear the disk. */
const STORE_EVERY_MS = 5000;
/** How long the decider remembers an alert whose movement ended, in the time of the data. */
const REMEMBER_ALERTS_MS = 3_600_000;
/** Who is present when late data begins was last seen among the others at about that time, ms. */
const GOES_ON_MS = 60_000;

export type MutableOutput = { -readonly [K in keyof ScoringOutput]: ScoringOutput[K][number][] };

export const nothing = (): MutableOutput => ({ persons: [], episodes: [], movements: [], alerts: [] });

interface Lane {
  readonly scoring: LaneScoring;
  readonly segments: PersonSegments;
}

export interface FloorScoringOptions {
  readonly site: string;
  readonly plan: FloorPlan;
  readonly policy: Policy;
  readonly dwell?: Partial<DwellOptions>;
  /** What may be analysed here; absent: everything. */
  readonly analysis?: FloorAnalysis;
}

export class FloorScoring {
  readonly #site: string;
  readonly #floor: string;
  readonly #zones: readonly CompiledZone[];
  readonly #dwell: Partial<DwellOptions>;
  readonly #decider: StoryDecider;
  #analysis: FloorAnalysis;
  /** The lane of the data that comes in time. */
  #main: Lane;
  #mainNumber = Number.NaN;
  readonly #late = new Map<number, Lane>();
  /** Up to when an open episode was given out to be stored. */
  readonly #storedMs = new Map<string, number>();
  #newestMs = Number.NEGATIVE_INFINITY;
  #cleanedMs = Number.NEGATIVE_INFINITY;

  /** @throws RangeError where a zone encloses no area. */
  constructor({ site, plan, policy, dwell = {}, analysis = EVERYTHING }: FloorScoringOptions) {
    this.#analysis = analysis;
    this.#site = site;
    this.#floor = plan.id;
    this.#zones = compileZones(plan);
    this.#dwell = dwell;
    this.#decider = new StoryDecider({ site, plan, policy });
    this.#main = this.#lane();
  }

  #lane(): Lane {
    return {
      scoring: new LaneScoring(this.#zones, this.#dwell, this.#analysis),
      segments: new PersonSegments(this.#floor),
    };
  }

  take(news: FloorNews, output: MutableOutput): void {
    const lane = this.#laneOf(news);
    const { receivedAtMs } = news;
    for (const join of news.continuations) output.alerts.push(...this.#decider.join(join, receivedAtMs));
    output.persons.push(...lane.segments.take(news));
    if (news.settled || news.over) output.persons.push(...lane.segments.finish());
    this.#tell(lane.scoring.take(news, news.beforeMs), receivedAtMs, output);
    if (news.silent) this.#tell(lane.scoring.silence(), receivedAtMs, output);
    if (news.over) this.#end(news, lane, output);
    this.#clean();
  }

  /** Who is together now, in the data that comes in time; null where groups may not be looked for. */
  groups(): readonly (readonly string[])[] | null {
    return this.#main.scoring.groups();
  }

  #laneOf({ lane: number, late, samples, beforeMs }: FloorNews): Lane {
    if (!late) {
      this.#mainNumber = number;
      return this.#main;
    }
    let lane = this.#late.get(number);
    if (!lane) {
      lane = this.#lane();
      this.#late.set(number, lane);
      // Who was lost to the others when the data stopped coming goes on in what comes now.
      const beginsMs = samples[0]?.timeMs ?? beforeMs;
      for (const stay of this.#main.scoring.stays()) {
        if (!stay.open && Math.abs(stay.toMs - beginsMs) <= GOES_ON_MS) lane.scoring.restore(this.#record(stay));
      }
    }
    return lane;
  }

  #record(stay: DwellEvent['episode']): EpisodeRecord {
    return episodeRecord(stay, this.#site, this.#floor);
  }

  #end({ lane: number, receivedAtMs }: FloorNews, lane: Lane, output: MutableOutput): void {
    if (number === this.#mainNumber) {
      this.#tell(lane.scoring.finish(), receivedAtMs, output);
      this.#main = this.#lane();
      return;
    }
    // The device has caught up: who is there goes on among the others.
    this.#tell(lane.scoring.finishMovements(), receivedAtMs, output);
    for (const stay of lane.scoring.stays()) this.#main.scoring.restore(this.#record(stay));
    this.#late.delete(number);
  }

  /**
   * What may be analysed is another thing from now on. What is under way ends; what still may be scored begins anew with whoever is
   * seen next.
   */
  allow(analysis: FloorAnalysis, receivedAtMs: number, output: MutableOutput): void {
    const lanes = [this.#main, ...this.#late.values()];
    this.#late.clear();
    this.#analysis = analysis;
    for (const { scoring, segments } of lanes) {
      output.persons.push(...segments.finish());
      // Only what was told before is told to end: nothing is found out at the last moment.
      const known = scoring.finish().filter(({ episode }) => this.#isTold(episode));
      this.#tell(known, receivedAtMs, output);
    }
    this.#main = this.#lane();
  }

  #isTold(episode: (DwellEvent | MovementEvent)['episode']): boolean {
    const { id } = 'pattern' in episode ? movementRecord(episode, this.#site, this.#floor) : this.#record(episode);
    return this.#storedMs.has(id);
  }

  #tell(events: readonly (DwellEvent | MovementEvent)[], receivedAtMs: number, output: MutableOutput): void {
    for (const event of events) {
      const { kind, episode } = event;
      const transitions = this.#decider.decide(event, receivedAtMs);
      output.alerts.push(...transitions);
      this.#newestMs = Math.max(this.#newestMs, episode.toMs);
      if ('pattern' in episode) {
        const record = movementRecord(episode, this.#site, this.#floor);
        if (this.#isDue(record, kind !== 'grew' || transitions.length > 0)) output.movements.push(record);
      } else {
        const record = this.#record(episode);
        if (this.#isDue(record, kind !== 'grew' || transitions.length > 0)) output.episodes.push(record);
      }
    }
  }

  #isDue({ id, toMs, open }: { id: string; toMs: number; open: boolean }, news: boolean): boolean {
    const due = news || toMs - (this.#storedMs.get(id) ?? Number.NEGATIVE_INFINITY) >= STORE_EVERY_MS;
    if (!open) this.#storedMs.delete(id);
    else if (due) this.#storedMs.set(id, toMs);
    return due;
  }

  #clean(): void {
    if (!(this.#newestMs - this.#cleanedMs > REMEMBER_ALERTS_MS)) return;
    this.#decider.forgetBefore(this.#newestMs - REMEMBER_ALERTS_MS);
    this.#cleanedMs = this.#newestMs;
  }

  /** Takes up what the store has, before the first news. */
  restore({ alerts, earlier, episodes, movements }: StoredState): void {
    const here = (one: { readonly floor: string }): boolean => one.floor === this.#floor;
    for (const record of episodes.filter(here)) {
      if (!this.allows(record)) continue;
      this.#main.scoring.restore(record);
      if (record.open) this.#storedMs.set(record.id, record.toMs);
    }
    this.#decider.restore({
      alerts: alerts.filter(here),
      dwells: [...earlier, ...episodes].filter(here).map((one) => this.#ended(one)),
      movements: movements.filter(here).map((one) => this.#ended(one)),
    });
  }

  /** Whether something that the store knows may still be scored. */
  allows(record: EpisodeRecord | MovementRecord): boolean {
    const { patterns, zones } = this.#analysis;
    if ('pattern' in record) return [...patterns].some((pattern) => pattern === record.pattern);
    return patterns.has('dwell') && (zones.get(record.zone)?.has('dwell') ?? true);
  }

  #ended<T extends EpisodeRecord | MovementRecord>(record: T): T {
    return record.open && !this.allows(record) ? { ...record, open: false } : record;
  }

  /** Tells what the replay of the last minutes has found out. */
  settle(receivedAtMs: number, output: MutableOutput): void {
    output.alerts.push(...this.#decider.settle(receivedAtMs));
  }
}
