/**
 * Dwell of the persons of one floor: who is present in which zone, and for how long. Presence, not stillness: somebody who walks
 * about inside stays. Who comes back goes on with the same episode; who is lost may go on as another, where that is
 * probable enough. Incremental and without a clock: the same positions give the same episodes, however they were cut.
 */
import type { Continuation, PersonSample } from '../fuse/samples.ts';
import { ContinuationWords } from './continuationWords.ts';
import { DWELL_DEFAULTS, type DwellOptions } from './dwellOptions.ts';
import { DwellPerson } from './dwellPerson.ts';
import { DwellStory } from './dwellStory.ts';
import { DwellTeller } from './dwellTeller.ts';
import type { DwellEpisode, DwellEvent, EpisodeRecord } from './episode.ts';
import { HandOver } from './handOver.ts';
import { SampleBuffer } from './sampleBuffer.ts';
import { ShortLosses } from './shortLosses.ts';
import { type Step, Visit } from './visit.ts';
import type { CompiledZone } from './zones.ts';

/**
 * Ends and joins are decided at whole multiples of this, and not whenever somebody happens to ask: so it makes no difference
 * how positions were cut into calls.
 */
const DECIDE_EVERY_MS = 500;
/** Beyond this nothing is a place on any floor: metres. */
const FARTHEST_METRES = 1e6;

const byBeginning = (a: DwellPerson, b: DwellPerson): number =>
  a.firstMs - b.firstMs || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

export class PersonDwell {
  readonly #zones: readonly CompiledZone[];
  /** The bounding boxes of the zones in a row: west, south, east, north. */
  readonly #bounds: Float64Array;
  readonly #options: DwellOptions;
  /** How long after somebody began it is decided whom they go on from. */
  readonly #waitMs: number;
  /** How long somebody who was lost inside is waited for. */
  readonly #lostMs: number;
  /** Who was not heard of for longer is forgotten, and their name is free. */
  readonly #keepMs: number;
  readonly #byName = new Map<string, DwellPerson>();
  #persons: DwellPerson[] = [];
  /** Who began, and whom they go on from was not asked yet; in the order of time. */
  #unasked: DwellPerson[] = [];
  /** Taken up from the store and not heard of in the replay yet. */
  #unheard: DwellPerson[] = [];
  readonly #words: ContinuationWords<DwellPerson>;
  readonly #losses: ShortLosses;
  readonly #buffer = new SampleBuffer();
  #advancedMs = Number.NEGATIVE_INFINITY;
  #decidedMs = Number.NEGATIVE_INFINITY;
  /** Time of the first position of all. */
  #beganMs = Number.NaN;
  readonly #teller: DwellTeller;
  readonly #handOver: HandOver;
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

  /** @param onOver told once of each episode that nothing can continue any more, at the latest when the data ends. */
  constructor(
    zones: readonly CompiledZone[],
    options: Partial<DwellOptions> = {},
    onOver: ((episode: DwellEpisode) => void) | null = null,
  ) {
    this.#zones = zones;
    this.#bounds = Float64Array.from(zones.flatMap(({ minX, minY, maxX, maxY }) => [minX, minY, maxX, maxY]));
    this.#options = { ...DWELL_DEFAULTS, ...options };
    this.#teller = new DwellTeller(this.#options, onOver);
    this.#handOver = new HandOver(this.#options, this.#teller);
    const { graceSeconds, coastSeconds, joinSeconds, continuationSeconds, continuationWaitSeconds, reuseSeconds } =
      this.#options;
    const linkMs = 1000 * Math.max(graceSeconds, coastSeconds);
    this.#waitMs = 1000 * Math.max(joinSeconds, continuationSeconds > 0 ? continuationWaitSeconds : 0);
    this.#lostMs = Math.max(linkMs, 1000 * Math.max(joinSeconds, continuationSeconds) + this.#waitMs + DECIDE_EVERY_MS);
    this.#keepMs = Math.max(1000 * reuseSeconds, this.#lostMs);
    this.#words = new ContinuationWords(this.#options);
    this.#losses = new ShortLosses(this.#options);
  }

  /** How many people are remembered. */
  get peopleRemembered(): number {
    return this.#persons.length;
  }

  /**
   * Takes one position, in order of time per person.
   *
   * @returns false where it is of no use: not a number, nowhere on a floor, not later than the person's last, or from a time
   *   that is decided already.
   */
  observe({ person: name, timeMs, x, y, sigmaMetres, measured }: PersonSample): boolean {
    if (!(timeMs >= this.#advancedMs && timeMs < Number.POSITIVE_INFINITY)) return false;
    if (!(Math.abs(x) <= FARTHEST_METRES && Math.abs(y) <= FARTHEST_METRES)) return false;
    if (!(sigmaMetres >= 0 && sigmaMetres <= FARTHEST_METRES)) return false;
    let person = this.#byName.get(name);
    if (!person) {
      person = new DwellPerson(name);
      this.#byName.set(name, person);
      this.#persons.push(person);
    }
    if (timeMs <= person.receivedMs) return false;
    person.receivedMs = timeMs;
    this.#buffer.add(person, timeMs, x, y, sigmaMetres, measured);
    return true;
  }

  /**
   * Takes the fusion's word that one person may go on as another. It counts where it comes before the other was seen for
   * `continuationWaitSeconds`; later ones are left out, since an episode that was told is not taken back.
   */
  continuation(continuation: Continuation): void {
    const together = continuation.fromMs === continuation.toMs;
    if (!together && this.#byName.get(continuation.later)?.asked) return;
    this.#words.add(continuation);
  }

  /** Says that everything before a moment is known, and gives back what happened. */
  advance(timeMs: number): DwellEvent[] {
    if (timeMs > this.#advancedMs) {
      this.#advancedMs = timeMs;
      this.#pass(timeMs);
    }
    return this.#teller.taken();
  }

  /** Every episode that goes on, or goes on where somebody comes back; those still in doubt are not among them. */
  episodes(): DwellEpisode[] {
    const all: DwellEpisode[] = [];
    for (const person of this.#persons) {
      for (const story of person.stories) {
        if (story.opened) all.push(story.snapshot(person, story.presentVisit !== null));
      }
    }
    return all;
  }

  /** Nothing is heard of anybody: what is open is told to be over, and goes on with whatever comes after all. */
  silence(): DwellEvent[] {
    for (const person of this.#persons) {
      for (const story of person.stories) if (story.opened && story.presentVisit) this.#teller.closed(person, story);
    }
    return this.#teller.taken();
  }

  /** The end of all data: closes everything. */
  finish(): DwellEvent[] {
    this.#pass(Number.POSITIVE_INFINITY);
    this.#byName.clear();
    this.#persons = [];
    return this.#teller.taken();
  }

  #pass(beforeMs: number): void {
    this.#buffer.drain(beforeMs, this.#take);
    this.#settleBefore(beforeMs);
  }

  /** Decides what fell due. Between two positions nothing changes: the last multiple before the next one will do. */
  #settleBefore(timeMs: number): void {
    const lastMs = Math.floor(timeMs / DECIDE_EVERY_MS) * DECIDE_EVERY_MS;
    if (!(lastMs > this.#decidedMs)) return;
    this.#decidedMs = lastMs;
    this.#settle(lastMs);
  }

  readonly #take = (
    known: DwellPerson,
    timeMs: number,
    x: number,
    y: number,
    sigma: number,
    measured: boolean,
  ): void => {
    this.#settleBefore(timeMs);
    let person = known;
    while (person.again) person = person.again;
    if (timeMs - person.newestMs > this.#keepMs && person.newestMs > Number.NEGATIVE_INFINITY) {
      person = this.#someoneNew(person);
    } else if (measured && !person.reaches(timeMs, x, y, sigma, this.#options)) {
      // One position too far may be an error of seeing; where the next is there as well, the name is another's.
      const stays = !Number.isNaN(person.strayMs) && person.strays(timeMs, x, y, this.#options);
      person.strayMs = timeMs;
      person.strayX = x;
      person.strayY = y;
      if (!stays) return;
      person = this.#someoneNew(person);
    }
    this.#position(person, timeMs, x, y, sigma, measured);
  };

  #someoneNew(before: DwellPerson): DwellPerson {
    const person = new DwellPerson(before.name);
    person.receivedMs = before.receivedMs;
    before.again = person;
    this.#byName.set(person.name, person);
    this.#persons.push(person);
    return person;
  }

  #position(person: DwellPerson, timeMs: number, x: number, y: number, sigma: number, measured: boolean): void {
    if (Number.isNaN(person.lastMs) && person.storedMs < timeMs) {
      person.lastMs = person.newestMs = person.storedMs;
      person.lastX = person.storedX;
      person.lastY = person.storedY;
    }
    if (!Number.isNaN(person.lastMs)) person.holeMs = Math.max(person.holeMs, timeMs - person.newestMs);
    if (!measured) {
      if (!Number.isNaN(person.lastMs)) person.predictedMs += timeMs - person.newestMs;
      person.newestMs = timeMs;
      return;
    }
    const options = this.#options;
    const step = this.#step;
    step.timeMs = timeMs;
    step.x = x;
    step.y = y;
    step.sigma = sigma;
    step.previousMs = person.lastMs;
    step.previousX = person.lastX;
    step.previousY = person.lastY;
    const span = timeMs - person.lastMs;
    const carried = person.predictedMs > 0 && person.holeMs <= options.continuousSeconds * 1000;
    step.linked = span <= (carried ? options.coastSeconds : options.graceSeconds) * 1000;
    step.hole = step.linked && !carried && span > options.continuousSeconds * 1000;
    step.coastMs = person.predictedMs;
    const first = Number.isNaN(person.firstMs);
    const heardOf = person.newestMs > Number.NEGATIVE_INFINITY;
    person.strayMs = Number.NaN;
    person.newestMs = timeMs;
    person.measured(timeMs, x, y, sigma, options);
    if (first) this.#began(person, heardOf);
    this.#inZones(person, step);
  }

  #began(person: DwellPerson, heardOf: boolean): void {
    const { firstMs } = person;
    if (Number.isNaN(this.#beganMs)) this.#beganMs = firstMs;
    // Who is there when the data begins, or was predicted before, did not begin then, and goes on from nobody.
    if (heardOf || firstMs - this.#beganMs < this.#options.continuousSeconds * 1000) person.decided = true;
    else this.#losses.began(person);
    this.#unasked.push(person);
  }

  #inZones(person: DwellPerson, step: Step): void {
    const { x, y, timeMs } = step;
    const { stories, settled } = person;
    const bounds = this.#bounds;
    let visiting = 0;
    for (const story of stories) if (story.visit) visiting++;
    for (let z = 0; z < this.#zones.length; z++) {
      const away =
        x < (bounds[4 * z] as number) ||
        y < (bounds[4 * z + 1] as number) ||
        x > (bounds[4 * z + 2] as number) ||
        y > (bounds[4 * z + 3] as number);
      if (away && visiting === 0) continue;
      const zone = this.#zones[z] as CompiledZone;
      let story: DwellStory | undefined;
      for (const candidate of stories) if (candidate.zone === zone) story = candidate;
      if (!story?.visit && (away || !zone.contains(x, y))) continue;
      if (settled && timeMs <= (settled.get(zone.id) ?? Number.NEGATIVE_INFINITY)) continue;
      const distance = zone.signedDistance(x, y);
      if (story?.visit) {
        if (story.visit.step(step, distance, this.#options)) {
          story.prove(this.#options);
          this.#teller.news(person, story);
          continue;
        }
        if (!this.#teller.endVisit(person, story)) story = undefined;
        if (distance < 0) continue;
      }
      const visit = Visit.begin(zone, person.name, step, distance);
      if (story && visit.fromMs - story.untilMs > this.#options.revisitSeconds * 1000) {
        this.#teller.over(person, story);
        stories.splice(stories.indexOf(story), 1);
        story = undefined;
      }
      if (story) {
        story.begin(visit);
      } else {
        story = new DwellStory(visit);
        stories.push(story);
      }
      story.prove(this.#options);
      this.#teller.news(person, story);
    }
  }

  /** Decides whatever fell due before a moment. */
  #settle(timeMs: number): void {
    // Who was taken up from the store is waited for from the beginning of the replay on.
    for (const person of this.#unheard) person.receivedMs = Math.max(person.receivedMs, timeMs - 1);
    this.#unheard.length = 0;
    this.#decide(timeMs);
    for (const word of this.#words.togetherBefore(timeMs)) this.#unite(word);
    const revisitMs = this.#options.revisitSeconds * 1000 + this.#lostMs;
    let kept = 0;
    for (const person of this.#persons) {
      const gone = Math.max(person.receivedMs, person.settledMs) + this.#keepMs < timeMs;
      for (let i = person.stories.length - 1; i >= 0; i--) {
        const story = person.stories[i] as DwellStory;
        const { visit } = story;
        if (visit && visit.overAtMs(this.#options, person.lastMs, this.#lostMs) < timeMs)
          this.#teller.endVisit(person, story);
        if (!story.evident || story.visit || !(gone || story.untilMs + revisitMs < timeMs)) continue;
        this.#teller.over(person, story);
        person.stories.splice(i, 1);
      }
      if (!gone || person.stories.length > 0) this.#persons[kept++] = person;
      else if (this.#byName.get(person.name) === person) this.#byName.delete(person.name);
    }
    this.#persons.length = kept;
    this.#words.forgetBefore(timeMs);
    this.#losses.forgetBefore(timeMs - this.#waitMs - DECIDE_EVERY_MS);
    this.#teller.ends();
  }

  /** Decides whom those go on from who were seen for long enough; in the order in which they began. */
  #decide(timeMs: number): void {
    let ready = 0;
    while (ready < this.#unasked.length) {
      if ((this.#unasked[ready] as DwellPerson).firstMs + this.#waitMs >= timeMs) break;
      ready++;
    }
    if (ready === 0) return;
    const due = this.#unasked.splice(0, ready).sort(byBeginning);
    this.#losses.survey(this.#persons, (due[0] as DwellPerson).firstMs, (due.at(-1) as DwellPerson).firstMs);
    for (const person of due) {
      person.asked = true;
      const byWord = this.#words.about(person);
      const found = this.#words.predecessorOf(person, (name) => this.#byName.get(name));
      // What was said is used up, but who was decided before goes on from nobody.
      if (person.decided) continue;
      // Where the fusion has a word about somebody, it stands alone.
      const lost = byWord ? null : this.#losses.predecessorOf(person);
      const probability = found?.probability ?? this.#options.shortLossProbability;
      const earlier = found?.person ?? lost;
      person.decided = true;
      if (earlier && probability >= this.#options.leastJoinProbability) {
        const join = { person: person.name, fromMs: earlier.seenMs, toMs: person.firstMs, probability };
        this.#handOver.join(earlier, person, join);
      }
      for (const story of person.stories) {
        if (story.presentVisit) this.#teller.news(person, story);
        else if (story.evident && !story.opened) this.#teller.past(person, story);
      }
    }
  }

  /** Two who were in sight at once turned out to be one: the later goes on. */
  #unite({ earlier: name, later, fromMs, toMs, probability }: Continuation): void {
    const earlier = this.#byName.get(name);
    const person = this.#byName.get(later);
    if (!earlier || !person || earlier.heir || probability < this.#options.leastJoinProbability) return;
    this.#handOver.join(earlier, person, { person: person.name, fromMs, toMs, probability });
  }

  /**
   * Takes up a stored episode, open or ended within `revisitSeconds`, before the samples around its end are replayed. What
   * the store has is not told again.
   */
  restore(record: EpisodeRecord): void {
    const { detail, toMs } = record;
    const zone = this.#zones.find((candidate) => candidate.id === record.zone);
    if (!zone) return;
    const story = DwellStory.restore(zone, record);
    const carrier = this.#restored(story.carrier);
    for (const member of detail.members) {
      const person = this.#restored(member.person);
      person.settled ??= new Map();
      const untilMs = member === detail.members.at(-1) ? toMs : member.toMs;
      person.settled.set(zone.id, Math.max(untilMs, person.settled.get(zone.id) ?? untilMs));
      person.settledMs = Math.max(person.settledMs, untilMs);
      if (person !== carrier && !person.heir && carrier.present !== person) person.heir = carrier;
    }
    // Who may come back has not been where the other was.
    if (detail.pending.length === 0 && !(toMs < carrier.storedMs)) {
      carrier.storedMs = toMs;
      [carrier.storedX, carrier.storedY] = detail.lastPlace;
    }
    carrier.moved ||= detail.everMoved;
    carrier.netMetres = Math.max(carrier.netMetres, detail.netDisplacementMetres);
    if (!(detail.smoothedMs <= carrier.smoothMs)) {
      [carrier.anchorX, carrier.anchorY, carrier.anchorSigma] = detail.anchor;
      [carrier.smoothX, carrier.smoothY] = detail.smoothed;
      carrier.smoothMs = detail.smoothedMs;
    }
    const at = carrier.stories.findIndex((known) => known.zone === zone);
    if (at < 0) carrier.stories.push(story);
    else if ((carrier.stories[at] as DwellStory).untilMs < story.untilMs) carrier.stories[at] = story;
  }

  #restored(name: string): DwellPerson {
    let person = this.#byName.get(name);
    if (!person) {
      person = new DwellPerson(name);
      person.decided = true;
      this.#byName.set(name, person);
      this.#persons.push(person);
      this.#unheard.push(person);
    }
    return person;
  }
}
