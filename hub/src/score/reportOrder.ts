/**
 * Puts one camera's reports back into the order of their sequence numbers. A report whose predecessor is there goes
 * through at once; behind a hole it waits until the hole is filled, declared as a gap, or older than the window.
 */
import type { CameraReport } from '@safe-passage/contract';
import type { ReceivedReport } from './scoring.ts';

/** The sequence number that a report makes known as settled. */
const lastSequenceOf = (report: CameraReport): number =>
  report.schema === 'gap-report/1' ? Math.max(report.sequence, report.lastSequence) : report.sequence;

export interface DueReport {
  readonly received: ReceivedReport;
  /** It came after its successors had gone through: it says nothing about how far the camera has come. */
  readonly late: boolean;
}

const onTime = (received: ReceivedReport): DueReport => ({ received, late: false });

export class ReportOrder {
  readonly #windowMs: number;
  /** The number that comes next; 0 before the first report. */
  #next = 0;
  readonly #waiting = new Map<number, ReceivedReport>();

  /** @param windowMs how long a hole is waited for, in the time of the reports and in the time of their arrival. */
  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Takes a report and gives back those that are due, in order. A duplicate gives nothing or comes through late. */
  take(received: ReceivedReport): DueReport[] {
    const { sequence } = received.report;
    if (this.#next === 0) this.#next = sequence;
    // Older than what was waited for: its own time still counts, and known positions are ignored further on.
    if (sequence < this.#next) return [{ received, late: true }];
    this.#waiting.set(sequence, received);
    const due = this.#drain();
    let oldest: ReceivedReport | undefined;
    let newestMs = Number.NEGATIVE_INFINITY;
    for (const held of this.#waiting.values()) {
      if (!oldest || held.report.sequence < oldest.report.sequence) oldest = held;
      newestMs = Math.max(newestMs, held.report.toMs);
    }
    if (oldest && newestMs - oldest.report.fromMs > this.#windowMs) due.push(...this.#skipHole());
    return due;
  }

  /** Gives up on holes that were waited for too long. */
  advance(nowMs: number): DueReport[] {
    for (const held of this.#waiting.values()) {
      if (nowMs - held.receivedAtMs > this.#windowMs) return this.#skipHole();
    }
    return [];
  }

  #drain(): DueReport[] {
    const due: DueReport[] = [];
    for (;;) {
      const received = this.#waiting.get(this.#next);
      if (!received) return due;
      this.#waiting.delete(this.#next);
      this.#next = Math.max(this.#next, lastSequenceOf(received.report)) + 1;
      due.push(onTime(received));
    }
  }

  #skipHole(): DueReport[] {
    this.#next = Math.min(...this.#waiting.keys());
    return this.#drain();
  }
}
