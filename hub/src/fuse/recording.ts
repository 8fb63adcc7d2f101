/** Fuses a recording: rows in order of time in, positions of persons out, by the very code that fuses live reports. */
import { FloorFusion, type FloorFusionOptions, type FusionNews } from './floorFusion.ts';
import { Moments } from './moments.ts';

/** An offset less certain is not taken over into a second pass. */
const CERTAIN_MS = 200;

export class RecordingFusion {
  readonly fusion: FloorFusion;
  readonly #moments: Moments;
  #chosen: number[] = [];
  #news: FusionNews = { samples: [], tracks: [], continuations: [] };

  /** @param sampleSeconds typical time between two rows of a track. */
  constructor(sampleSeconds: number, options: FloorFusionOptions = {}) {
    const step = sampleSeconds > 0 ? sampleSeconds : 0.1;
    this.fusion = new FloorFusion('recording', { ...options, fuse: { sampleSeconds: step, ...options.fuse } });
    this.#moments = new Moments(step * 1000, (momentMs) => this.#chosen.push(momentMs));
  }

  /** Takes one row; not earlier than the last. */
  row(timeMs: number, camera: string, track: string, x: number, y: number, sigmaMetres: number): void {
    if (!Number.isFinite(timeMs)) {
      this.fusion.observe(camera, track, timeMs, x, y, sigmaMetres, true);
      return;
    }
    this.#moments.row(timeMs);
    while (this.#chosen.length > 0 && (this.#chosen[0] as number) + this.fusion.horizonMs < timeMs) {
      this.fusion.decide(this.#chosen.shift() as number, this.#news);
    }
    this.fusion.observe(camera, track, timeMs, x, y, sigmaMetres, true);
  }

  /** What was decided since the last call. */
  taken(): FusionNews {
    const news = this.#news;
    this.#news = { samples: [], tracks: [], continuations: [] };
    return news;
  }

  /** Clock offsets by camera, ms ahead, where this pass made certain of them: what a second pass may take as known. */
  knownClocks(): Record<string, number> {
    const known: Record<string, number> = {};
    for (const { camera, offsetMs, sigmaMs } of this.fusion.clockReports()) {
      if (offsetMs === null || sigmaMs === null || sigmaMs > CERTAIN_MS) continue;
      // What may as well be nothing stays nothing.
      known[camera] = Math.abs(offsetMs) > 2 * sigmaMs ? offsetMs : 0;
    }
    return known;
  }

  /** Decides the rest. */
  finish(): FusionNews {
    this.#moments.finish();
    for (const momentMs of this.#chosen) this.fusion.decide(momentMs, this.#news);
    this.#chosen = [];
    this.fusion.finish(this.#news);
    return this.taken();
  }
}
