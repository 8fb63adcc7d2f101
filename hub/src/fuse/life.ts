/** Where, when and how somebody began or ended. Metres, m/s. */
export interface Life {
  readonly timeMs: number;
  readonly x: number;
  readonly y: number;
  vx: number;
  vy: number;
  /** Of the position, per axis, m². */
  readonly variance: number;
  /** Others around to a m²: as the camera tells it that sees most of them. */
  readonly density: number;
}
