/** Adds up what dashboards show, and says every ten seconds that the hub is there. What fails is tried again. */
import type { HubContext, StartPart } from '../hub.ts';
import { hubVersion } from '../version.ts';

const SAY_EVERY_MS = 10_000;
/** Every sixth time, once a minute, counts are brought up to date. */
const ADD_EVERY = 6;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** A stay is stored some seconds after it has changed. */
const SETTLE_MS = 20_000;
/** So far back stays may still change as a matter of course, and once an hour those that came late. */
const USUAL_MS = 15 * MINUTE_MS;
const LATE_MS = 6 * HOUR_MS;

type SummaryContext = Pick<HubContext, 'store' | 'logger' | 'counters' | 'retention'> & {
  readonly config: Pick<HubContext['config'], 'site' | 'timeZone' | 'floors' | 'consoleUrl'>;
};

const reasonOf = (problem: unknown): string => (problem instanceof Error ? problem.message : String(problem));

/** Brings the counts up to date at a moment. `through` is what they reached before, null at the start. */
export async function summarise(
  store: HubContext['store']['summaries'],
  nowMs: number,
  presentSinceMs: number,
  addedMs: number | null,
): Promise<void> {
  const toMs = nowMs - SETTLE_MS;
  const known = addedMs ?? (await store.zonesThrough()) ?? toMs - LATE_MS;
  const hourly = addedMs === null || Math.floor(addedMs / HOUR_MS) !== Math.floor(toMs / HOUR_MS);
  // Not further back than a month, however long the hub was away.
  const fromMs = Math.max(Math.min(known, toMs) - (hourly ? LATE_MS : USUAL_MS), toMs - 31 * 24 * HOUR_MS);
  await store.addZones(fromMs, toMs, presentSinceMs);
  await store.addFlows(fromMs, toMs);
  await store.addCells(toMs);
}

/** For {@link runHub}: counts for dashboards, and the hub's sign of life. */
export function summaryPart(): StartPart {
  return async (context: SummaryContext) => {
    const { config, store, logger, counters, retention } = context;
    const startedMs = Date.now();
    await store.summaries.savePlans(config.timeZone, config.floors);
    let addedMs: number | null = null;
    let round = 0;
    const once = async (): Promise<void> => {
      const nowMs = Date.now();
      const problems = [
        ...(counters().connected ? [] : ['broker']),
        ...(retention().late ? ['retention is late'] : []),
      ];
      try {
        await store.summaries.say({
          version: hubVersion(),
          consoleUrl: config.consoleUrl,
          startedMs,
          nowMs,
          problems,
        });
        if (round++ % ADD_EVERY !== 0) return;
        await summarise(store.summaries, nowMs, startedMs, addedMs);
        addedMs = nowMs - SETTLE_MS;
      } catch (problem) {
        logger.warn({ reason: reasonOf(problem) }, 'figures for dashboards could not be written: trying again');
      }
    };
    let running: Promise<void> | null = once();
    const timer = setInterval(() => {
      running ??= once();
      void running.finally(() => {
        running = null;
      });
    }, SAY_EVERY_MS);
    void running.finally(() => {
      running = null;
    });
    return {
      name: 'summary',
      stop: async () => {
        clearInterval(timer);
        await running;
      },
    };
  };
}
