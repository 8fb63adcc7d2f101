/**
 * The story of one person in one zone: visit after visit, as long as each begins soon enough after the one before. A visit
 * becomes part of the story once it is evident: whoever brushes a corner has not come back.
 */
import type { DwellOptions } from './dwellOptions.ts';
import type { DwellPerson } from './dwellPerson.ts';
import type { DwellEpisode, EpisodeRecord, EpisodeVisit } from './episode.ts';
import type { Join, Tally } from './tally.ts';
import { Visit } from './visit.ts';
import type { CompiledZone } from './zones.ts';

const VISITS_KEPT = 64;

export class DwellStory {
  readonly zone: CompiledZone;
  /** The first entry. It and the first pseudonym name the episode, whatever is found out later. */
  readonly fromMs: number;
  readonly #entryX: number;
  readonly #entryY: number;
  readonly tally: Tally;
  /** Visits that are over: the last of them, how many, and how long in all. */
  readonly #over: EpisodeVisit[] = [];
  #overCount = 0;
  #overMs = 0;
  /** Last moment inside of the visits that are over. */
  #untilMs = Number.NEGATIVE_INFINITY;
  #lastX = 0;
  #lastY = 0;
  /** The present visit, and whether it is part of the story. */
  #visit: Visit | null;
  #adopted = false;
  /** Joins since the last visit: they count once somebody comes back. */
  readonly #pending: Join[] = [];

  opened = false;
  /** Last moment inside when the episode was last told; -Infinity after it was told to be over. */
  toldMs = Number.NEGATIVE_INFINITY;

  constructor(visit: Visit) {
    this.zone = visit.zone;
    this.fromMs = visit.fromMs;
    this.#entryX = visit.entryX;
    this.#entryY = visit.entryY;
    this.tally = visit.tally;
    this.#visit = visit;
  }

  /** A story as it was stored. */
  static restore(zone: CompiledZone, record: Pick<EpisodeRecord, 'fromMs' | 'toMs' | 'seconds' | 'open' | 'detail'>) {
    const { detail, fromMs, toMs } = record;
    const [entryX, entryY] = detail.entryPlace;
    const [lastX, lastY] = detail.lastPlace;
    const first = detail.members[0]?.person ?? '';
    const present = detail.visits.at(-1) ?? { fromMs, toMs };
    const story = new DwellStory(new Visit(zone, first, fromMs, entryX, entryY));
    const { tally } = story;
    tally.coastedMs = detail.coastedMs;
    tally.insideMs = detail.insideMs;
    tally.gapsBridged = detail.gapsBridged;
    tally.joins = detail.identityJoins;
    tally.leastProbability = detail.joinProbability;
    tally.allProbability = detail.storyProbability;
    tally.gaps.push(...detail.gaps);
    tally.members.splice(0, 1, ...detail.members.map((member) => ({ ...member })));
    tally.sigma.load(detail.sigmaBins);
    story.#pending.push(...detail.pending);
    const over = record.open ? detail.visits.slice(0, -1) : detail.visits;
    story.#over.push(...over.map((visit) => ({ ...visit })));
    story.#overCount = detail.visitCount - (record.open ? 1 : 0);
    story.#overMs = Math.round(record.seconds * 1000) - (record.open ? toMs - present.fromMs : 0);
    story.#untilMs = over.at(-1)?.toMs ?? Number.NEGATIVE_INFINITY;
    story.#lastX = lastX;
    story.#lastY = lastY;
    story.opened = true;
    story.#visit = null;
    if (record.open) {
      const last = detail.members.at(-1)?.person ?? first;
      story.#visit = Visit.resume(zone, last, present.fromMs, toMs, lastX, lastY);
      story.#visit.tally = tally;
      story.#adopted = true;
      story.toldMs = toMs;
    }
    return story;
  }

  /** The present visit, whether or not there is evidence enough for it. */
  get visit(): Visit | null {
    return this.#visit;
  }

  /** The present visit where it is part of the story. */
  get presentVisit(): Visit | null {
    return this.#adopted ? this.#visit : null;
  }

  /** Whether there is an episode at all. */
  get evident(): boolean {
    return this.#adopted || this.#overCount > 0;
  }

  /** Last moment inside, ms. */
  get untilMs(): number {
    return this.presentVisit?.insideUntilMs ?? this.#untilMs;
  }

  /** Somebody is inside again: part of the story once it is evident. */
  begin(visit: Visit): void {
    this.#visit = visit;
    this.#adopted = false;
  }

  /** Makes the present visit part of the story where it is evident. */
  prove(options: DwellOptions): void {
    const visit = this.#visit;
    if (visit && !this.#adopted && visit.evident(options)) this.#adopt(visit);
  }

  #adopt(visit: Visit): void {
    this.#adopted = true;
    if (visit.tally === this.tally) return;
    for (const join of this.#pending.splice(0)) this.tally.join(join);
    visit.tally.presentUntil(visit.insideUntilMs);
    this.tally.add(visit.tally);
    visit.tally = this.tally;
  }

  /** The present visit is over. What was not evident leaves nothing behind. */
  endVisit(): void {
    const visit = this.presentVisit;
    this.#visit = null;
    this.#adopted = false;
    if (!visit) return;
    this.tally.presentUntil(visit.insideUntilMs);
    this.#lastX = visit.insideX;
    this.#lastY = visit.insideY;
    this.#add({ fromMs: visit.fromMs, toMs: visit.insideUntilMs });
  }

  #add(visit: EpisodeVisit): void {
    this.#over.push(visit);
    if (this.#over.length > VISITS_KEPT) this.#over.shift();
    this.#overCount++;
    this.#overMs += visit.toMs - visit.fromMs;
    this.#untilMs = visit.toMs;
  }

  /** Somebody may go on from whoever left: it counts once somebody comes back. */
  await(join: Join): void {
    this.#pending.push(join);
  }

  /** Who would come back. */
  get carrier(): string {
    return this.#pending.at(-1)?.person ?? this.tally.members.at(-1)?.person ?? '';
  }

  /**
   * Goes on with what another person did here afterwards, and that nobody was told of yet.
   *
   * @param lost whether the one before was lost inside and the other began inside: one visit then, bridged.
   */
  append(later: DwellStory, join: Join, lost: boolean, options: DwellOptions): void {
    const visit = lost ? this.#visit : null;
    const first = later.#over[0];
    if (visit && !first && later.#visit) {
      visit.goOnAs(later.#visit, join);
      this.prove(options);
      return;
    }
    if (visit && first) {
      if (!this.#adopted) this.#adopt(visit);
      this.tally.presentUntil(visit.insideUntilMs);
      this.tally.coastedMs += first.fromMs - visit.insideUntilMs;
      this.tally.insideMs += first.fromMs - visit.insideUntilMs;
    } else {
      this.endVisit();
    }
    if (!later.evident) {
      this.await(join);
      this.#visit = later.#visit;
      return;
    }
    for (const pending of this.#pending.splice(0)) this.tally.join(pending);
    this.tally.join(join);
    this.tally.add(later.tally);
    for (const over of later.#over) {
      this.#add(visit && over === first ? { fromMs: visit.fromMs, toMs: first.toMs } : over);
    }
    this.#lastX = later.#lastX;
    this.#lastY = later.#lastY;
    const present = later.presentVisit;
    this.#visit = later.#visit;
    this.#adopted = present !== null;
    if (present) present.tally = this.tally;
  }

  /** Goes on as somebody who was there all the time: the two turned out to be one. */
  standAs(other: Visit, join: Join, options: DwellOptions): void {
    const visit = this.presentVisit;
    // What the other was told to have been until now is not claimed again.
    const sinceMs = Math.max(join.toMs, other.insideUntilMs);
    // A visit that is not evident yet is what the other has, too.
    if (!visit) this.endVisit();
    if (visit) {
      this.tally.presentUntil(visit.insideUntilMs);
      this.tally.join(join);
      this.tally.presentAs(join.person, sinceMs);
      visit.standAs(other);
      return;
    }
    this.await(join);
    if (other.outside) return;
    this.begin(new Visit(this.zone, join.person, sinceMs, other.insideX, other.insideY));
    this.prove(options);
  }

  /** The episode as of now. Allocates: once a second and episode, not once a position. */
  snapshot(person: DwellPerson, open: boolean): DwellEpisode {
    const { zone, fromMs, tally } = this;
    const visit = this.presentVisit;
    if (visit) tally.presentUntil(visit.insideUntilMs);
    const toMs = this.untilMs;
    const presentMs = this.#overMs + (visit ? visit.insideUntilMs - visit.fromMs : 0);
    const visits = this.#over.map((over) => ({ ...over }));
    if (visit) visits.push({ fromMs: visit.fromMs, toMs });
    return {
      zone: zone.id,
      zoneName: zone.name,
      zoneKind: zone.kind,
      zoneLimitSeconds: zone.limitSeconds,
      person: tally.members[0]?.person ?? person.name,
      fromMs,
      toMs,
      seconds: presentMs / 1000,
      open,
      coastedShare: presentMs > 0 ? Math.min(1, tally.coastedMs / presentMs) : 0,
      detail: {
        schema: 'dwell-episode/2',
        visits: visits.slice(-VISITS_KEPT),
        visitCount: this.#overCount + (visit ? 1 : 0),
        members: tally.members.map((member) => ({ ...member })),
        pending: [...this.#pending],
        gaps: [...tally.gaps],
        coastedMs: tally.coastedMs,
        gapsBridged: tally.gapsBridged,
        identityJoins: tally.joins,
        joinProbability: tally.leastProbability,
        storyProbability: tally.allProbability,
        sigmaMetres: Math.round(tally.sigma.median() * 1000) / 1000,
        sigmaBins: tally.sigma.bins(),
        everMoved: person.moved,
        netDisplacementMetres: person.netMetres,
        anchor: [person.anchorX, person.anchorY, person.anchorSigma],
        smoothed: [person.smoothX, person.smoothY],
        smoothedMs: person.smoothMs,
        entryPlace: [this.#entryX, this.#entryY],
        lastPlace: visit ? [visit.insideX, visit.insideY] : [this.#lastX, this.#lastY],
        insideMs: tally.insideMs,
      },
    };
  }
}
