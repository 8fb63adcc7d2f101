/**
 * Dwell on the tracks of one camera. Cameras share nothing, so that reports of different cameras may arrive in any order:
 * each camera's own reports are the clock of its own episodes.
 */
import type { TrackState } from '@safe-passage/contract';
import type { DwellOptions } from './dwellOptions.ts';
import type { DwellEvent, EpisodeRecord } from './episode.ts';
import { type TrackFacts, ZonePresence } from './presence.ts';
import { enteredAt, type Step } from './visit.ts';
import type { CompiledZone } from './zones.ts';

/** Time constant of the smoothed position that tells displacement from jitter. */
const SMOOTHING_MS = 1000;

/**
 * Ends are decided at whole multiples of this in the time of the camera, and not whenever a report happens to end: so it
 * makes no difference how positions were cut into reports.
 */
const DECIDE_EVERY_MS = 500;

/** What is this far ahead of its camera's time comes from before the camera's clock was set back; a report spans a minute. */
const CLOCK_STEP_MS = 120_000;

/** One track and where it is present. */
class Track implements TrackFacts {
  readonly person: string;
  readonly camera: string;
  active = false;
  moved = false;
  netMetres = 0;
  anchorX = 0;
  anchorY = 0;
  anchorSigma = 0;
  #smoothX = 0;
  #smoothY = 0;
  #anchored = false;
  /** First and last measured position; NaN before the first. */
  firstMs = Number.NaN;
  firstX = 0;
  firstY = 0;
  firstSigma = 0;
  lastMs = Number.NaN;
  lastX = 0;
  lastY = 0;
  lastSigma = 0;
  /** Last position of any kind. */
  newestMs = Number.NEGATIVE_INFINITY;
  /** Up to when positions are announced. */
  announcedMs = Number.NEGATIVE_INFINITY;
  /** Since the last measured position: time that predictions stand for, and the longest stretch without any position. */
  predictedMs = 0;
  holeMs = 0;
  readonly presences: ZonePresence[] = [];
  /** After a restart: up to when the store has told the presence in a zone. */
  settled: Map<string, number> | null = null;
  /** ... in any zone: not to be forgotten before. */
  settledMs = Number.NEGATIVE_INFINITY;

  constructor(person: string, camera: string) {
    this.person = person;
    this.camera = camera;
  }

  anchorAt(x: number, y: number, sigma: number): void {
    this.anchorX = x;
    this.anchorY = y;
    this.anchorSigma = sigma;
    this.#anchored = true;
  }

  measured(timeMs: number, x: number, y: number, sigma: number, movedMetres: number): void {
    if (Number.isNaN(this.firstMs)) {
      this.firstMs = timeMs;
      this.firstX = x;
      this.firstY = y;
      this.firstSigma = sigma;
      this.#smoothX = x;
      this.#smoothY = y;
      if (!this.#anchored) this.anchorAt(x, y, sigma);
    } else {
      const weight = 1 - Math.exp((this.lastMs - timeMs) / SMOOTHING_MS);
      this.#smoothX += weight * (x - this.#smoothX);
      this.#smoothY += weight * (y - this.#smoothY);
      const net = Math.hypot(this.#smoothX - this.anchorX, this.#smoothY - this.anchorY);
      if (net > this.netMetres) this.netMetres = net;
      this.moved ||= net >= Math.max(movedMetres, 2.5 * this.anchorSigma);
    }
    this.lastMs = timeMs;
    this.lastX = x;
    this.lastY = y;
    this.lastSigma = sigma;
    this.predictedMs = 0;
    this.holeMs = 0;
  }
}

/** Whether the first position of one track is where another was lost. */
function meets(lost: Track, begun: Track, options: DwellOptions): boolean {
  const reach = options.joinMetres + 2 * Math.hypot(lost.lastSigma, begun.firstSigma);
  return Math.hypot(begun.firstX - lost.lastX, begun.firstY - lost.lastY) <= reach;
}

export class CameraDwell {
  readonly #camera: string;
  readonly #zones: readonly CompiledZone[];
  readonly #options: DwellOptions;
  readonly #tracks = new Map<string, Track>();
  /** Tracks that began beside somebody who may have been lost, by time. */
  readonly #begun: Track[] = [];
  #decidedMs = Number.NEGATIVE_INFINITY;
  #silent = false;
  readonly #step: Step = {
    timeMs: 0,
    x: 0,
    y: 0,
    sigma: 0,
    previousMs: 0,
    previousX: 0,
    previousY: 0,
    linked: false,
    hole: false,
    coastMs: 0,
  };
  readonly #out: (event: DwellEvent) => void;

  constructor(camera: string, zones: readonly CompiledZone[], options: DwellOptions, out: (event: DwellEvent) => void) {
    this.#camera = camera;
    this.#zones = zones;
    this.#options = options;
    this.#out = out;
  }

  /** How many people are remembered. */
  get size(): number {
    return this.#tracks.size;
  }

  /** What the tracker says of a track; it holds for positions that follow, up to a moment. */
  state(person: string, state: TrackState, untilMs: number): void {
    if (state !== 'active' && state !== 'coasting') return;
    const track = this.#track(person);
    track.announcedMs = Math.max(track.announcedMs, untilMs);
    if (track.active) return;
    track.active = true;
    for (const presence of track.presences) this.#tell(track, presence);
  }

  #track(person: string): Track {
    let track = this.#tracks.get(person);
    if (!track) {
      track = new Track(person, this.#camera);
      this.#tracks.set(person, track);
    }
    return track;
  }

  /** Takes one position. Within a camera they come in order of time; what is older than its own track's newest is dropped. */
  position(person: string, timeMs: number, x: number, y: number, sigma: number, measured: boolean): boolean {
    this.#pass(timeMs);
    const track = this.#track(person);
    if (timeMs <= track.newestMs) return false;
    const options = this.#options;
    if (!Number.isNaN(track.lastMs)) track.holeMs = Math.max(track.holeMs, timeMs - track.newestMs);
    if (!measured) {
      if (!Number.isNaN(track.lastMs)) track.predictedMs += timeMs - track.newestMs;
      track.newestMs = timeMs;
      return true;
    }
    const step = this.#step;
    step.timeMs = timeMs;
    step.x = x;
    step.y = y;
    step.sigma = sigma;
    step.previousMs = track.lastMs;
    step.previousX = track.lastX;
    step.previousY = track.lastY;
    const span = timeMs - track.lastMs;
    const carried = track.predictedMs > 0 && track.holeMs <= options.continuousSeconds * 1000;
    step.linked = span <= (carried ? options.coastSeconds : options.graceSeconds) * 1000;
    step.hole = step.linked && !carried && span > options.continuousSeconds * 1000;
    step.coastMs = track.predictedMs;
    const first = Number.isNaN(track.lastMs);
    track.newestMs = timeMs;
    track.measured(timeMs, x, y, sigma, options.movedMetres);
    this.#inZones(track, step, first);
    return true;
  }

  #inZones(track: Track, step: Step, first: boolean): void {
    const { x, y } = step;
    const { presences } = track;
    for (const zone of this.#zones) {
      let at = -1;
      for (let i = 0; i < presences.length; i++) if (presences[i]?.zone === zone) at = i;
      const known = at >= 0 ? presences[at] : undefined;
      if (!known && !zone.contains(x, y)) continue;
      if (step.timeMs <= (track.settled?.get(zone.id) ?? Number.NEGATIVE_INFINITY)) continue;
      const distance = zone.signedDistance(x, y);
      if (known) {
        if (known.step(step, distance, this.#options)) {
          this.#tell(track, known);
          continue;
        }
        this.#close(track, known);
        presences.splice(at, 1);
        if (distance < 0) continue;
      }
      const fromMs = enteredAt(zone, step);
      const share = step.linked ? (fromMs - step.previousMs) / (step.timeMs - step.previousMs) : 1;
      const entryX = step.linked ? step.previousX + share * (x - step.previousX) : x;
      const entryY = step.linked ? step.previousY + share * (y - step.previousY) : y;
      const presence = new ZonePresence(zone, track.person, fromMs, entryX, entryY);
      presence.begin(step, distance);
      presences.push(presence);
      if (first && this.#mayContinue(track)) {
        presence.awaitingJoin = true;
        if (this.#begun.at(-1) !== track) this.#begun.push(track);
      }
      this.#tell(track, presence);
    }
  }

  /** Whether somebody who may turn out to be lost was seen here a moment ago. */
  #mayContinue(begun: Track): boolean {
    if (this.#options.joinSeconds <= 0) return false;
    const sinceMs = begun.firstMs - this.#options.joinSeconds * 1000;
    for (const other of this.#tracks.values()) {
      if (other === begun || !(other.lastMs >= sinceMs) || other.presences.length === 0) continue;
      if (meets(other, begun, this.#options)) return true;
    }
    return false;
  }

  /** Decides every join that became due before a moment: both sides are known by then, however reports were cut. */
  #resolveJoins(beforeMs: number): void {
    const windowMs = this.#options.joinSeconds * 1000;
    for (;;) {
      const begun = this.#begun[0];
      if (!begun || begun.firstMs + windowMs >= beforeMs) return;
      this.#begun.shift();
      const lost = begun.active ? this.#onlyPredecessor(begun, windowMs) : null;
      for (const presence of [...begun.presences]) {
        if (!presence.awaitingJoin) continue;
        presence.awaitingJoin = false;
        const at = lost ? lost.presences.findIndex((p) => p.zone === presence.zone && !p.outside) : -1;
        const earlier = at >= 0 ? lost?.presences[at] : undefined;
        if (lost && earlier) {
          lost.presences.splice(at, 1);
          earlier.join(presence, begun.person);
          begun.presences.splice(begun.presences.indexOf(presence), 1, earlier);
          begun.moved ||= lost.moved;
          begun.netMetres = Math.max(begun.netMetres, lost.netMetres);
          this.#tell(begun, earlier);
        } else {
          this.#tell(begun, presence);
        }
      }
    }
  }

  /** The one track that was lost where this one began, provided that this one alone began there. Two that take turns are two. */
  #onlyPredecessor(begun: Track, windowMs: number): Track | null {
    let lost: Track | null = null;
    for (const other of this.#tracks.values()) {
      if (other === begun || !other.active) continue;
      if (!(other.lastMs < begun.firstMs && other.lastMs >= begun.firstMs - windowMs)) continue;
      if (!meets(other, begun, this.#options)) continue;
      if (lost) return null;
      lost = other;
    }
    if (!lost) return null;
    for (const rival of this.#tracks.values()) {
      if (rival === begun || rival === lost || !rival.active) continue;
      if (!(rival.firstMs > lost.lastMs && rival.firstMs <= lost.lastMs + windowMs)) continue;
      if (meets(lost, rival, this.#options)) return null;
    }
    return lost;
  }

  /** Tells of an episode where there is news: it became evident, it grew, or it came back. */
  #tell(track: Track, presence: ZonePresence): void {
    if (!presence.opened) {
      if (!track.active || presence.awaitingJoin || !presence.evident(this.#options)) return;
      presence.opened = true;
      presence.toldMs = presence.insideUntilMs;
      this.#out({ kind: 'opened', episode: presence.snapshot(track, true) });
      return;
    }
    const dueMs = presence.toldMs + this.#options.reportEverySeconds * 1000;
    if (presence.outside || presence.insideUntilMs < dueMs) return;
    presence.toldMs = presence.insideUntilMs;
    this.#out({ kind: 'grew', episode: presence.snapshot(track, true) });
  }

  #close(track: Track, presence: ZonePresence): void {
    if (presence.opened) this.#out({ kind: 'closed', episode: presence.snapshot(track, false) });
  }

  /** Says that everything before a moment has been told: what cannot go on any more is closed, who is gone is forgotten. */
  advance(timeMs: number): void {
    this.#silent = false;
    this.#pass(timeMs + 1);
    // Back again after the clock was set back.
    if (timeMs < this.#decidedMs - CLOCK_STEP_MS) {
      this.#decidedMs = Number.NEGATIVE_INFINITY;
      this.#pass(timeMs + 1);
    }
  }

  /** Decides what fell due strictly before a moment, in the order in which it fell due. */
  #pass(beforeMs: number): void {
    this.#resolveJoins(beforeMs);
    const lastMs = (Math.ceil(beforeMs / DECIDE_EVERY_MS) - 1) * DECIDE_EVERY_MS;
    if (lastMs <= this.#decidedMs) return;
    this.#decidedMs = lastMs;
    this.#settle(lastMs);
  }

  #settle(timeMs: number): void {
    const keepMs =
      1000 * Math.max(this.#options.coastSeconds, this.#options.graceSeconds, 2 * this.#options.joinSeconds);
    for (const [person, track] of this.#tracks) {
      const steppedBack = Math.max(track.newestMs, track.announcedMs) - timeMs > CLOCK_STEP_MS;
      for (let i = track.presences.length - 1; i >= 0; i--) {
        const presence = track.presences[i];
        if (!presence || presence.awaitingJoin) continue;
        if (presence.overAtMs(this.#options, track.lastMs) >= timeMs && !steppedBack) continue;
        this.#close(track, presence);
        track.presences.splice(i, 1);
      }
      const goneMs = Math.max(track.newestMs, track.settledMs, track.announcedMs) + keepMs;
      if (track.presences.length === 0 && (goneMs < timeMs || steppedBack)) this.#tracks.delete(person);
    }
  }

  /**
   * Says that the camera has fallen silent: its open episodes are told as over, and go on where the camera comes back with
   * what it saw meanwhile.
   */
  silence(): void {
    if (this.#silent) return;
    this.#silent = true;
    for (const track of this.#tracks.values()) {
      for (const presence of track.presences) {
        if (!presence.opened) continue;
        presence.toldMs = Number.NEGATIVE_INFINITY;
        this.#out({ kind: 'closed', episode: presence.snapshot(track, false) });
      }
    }
  }

  /** The end of the data: decides and closes everything. */
  finish(): void {
    this.#resolveJoins(Number.POSITIVE_INFINITY);
    this.#settle(Number.POSITIVE_INFINITY);
    this.#tracks.clear();
  }

  /** Takes up a stored episode before the reports around its end are replayed. */
  restore(record: Pick<EpisodeRecord, 'zone' | 'fromMs' | 'toMs' | 'open' | 'detail'>): void {
    const { detail } = record;
    const zone = this.#zones.find((candidate) => candidate.id === record.zone);
    const last = detail.members.at(-1);
    if (!zone || !last) return;
    for (const member of detail.members) {
      const settled = this.#track(member.person);
      settled.settled ??= new Map();
      const untilMs = member === last ? record.toMs : member.toMs;
      settled.settled.set(zone.id, Math.max(untilMs, settled.settled.get(zone.id) ?? Number.NEGATIVE_INFINITY));
      settled.settledMs = Math.max(settled.settledMs, untilMs);
    }
    const track = this.#track(last.person);
    track.active = true;
    track.moved ||= detail.everMoved;
    track.netMetres = Math.max(track.netMetres, detail.netDisplacementMetres);
    track.anchorAt(...detail.anchor);
    if (record.open) {
      track.presences.push(ZonePresence.restore(zone, last.person, record.fromMs, record.toMs, detail));
    }
  }
}
