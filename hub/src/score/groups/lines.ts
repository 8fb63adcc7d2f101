/** Where the place says who is near whom: queues and controls. Company there is no sign of company, and lanes part companions. */
import type { CompiledZone } from '../zones.ts';
import type { Life } from './lives.ts';

export class Lines {
  readonly #zones: readonly CompiledZone[];

  /** @param zones all zones of a floor; those of kinds `queue` and `control` count. */
  constructor(zones: readonly CompiledZone[]) {
    this.#zones = zones.filter(({ kind }) => kind === 'queue' || kind === 'control');
  }

  /** Whether somebody is in one now; looked up once a decision for each who is asked for. */
  hold(life: Life, timeMs: number): boolean {
    if (life.lineMs === timeMs) return life.inLine;
    life.lineMs = timeMs;
    life.inLine = false;
    for (const zone of this.#zones) {
      if (!zone.contains(life.x, life.y)) continue;
      life.inLine = true;
      break;
    }
    return life.inLine;
  }
}
