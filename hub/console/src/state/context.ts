import { createContext } from 'preact';
import { useContext, useEffect, useMemo, useRef } from 'preact/hooks';
import type { ConsoleState } from './console.ts';
import { createStory, type Story } from './story.ts';

export const ConsoleContext = createContext<ConsoleState | null>(null);

export function useConsole(): ConsoleState {
  const state = useContext(ConsoleContext);
  if (!state) throw new Error('A part of the console stands outside of it.');
  return state;
}

/**
 * The story of one alert for as long as the caller is on the screen.
 *
 * @param purpose why it is looked at, for a role that may only with a reason.
 */
export function useStory(id: string, purpose?: string): Story {
  const state = useConsole();
  const story = useMemo(() => createStory(state.api, id, () => state.nowMs.peek(), purpose), [state, id, purpose]);
  useEffect(() => {
    void story.load();
    const ends = [
      state.onAlert((alert) => {
        if (alert.id === id) story.receive(alert);
      }),
      state.onReconnect(() => void story.load()),
    ];
    return () => {
      for (const end of ends) end();
      story.dispose();
    };
  }, [state, story, id]);
  return story;
}

/**
 * After another screen came up nothing has the focus, and a screen reader says nothing: then what the screen is about takes it.
 *
 * @param ready whether it is drawn.
 */
export function useArrival(ready: boolean, find: () => HTMLElement | null | undefined): void {
  useEffect(() => {
    if (ready && document.activeElement === document.body) find()?.focus({ preventScroll: true });
  }, [ready]);
}

const TYPED_INTO = 'input:not([type="radio"], [type="checkbox"]), textarea, select';
/** Keys that belong to the control that has the focus. */
const OWN_KEYS: readonly (readonly [string, string])[] = [
  ['a, button, [role="slider"]', 'Enter'],
  ['a, button, [role="slider"], [type="radio"], [type="checkbox"]', 'Space'],
  ['[type="radio"]', 'ArrowLeft ArrowRight ArrowUp ArrowDown'],
];

/** Keys of a screen, by `KeyboardEvent.key`. Typing into a field is never taken for a command. */
export function useKeys(commands: Readonly<Record<string, (event: KeyboardEvent) => void>>): void {
  // What the last drawing gave: two quick presses must not both act on what was there before the first.
  const latest = useRef(commands);
  latest.current = commands;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      // What is open on top gets every key, the one that closes it too.
      if (document.querySelector('dialog[open], [popover]:popover-open')) return;
      const target = event.target instanceof HTMLElement ? event.target : null;
      if (target?.closest(TYPED_INTO)) {
        if (event.key === 'Escape') target.blur();
        return;
      }
      const key = event.key === ' ' ? 'Space' : event.key;
      if (OWN_KEYS.some(([controls, keys]) => target?.closest(controls) && keys.split(' ').includes(key))) return;
      const command = latest.current[event.key];
      if (!command) return;
      event.preventDefault();
      command(event);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
