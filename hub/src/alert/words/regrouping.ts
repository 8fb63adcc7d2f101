import type { Sign } from '../sign.ts';
import { capital, countText, durationText, metresText } from '../wording.ts';
import { countOf, figure, type PatternWords } from './words.ts';

const COMMON = [
  'Different lanes, a fast lane or a lane for assistance',
  'A family, a crew or a tour group that is counted behind the control',
  'Companions of whom one was checked for longer',
];

const BY_KIND = {
  waiting: [],
  transit: [],
  exit: ['Companions who fetched luggage or a car'],
  retail: ['Companions who shopped apart'],
  queue: ['A place kept in the queue'],
  control: [],
  outside: [],
} as const;

const people = (sign: Sign): string => `${countText(countOf(sign, 'companion'))} people`;

function apart(sign: Sign): string {
  const seconds = figure(sign, 'apartSeconds');
  const metres = figure(sign, 'apartMetres');
  const far = metres === null ? '' : `, up to ${metresText(metres)}`;
  return seconds === null ? '' : ` after ${durationText(seconds)} apart${far}`;
}

export const regrouping: PatternWords = {
  sentence: (sign) => {
    const zone = sign.place.zone !== null;
    const where = zone ? `before ${sign.place.words.replace(/^at /, '')}` : sign.place.words;
    return `${capital(people(sign))} parted ${where} and closed up again${zone ? ' behind it' : ''}${apart(sign)}`;
  },
  clause: (sign) => `${people(sign)} parted and closed up again${apart(sign)}`,
  several: (count) => `${count} times people parted and closed up again`,
  explanations: (kind) => [...BY_KIND[kind], ...COMMON],
};
