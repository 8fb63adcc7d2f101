import { Crowd } from '@safe-passage/sim/crowd/crowd.ts';
import { describe, expect, it } from 'vitest';

const DT = 0.1;

function crowdOf(count: number, speeds: readonly number[] = []) {
  const crowd = new Crowd({ capacity: count, segments: new Float64Array(0), seed: 3 });
  for (let i = 0; i < count; i += 1) {
    crowd.add({ x: -i * 0.4, y: i * 0.6, headingRadians: 0, radiusMetres: 0.22, preferredSpeed: speeds[i] ?? 1.3 });
  }
  return crowd;
}

const x = (crowd: Crowd, slot: number) => crowd.x[slot] ?? Number.NaN;
const y = (crowd: Crowd, slot: number) => crowd.y[slot] ?? Number.NaN;
const gap = (crowd: Crowd, a: number, b: number) => Math.hypot(x(crowd, a) - x(crowd, b), y(crowd, a) - y(crowd, b));
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('a company', () => {
  it('of two walks abreast at a distance of conversation', () => {
    const [gaps, lags]: [number[], number[]] = [[], []];
    for (let id = 0; id < 20; id += 1) {
      const crowd = crowdOf(2);
      for (const slot of [0, 1]) {
        crowd.company(slot, id);
        crowd.want(slot, 1, 0, 1.3);
      }
      for (let step = 0; step < 300; step += 1) crowd.step(DT);
      gaps.push(gap(crowd, 0, 1));
      lags.push(Math.abs(x(crowd, 0) - x(crowd, 1)));
    }
    expect(mean(gaps)).toBeGreaterThan(0.65);
    expect(mean(gaps)).toBeLessThan(1.1);
    expect(mean(lags)).toBeLessThan(0.5 * mean(gaps));
  });

  it('takes the pace of the slowest, a child', () => {
    const speeds = [1.5, 1.4, 0.7];
    const crowd = crowdOf(3, speeds);
    for (let slot = 0; slot < 3; slot += 1) {
      crowd.company(slot, 1);
      crowd.want(slot, 1, 0, speeds[slot] ?? 0);
    }
    for (let step = 0; step < 400; step += 1) crowd.step(DT);
    const xs = [0, 1, 2].map((slot) => x(crowd, slot));
    expect(Math.max(...xs)).toBeLessThan(0.85 * 40);
    expect(Math.max(...xs) - Math.min(...xs)).toBeLessThan(2.5);
  });

  it('who do not know each other do not wait for each other', () => {
    const crowd = crowdOf(2, [1.5, 0.7]);
    crowd.want(0, 1, 0, 1.5);
    crowd.want(1, 1, 0, 0.7);
    for (let step = 0; step < 400; step += 1) crowd.step(DT);
    expect(gap(crowd, 0, 1)).toBeGreaterThan(25);
  });

  it('closes up again after one was kept back', () => {
    const crowd = crowdOf(2);
    for (const slot of [0, 1]) {
      crowd.company(slot, 4);
      crowd.want(slot, 1, 0, 1.2);
    }
    crowd.hold(1, true);
    for (let step = 0; step < 40; step += 1) crowd.step(DT);
    expect(gap(crowd, 0, 1)).toBeGreaterThan(3.5);
    crowd.hold(1, false);
    for (let step = 0; step < 200; step += 1) crowd.step(DT);
    expect(gap(crowd, 0, 1)).toBeLessThan(1.6);
  });

  it('of twenty-five stays together as a crowd, not as a line', () => {
    const crowd = crowdOf(25);
    for (let slot = 0; slot < 25; slot += 1) {
      crowd.company(slot, 2);
      crowd.want(slot, 1, 0, 1.2);
    }
    for (let step = 0; step < 600; step += 1) crowd.step(DT);
    const all = Array.from({ length: 25 }, (_, slot) => slot);
    const middle = [mean(all.map((slot) => x(crowd, slot))), mean(all.map((slot) => y(crowd, slot)))] as const;
    for (const slot of all) expect(Math.hypot(x(crowd, slot) - middle[0], y(crowd, slot) - middle[1])).toBeLessThan(9);
    expect(middle[0]).toBeGreaterThan(50);
  });
});
