/** Gathers what is committed for a moment and tells each camera's outbox in one message. */
import { type Receipt, receiptsTopic } from '@safe-passage/contract';
import type { ReceiptKey } from './screen.ts';

const GATHER_MS = 25;
/** The contract's bound. */
const MOST_SEQUENCES = 4096;
/** Beyond this the oldest are let go: an outbox that hears nothing sends again, and is told then. */
const MOST_WAITING = 200_000;

interface Waiting {
  readonly key: ReceiptKey;
  readonly sequences: Set<number>;
}

export class Receipts {
  readonly #publish: (topic: string, text: string) => Promise<void>;
  readonly #connected: () => boolean;
  readonly #waiting = new Map<string, Waiting>();
  readonly #underWay = new Set<Promise<void>>();
  #count = 0;
  #timer: NodeJS.Timeout | null = null;

  /** @param publish resolves when the broker has it. */
  constructor(publish: (topic: string, text: string) => Promise<void>, connected: () => boolean) {
    this.#publish = publish;
    this.#connected = connected;
  }

  add(keys: readonly ReceiptKey[]): void {
    for (const key of keys) {
      const { site, floor, device } = key.place;
      const name = `${site}/${floor}/${device}/${key.camera}/${key.epoch}`;
      const waiting = this.#waiting.get(name) ?? { key, sequences: new Set<number>() };
      this.#waiting.set(name, waiting);
      if (waiting.sequences.has(key.sequence)) continue;
      waiting.sequences.add(key.sequence);
      this.#count++;
    }
    while (this.#count > MOST_WAITING) {
      const [name, oldest] = this.#waiting.entries().next().value ?? [];
      if (name === undefined || !oldest) break;
      this.#waiting.delete(name);
      this.#count -= oldest.sequences.size;
    }
    if (this.#waiting.size > 0) this.#timer ??= setTimeout(() => this.flush(), GATHER_MS);
  }

  /** Sends what waits, if there is a connection; otherwise it goes on waiting. */
  flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (!this.#connected()) return;
    for (const { key, sequences } of this.#waiting.values()) {
      const all = [...sequences].sort((a, b) => a - b);
      for (let from = 0; from < all.length; from += MOST_SEQUENCES) {
        const receipt: Receipt = {
          schema: 'receipt/1',
          camera: key.camera,
          epoch: key.epoch,
          sequences: all.slice(from, from + MOST_SEQUENCES),
        };
        this.#send(receiptsTopic(key.place), JSON.stringify(receipt));
      }
    }
    this.#waiting.clear();
    this.#count = 0;
  }

  /** Sends what waits and gives the broker a moment to take it. */
  async drain(patienceMs: number): Promise<void> {
    this.flush();
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, patienceMs);
    });
    await Promise.race([Promise.all(this.#underWay), patience]);
    clearTimeout(timer);
  }

  #send(topic: string, text: string): void {
    // A receipt that is lost is asked for again: the report comes a second time, is a duplicate, and is answered.
    const sending = this.#publish(topic, text).catch(() => undefined);
    this.#underWay.add(sending);
    void sending.finally(() => this.#underWay.delete(sending));
  }
}
