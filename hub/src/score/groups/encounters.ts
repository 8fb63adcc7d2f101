/**
 * Encounters: somebody walks up to somebody who stands, the two stand together for a while, and then they part. Who queues, sits
 * down or waits beside a stranger does not do that: they come to the place and not to the person, stay, or move on side by side.
 */
import type { CompiledZone } from '../zones.ts';
import { type Life, pairKey } from './lives.ts';

export interface EncounterOptions {
  /** Standing this near, metres, is standing together; and so far apart is parted. */
  readonly nearMetres: number;
  readonly partedMetres: number;
  /** Whoever walks up comes from at least so far, as the crow flies, within 6 s. Metres. */
  readonly approachMetres: number;
  /** The other has stood for so long before. Seconds. */
  readonly stoodSeconds: number;
  /** Least and longest time together, and the longest that parting may take. Seconds. */
  readonly leastSeconds: number;
  readonly mostSeconds: number;
  readonly partSeconds: number;
}

/** Chosen on simulated traffic. People who speak stand within arm's reach; strangers who wait leave more room. */
export const ENCOUNTER_DEFAULTS: EncounterOptions = {
  nearMetres: 1.3,
  partedMetres: 4,
  approachMetres: 3.5,
  stoodSeconds: 2,
  leastSeconds: 12,
  mostSeconds: 180,
  partSeconds: 15,
};

/** Standing together may begin so long after the one who came has come to a stop, ms. */
const SETTLE_MS = 6000;
/** Not near each other for so long is apart, ms. */
const APART_MS = 3000;

/** Two of whom one walked up to the other. */
export interface Encounter {
  readonly host: Life;
  readonly guest: Life;
  readonly fromMs: number;
  toMs: number;
  /** Between the two when last together, metres. */
  x: number;
  y: number;
}

export class Encounters {
  readonly #options: EncounterOptions;
  /** Where standing together means nothing: queues and controls. */
  readonly #elsewhere: readonly CompiledZone[];
  readonly #open = new Map<number, Encounter>();

  constructor(options: EncounterOptions, zones: readonly CompiledZone[]) {
    this.#options = options;
    this.#elsewhere = zones.filter(({ kind }) => kind === 'queue' || kind === 'control');
  }

  /** Two who stand, at a decision. @param alone whether nobody else is in a group with either; asked where it matters. */
  stand(a: Life, b: Life, timeMs: number, alone: () => boolean): void {
    const dx = a.x - b.x;
    const dy = a.y - b.y;
    const { nearMetres } = this.#options;
    if (dx * dx + dy * dy > nearMetres * nearMetres) return;
    if (a.encounters > 0 && b.encounters > 0) {
      const known = this.#open.get(pairKey(a.number, b.number));
      if (known) {
        known.toMs = timeMs;
        known.x = (a.x + b.x) / 2;
        known.y = (a.y + b.y) / 2;
        return;
      }
    }
    const [host, guest] = a.standingMs <= b.standingMs ? [a, b] : [b, a];
    if (timeMs - guest.standingMs > SETTLE_MS) return;
    if (guest.standingMs - host.standingMs < 1000 * this.#options.stoodSeconds) return;
    if (Math.hypot(guest.cameX - host.x, guest.cameY - host.y) < this.#options.approachMetres) return;
    const x = (a.x + b.x) / 2;
    const y = (a.y + b.y) / 2;
    if (this.#elsewhere.some((zone) => zone.contains(x, y)) || !alone()) return;
    this.#open.set(pairKey(a.number, b.number), { host, guest, fromMs: guest.standingMs, toMs: timeMs, x, y });
    a.encounters++;
    b.encounters++;
  }

  /** After everybody at a decision: tells the encounters that are over, as one of the two has walked away. */
  settle(timeMs: number, over: (encounter: Encounter) => void): void {
    const { partedMetres, leastSeconds, mostSeconds, partSeconds } = this.#options;
    for (const [key, encounter] of this.#open) {
      const { host, guest, fromMs, toMs } = encounter;
      const long = (toMs - fromMs) / 1000;
      if (timeMs - toMs <= APART_MS && long <= mostSeconds) continue;
      const gone = host.gone || guest.gone;
      const parted = !gone && Math.hypot(host.x - guest.x, host.y - guest.y) >= partedMetres;
      if (!parted && !gone && long <= mostSeconds && timeMs - toMs <= 1000 * partSeconds) continue;
      this.#open.delete(key);
      host.encounters--;
      guest.encounters--;
      if (parted && long >= leastSeconds && long <= mostSeconds) over(encounter);
    }
  }
}
