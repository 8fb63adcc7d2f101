/** The people on the floor at one moment, packed into one buffer that can be handed to another thread. */
import type { Bodies } from '../world.ts';

const HEADER_NUMBERS = 2;
/** Per body: x, y, heading, speed, height as 64-bit floats. */
const FLOATS = 5;

/** Bytes for so many bodies. */
const sizeOf = (count: number): number => 8 * (HEADER_NUMBERS + FLOATS * count) + 4 * count + count;

/** Copies what is there now. */
export function packBodies(bodies: Bodies, timeSeconds: number): ArrayBuffer {
  const { count } = bodies;
  const buffer = new ArrayBuffer(sizeOf(count));
  const floats = new Float64Array(buffer, 0, HEADER_NUMBERS + FLOATS * count);
  floats[0] = timeSeconds;
  floats[1] = count;
  const columns = [bodies.x, bodies.y, bodies.headingRadians, bodies.speed, bodies.heightMetres];
  for (const [i, column] of columns.entries()) floats.set(column.subarray(0, count), HEADER_NUMBERS + i * count);
  const idsAt = floats.byteLength;
  new Int32Array(buffer, idsAt, count).set(bodies.id.subarray(0, count));
  new Uint8Array(buffer, idsAt + 4 * count, count).set(bodies.seated.subarray(0, count));
  return buffer;
}

/** Looks into a packed buffer; nothing is copied. */
export function unpackBodies(buffer: ArrayBuffer): { readonly timeSeconds: number; readonly bodies: Bodies } {
  const [timeSeconds = 0, count = 0] = new Float64Array(buffer, 0, HEADER_NUMBERS);
  const column = (i: number) => new Float64Array(buffer, 8 * (HEADER_NUMBERS + i * count), count);
  const idsAt = 8 * (HEADER_NUMBERS + FLOATS * count);
  return {
    timeSeconds,
    bodies: {
      count,
      x: column(0),
      y: column(1),
      headingRadians: column(2),
      speed: column(3),
      heightMetres: column(4),
      id: new Int32Array(buffer, idsAt, count),
      seated: new Uint8Array(buffer, idsAt + 4 * count, count),
    },
  };
}
