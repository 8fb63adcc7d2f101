/** Keys that every screen with a story has. */
import { momentBeside } from '../state/player.ts';
import type { Story } from '../state/story.ts';
import { stopsOf } from '../timeline/moments.ts';

type Commands = Record<string, () => void>;

export function momentKeys(story: Story): Commands {
  const go = (step: 1 | -1) => story.player.seek(momentBeside(stopsOf(story), story.player.timeMs.peek(), step));
  return { ArrowRight: () => go(1), ArrowLeft: () => go(-1) };
}

/** `1` lights up the first reason, `1` again puts it out. */
export function reasonKeys(story: Story): Commands {
  const light = (index: number) => {
    const count = story.alert.peek()?.detail.reasons.length ?? 0;
    if (index < count) story.lit.value = story.lit.peek() === index ? null : index;
  };
  return Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8, 9].map((digit) => [String(digit), () => light(digit - 1)]));
}

export function focusDisposition(): void {
  const form = document.querySelector('.disposition');
  const target = form?.querySelector('input') ?? form?.querySelector('button');
  if (target instanceof HTMLElement) target.focus();
}
