/** The people on the floor at one moment, as cameras take them: arrays that are reused, of which the first `count` are valid. */
export interface Bodies {
  readonly count: number;
  readonly id: ArrayLike<number>;
  /** Metres. */
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** Which way they face, counter-clockwise from the x axis. */
  readonly headingRadians: ArrayLike<number>;
  /** Metres per second. */
  readonly speed: ArrayLike<number>;
  /** Stature: also of those who sit. */
  readonly heightMetres: ArrayLike<number>;
  readonly seated: ArrayLike<number>;
}

/** Whether something stands between two points, metres. Whoever sees the upper one of two points at a place sees at least as much. */
export interface LineOfSight {
  blocked(x0: number, y0: number, z0: number, x1: number, y1: number, z1: number): boolean;
}
