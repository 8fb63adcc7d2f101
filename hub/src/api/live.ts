/**
 * What happens, told to whoever looks at this moment. Each event carries the whole state of what it is about, so that a
 * listener who missed one is right again with the next. The bus keeps nothing.
 */
import type { LiveEvents } from './schemas.ts';

export type LiveEventName = keyof LiveEvents;

/** One event as a listener gets it. */
export type LiveMessage = {
  readonly [E in LiveEventName]: { readonly event: E; readonly data: LiveEvents[E] };
}[LiveEventName];

export type LiveListener = (message: LiveMessage) => void;

/**
 * Ingest, scoring and reviewers publish into it; the streams of GET /api/live listen. Publishing never throws and never
 * waits: a listener that fails is told to `onListenerError` and harms neither the publisher nor the other listeners.
 */
export class LiveBus {
  readonly #listeners = new Set<LiveListener>();
  readonly #onListenerError: (problem: unknown) => void;

  constructor(onListenerError: (problem: unknown) => void = () => undefined) {
    this.#onListenerError = onListenerError;
  }

  publish<E extends LiveEventName>(event: E, data: LiveEvents[E]): void {
    const message = { event, data } as LiveMessage;
    for (const listener of this.#listeners) {
      try {
        listener(message);
      } catch (problem) {
        this.#onListenerError(problem);
      }
    }
  }

  /** @returns ends the subscription; harmless when called twice. */
  subscribe(listener: LiveListener): () => void {
    // A wrapper of its own for every subscription: the same function subscribed twice is two listeners.
    const own: LiveListener = (message) => listener(message);
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  }

  get listeners(): number {
    return this.#listeners.size;
  }
}
