/** What a time line marks, and where its arrow keys stop. */
import type { Story, StoryMoment } from '../state/story.ts';
import { duration } from '../words/quantity.ts';

/** A moment closer than this is the one that is shown. */
const REACHED_MS = 250;

export interface Mark {
  readonly atMs: number;
  readonly label: string;
  readonly kind: 'moment' | 'limit';
  /** The key of the line it stands on. */
  readonly line: string | null;
}

/** Every moment that the arrow keys stop at, from the first to the last. */
export function stopsOf(story: Story): number[] {
  const range = story.range.value;
  const inside = (at: number) => at >= range.fromMs && at <= range.toMs;
  return [range.fromMs, ...story.moments.value.map((moment) => moment.atMs), story.limitAtMs.value, range.toMs].filter(
    inside,
  );
}

export function marksOf(story: Story): Mark[] {
  const limitSeconds = story.alert.value?.detail.limitSeconds ?? 0;
  const range = story.range.value;
  const marks: Mark[] = story.moments.value.map((moment) => ({ ...moment, kind: 'moment' }));
  const limitAtMs = story.limitAtMs.value;
  const dwelling = story.cast.value.find((line) => line.stretches.some(({ role }) => role === 'dwelling'));
  if (limitAtMs <= range.toMs && limitAtMs >= range.fromMs) {
    marks.unshift({
      atMs: limitAtMs,
      label: `limit ${duration(limitSeconds)}`,
      kind: 'limit',
      line: dwelling?.key ?? null,
    });
  }
  // A key moment that says the limit was passed is the limit's own mark.
  return marks.filter(
    (mark) =>
      mark.kind === 'limit' ||
      (Math.abs(mark.atMs - limitAtMs) > 900 && mark.atMs >= range.fromMs && mark.atMs <= range.toMs),
  );
}

/** The key moments that are shown at a time: several may come at once. */
export function momentsAt(story: Story, timeMs: number): StoryMoment[] {
  return story.moments.value.filter((moment) => Math.abs(moment.atMs - timeMs) < REACHED_MS);
}

/** `second leader: took over`; the label alone in a stay, which is one person's. */
export function momentWords(story: Story, moment: StoryMoment): string {
  const line = story.dwellOnly.value ? undefined : story.cast.value.find((one) => one.key === moment.line);
  return line ? `${line.name}: ${moment.label}` : moment.label;
}
