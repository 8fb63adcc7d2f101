/**
 * What the hub must know again when somebody comes back from the provider. It travels in a cookie that is encrypted under a key of
 * this run, so that nobody who begins a thousand sign-ins fills the hub's memory.
 */
import { randomBytes } from 'node:crypto';
import { EncryptJWT, jwtDecrypt } from 'jose';

/** Long enough to type a password and a second factor. */
export const FLOW_SECONDS = 600;
const REMEMBERED = 10_000;

export interface Flow {
  /** Comes back through the browser: the answer belongs to this very browser. */
  readonly state: string;
  /** Comes back in the token: the token was made for this very sign-in. */
  readonly nonce: string;
  /** Proves to the provider that the code is used by whoever asked for it (RFC 7636). */
  readonly verifier: string;
}

const random = (): string => randomBytes(32).toString('base64url');

export class Flows {
  readonly #key = randomBytes(32);
  /** States that came back, the oldest first: each counts once. */
  readonly #used = new Map<string, number>();

  async begin(): Promise<{ readonly flow: Flow; readonly sealed: string }> {
    const flow: Flow = { state: random(), nonce: random(), verifier: random() };
    const sealed = await new EncryptJWT({ ...flow })
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .setExpirationTime(`${FLOW_SECONDS}s`)
      .encrypt(this.#key);
    return { flow, sealed };
  }

  /** Uses a flow up. @returns null where it is none of ours, too old, another one's or was used already. */
  async finish(sealed: string, state: string, nowMs: number): Promise<Flow | null> {
    let flow: Flow;
    try {
      const { payload } = await jwtDecrypt<Flow>(sealed, this.#key, {
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
      });
      flow = { state: payload.state, nonce: payload.nonce, verifier: payload.verifier };
    } catch {
      return null;
    }
    if (flow.state !== state || this.#used.has(state)) return null;
    for (const [old, untilMs] of this.#used) {
      if (untilMs > nowMs && this.#used.size < REMEMBERED) break;
      this.#used.delete(old);
    }
    this.#used.set(state, nowMs + FLOW_SECONDS * 1000);
    return flow;
  }
}
