/** What a privacy policy says of single zones: shorter limits there, and a purpose, a ground and an owner of their own. Pure. */
import type { FloorPlan, Polygon, Problem } from '@safe-passage/contract';
import { durationMs, limitMs } from './duration.ts';
import { type PrivacyPolicy, ZONE_CLASSES, type ZoneClass, type ZonePolicy } from './policySchema.ts';

/** `departures/prayer-room` */
export const zoneName = ({ floor, zone }: Pick<ZonePolicy, 'floor' | 'zone'>): string => `${floor}/${zone}`;

/** A limit of one zone for one class, at one moment. */
export interface ZoneLimit {
  readonly floor: string;
  readonly zone: string;
  /** null where no plan has the zone (any more): then no position lies in it. */
  readonly polygon: Polygon | null;
  readonly keptMs: number;
  /** What is older may not be read, milliseconds since the epoch. */
  readonly oldestMs: number;
}

const isZoneClass = (name: string): name is ZoneClass => ZONE_CLASSES.some((one) => one === name);

/** How long a class is kept in a zone, milliseconds: never longer than elsewhere. null: the zone says nothing of it. */
export function zoneLimitMs(policy: PrivacyPolicy, zone: ZonePolicy, name: ZoneClass, nowMs: number): number | null {
  const keep = zone.keep[name];
  return keep === undefined ? null : Math.min(durationMs(keep), limitMs(policy, name, nowMs));
}

/** The limits of all zones for a class. */
export function zoneLimits(
  policy: PrivacyPolicy,
  plans: readonly FloorPlan[],
  name: string,
  nowMs: number,
): ZoneLimit[] {
  if (!isZoneClass(name)) return [];
  return (policy.zones ?? []).flatMap((one): ZoneLimit[] => {
    const keptMs = zoneLimitMs(policy, one, name, nowMs);
    if (keptMs === null) return [];
    const { floor, zone } = one;
    const plan = plans.find(({ id }) => id === floor);
    const polygon = plan?.zones.find(({ id }) => id === zone)?.polygon ?? null;
    return [{ floor, zone, polygon, keptMs, oldestMs: nowMs - keptMs }];
  });
}

/** What is wrong with the zones of a policy that has all its fields. */
export function zoneProblems(policy: PrivacyPolicy): Problem[] {
  const seen = new Set<string>();
  return (policy.zones ?? []).flatMap((one, n): Problem[] => {
    const field = `zones.${n}`;
    const problems: Problem[] = [];
    if (seen.has(zoneName(one))) {
      const expected = 'stands there twice: say everything about a zone in one place';
      problems.push({ field: `${field}.zone`, found: zoneName(one), expected });
    }
    seen.add(zoneName(one));
    if (ZONE_CLASSES.every((name) => one.keep[name] === undefined)) {
      const expected = `must give a limit for at least one of ${ZONE_CLASSES.join(', ')}: a zone that is like all others needs no entry`;
      problems.push({ field: `${field}.keep`, found: 'no limit', expected });
    }
    for (const name of ZONE_CLASSES) {
      const [own, whole] = [one.keep[name], policy.classes[name].keep];
      if (own === undefined || durationMs(own) <= durationMs(whole)) continue;
      const expected = `must not be longer than classes.${name}.keep, ${whole}: a zone can only have less. Give ${whole} or less, or take it out`;
      problems.push({ field: `${field}.keep.${name}`, found: own, expected });
    }
    return problems;
  });
}

/** Zones with a limit that no plan has, and blind ones: a misspelt name would keep what was to go. */
export function strangeZones({ zones }: Pick<PrivacyPolicy, 'zones'>, plans: readonly FloorPlan[]): string[] {
  return (zones ?? []).flatMap((one): string[] => {
    const known = plans.find(({ id }) => id === one.floor)?.zones.find(({ id }) => id === one.zone);
    if (!known) return [`${zoneName(one)}, which no floor plan has`];
    return known.kind === 'blind' ? [`${zoneName(one)}, a blind zone, where nothing is recorded`] : [];
  });
}

interface Terms {
  readonly keptMs: number;
  readonly keep: string;
  readonly purpose: string;
  readonly legalBasis: string;
}

function termsIn(policy: PrivacyPolicy, place: string, name: ZoneClass): Terms {
  const own = policy.zones?.find((one) => zoneName(one) === place);
  const whole = policy.classes[name];
  const [keep, kept] = [own?.keep[name] ?? whole.keep, durationMs(whole.keep)];
  return {
    keep,
    keptMs: Math.min(durationMs(keep), kept),
    purpose: own?.purpose ?? whole.purpose,
    legalBasis: own?.legalBasis ?? whole.legalBasis,
  };
}

/**
 * Where the data of a zone are kept longer than before, or used for another purpose or on another ground:
 * `zones.departures/prayer-room.keep.tracks: 4 hours, was 2 hours`. What holds for a class everywhere is told of the class.
 */
export function zoneLoosenings(before: PrivacyPolicy, after: PrivacyPolicy): string[] {
  const places = new Set([...(before.zones ?? []), ...(after.zones ?? [])].map(zoneName));
  const found = new Set<string>();
  for (const place of places) {
    const owns = [before, after].map((one) => one.zones?.find((zone) => zoneName(zone) === place));
    for (const name of ZONE_CLASSES) {
      const [was, is] = [termsIn(before, place, name), termsIn(after, place, name)];
      if (is.keptMs > was.keptMs && owns.some((own) => own?.keep[name] !== undefined)) {
        found.add(`zones.${place}.keep.${name}: ${is.keep}, was ${was.keep}`);
      }
      for (const field of ['purpose', 'legalBasis'] as const) {
        if (is[field] !== was[field] && owns.some((own) => own?.[field] !== undefined))
          found.add(`zones.${place}.${field}: "${is[field]}", was "${was[field]}"`);
      }
    }
  }
  return [...found];
}

/** A place this near to a boundary counts as inside, metres: that of the last digit of a position. */
const EDGE_METRES = 0.01;

/**
 * Whether a place lies in a polygon or on its edge, metres. Where a polygon crosses itself, what it goes around at all is inside:
 * as PostgreSQL has it, which destroys what lies there.
 */
export function liesIn(polygon: Polygon, x: number, y: number): boolean {
  let winding = 0;
  for (const [i, [ax, ay]] of polygon.entries()) {
    const [bx, by] = polygon[(i + 1) % polygon.length] ?? [ax, ay];
    const [dx, dy] = [bx - ax, by - ay];
    const along = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
    if (Math.hypot(x - ax - along * dx, y - ay - along * dy) <= EDGE_METRES) return true;
    const side = dx * (y - ay) - dy * (x - ax);
    if (ay <= y && by > y && side > 0) winding++;
    else if (ay > y && by <= y && side < 0) winding--;
  }
  return winding !== 0;
}

/** Whether any of some positions, in centimetres, lies in a zone in which it is past its time already. */
export function pastItsZone(
  zones: readonly ZoneLimit[],
  floor: string,
  fromMs: number,
  xCm: readonly number[],
  yCm: readonly number[],
): boolean {
  return zones.some(
    ({ floor: of, polygon, oldestMs }) =>
      of === floor &&
      fromMs < oldestMs &&
      polygon !== null &&
      xCm.some((x, i) => liesIn(polygon, x / 100, (yCm[i] ?? 0) / 100)),
  );
}

/** For rows that name their zone: whether one is past the limit that the zone has of its own. */
export const pastInZone = (zones: readonly ZoneLimit[], floor: string, zone: string | null, atMs: number): boolean =>
  zones.some((one) => one.floor === floor && one.zone === zone && atMs < one.oldestMs);
