/**
 * Scores of who leads whom: escorts, handovers, flanking, shadowing. Consumes the synchronous ticks of the scene; pure,
 * incremental, bounded, and the same whenever it is replayed.
 *
 * Nothing is said of input slower than about 2 Hz: who was first by a second cannot be seen there. Coasted stretches are left
 * out tick by tick.
 */
import type { Continuation } from '../../fuse/samples.ts';
import type { MovementEvent, Pattern } from '../movement.ts';
import { Grid } from '../scene/grid.ts';
import type { Tick } from '../scene/scene.ts';
import type { CompiledZone } from '../zones.ts';
import { BETWEEN_DEFAULTS, Between } from './between.ts';
import { Carrying } from './carrying.ts';
import { noOdds, weighMeasures } from './escortOdds.ts';
import { ESCORT_DEFAULTS, type EscortOptions, EscortStories } from './escortStories.ts';
import { FIELD } from './field.ts';
import { FLANKING_DEFAULTS, Flanking } from './flanking.ts';
import { FOLLOWING_DEFAULTS, Following } from './following.ts';
import { HANDOVER_DEFAULTS, Handovers } from './handovers.ts';
import { History, WALKING } from './history.ts';
import { type IdentityJoin, Joins, joinReason } from './joins.ts';
import { type KeptPair, keptPair, takeUp } from './keptPair.ts';
import { LEG_DEFAULTS, type LegOptions, unweighedLeg, weighLeg } from './legEvidence.ts';
import { LEAST_LEG_SECONDS, Legs } from './legs.ts';
import { MEASURES, measureEscort, nothingBesides } from './measures.ts';
import type { Candidate, EscortScorerOptions } from './options.ts';
import { OtherCompany } from './otherCompany.ts';
import { OtherLeaders } from './otherLeaders.ts';
import { PairTable } from './pairTable.ts';
import { People, type Stay } from './people.ts';
import type { Shadow } from './shadow.ts';
import { SHADOWING_DEFAULTS, Shadowing } from './shadowing.ts';
import { ShadowStory } from './shadowStory.ts';
import { NEAR_METRES, Surroundings } from './surroundings.ts';

/** Slower than this, lead and lag cannot be told, ms. */
const COARSEST_TICK_MS = 550;
const LOOK_MS = 1000;
/** Two are candidates while they move together: nearer than 3 m, and than this in velocity (m/s); standing, nearer than this (m). */
const TOGETHER_SPEED = 1;
const STANDING_METRES = 1.8;
const WALKING_SPEED = 0.4;
/** After so many looks together they are followed tick by tick: what two did before that is lost, and many are led for no more than ten seconds. */
const SETTLED_LOOKS = 2;
/** Strangers are forgotten after so long apart, those followed after so long, ms. */
const STRANGERS_APART_MS = 6000;
const APART_MS = 45_000;
/** Near each other for longer, two are company and nobody's shadow, seconds. */
const COMPANY_SECONDS = 15;

export class EscortScorer {
  readonly #usable: boolean;
  readonly #runs: { readonly handovers: boolean; readonly flanking: boolean; readonly shadowing: boolean };
  readonly #escort: EscortOptions;
  readonly #leg: LegOptions;
  readonly #history: History;
  readonly #surroundings: Surroundings;
  readonly #pairs: PairTable;
  readonly #following: Following;
  readonly #grid = new Grid(NEAR_METRES);
  readonly #people = new People();
  readonly #between: Between;
  readonly #flanking: Flanking;
  readonly #handovers: Handovers;
  readonly #legs: Legs | null;
  readonly #shadowing: Shadowing;
  readonly #shadowStory: ShadowStory;
  readonly #zones: readonly CompiledZone[];
  readonly #stories: EscortStories;
  readonly #otherCompany = new OtherCompany();
  readonly #otherLeaders = new OtherLeaders();
  readonly #besides = nothingBesides();
  readonly #measures = new Float64Array(MEASURES.length);
  readonly #weighed = { odds: noOdds(), leg: unweighedLeg() };
  readonly #onMeasured: ((candidate: Candidate) => void) | null;
  readonly #gone = new Set<number>();
  readonly #joins = new Joins();
  readonly #carrying: Carrying;
  #events: MovementEvent[] = [];
  #lookedMs = Number.NEGATIVE_INFINITY;
  #lastMs = Number.NEGATIVE_INFINITY;

  /** @param zones of the floor: in those of kind queue and control, order is forced upon people and counts for little. */
  constructor(options: EscortScorerOptions, zones: readonly CompiledZone[] = []) {
    this.#usable = options.tickMs <= COARSEST_TICK_MS;
    const runs = (pattern: Pattern): boolean => options.patterns?.has(pattern) ?? true;
    this.#runs = { handovers: runs('handover'), flanking: runs('flanking'), shadowing: runs('shadowing') };
    this.#escort = { ...ESCORT_DEFAULTS, ...options.escort };
    this.#leg = { ...LEG_DEFAULTS, ...options.leg };
    this.#onMeasured = options.onMeasured ?? null;
    this.#zones = zones;
    this.#history = new History(options.tickMs);
    this.#surroundings = new Surroundings(zones);
    this.#pairs = new PairTable(this.#history.lags);
    this.#stories = new EscortStories(
      this.#escort,
      this.#pairs,
      this.#people,
      (slot) => this.#walksIn(slot),
      (event) => this.#tell(event),
    );
    this.#following = new Following(
      { ...FOLLOWING_DEFAULTS, ...options.following },
      this.#history,
      this.#pairs,
      this.#surroundings,
      (record, _first, second, seconds, what) => this.#answered(record, second, seconds, what),
    );
    this.#carrying = new Carrying(
      (join) => this.#joins.add(join),
      (pair, low, high, probability) => this.#carry(pair, low, high, probability),
    );
    this.#between = new Between({ ...BETWEEN_DEFAULTS, ...options.between });
    this.#flanking = new Flanking(
      { ...FLANKING_DEFAULTS, ...options.flanking },
      this.#between,
      this.#pairs,
      this.#people,
      options.tickMs / 1000,
      (slot) => this.#zoneOf(slot),
      (event) => this.#tell(event),
    );
    this.#flanking.onKept = (...kept) => this.#legs?.flanked(...kept);
    this.#flanking.ledBefore = (middle, sides, sinceMs) => this.#handovers.ledBefore(middle, sides, sinceMs);
    this.#flanking.onMeasured = options.onTrio ?? null;
    this.#handovers = new Handovers({ ...HANDOVER_DEFAULTS, ...options.handover }, (event) => this.#tell(event));
    this.#legs = this.#runs.handovers
      ? new Legs(this.#handovers, this.#history, this.#pairs, this.#people, (x, y) => this.#zoneAt(x, y))
      : null;
    this.#shadowing = new Shadowing(
      { ...SHADOWING_DEFAULTS, ...options.shadowing },
      this.#history,
      this.#surroundings,
      (slot) => this.#people.at(slot)?.person ?? '',
      (shadow) => this.#shadowStory.ended(shadow),
    );
    this.#shadowStory = new ShadowStory(
      this.#shadowing,
      (slot) => this.#people.at(slot),
      (a, b) => this.#inCompany(a, b),
      (slot) => this.#zoneOf(slot),
      (event) => this.#tell(event),
    );
    this.#shadowStory.onMeasured = options.onShadow ?? null;
  }

  readonly #weighShadow = (shadow: Shadow): void => this.#shadowStory.weigh(shadow);

  /** Whether two were near each other, other than in lines, for as long as strangers seldom are. */
  #inCompany(a: number, b: number): boolean {
    const record = this.#pairs.find(a, b);
    if (record < 0) return false;
    const { numbers, stride } = this.#pairs;
    const row = record * stride;
    return (numbers[row + FIELD.near] as number) - (numbers[row + FIELD.forced] as number) > COMPANY_SECONDS;
  }

  /** Pairs of people that are held. */
  get size(): number {
    return this.#pairs.size;
  }

  /** What happened since the last call, in order of time. */
  take(): MovementEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  /** Fusion took two names for one person: movements of that person are told with it. Before the tick of that time. */
  joined(join: IdentityJoin): void {
    this.#joins.add(join);
  }

  /** Somebody who begins may be one who was lost. Before the tick of that time; asked once they have been seen for a while. */
  continuation(word: Continuation): void {
    this.#carrying.continuation(word);
  }

  #tell({ kind, episode }: MovementEvent): void {
    const { unseen, sameProbability, ...joins } = this.#joins.of(episode);
    const uncertainty = { ...episode.uncertainty, ...joins };
    const reasons = [...episode.reasons, ...joinReason(unseen, sameProbability, episode.fromMs, episode.toMs)];
    this.#events.push({ kind, episode: { ...episode, reasons, uncertainty } });
  }

  /** Goes on by one tick of the scene. */
  tick(tick: Tick): void {
    if (!this.#usable) return;
    const { timeMs, ended } = tick;
    this.#lastMs = timeMs;
    if (ended.length > 0) this.#leave(tick);
    this.#people.come(tick, (stay) => this.#carrying.began(stay));
    this.#history.tick(tick);
    this.#pairs.reserve(tick.slots.capacity);
    this.#otherLeaders.reserve(tick.slots.capacity);
    const looks = timeMs - this.#lookedMs >= LOOK_MS;
    if (looks) this.#look(tick);
    if (this.#runs.shadowing) this.#shadowing.tick(timeMs);
    const { used, low, looks: seen } = this.#pairs;
    for (let record = 0; record < used; record++) {
      if ((low[record] as number) >= 0 && (seen[record] as number) >= SETTLED_LOOKS)
        this.#following.update(record, tick);
    }
    if (looks) {
      this.#carrying.decide(timeMs);
      this.#decide(timeMs);
      if (this.#runs.flanking) this.#flanking.decide(tick.active, tick.count, timeMs);
      if (this.#runs.shadowing) this.#shadowing.look(tick, this.#weighShadow);
    }
  }

  /** The end of all data: what is open closes. */
  finish(): void {
    this.#flanking.finish();
    for (let record = 0; record < this.#pairs.used; record++) {
      if ((this.#pairs.low[record] as number) >= 0) this.#end(record);
    }
    this.#handovers.finish();
    this.#shadowing.finish();
  }

  #leave({ ended, slots }: Tick): void {
    for (const slot of ended) {
      const stay = this.#people.at(slot);
      if (stay) this.#carrying.went(stay, slots.lastMs[slot] as number);
      this.#gone.add(slot);
      this.#flanking.leave(slot);
    }
    this.#between.leave(this.#gone);
    this.#shadowing.leave(this.#gone);
    const { low, high, used } = this.#pairs;
    for (let record = 0; record < used; record++) {
      const a = low[record] as number;
      if (a < 0 || !(this.#gone.has(a) || this.#gone.has(high[record] as number))) continue;
      this.#keep(record);
      this.#end(record);
    }
    for (const slot of ended) {
      const stay = this.#people.at(slot);
      if (stay) this.#handovers.leave(stay);
      this.#people.go(slot);
      this.#otherLeaders.forget(slot);
      this.#surroundings.forget(slot);
    }
    this.#gone.clear();
  }

  /** Remembers what two were to each other, for the case that who is lost goes on as somebody else. */
  #keep(record: number): void {
    if ((this.#pairs.looks[record] as number) < SETTLED_LOOKS) return;
    const low = this.#people.at(this.#pairs.low[record] as number);
    const high = this.#people.at(this.#pairs.high[record] as number);
    const pair = low && high && keptPair(this.#pairs, record, low, high, this.#stories.known(record));
    if (pair) this.#carrying.keep(pair, low, high, this.#lastMs);
  }

  /** Two go on from two: what these were counts by the probability that they are the same. */
  #carry(pair: KeptPair, low: Stay, high: Stay, probability: number): void {
    const record = takeUp(this.#pairs, pair, low, high, probability);
    if (record < 0) return;
    this.#pairs.looks[record] = Math.max(SETTLED_LOOKS, this.#pairs.looks[record] as number);
    this.#stories.of(record)?.goesOn(pair, this.#pairs.low[record] !== low.slot);
  }

  /** Who is near whom, once a second. */
  #look(tick: Tick): void {
    const { timeMs, slots } = tick;
    this.#lookedMs = timeMs;
    const { vx, vy, speed } = slots;
    const between = this.#runs.flanking ? this.#between : null;
    between?.begin(tick);
    this.#surroundings.look(tick, this.#grid, (a, b, square) => {
      between?.near(tick, a, b);
      const ux = (vx[a] as number) - (vx[b] as number);
      const uy = (vy[a] as number) - (vy[b] as number);
      if (ux * ux + uy * uy > TOGETHER_SPEED * TOGETHER_SPEED) return;
      const walks = Math.max(speed[a] as number, speed[b] as number) > WALKING_SPEED;
      if (!walks && square > STANDING_METRES * STANDING_METRES) return;
      let record = this.#pairs.find(a, b);
      if (record < 0) record = this.#pairs.begin(a, b, timeMs);
      if (record < 0) return;
      const looks = (this.#pairs.looks[record] as number) + 1;
      this.#pairs.looks[record] = looks;
      if (looks < SETTLED_LOOKS) {
        this.#pairs.numbers[record * this.#pairs.stride + FIELD.nearMs] = timeMs;
      }
    });
    between?.end(tick);
  }

  #answered(record: number, second: number, seconds: number, what: number): void {
    const company = this.#stories.of(record);
    if (company) company.answered(second === company.high.slot, what, this.#lastMs - 1000 * seconds, seconds);
  }

  #decide(timeMs: number): void {
    const { used, low, looks, numbers, stride } = this.#pairs;
    this.#otherCompany.look(this.#pairs, this.#history.capacity);
    for (let record = 0; record < used; record++) {
      if ((low[record] as number) < 0) continue;
      const apartMs = timeMs - (numbers[record * stride + FIELD.nearMs] as number);
      if ((looks[record] as number) < SETTLED_LOOKS) {
        if (apartMs > STRANGERS_APART_MS) this.#pairs.end(record);
      } else if (apartMs > APART_MS) this.#end(record);
      else if (apartMs === 0) this.#weigh(record, timeMs, false);
    }
    this.#otherLeaders.settle();
  }

  /** Weighs a pair in the direction in which one was in front: as a leg of a handover, and as an escort. */
  #weigh(record: number, timeMs: number, over: boolean): void {
    const { numbers, stride } = this.#pairs;
    const row = record * stride;
    const walked = numbers[row + FIELD.walked] as number;
    if (walked < Math.min(LEAST_LEG_SECONDS, this.#escort.leastWalkedSeconds)) return;
    const highFollows = (numbers[row + FIELD.along] as number) > 0;
    const [low, high] = [this.#pairs.low[record] as number, this.#pairs.high[record] as number];
    const [leader, follower] = highFollows ? [low, high] : [high, low];
    const inSight = this.#people.inSight(leader, follower, numbers[row + FIELD.sinceMs] as number, timeMs);
    if (!inSight) return;
    const tickSeconds = this.#history.tickMs / 1000;
    const { odds, leg } = this.#weighed;
    weighLeg(this.#leg, this.#pairs, record, tickSeconds, highFollows, inSight, leg);
    const [sinceMs, nearMs] = [numbers[row + FIELD.sinceMs] as number, numbers[row + FIELD.nearMs] as number];
    this.#otherLeaders.led(follower, this.#people.at(leader)?.number ?? -1, leg.total, sinceMs, nearMs);
    const near = numbers[row + FIELD.near] as number;
    const { leastWalkedSeconds, leastNearSeconds, leastLogOdds } = this.#escort;
    const enough = walked >= leastWalkedSeconds && near >= leastNearSeconds;
    odds.logOdds = Number.NEGATIVE_INFINITY;
    if (enough) {
      const measures = this.#measures;
      this.#lookBesides(record, follower, leader);
      if (measureEscort(this.#pairs, record, tickSeconds, highFollows, inSight, this.#besides, measures)) {
        weighMeasures(measures, (numbers[row + FIELD.sigma] as number) / near, odds);
        this.#measured(follower, leader, walked, over);
      }
    }
    if (walked >= LEAST_LEG_SECONDS)
      this.#legs?.weigh(record, highFollows, leg, odds.logOdds - leastLogOdds, timeMs, over);
    if (enough) this.#stories.weighed(record, highFollows, this.#weighed, over);
  }

  #lookBesides(record: number, follower: number, leader: number): void {
    const besides = this.#besides;
    besides.followersOther = this.#otherCompany.beside(record, follower);
    besides.leadersOther = this.#otherCompany.beside(record, leader);
    const led = this.#otherLeaders.beside(follower, this.#people.at(leader)?.number ?? -1);
    besides.ledNats = led ? this.#otherLeaders.nats : Number.NEGATIVE_INFINITY;
    besides.ledSinceMs = this.#otherLeaders.sinceMs;
    besides.ledUntilMs = this.#otherLeaders.untilMs;
  }

  #measured(follower: number, leader: number, walkedSeconds: number, over: boolean): void {
    if (!this.#onMeasured) return;
    const names = { follower: this.#people.at(follower)?.person ?? '', leader: this.#people.at(leader)?.person ?? '' };
    this.#onMeasured({ ...names, walkedSeconds, over, measures: this.#measures });
  }

  /** Where somebody walks now; undefined where they stand. */
  #walksIn(slot: number): string | null | undefined {
    return this.#history.gait[slot] === WALKING ? this.#zoneOf(slot) : undefined;
  }

  /** Where somebody is now. */
  #zoneOf(slot: number): string | null {
    const cell = this.#history.cell(slot, 0);
    return this.#zoneAt(this.#history.x[cell] as number, this.#history.y[cell] as number);
  }

  #zoneAt(x: number, y: number): string | null {
    return this.#zones.find((zone) => zone.contains(x, y))?.id ?? null;
  }

  #end(record: number): void {
    if ((this.#pairs.looks[record] as number) >= SETTLED_LOOKS) this.#weigh(record, this.#lastMs, true);
    this.#stories.end(record);
    this.#legs?.end(record);
    this.#pairs.end(record);
  }
}
