import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Presence } from '../../../src/api/schemas.ts';
import { PeopleField } from '../figure/peopleField.ts';

/** One floor as it is now. */
export interface FloorNow {
  readonly field: PeopleField;
  readonly latest: ReadonlySignal<Presence | null>;
  onChange(listener: () => void): () => void;
}

export interface FloorsNow {
  of(floor: string): FloorNow;
  update(presence: Presence): void;
}

interface Entry extends FloorNow {
  readonly latest: Signal<Presence | null>;
  readonly listeners: Set<() => void>;
}

export function createFloorsNow(): FloorsNow {
  const entries = new Map<string, Entry>();
  const of = (floor: string): Entry => {
    const known = entries.get(floor);
    if (known) return known;
    const listeners = new Set<() => void>();
    const entry: Entry = {
      field: new PeopleField(),
      latest: signal(null),
      listeners,
      onChange(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    };
    entries.set(floor, entry);
    return entry;
  };
  return {
    of,
    update(presence) {
      const entry = of(presence.floor);
      entry.field.update(presence, performance.now());
      entry.latest.value = presence;
      for (const listener of entry.listeners) listener();
    },
  };
}
