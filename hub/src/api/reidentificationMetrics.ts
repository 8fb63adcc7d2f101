/** What share of the stored tracks could be singled out, as the last test found it. */
import { Gauge, type Registry } from 'prom-client';
import type { ReidentificationStore } from '../store/reidentification.ts';

export function registerReidentificationMetrics(
  registry: Registry,
  prefix: string,
  { runs }: Pick<ReidentificationStore, 'runs'>,
  onProblem: (problem: unknown) => void,
): void {
  const registers = [registry];
  const lastRun = new Gauge({
    name: `${prefix}reidentification_last_run_seconds`,
    help: 'When the last test ran, since the epoch; 0 before the first',
    registers,
  });
  new Gauge({
    name: `${prefix}reidentification_unique_share`,
    help: 'Share of persons whom nobody else could be taken for, in the tracks as they are stored',
    labelNames: ['points', 'metres', 'seconds'],
    registers,
    async collect() {
      this.reset();
      try {
        const last = (await runs(1))[0];
        lastRun.set((last?.atMs ?? 0) / 1000);
        const longest = Math.max(...(last?.results ?? []).map((one) => one.retentionSeconds));
        for (const { retentionSeconds, rounding, precision, points, sampled, unique } of last?.results ?? []) {
          if (retentionSeconds !== longest || rounding.metres !== 0 || sampled === 0) continue;
          this.set({ points, metres: precision.metres, seconds: precision.seconds }, unique / sampled);
        }
      } catch (problem) {
        // The other metrics matter most when the database is away.
        onProblem(problem);
      }
    },
  });
}
