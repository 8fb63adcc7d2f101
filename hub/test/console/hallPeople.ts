/** Who walks through the hall: the same people at the same times on every run. Positions are a function of time alone. */
import { createHash } from 'node:crypto';
import type { PlanPoint } from '@safe-passage/contract';
import { cameraAt, type HallZone, zoneBox } from './hallPlan.ts';

export interface Sighting {
  readonly pseudonym: string;
  readonly x: number;
  readonly y: number;
}

/** Somebody in the hall: where they are at a time, or nowhere. */
export interface Walker {
  /** The camera that sees them all the time; absent where it is whichever stands nearest. */
  readonly camera?: string;
  at(timeMs: number): Sighting | null;
}

/** A small generator of numbers in [0, 1) (mulberry32), so that nothing here hangs on chance. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export const pseudonymOf = (name: string): string => createHash('sha256').update(name).digest('base64url').slice(0, 16);

interface Stop {
  readonly place: PlanPoint;
  readonly pauseSeconds: number;
}

type Random = () => number;

const between = (random: Random, from: number, to: number): number => from + random() * (to - from);

function within(random: Random, zone: HallZone, margin = 0.6): PlanPoint {
  const { minX, minY, maxX, maxY } = zoneBox(zone);
  return [between(random, minX + margin, maxX - margin), between(random, minY + margin, maxY - margin)];
}

const pass = (x: number, y: number): Stop => ({ place: [x, y], pauseSeconds: 0 });
const stay = (place: PlanPoint, pauseSeconds: number): Stop => ({ place, pauseSeconds });

/** From the landing to the kerb: queue, booth, belt, customs, meeting point, out. */
function arriving(random: Random): Stop[] {
  const lane = Math.floor(random() * 5);
  const laneY = 14.9 + lane * 2.2;
  const stops: Stop[] = [pass(-0.5, between(random, 16, 20))];
  for (let turn = 0; turn < 4; turn++) {
    const x = 2 + turn * 1.7;
    const up = turn % 2 === 0;
    stops.push(
      stay([x, up ? 14.4 : 22.2], between(random, 4, 12)),
      stay([x, up ? 22.2 : 14.4], between(random, 4, 12)),
    );
  }
  stops.push(stay([8.8, laneY], between(random, 10, 40)), pass(11.7, laneY));
  const side = random() < 0.5 ? 13.6 : random() < 0.5 ? 18.2 : 23.2;
  stops.push(pass(12.6, 14.3), pass(side, 14.3));
  stops.push(
    stay([side + between(random, -0.5, 0.5), between(random, 16, 22.4)], between(random, 60, 260)),
    pass(side, 14.4),
  );
  stops.push(
    pass(24.8, between(random, 14.4, 15.2)),
    stay([27, between(random, 15, 19)], random() < 0.2 ? 40 : 2),
    pass(29.5, between(random, 17, 19.5)),
  );
  if (random() < 0.6) stops.push(stay(within(random, 'meeting-point', 1.2), between(random, 10, 160)));
  stops.push(...leaving(random));
  return stops;
}

function leaving(random: Random): Stop[] {
  const choice = random();
  if (choice < 0.5)
    return [pass(between(random, 32, 36), 10), pass(between(random, 25, 29), 5), pass(between(random, 25, 29), -0.6)];
  if (choice < 0.8) return [pass(38, between(random, 8, 11)), pass(42.6, between(random, 6.2, 8.4))];
  return [
    pass(34, 9),
    stay([between(random, 33, 36.4), between(random, 3.2, 4.4)], between(random, 10, 40)),
    pass(34.7, 2.7),
  ];
}

function entering(random: Random): Stop[] {
  return random() < 0.6
    ? [pass(between(random, 25, 29), -0.6), pass(between(random, 25, 29), 5)]
    : [pass(42.6, between(random, 6.2, 8.4)), pass(38, between(random, 8, 10))];
}

function meeting(random: Random): Stop[] {
  const stops = entering(random);
  const visits = 1 + Math.floor(random() * 3);
  for (let i = 0; i < visits; i++) stops.push(stay(within(random, 'meeting-point', 1), between(random, 60, 300)));
  return [...stops, ...leaving(random)];
}

function visiting(random: Random, zone: HallZone, seconds: number): Stop[] {
  const stops = entering(random);
  stops.push(pass(between(random, 20, 24), between(random, 7, 10)));
  if (zone === 'cafe')
    stops.push(pass(12, between(random, 4, 7)), stay([between(random, 3.2, 3.8), between(random, 2, 6)], 40));
  stops.push(stay(within(random, zone), between(random, seconds / 2, seconds)));
  stops.push(pass(between(random, 14, 22), between(random, 7, 10)));
  return [...stops, ...leaving(random)];
}

function crossing(random: Random): Stop[] {
  return [...entering(random), pass(between(random, 22, 34), between(random, 7, 11)), ...leaving(random)];
}

function routeOf(index: number, random: Random): Stop[] {
  const kind = index % 10;
  if (kind < 5) return arriving(random);
  if (kind < 7) return meeting(random);
  if (kind === 7) return visiting(random, 'cafe', 600);
  if (kind === 8) return visiting(random, 'car-hire', 240);
  return crossing(random);
}

interface Leg {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly from: PlanPoint;
  readonly to: PlanPoint;
}

function legsOf(stops: readonly Stop[], metresPerSecond: number): Leg[] {
  const legs: Leg[] = [];
  let seconds = 0;
  let previous: PlanPoint | null = null;
  for (const { place, pauseSeconds } of stops) {
    if (previous) {
      const walk = Math.hypot(place[0] - previous[0], place[1] - previous[1]) / metresPerSecond;
      legs.push({ fromSeconds: seconds, toSeconds: seconds + walk, from: previous, to: place });
      seconds += walk;
    }
    if (pauseSeconds > 0) {
      legs.push({ fromSeconds: seconds, toSeconds: seconds + pauseSeconds, from: place, to: place });
      seconds += pauseSeconds;
    }
    previous = place;
  }
  return legs;
}

const smooth = (share: number): number => share * share * (3 - 2 * share);

/** People in the hall stand and shift about, never quite still. */
function sway(seconds: number, phase: number): PlanPoint {
  return [
    0.12 * Math.sin(seconds / 3.1 + phase) + 0.08 * Math.sin(seconds / 1.3 + 2 * phase),
    0.12 * Math.cos(seconds / 2.7 + phase) + 0.08 * Math.sin(seconds / 1.7 + 3 * phase),
  ];
}

function placeOn(legs: readonly Leg[], seconds: number, phase: number): PlanPoint | null {
  const leg = legs.find((one) => seconds >= one.fromSeconds && seconds < one.toSeconds);
  if (!leg) return null;
  const share = smooth((seconds - leg.fromSeconds) / (leg.toSeconds - leg.fromSeconds));
  const [dx, dy] = sway(seconds, phase);
  return [leg.from[0] + share * (leg.to[0] - leg.from[0]) + dx, leg.from[1] + share * (leg.to[1] - leg.from[1]) + dy];
}

/** Passers-by, each on a round of their own, starting at another point of it. */
export function passersBy(count: number, seed = 7): Walker[] {
  return Array.from({ length: count }, (_, index) => {
    const random = randomFrom(seed * 1000 + index);
    const legs = legsOf(routeOf(index, random), between(random, 0.95, 1.5));
    const totalSeconds = legs[legs.length - 1]?.toSeconds ?? 1;
    const offset = random() * totalSeconds;
    const phase = random() * 6;
    return {
      at(timeMs) {
        const clock = timeMs / 1000 + offset;
        const round = Math.floor(clock / totalSeconds);
        const place = placeOn(legs, clock - round * totalSeconds, phase);
        if (!place || place[0] < 0 || place[1] < 0 || place[0] > 42) return null;
        return { pseudonym: pseudonymOf(`${seed}/${index}/${round}`), x: place[0], y: place[1] };
      },
    } satisfies Walker;
  });
}

/** Somebody who walks beside another all the way. */
export const companionOf = (walker: Walker, name: string): Walker => ({
  at(timeMs) {
    const seen = walker.at(timeMs);
    return seen && { pseudonym: pseudonymOf(`${seen.pseudonym}/${name}`), x: seen.x + 0.7, y: seen.y - 0.3 };
  },
});

export interface Stayer extends Walker {
  readonly pseudonym: string;
  readonly camera: string;
}

/** Somebody who comes in, stays in a zone, moves from spot to spot in it, and leaves (or has not left yet). */
export function stayer(name: string, zone: HallZone, fromMs: number, seconds: number | null): Stayer {
  const random = randomFrom([...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 11));
  const pseudonym = pseudonymOf(name);
  const spots: Stop[] = [];
  const airside = zone === 'belts' || zone === 'border-queue' || zone === 'customs';
  const approach = airside
    ? [pass(11.7, 14.9), pass(12.2, 14.3)]
    : [...entering(random), ...(zone === 'cafe' ? [pass(22, 8), pass(12, 5)] : [])];
  const xs = [13.6, 18.2, 23.2];
  const spotCount = seconds === null ? 80 : Math.max(3, Math.round(seconds / 150));
  for (let i = 0; i < spotCount; i++) {
    const place: PlanPoint =
      zone === 'belts'
        ? [
            (xs[i % 3] ?? 18.2) + between(random, -0.5, 0.5),
            between(random, 14.2, 15.2) + (random() < 0.6 ? between(random, 1, 7) : 0),
          ]
        : within(random, zone, 1);
    spots.push(stay(place, seconds === null ? between(random, 50, 240) : seconds / spotCount));
  }
  const approachLegs = legsOf([...approach, ...spots], 1.1);
  const firstStay = approachLegs.find((leg) => leg.from === leg.to && leg.toSeconds - leg.fromSeconds > 1);
  const entry = Math.max(0, (firstStay?.fromSeconds ?? 0) - 3);
  const leaveAt = seconds === null ? Number.POSITIVE_INFINITY : entry + seconds;
  const phase = random() * 6;
  const { minX, minY, maxX, maxY } = zoneBox(zone);
  return {
    pseudonym,
    camera: cameraAt((minX + maxX) / 2, (minY + maxY) / 2),
    at(timeMs) {
      const clock = (timeMs - fromMs) / 1000 + entry;
      if (clock < 0 || clock > leaveAt + 20) return null;
      const stayed = placeOn(approachLegs, Math.min(clock, leaveAt), phase);
      if (!stayed) return null;
      if (clock <= leaveAt) return { pseudonym, x: stayed[0], y: stayed[1] };
      const share = (clock - leaveAt) / 20;
      const [outX, outY] = airside ? [28, 16] : [28, 2];
      return { pseudonym, x: stayed[0] + share * (outX - stayed[0]), y: stayed[1] + share * (outY - stayed[1]) };
    },
  };
}
