/** Which scenario begins when: each kind and its look-alikes so many times an hour, at random times. */
import type { Act, Script } from '../passengers/acts.ts';
import type { Floor } from '../passengers/floor.ts';
import { below, stream } from '../passengers/streams.ts';
import { CannotBeStaged, type ScenarioScript } from './casting.ts';
import { coordinator, informationDesk, tourGuide } from './coordinator.ts';
import { liftWait, longDwell, phoneCall } from './dwell.ts';
import {
  childBetweenParents,
  couple,
  escort,
  flanking,
  guideAndTourist,
  threeFriends,
  wheelchairAssistance,
} from './escort.ts';
import { combination, familyMet, goodbyeAndMet, handover } from './handover.ts';
import { LOOK_ALIKES, type ScenarioKind } from './kinds.ts';
import { ScenarioTruth } from './record.ts';
import { regrouping, splitFamily } from './regrouping.ts';
import { drawRoute } from './route.ts';
import { sameWay, shadowing } from './shadowing.ts';

const SCRIPTS: Readonly<Record<string, ScenarioScript>> = {
  'long-dwell': longDwell,
  'phone-call': phoneCall,
  'lift-wait': liftWait,
  escort,
  couple,
  'guide-and-tourist': guideAndTourist,
  'wheelchair-assistance': wheelchairAssistance,
  handover,
  'goodbye-and-met': goodbyeAndMet,
  flanking,
  'three-friends': threeFriends,
  'child-between-parents': childBetweenParents,
  shadowing,
  'same-way': sameWay,
  regrouping,
  'split-family': splitFamily,
  coordinator,
  'tour-guide': tourGuide,
  'information-desk': informationDesk,
  combination,
  'family-met': familyMet,
};

const HOUR = 3600;

interface Planned {
  readonly seconds: number;
  readonly kind: ScenarioKind;
  readonly variant: string;
}

export interface StagingOptions {
  readonly seed: number;
  readonly kinds: readonly ScenarioKind[];
  /** Of each kind, and as many of its look-alikes. */
  readonly perHour: number;
}

export class Staging {
  readonly #floor: Floor;
  readonly #options: StagingOptions;
  #hour = -1;
  #planned: Planned[] = [];
  #next = 0;
  #nextScenario = 1;
  readonly #running = new Set<ScenarioTruth>();
  /** Variants this terminal has no place for. */
  readonly impossible = new Set<string>();

  constructor(floor: Floor, options: StagingOptions) {
    this.#floor = floor;
    this.#options = options;
  }

  /** Begins what is due. */
  step(seconds: number): void {
    if (this.#options.kinds.length === 0) return;
    if (seconds >= (this.#hour + 1) * HOUR) {
      this.#hour += 1;
      this.#planned = this.#plan(this.#hour);
      this.#next = 0;
    }
    for (
      let planned = this.#planned[this.#next];
      planned && planned.seconds <= seconds;
      planned = this.#planned[this.#next]
    ) {
      this.#next += 1;
      this.begin(planned.kind, planned.variant);
    }
  }

  #plan(hour: number): Planned[] {
    const { seed, kinds, perHour } = this.#options;
    const random = stream(seed, `scenarios ${hour}`);
    const planned: Planned[] = [];
    for (const kind of kinds) {
      for (const decoy of [false, true]) {
        const count = Math.floor(perHour) + (random.chance(perHour % 1) ? 1 : 0);
        const variants = decoy ? LOOK_ALIKES[kind].filter((variant) => !this.impossible.has(variant)) : [kind];
        const offset = below(random, 64);
        for (let index = 0; index < count && variants.length > 0; index += 1) {
          // Spread over the hour, each in a part of its own.
          const seconds = hour * HOUR + ((index + random.next()) * HOUR) / count;
          planned.push({ seconds, kind, variant: variants[(offset + hour + index) % variants.length] as string });
        }
      }
    }
    return planned.sort((a, b) => a.seconds - b.seconds);
  }

  /** Stages this now. False where the terminal has no place for it. */
  begin(kind: ScenarioKind, variant: string): boolean {
    const script = SCRIPTS[variant];
    if (!script) throw new RangeError(`no scenario ${variant}`);
    const number = this.#nextScenario;
    this.#nextScenario += 1;
    const random = stream(this.#options.seed, `scenario ${number}`);
    const route = drawRoute(this.#floor, random, kind === 'regrouping') ?? drawRoute(this.#floor, random, false);
    if (!route) {
      this.impossible.add(variant);
      return false;
    }
    const truth = new ScenarioTruth(this.#floor, number, kind, variant);
    this.#floor.start((act) => this.#play(script, { floor: this.#floor, random, truth, route }, act));
    return true;
  }

  *#play(script: ScenarioScript, staged: Parameters<ScenarioScript>[0], act: Act): Script {
    const { truth } = staged;
    this.#running.add(truth);
    try {
      yield* script(staged, act);
      truth.end(true);
    } catch (error) {
      if (!(error instanceof CannotBeStaged)) throw error;
      this.impossible.add(truth.variant);
    }
    this.#running.delete(truth);
  }

  /** The run ends: what still goes on is told as far as it went. */
  finish(): void {
    for (const truth of this.#running) if (truth.begun) truth.end(false);
    this.#running.clear();
  }
}
