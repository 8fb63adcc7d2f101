/** What a hub does again and again, one at a time. */
export interface Recurring {
  /** Does it once more, after what is under way. */
  now(): Promise<void>;
  /** Waits for what is under way, whose signal is aborted. */
  stop(): Promise<void>;
}

/** @param once handles its own errors. Asked again every so many seconds; the first time only where somebody says `now`. */
export function recurring(once: (signal: AbortSignal) => Promise<void>, seconds: number): Recurring {
  const over = new AbortController();
  const { signal } = over;
  let running: Promise<void> = Promise.resolve();
  const now = (): Promise<void> => {
    running = running.then(() => (signal.aborted ? undefined : once(signal)));
    return running;
  };
  const timer = setInterval(() => void now(), seconds * 1000);
  return {
    now,
    stop: async () => {
      clearInterval(timer);
      over.abort();
      await running;
    },
  };
}
