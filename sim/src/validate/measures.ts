/** What is measured of walkers, real and simulated alike. Pure. */
import { median } from './distribution.ts';
import { moments, type Recording, type Sighting } from './recording.ts';

/** Slower than this is standing about, m/s. */
export const WALKING_SPEED = 0.4;
const CIRCLE_METRES = 2;
/** Members further apart do not walk together just now. */
const TOGETHER_METRES = 3;

/**
 * Free speed, m/s, one per person: the median while walking with nobody within 3 m ahead of them.
 * @param company whether of those who walk in company, or of those alone.
 */
export function freeSpeeds(recording: Recording, company: boolean): number[] {
  const speeds = new Map<number, number[]>();
  for (const moment of moments(recording)) {
    for (const one of moment) {
      if (one.company >= 0 !== company || one.speed < WALKING_SPEED) continue;
      const free = moment.every((other) => {
        if (other === one || (company && other.company === one.company)) return true;
        const [dx, dy] = [other.x - one.x, other.y - one.y];
        return Math.hypot(dx, dy) > 3 || dx * one.vx + dy * one.vy < 0;
      });
      if (!free) continue;
      const list = speeds.get(one.id);
      if (list) list.push(one.speed);
      else speeds.set(one.id, [one.speed]);
    }
  }
  return [...speeds.values()].filter((list) => list.length >= 3).map(median);
}

/** Speeds of those who walk alone, by the density of the circle of 2 m around them (themselves included), persons per m². */
export function speedByDensity(recording: Recording): { density: number; speed: number }[] {
  const area = Math.PI * CIRCLE_METRES ** 2;
  const result: { density: number; speed: number }[] = [];
  for (const moment of moments(recording)) {
    for (const one of moment) {
      if (one.company >= 0 || one.speed < WALKING_SPEED) continue;
      let count = 0;
      for (const other of moment) if (Math.hypot(other.x - one.x, other.y - one.y) <= CIRCLE_METRES) count += 1;
      result.push({ density: count / area, speed: one.speed });
    }
  }
  return result;
}

export interface PairMeasure {
  readonly distanceMetres: number;
  /** Across the common heading, and along it. */
  readonly lateralMetres: number;
  readonly alongMetres: number;
  /** Between the line that joins them and the heading: 90 is abreast, 0 in file. */
  readonly angleDegrees: number;
}

function pairMeasure(a: Sighting, b: Sighting, vx: number, vy: number): PairMeasure {
  const speed = Math.hypot(vx, vy);
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const along = Math.abs(dx * vx + dy * vy) / speed;
  const lateral = Math.abs(dx * vy - dy * vx) / speed;
  return {
    distanceMetres: Math.hypot(dx, dy),
    lateralMetres: lateral,
    alongMetres: along,
    angleDegrees: (Math.atan2(lateral, along) * 180) / Math.PI,
  };
}

/** Neighbours in companies of just this many who are all there, walk, and are together: for pairs the two, for threes the two nearest to each other first. */
export function companyMeasures(recording: Recording, size: number): PairMeasure[] {
  const result: PairMeasure[] = [];
  for (const moment of moments(recording)) {
    const byCompany = new Map<number, Sighting[]>();
    for (const one of moment) {
      if (one.company < 0 || recording.companies[one.company]?.length !== size) continue;
      const list = byCompany.get(one.company);
      if (list) list.push(one);
      else byCompany.set(one.company, [one]);
    }
    for (const members of byCompany.values()) {
      if (members.length !== size) continue;
      const vx = members.reduce((sum, m) => sum + m.vx, 0) / size;
      const vy = members.reduce((sum, m) => sum + m.vy, 0) / size;
      if (Math.hypot(vx, vy) < WALKING_SPEED || members.some((m) => m.speed < WALKING_SPEED)) continue;
      const links: PairMeasure[] = [];
      for (const [i, a] of members.entries())
        for (const b of members.slice(i + 1)) links.push(pairMeasure(a, b, vx, vy));
      links.sort((a, b) => a.distanceMetres - b.distanceMetres);
      for (const link of links.slice(0, size - 1)) if (link.distanceMetres <= TOGETHER_METRES) result.push(link);
    }
  }
  return result;
}

/** Metres from each who walks to the nearest who is not of the same company, up to 5 m. */
export function nearestStrangers(recording: Recording): number[] {
  const result: number[] = [];
  for (const moment of moments(recording)) {
    for (const one of moment) {
      if (one.speed < WALKING_SPEED) continue;
      let nearest = Infinity;
      for (const other of moment) {
        if (other.id === one.id || (one.company >= 0 && one.company === other.company)) continue;
        const distance = Math.hypot(other.x - one.x, other.y - one.y);
        if (distance < nearest) nearest = distance;
      }
      if (nearest <= 5) result.push(nearest);
    }
  }
  return result;
}

/** How far those alone depart from the straight line between the ends of their way of 4.8 s, metres (largest distance). */
export function swayMetres(recording: Recording): number[] {
  const span = Math.round(4.8 / recording.intervalSeconds);
  const inCompany = new Set(recording.companies.flat());
  const result: number[] = [];
  for (const { id, x, y } of recording.walkers) {
    if (inCompany.has(id)) continue;
    for (let i = 0; i + span < x.length; i += span) {
      const [x0, y0] = [x[i] as number, y[i] as number];
      const [dx, dy] = [(x[i + span] as number) - x0, (y[i + span] as number) - y0];
      const length = Math.hypot(dx, dy);
      if (length < WALKING_SPEED * 4.8) continue;
      let most = 0;
      for (let k = i + 1; k < i + span; k += 1) {
        most = Math.max(most, Math.abs(((x[k] as number) - x0) * dy - ((y[k] as number) - y0) * dx) / length);
      }
      result.push(most);
    }
  }
  return result;
}
