/** The moment of a replay, and its hands: play, speed, seek. */
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';

export const SPEEDS = [1, 2, 4, 8, 16] as const;
export type Speed = (typeof SPEEDS)[number];

export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Player {
  readonly timeMs: ReadonlySignal<number>;
  readonly playing: ReadonlySignal<boolean>;
  readonly speed: Signal<Speed>;
  /** Whether the moment is the newest there is, and goes along as the story grows. */
  readonly following: ReadonlySignal<boolean>;
  seek(timeMs: number): void;
  toggle(): void;
  pause(): void;
}

/** The moment before or after a time; the time itself where there is none. A moment closer than 0.25 s counts as reached. */
export function momentBeside(moments: readonly number[], timeMs: number, step: 1 | -1): number {
  const sorted = [...moments].sort((a, b) => a - b);
  const beside = step === 1 ? sorted.find((at) => at > timeMs + 250) : sorted.findLast((at) => at < timeMs - 250);
  return beside ?? timeMs;
}

export function createPlayer(range: ReadonlySignal<TimeRange>): Player {
  /** Null: the end of the range, wherever that goes. */
  const chosen = signal<number | null>(null);
  const playing = signal(false);
  const speed = signal<Speed>(4);
  const timeMs = computed(() => {
    const { fromMs, toMs } = range.value;
    return chosen.value === null ? toMs : Math.min(toMs, Math.max(fromMs, chosen.value));
  });
  let frame = 0;
  let lastMs = 0;

  const pause = () => {
    cancelAnimationFrame(frame);
    playing.value = false;
  };
  const tick = (nowMs: number) => {
    const next = timeMs.peek() + (nowMs - lastMs) * speed.peek();
    lastMs = nowMs;
    if (next >= range.peek().toMs) {
      chosen.value = null;
      pause();
      return;
    }
    chosen.value = next;
    frame = requestAnimationFrame(tick);
  };

  return {
    timeMs,
    playing,
    speed,
    following: computed(() => chosen.value === null),
    seek(to) {
      chosen.value = to >= range.peek().toMs ? null : to;
    },
    toggle() {
      if (playing.peek()) {
        pause();
        return;
      }
      if (chosen.peek() === null) chosen.value = range.peek().fromMs;
      playing.value = true;
      lastMs = performance.now();
      frame = requestAnimationFrame(tick);
    },
    pause,
  };
}
