/** `28 Nov 2026, 14:02`: a moment as the wall clock at the site shows it. */
export const siteTime = (epochMs: number, timeZone: string): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'medium', timeStyle: 'short' }).format(epochMs);
