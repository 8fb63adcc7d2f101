/** What is wrong with something that was typed, and what to write instead; null where nothing is. */
import { LEAST_REASON, LEAST_VISIBLE, LONGEST_REASON, visibleIn } from '../../../src/api/visible.ts';
import { siteTimeMs } from './siteTime.ts';

/** The alert that an address or an identifier names; undefined where the text names none. */
export const alertIn = (text: string): string | undefined =>
  /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i.exec(text)?.[0].toLowerCase();

export function timeFault(text: string, timeZone: string): string | null {
  if (text.trim() === '') return 'Say when, such as 2026-11-28 14:02.';
  if (!Number.isNaN(siteTimeMs(text, timeZone))) return null;
  return `“${text.trim()}” is no time: write 2026-11-28 14:02, or 2026-11-28 for the beginning of that day.`;
}

/** Of a stretch of time: both ends, and which comes first. */
export function stretchFaults(
  from: string,
  to: string,
  timeZone: string,
): { readonly from: string | null; readonly to: string | null } {
  const ends = { from: timeFault(from, timeZone), to: timeFault(to, timeZone) };
  if (ends.from !== null || ends.to !== null) return ends;
  const before = siteTimeMs(to, timeZone) < siteTimeMs(from, timeZone);
  return { from: null, to: before ? 'This is before From: write a later time.' : null };
}

export function reasonFault(text: string): string | null {
  const { length } = text.trim();
  if (length > LONGEST_REASON) return `These are ${length} characters: say it in ${LONGEST_REASON}.`;
  if (length >= LEAST_REASON && visibleIn(text) >= LEAST_VISIBLE) return null;
  return `Say why in ${LEAST_REASON} characters or more${length === 0 ? '' : `; these are ${length}`}.`;
}
