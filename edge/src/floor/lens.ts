/**
 * What a lens bends: the division model with one parameter (Fitzgibbon, "Simultaneous linear estimation of multiple view geometry and
 * lens distortion", CVPR 2001). A point at the distance r from the middle, in halves of the picture's diagonal, would be at
 * r / (1 + distortion r^2) without the lens. Wide lenses have -0.1 to -0.6 (straight lines bulge outwards); 0 is a straight one.
 */
export interface Lens {
  /** The middle, which stays where it is: pixels. */
  readonly centreX: number;
  readonly centreY: number;
  /** Half of the picture's diagonal, pixels. */
  readonly radius: number;
  readonly distortion: number;
}

/** Stronger ones are no lens that shows a floor: beyond, a line through the picture would fold. */
export const LEAST_DISTORTION = -0.8;
export const MOST_DISTORTION = 0.3;

/** @param distortion {@link LEAST_DISTORTION} to {@link MOST_DISTORTION}. */
export const lensOf = (width: number, height: number, distortion: number): Lens => ({
  centreX: width / 2,
  centreY: height / 2,
  radius: Math.hypot(width, height) / 2,
  distortion,
});

/** Where a pixel would be without the lens. */
export function straighten({ centreX, centreY, radius, distortion }: Lens, u: number, v: number): [number, number] {
  const dx = u - centreX;
  const dy = v - centreY;
  const divisor = 1 + (distortion * (dx * dx + dy * dy)) / (radius * radius);
  return [centreX + dx / divisor, centreY + dy / divisor];
}

/** Where the lens puts what would be at a pixel without it. @returns null where it shows nothing of it. */
export function bend({ centreX, centreY, radius, distortion }: Lens, x: number, y: number): [number, number] | null {
  const dx = x - centreX;
  const dy = y - centreY;
  const root = 1 - (4 * distortion * (dx * dx + dy * dy)) / (radius * radius);
  if (!(root >= 0)) return null;
  const scale = 2 / (1 + Math.sqrt(root));
  return [centreX + dx * scale, centreY + dy * scale];
}
