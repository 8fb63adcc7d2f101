/**
 * From episodes to alerts: movements that share a person and follow each other are parts of one story, and one story is one
 * alert that grows. Pure: time comes in with the episodes, and what is remembered is bounded by what goes on.
 */
import type { FloorPlan } from '@safe-passage/contract';
import type { DwellEpisode, DwellEvent, EpisodeRecord } from '../score/episode.ts';
import type { MovementEvent } from '../score/movement.ts';
import { type MovementRecord, storedMovement } from '../score/movementRecord.ts';
import { decideStory, isSign, near, type Surroundings } from './decision.ts';
import { storedDwell } from './dwellSign.ts';
import { Names, Passages } from './people.ts';
import type { PlaceKind, Policy } from './policySchema.ts';
import { type Sign, SignReader } from './sign.ts';
import { grown, isStale, olderFirst, Story } from './story.ts';
import { inOrder, type Joins, storyDetail, storySentence } from './telling.ts';
import type { AlertRecord, AlertTransition, OngoingAlert } from './transition.ts';

/** The score as the length of a bar: empty at the least that counts, full at eight times that. */
export const severityOf = (score: number): number => Math.min(1, Math.max(0, score / 3));

/** A story with so many parts takes no more: what else happens to its people is the next story. */
const MOST_PARTS = 48;
/** A join less likely than this does not make two stories one. */
const LEAST_JOIN_PROBABILITY = 0.5;

export interface DeciderOptions {
  readonly site: string;
  readonly plan: Pick<FloorPlan, 'id' | 'name' | 'zones'>;
  readonly policy: Policy;
}

/** Somebody who was lost and is taken to go on as another. */
export interface PersonJoin {
  readonly earlier: string;
  readonly later: string;
  /** 0 to 1. */
  readonly probability: number;
  /** When the later one came into view. */
  readonly toMs: number;
}

/** What the store knew of a floor when the hub stopped. */
export interface StoredStories {
  readonly alerts: readonly OngoingAlert[];
  readonly dwells: readonly EpisodeRecord[];
  readonly movements: readonly MovementRecord[];
}

interface Held {
  readonly sign: Sign;
  story: Story;
  /** Taken to be over since a start, although it may have been under way. */
  readonly wasOpen: boolean;
}

/** Decides the alerts of one floor. */
export class StoryDecider {
  readonly #site: string;
  readonly #plan: DeciderOptions['plan'];
  readonly #policy: Policy;
  readonly #reader: SignReader;
  readonly #gapMs: number;
  /** Kinds of place whose mere presence counts beside a movement. */
  readonly #watched: ReadonlySet<PlaceKind>;
  readonly #held = new Map<string, Held>();
  /** The signs of each person, by the one name of somebody who has several. */
  readonly #signsOf = new Map<string, Set<string>>();
  readonly #stories = new Set<Story>();
  readonly #names = new Names();
  readonly #passages = new Passages();
  /** Episodes of a stored alert that have not been seen since the start. */
  readonly #awaited = new Map<string, Story>();
  /** What a start found out before anybody could be told. */
  #owed: AlertTransition[] = [];

  constructor({ site, plan, policy }: DeciderOptions) {
    this.#site = site;
    this.#plan = plan;
    this.#policy = policy;
    this.#reader = new SignReader(site, plan, policy);
    this.#gapMs = 1000 * policy.followsWithinSeconds;
    this.#watched = new Set(policy.combinations.flatMap(({ where }) => Object.values(where ?? {}).flat()));
  }

  /** How many stories are remembered. */
  get size(): number {
    return this.#stories.size;
  }

  /**
   * Takes one event of an episode.
   *
   * @param receivedAtMs when the data that led to the event arrived.
   * @returns what is to be told, in this order; mostly nothing.
   */
  decide({ episode }: DwellEvent | MovementEvent, receivedAtMs: number): AlertTransition[] {
    if ('pattern' in episode) {
      const sign = this.#reader.movement(episode);
      return sign ? this.#take(sign, receivedAtMs) : [];
    }
    const sign = this.#reader.dwell(episode);
    // A track that never went anywhere may be a pillar: it waits until it has moved.
    if (!sign || !episode.detail.everMoved) return [];
    this.#pass(sign, episode.detail.visits);
    const told = this.#take(sign, receivedAtMs);
    for (const story of this.#waiting(sign)) told.push(...this.#tell(story, sign.toMs, receivedAtMs));
    return told;
  }

  /**
   * Two persons are taken to be one from now on. Their stories become one where they are near in time.
   *
   * @param receivedAtMs when the data that led to it arrived.
   */
  join({ earlier, later, probability, toMs }: PersonJoin, receivedAtMs: number): AlertTransition[] {
    if (probability < LEAST_JOIN_PROBABILITY) return [];
    const joined = this.#names.join(earlier, later, probability, toMs);
    if (!joined) return [];
    const { lost, kept } = joined;
    this.#passages.rename(lost, kept);
    const moved = [...(this.#signsOf.get(lost) ?? [])];
    this.#signsOf.delete(lost);
    const told: AlertTransition[] = [];
    const before = [...(this.#signsOf.get(kept) ?? [])];
    for (const id of [...before, ...moved]) this.#index(kept, id);
    for (const id of moved) {
      const held = this.#held.get(id);
      if (!held) continue;
      told.push(...this.#tellMerged(held.story, this.#link(held), held.sign.toMs, receivedAtMs));
    }
    return told;
  }

  /** Forgets stories that ended before a moment. */
  forgetBefore(timeMs: number): void {
    for (const story of this.#stories) if (!story.open && story.toMs < timeMs) this.#forget(story);
    this.#passages.forgetBefore(timeMs);
    this.#names.forgetBefore(timeMs, (name) => this.#signsOf.has(name) || this.#passages.has(name));
  }

  /**
   * Takes up what the store has, before the first event. Movements are taken as over: whose scorer finds one again tells it
   * again. Call {@link settle} once the last minutes have been replayed.
   */
  restore({ alerts, dwells, movements }: StoredStories): void {
    for (const alert of alerts) {
      if (alert.wentOnIn) continue;
      const story = new Story(alert.fromMs, alert.toMs);
      const parts = alert.parts ?? [alert.id];
      const { id, raisedAtMs, updatedAtMs, delayed, toMs, live } = alert;
      story.told = { id, raisedAtMs, delayed, updatedAtMs, toMs, live, parts: parts.length };
      if (alert.joins) story.join(alert.joins);
      this.#stories.add(story);
      for (const part of parts) {
        story.parts.add(part);
        this.#awaited.set(part, story);
      }
    }
    for (const record of dwells) {
      const episode = storedDwell(record, this.#plan.zones);
      const sign = episode ? this.#reader.dwell(episode) : null;
      if (!sign || !episode?.detail.everMoved) continue;
      this.#pass(sign, episode.detail.visits);
      this.#takeUp(sign);
    }
    for (const record of movements) {
      const sign = this.#reader.movement({ ...storedMovement(record), open: false });
      if (sign) this.#takeUp(sign, record.open);
    }
    for (const held of [...this.#held.values()]) {
      this.#owed.push(...this.#closings(held.story, this.#link(held), held.story.told?.updatedAtMs ?? held.sign.toMs));
    }
  }

  /** Tells what a start has found out: stories that do not go on, and those that turned out to be one. */
  settle(receivedAtMs: number): AlertTransition[] {
    const told = this.#owed;
    this.#owed = [];
    for (const story of this.#stories) {
      if (story.told?.live && !story.open && story.signs.size > 0) {
        told.push(...this.#tell(story, story.toMs, receivedAtMs));
      }
    }
    return told;
  }

  #takeUp(sign: Sign, wasOpen = false): void {
    const story = this.#awaited.get(sign.id);
    // Below its limit a stay belongs to a story for where it was, unless it is what the story began with.
    if (!isSign(sign, this.#policy) && (sign.pattern === 'dwell' ? story?.told?.id !== sign.id : !story)) return;
    this.#hold(sign, story ?? new Story(), wasOpen);
  }

  #take(sign: Sign, receivedAtMs: number): AlertTransition[] {
    const known = this.#held.get(sign.id);
    if (!known && !isSign(sign, this.#policy)) return [];
    if (known && isStale(known.wasOpen ? { ...known.sign, open: true } : known.sign, sign)) return [];
    const now = known ? grown(known.sign, sign) : sign;
    const held = this.#hold(now, known?.story ?? this.#awaited.get(sign.id) ?? new Story());
    const linked = this.#link(held);
    return this.#tellMerged(held.story, linked, sign.toMs, receivedAtMs);
  }

  #hold(sign: Sign, story: Story, wasOpen = false): Held {
    const held = { sign, story, wasOpen };
    this.#held.set(sign.id, held);
    this.#stories.add(story);
    story.put(sign);
    this.#awaited.delete(sign.id);
    for (const { person } of sign.persons) this.#index(this.#names.of(person), sign.id);
    return held;
  }

  #index(name: string, id: string): void {
    const known = this.#signsOf.get(name);
    if (known) known.add(id);
    else this.#signsOf.set(name, new Set([id]));
  }

  /** Makes one story of those that hang together with a sign. @returns those that are no more. */
  #link(held: Held): Story[] {
    const gone: Story[] = [];
    for (const { person } of held.sign.persons) {
      for (const id of this.#signsOf.get(this.#names.of(person)) ?? []) {
        const other = this.#held.get(id);
        if (!other || other.story === held.story || !near(held.sign, other.sign, this.#gapMs)) continue;
        if (held.story.parts.size + other.story.parts.size > MOST_PARTS) continue;
        gone.push(this.#absorb(...olderFirst(held.story, other.story)));
      }
    }
    return gone;
  }

  #absorb(story: Story, gone: Story): Story {
    story.take(gone);
    for (const id of gone.signs.keys()) {
      const held = this.#held.get(id);
      if (held) held.story = story;
    }
    for (const part of gone.parts) if (this.#awaited.get(part) === gone) this.#awaited.set(part, story);
    this.#stories.delete(gone);
    return gone;
  }

  /** Notes visits that may count beside a movement. */
  #pass({ id, place, persons }: Sign, visits: DwellEpisode['detail']['visits']): void {
    if (!this.#watched.has(place.kind)) return;
    const who = persons.map(({ person }) => person);
    for (const visit of visits) this.#passages.note({ id, place, persons: who, ...visit }, this.#names.of);
  }

  /** The stories that nobody has been told of and to which a presence may be what they lack. */
  #waiting(sign: Sign): ReadonlySet<Story> {
    const waiting = new Set<Story>();
    if (!this.#watched.has(sign.place.kind)) return waiting;
    for (const { person } of sign.persons) {
      for (const id of this.#signsOf.get(this.#names.of(person)) ?? []) {
        const held = this.#held.get(id);
        if (held && !held.story.told && near(held.sign, sign, 0)) waiting.add(held.story);
      }
    }
    return waiting;
  }

  #tellMerged(story: Story, gone: readonly Story[], dataMs: number, receivedAtMs: number): AlertTransition[] {
    return [...this.#tell(story, dataMs, receivedAtMs), ...this.#closings(story, gone, receivedAtMs)];
  }

  /** Raises the alert of a story, or tells it again where it is due. @param dataMs the time of the data that led to it. */
  #tell(story: Story, dataMs: number, receivedAtMs: number): AlertTransition[] {
    const around: Surroundings = {
      nameOf: this.#names.of,
      passages: (persons, fromMs, toMs) => this.#passages.find(persons.map(this.#names.of), fromMs, toMs),
    };
    const { told } = story;
    if (!told) {
      story.decision = decideStory([...story.signs.values()], this.#policy, around);
      const first = story.decision?.by[0];
      if (!first) return [];
      const delayed = receivedAtMs - dataMs > this.#policy.delayedAfterSeconds * 1000;
      const { toMs, open: live } = story;
      story.told = { id: first.id, raisedAtMs: receivedAtMs, delayed, updatedAtMs: receivedAtMs, toMs, live, parts: 0 };
      return [{ event: 'raised', alert: this.#record(story, story.told) }];
    }
    if (!story.due) return [];
    story.decision = decideStory([...story.signs.values()], this.#policy, around) ?? story.decision;
    told.updatedAtMs = Math.max(told.updatedAtMs, receivedAtMs);
    told.toMs = Math.max(told.toMs, story.toMs);
    told.live = story.open;
    return [{ event: told.live ? 'updated' : 'closed', alert: this.#record(story, told) }];
  }

  /** The last word of alerts whose story turned out to be part of an older one. */
  #closings(story: Story, gone: readonly Story[], receivedAtMs: number): AlertTransition[] {
    const older = story.told;
    if (!older) return [];
    const sentence = storySentence(inOrder(story.signs.values()));
    return gone.flatMap((closed): AlertTransition[] => {
      // An alert that was restored without any of its episodes has nothing of its own to say.
      if (!closed.told || closed.told.id === older.id || closed.signs.size === 0) return [];
      closed.told.updatedAtMs = Math.max(closed.told.updatedAtMs, receivedAtMs);
      const alert = this.#record(closed, closed.told);
      const { fromMs, toMs } = alert;
      const word = { text: 'Turned out to be part of an older alert, and goes on there.', fromMs, toMs };
      return [
        {
          event: 'closed',
          alert: {
            ...alert,
            live: false,
            wentOnIn: older.id,
            sentence: `Goes on in an older alert: ${sentence}`,
            detail: { ...alert.detail, reasons: [word, ...alert.detail.reasons] },
          },
        },
      ];
    });
  }

  #record(story: Story, told: NonNullable<Story['told']>): AlertRecord {
    const signs = inOrder(story.signs.values());
    const [lead] = signs;
    if (!lead) throw new RangeError('a story has at least one part');
    const { passage } = story.decision ?? { passage: null };
    if (passage) story.parts.add(passage.id);
    told.parts = story.parts.size;
    const score = Math.max(...signs.map((sign) => sign.score));
    return {
      id: told.id,
      site: this.#site,
      floor: this.#plan.id,
      zone: lead.place.zone,
      pattern: lead.pattern,
      live: told.live,
      delayed: told.delayed,
      raisedAtMs: told.raisedAtMs,
      updatedAtMs: told.updatedAtMs,
      fromMs: story.fromMs,
      toMs: story.toMs,
      score,
      severity: severityOf(score),
      sentence: storySentence(signs),
      detail: storyDetail(signs, story.decision, this.#policy.version, this.#joinsOf(story)),
      parts: [...story.parts],
    };
  }

  /** The joins of people that make one story of what would be two without them. */
  #joinsOf(story: Story): Joins {
    const persons = new Map<string, Set<string>>();
    for (const sign of story.signs.values()) {
      for (const { person } of sign.persons) {
        const name = this.#names.of(person);
        const alike = persons.get(name);
        if (alike) alike.add(person);
        else persons.set(name, new Set([person]));
      }
    }
    let { count, probability } = { count: 0, probability: story.joins.probability };
    for (const alike of persons.values()) {
      if (alike.size < 2) continue;
      count += alike.size - 1;
      for (const person of alike) probability = Math.min(probability, this.#names.joined(person) ?? 1);
    }
    return { count: Math.max(count, story.joins.count), probability };
  }

  #forget(story: Story): void {
    this.#stories.delete(story);
    for (const part of story.parts) if (this.#awaited.get(part) === story) this.#awaited.delete(part);
    for (const sign of story.signs.values()) {
      this.#held.delete(sign.id);
      for (const { person } of sign.persons) {
        const name = this.#names.of(person);
        const signs = this.#signsOf.get(name);
        signs?.delete(sign.id);
        if (signs?.size === 0) this.#signsOf.delete(name);
      }
    }
  }
}
