/**
 * One visit of one person to one zone: a state machine over measured positions. Somebody is present from the moment the
 * boundary was crossed, not from the moment that there was evidence enough to say so; and until last seen inside, not
 * until the grace time was over.
 */
import type { DwellOptions } from './dwellOptions.ts';
import { type Join, Tally } from './tally.ts';
import type { CompiledZone } from './zones.ts';

/**
 * How far from the boundary a position must lie to be believed, metres: 1.5 sigma (87 % on one side), but never under
 * 10 cm, the rounding of a foot point, nor over 60 cm, the width of a person.
 */
export const boundaryMargin = (sigmaMetres: number): number => Math.min(0.6, Math.max(0.1, 1.5 * sigmaMetres));

/** A measured position and what lay between it and the one before. The owner reuses the object. */
export interface Step {
  timeMs: number;
  x: number;
  y: number;
  sigma: number;
  /** The measured position before; NaN where this is the first. */
  previousMs: number;
  previousX: number;
  previousY: number;
  /** Whether the time between is short enough, or carried by predicted positions, to count as one stretch. */
  linked: boolean;
  /** Linked, but with a hole that no predicted position fills. */
  hole: boolean;
  /** Time between for which only predicted positions stand, ms. */
  coastMs: number;
}

/** When the boundary was crossed on the way to a position inside; the position's own time where the way is unknown. */
export function enteredAt(zone: CompiledZone, step: Step): number {
  if (!step.linked || zone.contains(step.previousX, step.previousY)) return step.timeMs;
  const share = zone.crossing(step.previousX, step.previousY, step.x, step.y, 'entering');
  return Math.round(step.previousMs + share * (step.timeMs - step.previousMs));
}

export class Visit {
  readonly zone: CompiledZone;
  readonly fromMs: number;
  readonly entryX: number;
  readonly entryY: number;
  /** Last measured moment inside, or the moment at which the boundary was crossed outwards. */
  insideUntilMs: number;
  insideX: number;
  insideY: number;
  outside = false;
  /** Whether the present absence went further out than the uncertainty. */
  beyond = false;
  /** The episode's, from when on the visit is part of one. */
  tally = new Tally();
  #insideMs = 0;
  #deep = false;

  constructor(zone: CompiledZone, person: string, fromMs: number, x: number, y: number) {
    this.zone = zone;
    this.fromMs = fromMs;
    this.insideUntilMs = fromMs;
    this.entryX = x;
    this.entryY = y;
    this.insideX = x;
    this.insideY = y;
    this.tally.presentAs(person, fromMs);
  }

  /** The visit that the first position inside begins. */
  static begin(zone: CompiledZone, person: string, step: Step, distance: number): Visit {
    const fromMs = enteredAt(zone, step);
    const share = step.linked ? (fromMs - step.previousMs) / (step.timeMs - step.previousMs) : 1;
    const x = step.linked ? step.previousX + share * (step.x - step.previousX) : step.x;
    const y = step.linked ? step.previousY + share * (step.y - step.previousY) : step.y;
    const visit = new Visit(zone, person, fromMs, x, y);
    visit.#inside(step.timeMs - fromMs);
    visit.#stay(step, distance);
    return visit;
  }

  /** A visit that was evident when it was stored. */
  static resume(zone: CompiledZone, person: string, fromMs: number, toMs: number, x: number, y: number): Visit {
    const visit = new Visit(zone, person, fromMs, x, y);
    visit.insideUntilMs = toMs;
    visit.#deep = true;
    visit.#insideMs = Number.MAX_SAFE_INTEGER;
    return visit;
  }

  #inside(spanMs: number): void {
    this.#insideMs += spanMs;
    this.tally.insideMs += spanMs;
  }

  #stay(step: Step, distance: number): void {
    this.#deep ||= distance >= boundaryMargin(step.sigma);
    this.insideUntilMs = step.timeMs;
    this.insideX = step.x;
    this.insideY = step.y;
    this.tally.sigma.add(step.sigma);
  }

  /**
   * Takes the next measured position.
   *
   * @param distance signed distance to the boundary, metres, positive inside.
   * @returns false where the absence before it was too long: this visit is over, and the position belongs to the next.
   */
  step(step: Step, distance: number, options: DwellOptions): boolean {
    if (!step.linked) return false;
    const span = step.timeMs - step.previousMs;
    const { tally } = this;
    if (!this.outside) {
      if (distance >= 0) {
        if (step.hole) tally.bridge(this.insideUntilMs, step.timeMs, 'unseen');
        tally.coastedMs += step.hole ? span : step.coastMs;
        this.#inside(step.timeMs - this.insideUntilMs);
        this.#stay(step, distance);
        return true;
      }
      const { previousX, previousY } = step;
      const share = this.zone.crossing(previousX, previousY, step.x, step.y, 'leaving');
      const leftMs = Math.max(this.insideUntilMs, Math.round(step.previousMs + share * span));
      tally.coastedMs += Math.min(step.coastMs, leftMs - this.insideUntilMs);
      this.#inside(leftMs - this.insideUntilMs);
      this.insideUntilMs = leftMs;
      this.insideX = previousX + share * (step.x - previousX);
      this.insideY = previousY + share * (step.y - previousY);
      this.outside = true;
      this.beyond = distance < -boundaryMargin(step.sigma);
    } else if (distance >= 0) {
      const backMs = enteredAt(this.zone, step);
      if (backMs - this.insideUntilMs > this.#allowedAbsenceMs(options)) return false;
      if (this.beyond) tally.bridge(this.insideUntilMs, backMs, 'outside');
      else if (step.hole) tally.bridge(this.insideUntilMs, backMs, 'unseen');
      this.outside = false;
      this.beyond = false;
      this.#inside(step.timeMs - backMs);
      this.#stay(step, distance);
      return true;
    } else {
      this.beyond ||= distance < -boundaryMargin(step.sigma);
    }
    return step.timeMs - this.insideUntilMs <= this.#allowedAbsenceMs(options);
  }

  #allowedAbsenceMs(options: DwellOptions): number {
    return (this.beyond ? options.graceSeconds : options.edgeGraceSeconds) * 1000;
  }

  /** Goes on as somebody else who began inside while this one was lost inside: the time between counts as presence, unseen. */
  goOnAs(later: Visit, join: Join): void {
    this.tally.presentUntil(this.insideUntilMs);
    this.tally.join(join);
    const unseenMs = later.fromMs - this.insideUntilMs;
    this.tally.coastedMs += unseenMs;
    // Presence, but no evidence of any.
    this.tally.insideMs += unseenMs;
    this.#insideMs += later.#insideMs;
    this.tally.add(later.tally);
    this.#deep ||= later.#deep;
    this.standAs(later);
  }

  /** Takes over where another visit stands. */
  standAs(other: Visit): void {
    this.insideUntilMs = Math.max(this.insideUntilMs, other.insideUntilMs);
    this.insideX = other.insideX;
    this.insideY = other.insideY;
    this.outside = other.outside;
    this.beyond = other.beyond;
  }

  /** Whether there is evidence enough to speak of a presence. */
  evident(options: DwellOptions): boolean {
    const seconds = this.#insideMs / 1000;
    return seconds >= options.edgeEntrySeconds || (this.#deep && seconds >= options.entrySeconds);
  }

  /**
   * When the visit is over for want of news, ms. Nothing later is bridged or joined.
   *
   * @param measuredMs when the person was last measured: a position that follows within reach of it may tell that the
   *   boundary was crossed in time.
   * @param lostMs how long somebody lost is waited for.
   */
  overAtMs(options: DwellOptions, measuredMs: number, lostMs: number): number {
    if (!this.outside) return this.insideUntilMs + lostMs;
    const linkMs = 1000 * Math.max(options.graceSeconds, options.coastSeconds);
    return Math.max(this.insideUntilMs + this.#allowedAbsenceMs(options), measuredMs + linkMs);
  }
}
