/** Who belongs to whom: tracks of one camera after the other are given to persons, one to one, by the evidence between tracks. */
import { assignBest, type Choice } from './assignment.ts';
import type { Coverage } from './coverage.ts';
import { comparison } from './evidence.ts';
import type { FuseOptions } from './options.ts';
import { isMeasuredBy, Person, personName } from './person.ts';
import type { Continuation } from './samples.ts';
import type { Camera, Track } from './track.ts';
import { type TrackNames, trackKey } from './trackNames.ts';

/** Evidence against two tracks that were never near each other. */
const NEVER_NEAR = -8;
/** What cameras that see nobody may tell against one more person, at most. */
const MOST_UNSEEN = -8;

export class Membership {
  persons: Person[] = [];
  readonly #floor: string;
  readonly #options: FuseOptions;
  readonly #names: TrackNames;
  readonly #coverage: Coverage;
  #personNumber = 0;
  #mark = 0;

  constructor(floor: string, options: FuseOptions, names: TrackNames, coverage: Coverage) {
    this.#floor = floor;
    this.#options = options;
    this.#names = names;
    this.#coverage = coverage;
  }

  /** Gives the tracks of one camera to persons, one to one, where the evidence of the other cameras' tracks is for it. */
  assign(camera: Camera, timeMs: number, joins: Continuation[]): void {
    const { joinEvidence, stayEvidence } = this.#options;
    const rows: Track[] = [];
    const choices: Choice[] = [];
    const columns = new Map<number, Person>();
    for (const track of camera.tracks) {
      if (!track.now.present) continue;
      const row = rows.length;
      const candidates = this.#candidates(track);
      if (candidates.length === 0) continue;
      rows.push(track);
      const instead = joinEvidence + (this.#inCompany(track) ? 0 : this.#alone(track));
      for (const person of candidates) {
        const gain = person.gain + (person === track.person ? stayEvidence : -instead);
        if (gain <= 0) continue;
        columns.set(person.number, person);
        choices.push({ row, column: person.number, gain });
      }
    }
    if (rows.length === 0) return;
    const chosen = assignBest(choices, rows.length);
    const leavers: Track[] = [];
    const leaverRows: number[] = [];
    for (let row = 0; row < rows.length; row++) {
      const track = rows[row] as Track;
      const person = columns.get(chosen[row] as number) ?? null;
      if (person === track.person) continue;
      // Somebody whose only track it is stays a person; only company can be left.
      if (!person && !this.#inCompany(track)) continue;
      leavers.push(track);
      leaverRows.push(row);
    }
    const from = leavers.map((track) => track.person);
    for (const track of leavers) {
      this.leave(track);
      track.aloneMs = timeMs;
    }
    leavers.forEach((track, i) => {
      const person = columns.get(chosen[leaverRows[i] as number] as number);
      if (person) this.#join(track, person);
    });
    from.forEach((left, i) => {
      const track = leavers[i] as Track;
      if (left && left.presentMembers === 0 && track.person && left !== track.person) {
        this.#absorb(left, track.person, timeMs, joins);
      }
    });
  }

  /**
   * Persons with tracks that this one was compared with; `gain` of each is the evidence for it being one of them: the mean over their tracks, since
   * an error of this track stands in every comparison.
   */
  #candidates(track: Track): Person[] {
    const found: Person[] = [];
    this.#compare(track, ++this.#mark, found);
    for (const person of found) {
      let others = 0;
      for (const member of person.members) if (member.now.present && member.camera !== track.camera) others++;
      person.gain = (person.gain + NEVER_NEAR * (others - person.compared)) / others;
    }
    return found;
  }

  /** Adds up, for every person that it was compared with, how often and what came of it; `found` takes those that are new under this mark. */
  #compare(track: Track, mark: number, found: Person[]): void {
    for (const evidence of track.evidence) {
      const other = evidence.other(track);
      const { person } = other;
      if (!person || !other.now.present) continue;
      if (person.mark !== mark) {
        person.mark = mark;
        person.gain = 0;
        person.compared = 0;
        found.push(person);
      }
      person.gain += evidence.ratio;
      person.compared++;
    }
  }

  /** How much speaks against this track being of somebody whom no other camera sees, 0 or less. */
  #alone(track: Track): number {
    const { x, y } = track.now;
    return Math.max(
      MOST_UNSEEN,
      this.#coverage.unseen(x, y, (camera) => camera === track.seenBy),
    );
  }

  /**
   * Makes one person of two where all of their tracks together speak for it: one by one none would go over, since each has company where it is.
   */
  unite(timeMs: number, joins: Continuation[]): void {
    for (const person of [...this.persons]) {
      const best = this.#double(person);
      if (best) this.#absorb(person, best, timeMs, joins);
    }
  }

  /** Whoever is most likely to be the same body as a person; null where nobody is likelier than not to be. */
  #double(person: Person): Person | null {
    // Without a place there is nothing to compare: it was found at this moment.
    if (person.presentMembers === 0 || Number.isNaN(person.x)) return null;
    const found: Person[] = [];
    const mark = ++this.#mark;
    for (const track of person.members) if (track.now.present) this.#compare(track, mark, found);
    let best: Person | null = null;
    let most = 0;
    for (const candidate of found) {
      if (candidate === person || Number.isNaN(candidate.x)) continue;
      const pairs = person.presentMembers * candidate.presentMembers;
      const mean = (candidate.gain + NEVER_NEAR * (pairs - candidate.compared)) / pairs;
      // What cameras do not see makes up for no more.
      if (mean <= MOST_UNSEEN || clash(person, candidate)) continue;
      const gain = mean - this.#apart(person, candidate);
      if (gain > most) {
        most = gain;
        best = candidate;
      }
    }
    return best;
  }

  /** How much speaks against two whom each other's cameras do not see, 0 or less. */
  #apart(a: Person, b: Person): number {
    const only = (one: Person, other: Person): number =>
      this.#coverage.unseen(one.x, one.y, (camera) => has(one, camera) || !has(other, camera));
    return Math.max(MOST_UNSEEN, only(a, b) + only(b, a));
  }

  #inCompany(track: Track): boolean {
    return track.person !== null && track.person.presentMembers > 1;
  }

  leave(track: Track): void {
    const { person } = track;
    if (!person) return;
    person.members.splice(person.members.indexOf(track), 1);
    person.changed = true;
    if (track.now.present) person.presentMembers--;
    track.person = null;
  }

  #join(track: Track, person: Person): void {
    track.person = person;
    person.members.push(track);
    person.changed = true;
    if (track.now.present) person.presentMembers++;
  }

  /** A person lost its last track to another: one body, and the name that was there first goes on. */
  #absorb(left: Person, into: Person, timeMs: number, joins: Continuation[]): void {
    for (const member of [...left.members]) {
      this.leave(member);
      this.#join(member, into);
    }
    this.persons.splice(this.persons.indexOf(left), 1);
    const older = left.foundedMs < into.foundedMs || (left.foundedMs === into.foundedMs && left.number < into.number);
    const gone = older ? into.name : left.name;
    const goneTold = older ? into.told : left.told;
    if (older) {
      into.name = left.name;
      into.foundedMs = left.foundedMs;
      into.told = left.told;
      into.changed = true;
    }
    this.#names.free(gone, timeMs);
    if (!goneTold) return;
    const [track] = into.members;
    const gain = track ? (this.#candidates(track).find((person) => person === into)?.gain ?? 0) : 0;
    const probability = 1 / (1 + Math.exp(-gain));
    joins.push({ earlier: gone, later: into.name, fromMs: timeMs, toMs: timeMs, probability });
  }

  /** Tracks of nobody begin a person, take up one that was lost just here, or wait for evidence to clear. */
  found(cameras: readonly Camera[], timeMs: number): void {
    const alone: Track[] = [];
    for (const camera of cameras) {
      for (const track of camera.tracks) {
        if (!track.now.present || track.person || !track.now.measured) continue;
        if (timeMs - track.aloneMs < this.#options.waitSeconds * 1000 && this.#undecided(track)) continue;
        alone.push(track);
      }
    }
    if (alone.length === 0) return;
    const choices: Choice[] = [];
    const lost = this.persons.filter((person) => person.presentMembers === 0);
    alone.forEach((track, row) => {
      for (const person of lost) {
        const gain = this.#resumption(person, track, timeMs) - this.#options.joinEvidence;
        if (gain > 0) choices.push({ row, column: person.number, gain });
      }
    });
    const chosen = assignBest(choices, alone.length);
    alone.forEach((track, row) => {
      if (track.person) return;
      let person = chosen[row] === -1 ? undefined : lost.find(({ number }) => number === chosen[row]);
      if (!person) {
        person = this.#somebody(track, timeMs);
        this.persons.push(person);
      }
      this.#join(track, person);
      // The other cameras' tracks of the same body may not found persons of their own beside it.
      this.#gatherAround(track, person);
    });
  }

  /** Somebody begins with this track, or goes on with it. */
  #somebody(track: Track, timeMs: number): Person {
    const before = this.#names.resumed(trackKey(track.camera, track.id), timeMs);
    const name = before?.name ?? personName(this.#floor, track.camera, track.id, timeMs);
    this.#names.bear(name);
    return new Person(name, this.#personNumber++, before?.seenMs ?? timeMs);
  }

  /** Tracks of nobody that speak for this person at once belong to it. */
  #gatherAround(founder: Track, person: Person): void {
    for (const evidence of founder.evidence) {
      const other = evidence.other(founder);
      if (other.person || !other.now.present || evidence.ratio <= this.#options.joinEvidence) continue;
      if (person.members.some((member) => member.now.present && member.camera === other.camera)) continue;
      const gain = this.#candidates(other).find((candidate) => candidate === person)?.gain ?? 0;
      if (gain > this.#options.joinEvidence) this.#join(other, person);
    }
  }

  #undecided(track: Track): boolean {
    return this.#candidates(track).some((person) => person.gain > this.#options.clearEvidence);
  }

  #resumption(person: Person, track: Track, timeMs: number): number {
    const seconds = (timeMs - person.seenMs) / 1000;
    const dx = track.now.x - person.x - person.vx * seconds;
    const dy = track.now.y - person.y - person.vy * seconds;
    const wander = 0.4 * seconds;
    const variance = person.variance + wander * wander + track.now.variance;
    // Who was predicted for so long that nobody knows where they are is not taken up by whoever comes next.
    if (variance > this.#options.gateMetres * this.#options.gateMetres) return Number.NEGATIVE_INFINITY;
    const density = this.#options.companionDensity + track.density;
    return comparison(dx, dy, variance, density, this.#options.outlierShare);
  }
}

/** Whether a camera has a track of somebody now. */
const has = ({ members }: Person, camera: Camera): boolean =>
  members.some(({ seenBy, now }) => seenBy === camera && now.present);

/** Whether one camera measures both: then they are two. */
const clash = (a: Person, b: Person): boolean =>
  a.members.some(({ seenBy, now }) => now.present && now.measured && isMeasuredBy(b, seenBy));
