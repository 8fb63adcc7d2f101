/** Simulated scenes that are measured like recordings of real walkers. Deterministic from the seed. */
import { Crowd } from '../crowd/crowd.ts';
import { drawFreeSpeed } from '../crowd/freeSpeed.ts';
import { Random } from '../random.ts';
import type { Recording, Walker } from './recording.ts';

const STEP_SECONDS = 0.1;

interface Arrival {
  readonly atSeconds: number;
  readonly x: number;
  readonly y: number;
  readonly goalX: number;
  readonly goalY: number;
  readonly speed: number;
  readonly company: number;
}

interface Track {
  readonly arrival: Arrival;
  readonly id: number;
  readonly from: number;
  readonly x: number[];
  readonly y: number[];
}

/** Lets everybody come, walk straight to their goal and leave there. */
function play(
  name: string,
  arrivals: readonly Arrival[],
  {
    seconds,
    intervalSeconds,
    segments,
    seed,
  }: { seconds: number; intervalSeconds: number; segments: Float64Array; seed: number },
): Recording {
  const crowd = new Crowd({ capacity: 1000, segments, seed });
  const coming = [...arrivals].sort((a, b) => a.atSeconds - b.atSeconds);
  const every = Math.round(intervalSeconds / STEP_SECONDS);
  const present = new Map<number, Track>();
  const walkers: Walker[] = [];
  const companies = new Map<number, number[]>();
  let next = 0;
  const leave = (track: Track) =>
    walkers.push({ id: track.id, from: track.from, x: Float64Array.from(track.x), y: Float64Array.from(track.y) });
  for (let step = 0; step < seconds / STEP_SECONDS; step += 1) {
    for (; next < coming.length; next += 1) {
      const arrival = coming[next] as Arrival;
      if (arrival.atSeconds > step * STEP_SECONDS) break;
      const slot = crowd.add({
        x: arrival.x,
        y: arrival.y,
        headingRadians: Math.atan2(arrival.goalY - arrival.y, arrival.goalX - arrival.x),
        radiusMetres: 0.22,
        preferredSpeed: arrival.speed,
      });
      crowd.company(slot, arrival.company);
      if (arrival.company >= 0) companies.set(arrival.company, [...(companies.get(arrival.company) ?? []), next]);
      present.set(slot, { arrival, id: next, from: Math.ceil(step / every), x: [], y: [] });
    }
    for (const [slot, track] of present) {
      const { arrival } = track;
      const x = crowd.x[slot] as number;
      const y = crowd.y[slot] as number;
      const gone =
        (arrival.goalX - x) * (arrival.goalX - arrival.x) + (arrival.goalY - y) * (arrival.goalY - arrival.y) <= 0;
      if (gone) {
        crowd.remove(slot);
        present.delete(slot);
        leave(track);
        continue;
      }
      if (step % every === 0) {
        track.x.push(x);
        track.y.push(y);
      }
      // A goal further behind, so that nobody bends towards its point at the last moment.
      const [dx, dy] = [arrival.goalX - arrival.x, arrival.goalY - arrival.y];
      const far = 4 / Math.hypot(dx, dy);
      crowd.want(slot, arrival.goalX + far * dx - x, arrival.goalY + far * dy - y, arrival.speed);
    }
    crowd.step(STEP_SECONDS);
  }
  for (const track of present.values()) leave(track);
  return { name, intervalSeconds, walkers, companies: [...companies.values()] };
}

/** People who come together: sizes by share. */
export interface Traffic {
  readonly perMinute: number;
  /** Shares of companies of 1, 2, 3. */
  readonly sizes: readonly [number, number, number];
}

function together(random: Random, sizes: Traffic['sizes']): number {
  const drawn = random.next() * (sizes[0] + sizes[1] + sizes[2]);
  return drawn < sizes[0] ? 1 : drawn < sizes[0] + sizes[1] ? 2 : 3;
}

/** A street of 18 by 7 m with walls at both sides; everybody goes along it, one way or the other. */
export function street(traffic: Traffic, seconds: number, seed: number): Recording {
  const random = new Random(seed);
  const [length, width] = [18, 7];
  const arrivals: Arrival[] = [];
  let company = 0;
  for (let at = 0; at < seconds; ) {
    at += -Math.log(1 - random.next()) * (60 / traffic.perMinute);
    const size = together(random, traffic.sizes);
    const east = random.chance(0.5);
    const y = random.between(1, width - 1);
    const goalY = Math.min(width - 1, Math.max(1, y + random.normal(0, 1)));
    for (let i = 0; i < size; i += 1) {
      const aside = (i - (size - 1) / 2) * random.between(0.6, 1);
      arrivals.push({
        atSeconds: at,
        x: east ? random.between(-1, 0) : length + random.between(0, 1),
        y: y + aside,
        goalX: east ? length : 0,
        goalY: goalY + aside,
        speed: drawFreeSpeed(random, size > 1),
        company: size > 1 ? company : -1,
      });
    }
    company += 1;
  }
  const segments = Float64Array.from([-4, 0, length + 4, 0, -4, width, length + 4, width]);
  return play('street', arrivals, { seconds, intervalSeconds: 0.4, segments, seed });
}

/** A concourse of 60 by 37 m, open to all sides: everybody goes from a place at its edge to one at another edge. */
export function plaza(traffic: Traffic, seconds: number, intervalSeconds: number, seed: number): Recording {
  const random = new Random(seed);
  const [length, width] = [60, 37];
  const arrivals: Arrival[] = [];
  let company = 0;
  // Ten exits; most people use the same ones, which makes flows that cross.
  const exits: [number, number][] = [
    [0, 6],
    [0, 18],
    [0, 30],
    [length, 8],
    [length, 20],
    [length, 31],
    [14, 0],
    [42, 0],
    [18, width],
    [44, width],
  ];
  for (let at = 0; at < seconds; ) {
    at += -Math.log(1 - random.next()) * (60 / traffic.perMinute);
    const size = together(random, traffic.sizes);
    const first = Math.floor(random.next() * exits.length);
    const second = (first + 1 + Math.floor(random.next() * (exits.length - 1))) % exits.length;
    const [x, y] = exits[first] as [number, number];
    const [goalX, goalY] = exits[second] as [number, number];
    const [shiftX, shiftY] = [random.normal(0, 1.3), random.normal(0, 1.3)];
    for (let i = 0; i < size; i += 1) {
      const aside = (i - (size - 1) / 2) * 0.75;
      arrivals.push({
        atSeconds: at,
        x: x + shiftX + aside,
        y: y + shiftY + aside,
        goalX: goalX + random.normal(0, 0.5) + shiftX,
        goalY: goalY + random.normal(0, 0.5) + shiftY,
        speed: drawFreeSpeed(random, size > 1),
        company: size > 1 ? company : -1,
      });
    }
    company += 1;
  }
  return play('plaza', arrivals, { seconds, intervalSeconds, segments: new Float64Array(0), seed });
}

/**
 * A corridor of 3 m that closes on itself, so that the density stays: two straights of 20 m and two half circles. One way.
 * @param persons on its 171 m² (inner radius 3 m).
 * @returns density and mean speed on the straights, over the last minute of two.
 */
export function ring(persons: number, seed: number): { density: number; speed: number } {
  const [straight, inner, outer] = [20, 3, 6];
  const segments: number[] = [];
  for (const radius of [inner, outer]) {
    const points: [number, number][] = [];
    for (let i = 0; i <= 16; i += 1) {
      const angle = -Math.PI / 2 + (i / 16) * Math.PI;
      points.push([straight / 2 + radius * Math.cos(angle), radius * Math.sin(angle)]);
    }
    for (let i = 0; i <= 16; i += 1) {
      const angle = Math.PI / 2 + (i / 16) * Math.PI;
      points.push([-straight / 2 + radius * Math.cos(angle), radius * Math.sin(angle)]);
    }
    for (const [i, [x, y]] of points.entries()) {
      const [toX, toY] = points[(i + 1) % points.length] as [number, number];
      segments.push(x, y, toX, toY);
    }
  }
  const random = new Random(seed);
  const crowd = new Crowd({ capacity: persons, segments: Float64Array.from(segments), seed });
  const speeds: number[] = [];
  const middle = (inner + outer) / 2;
  const around = 2 * straight + 2 * Math.PI * middle;
  for (let i = 0; i < persons; i += 1) {
    const at = ((i + 0.5) / persons) * around;
    const aside = random.between(-1.2, 1.2);
    let [x, y] = [0, 0];
    if (at < straight) [x, y] = [at - straight / 2, -middle - aside];
    else if (at < straight + Math.PI * middle) {
      const angle = -Math.PI / 2 + (at - straight) / middle;
      [x, y] = [straight / 2 + (middle + aside) * Math.cos(angle), (middle + aside) * Math.sin(angle)];
    } else if (at < 2 * straight + Math.PI * middle) {
      [x, y] = [straight / 2 - (at - straight - Math.PI * middle), middle + aside];
    } else {
      const angle = Math.PI / 2 + (at - 2 * straight - Math.PI * middle) / middle;
      [x, y] = [-straight / 2 + (middle + aside) * Math.cos(angle), (middle + aside) * Math.sin(angle)];
    }
    const speed = drawFreeSpeed(random, false);
    speeds.push(speed);
    crowd.add({ x, y, headingRadians: 0, radiusMetres: 0.22, preferredSpeed: speed });
  }
  let [count, sum, looks] = [0, 0, 0];
  for (let step = 0; step < 1200; step += 1) {
    for (let slot = 0; slot < persons; slot += 1) {
      const x = crowd.x[slot] as number;
      const y = crowd.y[slot] as number;
      const fromX = Math.abs(x) <= straight / 2 ? 0 : x - Math.sign(x) * (straight / 2);
      const radius = Math.hypot(fromX, y);
      crowd.want(slot, -y / radius, fromX / radius, speeds[slot] as number);
      if (step >= 600 && Math.abs(x) <= straight / 2 - 1) {
        count += 1;
        sum += Math.abs(crowd.vx[slot] as number);
      }
    }
    if (step >= 600) looks += 1;
    crowd.step(STEP_SECONDS);
  }
  const area = 2 * (straight - 2) * (outer - inner);
  return { density: count / looks / area, speed: sum / Math.max(1, count) };
}

/** Weidmann 1993, "Transporttechnik der Fussgänger": speed at a density, m/s, from 1.34 m/s for the free. */
export function weidmannSpeed(density: number, freeSpeed = 1.34): number {
  return density <= 0 ? freeSpeed : Math.max(0, freeSpeed * (1 - Math.exp(-1.913 * (1 / density - 1 / 5.4))));
}
