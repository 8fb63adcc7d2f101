/** Keeps those back who try too often or ask too fast. Whoever is signed in already is never kept back by a stranger. */
import type { AuditLog } from '../store/audit/audit.ts';
import { LockOut, type LockOutOptions } from './lockOut.ts';
import { Pace, type PaceOptions } from './pace.ts';
import { tooMany } from './problems.ts';

export interface GateOptions {
  readonly lockOut?: LockOutOptions;
  readonly pace?: PaceOptions;
}

export class Gate {
  readonly #audit: Pick<AuditLog, 'record'>;
  readonly lockOut: LockOut;
  readonly pace: Pace;
  #failures = 0;

  constructor(audit: Pick<AuditLog, 'record'>, { lockOut, pace }: GateOptions = {}) {
    this.#audit = audit;
    this.lockOut = new LockOut(lockOut);
    this.pace = new Pace(pace);
  }

  /** Failed tries since the start. */
  get failures(): number {
    return this.#failures;
  }

  /** Before a try. @throws ApiProblem 429 while the address has to wait; such a try does not count. */
  insistOnPatience(address: string): void {
    const seconds = this.lockOut.waitSeconds(address, Date.now());
    if (seconds > 0) {
      throw tooMany(`Too many failed tries from this address: wait ${seconds} s. Open sessions go on.`, seconds);
    }
  }

  /** After a try that failed. Records the lock-out that it may lead to. */
  async failed(address: string): Promise<void> {
    this.#failures++;
    const { failures, lockedSeconds } = this.lockOut.failed(address, Date.now());
    if (lockedSeconds === 0) return;
    await this.#audit.record({
      atMs: Date.now(),
      actor: 'hub',
      action: 'access.locked-out',
      subject: address,
      detail: { failures, seconds: lockedSeconds },
    });
  }

  /** @throws ApiProblem 429 where an identity asks too fast. */
  insistOnPace(identity: string): void {
    const seconds = this.pace.take(identity, Date.now());
    if (seconds > 0) throw tooMany(`Too many requests in this name: go on in ${seconds} s.`, seconds);
  }
}
