/**
 * Presence of one person in one zone: a state machine over measured positions. Somebody is present from the moment the
 * boundary was crossed, not from the moment that there was evidence enough to say so; and until last seen inside, not
 * until the grace time was over.
 */
import type { DwellOptions } from './dwellOptions.ts';
import type { DwellEpisode, EpisodeDetail, EpisodeGap, EpisodeMember } from './episode.ts';
import { SigmaMedian } from './sigmaMedian.ts';
import { boundaryMargin, enteredAt, type Step } from './visit.ts';
import type { CompiledZone } from './zones.ts';

export { DWELL_DEFAULTS, type DwellOptions } from './dwellOptions.ts';

const GAPS_KEPT = 64;

/** What the owner of a presence knows about its track. */
export interface TrackFacts {
  readonly person: string;
  readonly camera: string;
  readonly moved: boolean;
  readonly netMetres: number;
  readonly anchorX: number;
  readonly anchorY: number;
  readonly anchorSigma: number;
}

export class ZonePresence {
  readonly zone: CompiledZone;
  readonly fromMs: number;
  readonly #entryX: number;
  readonly #entryY: number;
  /** Last measured moment inside, or the moment at which the boundary was crossed outwards. */
  insideUntilMs: number;
  #insideX: number;
  #insideY: number;
  outside = false;
  /** Whether the present absence went further out than the uncertainty. */
  beyond = false;
  #insideMs = 0;
  #deep = false;
  #coastedMs = 0;
  #gapsBridged = 0;
  #joins = 0;
  readonly #gaps: EpisodeGap[] = [];
  readonly #members: EpisodeMember[];
  readonly #sigma: SigmaMedian;

  opened = false;
  /** Held back until it is known whether this is the continuation of a lost track. */
  awaitingJoin = false;
  /** `insideUntilMs` when the episode was last told; NaN: it was told to be over. */
  toldMs = Number.NaN;

  constructor(zone: CompiledZone, person: string, fromMs: number, x: number, y: number) {
    this.zone = zone;
    this.fromMs = fromMs;
    this.insideUntilMs = fromMs;
    this.#entryX = x;
    this.#entryY = y;
    this.#insideX = x;
    this.#insideY = y;
    this.#members = [{ person, fromMs, toMs: fromMs }];
    this.#sigma = new SigmaMedian();
  }

  /** An open episode as it was stored. */
  static restore(
    zone: CompiledZone,
    person: string,
    fromMs: number,
    toMs: number,
    detail: EpisodeDetail,
  ): ZonePresence {
    const presence = new ZonePresence(zone, person, fromMs, detail.entryPlace[0], detail.entryPlace[1]);
    presence.insideUntilMs = toMs;
    presence.#insideX = detail.lastPlace[0];
    presence.#insideY = detail.lastPlace[1];
    presence.#insideMs = detail.insideMs;
    presence.#deep = true;
    presence.#coastedMs = detail.coastedMs;
    presence.#gapsBridged = detail.gapsBridged;
    presence.#joins = detail.identityJoins;
    presence.#gaps.push(...detail.gaps);
    presence.#members.splice(0, 1, ...detail.members.map((member) => ({ ...member })));
    presence.#sigma.load(detail.sigmaBins);
    presence.opened = true;
    presence.toldMs = toMs;
    return presence;
  }

  /** A position inside, first of its run or not. */
  #stay(step: Step): void {
    this.insideUntilMs = step.timeMs;
    this.#insideX = step.x;
    this.#insideY = step.y;
    this.#sigma.add(step.sigma);
  }

  /** The first position inside; the presence was made with the moment of the crossing. */
  begin(step: Step, distance: number): void {
    this.#insideMs += step.timeMs - this.fromMs;
    this.#deep ||= distance >= boundaryMargin(step.sigma);
    this.#stay(step);
  }

  /**
   * Takes the next measured position.
   *
   * @param distance signed distance to the boundary, metres, positive inside.
   * @returns false where the absence before it was too long: this presence is over, and the position belongs to the next.
   */
  step(step: Step, distance: number, options: DwellOptions): boolean {
    if (!step.linked) return false;
    const span = step.timeMs - step.previousMs;
    if (!this.outside) {
      if (distance >= 0) {
        if (step.hole) this.#bridge(this.insideUntilMs, step.timeMs, 'unseen');
        this.#coastedMs += step.hole ? span : step.coastMs;
        this.#insideMs += step.timeMs - this.insideUntilMs;
        this.#deep ||= distance >= boundaryMargin(step.sigma);
        this.#stay(step);
        return true;
      }
      const { previousX, previousY } = step;
      const share = this.zone.crossing(previousX, previousY, step.x, step.y, 'leaving');
      const leftMs = Math.max(this.insideUntilMs, Math.round(step.previousMs + share * span));
      this.#coastedMs += Math.min(step.coastMs, leftMs - this.insideUntilMs);
      this.#insideMs += leftMs - this.insideUntilMs;
      this.insideUntilMs = leftMs;
      this.#insideX = previousX + share * (step.x - previousX);
      this.#insideY = previousY + share * (step.y - previousY);
      this.outside = true;
      this.beyond = distance < -boundaryMargin(step.sigma);
    } else if (distance >= 0) {
      const backMs = enteredAt(this.zone, step);
      if (backMs - this.insideUntilMs > this.#allowedAbsenceMs(options)) return false;
      if (this.beyond) this.#bridge(this.insideUntilMs, backMs, 'outside');
      else if (step.hole) this.#bridge(this.insideUntilMs, backMs, 'unseen');
      this.outside = false;
      this.beyond = false;
      this.#insideMs += step.timeMs - backMs;
      this.#deep ||= distance >= boundaryMargin(step.sigma);
      this.#stay(step);
      return true;
    } else {
      this.beyond ||= distance < -boundaryMargin(step.sigma);
    }
    return step.timeMs - this.insideUntilMs <= this.#allowedAbsenceMs(options);
  }

  #allowedAbsenceMs(options: DwellOptions): number {
    return (this.beyond ? options.graceSeconds : options.edgeGraceSeconds) * 1000;
  }

  #bridge(fromMs: number, toMs: number, cause: EpisodeGap['cause']): void {
    if (cause === 'identity') this.#joins++;
    else this.#gapsBridged++;
    if (this.#gaps.length < GAPS_KEPT) {
      this.#gaps.push({ fromMs, toMs, cause });
    }
  }

  /** Takes over what a later track did in the same zone, as the continuation of this one. */
  join(later: ZonePresence, person: string): void {
    const unseenMs = later.fromMs - this.insideUntilMs;
    this.#closeMember();
    this.#members.push({ person, fromMs: later.fromMs, toMs: later.fromMs });
    this.#bridge(this.insideUntilMs, later.fromMs, 'identity');
    this.#coastedMs += unseenMs + later.#coastedMs;
    this.#gapsBridged += later.#gapsBridged;
    for (const gap of later.#gaps) if (this.#gaps.length < GAPS_KEPT) this.#gaps.push(gap);
    this.#insideMs += unseenMs + later.#insideMs;
    this.#deep ||= later.#deep;
    this.#sigma.merge(later.#sigma);
    this.insideUntilMs = later.insideUntilMs;
    this.#insideX = later.#insideX;
    this.#insideY = later.#insideY;
    this.outside = later.outside;
    this.beyond = later.beyond;
  }

  #closeMember(): void {
    const member = this.#members.at(-1);
    if (member) member.toMs = this.insideUntilMs;
  }

  /** Whether there is evidence enough to speak of a presence. */
  evident(options: DwellOptions): boolean {
    const seconds = this.#insideMs / 1000;
    return seconds >= options.edgeEntrySeconds || (this.#deep && seconds >= options.entrySeconds);
  }

  /**
   * When the presence is over for want of news, ms. Nothing shorter is bridged or joined.
   *
   * @param measuredMs when the track was last measured: a position that follows within reach of it may tell that the
   *   boundary was crossed in time.
   */
  overAtMs(options: DwellOptions, measuredMs: number): number {
    const linkMs = 1000 * Math.max(options.graceSeconds, options.coastSeconds);
    return this.outside
      ? Math.max(this.insideUntilMs + this.#allowedAbsenceMs(options), measuredMs + linkMs)
      : Math.max(this.insideUntilMs + linkMs, this.insideUntilMs + 2000 * options.joinSeconds);
  }

  /** The episode as of now. Allocates: once a second and episode, not once a position. */
  snapshot(track: TrackFacts, open: boolean): DwellEpisode {
    this.#closeMember();
    const { zone, fromMs, insideUntilMs: toMs } = this;
    const span = toMs - fromMs;
    return {
      zone: zone.id,
      zoneName: zone.name,
      zoneKind: zone.kind,
      zoneLimitSeconds: zone.limitSeconds,
      person: this.#members[0]?.person ?? track.person,
      fromMs,
      toMs,
      seconds: span / 1000,
      open,
      coastedShare: span > 0 ? Math.min(1, this.#coastedMs / span) : 0,
      detail: {
        schema: 'dwell-episode/2',
        camera: track.camera,
        visits: [{ fromMs, toMs }],
        visitCount: 1,
        pending: [],
        members: this.#members.map((member) => ({ ...member })),
        gaps: [...this.#gaps],
        coastedMs: this.#coastedMs,
        gapsBridged: this.#gapsBridged,
        identityJoins: this.#joins,
        joinProbability: 1,
        storyProbability: 1,
        sigmaMetres: Math.round(this.#sigma.median() * 1000) / 1000,
        sigmaBins: this.#sigma.bins(),
        everMoved: track.moved,
        netDisplacementMetres: track.netMetres,
        anchor: [track.anchorX, track.anchorY, track.anchorSigma],
        smoothed: [track.anchorX, track.anchorY],
        smoothedMs: toMs,
        entryPlace: [this.#entryX, this.#entryY],
        lastPlace: [this.#insideX, this.#insideY],
        insideMs: this.#insideMs,
      },
    };
  }
}
