/** The list of alerts, kept right by live events, and what the person has chosen in it. */
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { AlertList, AlertSummary, Disposition } from '../../../src/api/schemas.ts';
import { ALERTS_A_PAGE, type AlertFilter, type Api, type ApiProblem, asProblem } from '../api/client.ts';

/** What somebody has begun to write about an alert. It outlives screens, errors and lost connections. */
export interface Draft {
  readonly disposition: Disposition | null;
  readonly reason: string;
  readonly note: string;
}

export const emptyDraft: Draft = { disposition: null, reason: '', note: '' };

export interface Queue {
  readonly filter: Signal<AlertFilter>;
  /** Newest first; null before the first answer. */
  readonly alerts: ReadonlySignal<readonly AlertSummary[] | null>;
  readonly counts: ReadonlySignal<AlertList['counts'] | null>;
  readonly problem: ReadonlySignal<ApiProblem | null>;
  /** Whether the hub has older ones than are listed, and whether they are on their way. */
  readonly older: ReadonlySignal<'none' | 'there' | 'coming'>;
  readonly selected: Signal<string | null>;
  readonly drafts: Signal<ReadonlyMap<string, Draft>>;
  load(): Promise<void>;
  /** Lists the next page of older ones as well. */
  loadOlder(): Promise<void>;
  show(filter: AlertFilter): void;
  /** An alert as the hub just told it. */
  receive(alert: AlertSummary): void;
  /** The neighbour of an alert in the list; null at the ends. Without an alert: the first or the last. */
  neighbour(id: string | null, step: 1 | -1): string | null;
  setDraft(id: string, draft: Draft | null): void;
}

const RELOAD_MS = 300;

function isListed(alert: AlertSummary, filter: AlertFilter): boolean {
  if (filter === 'all') return true;
  return filter === 'open' ? alert.state !== 'closed' : alert.state === filter;
}

/** Newest first; the id settles ties, so that equal moments do not change places. */
const byRaised = (a: AlertSummary, b: AlertSummary): number =>
  b.raisedAtMs - a.raisedAtMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

export function createQueue(api: Api): Queue {
  const filter = signal<AlertFilter>('open');
  const known = signal<ReadonlyMap<string, AlertSummary> | null>(null);
  const counts = signal<AlertList['counts'] | null>(null);
  const problem = signal<ApiProblem | null>(null);
  const older = signal<'none' | 'there' | 'coming'>('none');
  const selected = signal<string | null>(null);
  const drafts = signal<ReadonlyMap<string, Draft>>(new Map());
  let running: AbortController | null = null;
  let pages = 1;
  let timer: ReturnType<typeof setTimeout> | undefined;

  // What is selected stays in the list although it may not belong there any more: nothing is pulled away under the eyes.
  const alerts = computed(() => {
    const all = known.value;
    if (!all) return null;
    return [...all.values()]
      .filter((alert) => isListed(alert, filter.value) || alert.id === selected.value)
      .sort(byRaised);
  });

  /** As many pages as are listed: what was scrolled to stays when the list is loaded anew. */
  async function loadPages(abort: AbortSignal): Promise<AlertList & { readonly whole: boolean }> {
    const all: AlertSummary[] = [];
    for (let page = 1; ; page++) {
      const answer = await api.alerts(filter.peek(), abort, all.at(-1)?.raisedAtMs);
      all.push(...answer.alerts);
      const whole = answer.alerts.length < ALERTS_A_PAGE;
      if (whole || page >= pages) return { alerts: all, counts: answer.counts, whole };
    }
  }

  async function load(): Promise<void> {
    running?.abort();
    const own = new AbortController();
    running = own;
    try {
      const answer = await loadPages(own.signal);
      const before = known.peek();
      const next = new Map<string, AlertSummary>();
      for (const alert of answer.alerts) {
        const old = before?.get(alert.id);
        const overtaken = old && old.state === alert.state && old.updatedAtMs > alert.updatedAtMs;
        next.set(alert.id, overtaken ? old : alert);
      }
      const chosen = selected.peek();
      const held = chosen ? before?.get(chosen) : undefined;
      if (held && !next.has(held.id)) next.set(held.id, held);
      known.value = next;
      counts.value = answer.counts;
      older.value = answer.whole ? 'none' : 'there';
      problem.value = null;
    } catch (cause) {
      if (own.signal.aborted) return;
      problem.value = asProblem(cause);
      if (older.peek() === 'coming') older.value = 'there';
    }
  }

  function reloadSoon(): void {
    clearTimeout(timer);
    timer = setTimeout(() => void load(), RELOAD_MS);
  }

  return {
    filter,
    alerts,
    counts,
    problem,
    older,
    selected,
    drafts,
    load,
    async loadOlder() {
      if (older.peek() !== 'there') return;
      older.value = 'coming';
      pages++;
      await load();
    },
    show(next) {
      // Beside another list nothing stands that is not in it. What somebody has begun to write about it is kept.
      const chosen = selected.peek();
      const held = chosen === null ? undefined : known.peek()?.get(chosen);
      if (!held || !isListed(held, next)) selected.value = null;
      filter.value = next;
      known.value = null;
      older.value = 'none';
      pages = 1;
      void load();
    },
    receive(alert) {
      const all = known.peek();
      const old = all?.get(alert.id);
      if (all && (old || isListed(alert, filter.peek()))) known.value = new Map(all).set(alert.id, alert);
      // The counts are the hub's; they are asked for again where this word changes them.
      if (!old || old.state !== alert.state) reloadSoon();
    },
    neighbour(id, step) {
      const list = alerts.peek() ?? [];
      const index = list.findIndex((alert) => alert.id === id);
      if (index < 0) return (step === 1 ? list[0] : list[list.length - 1])?.id ?? null;
      return list[index + step]?.id ?? null;
    },
    setDraft(id, draft) {
      const next = new Map(drafts.peek());
      if (draft) next.set(id, draft);
      else next.delete(id);
      drafts.value = next;
    },
  };
}
