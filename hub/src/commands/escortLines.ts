/** Escorts, handovers, flanking and shadowing of recorded trajectories, as lines of JSON. */
import { EscortScorer } from '../score/escorts/escorts.ts';
import { sceneOptionsFor, type Tick } from '../score/scene/scene.ts';
import type { CompiledZone } from '../score/zones.ts';
import { movementLine } from './movementLine.ts';

/** The escort scorer of `hub score`: ticks of the scene in, a line for each movement when it is over. */
export class EscortLines {
  readonly #scorer: EscortScorer;
  readonly #write: (line: string) => void;
  /** Lines written. */
  count = 0;

  /** @param sampleSeconds the usual time between two rows of a person. */
  constructor(sampleSeconds: number, zones: readonly CompiledZone[], write: (line: string) => void) {
    this.#scorer = new EscortScorer({ tickMs: sceneOptionsFor(sampleSeconds).tickMs }, zones);
    this.#write = write;
  }

  readonly tick = (tick: Tick): void => {
    this.#scorer.tick(tick);
    this.#drain();
  };

  finish(): void {
    this.#scorer.finish();
    this.#drain();
  }

  #drain(): void {
    for (const { kind, episode } of this.#scorer.take()) {
      if (kind !== 'closed') continue;
      this.count++;
      this.#write(movementLine(episode));
    }
  }
}
