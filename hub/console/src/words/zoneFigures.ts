/** The figures of a zone now against what is usual at this hour, in words. What is not known is said to be, and never guessed. */
import type { FloorCounts } from '../../../src/api/floorCountSchemas.ts';
import { counted, duration } from './quantity.ts';

export type ZoneCounts = FloorCounts['zones'][number];

export interface FigureRow {
  readonly what: string;
  readonly now: string;
  readonly usual: string;
}

const NONE = '–';
const UNBROKEN = '\u00a0';

/** Means of few people have a digit more. */
export const people = (value: number): string =>
  value < 9.95 ? String(Number(value.toFixed(1))) : Math.round(value).toLocaleString('en');

const told = (value: number | null | undefined, words: (value: number) => string): string =>
  value === null || value === undefined ? NONE : words(value);

/** @param now how many people are there at this moment; undefined before the first word. */
export function zoneRows(counts: ZoneCounts | undefined, now: number | undefined, kind: string): FigureRow[] {
  const { lastHour = null, lastQuarter = null, usual = null } = counts ?? {};
  const part = lastHour && lastHour.minutes < 60 ? `, last ${lastHour.minutes}${UNBROKEN}min` : ', last hour';
  const wait = lastQuarter?.staySeconds ?? null;
  return [
    { what: 'People here', now: told(now, people), usual: told(usual?.people, people) },
    { what: `Came in${part}`, now: told(lastHour?.entered, people), usual: told(usual?.entered, people) },
    { what: `Stay${part}`, now: told(lastHour?.staySeconds, duration), usual: told(usual?.staySeconds, duration) },
    ...(kind === 'queue'
      ? [
          {
            what: wait === null ? `Wait, last 15${UNBROKEN}min` : `Wait, ${lastQuarter?.stays} in 15${UNBROKEN}min`,
            now: told(wait, duration),
            // A stay in a queue is a wait.
            usual: told(usual?.staySeconds, duration),
          },
        ]
      : []),
  ];
}

/** Where the column of what is usual comes from, or why it is empty. */
export function usualWords(usual: ZoneCounts['usual'] | undefined): string {
  if (!usual || usual.days + usual.withheldDays === 0)
    return 'What is usual at this hour is not known: it comes from the published counts, and no day of this zone is published yet.';
  const { days, withheldDays, k } = usual;
  if (usual.people === null) {
    return withheldDays >= days
      ? `What is usual at this hour is not told: on ${withheldDays} of ${counted(days + withheldDays, 'day', 'days')} it would tell of fewer than ${k} people.`
      : `What is usual at this hour is not known yet: ${days} of the last 28 days ${days === 1 ? 'tells' : 'tell'} it, three are needed.`;
  }
  const withheld =
    withheldDays > 0
      ? ` ${counted(withheldDays, 'day is', 'days are')} withheld and left out: they would tell of few people.`
      : '';
  return `Usual is the median of this hour on ${days} of the last 28 days.${withheld}`;
}

/** `12 people`, `wait 6 min`: below the name of a queue. */
export function queueNote(counts: ZoneCounts | undefined, now: number | undefined): string[] {
  const wait = counts?.lastQuarter?.staySeconds ?? null;
  return [
    ...(now === undefined ? [] : [counted(now, 'person', 'people')]),
    wait === null ? 'wait not known' : `wait ${duration(wait)}`,
  ];
}
