import type { TrackState } from '@safe-passage/contract';
import { BoxFilter } from './boxFilter.ts';
import type { TrackerOptions } from './options.ts';
import type { TrackBox } from './track.ts';

/** A track's memory, used for one track after another. */
export class TrackSlot implements TrackBox {
  id = 0;
  state: TrackState = 'tentative';
  x = 0;
  y = 0;
  width = 0;
  height = 0;
  footX = 0;
  footY = 0;
  footSigmaX = 0;
  footSigmaY = 0;
  measured = false;
  score = 0;

  readonly filter: BoxFilter;
  readonly #options: TrackerOptions;
  sightings = 0;
  bornSeconds = 0;
  seenSeconds = 0;
  /** The last box that a detection supported. */
  seenX = 0;
  seenY = 0;
  seenWidth = 0;
  seenHeight = 0;

  constructor(options: TrackerOptions) {
    this.filter = new BoxFilter(options.motion);
    this.#options = options;
  }

  begin(id: number, x: number, y: number, width: number, height: number, score: number, timeSeconds: number): void {
    this.id = id;
    this.state = 'tentative';
    this.sightings = 1;
    this.bornSeconds = timeSeconds;
    this.filter.start(x + width / 2, y + height, width, height);
    this.#publishMeasured(x, y, width, height, score, timeSeconds);
  }

  /** A detection of this frame belongs to the track. */
  see(x: number, y: number, width: number, height: number, score: number, timeSeconds: number): void {
    const noiseScale = 1 + this.#options.mistrust * (1 - score);
    this.filter.correct(x + width / 2, y + height, width, height, noiseScale);
    this.sightings += 1;
    this.#publishMeasured(x, y, width, height, score, timeSeconds);
  }

  /** No detection of this frame belongs to the track. */
  coast(): void {
    const { filter } = this;
    this.measured = false;
    this.width = filter.width;
    this.height = filter.height;
    this.footX = filter.middle;
    this.footY = filter.bottom;
    this.x = this.footX - this.width / 2;
    this.y = this.footY - this.height;
    this.footSigmaX = filter.middleSigma;
    this.footSigmaY = filter.bottomSigma;
  }

  #publishMeasured(x: number, y: number, width: number, height: number, score: number, timeSeconds: number): void {
    this.measured = true;
    this.score = score;
    this.seenSeconds = timeSeconds;
    this.x = x;
    this.y = y;
    this.width = width;
    this.height = height;
    this.seenX = x;
    this.seenY = y;
    this.seenWidth = width;
    this.seenHeight = height;
    this.footX = x + width / 2;
    this.footY = y + height;
    this.footSigmaX = this.#options.footSigma * (2 - score) * height;
    this.footSigmaY = this.footSigmaX;
  }
}
