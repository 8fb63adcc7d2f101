/** One alert with its evidence, growing while somebody looks at it. */

import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Polygon } from '@safe-passage/contract';
import type { AlertSummary, AlertView, Evidence } from '../../../src/api/schemas.ts';
import { type Api, type ApiProblem, asProblem } from '../api/client.ts';
import { boxAround, type FloorBox, widened } from '../figure/view.ts';
import { castOf, isDwellOnly, lineOf, type StoryLine } from '../story/cast.ts';
import { createPlayer, type Player, type TimeRange } from './player.ts';

/** A key moment with the words for it. */
export interface StoryMoment {
  readonly atMs: number;
  readonly label: string;
  /** Whose it is, the key of a line; null where there is no cast yet. */
  readonly line: string | null;
}

/** What is pointed at, and so lit up everywhere: a reason with its persons, time and place, or a person. */
export interface Lit {
  /** The reason's number, from 1; null where a person is pointed at. */
  readonly number: number | null;
  /** Keys of lines. */
  readonly lines: ReadonlySet<string>;
  readonly fromMs: number;
  readonly toMs: number;
  readonly place: readonly [number, number] | null;
}

export interface Story {
  readonly id: string;
  readonly alert: ReadonlySignal<AlertView | null>;
  /** When the hub was asked for it last, and answered. */
  readonly readAtMs: ReadonlySignal<number>;
  readonly evidence: ReadonlySignal<Evidence | null>;
  readonly problem: ReadonlySignal<ApiProblem | null>;
  readonly evidenceProblem: ReadonlySignal<ApiProblem | null>;
  readonly range: ReadonlySignal<TimeRange>;
  /** When the limit was passed. */
  readonly limitAtMs: ReadonlySignal<number>;
  readonly moments: ReadonlySignal<readonly StoryMoment[]>;
  /** Everybody in it. */
  readonly cast: ReadonlySignal<readonly StoryLine[]>;
  /** A stay alone, told by its limit. */
  readonly dwellOnly: ReadonlySignal<boolean>;
  readonly player: Player;
  /** The reason that is pointed at. */
  readonly lit: Signal<number | null>;
  /** The person who is pointed at: the key of a line. */
  readonly pointed: Signal<string | null>;
  readonly shown: ReadonlySignal<Lit | null>;
  load(): Promise<void>;
  /** The alert as an action of this person left it. */
  replace(alert: AlertView): void;
  /** The alert as the hub just told it. */
  receive(alert: AlertSummary): void;
  dispose(): void;
}

const EVIDENCE_EVERY_MS = 3_000;
const ALERT_EVERY_MS = 1_000;
const AROUND_METRES = 2;

/** Where the story took place: its zone and the paths during the presence, with some floor around them. */
export function storyBox(alert: AlertView | null, evidence: Evidence | null, zone: Polygon): FloorBox | null {
  if (!alert || !evidence) return null;
  const points: (readonly [number, number])[] = evidence.paths
    .filter((path) => path.role !== 'other')
    .flatMap((path) => path.points)
    .filter(([atMs]) => atMs >= alert.fromMs - 5_000 && atMs <= alert.toMs + 5_000)
    .map(([, x, y]) => [x, y] as const);
  const box = boxAround([...points, ...zone]);
  return box ? widened(box, 10, 6, AROUND_METRES) : null;
}

/**
 * @param now the hub's clock.
 * @param purpose why it is looked at, for a role that may only with a reason.
 */
export function createStory(api: Api, id: string, now: () => number, purpose?: string): Story {
  const alert = signal<AlertView | null>(null);
  const readAtMs = signal(0);
  const evidence = signal<Evidence | null>(null);
  const problem = signal<ApiProblem | null>(null);
  const evidenceProblem = signal<ApiProblem | null>(null);
  const lit = signal<number | null>(null);
  const pointed = signal<string | null>(null);
  const end = new AbortController();
  const timers = new Map<string, ReturnType<typeof setTimeout>>();

  const range = computed<TimeRange>(() => {
    const story = alert.value;
    let fromMs = story?.fromMs ?? 0;
    // As far as the paths go: the alert itself may be some seconds ahead of them, and then there is nothing to show.
    let toMs = Number.NEGATIVE_INFINITY;
    for (const path of evidence.value?.paths ?? []) {
      if (path.role === 'other') continue;
      fromMs = Math.min(fromMs, path.points[0]?.[0] ?? fromMs);
      toMs = Math.max(toMs, path.points[path.points.length - 1]?.[0] ?? toMs);
    }
    if (toMs === Number.NEGATIVE_INFINITY) toMs = story?.toMs ?? 1;
    return { fromMs, toMs: Math.max(toMs, fromMs + 1) };
  });
  const cast = computed(() => {
    const detail = alert.value?.detail;
    return detail ? castOf(detail) : [];
  });
  const dwellOnly = computed(() => {
    const detail = alert.value?.detail;
    return detail === undefined || isDwellOnly(detail);
  });
  const limitAtMs = computed(() => {
    const story = alert.value;
    const limitSeconds = story?.detail.limitSeconds ?? null;
    if (!story || limitSeconds === null) return Number.POSITIVE_INFINITY;
    // A stay that is a part of a longer story began when somebody began to dwell.
    const dwelling = story.detail.persons.filter((person) => person.role === 'dwelling');
    const fromMs = dwellOnly.value ? story.fromMs : Math.min(...dwelling.map((person) => person.fromMs));
    return fromMs + limitSeconds * 1000;
  });
  const moments = computed<readonly StoryMoment[]>(() => {
    const told = alert.value?.detail.moments ?? [];
    return told
      .map((moment) => ({
        atMs: moment.atMs,
        label: moment.label,
        line: lineOf(cast.value, moment)?.key ?? null,
      }))
      .sort((a, b) => a.atMs - b.atMs);
  });
  const shown = computed<Lit | null>(() => {
    const lines = cast.value;
    const reason = lit.value === null ? undefined : alert.value?.detail.reasons[lit.value];
    if (reason && lit.value !== null) {
      const about = lines.filter(
        (line) => !reason.persons || reason.persons.some((person) => line.persons.includes(person)),
      );
      return {
        number: lit.value + 1,
        lines: new Set(about.map((line) => line.key)),
        fromMs: reason.fromMs,
        toMs: reason.toMs,
        place: reason.place ?? null,
      };
    }
    const line = lines.find((one) => one.key === pointed.value);
    if (!line) return null;
    return {
      number: null,
      lines: new Set([line.key]),
      fromMs: Math.min(...line.stretches.map((stretch) => stretch.fromMs)),
      toMs: Math.max(...line.stretches.map((stretch) => stretch.toMs)),
      place: null,
    };
  });

  async function loadAlert(): Promise<void> {
    try {
      alert.value = await api.alert(id, end.signal, purpose);
      readAtMs.value = now();
      problem.value = null;
    } catch (cause) {
      if (!end.signal.aborted) problem.value = asProblem(cause);
    }
  }

  async function loadEvidence(): Promise<void> {
    try {
      evidence.value = await api.evidence(id, end.signal, purpose);
      evidenceProblem.value = null;
    } catch (cause) {
      if (!end.signal.aborted) evidenceProblem.value = asProblem(cause);
    }
  }

  function later(name: string, delayMs: number, action: () => Promise<void>): void {
    if (timers.has(name) || end.signal.aborted) return;
    timers.set(
      name,
      setTimeout(() => {
        timers.delete(name);
        void action();
      }, delayMs),
    );
  }

  const player = createPlayer(range);
  return {
    id,
    alert,
    readAtMs,
    evidence,
    problem,
    evidenceProblem,
    range,
    limitAtMs,
    moments,
    cast,
    dwellOnly,
    player,
    lit,
    pointed,
    shown,
    async load() {
      await Promise.all([loadAlert(), loadEvidence()]);
    },
    replace(next) {
      alert.value = next;
    },
    receive(summary) {
      const before = alert.peek();
      if (!before) return;
      alert.value = { ...before, ...summary };
      later('alert', ALERT_EVERY_MS, loadAlert);
      if (summary.toMs !== before.toMs || summary.live !== before.live)
        later('evidence', EVIDENCE_EVERY_MS, loadEvidence);
    },
    dispose() {
      end.abort();
      player.pause();
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}
