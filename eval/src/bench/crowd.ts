/** A crowd of any size at one density: singles and pairs who walk to and fro on a square, the same at every run. */
import type { PersonSample } from '@safe-passage/hub/score/scene/sample.ts';

/** A busy concourse: so many square metres to a person. */
const SQUARE_METRES_EACH = 10;
const PAIRED_SHARE = 0.4;
const WALK_METRES_PER_SECOND = 1.3;

/** A small generator of numbers from 0 to 1 that starts anew from its seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Samples of everybody at one moment after the other: `people` times `ticks` of them, in order of time. */
export function* crowd(people: number, ticks: number, tickMs: number): Generator<PersonSample[]> {
  const random = seeded(people);
  const side = Math.sqrt(people * SQUARE_METRES_EACH);
  const names = Array.from({ length: people }, (_, i) => `p${i}`);
  const x = new Float64Array(people);
  const y = new Float64Array(people);
  const vx = new Float64Array(people);
  const vy = new Float64Array(people);
  const leader = new Int32Array(people).fill(-1);
  for (let i = 0; i < people; i++) {
    if (i > 0 && leader[i - 1] === -1 && random() < PAIRED_SHARE / 2 / (1 - PAIRED_SHARE / 2)) {
      leader[i] = i - 1;
      continue;
    }
    const way = 2 * Math.PI * random();
    const speed = WALK_METRES_PER_SECOND * (0.8 + 0.4 * random());
    x[i] = side * random();
    y[i] = side * random();
    vx[i] = speed * Math.cos(way);
    vy[i] = speed * Math.sin(way);
  }
  const step = tickMs / 1000;
  for (let tick = 0; tick < ticks; tick++) {
    for (let i = 0; i < people; i++) {
      const lead = leader[i] as number;
      if (lead >= 0) {
        x[i] = (x[lead] as number) + 0.7;
        y[i] = (y[lead] as number) + 0.1 * random();
        continue;
      }
      for (const [place, speed] of [
        [x, vx],
        [y, vy],
      ] as const) {
        let next = (place[i] as number) + step * (speed[i] as number);
        if (next < 0 || next > side) {
          speed[i] = -(speed[i] as number);
          next = Math.min(side, Math.max(0, next));
        }
        place[i] = next;
      }
    }
    yield names.map((person, i) => ({
      timeMs: tick * tickMs,
      person,
      x: x[i] as number,
      y: y[i] as number,
      sigmaMetres: 0.1,
      measured: true,
    }));
  }
}
