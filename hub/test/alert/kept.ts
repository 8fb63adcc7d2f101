import type { AlertRecord, AlertTransition } from '../../src/alert/transition.ts';

/** The alerts as a store has them, by id. */
export class Kept {
  readonly alerts = new Map<string, AlertRecord>();
  readonly raised: string[] = [];
  readonly #presences: ReadonlySet<string>;

  /** @param presences the identifiers of stays below their limit. */
  constructor(presences: ReadonlySet<string> = new Set()) {
    this.#presences = presences;
  }

  take(transitions: readonly AlertTransition[]): void {
    for (const { event, alert } of transitions) {
      if (event === 'raised') this.raised.push(alert.id);
      this.alerts.set(alert.id, alert);
    }
  }

  /** The movements of each story that goes on in no other; a presence that only counted beside one is none. */
  get stories(): string[][] {
    const standing = [...this.alerts.values()].filter(({ wentOnIn }) => !wentOnIn);
    return standing
      .map(({ parts }) => (parts ?? []).filter((id) => !this.#presences.has(id)).sort())
      .sort((a, b) => ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1));
  }
}
