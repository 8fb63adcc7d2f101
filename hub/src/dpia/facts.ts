/** What a data protection impact assessment has to know of a running system, and what of it has changed. Pure. */
import { hash } from 'node:crypto';
import type { FloorPlan } from '@safe-passage/contract';
import type { Policy } from '../alert/policySchema.ts';
import { type AuditValue, canonicalJson } from '../audit/entry.ts';
import type { PrivacyPolicy } from '../privacy/policy.ts';

/** Keyed by identifiers, so that what is the same has the same place in the next sheet. */
export interface DpiaFacts {
  readonly site: string;
  readonly timeZone: string;
  readonly software: string;
  readonly floors: Readonly<Record<string, FloorFacts>>;
  /** By floor and device: what is deployed, as it last described itself. */
  readonly devices: Readonly<Record<string, DeviceFacts>>;
  /** null: none has been in force yet. */
  readonly policy: PrivacyPolicy | null;
  /** Which movements are looked for, and by which version of the rules. */
  readonly alerts: { readonly version: string; readonly patterns: Readonly<Record<string, 'on' | 'off'>> };
  /** How many people and machines may sign in, by role. */
  readonly roles: Readonly<Record<string, number>>;
  /** Where data go by themselves. */
  readonly flows: Readonly<Record<string, string>>;
}

export interface FloorFacts {
  readonly name: string;
  readonly zones: Readonly<Record<string, { name: string; kind: string; dwellLimitSeconds: number | null }>>;
  readonly cameras: Readonly<Record<string, string>>;
}

export interface DeviceFacts {
  readonly camera: string;
  readonly version: string;
  readonly model: string;
  readonly modelDigest: string;
  readonly calibration: string;
  readonly privacyLevel: string;
}

export interface FactSources {
  readonly site: string;
  readonly timeZone: string;
  readonly hubVersion: string;
  readonly floors: readonly FloorPlan[];
  readonly devices: readonly (DeviceFacts & { readonly floor: string; readonly device: string })[];
  readonly policy: PrivacyPolicy | null;
  readonly alerts: Pick<Policy, 'version' | 'patterns'>;
  readonly roles: Readonly<Record<string, number>>;
  /** Without a password. */
  readonly brokerUrl: string;
  readonly databaseUrl: string;
  readonly listen: { readonly host: string; readonly port: number };
}

/** Host and scheme alone: a URL may hold a password. */
function place(url: string): string {
  if (!URL.canParse(url)) return 'unknown';
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}

const byId = <T extends { readonly id: string }, V>(all: readonly T[], value: (one: T) => V): Record<string, V> =>
  Object.fromEntries(all.map((one) => [one.id, value(one)]));

export function factsOf(sources: FactSources): DpiaFacts {
  const { site, timeZone, hubVersion, floors, devices, policy, alerts, roles, listen } = sources;
  return {
    site,
    timeZone,
    software: hubVersion,
    floors: byId(
      floors,
      ({ name, zones, cameras }): FloorFacts => ({
        name,
        zones: byId(zones, (zone) => ({
          name: zone.name,
          kind: zone.kind,
          dwellLimitSeconds: zone.dwellLimitSeconds ?? null,
        })),
        cameras: byId(cameras, (camera) => camera.name ?? camera.id),
      }),
    ),
    devices: Object.fromEntries(devices.map(({ floor, device, ...facts }) => [`${floor}/${device}`, facts])),
    policy,
    alerts: {
      version: alerts.version,
      patterns: Object.fromEntries(
        Object.entries(alerts.patterns).map(([pattern, { on }]) => [pattern, on ? 'on' : 'off']),
      ),
    },
    roles,
    flows: {
      broker: place(sources.brokerUrl),
      database: place(sources.databaseUrl),
      console: `${listen.host}:${listen.port}`,
      alerts: `${place(sources.brokerUrl)} movement/v1/${site}/alerts/#`,
    },
  };
}

export const factsDigest = (facts: DpiaFacts): string => hash('sha256', canonicalJson(facts as unknown as AuditValue));

/** One thing that is not as it was. */
export interface Change {
  /** Where it stands: `floors.hall.zones.table.dwellLimitSeconds`. */
  readonly what: string;
  /** null: it was not there. */
  readonly before: string | null;
  /** null: it is not there any more. */
  readonly after: string | null;
}

function flattened(value: unknown, path: string, into: Map<string, string>): void {
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value);
    if (entries.length === 0) into.set(path, 'nothing');
    for (const [key, inner] of entries) flattened(inner, path === '' ? key : `${path}.${key}`, into);
  } else if (value !== undefined) into.set(path, typeof value === 'string' ? value : JSON.stringify(value));
}

/** What differs between two sheets, in order of its place. */
export function changesBetween(before: DpiaFacts, after: DpiaFacts): Change[] {
  const [was, is] = [new Map<string, string>(), new Map<string, string>()];
  flattened(before, '', was);
  flattened(after, '', is);
  return [...new Set([...was.keys(), ...is.keys()])]
    .sort()
    .filter((what) => was.get(what) !== is.get(what))
    .map((what) => ({ what, before: was.get(what) ?? null, after: is.get(what) ?? null }));
}
