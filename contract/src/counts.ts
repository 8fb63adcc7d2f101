/**
 * What an edge agent of level `counts` says about one camera, once a quarter-hour: how many people were in which zone, and for
 * how long. Nobody is in it: no pseudonym, no position, no path, and no time finer than the quarter-hour.
 */
import { type Static, Type } from 'typebox';
import { CalibrationVersion, EpochMs, GapReport, KeyEpoch, SequenceNumber } from './reports.ts';
import { Identifier } from './topics.ts';
import type { Problem } from './validate.ts';

const closed = { additionalProperties: false } as const;

/** What may leave a device: the tracks of people under pseudonyms, or numbers of people by zone and quarter-hour alone. */
export const PrivacyLevel = Type.Union([Type.Literal('tracks'), Type.Literal('counts')]);
export type PrivacyLevel = Static<typeof PrivacyLevel>;

/** The interval of counts. Shorter ones would be paths: who is alone in a hall would be followed from zone to zone. */
export const QUARTER_HOUR_MS = 900_000;

const people = Type.Integer({ minimum: 0, maximum: 1_000_000 });

/**
 * How many people. One whom the camera loses from sight and sees again is another one, as a person of a hub's is.
 */
const who = {
  /** Who were there in the interval. */
  people,
  /** ... and of these, who had not been there before, in this interval or an earlier one. */
  newcomers: people,
};

export const ZoneCount = Type.Object(
  {
    zone: Identifier,
    ...who,
    /** Seconds of presence of all of them together. */
    personSeconds: Type.Integer({ minimum: 0, maximum: 900_000_000 }),
  },
  closed,
);
export type ZoneCount = Static<typeof ZoneCount>;

/** The counts of one camera over a quarter-hour. One that is restarted within it sends two, of two epochs, which add up. */
export const CountReport = Type.Object(
  {
    schema: Type.Literal('count-report/1'),
    camera: Identifier,
    /** Which calibration placed people in zones: see `track-report/1`. */
    calibration: CalibrationVersion,
    /** One stretch of counting without a break, 16 random hexadecimal digits: newcomers are new in it. */
    epoch: KeyEpoch,
    /** Grows by one with each report of a camera, restarts of the agent included. */
    sequence: SequenceNumber,
    /** Begin of a quarter-hour of UTC, also where less of it was counted. */
    fromMs: EpochMs,
    /** Its end. */
    toMs: EpochMs,
    /** For how much of it the camera was watched, seconds. */
    watchedSeconds: Type.Integer({ minimum: 0, maximum: 900 }),
    /** In any of the zones: somebody who was in three of them is one. */
    anyZone: Type.Object(who, closed),
    /** Zones in which somebody was. Blind ones never. */
    zones: Type.Array(ZoneCount, { maxItems: 512 }),
  },
  closed,
);
export type CountReport = Static<typeof CountReport>;

/** Everything that may arrive on a counts topic. */
export const CountMessage = Type.Union([CountReport, GapReport]);
export type CountMessage = Static<typeof CountMessage>;

/** What is wrong with a count report that has all its fields: its interval, and numbers that cannot be together. */
export function countProblems({ fromMs, toMs, anyZone, zones }: CountReport): Problem[] {
  const problems: Problem[] = [];
  const wrong = (field: string, expected: string, found: unknown) =>
    void problems.push({ field, expected, found: String(found) });
  if (fromMs % QUARTER_HOUR_MS !== 0) wrong('fromMs', 'must be the begin of a quarter-hour', fromMs);
  if (toMs !== fromMs + QUARTER_HOUR_MS) wrong('toMs', 'must be a quarter-hour after fromMs', toMs);
  if (anyZone.newcomers > anyZone.people) wrong('anyZone.newcomers', 'must not be more than people', anyZone.newcomers);
  const seen = new Set<string>();
  for (const [i, { zone, people, newcomers, personSeconds }] of zones.entries()) {
    if (seen.has(zone)) wrong(`zones.${i}.zone`, 'must be there once', zone);
    seen.add(zone);
    if (newcomers > people) wrong(`zones.${i}.newcomers`, 'must not be more than people', newcomers);
    if (people > anyZone.people) wrong(`zones.${i}.people`, 'must not be more than anyZone.people', people);
    // A second is what rounding may add.
    if (personSeconds > people * 901) wrong(`zones.${i}.personSeconds`, 'must fit into the interval', personSeconds);
  }
  return problems;
}
