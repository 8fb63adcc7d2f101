import type { Sign } from '../sign.ts';
import { durationText } from '../wording.ts';
import type { PatternWords } from './words.ts';

const COMMON = [
  'Assistance service at a change of staff',
  'A family or a party of friends who take turns with a child or a slow walker',
  'A guide or a host who hands guests on to the next',
];

const BY_KIND = {
  waiting: ['Crew or ground staff who take over at the gate'],
  transit: ['Somebody met by those who came to meet them'],
  exit: ['Somebody fetched by family or a driver', 'A guide who hands guests to a driver'],
  retail: ['Friends who meet for a meal'],
  queue: ['The order of the queue changed'],
  control: ['Staff at the control who take over from assistance', 'The order of the queue changed'],
  outside: ['Somebody met by those who came to meet them'],
} as const;

/** When the leader changed, and who led until then. */
function change(sign: Sign): number {
  const told = sign.moments.find(({ label }) => label === 'handed over');
  if (told) return told.atMs;
  const leaders = sign.persons.filter(({ role }) => role === 'leader').sort((one, other) => one.fromMs - other.fromMs);
  const first = leaders[0];
  const next = leaders.find(({ person }) => person !== first?.person);
  return next?.fromMs ?? first?.toMs ?? sign.toMs;
}

export const handover: PatternWords = {
  sentence: (sign) => {
    const atMs = change(sign);
    const before = durationText((atMs - sign.fromMs) / 1000);
    const afterSeconds = (sign.toMs - atMs) / 1000;
    const after = afterSeconds >= 1 ? `, then ${durationText(afterSeconds)} behind another` : '';
    return `Handed over ${sign.place.words} after ${before} behind one person${after}`;
  },
  clause: (sign) => `handed over after ${durationText((change(sign) - sign.fromMs) / 1000)} behind one person`,
  several: (count) => `${count} handovers`,
  explanations: (kind) => [...BY_KIND[kind], ...COMMON],
};
