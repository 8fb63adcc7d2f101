/**
 * Who tries too often, by address: after some failed tries an address waits, each time twice as long. Pure state of bounded size; the
 * clock comes in. Tokens have 256 bits, so this keeps nobody from guessing one: it keeps noise out of the database and the audit.
 */

export interface LockOutOptions {
  /** Failed tries that cost nothing. Default 5. */
  readonly freeTries?: number;
  /** The first wait; each further failure doubles it. Default 5 s. */
  readonly firstSeconds?: number;
  /** No wait is longer. Default 15 min. */
  readonly longestSeconds?: number;
  /** An address without a failure for so long is forgotten. Default 1 h. */
  readonly forgetSeconds?: number;
  /** Addresses that are remembered; the one whose last failure is the oldest goes first. Default 10,000. */
  readonly addresses?: number;
}

interface Entry {
  failures: number;
  lastMs: number;
  lockedUntilMs: number;
}

/** What one more failure led to. */
export interface Failure {
  readonly failures: number;
  /** 0: the next try is free. */
  readonly lockedSeconds: number;
}

/** Whoever has one IPv6 address has 2^64 of them. */
export function network(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? [];
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups =
    tail === undefined
      ? left
      : [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

export class LockOut {
  readonly #options: Required<LockOutOptions>;
  /** In order of the last failure, the oldest first. */
  readonly #entries = new Map<string, Entry>();
  #lockOuts = 0;

  constructor(options: LockOutOptions = {}) {
    this.#options = {
      freeTries: 5,
      firstSeconds: 5,
      longestSeconds: 900,
      forgetSeconds: 3600,
      addresses: 10_000,
      ...options,
    };
  }

  /** Lock-outs since the start. */
  get lockOuts(): number {
    return this.#lockOuts;
  }

  /** Addresses remembered now. */
  get size(): number {
    return this.#entries.size;
  }

  /** Seconds that an address has to wait yet, whole; 0: it may try. */
  waitSeconds(address: string, nowMs: number): number {
    const entry = this.#entries.get(network(address));
    return entry ? Math.max(0, Math.ceil((entry.lockedUntilMs - nowMs) / 1000)) : 0;
  }

  failed(address: string, nowMs: number): Failure {
    const { freeTries, firstSeconds, longestSeconds, forgetSeconds, addresses } = this.#options;
    const key = network(address);
    const known = this.#entries.get(key);
    const failures = (known && nowMs - known.lastMs <= forgetSeconds * 1000 ? known.failures : 0) + 1;
    const beyond = failures - freeTries;
    const lockedSeconds = beyond <= 0 ? 0 : Math.min(longestSeconds, firstSeconds * 2 ** Math.min(beyond - 1, 30));
    // Deleted first, so that it stands at the end.
    this.#entries.delete(key);
    this.#entries.set(key, { failures, lastMs: nowMs, lockedUntilMs: nowMs + lockedSeconds * 1000 });
    if (lockedSeconds > 0) this.#lockOuts++;
    for (const [oldest] of this.#entries) {
      if (this.#entries.size <= addresses) break;
      this.#entries.delete(oldest);
    }
    return { failures, lockedSeconds };
  }

  /** Who has signed in has shown that they are no stranger. */
  succeeded(address: string): void {
    this.#entries.delete(network(address));
  }

  /** Addresses that have to wait now. */
  locked(nowMs: number): number {
    let count = 0;
    for (const { lockedUntilMs } of this.#entries.values()) if (lockedUntilMs > nowMs) count++;
    return count;
  }
}
