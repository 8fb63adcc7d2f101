import { durationText } from '../wording.ts';
import type { PatternWords } from './words.ts';

/** The stay in one line. */
export function dwellSentence(where: string, seconds: number, limitSeconds: number): string {
  const present = durationText(seconds);
  const limit = durationText(limitSeconds);
  return `Present ${where} for ${present === limit ? `just over ${present}` : present}, limit ${limit}`;
}

const COMMON = ['Waiting for somebody', 'A phone call', 'Staff at work'];

const BY_KIND = {
  waiting: ['A delayed or cancelled flight', 'A long connection, or a night between two flights', 'Resting or asleep'],
  transit: [
    'Resting, or unwell',
    'Looking for the way or reading a display',
    'Slow to walk, or waiting for assistance',
  ],
  exit: [
    'Meeting passengers whose luggage is late',
    'Waiting for transport',
    'A driver or tour guide who fetches several parties',
  ],
  retail: ['A meal', 'Shopping', 'Waiting out a delay where there are seats'],
  queue: [
    'A slow queue: others there should have waited about as long',
    'Standing near the queue without being in it',
    'Keeping a place for others',
  ],
  control: [
    'A second check of documents or luggage',
    'Waiting for a companion who is being checked',
    'Officers at their posts',
  ],
  outside: [],
} as const;

export const dwell: PatternWords = {
  sentence: ({ place, seconds, limitSeconds }) => dwellSentence(place.words, seconds, limitSeconds ?? 0),
  clause: ({ place, seconds, limitSeconds }) =>
    `present ${place.words} for ${durationText(seconds)}, limit ${durationText(limitSeconds ?? 0)}`,
  several: (count, longest) => `${count} stays over their limits, up to ${durationText(longest.seconds)}`,
  explanations: (kind) => [...BY_KIND[kind], ...COMMON],
};
