import { PATTERNS } from '../escort/staged.ts';
import { table } from '../table.ts';
import type { OrdinaryMeasured } from './measure.ts';
import { PLANTED_LENGTHS, perThousand } from './measure.ts';

const lengths = PLANTED_LENGTHS.map((from, i) => {
  const to = PLANTED_LENGTHS[i + 1];
  return to === undefined ? `${from} s+` : `${from}-${to} s`;
});

export function ordinaryTables({ found, planted }: OrdinaryMeasured): string {
  return [
    'Ordinary people, real recordings: whatever is told of them is false as far as anybody knows',
    '',
    table([
      ['', 'people', 'hours in sight', 's apart', ...PATTERNS, 'escorts per 1,000'],
      ...found.map(({ set, people, personHours, told }) => [
        set.name,
        String(people),
        personHours.toFixed(1),
        set.sampleSeconds.toFixed(1),
        ...PATTERNS.map((pattern) => String(told[pattern])),
        perThousand(told.escort, people).toFixed(2),
      ]),
    ]),
    '',
    ...found.map(({ set }) => `${set.name}: ${set.remark}`),
    '',
    'Followers planted into the same recordings, behind real people who are in sight for 20 s or more: how many of them are told, by how long they walk',
    '',
    table([
      ['', 'told', ...lengths, 'others told'],
      ...planted.map(({ name, byLength, others }) => {
        const all = byLength.reduce((sum, one) => sum + one.planted, 0);
        const told = byLength.reduce((sum, one) => sum + one.told, 0);
        return [
          name,
          `${told}/${all}`,
          ...byLength.map((one) => (one.planted === 0 ? '-' : `${one.told}/${one.planted}`)),
          String(others),
        ];
      }),
    ]),
  ].join('\n');
}
