/**
 * Counts people by zone over quarter-hours. What it knows of anybody (where, since when, in which zones before) is in this
 * process's memory alone, as long as the track lives and a few seconds more; what comes out are numbers. Pure: the time comes
 * with the data.
 */
import { type CountReport, type Polygon, QUARTER_HOUR_MS } from '@safe-passage/contract';
import { type Outline, outlineOf, within } from '../floor/outline.ts';

/** A report before the outbox has numbered it. */
export type UnnumberedCount = Omit<CountReport, 'sequence'>;

export interface CountedZone {
  readonly id: string;
  /** Floor metres. */
  readonly polygon: Polygon;
}

export interface ZoneCounterOptions {
  readonly camera: string;
  readonly calibration: string;
  readonly zones: readonly CountedZone[];
  /** Names this stretch of counting: 16 random hexadecimal digits. */
  readonly epoch: string;
}

/** Whoever is in a zone for less only touched its edge. */
const LEAST_PRESENCE_MS = 1_000;
/** A pause between two frames that is longer says nothing about where anybody was in it. */
const LONGEST_STEP_MS = 2_000;
/**
 * A track that begins so soon after, and so near to, where another was lost is the same person. Otherwise a tracker that loses
 * people would make few of them look like many, and a hub would publish a number of few people.
 */
const INSIDE = { ms: 5_000, metres: 2.5 };
/** At the edge of the picture people leave and others come: there it is the same person only where nobody could have. */
const AT_EDGE = { ms: 1_000, metres: 1 };
/** Losses that are remembered: the oldest make room. */
const MOST_LOST = 256;

/** What is known of one track. Used again for another when it is over. */
class Presence {
  lastMs = 0;
  x = 0;
  y = 0;
  atEdge = false;
  lostMs = 0;
  anyCounted = false;
  anyInterval = -1;
  /** By zone: milliseconds in it, ever and until it counts; whether it counts; the last interval in which it did. */
  readonly totalMs: Float64Array;
  readonly pendingMs: Float64Array;
  readonly pendingInterval: Int32Array;
  readonly counted: Uint8Array;
  readonly interval: Int32Array;

  constructor(zones: number) {
    this.totalMs = new Float64Array(zones);
    this.pendingMs = new Float64Array(zones);
    this.pendingInterval = new Int32Array(zones);
    this.counted = new Uint8Array(zones);
    this.interval = new Int32Array(zones);
  }

  begin(timeMs: number): void {
    this.lastMs = timeMs;
    this.x = 0;
    this.y = 0;
    this.anyCounted = false;
    this.anyInterval = -1;
    this.totalMs.fill(0);
    this.pendingMs.fill(0);
    this.pendingInterval.fill(-1);
    this.counted.fill(0);
    this.interval.fill(-1);
  }
}

export class ZoneCounter {
  readonly #camera: string;
  readonly #calibration: string;
  readonly #epoch: string;
  readonly #zones: readonly string[];
  readonly #outlines: readonly Outline[];

  /** Begin of the open interval; null before the first frame and after a close. */
  #fromMs: number | null = null;
  #interval = 0;
  #nowMs = Number.NaN;
  #watchedMs = 0;

  readonly #people: Int32Array;
  readonly #newcomers: Int32Array;
  readonly #personMs: Float64Array;
  #anyPeople = 0;
  #anyNewcomers = 0;

  readonly #present = new Map<number, Presence>();
  #lost: Presence[] = [];
  readonly #spare: Presence[] = [];

  constructor({ camera, calibration, zones, epoch }: ZoneCounterOptions) {
    this.#camera = camera;
    this.#calibration = calibration;
    this.#epoch = epoch;
    this.#zones = zones.map(({ id }) => id);
    this.#outlines = zones.map(({ polygon }) => outlineOf(polygon));
    this.#people = new Int32Array(zones.length);
    this.#newcomers = new Int32Array(zones.length);
    this.#personMs = new Float64Array(zones.length);
  }

  get epoch(): string {
    return this.#epoch;
  }

  /** How many people anything is known of: those who are there, and those who may be seen again. */
  get known(): number {
    return this.#present.size + this.#lost.length;
  }

  /**
   * Opens a frame. Every frame is announced, those without anybody too.
   *
   * @param timeMs capture time.
   * @returns the counts of the quarter-hour that is over because this frame belongs to another one; null where none is.
   */
  beginFrame(timeMs: number): UnnumberedCount | null {
    const fromMs = Math.floor(timeMs / QUARTER_HOUR_MS) * QUARTER_HOUR_MS;
    const complete = this.#fromMs !== null && this.#fromMs !== fromMs ? this.close() : null;
    if (this.#fromMs === null) {
      this.#fromMs = fromMs;
      this.#interval += 1;
    } else this.#watchedMs += this.#step(this.#nowMs, timeMs);
    this.#nowMs = timeMs;
    this.#forgetLost();
    return complete;
  }

  /**
   * Where a track is in the open frame.
   *
   * @param x metres on the floor plan, as is y.
   * @param atEdge whether it touches the edge of the picture, where people come and go.
   */
  place(trackId: number, x: number, y: number, atEdge = false): void {
    const presence = this.#present.get(trackId) ?? this.#arrival(trackId, x, y, atEdge);
    const step = this.#step(presence.lastMs, this.#nowMs);
    presence.lastMs = this.#nowMs;
    presence.x = x;
    presence.y = y;
    presence.atEdge = atEdge;
    for (let zone = 0; zone < this.#outlines.length; zone += 1) {
      if (within(this.#outlines[zone] as Outline, x, y)) this.#add(presence, zone, step);
    }
  }

  /** The track is over: what is known of it is forgotten, but for the seconds in which somebody may be seen again. */
  end(trackId: number): void {
    const presence = this.#present.get(trackId);
    if (!presence) return;
    this.#present.delete(trackId);
    presence.lostMs = this.#nowMs;
    this.#lost.push(presence);
    if (this.#lost.length > MOST_LOST) this.#forget(...this.#lost.splice(0, 1));
  }

  /** The capture time at which the open interval is over; null where none is open. */
  get endsMs(): number | null {
    return this.#fromMs === null ? null : this.#fromMs + QUARTER_HOUR_MS;
  }

  /** Closes the interval, whole or not. Its times are those of the quarter-hour in any case. @returns null where none is open. */
  close(): UnnumberedCount | null {
    if (this.#fromMs === null) return null;
    const zones = this.#zones.flatMap((zone, i) => {
      const people = this.#people[i] as number;
      if (people === 0) return [];
      const personSeconds = Math.round((this.#personMs[i] as number) / 1000);
      return [{ zone, people, newcomers: this.#newcomers[i] as number, personSeconds }];
    });
    const report: UnnumberedCount = {
      schema: 'count-report/1',
      camera: this.#camera,
      calibration: this.#calibration,
      epoch: this.#epoch,
      fromMs: this.#fromMs,
      toMs: this.#fromMs + QUARTER_HOUR_MS,
      watchedSeconds: Math.min(900, Math.round(this.#watchedMs / 1000)),
      anyZone: { people: this.#anyPeople, newcomers: this.#anyNewcomers },
      zones,
    };
    this.#fromMs = null;
    this.#watchedMs = 0;
    this.#people.fill(0);
    this.#newcomers.fill(0);
    this.#personMs.fill(0);
    this.#anyPeople = 0;
    this.#anyNewcomers = 0;
    return report;
  }

  #add(presence: Presence, zone: number, step: number): void {
    presence.totalMs[zone] = (presence.totalMs[zone] as number) + step;
    if ((presence.totalMs[zone] as number) < LEAST_PRESENCE_MS) {
      const before = presence.pendingInterval[zone] === this.#interval ? (presence.pendingMs[zone] as number) : 0;
      presence.pendingMs[zone] = before + step;
      presence.pendingInterval[zone] = this.#interval;
      return;
    }
    if (presence.counted[zone] === 0) {
      presence.counted[zone] = 1;
      this.#newcomers[zone] = (this.#newcomers[zone] as number) + 1;
      if (presence.pendingInterval[zone] === this.#interval) {
        this.#personMs[zone] = (this.#personMs[zone] as number) + (presence.pendingMs[zone] as number);
      }
    }
    if (presence.interval[zone] !== this.#interval) {
      presence.interval[zone] = this.#interval;
      this.#people[zone] = (this.#people[zone] as number) + 1;
    }
    this.#personMs[zone] = (this.#personMs[zone] as number) + step;
    if (!presence.anyCounted) {
      presence.anyCounted = true;
      this.#anyNewcomers += 1;
    }
    if (presence.anyInterval !== this.#interval) {
      presence.anyInterval = this.#interval;
      this.#anyPeople += 1;
    }
  }

  /** What of the time between two frames counts, milliseconds: nothing before the interval, and nothing of a long pause. */
  #step(lastMs: number, timeMs: number): number {
    const sinceMs = Math.max(lastMs, this.#fromMs ?? timeMs);
    return Math.min(LONGEST_STEP_MS, Math.max(0, timeMs - sinceMs));
  }

  /** A track that is new: somebody who was lost nearby a moment ago, or somebody else. */
  #arrival(trackId: number, x: number, y: number, atEdge: boolean): Presence {
    let nearest = -1;
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.#lost.length; i += 1) {
      const lost = this.#lost[i] as Presence;
      const limit = lost.atEdge || atEdge ? AT_EDGE : INSIDE;
      const metres = Math.hypot(lost.x - x, lost.y - y);
      if (metres < least && metres <= limit.metres && Math.abs(this.#nowMs - lost.lostMs) <= limit.ms) {
        least = metres;
        nearest = i;
      }
    }
    const rejoined = nearest < 0 ? undefined : this.#lost.splice(nearest, 1)[0];
    const presence = rejoined ?? this.#spare.pop() ?? new Presence(this.#zones.length);
    if (rejoined) presence.lastMs = Math.max(presence.lastMs, this.#nowMs - LONGEST_STEP_MS);
    else presence.begin(this.#nowMs);
    this.#present.set(trackId, presence);
    return presence;
  }

  /** Of an empty hall nothing is remembered overnight. */
  #forgetLost(): void {
    const mayReturn = ({ lostMs }: Presence): boolean => Math.abs(this.#nowMs - lostMs) <= INSIDE.ms;
    if (this.#lost.every(mayReturn)) return;
    this.#forget(...this.#lost.filter((one) => !mayReturn(one)));
    this.#lost = this.#lost.filter(mayReturn);
  }

  /** To be used again for somebody else, who begins with nothing. */
  #forget(...gone: readonly Presence[]): void {
    for (const one of gone) one.begin(0);
    this.#spare.push(...gone);
  }
}
