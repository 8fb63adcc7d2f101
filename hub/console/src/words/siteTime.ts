/** Times that people type, as the wall clock at the site shows them. */

const TYPED = /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2}))?$/;

/** What the site's clock shows at a moment, as if it were UTC. */
function shownMs(ms: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(ms);
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value);
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'));
}

/**
 * `2026-11-28 14:02`, or `2026-11-28` for the beginning of that day, at the site.
 *
 * @returns milliseconds since the epoch; NaN where the text is no time.
 */
export function siteTimeMs(text: string, timeZone: string): number {
  const [, year, month, day, hour = '00', minute = '00'] = TYPED.exec(text.trim()) ?? [];
  const wanted = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:00Z`);
  if (Number.isNaN(wanted)) return Number.NaN;
  // The offset at about that time, and once more at the moment that it leads to: a change of clocks may lie between.
  const first = wanted - (shownMs(wanted, timeZone) - wanted);
  const second = wanted - (shownMs(first, timeZone) - first);
  return second;
}
