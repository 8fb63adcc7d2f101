/**
 * Intersection over union of two boxes, each widened by `buffer` times its own width and height on every side (Yang et
 * al., "Hard to Track Objects with Irregular Motions and Similar Appearances? Make It Easier by Buffering the Matching
 * Space", WACV 2023). A buffer of 0 is the plain measure. 0 to 1.
 */
export function bufferedOverlap(
  ax: number,
  ay: number,
  aw: number,
  ah: number,
  bx: number,
  by: number,
  bw: number,
  bh: number,
  buffer: number,
): number {
  const grow = 1 + 2 * buffer;
  const wide = Math.min(ax + aw * (1 + buffer), bx + bw * (1 + buffer)) - Math.max(ax - aw * buffer, bx - bw * buffer);
  if (wide <= 0) return 0;
  const high = Math.min(ay + ah * (1 + buffer), by + bh * (1 + buffer)) - Math.max(ay - ah * buffer, by - bh * buffer);
  if (high <= 0) return 0;
  const shared = wide * high;
  return shared / (grow * grow * (aw * ah + bw * bh) - shared);
}

/**
 * How much two boxes share of their vertical extent, 0 to 1: people side by side overlap, but seldom stand equally far
 * from the camera (Yang et al., "Hybrid-SORT", AAAI 2024).
 */
export function verticalOverlap(ay: number, ah: number, by: number, bh: number): number {
  const shared = Math.min(ay + ah, by + bh) - Math.max(ay, by);
  return shared <= 0 ? 0 : shared / (Math.max(ay + ah, by + bh) - Math.min(ay, by));
}
