/**
 * Together, apart through a control zone, together again: told as those who parted meet again, one after another.
 *
 * Companions who queue one behind the other, or at two desks, are seldom far from each other, and where two lanes part them, they
 * part at the ropes and wait for each other behind. What counts is a parting before they come to it: one goes ahead while the
 * other stays behind, or they are far apart when the first of them joins a line; then apart by many metres for a while, and
 * company again soon after the last of them is through.
 */
import { doubtOf } from './doubt.ts';
import type { RegroupingEvent } from './event.ts';
import type { Life } from './lives.ts';
import type { Together, TogetherMemory } from './memory.ts';
import type { Passage, Passages } from './passages.ts';

export interface RegroupingOptions {
  /** Least time together before, queues and controls not counted: there anybody is near somebody. And least time apart. */
  readonly togetherSeconds: number;
  readonly apartSeconds: number;
  /** Least greatest and least mean distance apart, metres. */
  readonly apartMetres: number;
  readonly meanMetres: number;
  /** Least time that one stayed behind as they parted, outside of queues and controls, seconds; */
  readonly behindSeconds: number;
  /** or least distance when the first of them came into a queue or a control, metres. */
  readonly firstMetres: number;
  /** Who meets later than this after the last of them was through met by chance, or for another reason. Seconds. */
  readonly againSeconds: number;
  /** Least time near each other again, seconds. */
  readonly metSeconds: number;
  /** Who meets the others later than this after the last one did is another story. */
  readonly growSeconds: number;
}

/**
 * Chosen on simulated traffic: companions who merely pass a control keep within 2 m on average, and 10 m at most; of 47 families
 * who part into two lanes far from each other two stay behind for so long, or are so far apart at the ropes.
 */
export const REGROUPING_DEFAULTS: RegroupingOptions = {
  togetherSeconds: 10,
  apartSeconds: 20,
  apartMetres: 12,
  meanMetres: 4,
  behindSeconds: 10,
  firstMetres: 12,
  againSeconds: 180,
  metSeconds: 6,
  growSeconds: 300,
};

/** Which control zones two passed: one that both did, or else each another. */
interface Passed {
  readonly a: Passage;
  readonly b: Passage;
}

/** One of them, by life. */
interface Part {
  sinceMs: number;
  partedMs: number;
  readonly passed: Passage;
  readonly metMs: number;
}

interface Story {
  readonly key: string;
  readonly zone: string;
  readonly fromMs: number;
  readonly parts: Map<Life, Part>;
  toMs: number;
  partedAt: readonly [number, number];
  metAt: readonly [number, number];
  togetherSeconds: number;
  apartSeconds: number;
  apartMetres: number;
  behindSeconds: number;
}

export class Regroupings {
  readonly #options: RegroupingOptions;
  readonly #memory: TogetherMemory;
  readonly #passages: Passages;
  readonly #tell: (event: RegroupingEvent) => void;
  #open: Story[] = [];

  constructor(
    options: RegroupingOptions,
    memory: TogetherMemory,
    passages: Passages,
    tell: (event: RegroupingEvent) => void,
  ) {
    this.#options = options;
    this.#memory = memory;
    this.#passages = passages;
    this.#tell = tell;
  }

  /** So long near each other again is met, seconds. */
  get metSeconds(): number {
    return this.#options.metSeconds;
  }

  /** Two who were far apart have met again. */
  met(pair: Together, a: Life, b: Life, timeMs: number): void {
    const passed = this.#throughControl(a, b, pair);
    if (!passed) return;
    const throughMs = Math.max(passed.a.leftMs, passed.b.leftMs);
    if (pair.nearMs - throughMs > 1000 * this.#options.againSeconds) return;
    if (!this.#parted(pair)) return;
    // Who of a party comes later has not to have parted in that way as well.
    const open = this.#open.find(({ parts }) => parts.has(a) || parts.has(b) || this.#ofParty(parts, a, b));
    if (open || this.#partedBefore(pair)) this.#grow(open, passed, pair, a, b, timeMs);
  }

  /** Closes what nobody else comes to any more. */
  settle(timeMs: number): void {
    if (this.#open.length === 0) return;
    const over = this.#open.filter(({ toMs }) => timeMs - toMs > 1000 * this.#options.growSeconds);
    if (over.length === 0) return;
    this.#open = this.#open.filter((story) => !over.includes(story));
    for (const story of over) this.#tell(this.#event(story, false));
  }

  /** One life goes on as another. */
  handOver(earlier: Life, later: Life): void {
    for (const { parts } of this.#open) {
      const part = parts.get(earlier);
      if (!part) continue;
      parts.delete(earlier);
      if (!parts.has(later)) parts.set(later, part);
    }
  }

  finish(): void {
    for (const story of this.#open) this.#tell(this.#event(story, false));
    this.#open = [];
  }

  #parted(pair: Together): boolean {
    const { togetherSeconds, apartSeconds, apartMetres, meanMetres } = this.#options;
    if (pair.freeSeconds < togetherSeconds || pair.apartMetres < apartMetres) return false;
    if (pair.apartSum < meanMetres * pair.apartLooks) return false;
    return pair.nearMs - pair.partedMs >= apartSeconds * 1000;
  }

  /** Whether they parted before they came to it, rather than at the ropes. */
  #partedBefore({ behindSeconds, firstMetres }: Together): boolean {
    return behindSeconds >= this.#options.behindSeconds || firstMetres >= this.#options.firstMetres;
  }

  /** The last control zone that both passed since they parted, or the last of each; null where one of them passed none. */
  #throughControl(a: Life, b: Life, { partedMs }: Together): Passed | null {
    const since = ({ number }: Life): Passage[] =>
      this.#passages.since(number, partedMs).filter(({ enteredMs }) => enteredMs >= partedMs);
    const first = since(a);
    const second = since(b);
    for (const passage of second.toReversed()) {
      const same = first.findLast(({ zone }) => zone === passage.zone);
      if (same) return { a: same, b: passage };
    }
    const one = first.at(-1);
    const other = second.at(-1);
    return one && other ? { a: one, b: other } : null;
  }

  #grow(open: Story | undefined, passed: Passed, pair: Together, a: Life, b: Life, timeMs: number): void {
    const { zone } = passed.a.leftMs <= passed.b.leftMs ? passed.a : passed.b;
    let story = open;
    if (!story) {
      const [first, second] = a.number < b.number ? [a, b] : [b, a];
      story = {
        key: `regrouping ${first.person} ${second.person} ${zone} ${Math.round(timeMs)}`,
        zone,
        fromMs: pair.sinceMs,
        parts: new Map(),
        toMs: timeMs,
        partedAt: [0, 0],
        metAt: [0, 0],
        togetherSeconds: Number.POSITIVE_INFINITY,
        apartSeconds: 0,
        apartMetres: 0,
        behindSeconds: 0,
      };
      this.#open.push(story);
    }
    const grows = !story.parts.has(a) || !story.parts.has(b);
    story.toMs = timeMs;
    this.#part(story.parts, a, passed.a, pair);
    this.#part(story.parts, b, passed.b, pair);
    story.togetherSeconds = Math.min(story.togetherSeconds, pair.seconds);
    story.apartSeconds = Math.max(story.apartSeconds, (pair.nearMs - pair.partedMs) / 1000);
    story.behindSeconds = Math.max(story.behindSeconds, pair.behindSeconds);
    if (pair.apartMetres > story.apartMetres) {
      story.apartMetres = pair.apartMetres;
      story.partedAt = [pair.x, pair.y];
    }
    story.metAt = [(a.x + b.x) / 2, (a.y + b.y) / 2];
    if (grows) this.#tell(this.#event(story, true));
  }

  /** Whether two were with some of them before, and not for a moment only. */
  #ofParty(parts: ReadonlyMap<Life, Part>, a: Life, b: Life): boolean {
    for (const { number } of parts.keys()) {
      const seconds = Math.max(
        this.#memory.get(a.number, number)?.seconds ?? 0,
        this.#memory.get(b.number, number)?.seconds ?? 0,
      );
      if (seconds >= this.#options.togetherSeconds) return true;
    }
    return false;
  }

  #part(parts: Map<Life, Part>, life: Life, passed: Passage, pair: Together): void {
    const known = parts.get(life);
    if (!known) {
      parts.set(life, { sinceMs: pair.sinceMs, partedMs: pair.partedMs, passed, metMs: pair.nearMs });
      return;
    }
    known.sinceMs = Math.min(known.sinceMs, pair.sinceMs);
    known.partedMs = Math.min(known.partedMs, pair.partedMs);
  }

  #event(story: Story, open: boolean): RegroupingEvent {
    const { key, zone, fromMs, toMs, partedAt, metAt, togetherSeconds, apartSeconds, apartMetres, behindSeconds } =
      story;
    const parts = [...story.parts].sort(([p], [q]) => p.number - q.number);
    const { uncertainty, sameProbability } = doubtOf(parts.map(([life, { sinceMs }]) => [life, sinceMs]));
    return {
      kind: 'regrouping',
      key,
      open,
      persons: parts.map(([{ person }]) => person),
      companions: parts.map(([life, { sinceMs, partedMs, passed, metMs }]) => ({
        names: life.namesBetween(Math.max(fromMs, sinceMs), toMs),
        partedMs,
        zone: passed.zone,
        passedMs: passed.leftMs,
        metMs,
      })),
      zone,
      fromMs,
      toMs,
      partedAt,
      metAt,
      togetherSeconds,
      apartSeconds,
      apartMetres,
      behindSeconds,
      sameProbability,
      uncertainty,
      score: Math.log2(apartMetres / this.#options.apartMetres) + Math.log2(apartSeconds / this.#options.apartSeconds),
    };
  }
}
