import type { Sign } from '../sign.ts';
import { durationText, metresText } from '../wording.ts';
import { figure, type PatternWords } from './words.ts';

const COMMON = [
  'Passengers of one flight on the same way',
  'A family or a tour group that walks in file',
  'Staff or assistance service on their round',
];

const BY_KIND = {
  waiting: ['Looking for free seats one after the other'],
  transit: ['The only way there is, with the same displays to stop at'],
  exit: ['The same way to the same transport'],
  retail: ['The same way round the shop'],
  queue: ['The order of the queue'],
  control: ['The order of the queue'],
  outside: ['The only way there is, with the same displays to stop at'],
} as const;

function far(sign: Sign): string {
  const metres = figure(sign, 'distanceMetres');
  return metres === null ? 'some way' : metresText(metres);
}

export const shadowing: PatternWords = {
  sentence: (sign) =>
    `Same way and stops ${far(sign)} behind another ${sign.place.words} for ${durationText(sign.seconds)}`,
  clause: (sign) => `followed from ${far(sign)} behind for ${durationText(sign.seconds)}`,
  several: (count, { seconds }) => `${count} times followed from some way behind, up to ${durationText(seconds)}`,
  explanations: (kind) => [...BY_KIND[kind], ...COMMON],
};
