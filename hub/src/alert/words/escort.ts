import { durationText, metresText } from '../wording.ts';
import { figure, type PatternWords } from './words.ts';

const COMMON = [
  'A couple of whom one knows the way',
  'A family: somebody walks ahead, the others come after',
  'Wheelchair or other assistance service',
  'A guide, a host or a colleague who shows the way',
];

const BY_KIND = {
  waiting: ['Looking for free seats, one ahead of the other'],
  transit: ['A narrow way on which nobody can walk abreast'],
  exit: ['Somebody who was fetched, on the way to the car', 'A driver and a passenger'],
  retail: ['Companions who go round the shops one behind the other'],
  queue: ['The order of the queue'],
  control: ['The order of the queue', 'Staff who walk ahead to a desk'],
  outside: ['A narrow way on which nobody can walk abreast'],
} as const;

export const escort: PatternWords = {
  sentence: (sign) => {
    const metres = figure(sign, 'distanceMetres');
    const lag = figure(sign, 'lagSeconds');
    const near = metres === null ? '' : ` at ${metresText(metres)}`;
    const later = lag === null ? '' : ` with a lag of ${lag.toFixed(1)} s`;
    return `Escort ${sign.place.words} for ${durationText(sign.seconds)}: one person followed another${near}${later}`;
  },
  clause: ({ seconds }) => `escort of ${durationText(seconds)}`,
  several: (count, { seconds }) => `${count} escorts of up to ${durationText(seconds)}`,
  explanations: (kind) => [...BY_KIND[kind], ...COMMON],
};
