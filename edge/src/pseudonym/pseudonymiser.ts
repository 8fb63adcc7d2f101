/**
 * Names for tracks that mean nothing outside one stretch of time: HMAC-SHA256 (RFC 2104) of a counter under a random key
 * that exists in this process's memory alone, truncated to 96 bits. Who has two lists of pseudonyms of different keys
 * cannot tell which belong together; neither can this process, once the older key is overwritten.
 */
import { createHmac, randomBytes, randomFillSync } from 'node:crypto';

const KEY_BYTES = 32;
const PSEUDONYM_BYTES = 12;
const EPOCH_BYTES = 8;

/**
 * Gives each live track a pseudonym. The counter that is hashed starts anew with each key and counts tracks in the order
 * in which they are first named, so that not even the tracker's own numbers carry over.
 */
export class Pseudonymiser {
  readonly #rotateEveryMs: number;
  readonly #key = Buffer.alloc(KEY_BYTES);
  #epoch = '';
  #rotatedAtMs: number | null = null;
  #counter = 0n;
  readonly #names = new Map<number, string>();
  readonly #message = Buffer.alloc(8);
  readonly #fillRandom: (target: Buffer) => void;
  #destroyed = false;

  /**
   * @param rotateEveryMs how long a key lives, in milliseconds of the time that {@link rotationIsDue} is asked with.
   * @param fillRandom where keys come from: the operating system's generator.
   */
  constructor(rotateEveryMs: number, fillRandom: (target: Buffer) => void = randomFillSync) {
    if (!(rotateEveryMs > 0)) throw new RangeError(`rotateEveryMs is ${rotateEveryMs}; it must be above 0`);
    this.#rotateEveryMs = rotateEveryMs;
    this.#fillRandom = fillRandom;
    this.#renewKey();
  }

  /** Names the key: 16 random hexadecimal digits. */
  get epoch(): string {
    return this.#epoch;
  }

  /** @param timeMs capture time. The first time asked with is when the first key's life begins. */
  rotationIsDue(timeMs: number): boolean {
    this.#rotatedAtMs ??= timeMs;
    return timeMs - this.#rotatedAtMs >= this.#rotateEveryMs;
  }

  /** Overwrites the key and everything derived from it. Live tracks have to be declared ended before. */
  rotate(timeMs: number): void {
    this.#rotatedAtMs = timeMs;
    this.#renewKey();
  }

  /** @returns the same 16 characters of base64url for a track until it is released or the key rotates. */
  pseudonymOf(trackId: number): string {
    if (this.#destroyed) throw new Error('the pseudonym key is destroyed; no track can be named any more');
    const known = this.#names.get(trackId);
    if (known !== undefined) return known;
    this.#counter += 1n;
    this.#message.writeBigUInt64BE(this.#counter);
    const name = createHmac('sha256', this.#key)
      .update(this.#message)
      .digest()
      .subarray(0, PSEUDONYM_BYTES)
      .toString('base64url');
    this.#names.set(trackId, name);
    return name;
  }

  /** Forgets a track that ended. Should its number come back, it gets another pseudonym. */
  release(trackId: number): void {
    this.#names.delete(trackId);
  }

  /** Overwrites the key for good, at the end of the agent. */
  destroy(): void {
    this.#key.fill(0);
    this.#names.clear();
    this.#destroyed = true;
  }

  #renewKey(): void {
    this.#key.fill(0);
    this.#fillRandom(this.#key);
    this.#epoch = randomBytes(EPOCH_BYTES).toString('hex');
    this.#counter = 0n;
    this.#names.clear();
  }
}
