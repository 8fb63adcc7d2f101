/** A story under way: the movements that hang together, and how far its alert has been told. */
import type { Decision } from './decision.ts';
import type { Sign } from './sign.ts';
import type { Joins } from './telling.ts';

/** How far an alert has been told. */
export interface Told {
  readonly id: string;
  readonly raisedAtMs: number;
  readonly delayed: boolean;
  updatedAtMs: number;
  toMs: number;
  live: boolean;
  /** How many parts the story had then. */
  parts: number;
}

/** An update is worth sending when the story grew by a tenth, but neither more often than this nor more rarely than that. */
const LEAST_UPDATE_SECONDS = 5;
const MOST_UPDATE_SECONDS = 60;

const NO_JOINS: Joins = { count: 0, probability: 1 };

/** What both states of a movement say together: the later state, for as long as the two go back and on. */
export function grown(known: Sign, later: Sign): Sign {
  return { ...later, fromMs: Math.min(known.fromMs, later.fromMs), toMs: Math.max(known.toMs, later.toMs) };
}

/** Whether a state of a movement is older than what is known of it. */
export const isStale = (known: Sign, told: Sign): boolean =>
  known.open ? told.open && told.toMs < known.toMs : told.toMs < known.toMs || (told.open && told.toMs === known.toMs);

export class Story {
  readonly signs = new Map<string, Sign>();
  /** The identifiers of all episodes that ever belonged to it. */
  readonly parts = new Set<string>();
  told: Told | null = null;
  decision: Decision | null = null;
  joins: Joins = NO_JOINS;
  #fromMs: number;
  #toMs: number;

  /** @param fromMs where the story is known from its alert: its stretch of time. */
  constructor(fromMs = Number.POSITIVE_INFINITY, toMs = Number.NEGATIVE_INFINITY) {
    this.#fromMs = fromMs;
    this.#toMs = toMs;
  }

  get fromMs(): number {
    return this.#fromMs;
  }

  get toMs(): number {
    return this.#toMs;
  }

  get open(): boolean {
    for (const sign of this.signs.values()) if (sign.open) return true;
    return false;
  }

  /** How long it goes on; of a single stay, how long somebody was present. */
  get seconds(): number {
    const [only] = this.signs.values();
    return only && this.signs.size === 1 ? only.seconds : (this.#toMs - this.#fromMs) / 1000;
  }

  put(sign: Sign): void {
    this.signs.set(sign.id, sign);
    this.parts.add(sign.id);
    this.#fromMs = Math.min(this.#fromMs, sign.fromMs);
    this.#toMs = Math.max(this.#toMs, sign.toMs);
  }

  /** Takes over everything that another story had, but for its alert. */
  take(other: Story): void {
    for (const sign of other.signs.values()) this.put(sign);
    for (const part of other.parts) this.parts.add(part);
    this.#fromMs = Math.min(this.#fromMs, other.#fromMs);
    this.#toMs = Math.max(this.#toMs, other.#toMs);
    this.join(other.joins);
  }

  join({ count, probability }: Joins): void {
    this.joins = { count: this.joins.count + count, probability: Math.min(this.joins.probability, probability) };
  }

  /** Whether the alert has to be told again. */
  get due(): boolean {
    const { told, open } = this;
    if (!told) return false;
    if (told.live !== open || this.parts.size > told.parts) return true;
    const grownSeconds = (this.#toMs - told.toMs) / 1000;
    if (!open) return grownSeconds > 0;
    return grownSeconds >= Math.min(MOST_UPDATE_SECONDS, Math.max(LEAST_UPDATE_SECONDS, this.seconds / 10));
  }
}

/** Which of two stories goes on: the one whose alert is older, or the one that has one. */
export function olderFirst(one: Story, other: Story): readonly [Story, Story] {
  const { told: a } = one;
  const { told: b } = other;
  if (!a || !b) return a || !b ? [one, other] : [other, one];
  if (a.raisedAtMs !== b.raisedAtMs) return a.raisedAtMs < b.raisedAtMs ? [one, other] : [other, one];
  return a.id < b.id ? [one, other] : [other, one];
}
