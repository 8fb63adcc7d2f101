import { Crowd } from '@safe-passage/sim/crowd/crowd.ts';
import { Random } from '@safe-passage/sim/random.ts';
import type { Benchmark } from './benchmark.ts';

const [WIDTH, DEPTH] = [100, 60];
const WARM_UP_STEPS = 300;
const STEPS = 600;

/** Processor time of a step per body, µs, in a hall of 100 by 60 m where those who walk go from place to place. */
function microsecondsPerBody(walking: number, standing: number): number {
  const random = new Random(1);
  const bodies = walking + standing;
  const segments = Float64Array.from([0, 0, WIDTH, 0, WIDTH, 0, WIDTH, DEPTH, WIDTH, DEPTH, 0, DEPTH, 0, DEPTH, 0, 0]);
  const crowd = new Crowd({ capacity: bodies, segments, seed: 3 });
  const goals = new Float64Array(2 * walking);
  const place = (): [number, number] => [random.between(1, WIDTH - 1), random.between(1, DEPTH - 1)];
  for (let slot = 0; slot < bodies; slot += 1) {
    const [x, y] = place();
    crowd.add({ x, y, headingRadians: 0, radiusMetres: 0.22, preferredSpeed: 1.3 });
    if (slot < walking) goals.set(place(), 2 * slot);
  }
  let microseconds = 0;
  for (let step = 0; step < WARM_UP_STEPS + STEPS; step += 1) {
    for (let slot = 0; slot < walking; slot += 1) {
      const dx = (goals[2 * slot] as number) - (crowd.x[slot] as number);
      const dy = (goals[2 * slot + 1] as number) - (crowd.y[slot] as number);
      if (dx * dx + dy * dy < 1) goals.set(place(), 2 * slot);
      crowd.want(slot, dx, dy, 1.3);
    }
    const before = process.cpuUsage();
    crowd.step(0.1);
    const { user, system } = process.cpuUsage(before);
    if (step >= WARM_UP_STEPS) microseconds += user + system;
  }
  return microseconds / STEPS / bodies;
}

export const crowdBenchmark: Benchmark = {
  name: 'crowd',
  summary: 'processor time of a step of the simulated crowd, per body',
  options: {},
  run: () =>
    Promise.resolve([
      { what: '1300 walk', value: microsecondsPerBody(1300, 0), unit: 'µs per body and step' },
      { what: '400 walk, 900 stand', value: microsecondsPerBody(400, 900), unit: 'µs per body and step' },
      { what: '1300 stand', value: microsecondsPerBody(0, 1300), unit: 'µs per body and step' },
    ]),
};
