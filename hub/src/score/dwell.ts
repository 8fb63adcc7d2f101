/**
 * Dwell: who is present in which zone, and for how long. Presence, not stillness: somebody who walks about inside stays.
 * Incremental and without a clock; the same positions give the same episodes however they were cut into reports, and
 * whatever the order in which the reports of different cameras arrive.
 */
import type { TrackReport, TrackState } from '@safe-passage/contract';
import { CameraDwell } from './cameraDwell.ts';
import type { DwellEvent, EpisodeRecord } from './episode.ts';
import { DWELL_DEFAULTS, type DwellOptions } from './presence.ts';
import type { CompiledZone } from './zones.ts';

export { DWELL_DEFAULTS, type DwellOptions } from './presence.ts';

/** What one camera saw over one stretch of time: as much of a TrackReport as dwell needs. */
export type DwellObservation = Pick<TrackReport, 'fromMs' | 'toMs' | 'tracks'>;

/** Points of one report per track at most, from the contract. */
const POINTS_PER_TRACK = 512;
const TRACKS_PER_REPORT = 1024;

export class DwellScorer {
  readonly #zones: readonly CompiledZone[];
  readonly #options: DwellOptions;
  readonly #cameras = new Map<string, CameraDwell>();
  #events: DwellEvent[] = [];
  #order = new Float64Array(256);

  /** @throws RangeError where a join could outlast the grace time: it would come too late. */
  constructor(zones: readonly CompiledZone[], options: Partial<DwellOptions> = {}) {
    this.#zones = zones;
    this.#options = { ...DWELL_DEFAULTS, ...options };
    if (this.#options.joinSeconds > this.#options.graceSeconds) {
      throw new RangeError(
        `joinSeconds (${this.#options.joinSeconds}) must not exceed graceSeconds (${this.#options.graceSeconds})`,
      );
    }
  }

  /** How many people are remembered, over all cameras. */
  get peopleRemembered(): number {
    let people = 0;
    for (const camera of this.#cameras.values()) people += camera.size;
    return people;
  }

  #camera(name: string): CameraDwell {
    let camera = this.#cameras.get(name);
    if (!camera) {
      camera = new CameraDwell(name, this.#zones, this.#options, (event) => this.#events.push(event));
      this.#cameras.set(name, camera);
    }
    return camera;
  }

  #taken(): DwellEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  /**
   * Takes one report of a camera. Positions that a track already told are ignored.
   *
   * @param late whether later reports of the camera were taken before: then it closes nothing.
   */
  push(cameraName: string, report: DwellObservation, late = false): DwellEvent[] {
    const camera = this.#camera(cameraName);
    const { tracks, fromMs } = report;
    let count = 0;
    for (const track of tracks) count += track.points.length;
    if (this.#order.length < count) this.#order = new Float64Array(2 * count);
    // Time, track and point packed into one number each, sorted as numbers: the order of time over all tracks.
    let filled = 0;
    for (let t = 0; t < tracks.length; t++) {
      const track = tracks[t];
      if (!track) continue;
      camera.state(track.id, track.state, report.toMs);
      for (let p = 0; p < track.points.length; p++) {
        const offset = track.points[p]?.[0] ?? 0;
        this.#order[filled++] = (offset * TRACKS_PER_REPORT + t) * POINTS_PER_TRACK + p;
      }
    }
    const order = this.#order.subarray(0, filled).sort();
    for (const packed of order) {
      const p = packed % POINTS_PER_TRACK;
      const rest = (packed - p) / POINTS_PER_TRACK;
      const track = tracks[rest % TRACKS_PER_REPORT];
      const point = track?.points[p];
      if (!track || !point) continue;
      camera.position(track.id, fromMs + point[0], point[1] / 100, point[2] / 100, point[3] / 100, point[4] === 1);
    }
    if (!late) camera.advance(report.toMs);
    return this.#taken();
  }

  /**
   * Takes one position, in order of time within its camera: for sources that are not reports. Nothing is closed until
   * {@link advance} says how far the source has come.
   *
   * @returns false where the track had told this time already: the position is left out.
   */
  observe(
    camera: string,
    person: string,
    state: TrackState,
    timeMs: number,
    xMetres: number,
    yMetres: number,
    sigmaMetres: number,
    measured: boolean,
  ): boolean {
    const dwell = this.#camera(camera);
    dwell.state(person, state, timeMs);
    return dwell.position(person, timeMs, xMetres, yMetres, sigmaMetres, measured);
  }

  /** Says that a camera has told everything before a moment, and gives back what happened. */
  advance(camera: string, timeMs: number): DwellEvent[] {
    this.#cameras.get(camera)?.advance(timeMs);
    return this.#taken();
  }

  /** Says that a camera has fallen silent: its episodes are told as over until it comes back. */
  silence(camera: string): DwellEvent[] {
    this.#cameras.get(camera)?.silence();
    return this.#taken();
  }

  /** Forgets a camera for good, after telling the end of what was open. */
  forget(camera: string): DwellEvent[] {
    this.#cameras.get(camera)?.silence();
    this.#cameras.delete(camera);
    return this.#taken();
  }

  /** The end of all data: closes everything. */
  finish(): DwellEvent[] {
    for (const camera of this.#cameras.values()) camera.finish();
    this.#cameras.clear();
    return this.#taken();
  }

  /** Takes up a stored episode before the reports around its end are replayed. */
  restore(record: EpisodeRecord): void {
    this.#camera(record.detail.camera ?? '').restore(record);
  }
}
