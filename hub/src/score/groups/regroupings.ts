/** Together, apart through a control zone, together again: told as those who parted meet again, one after another. */
import { doubtOf } from './doubt.ts';
import type { RegroupingEvent } from './event.ts';
import type { Life } from './lives.ts';
import type { Together, TogetherMemory } from './memory.ts';
import type { Passages } from './passages.ts';

export interface RegroupingOptions {
  /** Least time together before, least time apart, and least distance apart. */
  readonly togetherSeconds: number;
  readonly apartSeconds: number;
  readonly apartMetres: number;
  /** Who meets the others later than this after the last one did is another story. */
  readonly growSeconds: number;
}

export const REGROUPING_DEFAULTS: RegroupingOptions = {
  togetherSeconds: 10,
  apartSeconds: 5,
  apartMetres: 4,
  growSeconds: 60,
};

/** The live partition lags behind a parting by as much: a passage that ended so shortly before counts. */
const PASSAGE_SLACK_MS = 5000;

/** One of them, by life. */
interface Part {
  sinceMs: number;
  partedMs: number;
  passedMs: number;
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
}

/** Two who met again, and when each left the zone. */
interface Again {
  readonly a: Life;
  readonly b: Life;
  readonly aPassedMs: number;
  readonly bPassedMs: number;
  readonly pair: Together;
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

  /** Some are in one group again, or for the first time. Asked before the memory takes note of it. */
  met(changed: readonly Life[], members: readonly Life[], timeMs: number): void {
    const byZone = new Map<string, Again[]>();
    for (const a of changed) {
      for (const b of members) {
        if (a === b || (changed.includes(b) && b.number < a.number)) continue;
        const pair = this.#memory.get(a.number, b.number);
        if (pair && this.#parted(pair, timeMs)) this.#throughControl(a, b, pair, byZone);
      }
    }
    for (const [zone, pairs] of byZone) this.#grow(zone, pairs, timeMs);
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

  #parted(pair: Together, timeMs: number): boolean {
    const { togetherSeconds, apartSeconds, apartMetres } = this.#options;
    if (pair.seconds < togetherSeconds || pair.apartMetres < apartMetres) return false;
    return timeMs - pair.lastMs >= apartSeconds * 1000;
  }

  #throughControl(a: Life, b: Life, pair: Together, byZone: Map<string, Again[]>): void {
    const since = pair.lastMs - PASSAGE_SLACK_MS;
    const passed = new Map(this.#passages.since(a.number, since).map(({ zone, leftMs }) => [zone, leftMs]));
    const seen = new Set<string>();
    for (const { zone, leftMs } of this.#passages.since(b.number, since)) {
      const aPassedMs = passed.get(zone);
      if (aPassedMs === undefined || seen.has(zone)) continue;
      seen.add(zone);
      const again = { a, b, aPassedMs, bPassedMs: leftMs, pair };
      const list = byZone.get(zone);
      if (list) list.push(again);
      else byZone.set(zone, [again]);
    }
  }

  #grow(zone: string, pairs: readonly Again[], timeMs: number): void {
    const people = new Set(pairs.flatMap(({ a, b }) => [a, b]));
    let story = this.#open.find((one) => one.zone === zone && [...one.parts.keys()].some((life) => people.has(life)));
    if (!story) {
      const names = [...people].sort((p, q) => p.number - q.number).slice(0, 2);
      story = {
        key: `regrouping ${names.map(({ person }) => person).join(' ')} ${zone} ${timeMs}`,
        zone,
        fromMs: Math.min(...pairs.map(({ pair }) => pair.sinceMs)),
        parts: new Map(),
        toMs: timeMs,
        partedAt: [0, 0],
        metAt: [0, 0],
        togetherSeconds: Number.POSITIVE_INFINITY,
        apartSeconds: 0,
        apartMetres: 0,
      };
      this.#open.push(story);
    }
    story.toMs = timeMs;
    const { parts } = story;
    for (const { a, b, aPassedMs, bPassedMs, pair } of pairs) {
      this.#part(parts, a, aPassedMs, pair, timeMs);
      this.#part(parts, b, bPassedMs, pair, timeMs);
      story.togetherSeconds = Math.min(story.togetherSeconds, pair.seconds);
      story.apartSeconds = Math.max(story.apartSeconds, (timeMs - pair.lastMs) / 1000);
      if (pair.apartMetres > story.apartMetres) {
        story.apartMetres = pair.apartMetres;
        story.partedAt = [pair.x, pair.y];
      }
      story.metAt = [(a.x + b.x) / 2, (a.y + b.y) / 2];
    }
    this.#tell(this.#event(story, true));
  }

  #part(parts: Map<Life, Part>, life: Life, passedMs: number, pair: Together, timeMs: number): void {
    const known = parts.get(life);
    if (!known) {
      parts.set(life, { sinceMs: pair.sinceMs, partedMs: pair.lastMs, passedMs, metMs: timeMs });
      return;
    }
    known.sinceMs = Math.min(known.sinceMs, pair.sinceMs);
    known.partedMs = Math.min(known.partedMs, pair.lastMs);
  }

  #event(story: Story, open: boolean): RegroupingEvent {
    const { key, zone, fromMs, toMs, partedAt, metAt, togetherSeconds, apartSeconds, apartMetres } = story;
    const parts = [...story.parts].sort(([p], [q]) => p.number - q.number);
    const { uncertainty, sameProbability } = doubtOf(parts.map(([life, { sinceMs }]) => [life, sinceMs]));
    return {
      kind: 'regrouping',
      key,
      open,
      persons: parts.map(([{ person }]) => person),
      companions: parts.map(([life, { sinceMs, partedMs, passedMs, metMs }]) => ({
        names: life.namesBetween(Math.max(fromMs, sinceMs), toMs),
        partedMs,
        passedMs,
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
      sameProbability,
      uncertainty,
      score: Math.log2(apartMetres / 4) + Math.log2(apartSeconds / 5),
    };
  }
}
