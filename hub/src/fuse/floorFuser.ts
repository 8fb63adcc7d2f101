/**
 * Fuses the tracks of the cameras of one floor into persons, moment by moment. Positions come in a canonical order
 * (`canonicalOrder` in fusion.ts); what is decided at a moment depends on nothing later than its horizon.
 */
import { ClockLearning } from './clockLearning.ts';
import { Clocks } from './clocks.ts';
import { Coverage } from './coverage.ts';
import { comparison, differenceVariance, Evidence, weigh } from './evidence.ts';
import { fusePosition } from './fusedPosition.ts';
import type { Life } from './life.ts';
import { Membership } from './membership.ts';
import { Neighbours } from './neighbours.ts';
import { bridgeSeconds, type FuseOptions, holdSeconds } from './options.ts';
import type { Person } from './person.ts';
import type { Continuation, FusionCounts, PersonSample, PersonTracks } from './samples.ts';
import { type Camera, isWatching, Track } from './track.ts';
import { TrackNames, trackKey } from './trackNames.ts';

/** Faster than any runner: the id is another's. m/s. */
const TELEPORT_SPEED = 12;
/** An id that returns after this long is another's, seconds. */
const REUSE_SECONDS = 5;
/** Tracks compared with one track: ten cameras that see a dozen people within the gate. Where more are near, who is who cannot be told. */
const MOST_COMPARED = 128;
/** Somebody appeared or was lost for good, and where it was measured first or last: what continuations are made of. */
export interface LifeEvent extends Readonly<Life> {
  readonly kind: 'began' | 'ended';
  readonly person: string;
}

/** What a moment gave; the arrays are the receiver's. */
export interface Moment {
  readonly samples: PersonSample[];
  /** Of whom that has changed. */
  readonly tracks: PersonTracks[];
  readonly lives: LifeEvent[];
  /** Persons that turned out to be one while both were in sight. */
  readonly joins: Continuation[];
}

export class FloorFuser {
  readonly counts: FusionCounts = { invalid: 0, repeated: 0, late: 0, teleported: 0, overflowed: 0 };
  readonly clocks: Clocks;
  readonly #options: FuseOptions;
  readonly #names: TrackNames;
  readonly #bridgeMs: number;
  readonly #holdMs: number;
  #cameras: Camera[] = [];
  readonly #cameraByName = new Map<string, Camera>();
  /** Every track that may still be present, by number. */
  #tracks: Track[] = [];
  #trackNumber = 0;
  readonly #membership: Membership;
  readonly #learning: ClockLearning;
  readonly #near: Neighbours;
  readonly #coverage = new Coverage();
  #momentMs = Number.NEGATIVE_INFINITY;

  /** @param names of persons that began elsewhere; shared by all that fuse this floor. */
  constructor(floor: string, options: FuseOptions, names: TrackNames = new TrackNames()) {
    this.#options = options;
    this.#names = names;
    this.#bridgeMs = bridgeSeconds(options) * 1000;
    this.#holdMs = holdSeconds(options) * 1000;
    this.clocks = new Clocks(options.clockLimitSeconds);
    this.#membership = new Membership(floor, options, names, this.#coverage);
    this.#learning = new ClockLearning(options, this.clocks);
    this.#near = new Neighbours(options.gateMetres);
  }

  /** Tracks and persons that are remembered. */
  get size(): { readonly tracks: number; readonly persons: number } {
    return { tracks: this.#tracks.length, persons: this.#membership.persons.length };
  }

  #camera(name: string): Camera {
    let camera = this.#cameraByName.get(name);
    if (!camera) {
      camera = { name, tracks: [], byId: new Map(), watching: false, watched: [] };
      this.#cameraByName.set(name, camera);
      this.#cameras = [...this.#cameraByName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
      this.clocks.addCamera(name);
    }
    return camera;
  }

  /** Takes one position, in canonical order. Everything has been checked to be a number of sensible size. */
  add(cameraName: string, id: string, timeMs: number, x: number, y: number, sigma: number, measured: boolean): void {
    const camera = this.#camera(cameraName);
    let track = camera.byId.get(id);
    if (track) {
      if (timeMs <= track.lastMs) {
        this.counts.repeated++;
        return;
      }
      const returned = timeMs - track.lastMs > Math.max(REUSE_SECONDS * 1000, this.#bridgeMs);
      const teleported = !returned && track.speedTo(timeMs, x, y, sigma) > TELEPORT_SPEED;
      if (teleported) this.counts.teleported++;
      if (returned || teleported) track = undefined;
    }
    if (!track) {
      if (this.#tracks.length >= this.#options.maxTracks) {
        this.counts.overflowed++;
        return;
      }
      track = new Track(camera, id, this.#trackNumber++, timeMs);
      camera.byId.set(id, track);
      camera.tracks.push(track);
      this.#tracks.push(track);
    }
    if (!track.add(timeMs, x, y, sigma, measured)) this.counts.overflowed++;
  }

  /**
   * A camera tells whom it sees from one time to another, be it nobody. In order of the first time.
   *
   * @param fromMs by its own clock, as all of its times.
   */
  watch(cameraName: string, fromMs: number, toMs: number): void {
    const { watched } = this.#camera(cameraName);
    const last = watched[watched.length - 1];
    if (last && fromMs - last.toMs <= this.#bridgeMs) last.toMs = Math.max(last.toMs, toMs);
    else watched.push({ fromMs, toMs });
  }

  /** Decides a moment later than the last. Every position up to the horizon must have been added. */
  decide(timeMs: number): Moment {
    const moment: Moment = { samples: [], tracks: [], lives: [], joins: [] };
    const elapsedSeconds = Number.isFinite(this.#momentMs) ? (timeMs - this.#momentMs) / 1000 : 1e9;
    this.#momentMs = timeMs;
    this.#retire(timeMs, moment);
    this.#warmUp(timeMs, elapsedSeconds);
    this.#stand(timeMs, timeMs + this.#options.lagSeconds * 1000);
    this.#gather(Math.min(elapsedSeconds, this.#options.memorySeconds));
    this.#learning.learn(timeMs, elapsedSeconds, this.#tracks, this.#membership.persons);
    for (const camera of this.#cameras) this.#membership.assign(camera, timeMs, moment.joins);
    this.#membership.found(this.#cameras, timeMs);
    this.#membership.unite(timeMs, moment.joins);
    this.#tell(timeMs, elapsedSeconds, moment);
    this.#coverage.learn(this.#membership.persons);
    this.#forget(timeMs);
    return moment;
  }

  /** Gathers what steady moments would have gathered by now, where this is the first one or follows a pause. */
  #warmUp(timeMs: number, elapsedSeconds: number): void {
    const { lagSeconds, sampleSeconds } = this.#options;
    if (elapsedSeconds <= lagSeconds) return;
    const stepSeconds = Math.max(0.2, sampleSeconds);
    for (let ahead = 0; ahead < lagSeconds - 1e-9; ahead += stepSeconds) {
      this.#stand(timeMs, timeMs + ahead * 1000);
      this.#gather(stepSeconds);
    }
  }

  /** Where everybody is now and ahead. */
  #stand(timeMs: number, aheadMs: number): void {
    for (const person of this.#membership.persons) person.presentMembers = 0;
    for (const camera of this.#cameras) {
      const offset = this.clocks.offsetMs(camera.name);
      const refused = this.clocks.refused(camera.name);
      camera.watching = !refused && isWatching(camera, timeMs + offset);
      for (const track of camera.tracks) {
        track.standAt(timeMs + offset, this.#bridgeMs, this.#holdMs, track.now);
        track.standAt(aheadMs + offset, this.#bridgeMs, this.#holdMs, track.ahead);
        // Whoever walks there is told by the other cameras; told twice, one would follow the other.
        if (refused) track.now.present = false;
        if (track.now.present && track.person) track.person.presentMembers++;
      }
    }
  }

  /** Evidence about every two tracks of different cameras that are or were near each other. */
  #gather(elapsedSeconds: number): void {
    const { gateMetres, memorySeconds, correlationSeconds, companionDensity, outlierShare } = this.#options;
    this.#near.build(this.#tracks);
    for (let i = 0; i < this.#tracks.length; i++) {
      const track = this.#tracks[i] as Track;
      const { ahead } = track;
      if (!ahead.present) continue;
      let own = 0;
      this.#near.around(i, (other) => {
        const distance = Math.hypot(other.ahead.x - ahead.x, other.ahead.y - ahead.y);
        if (distance > gateMetres) return;
        if (other.camera === track.camera) own++;
        else if (other.number > track.number) this.#meet(track, other);
      });
      track.density = own / (Math.PI * gateMetres * gateMetres);
    }
    const fade = Math.exp(-elapsedSeconds / memorySeconds);
    const share = Math.min(1, elapsedSeconds / correlationSeconds);
    for (const track of this.#tracks) {
      for (const evidence of track.evidence) {
        if (evidence.a !== track) continue;
        if (!evidence.a.ahead.present || !evidence.b.ahead.present) continue;
        const { a, b } = evidence;
        const swap = a.camera > b.camera;
        const pair = swap ? this.clocks.pair(b.camera, a.camera) : this.clocks.pair(a.camera, b.camera);
        const sign = swap ? -1 : 1;
        const dx = b.ahead.x - a.ahead.x - sign * pair.offsetX;
        const dy = b.ahead.y - a.ahead.y - sign * pair.offsetY;
        const variance = differenceVariance(a.ahead.variance, b.ahead.variance, this.#options);
        const density = companionDensity + Math.max(a.density, b.density);
        weigh(evidence, comparison(dx, dy, variance, density, outlierShare), fade, share);
      }
    }
  }

  #meet(a: Track, b: Track): void {
    if (a.evidence.length >= MOST_COMPARED || b.evidence.length >= MOST_COMPARED) return;
    for (const known of a.evidence) if (known.other(a) === b) return;
    const evidence = new Evidence(a, b);
    a.evidence.push(evidence);
    b.evidence.push(evidence);
  }

  #tell(timeMs: number, elapsedSeconds: number, moment: Moment): void {
    for (const person of this.#membership.persons) {
      const fused = fusePosition(person.members, this.#options.errorCorrelation);
      if (!fused) continue;
      const seconds = (timeMs - person.seenMs) / 1000;
      const keep = person.told ? Math.exp(-seconds / 0.8) : 0;
      person.vx = keep * person.vx + (1 - keep) * fused.vx;
      person.vy = keep * person.vy + (1 - keep) * fused.vy;
      person.x = fused.x;
      person.y = fused.y;
      person.variance = fused.variance;
      person.seenMs = timeMs;
      if (!this.#coverage.supports(person, elapsedSeconds)) continue;
      const { name, x, y } = person;
      if (fused.measured || !person.told) person.keepMeasured(timeMs);
      if (!person.told) {
        person.told = true;
        moment.lives.push({ kind: 'began', person: name, ...person.measured });
      }
      if (person.changed) {
        person.changed = false;
        const tracks = person.members.map((track) => trackKey(track.camera, track.id));
        this.#names.belong(tracks, name);
        moment.tracks.push({ timeMs, person: name, tracks });
      }
      const { measured } = fused;
      moment.samples.push({ timeMs, person: name, x, y, sigmaMetres: Math.sqrt(fused.variance), measured });
    }
  }

  /** Ends whoever was lost for longer than is waited for: before anybody could take up a name across a pause. */
  #retire(timeMs: number, moment: Moment): void {
    const graceMs = Math.max(this.#options.graceSeconds * 1000, 2.2 * this.#options.sampleSeconds * 1000);
    this.#membership.persons = this.#membership.persons.filter((person) => {
      if (timeMs - person.seenMs <= graceMs) return true;
      this.#end(person, moment);
      return false;
    });
  }

  #end(person: Person, moment: Moment): void {
    for (const member of person.members) member.person = null;
    this.#names.free(person.name, person.seenMs);
    if (person.told) moment.lives.push({ kind: 'ended', person: person.name, ...person.measured });
  }

  /** Nobody is fused here any more: frees the names. */
  finish(): void {
    for (const { name, seenMs, members } of this.#membership.persons) {
      for (const member of members) member.person = null;
      this.#names.free(name, seenMs);
    }
    this.#membership.persons = [];
  }

  #forget(timeMs: number): void {
    const overBefore = timeMs - Math.max(REUSE_SECONDS * 1000, this.#bridgeMs);
    for (const camera of this.#cameras) {
      const offset = this.clocks.offsetMs(camera.name);
      for (const track of camera.tracks) track.forgetBefore(timeMs + offset - this.#bridgeMs);
      const over = camera.tracks.filter((track) => track.lastMs - offset < overBefore);
      if (over.length === 0) continue;
      for (const track of over) {
        this.#membership.leave(track);
        if (camera.byId.get(track.id) === track) camera.byId.delete(track.id);
        for (const evidence of track.evidence) {
          const { evidence: list } = evidence.other(track);
          list.splice(list.indexOf(evidence), 1);
        }
        track.evidence.length = 0;
      }
      const gone = new Set(over);
      camera.tracks.splice(0, camera.tracks.length, ...camera.tracks.filter((track) => !gone.has(track)));
      this.#tracks = this.#tracks.filter((track) => !gone.has(track));
    }
  }
}
