import { durationText } from '../wording.ts';
import type { PatternWords } from './words.ts';

const COMMON = [
  'A family with a child in the middle',
  'Friends or colleagues who walk abreast',
  'Two who help somebody to walk, or push a wheelchair and luggage',
];

const BY_KIND = {
  waiting: ['Three seats in a row'],
  transit: [],
  exit: ['Somebody fetched by two'],
  retail: ['Companions at a table or a till'],
  queue: ['The order of the queue'],
  control: ['The order of the queue', 'Staff who accompany a passenger to a check'],
  outside: [],
} as const;

export const flanking: PatternWords = {
  sentence: ({ place, seconds }) => `One person kept between two others ${place.words} for ${durationText(seconds)}`,
  clause: ({ seconds }) => `one kept between two others for ${durationText(seconds)}`,
  several: (count, { seconds }) => `${count} times one kept between two others, up to ${durationText(seconds)}`,
  explanations: (kind) => [...BY_KIND[kind], ...COMMON],
};
