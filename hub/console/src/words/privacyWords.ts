/** What a privacy officer reads. */
const CLASSES: Readonly<Record<string, string>> = {
  tracks: 'Tracks',
  episodes: 'Episodes',
  alerts: 'Alerts',
  evidence: 'Held evidence',
  aggregates: 'Aggregates',
  audit: 'Audit',
  outbox: 'Outbox of devices',
  broker: 'Broker',
  accessLogs: 'Access logs',
  backups: 'Backups and exports',
};
export const className = (name: string): string => CLASSES[name] ?? name;

/** Where the squares of the floor are counted by day, the first day has a row that is older than the hub. */
const AGES: Readonly<Record<string, string>> = { episodes: 'by day: from midnight UTC' };
export const ageNote = (name: string): string | null => AGES[name] ?? null;

const LOOKS: Readonly<Record<string, string>> = {
  'read.alert': 'read the reasons of an alert',
  'read.evidence': 'read the tracks of an alert',
  'read.presence': 'looked at who is where',
  'read.live': 'opened the live view',
};
export const lookWord = (action: string): string => LOOKS[action] ?? action;

const ENFORCED: Readonly<Record<string, string>> = {
  hub: 'the hub',
  device: 'the device',
  broker: 'the broker’s settings',
  'whoever runs it': 'whoever runs it',
};
export const enforcedWord = (by: string): string => ENFORCED[by] ?? by;

export interface Gap {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A run may be as late as this many times the time between two before it counts as missing. */
const MISSED = 3;

/** Where runs that come every so often did not come, the longest first. @param fromMs since when they are looked for. */
export function gapsOf(startedMs: readonly number[], fromMs: number, toMs: number, everySeconds: number): Gap[] {
  const edges = [fromMs, ...startedMs.filter((ms) => ms > fromMs && ms < toMs).toSorted((a, b) => a - b), toMs];
  return edges
    .slice(1)
    .map((edge, i) => ({ fromMs: edges[i] ?? fromMs, toMs: edge }))
    .filter((gap) => gap.toMs - gap.fromMs > MISSED * everySeconds * 1000)
    .sort((a, b) => b.toMs - b.fromMs - (a.toMs - a.fromMs));
}

/** Keeps a number and its unit on one line. */
const SPACE = '\u00a0';

/** A limit as a policy writes it: `72 h`, `30 days`, `90 min`. */
export function limitText(seconds: number): string {
  const hours = seconds / 3600;
  if (hours > 96) return `${Math.floor(hours / 24)}${SPACE}days`;
  if (hours >= 2) return `${Math.floor(hours)}${SPACE}h`;
  return `${Math.floor(seconds / 60)}${SPACE}min`;
}
