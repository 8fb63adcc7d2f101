import type { Random } from '../random.ts';

/** From and to, seconds of the simulation. */
export interface Span {
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

/** What is wrong with a camera. Absent: nothing. */
export interface CameraFaults {
  /** Its clock is ahead by this much (behind where negative), and gains so much, parts per million. */
  readonly clockOffsetSeconds?: number;
  readonly clockDriftPpm?: number;
  /** Frames lost one by one, 0 to 1. */
  readonly droppedShare?: number;
  /** Frames lost in a row: so long on average, and so long between two of them. */
  readonly bursts?: { readonly meanSeconds: number; readonly meanGapSeconds: number };
  /** From then on it looks elsewhere by these angles, though its calibration is the old one. */
  readonly knocks?: readonly {
    readonly atSeconds: number;
    readonly headingDegrees: number;
    readonly pitchDegrees: number;
  }[];
  /** The picture stands still; frames go on coming. */
  readonly frozen?: readonly Span[];
  /** The light is out: 0 nothing, 1 night. */
  readonly dark?: readonly (Span & { readonly level: number })[];
}

const within = (span: Span, seconds: number) => seconds >= span.fromSeconds && seconds < span.toSeconds;

/** What is wrong at a moment. Asked with times that grow. */
export class FaultState {
  readonly #faults: CameraFaults;
  readonly #random: Random;
  #burst = false;
  #burstChangesAt = Number.NaN;

  constructor(faults: CameraFaults, random: Random) {
    this.#faults = faults;
    this.#random = random;
  }

  /** What the camera's own clock shows. */
  clock(seconds: number): number {
    const { clockOffsetSeconds = 0, clockDriftPpm = 0 } = this.#faults;
    return seconds + clockOffsetSeconds + seconds * clockDriftPpm * 1e-6;
  }

  drops(seconds: number): boolean {
    const { droppedShare = 0, bursts } = this.#faults;
    if (bursts) this.#follow(bursts, seconds);
    const alone = droppedShare > 0 && this.#random.chance(droppedShare);
    return alone || this.#burst;
  }

  /** Degrees. */
  turnedBy(seconds: number): readonly [heading: number, pitch: number] {
    let [heading, pitch] = [0, 0];
    for (const knock of this.#faults.knocks ?? []) {
      if (seconds < knock.atSeconds) continue;
      heading += knock.headingDegrees;
      pitch += knock.pitchDegrees;
    }
    return [heading, pitch];
  }

  frozen(seconds: number): boolean {
    return this.#faults.frozen?.some((span) => within(span, seconds)) ?? false;
  }

  darkness(seconds: number): number {
    let level = 0;
    for (const span of this.#faults.dark ?? []) if (within(span, seconds)) level = Math.max(level, span.level);
    return level;
  }

  #follow(bursts: NonNullable<CameraFaults['bursts']>, seconds: number): void {
    const lasting = () =>
      -Math.log(1 - this.#random.next()) * (this.#burst ? bursts.meanSeconds : bursts.meanGapSeconds);
    if (Number.isNaN(this.#burstChangesAt)) this.#burstChangesAt = seconds + lasting();
    while (seconds >= this.#burstChangesAt) {
      this.#burst = !this.#burst;
      this.#burstChangesAt += Math.max(1e-3, lasting());
    }
  }
}
