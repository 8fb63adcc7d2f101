import { table } from '../table.ts';
import type { ReliabilityBin } from './gaps.ts';

const percent = (share: number): string => (100 * share).toFixed(1);

/** How often continuations told with a probability were true, in %. */
export function reliabilityTable(bins: readonly ReliabilityBin[]): string {
  return table([
    ['told from', 'continuations', 'told on average', 'true'],
    ...bins.map(({ from, count, mean, right }) => [
      percent(from),
      String(count),
      count === 0 ? '-' : percent(mean),
      count === 0 ? '-' : percent(right),
    ]),
  ]);
}
