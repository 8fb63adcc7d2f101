/** Who is kept back: for an alarm when somebody tries doors. No address is in it. */
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Gate } from './gate.ts';

export function registerSignInMetrics(registry: Registry, prefix: string, gate: Gate): void {
  const counted: readonly (readonly [string, string, () => number])[] = [
    ['sign_in_failures_total', 'Failed sign-ins and unknown tokens', () => gate.failures],
    ['lock_outs_total', 'Times that an address had to wait after failed tries', () => gate.lockOut.lockOuts],
    ['paced_requests_total', 'Requests refused because one identity asked too fast', () => gate.pace.refused],
  ];
  for (const [name, help, value] of counted) {
    new Counter({
      name: `${prefix}${name}`,
      help,
      registers: [registry],
      collect() {
        this.reset();
        this.inc(value());
      },
    });
  }
  new Gauge({
    name: `${prefix}locked_addresses`,
    help: 'Addresses that have to wait now',
    registers: [registry],
    collect() {
      this.set(gate.lockOut.locked(Date.now()));
    },
  });
}
