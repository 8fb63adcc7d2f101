/** Whether what is past its time is destroyed: for an alarm, and for whoever asks how old the oldest row is. */
import { Gauge, type Registry } from 'prom-client';
import type { ClassFigures, RetentionFigures } from '../privacy/engine.ts';

const BY_CLASS: readonly (readonly [string, string, (figures: ClassFigures) => number])[] = [
  ['limit_seconds', 'How long a class of data is kept', (one) => one.limitSeconds],
  ['oldest_seconds', 'Age of the oldest row that the last run left', (one) => one.oldestSeconds],
  ['removed_rows', 'Rows destroyed since the hub started', (one) => one.removedRows],
  ['failed', '1 where the last run could not destroy everything', (one) => Number(one.failed)],
];

const OF_ALL: readonly (readonly [string, string, (figures: RetentionFigures) => number])[] = [
  ['runs', 'Retention runs since the hub started', (all) => all.runs],
  ['failed_runs', 'Retention runs in which something failed', (all) => all.failedRuns],
  [
    'last_success_seconds',
    'End of the last run in which nothing failed, since the epoch',
    (all) => all.lastSuccessSeconds,
  ],
  ['late', '1 where no run has succeeded for six minutes: raise an alarm', (all) => Number(all.late)],
];

export function registerRetentionMetrics(registry: Registry, prefix: string, figures: () => RetentionFigures): void {
  for (const [name, help, value] of OF_ALL) {
    new Gauge({
      name: `${prefix}retention_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(value(figures()));
      },
    });
  }
  for (const [name, help, value] of BY_CLASS) {
    new Gauge({
      name: `${prefix}retention_${name}`,
      help,
      labelNames: ['class'],
      registers: [registry],
      collect() {
        this.reset();
        for (const one of figures().classes) this.set({ class: one.dataClass }, value(one));
      },
    });
  }
}
