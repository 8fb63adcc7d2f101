/** Tells one movement as it opens, grows and closes. */
import type { KeyMoment, MovementEpisode, MovementEvent } from '../movement.ts';

/** Told again at most so often, and only when the score or the time has grown by a share of what was told. */
const TELL_EVERY_MS = 1000;
const GROWN_SHARE = 0.1;
/** Marks kept on the time line of a movement: the first ones and the newest. */
const FIRST_MOMENTS = 8;
const MOST_MOMENTS = 32;

export class Telling {
  readonly #tell: (event: MovementEvent) => void;
  #told: MovementEpisode | null = null;

  constructor(tell: (event: MovementEvent) => void) {
    this.#tell = tell;
  }

  get open(): boolean {
    return this.#told?.open ?? false;
  }

  /** The score that was told last; 0 where none was. */
  get score(): number {
    return this.#told?.score ?? 0;
  }

  /** Whether the movement at this score and up to this time is worth telling again. */
  due(score: number, fromMs: number, toMs: number): boolean {
    const told = this.#told;
    if (!told) return true;
    if (toMs - told.toMs < TELL_EVERY_MS) return false;
    const grown = (toMs - fromMs) / Math.max(1, told.toMs - told.fromMs) >= 1 + GROWN_SHARE;
    return grown || score - told.score >= Math.max(GROWN_SHARE, GROWN_SHARE * told.score);
  }

  tell(episode: MovementEpisode): void {
    const kind = !this.#told ? 'opened' : episode.open ? 'grew' : 'closed';
    this.#told = episode;
    this.#tell({ kind, episode });
  }

  /** The movement is over. */
  close(episode: MovementEpisode): void {
    if (!this.#told) this.tell({ ...episode, open: true });
    this.#told = { ...episode, open: false };
    this.#tell({ kind: 'closed', episode: this.#told });
  }
}

/** Adds a mark; of too many, the ones in the middle go. */
export function mark(moments: KeyMoment[], moment: KeyMoment): void {
  moments.push(moment);
  if (moments.length > MOST_MOMENTS) moments.splice(FIRST_MOMENTS, 1);
}

export const metres = (value: number): string => `${value.toFixed(1)} m`;

/** A stretch of time as people say it: "45 s", "7 min". */
export function duration(seconds: number): string {
  return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

export const rounded = (value: number, digits = 2): number => {
  const scaled = Number(value.toFixed(digits));
  return Number.isFinite(scaled) ? scaled : 0;
};

/** "1 time", "3 times". */
export const times = (count: number): string => `${count} ${count === 1 ? 'time' : 'times'}`;
