/** Learns clock offsets and calibration offsets from people who are seen by two cameras. */
import type { Clocks } from './clocks.ts';
import { differenceVariance } from './evidence.ts';
import { Neighbours } from './neighbours.ts';
import type { FuseOptions } from './options.ts';
import type { Person } from './person.ts';
import type { Track } from './track.ts';

const CLOCK_EVERY_MS = 5000;
const VOTE_EVERY_MS = 1000;
/** How far around a track others are looked for that may be the same person at another time, metres. */
const VOTE_METRES = 5;
/** Independent pieces of evidence in one vote: people who walk in file vote with one another. */
const VOTE_WEIGHT = 0.4;
/** So many pairs of tracks are remembered to have voted. */
const MOST_VOTERS = 100_000;
/** Slower than this nobody tells anything about clocks, m/s. */
const VOTING_SPEED = 0.6;

export class ClockLearning {
  readonly #options: FuseOptions;
  readonly #clocks: Clocks;
  readonly #wide = new Neighbours(VOTE_METRES);
  readonly #voters = new Set<string>();
  #votedMs = Number.NEGATIVE_INFINITY;
  #clockMs = Number.NEGATIVE_INFINITY;

  constructor(options: FuseOptions, clocks: Clocks) {
    this.#options = options;
    this.#clocks = clocks;
  }

  /** Takes one moment into account. */
  learn(timeMs: number, elapsedSeconds: number, tracks: readonly Track[], persons: readonly Person[]): void {
    const weight = Math.min(1, elapsedSeconds / this.#options.correlationSeconds);
    for (const person of persons) {
      if (person.presentMembers < 2) continue;
      for (const a of person.members) {
        if (!a.now.present || !a.now.measured) continue;
        for (const b of person.members) {
          if (!(a.camera < b.camera) || !b.now.present || !b.now.measured) continue;
          const dx = b.now.x - a.now.x;
          const dy = b.now.y - a.now.y;
          const vx = (a.now.vx + b.now.vx) / 2;
          const vy = (a.now.vy + b.now.vy) / 2;
          const velocityVariance = (a.now.velocityVariance + b.now.velocityVariance) / 4;
          const applied = this.#clocks.applied(a.camera, b.camera);
          this.#clocks.pair(a.camera, b.camera).compare(dx, dy, vx, vy, velocityVariance, applied, weight);
        }
      }
    }
    if (timeMs - this.#votedMs >= VOTE_EVERY_MS) {
      this.#votedMs = timeMs;
      this.#vote(tracks);
    }
    if (!Number.isFinite(this.#clockMs)) this.#clockMs = timeMs;
    if (timeMs - this.#clockMs >= CLOCK_EVERY_MS) {
      this.#clocks.update((timeMs - this.#clockMs) / 1000);
      this.#clockMs = timeMs;
    }
  }

  /** Everybody who walks behind somebody else of another camera, on one line and at one speed, might be that person at another time. */
  #vote(tracks: readonly Track[]): void {
    this.#wide.build(tracks);
    if (this.#voters.size > MOST_VOTERS) this.#voters.clear();
    for (let i = 0; i < tracks.length; i++) {
      const a = tracks[i] as Track;
      const speed = Math.hypot(a.ahead.vx, a.ahead.vy);
      if (!a.ahead.present || !a.ahead.measured || speed < VOTING_SPEED) continue;
      const ux = a.ahead.vx / speed;
      const uy = a.ahead.vy / speed;
      this.#wide.around(i, (b) => {
        if (!(a.camera < b.camera)) return;
        const alongB = b.ahead.vx * ux + b.ahead.vy * uy;
        const acrossB = b.ahead.vy * ux - b.ahead.vx * uy;
        if (Math.abs(alongB - speed) > 0.4 || Math.abs(acrossB) > 0.4) return;
        const dx = b.ahead.x - a.ahead.x;
        const dy = b.ahead.y - a.ahead.y;
        const sigma = Math.sqrt(differenceVariance(a.ahead.variance, b.ahead.variance, this.#options));
        if (Math.abs(dy * ux - dx * uy) > 2 * sigma) return;
        const voters = `${a.number} ${b.number}`;
        // Once: companions who walk in file for a minute are one reason for a wrong offset, not sixty.
        if (this.#voters.has(voters)) return;
        this.#voters.add(voters);
        const seconds = (-2 * (dx * ux + dy * uy)) / (speed + alongB);
        this.#clocks.pair(a.camera, b.camera).vote(seconds + this.#clocks.applied(a.camera, b.camera), VOTE_WEIGHT);
      });
    }
  }
}
