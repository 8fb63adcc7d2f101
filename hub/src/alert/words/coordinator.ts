import type { Sign } from '../sign.ts';
import { countText, durationText } from '../wording.ts';
import { countOf, type PatternWords } from './words.ts';

const COMMON = [
  'A tour guide or a driver who collects a party',
  'Staff, crew or an airline agent who answers questions',
  'Somebody who hands out leaflets, collects or asks the way',
];

const BY_KIND = {
  waiting: ['A traveller who meets friends and colleagues one by one'],
  transit: [],
  exit: ['Somebody who welcomes guests as they arrive'],
  retail: ['A seller or a waiter'],
  queue: ['Staff who direct the queue'],
  control: ['Officers at their posts'],
  outside: [],
} as const;

const people = (sign: Sign): string => `${countText(countOf(sign, 'contact'))} people`;

export const coordinator: PatternWords = {
  sentence: (sign) =>
    `Met ${people(sign)} one after another ${sign.place.words} within ${durationText(sign.seconds)}, none of whom had met another`,
  clause: (sign) => `met ${people(sign)} one after another within ${durationText(sign.seconds)}`,
  several: (count, longest) => `${count} who met others one after another, up to ${people(longest)}`,
  explanations: (kind) => [...BY_KIND[kind], ...COMMON],
};
