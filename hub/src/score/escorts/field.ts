/** What the record of two people who are near each other holds. `low` and `high` are the slots; offsets into its numbers. */
export const FIELD = {
  /** When the record began, and when the two were last within `companyMetres`, ms. */
  sinceMs: 0,
  nearMs: 1,
  /** Seconds of both in sight: within `companyMetres`, and further apart. */
  near: 2,
  apart: 3,
  /** Seconds near each other in a queue or control zone. */
  forced: 4,
  /** Seconds in which both walked near each other; the same, less where order is forced; and others who walked along, summed. */
  walked: 5,
  weight: 6,
  flow: 7,
  /** Of the weighted seconds: the low one in front, the high one in front. */
  lowAhead: 8,
  highAhead: 9,
  /** Sums over the weighted seconds: how far the low one is in front, and how far away. Metres. */
  along: 10,
  distance: 11,
  /** Sums over the compared seconds: from the high one to the nearest of the low one's last places, and the reverse. Metres. */
  highOnPath: 12,
  lowOnPath: 13,
  /** Starts of both: the low one first, the high one first, at once; and of one without the other. Stops and turns likewise. */
  startLow: 14,
  startHigh: 15,
  startBoth: 16,
  startLowAlone: 17,
  startHighAlone: 18,
  stopLow: 19,
  stopHigh: 20,
  stopBoth: 21,
  stopLowAlone: 22,
  stopHighAlone: 23,
  turnLow: 24,
  turnHigh: 25,
  turnBoth: 26,
  /** The start, stop or turn of one that waits for the other's: when, and signed: -1 the low one's, 1 the high one's, 0 none. */
  pendingStartMs: 27,
  pendingStart: 28,
  pendingStopMs: 29,
  pendingStop: 30,
  pendingTurnMs: 31,
  pendingTurn: 32,
  /** Seconds near each other in which one of the two was coasted; sum of the 1-sigma of both over the seconds near. */
  coasted: 33,
  sigma: 34,
  /** Weighted seconds of the lagged sums, and the squares of the speeds of each in them. */
  lagged: 35,
  lowEnergy: 36,
  highEnergy: 37,
  /** Weighted seconds of the two sums of distances to paths. */
  compared: 38,
  /** Sums over the weighted seconds: of the squares of `along`, of metres to either side, and of the squared difference of velocities, m²/s². */
  alongSquare: 39,
  aside: 40,
  closing: 41,
  /** Sums over the compared seconds: how long ago the low one was where the high one is now, s, and the squares of that; and the reverse. */
  highAgo: 42,
  highAgoSquare: 43,
  lowAgo: 44,
  lowAgoSquare: 45,
  /** Seconds by which the high one (the low one) started and stopped later, summed as the starts and stops are. */
  highDelay: 46,
  lowDelay: 47,
  /** Seconds in which both stood near each other outside queues and controls. */
  stood: 48,
  /** Since when the two have been near each other again after they were apart for longer than `AGAIN_MS`, ms. */
  againMs: 49,
} as const;
export const FIELDS = 50;
/** Who was apart for longer has met again, ms. */
export const AGAIN_MS = 15_000;
