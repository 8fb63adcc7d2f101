/** Times as the wall clock at the airport shows them, wherever the browser stands. */
export interface SiteClock {
  readonly timeZone: string;
  /** `09:41:07` */
  time(ms: number): string;
  /** `09:41` */
  shortTime(ms: number): string;
  /** `Tue 24 Nov`, with the year where it is not that of `nowMs`. */
  day(ms: number, nowMs: number): string;
  /** The time, with the day where it is not the day of `nowMs`. */
  moment(ms: number, nowMs: number): string;
}

/** @param timeZone an IANA name; the browser's own zone stands in where the browser does not know it. */
export function siteClock(timeZone: string): SiteClock {
  const format = (options: Intl.DateTimeFormatOptions) => {
    try {
      return new Intl.DateTimeFormat('en-GB', { ...options, timeZone });
    } catch {
      return new Intl.DateTimeFormat('en-GB', options);
    }
  };
  const long = format({ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
  const short = format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const date = format({ weekday: 'short', day: 'numeric', month: 'short' });
  const year = format({ year: 'numeric' });
  const day = (ms: number, nowMs: number) => {
    const name = date.format(ms).replace(',', '');
    return year.format(ms) === year.format(nowMs) ? name : `${name} ${year.format(ms)}`;
  };
  return {
    timeZone: long.resolvedOptions().timeZone,
    time: (ms) => long.format(ms),
    shortTime: (ms) => short.format(ms),
    day,
    moment: (ms, nowMs) =>
      day(ms, nowMs) === day(nowMs, nowMs) ? long.format(ms) : `${day(ms, nowMs)} ${long.format(ms)}`,
  };
}
