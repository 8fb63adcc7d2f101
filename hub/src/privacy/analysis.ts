/** Which movements may be analysed where: what a privacy policy says, as the scorers ask it. Pure. */
import type { FloorPlan, Problem } from '@safe-passage/contract';
import { PATTERNS, type Pattern } from '../score/movement.ts';
import type { PrivacyPolicy } from './policySchema.ts';

/** Scored from who walks with whom, which is the work of the escort scorer. */
const NEED_ESCORT: readonly Pattern[] = ['handover', 'flanking', 'shadowing'];

/** What may be analysed on one floor. */
export interface FloorAnalysis {
  readonly patterns: ReadonlySet<Pattern>;
  /** Zones in which less may be: there `dwell` alone, or nothing. */
  readonly zones: ReadonlyMap<string, ReadonlySet<Pattern>>;
}

export const EVERYTHING: FloorAnalysis = { patterns: new Set(PATTERNS), zones: new Map() };

/** As long as no policy is known. */
export const NOTHING: FloorAnalysis = { patterns: new Set(), zones: new Map() };

const both = (a: ReadonlySet<Pattern>, b: readonly Pattern[]): ReadonlySet<Pattern> =>
  new Set(b.filter((pattern) => a.has(pattern)));

/** A policy that says nothing of analysis allows all of it. */
export function analysisOf({ analysis }: Pick<PrivacyPolicy, 'analysis'>, floor: string): FloorAnalysis {
  if (!analysis) return EVERYTHING;
  const site = new Set(analysis.patterns);
  const own = analysis.floors?.find((one) => one.floor === floor);
  const patterns = own ? both(site, own.patterns) : site;
  const zones = (analysis.zones ?? []).filter((one) => one.floor === floor);
  return { patterns, zones: new Map(zones.map(({ zone, patterns: allowed }) => [zone, both(patterns, allowed)])) };
}

/** What may be analysed in a place; without a zone outside of those that are named. */
function allowedIn(policy: PrivacyPolicy, floor: string, zone: string | null): ReadonlySet<Pattern> {
  const { patterns, zones } = analysisOf(policy, floor);
  return (zone === null ? undefined : zones.get(zone)) ?? patterns;
}

/** Where a pattern may be analysed that could not be before: `shadowing may be analysed at departures/table`. */
export function analysisLoosenings(before: PrivacyPolicy, after: PrivacyPolicy): string[] {
  // What is named in neither is as the site; no floor has an empty name.
  const places = new Map<string, readonly [string, string | null]>([['', ['', null]]]);
  for (const { analysis } of [before, after]) {
    for (const { floor } of analysis?.floors ?? []) places.set(floor, [floor, null]);
    for (const { floor, zone } of analysis?.zones ?? []) {
      places.set(floor, [floor, null]);
      places.set(`${floor}/${zone}`, [floor, zone]);
    }
  }
  return [...places].flatMap(([name, [floor, zone]]) => {
    const was = allowedIn(before, floor, zone);
    const more = [...allowedIn(after, floor, zone)].filter((pattern) => !was.has(pattern));
    return more.map((pattern) => `analysis: ${pattern} may be analysed ${name === '' ? 'at the site' : `at ${name}`}`);
  });
}

/** What is wrong with the allow-lists of a policy. */
export function analysisProblems({ analysis }: PrivacyPolicy): Problem[] {
  if (!analysis) return [];
  const lists: (readonly [string, readonly Pattern[]])[] = [
    ['analysis.patterns', analysis.patterns],
    ...(analysis.floors ?? []).map((one, n) => [`analysis.floors.${n}.patterns`, one.patterns] as const),
  ];
  return lists.flatMap(([field, patterns]) => {
    const missing = NEED_ESCORT.filter((pattern) => patterns.includes(pattern) && !patterns.includes('escort'));
    if (missing.length === 0) return [];
    const expected = `${missing.join(', ')} cannot be scored without escort: who walks with whom is found there. Add escort or take ${missing.length === 1 ? 'it' : 'them'} out`;
    return [{ field, found: patterns.join(', '), expected }];
  });
}

/** Places that a policy names and no plan has: a misspelt name would allow what was to be switched off. */
export function unknownPlaces({ analysis }: PrivacyPolicy, plans: readonly FloorPlan[]): string[] {
  const named: (readonly [string, string | null])[] = [
    ...(analysis?.floors ?? []).map(({ floor }) => [floor, null] as const),
    ...(analysis?.zones ?? []).map(({ floor, zone }) => [floor, zone] as const),
  ];
  return named.flatMap(([floor, zone]) => {
    const plan = plans.find(({ id }) => id === floor);
    if (!plan) return [`floor ${floor}`];
    return zone === null || plan.zones.some(({ id }) => id === zone) ? [] : [`zone ${floor}/${zone}`];
  });
}
