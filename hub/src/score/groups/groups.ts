/** Group scoring: samples of persons in, the life of groups out. Pure, incremental, and the same whenever it is replayed. */
import type { PersonSample } from '../scene/sample.ts';
import { Scene, type SceneCounts, type SceneOptions, type Tick } from '../scene/scene.ts';
import type { CompiledZone } from '../zones.ts';
import { type Link, PARTITION_DEFAULTS, type PartitionOptions, partition } from './components.ts';
import { CONTACT_DEFAULTS, type ContactOptions, Contacts } from './contacts.ts';
import type { Bond, CoordinatorEvent, GroupScoringEvent, RegroupingEvent } from './event.ts';
import { distanceEvidence, EVIDENCE_DEFAULTS, type EvidenceOptions, STAT, STATS } from './evidence.ts';
import { type GroupChange, GroupLife } from './life.ts';
import { type Life, Lives } from './lives.ts';
import { type Together, TogetherMemory } from './memory.ts';
import { PAIR_DEFAULTS, type PairOptions, PairTable } from './pairs.ts';
import { Passages } from './passages.ts';
import { type Grouping, WINDOW_DEFAULTS, WindowGrouper, type WindowOptions, weigh } from './windows.ts';

export interface GroupOptions {
  readonly scene: SceneOptions;
  readonly pairs?: Partial<PairOptions>;
  readonly evidence?: Partial<EvidenceOptions>;
  readonly partition?: Partial<PartitionOptions>;
  readonly contacts?: Partial<ContactOptions>;
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
  /** Least time together, time apart and distance apart of a regrouping. Defaults 10 s, 5 s, 4 m. */
  readonly regrouping?: {
    readonly togetherSeconds: number;
    readonly apartSeconds: number;
    readonly apartMetres: number;
  };
  /** Who has been apart longer has never been together, ms. Default 30 min. */
  readonly rememberMs?: number;
}

const REGROUPING_DEFAULTS = { togetherSeconds: 10, apartSeconds: 5, apartMetres: 4 } as const;
/** The live partition lags behind a parting by as much: a passage that ended so shortly before counts. */
const PASSAGE_SLACK_MS = 5000;
/** Who met within this of coming into sight came to meet, or came together. */
const CAME_TOGETHER_MS = 5000;

export class GroupScorer {
  readonly #options: GroupOptions;
  readonly #evidence: EvidenceOptions;
  readonly #partition: PartitionOptions;
  readonly #scene: Scene;
  readonly #pairs: PairTable;
  readonly #lives = new Lives();
  readonly #life = new GroupLife();
  readonly #memory: TogetherMemory;
  readonly #passages: Passages;
  readonly #contacts: Contacts;
  readonly #contactSeconds: number;
  readonly #windows: WindowGrouper | null;
  readonly #byNumber = new Map<number, { readonly life: Life; readonly slot: number }>();
  /** Coordinator episodes that are open, by life, with as many contacts as were told. */
  readonly #coordinators = new Map<number, CoordinatorEvent>();
  /** Who has gone since the last decision. */
  #departed: Life[] = [];
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
    this.#partition = { ...PARTITION_DEFAULTS, ...options.partition };
    this.#pairs = new PairTable({ ...PAIR_DEFAULTS, ...options.pairs });
    this.#memory = new TogetherMemory(options.rememberMs ?? 30 * 60_000);
    this.#passages = new Passages(zones);
    const contacts = { ...CONTACT_DEFAULTS, ...options.contacts };
    this.#contacts = new Contacts(contacts);
    this.#contactSeconds = contacts.contactSeconds;
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
    for (const number of [...this.#coordinators.keys()]) this.#closeCoordinator(number);
  }

  #person(number: number): string {
    return this.#byNumber.get(number)?.life.person ?? '';
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
      if (life.firstMs === timeMs) this.#byNumber.set(life.number, { life, slot });
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
    this.#passages.tick(tick, this.#lives, gone);
    this.#lastTick = tick;
    const due = !(timeMs - this.#decidedMs < (this.#options.decideMs ?? 1000));
    for (const life of gone) this.#departed.push(life);
    if (due) this.#decide(tick);
    this.#options.onTick?.(tick);
  }

  #decide(tick: Tick): void {
    const { timeMs } = tick;
    const seconds = Number.isNaN(this.#decidedMs) ? 0 : (timeMs - this.#decidedMs) / 1000;
    this.#decidedMs = timeMs;
    const { hysteresis = 1, formSeconds = 3 } = this.#options;
    const lives: Life[] = [];
    const slots = this.#lives.slots;
    if (this.#index.length < slots) this.#index = new Int32Array(2 * slots);
    const index = this.#index.fill(-1);
    for (let slot = 0; slot < slots; slot++) {
      const life = this.#lives.of(slot);
      if (life) index[slot] = lives.push(life) - 1;
    }
    const links: Link[] = [];
    const { partner, stats, logOdds, contactSeconds } = this.#pairs;
    for (let slot = 0; slot < slots; slot++) {
      const a = index[slot] as number;
      if (a < 0) continue;
      const used = this.#pairs.recordsOf(slot);
      for (let k = 0, at = slot; k < used; k++, at += this.#pairs.stride) {
        const b = (partner[at] as number) < 0 ? -1 : (index[partner[at] as number] as number);
        const first = lives[a];
        const second = lives[b];
        if (!first || !second) continue;
        const { total } = weigh(this.#evidence, stats, at * STATS, first, second, this.#startMs, timeMs);
        logOdds[at] = total;
        const group = this.#life.groupOf(first.number);
        const same = group !== undefined && group === this.#life.groupOf(second.number);
        const young = (stats[at * STATS + STAT.seconds] as number) < formSeconds;
        links.push({ a, b, logOdds: same ? total + hysteresis : young ? Math.min(0, total) : total - hysteresis });
        if ((contactSeconds[at] as number) >= this.#contactSeconds) this.#contact(first, second, at, timeMs);
      }
    }
    this.#contacts.settle(timeMs);
    const clusters = partition(lives.length, links, this.#partition)
      .filter((group) => group.length >= 2)
      .map((group) => group.map((i) => (lives[i] as Life).number));
    const known = (a: number, b: number): boolean => this.#memory.get(a, b) !== undefined;
    for (const change of this.#life.decide(clusters, known)) this.#tell(change, tick);
    for (const { members } of this.#life.groups) {
      for (const [i, a] of members.entries()) {
        for (const b of members.slice(i + 1)) this.#memory.together(a, b, timeMs, seconds);
      }
    }
    this.#memory.apart(timeMs, (a, b) => this.#metres(a, b, tick));
    for (const number of [...this.#coordinators.keys()]) {
      const held = this.#byNumber.get(number);
      if (held) this.#coordinator(held.life, timeMs);
    }
    for (const { number } of this.#departed) {
      this.#closeCoordinator(number);
      this.#contacts.forget(number);
      this.#byNumber.delete(number);
    }
    this.#departed = [];
  }

  #metres(a: number, b: number, tick: Tick): number {
    const first = this.#byNumber.get(a);
    const second = this.#byNumber.get(b);
    if (!first || !second || first.life.gone || second.life.gone) return 0;
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
      bond: kind === 'dissolved' ? null : this.#bond(members),
      apartMetres,
    });
    if (!parted) this.#regrouping(change, timeMs);
  }

  #gone(number: number): boolean {
    return this.#byNumber.get(number)?.life.gone ?? true;
  }

  /** Means over the strongest link of each member to another. */
  #bond(members: readonly number[]): Bond | null {
    const { stats, logOdds } = this.#pairs;
    const best = new Set<number>();
    for (const a of members) {
      let found = -1;
      for (const b of members) {
        const at =
          a === b ? -1 : this.#pairs.find(this.#byNumber.get(a)?.slot ?? -1, this.#byNumber.get(b)?.slot ?? -1);
        if (at >= 0 && (found < 0 || (logOdds[at] as number) > (logOdds[found] as number))) found = at;
      }
      if (found >= 0) best.add(found);
    }
    if (best.size === 0) return null;
    let metres = 0;
    let relativeSpeed = 0;
    let seconds = 0;
    let odds = 0;
    for (const at of best) {
      const row = at * STATS;
      const stat = (which: keyof typeof STAT): number => stats[row + STAT[which]] as number;
      metres += stat('seconds') > 0 ? stat('distance') / stat('seconds') : 0;
      relativeSpeed += stat('moving') > 0 ? Math.hypot(stat('along'), stat('across')) / stat('moving') : 0;
      seconds += stat('seconds');
      odds += logOdds[at] as number;
    }
    const n = best.size;
    return { metres: metres / n, relativeSpeed: relativeSpeed / n, seconds: seconds / n, logOdds: odds / n };
  }

  /** Whether those who met again had parted before a control zone, and told if so. */
  #regrouping({ members, changed }: GroupChange, timeMs: number): void {
    const { togetherSeconds, apartSeconds, apartMetres } = this.#options.regrouping ?? REGROUPING_DEFAULTS;
    const byZone = new Map<string, { persons: Set<number>; pairs: Together[] }>();
    for (const a of changed) {
      for (const b of members) {
        const pair = a === b ? undefined : this.#memory.get(a, b);
        if (!pair || pair.seconds < togetherSeconds || pair.apartMetres < apartMetres) continue;
        if (timeMs - pair.lastMs < apartSeconds * 1000) continue;
        const since = pair.lastMs - PASSAGE_SLACK_MS;
        const passed = new Set(this.#passages.since(a, since).map(({ zone }) => zone));
        for (const { zone } of this.#passages.since(b, since)) {
          if (!passed.has(zone)) continue;
          const found = byZone.get(zone) ?? { persons: new Set(), pairs: [] };
          found.persons.add(a).add(b);
          found.pairs.push(pair);
          byZone.set(zone, found);
        }
      }
    }
    for (const [zone, { persons, pairs }] of byZone) {
      const apart = Math.max(...pairs.map(({ lastMs }) => timeMs - lastMs)) / 1000;
      const metres = Math.max(...pairs.map((pair) => pair.apartMetres));
      const event: RegroupingEvent = {
        kind: 'regrouping',
        persons: [...persons].sort((p, q) => p - q).map((number) => this.#person(number)),
        zone,
        fromMs: Math.min(...pairs.map(({ sinceMs }) => sinceMs)),
        toMs: timeMs,
        togetherSeconds: Math.min(...pairs.map((pair) => pair.seconds)),
        apartSeconds: apart,
        apartMetres: metres,
        score: Math.log2(metres / 4) + Math.log2(apart / 5),
      };
      this.#events.push(event);
    }
  }

  /** Two have been near each other for a while: a contact, where nothing says that they came together. */
  #contact(a: Life, b: Life, at: number, timeMs: number): void {
    const seconds = this.#pairs.contactSeconds[at] as number;
    const fromMs = timeMs - seconds * 1000;
    const known = this.#memory.get(a.number, b.number);
    if (known && known.sinceMs < fromMs) return;
    const cameTogether = Math.abs(a.firstMs - b.firstMs) < CAME_TOGETHER_MS;
    if (cameTogether && fromMs - Math.max(a.firstMs, b.firstMs) < CAME_TOGETHER_MS) return;
    // In a crowd everybody is near somebody.
    if (distanceEvidence(this.#evidence, this.#pairs.stats, at * STATS) <= 0) return;
    if (!this.#contacts.touch(a, b, seconds, timeMs)) return;
    this.#coordinator(a, timeMs);
    this.#coordinator(b, timeMs);
  }

  #coordinator(life: Life, timeMs: number): void {
    const { number } = life;
    const meetings = this.#contacts.meetings(life, timeMs, (a, b) => this.#memory.get(a, b) !== undefined);
    const told = this.#coordinators.get(number);
    if (!meetings) {
      if (told) this.#closeCoordinator(number);
      return;
    }
    if (told && told.contacts.length === meetings.contacts.length && told.toMs === meetings.toMs) return;
    const contacts = meetings.contacts.map(({ a, b, fromMs, toMs }) => ({
      person: (a === life ? b : a).person,
      fromMs,
      toMs,
    }));
    const event: CoordinatorEvent = {
      kind: 'coordinator',
      person: life.person,
      fromMs: meetings.fromMs,
      toMs: meetings.toMs,
      open: true,
      contacts,
      score: Math.log2(contacts.length / 2),
    };
    this.#coordinators.set(number, event);
    if (told?.contacts.length !== contacts.length) this.#events.push(event);
  }

  #closeCoordinator(number: number): void {
    const told = this.#coordinators.get(number);
    if (!told) return;
    this.#coordinators.delete(number);
    this.#events.push({ ...told, open: false });
  }
}
