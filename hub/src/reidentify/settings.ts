/** What is asked: what somebody knows, and what the tracks would show them. */

/** How exactly a place and a time are known, or how coarsely they are stored. */
export interface Precision {
  readonly metres: number;
  readonly seconds: number;
}

export interface Setting {
  /** Somebody knows a place to within so many metres and a time to within so many seconds. */
  readonly precision: Precision;
  /** Tracks are stored on a grid of places and times; 0 and 0: as they are. */
  readonly rounding: Precision;
}

/** How many places and times somebody knows of one person. */
export const MOST_POINTS = 5;

/** Somebody who reads a camera's picture, who was there, and who remembers the minute. */
const PRECISIONS: readonly Precision[] = [
  { metres: 1, seconds: 1 },
  { metres: 3, seconds: 10 },
  { metres: 10, seconds: 60 },
];

const ROUNDINGS: readonly Precision[] = [
  { metres: 0, seconds: 0 },
  { metres: 1, seconds: 10 },
  { metres: 5, seconds: 60 },
];

export const SETTINGS: readonly Setting[] = ROUNDINGS.flatMap((rounding) =>
  PRECISIONS.map((precision) => ({ precision, rounding })),
);

/** What-if limits of tracks beside the one in force, hours. */
export const SHORTER_HOURS = [24, 1] as const;

/** One line of the result: of the persons asked about, so many are the only one who fits. */
export interface Uniqueness extends Setting {
  /** Only tracks of the last so many seconds were looked at. */
  readonly retentionSeconds: number;
  /** How many points somebody knows. */
  readonly points: number;
  /** Persons whose tracks are stored. */
  readonly persons: number;
  /** Persons asked about, chosen by the seed among those who were followed for ten seconds and more. */
  readonly sampled: number;
  readonly unique: number;
}
