/** How long the classes of a policy are kept, at a moment. Pure. */
import type { DataClass, PrivacyPolicy } from './policySchema.ts';

const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/**
 * What tracks may be kept without a justification of its own: the European Data Protection Board asks for more argument
 * beyond 72 hours (Guidelines 3/2019, paragraph 121).
 */
export const ORDINARY_TRACKS_MS = 72 * HOUR_MS;
/** No six months are longer. Regulation (EU) 2024/1689, article 26(6), wants logs for six months at least. */
export const LEAST_AUDIT_MS = 184 * DAY_MS;

/** Milliseconds of a duration as a policy writes it. */
export function durationMs(text: string): number {
  const [count = '0', unit = ''] = text.split(' ');
  return Number(count) * (unit.startsWith('minute') ? MINUTE_MS : unit.startsWith('hour') ? HOUR_MS : DAY_MS);
}

/** A duration as people write it. */
export function durationText(ms: number): string {
  const [count, unit] =
    ms % DAY_MS === 0 && ms > 4 * DAY_MS
      ? [ms / DAY_MS, 'day']
      : ms % HOUR_MS === 0
        ? [ms / HOUR_MS, 'hour']
        : [Math.round((ms / MINUTE_MS) * 10) / 10, 'minute'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

export const keptMs = (policy: PrivacyPolicy, name: DataClass): number => durationMs(policy.classes[name].keep);

/** NaN where there is no such day: the parser alone would take 31 February for 3 March. */
export function untilMs(until: string): number {
  const ms = Date.parse(`${until}T00:00:00Z`);
  return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== until ? Number.NaN : ms;
}

/**
 * How long a class is kept at a moment, milliseconds. Tracks fall back to 72 hours at the moment at which the justification
 * for more expires.
 */
export function limitMs(policy: PrivacyPolicy, name: DataClass, nowMs: number): number {
  const kept = keptMs(policy, name);
  if (name === 'audit') return Math.max(kept, LEAST_AUDIT_MS);
  if (name !== 'tracks' && name !== 'outbox' && name !== 'broker') return kept;
  // What waits on its way is tracks, too.
  const argued = policy.classes.tracks.justification;
  return kept > ORDINARY_TRACKS_MS && !(argued && untilMs(argued.until) > nowMs) ? ORDINARY_TRACKS_MS : kept;
}
