import fc from 'fast-check';

/** A camera above a flat floor: everything a test needs to know where a place appears. */
export interface TestCamera {
  readonly heightMetres: number;
  readonly pitch: number;
  readonly heading: number;
  readonly x: number;
  readonly y: number;
  readonly focal: number;
  readonly width: number;
  readonly height: number;
}

export const cameras: fc.Arbitrary<TestCamera> = fc.record({
  heightMetres: fc.double({ min: 2, max: 8, noNaN: true }),
  pitch: fc.double({ min: 0.25, max: 1.2, noNaN: true }),
  heading: fc.double({ min: -3, max: 3, noNaN: true }),
  x: fc.double({ min: -50, max: 50, noNaN: true }),
  y: fc.double({ min: -50, max: 50, noNaN: true }),
  focal: fc.double({ min: 400, max: 1200, noNaN: true }),
  width: fc.constant(1280),
  height: fc.constant(720),
});

/** Where a pixel of the picture meets the floor. @returns null above the horizon. */
export function toFloor(camera: TestCamera, u: number, v: number): [number, number] | null {
  const a = (u - camera.width / 2) / camera.focal;
  const b = (v - camera.height / 2) / camera.focal;
  const down = b * Math.cos(camera.pitch) + Math.sin(camera.pitch);
  if (down <= 1e-9) return null;
  const ahead = (camera.heightMetres * (Math.cos(camera.pitch) - b * Math.sin(camera.pitch))) / down;
  const right = (camera.heightMetres * a) / down;
  const [sin, cos] = [Math.sin(camera.heading), Math.cos(camera.heading)];
  return [camera.x + cos * right + sin * ahead, camera.y - sin * right + cos * ahead];
}

/** Pixels spread over the lower two thirds of the picture that meet the floor. */
export function spreadPixels(camera: TestCamera): [number, number][] {
  const pixels: [number, number][] = [];
  for (const v of [0.4, 0.6, 0.8, 0.97]) {
    for (const u of [0.05, 0.35, 0.65, 0.95]) pixels.push([u * camera.width, v * camera.height]);
  }
  return pixels.filter(([u, v]) => {
    const place = toFloor(camera, u, v);
    return place !== null && Math.hypot(place[0] - camera.x, place[1] - camera.y) < 60;
  });
}
