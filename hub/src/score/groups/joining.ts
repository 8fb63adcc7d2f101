/** Which life goes on from which, by the fusion's word. */
import type { Succession } from '../succession.ts';
import type { Life } from './lives.ts';

/** Tells the joins that are due: of the earlier life, and of who the later one is by now. */
export function joinLives(lives: Succession<Life>, timeMs: number, onJoin: (earlier: Life, later: Life) => void): void {
  const join = (earlier: Life, later: Life, probability: number): void => {
    earlier.heir = later;
    later.earlier = { life: earlier, fromMs: earlier.lastMs, toMs: later.firstMs, probability };
    onJoin(earlier, later.present);
  };
  lives.decide(timeMs, join);
  lives.decideTogether(timeMs, (earlier, later, probability) => {
    if (!earlier.heir && !later.earlier && later.present !== earlier) join(earlier, later, probability);
  });
}
