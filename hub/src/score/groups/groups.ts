/** Group scoring: samples of persons in, the life of groups out. Pure, incremental, and the same whenever it is replayed. */
import type { Continuation } from '../../fuse/samples.ts';
import type { Pattern } from '../movement.ts';
import type { PersonSample } from '../scene/sample.ts';
import { Scene, type SceneCounts, type SceneOptions, type Tick } from '../scene/scene.ts';
import { Succession, type SuccessionOptions } from '../succession.ts';
import type { CompiledZone } from '../zones.ts';
import { bondOf } from './bonds.ts';
import { type Link, PARTITION_DEFAULTS, type PartitionOptions, partition } from './components.ts';
import { CONTACT_DEFAULTS, type ContactOptions } from './contacts.ts';
import { Coordinators } from './coordinators.ts';
import { ENCOUNTER_DEFAULTS, type EncounterOptions } from './encounters.ts';
import type { GroupScoringEvent } from './event.ts';
import { EVIDENCE_DEFAULTS, type EvidenceOptions, LIVE_EVIDENCE, STAT, STATS } from './evidence.ts';
import { joinLives } from './joining.ts';
import { type GroupChange, GroupLife } from './life.ts';
import { Lines } from './lines.ts';
import { type Life, Lives } from './lives.ts';
import { type Together, TogetherMemory } from './memory.ts';
import { Origins } from './origins.ts';
import { PAIR_DEFAULTS, type PairOptions, PairTable } from './pairs.ts';
import { Passages } from './passages.ts';
import { REGROUPING_DEFAULTS, type RegroupingOptions, Regroupings } from './regroupings.ts';
import { type Grouping, WINDOW_DEFAULTS, WindowGrouper, type WindowOptions, weigh } from './windows.ts';

export interface GroupOptions {
  readonly scene: SceneOptions;
  readonly pairs?: Partial<PairOptions>;
  readonly evidence?: Partial<EvidenceOptions>;
  readonly partition?: Partial<PartitionOptions>;
  readonly contacts?: Partial<ContactOptions & EncounterOptions>;
  /** Windows of which the partition is told; absent for none (live). */
  readonly window?: Pick<WindowOptions, 'windowMs' | 'settleMs'>;
  readonly onGrouping?: (grouping: Grouping) => void;
  /** Told each tick of the scene after it was taken in: one scene serves several scorers. */
  readonly onTick?: (tick: Tick) => void;
  /** Milliseconds from decision to decision. Default 1000. */
  readonly decideMs?: number;
  /** Log odds that keep a group as it is: to change it takes so much more than nothing. Default 1. */
  readonly hysteresis?: number;
  /** Nobody is together before they have been near each other for so long, seconds. Default 3. */
  readonly formSeconds?: number;
  readonly regrouping?: Partial<RegroupingOptions>;
  /** How the fusion's continuations are followed. */
  readonly succession?: Partial<SuccessionOptions>;
  /** What is scored of groups: regrouping, coordinator. Absent: both. What is left out does not run. */
  readonly patterns?: ReadonlySet<Pattern>;
  /** Who has been apart longer has never been together, ms. Default 30 min. */
  readonly rememberMs?: number;
}

/** Who was last together with somebody so long before that one was lost was with them to the end, ms. */
const TO_THE_END_MS = 3000;
/** The story of a change tells the joins of those who changed for so long, ms. */
const JOINED_MS = 60_000;

const logistic = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds));

export class GroupScorer {
  readonly #options: GroupOptions;
  /** What windows rest on, and who is left out of the strangers around somebody. */
  readonly #evidence: EvidenceOptions;
  /** What the life of groups rests on, and alerts with it. */
  readonly #live: EvidenceOptions;
  readonly #partition: PartitionOptions;
  readonly #scene: Scene;
  readonly #pairs: PairTable;
  readonly #lives = new Lives();
  readonly #life = new GroupLife();
  readonly #memory: TogetherMemory;
  readonly #passages: Passages;
  readonly #succession: Succession<Life>;
  readonly #origins = new Origins();
  readonly #regroupings: Regroupings;
  readonly #coordinators: Coordinators;
  readonly #windows: WindowGrouper | null;
  /** Everybody who is there or may go on as somebody else. */
  readonly #byNumber = new Map<number, Life>();
  /** Of who goes on from somebody else: log odds beyond the usual that another is a companion, by both numbers. */
  readonly #inherited = new Map<number, Map<number, number>>();
  #events: GroupScoringEvent[] = [];
  /** Where the life of a slot stands among those that are weighed; -1 for none. */
  #index = new Int32Array(64);
  #lastTick: Tick | null = null;
  #startMs = Number.NaN;
  #decidedMs = Number.NaN;
  #newestMs = Number.NEGATIVE_INFINITY;

  /** @param zones of the floor; those of kind `control` count for regroupings. None is as good. */
  constructor(options: GroupOptions, zones: readonly CompiledZone[] = []) {
    this.#options = options;
    this.#evidence = { ...EVIDENCE_DEFAULTS, ...options.evidence };
    this.#live = { ...EVIDENCE_DEFAULTS, ...LIVE_EVIDENCE, ...options.evidence };
    this.#partition = { ...PARTITION_DEFAULTS, ...options.partition };
    this.#pairs = new PairTable({ ...PAIR_DEFAULTS, ...options.pairs });
    this.#memory = new TogetherMemory(options.rememberMs ?? 30 * 60_000, new Lines(zones));
    this.#passages = new Passages(zones);
    const tell = (event: GroupScoringEvent): void => {
      this.#events.push(event);
    };
    this.#succession = new Succession(options.succession);
    const contacts = { ...CONTACT_DEFAULTS, ...ENCOUNTER_DEFAULTS, ...options.contacts };
    this.#coordinators = new Coordinators(contacts, zones, this.#memory, this.#origins, tell);
    const regrouping = { ...REGROUPING_DEFAULTS, ...options.regrouping };
    this.#regroupings = new Regroupings(regrouping, this.#memory, this.#passages, tell);
    const { window, onGrouping } = options;
    this.#windows =
      window && onGrouping
        ? new WindowGrouper({ ...WINDOW_DEFAULTS, ...window }, this.#evidence, this.#partition, onGrouping)
        : null;
    this.#scene = new Scene(options.scene, (tick) => this.#tick(tick));
  }

  /** Samples that were of no use, by reason. */
  get counts(): Readonly<SceneCounts> {
    return this.#scene.counts;
  }

  /** How many persons are held. */
  get size(): number {
    return this.#scene.size;
  }

  /** The groups of two and more as of the last decision. */
  get groups(): readonly (readonly string[])[] {
    return this.#life.groups.map(({ members }) => members.map((number) => this.#person(number)));
  }

  /** Takes one sample. @returns false where it is of no use. */
  observe(sample: PersonSample): boolean {
    const { timeMs, person } = sample;
    if (this.#scene.observe(sample)) {
      this.#newestMs = Math.max(this.#newestMs, timeMs);
      this.#windows?.present(person, timeMs);
      return true;
    }
    return false;
  }

  /**
   * Takes the fusion's word that one person may go on as another. It counts where it comes before the other was seen for
   * `continuationWaitSeconds`.
   */
  continuation(continuation: Continuation): void {
    this.#succession.continuation(continuation);
  }

  /** Lets time pass. */
  advance(timeMs: number): void {
    this.#scene.advance(timeMs);
  }

  /** What happened since the last call, in order of time. */
  take(): GroupScoringEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  /** The end of all data: everybody has gone, every window is decided. */
  finish(): void {
    this.#scene.finish();
    if (this.#lastTick) this.#decide(this.#lastTick);
    this.#windows?.finish(this.#newestMs);
    for (const life of this.#succession.release(Number.POSITIVE_INFINITY)) this.#forget(life);
    this.#coordinators.finish();
    this.#regroupings.finish();
  }

  #scores(pattern: Pattern): boolean {
    return this.#options.patterns?.has(pattern) ?? true;
  }

  #person(number: number): string {
    return this.#byNumber.get(number)?.person ?? '';
  }

  #tick(tick: Tick): void {
    const { timeMs } = tick;
    if (Number.isNaN(this.#startMs)) this.#startMs = timeMs;
    const gone = this.#lives.tick(tick);
    const windows = this.#windows;
    for (let i = 0; i < tick.count; i++) {
      const slot = tick.active[i] as number;
      const life = this.#lives.of(slot);
      if (!life) continue;
      if (life.firstMs === timeMs) {
        this.#byNumber.set(life.number, life);
        this.#succession.began(life);
        this.#origins.began(life);
      }
      windows?.lives(life, timeMs);
    }
    // Before this tick counts: what is decided of a window knows nothing of later.
    windows?.advance(timeMs);
    const add = windows
      ? (a: number, b: number, increment: Float64Array): void => {
          const first = this.#lives.of(a);
          const second = this.#lives.of(b);
          if (first && second) windows.add(first, second, timeMs, increment);
        }
      : null;
    this.#pairs.tick(tick, add);
    this.#passages.tick(tick, this.#lives);
    this.#lastTick = tick;
    const due = !(timeMs - this.#decidedMs < (this.#options.decideMs ?? 1000));
    for (const life of gone) this.#succession.went(life);
    if (due) this.#decide(tick);
    this.#options.onTick?.(tick);
  }

  #decide(tick: Tick): void {
    const { timeMs } = tick;
    const seconds = Number.isNaN(this.#decidedMs) ? 0 : (timeMs - this.#decidedMs) / 1000;
    this.#decidedMs = timeMs;
    joinLives(this.#succession, timeMs, this.#handOver);
    const { hysteresis = 1, formSeconds = 3 } = this.#options;
    const lives: Life[] = [];
    const slots = this.#lives.slots;
    if (this.#index.length < slots) this.#index = new Int32Array(2 * slots);
    const index = this.#index.fill(-1);
    for (let slot = 0; slot < slots; slot++) {
      const life = this.#lives.of(slot);
      if (!life) continue;
      index[slot] = lives.push(life) - 1;
      if (life.lastMs === timeMs) life.look(timeMs, tick.slots.speed[slot] as number);
    }
    const links: Link[] = [];
    const { partner, stats, logOdds } = this.#pairs;
    for (let slot = 0; slot < slots; slot++) {
      const a = index[slot] as number;
      if (a < 0) continue;
      const used = this.#pairs.recordsOf(slot);
      for (let k = 0, at = slot; k < used; k++, at += this.#pairs.stride) {
        const b = (partner[at] as number) < 0 ? -1 : (index[partner[at] as number] as number);
        const first = lives[a];
        const second = lives[b];
        if (!first || !second) continue;
        // One who was seen as two is nobody's companion.
        if (first.heir && first.present === second.present) continue;
        const prior = this.#prior(first.number, second.number);
        const row = at * STATS;
        logOdds[at] = prior + weigh(this.#evidence, stats, row, first, second, this.#startMs, timeMs).total;
        const total = prior + weigh(this.#live, stats, row, first, second, this.#startMs, timeMs).total;
        const group = this.#life.groupOf(first.number);
        const same = group !== undefined && group === this.#life.groupOf(second.number);
        const young = prior <= 0 && (stats[row + STAT.seconds] as number) < formSeconds;
        links.push({ a, b, logOdds: same ? total + hysteresis : young ? Math.min(0, total) : total - hysteresis });
        if (this.#scores('coordinator') && first.standingMs <= timeMs && second.standingMs <= timeMs)
          this.#coordinators.stand(first, second, timeMs, () => this.#alone(first.number, second.number));
      }
    }
    this.#coordinators.settle(timeMs);
    const clusters = partition(lives.length, links, this.#partition)
      .filter((group) => group.length >= 2)
      .map((group) => group.map((i) => (lives[i] as Life).number));
    const known = (a: number, b: number): boolean => this.#memory.get(a, b) !== undefined;
    for (const change of this.#life.decide(clusters, known)) this.#tell(change, tick);
    for (const { members } of this.#life.groups) this.#together(members, timeMs, seconds);
    this.#memory.look(timeMs, seconds, this.#lifeOf, this.#regroupings.metSeconds, this.#met);
    this.#regroupings.settle(timeMs);
    for (const life of this.#succession.release(timeMs)) this.#forget(life);
  }

  #together(members: readonly number[], timeMs: number, seconds: number): void {
    for (let i = 0; i < members.length; i++) {
      const a = this.#byNumber.get(members[i] as number);
      for (let j = i + 1; a && j < members.length; j++) {
        const b = this.#byNumber.get(members[j] as number);
        if (!b) continue;
        const at = this.#pairs.find(a.slot, b.slot);
        this.#memory.together(a, b, timeMs, seconds, at < 0 ? 0 : (this.#pairs.logOdds[at] as number));
      }
    }
  }

  /** One life goes on as another, with the probability of the join. */
  readonly #handOver = (earlier: Life, later: Life): void => {
    const { probability } = later.earlier ?? { probability: 1 };
    const { priorLogOdds } = this.#evidence;
    const inherited = this.#inherited.get(later.number) ?? new Map<number, number>();
    for (const number of this.#memory.companionsOf(earlier.number)) {
      const pair = this.#memory.get(earlier.number, number);
      if (!pair || earlier.lastMs - pair.lastMs > TO_THE_END_MS || number === later.number) continue;
      // Companions if it is the same person and those two were; else as anybody.
      const together = probability * logistic(pair.logOdds) + (1 - probability) * logistic(priorLogOdds);
      const other = this.#byNumber.get(number)?.present;
      if (!other || other === later) continue;
      inherited.set(other.number, Math.log(together / (1 - together)) - priorLogOdds);
    }
    if (inherited.size > 0) this.#inherited.set(later.number, inherited);
    this.#memory.handOver(earlier.number, later.number);
    this.#passages.handOver(earlier, later);
    this.#coordinators.handOver(earlier, later);
    this.#regroupings.handOver(earlier, later);
  };

  /** Nobody goes on from a life any more. */
  #forget(life: Life): void {
    this.#coordinators.leave(life);
    this.#passages.forget(life.number);
    this.#byNumber.delete(life.number);
    this.#inherited.delete(life.number);
  }

  #prior(a: number, b: number): number {
    if (this.#inherited.size === 0) return 0;
    return this.#inherited.get(a)?.get(b) ?? this.#inherited.get(b)?.get(a) ?? 0;
  }

  #metres(a: number, b: number, tick: Tick): number {
    const first = this.#byNumber.get(a);
    const second = this.#byNumber.get(b);
    if (!first || !second || first.gone || second.gone) return 0;
    const { x, y } = tick.slots;
    return Math.hypot(
      (x[first.slot] as number) - (x[second.slot] as number),
      (y[first.slot] as number) - (y[second.slot] as number),
    );
  }

  #tell(change: GroupChange, tick: Tick): void {
    const { kind, group, members, changed, others } = change;
    const { timeMs } = tick;
    const parted = kind === 'left' || kind === 'split' || kind === 'dissolved';
    const stayed = kind === 'split' ? this.#life.groups.find(({ id }) => id === group)?.members : members;
    let apartMetres: number | null = null;
    const still = (list: readonly number[]): number[] => list.filter((number) => !this.#gone(number));
    for (const a of parted ? still(changed) : []) {
      for (const b of still(stayed ?? [])) {
        if (a === b || (kind !== 'dissolved' && changed.includes(b))) continue;
        apartMetres = Math.min(apartMetres ?? Number.POSITIVE_INFINITY, this.#metres(a, b, tick));
      }
    }
    this.#events.push({
      kind: 'group',
      event: kind,
      group,
      timeMs,
      members: members.map((number) => this.#person(number)),
      changed: changed.map((number) => this.#person(number)),
      gone: changed.filter((number) => this.#gone(number)).map((number) => this.#person(number)),
      others,
      bond: kind === 'dissolved' ? null : bondOf(this.#pairs, this.#slots(members)),
      apartMetres,
      joins: kind === 'regrouped' || kind === 'merged' ? this.#joins(changed, timeMs) : [],
    });
  }

  /** Whether nobody else is in a group with either of two. */
  #alone(a: number, b: number): boolean {
    const group = this.#life.groupOf(a);
    const other = this.#life.groupOf(b);
    if (group === undefined && other === undefined) return true;
    if (group !== other) return false;
    return this.#life.groups.find(({ id }) => id === group)?.members.length === 2;
  }

  readonly #lifeOf = (number: number): Life | undefined => this.#byNumber.get(number);

  readonly #met = (pair: Together, a: Life, b: Life): void => {
    if (this.#scores('regrouping')) this.#regroupings.met(pair, a, b, this.#decidedMs);
  };

  #gone(number: number): boolean {
    return this.#byNumber.get(number)?.gone ?? true;
  }

  #livesOf(numbers: readonly number[]): Life[] {
    return numbers.flatMap((number) => this.#byNumber.get(number) ?? []);
  }

  #slots(numbers: readonly number[]): number[] {
    return numbers.flatMap((number) => {
      const life = this.#byNumber.get(number);
      return life && !life.gone ? [life.slot] : [];
    });
  }

  #joins(numbers: readonly number[], timeMs: number): { earlier: string; later: string; probability: number }[] {
    return this.#livesOf(numbers).flatMap((life) =>
      life.joinsSince(timeMs - JOINED_MS).map(({ life: earlier, probability }) => ({
        earlier: earlier.person,
        later: earlier.heir?.person ?? life.person,
        probability,
      })),
    );
  }
}
