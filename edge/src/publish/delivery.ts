/**
 * Which report goes to the broker when. The broker's acknowledgement (PUBACK) says that a report is on its way, not that the hub
 * has it: a broker that is killed loses what it had acknowledged. A report leaves the outbox with the hub's receipt; what is
 * not confirmed is sent again, at each new connection, and, with growing pauses, when later reports were confirmed.
 */
import type { Outbox, OutboxRow } from '../outbox/outbox.ts';

export interface DeliveryOptions {
  readonly outbox: Outbox;
  /** Whose word destroys a report. */
  readonly confirm: 'hub' | 'broker';
  /** Key of the pseudonyms at this moment, for gap reports. */
  readonly epoch: () => string;
  /** Milliseconds on any clock that only goes forward. */
  readonly clock: () => number;
}

/** Hands a row to the broker. @returns when the broker has acknowledged it; rejects where it will not. */
export type Send = (row: OutboxRow) => Promise<void>;

interface Sent {
  readonly epoch: string;
  sentAt: number;
  attempts: number;
  acknowledged: boolean;
}

/** Reports that wait for the broker's acknowledgement at a time. */
const MAX_IN_FLIGHT = 64;
/** Reports that wait for the hub's receipt at a time; as many as one receipt may name. */
const MAX_UNCONFIRMED = 4096;
/** A report is sent again after so long when a later one was confirmed, and after three times as long without that hint. */
const RESEND_MS = 10_000;
const RESEND_UNPROMPTED_MS = 30_000;
const RESEND_LIMIT_MS = 300_000;
/** Reports that are sent again without a hint, of the oldest ones, and with one, at a time: no storm upon a hub that is slow. */
const MAX_UNPROMPTED = 16;
const MAX_RESENT = 64;

export class Delivery {
  readonly #options: DeliveryOptions;
  /** In order of sequence: entries are added in this order and never moved. */
  readonly #unconfirmed = new Map<number, Sent>();
  #send: Send | null = null;
  #connection = 0;
  #inFlight = 0;
  #cursor = 0;
  #latestConfirmed = 0;
  #drained: (() => void)[] = [];

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /** A connection stands: everything that is not confirmed goes out, oldest first. */
  connected(send: Send): void {
    this.#reset(send);
    this.wake();
  }

  disconnected(): void {
    this.#reset(null);
  }

  /** There may be something to send. */
  wake(): void {
    if (!this.#send) return;
    this.#options.outbox.declareGaps(this.#options.epoch());
    const room = Math.min(MAX_IN_FLIGHT - this.#inFlight, MAX_UNCONFIRMED - this.#unconfirmed.size);
    if (room <= 0) return;
    for (const row of this.#options.outbox.rowsAfter(this.#cursor, room)) {
      this.#cursor = row.sequence;
      this.#transmit(row, { epoch: row.epoch, sentAt: 0, attempts: 0, acknowledged: false });
    }
  }

  /** The hub has these. */
  receipt(epoch: string, sequences: readonly number[]): void {
    this.#options.outbox.confirm(epoch, sequences);
    for (const sequence of sequences) {
      if (this.#unconfirmed.get(sequence)?.epoch !== epoch) continue;
      this.#unconfirmed.delete(sequence);
      this.#latestConfirmed = Math.max(this.#latestConfirmed, sequence);
    }
    this.wake();
    this.#noteDrained();
  }

  /** To be called about once a second: sends again what should have been confirmed by now. */
  tick(): void {
    if (!this.#send) return;
    const now = this.#options.clock();
    let position = 0;
    let resent = 0;
    for (const [sequence, sent] of this.#unconfirmed) {
      position += 1;
      const hinted = sequence < this.#latestConfirmed;
      if (!hinted && position > MAX_UNPROMPTED) break;
      if (resent >= MAX_RESENT || this.#inFlight >= MAX_IN_FLIGHT) break;
      const first = hinted ? RESEND_MS : RESEND_UNPROMPTED_MS;
      const pause = Math.min(RESEND_LIMIT_MS, first * 2 ** (sent.attempts - 1));
      if (!sent.acknowledged || now - sent.sentAt < pause) continue;
      const row = this.#options.outbox.row(sequence);
      if (!row) {
        this.#unconfirmed.delete(sequence);
        continue;
      }
      resent += 1;
      this.#transmit(row, sent);
    }
    if (this.#unconfirmed.size >= MAX_UNCONFIRMED) this.#dropForgotten();
    this.wake();
    this.#noteDrained();
  }

  /** @returns when everything is confirmed, or the signal is aborted. */
  async drained(signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.#options.outbox.counts().reports === 0) return;
    await new Promise<void>((resolve) => {
      this.#drained.push(resolve);
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  #reset(send: Send | null): void {
    this.#send = send;
    this.#connection += 1;
    this.#inFlight = 0;
    this.#cursor = 0;
    this.#latestConfirmed = 0;
    this.#unconfirmed.clear();
  }

  #transmit(row: OutboxRow, sent: Sent): void {
    const send = this.#send;
    if (!send) return;
    const connection = this.#connection;
    sent.sentAt = this.#options.clock();
    sent.attempts += 1;
    sent.acknowledged = false;
    this.#unconfirmed.set(row.sequence, sent);
    this.#inFlight += 1;
    send(row).then(
      () => this.#answered(connection, row, sent, true),
      () => this.#answered(connection, row, sent, false),
    );
  }

  #answered(connection: number, row: OutboxRow, sent: Sent, taken: boolean): void {
    if (connection !== this.#connection) return;
    this.#inFlight -= 1;
    sent.acknowledged = true;
    if (taken && this.#options.confirm === 'broker') {
      this.receipt(row.epoch, [row.sequence]);
      return;
    }
    this.wake();
  }

  /** Rows that the outbox had to forget in the meantime must not keep others waiting. */
  #dropForgotten(): void {
    for (const sequence of this.#unconfirmed.keys()) {
      if (!this.#options.outbox.row(sequence)) this.#unconfirmed.delete(sequence);
    }
  }

  #noteDrained(): void {
    if (this.#drained.length === 0 || this.#options.outbox.counts().reports > 0) return;
    for (const resolve of this.#drained.splice(0)) resolve();
  }
}
