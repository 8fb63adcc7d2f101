import { type ReadonlySignal, signal } from '@preact/signals';

/** What can be shown on the floor, in the order of its keys. */
export const LAYERS = ['people', 'groups', 'density', 'flows', 'queues', 'blind', 'cameras'] as const;
export type Layer = (typeof LAYERS)[number];

export interface Layers {
  readonly shown: ReadonlySignal<ReadonlySet<Layer>>;
  toggle(layer: Layer): void;
}

const STORED_AS = 'safe-passage-layers';
const AT_FIRST: readonly Layer[] = ['people', 'groups', 'queues', 'blind'];

function stored(): readonly Layer[] {
  try {
    const names = localStorage.getItem(STORED_AS)?.split(' ');
    return names ? LAYERS.filter((layer) => names.includes(layer)) : AT_FIRST;
  } catch {
    return AT_FIRST;
  }
}

/** The layers that a person chose, for as long as their browser keeps them. */
export function createLayers(): Layers {
  const shown = signal<ReadonlySet<Layer>>(new Set(stored()));
  return {
    shown,
    toggle(layer) {
      const next = new Set(shown.peek());
      if (!next.delete(layer)) next.add(layer);
      shown.value = next;
      try {
        localStorage.setItem(STORED_AS, [...next].join(' '));
      } catch {
        // Storage may be forbidden; the choice then lasts as long as the page.
      }
    },
  };
}
