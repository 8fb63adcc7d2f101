/** How far tables of positions have been searched for what is past the limit of a zone, so that each run looks at little. */
import type { ZoneLimit } from './zones.ts';

/** Longer than a hub takes to hear of another policy, and a row from its writing to its commit. */
const MARGIN_MS = 600_000;
/** So often all of a table is looked at nevertheless. */
const WHOLE_EVERY_MS = 86_400_000;

interface Sweep {
  readonly sweptMs: number;
  readonly wholeAtMs: number;
}

/**
 * Nothing past the limit of its zone is ever written, so that a place that was searched once stays empty. A hub that starts,
 * another polygon and a clock that was set back begin from the start.
 */
export class ZoneSweeps {
  readonly #sweeps = new Map<string, Sweep>();
  #nowMs = Number.NEGATIVE_INFINITY;

  /** For each run, before its first question. */
  begin(nowMs: number): void {
    if (nowMs < this.#nowMs) this.#sweeps.clear();
    this.#nowMs = nowMs;
  }

  /** From when on a table is to be searched, milliseconds since the epoch; null: from its first row. */
  from(table: string, zone: ZoneLimit): number | null {
    const sweep = this.#sweeps.get(keyOf(table, zone));
    return sweep && this.#nowMs - sweep.wholeAtMs < WHOLE_EVERY_MS ? sweep.sweptMs - MARGIN_MS : null;
  }

  /** Everything up to a moment was searched, and nothing was left there. @param whole from the first row on. */
  done(table: string, zone: ZoneLimit, untilMs: number, whole: boolean): void {
    const key = keyOf(table, zone);
    const wholeAtMs = whole ? this.#nowMs : (this.#sweeps.get(key)?.wholeAtMs ?? this.#nowMs);
    this.#sweeps.set(key, { sweptMs: untilMs, wholeAtMs });
  }
}

const keyOf = (table: string, { floor, zone, polygon }: ZoneLimit): string =>
  JSON.stringify([table, floor, zone, polygon]);
