/** What the scene is made of: positions of persons on one floor, from the fusion of cameras or from a file. */
export interface PersonSample {
  /** Milliseconds since the epoch, or since whatever the source counts from. */
  readonly timeMs: number;
  /** A pseudonym. */
  readonly person: string;
  /** Metres on the floor plan. */
  readonly x: number;
  readonly y: number;
  /** 1-sigma of the position in metres, above 0. */
  readonly sigmaMetres: number;
  /** False where no detection supports the position. */
  readonly measured: boolean;
}
