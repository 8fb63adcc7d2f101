/**
 * What holds where an airport sets nothing. These are starting values, chosen so that the ordinary use of a place stays under
 * them; an airport should replace them by its own. Scores are in doublings: of time beyond a limit for dwell, of how much more
 * likely the movement is than the least that counts as the pattern for the others.
 */
import type { Least, MovementRule, PlaceKind, Policy } from './policySchema.ts';

const at = (score: number, seconds: number): Least => ({ score, seconds });

/** The same everywhere, but for some places. */
const everywhere = (least: Least, but: Partial<Record<PlaceKind, Least>> = {}): Record<PlaceKind, Least> => ({
  waiting: least,
  transit: least,
  exit: least,
  retail: least,
  queue: least,
  control: least,
  outside: least,
  ...but,
});

const escort: MovementRule = {
  on: true,
  // Half a minute behind one person is a sign. In a queue everybody follows somebody, and that says nothing.
  sign: everywhere(at(0, 30), { queue: 'never', control: at(1, 60) }),
  // By itself it takes two minutes and eight times the odds of the least escort. In shops people go round behind each other; at
  // a control officers and staff walk ahead of people.
  alone: everywhere(at(3, 120), { retail: at(3, 240), queue: 'never', control: 'never' }),
};

const handover: MovementRule = {
  on: true,
  // The change itself is short; what leads up to it and away from it is what takes time.
  sign: everywhere(at(0, 20), { queue: 'never' }),
  // People are passed on to a driver, a host or the next assistant at exits and controls: there it needs another sign.
  alone: everywhere(at(2, 60), { exit: at(3, 120), queue: 'never', control: 'never' }),
};

const flanking: MovementRule = {
  on: true,
  // Three abreast is how friends walk; half a minute of it with one always in the middle is a sign.
  sign: everywhere(at(0, 30), { queue: 'never' }),
  // Where people sit or stand about, somebody is in the middle for as long as they stay.
  alone: everywhere(at(3, 180), { waiting: 'never', retail: at(4, 300), queue: 'never', control: 'never' }),
};

const shadowing: MovementRule = {
  on: true,
  // A corridor gives a minute of the same way to anybody; queues and seats give the same stops.
  sign: everywhere(at(0, 60), { waiting: 'never', queue: 'never', control: 'never' }),
  alone: everywhere(at(3, 240), { waiting: 'never', queue: 'never', control: 'never' }),
};

const coordinator: MovementRule = {
  on: true,
  // Four people met, one after another. At a desk, a till or a control that is work.
  sign: everywhere(at(1, 0), { retail: at(2, 0), queue: 'never', control: 'never' }),
  // Eight people; at an exit twelve, since drivers and guides fetch several parties.
  alone: everywhere(at(2, 300), { exit: at(2.6, 300), retail: 'never', queue: 'never', control: 'never' }),
};

const regrouping: MovementRule = {
  on: true,
  // Twice as far or twice as long apart as the least that counts.
  sign: everywhere(at(1, 0)),
  // Lanes part families every minute of the day: never by itself.
  alone: everywhere('never'),
};

export const DEFAULT_POLICY: Policy = {
  schema: 'alert-policy/2',
  version: '2',
  delayedAfterSeconds: 60,
  // As long as a visit to the toilets, or the way through a stretch without cameras.
  followsWithinSeconds: 300,
  patterns: {
    dwell: {
      on: true,
      limitSeconds: {
        // People are asked to come three hours early, and a flight may be late: four hours at a gate is still ordinary.
        waiting: 4 * 3600,
        // A corridor or hall is for passing through; reading a board, a phone call or a rest fit into ten minutes.
        transit: 10 * 60,
        // Whoever fetches somebody waits for luggage and passport control to be done: twenty minutes.
        exit: 20 * 60,
        // A meal or a stroll through shops.
        retail: 45 * 60,
        // An hour's queue is a bad day; longer in it than the queue itself takes is unusual.
        queue: 60 * 60,
        // A check takes minutes, a second one rarely more than a quarter of an hour.
        control: 15 * 60,
      },
    },
    handover,
    escort,
    flanking,
    shadowing,
    coordinator,
    regrouping,
  },
  // Two weak signs that meet in one person. Two of the same pattern are still one sign.
  combinations: [
    // Led, and then passed on to the next who leads.
    { signs: ['handover', 'escort'] },
    // Passed on to somebody who waited, or left to wait, for longer than people do there.
    { signs: ['handover', 'dwell'] },
    // Led to a place, or away from one, where nobody stays that long.
    { signs: ['escort', 'dwell'], where: { dwell: ['transit', 'exit', 'control'] } },
    // One who leads and others who keep close, before or after.
    { signs: ['escort', 'flanking'] },
    // Kept between two where everybody is asked to come one by one.
    { signs: ['flanking'], where: { flanking: ['control'] } },
    // Led, or kept between two, but not where officers look.
    { signs: ['escort', 'regrouping'] },
    { signs: ['flanking', 'regrouping'] },
    // Kept in sight from afar by somebody who also leads, is led, or passes on.
    { signs: ['shadowing', 'escort'] },
    { signs: ['shadowing', 'handover'] },
    // One who meets many, and what those many do then.
    { signs: ['coordinator', 'handover'] },
    { signs: ['coordinator', 'escort'] },
    { signs: ['coordinator', 'shadowing'] },
    { signs: ['coordinator', 'regrouping'] },
  ],
};
