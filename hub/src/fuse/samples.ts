/** What fusion gives to the scorers, and to whoever asks how the cameras agree. Metres, milliseconds. */

/** One position of one person; in order of time per person. */
export interface PersonSample {
  readonly timeMs: number;
  /** A pseudonym that follows from the person's first track. */
  readonly person: string;
  readonly x: number;
  readonly y: number;
  /** 1-sigma of the position per axis; rather too large than too small. */
  readonly sigmaMetres: number;
  /** False where no camera measured anything at this time. */
  readonly measured: boolean;
}

/** The tracks that a person is made of from a moment on, as `camera track`. */
export interface PersonTracks {
  readonly timeMs: number;
  readonly person: string;
  readonly tracks: readonly string[];
}

/** Two persons that may be the same: a probability, never a silent merge. */
export interface Continuation {
  readonly earlier: string;
  readonly later: string;
  /** When the earlier was last seen, and the later first. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly probability: number;
}

/** How a camera's clock compares with the others'. */
export interface ClockReport {
  readonly camera: string;
  /** What its time stamps are ahead of the others'; null where too few people walked through shared views to tell. */
  readonly offsetMs: number | null;
  /** 1-sigma of the offset; null where there is no offset. */
  readonly sigmaMs: number | null;
  /** Too far off to be fused: none of its tracks counts until the clock is set. */
  readonly refused: boolean;
}

/** How far two cameras disagree about the same persons: what is left is the calibration's. */
export interface DisagreementReport {
  readonly cameras: readonly [string, string];
  /** The second camera's position less the first's, medians over the positions compared. */
  readonly xMetres: number;
  readonly yMetres: number;
  /** Length of that offset. */
  readonly metres: number;
  /** Positions compared over the whole time. */
  readonly positions: number;
}

/** What was not taken as it came. */
export interface FusionCounts {
  /** Not a number, outside of the plan's 10 km, or without an uncertainty. */
  invalid: number;
  /** Not later than the track's last position: a duplicate, or time that went back. */
  repeated: number;
  /** Earlier than what was already decided. */
  late: number;
  /** Jumped faster than anybody runs: the id goes on as another track. */
  teleported: number;
  /** More tracks or positions at once than are held. */
  overflowed: number;
}
