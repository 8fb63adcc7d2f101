import { createHash } from 'node:crypto';
import { OperatorError } from '@safe-passage/cli';
import { describe, expect, it } from 'vitest';
import { wallSegments } from '../../src/terminal/segments.ts';
import { World, type WorldOptions } from '../../src/world.ts';
import { at, distanceAt, observe, type Path, quantile } from './observe.ts';
import { tinyTerminal } from './tinyTerminal.ts';

const ordinary: WorldOptions = { seed: 7, passengersPerHour: 700, scenarios: 'none' };

function fingerprint(options: WorldOptions, minutes: number): string {
  const world = new World(tinyTerminal(), options);
  const hash = createHash('sha256');
  for (let step = 0; step < minutes * 600; step += 1) {
    world.step();
    const bodies = world.bodies;
    for (const array of [bodies.id, bodies.x, bodies.y, bodies.headingRadians, bodies.speed, bodies.seated])
      hash.update(new Uint8Array(array.buffer, array.byteOffset, bodies.count * array.BYTES_PER_ELEMENT));
    hash.update(JSON.stringify(world.drainEvents()));
  }
  return hash.digest('hex');
}

describe('a world', () => {
  it('is the same to the last bit for the same seed, and another for another', () => {
    const options: WorldOptions = { ...ordinary, scenarios: 'all', scenariosPerHour: 12 };
    const first = fingerprint(options, 12);
    expect(fingerprint(options, 12)).toBe(first);
    expect(fingerprint({ ...options, seed: 8 }, 12)).not.toBe(first);
  }, 240_000);

  it('loses nobody: who came has left or is there, and who left is not', () => {
    const world = new World(tinyTerminal(), { ...ordinary, scenarios: 'all' });
    const here = new Set<number>();
    const away = new Set<number>();
    const everybody = new Set<number>();
    for (let step = 0; step < 40 * 600; step += 1) {
      world.step();
      for (const event of world.drainEvents()) {
        if (event.type === 'person-entered') {
          expect(everybody.has(event.id)).toBe(false);
          everybody.add(event.id);
          here.add(event.id);
        } else if (event.type === 'person-left') expect(here.delete(event.id)).toBe(true);
        else if (event.type === 'person-away') {
          expect(here.delete(event.id)).toBe(true);
          away.add(event.id);
        } else if (event.type === 'person-back') {
          expect(away.delete(event.id)).toBe(true);
          here.add(event.id);
        }
      }
      if (step % 50 !== 0) continue;
      const { count, id } = world.bodies;
      expect(new Set(id.subarray(0, count))).toEqual(here);
    }
    const counts = world.counts;
    expect(counts.entered).toBe(counts.left + here.size + away.size);
    expect(counts.entered).toBeGreaterThan(300);
    expect(counts.lost).toBe(0);
  }, 240_000);

  it('brings as many passengers through the door as were asked for', () => {
    const world = new World(tinyTerminal(), ordinary);
    let entered = 0;
    for (let step = 0; step < 3600 * 10; step += 1) {
      world.step();
      for (const event of world.drainEvents())
        if (event.type === 'person-entered' && event.kind === 'arrival') entered += 1;
    }
    expect(entered).toBeGreaterThan(0.95 * 700);
    expect(entered).toBeLessThanOrEqual(700);
  }, 240_000);

  it('keeps people out of walls and apart from each other', () => {
    const terminal = tinyTerminal();
    const segments = wallSegments(terminal);
    const world = new World(terminal, ordinary);
    let samples = 0;
    let inWall = 0;
    let close = 0;
    const closeFor = new Map<string, number>();
    let longestClose = 0;
    for (let step = 0; step < 40 * 600; step += 1) {
      world.step();
      if (step % 5 !== 0) continue;
      const { count, x, y, seated, id } = world.bodies;
      const closeNow = new Set<string>();
      for (let a = 0; a < count; a += 1) {
        if (seated[a] === 1) continue;
        samples += 1;
        if (wallDistance(segments, x[a] as number, y[a] as number) < 0.1) inWall += 1;
        for (let b = 0; b < a; b += 1) {
          if (seated[b] === 1) continue;
          if (Math.hypot((x[a] as number) - (x[b] as number), (y[a] as number) - (y[b] as number)) > 0.28) continue;
          close += 1;
          closeNow.add(`${id[b]} ${id[a]}`);
        }
      }
      for (const pair of closeNow) {
        const seconds = (closeFor.get(pair) ?? 0) + 0.5;
        closeFor.set(pair, seconds);
        longestClose = Math.max(longestClose, seconds);
      }
      for (const pair of closeFor.keys()) if (!closeNow.has(pair)) closeFor.delete(pair);
    }
    expect(samples).toBeGreaterThan(50_000);
    expect(inWall / samples).toBeLessThan(0.001);
    expect(close / samples).toBeLessThan(0.005);
    expect(longestClose).toBeLessThan(10);
  }, 240_000);

  it('keeps the order of its lines, with a place for each', () => {
    const world = new World(tinyTerminal(), { ...ordinary, passengersPerHour: 1100 });
    let before = world.queueOrders();
    let longest = 0;
    for (let step = 0; step < 40 * 600; step += 1) {
      world.step();
      const now = world.queueOrders();
      for (const [index, line] of now.entries()) {
        longest = Math.max(longest, line.order.length);
        const stayed = new Set(line.order);
        const expected = (before[index]?.order ?? []).filter((id) => stayed.has(id));
        expect(line.order.slice(0, expected.length)).toEqual(expected);
        for (let place = 1; place < line.positions.length; place += 1) {
          const apart = (line.positions[place] as number) - (line.positions[place - 1] as number);
          expect(apart).toBeGreaterThan(0.8 - 1e-9);
        }
      }
      before = now;
    }
    expect(longest).toBeGreaterThan(12);
    for (const line of before) expect(line.served).toBeGreaterThan(100);
  }, 240_000);

  it('keeps companies together while they walk', () => {
    const world = new World(tinyTerminal(), { ...ordinary, shares: { single: 0, tour: 0, 'school-class': 0 } });
    const { events, paths } = observe(world, 40);
    const spreads: number[] = [];
    for (const event of events) {
      if (event.type !== 'company-formed') continue;
      const members = event.persons.flatMap((id) => paths.get(id) ?? []);
      const first = members[0];
      if (!first || members.length < 2) continue;
      for (let step = first.firstStep + 40; step < first.firstStep + first.x.length - 60; step += 10) {
        const velocity = (path: Path): [number, number] => {
          const [x0, y0] = at(path, step - 5);
          const [x1, y1] = at(path, step + 5);
          return [x1 - x0, y1 - y0];
        };
        const [ux, uy] = velocity(first);
        for (const other of members.slice(1)) {
          // Both under way and in one direction: who waits before a toilet for the other does not count.
          const [vx, vy] = velocity(other);
          if (Math.hypot(ux, uy) > 0.6 && Math.hypot(vx, vy) > 0.6 && ux * vx + uy * vy > 0)
            spreads.push(distanceAt(first, other, step));
        }
      }
    }
    expect(spreads.length).toBeGreaterThan(2000);
    expect(quantile(spreads, 0.5)).toBeLessThan(1.6);
    expect(quantile(spreads, 0.9)).toBeLessThan(4);
  }, 240_000);

  it('lets nobody be stuck: when nobody comes any more, the floor empties and every spot is free', () => {
    const terminal = tinyTerminal();
    const world = new World(terminal, { ...ordinary, scenarios: 'all', scenariosPerHour: 3, lastEntrySeconds: 1800 });
    for (let step = 0; step < 110 * 600; step += 1) world.step();
    expect(world.counts.entered).toBeGreaterThan(200);
    expect(world.counts.present).toBe(0);
    expect(world.counts.lost).toBe(0);
    expect(world.spotsTaken).toBe(0);
    expect(world.counts.scripts).toBe(0);
  }, 240_000);

  it('has people asleep on seats in a night of delays', () => {
    const world = new World(tinyTerminal(), { ...ordinary, passengersPerHour: 3000, night: true });
    const seatedSince = new Map<number, number>();
    let longest = 0;
    for (let step = 0; step < 3 * 36_000; step += 1) {
      world.step();
      if (step % 100 !== 0) continue;
      const { count, id, seated } = world.bodies;
      for (let index = 0; index < count; index += 1) {
        const who = id[index] as number;
        if (seated[index] !== 1) seatedSince.delete(who);
        else if (!seatedSince.has(who)) seatedSince.set(who, step);
        else longest = Math.max(longest, (step - (seatedSince.get(who) as number)) / 600);
      }
    }
    expect(longest).toBeGreaterThan(60);
  }, 240_000);

  it('says what is wrong with its options', () => {
    const make = (options: Partial<WorldOptions>) => () => new World(tinyTerminal(), { ...ordinary, ...options });
    expect(make({ passengersPerHour: -1 })).toThrow(OperatorError);
    expect(make({ scenarios: ['tailing'] })).toThrow(/"tailing"/);
    expect(make({ seed: 0.5 })).toThrow(/seed/);
  });
});

function wallDistance(s: Float64Array, x: number, y: number): number {
  let least = Infinity;
  for (let i = 0; i + 3 < s.length; i += 4) {
    const [ax, ay] = [s[i] as number, s[i + 1] as number];
    const [ex, ey] = [(s[i + 2] as number) - ax, (s[i + 3] as number) - ay];
    const t = Math.min(1, Math.max(0, ((x - ax) * ex + (y - ay) * ey) / (ex * ex + ey * ey || 1)));
    least = Math.min(least, Math.hypot(x - ax - t * ex, y - ay - t * ey));
  }
  return least;
}
