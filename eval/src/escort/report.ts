/** What was measured, as tables for people. */
import { table } from '../table.ts';
import { LENGTHS, type PatternScores } from './judge.ts';
import { type Measured, REPORTING_SEEDS } from './measure.ts';

const percent = (value: number): string => (100 * value).toFixed(1);
const ofAll = (found: number, staged: number): string => (staged === 0 ? '-' : `${found}/${staged}`);
const seconds = (value: number | null): string => (value === null ? '-' : value.toFixed(0));

const LENGTH_HEADS = LENGTHS.slice(0, -1).map((from, i) => {
  const to = LENGTHS[i + 1] ?? Number.POSITIVE_INFINITY;
  return Number.isFinite(to) ? `${from}-${to} s` : `${from} s+`;
});

function recallRow(name: string, { staged, found, byLength, medianSeconds, p95Seconds }: PatternScores): string[] {
  return [
    name,
    ofAll(found, staged),
    staged === 0 ? '-' : percent(found / staged),
    ...byLength.map((one) => ofAll(one.found, one.staged)),
    seconds(medianSeconds),
    seconds(p95Seconds),
  ];
}

const ruleLines = (rules: Measured['escortRules']): string[] => [
  'Escorts beside two rules, each at the threshold that is best for it on these very runs',
  '',
  table([
    ['', 'recall at 1 false per 1,000', 'recall at 10'],
    ...rules.map(({ name, recallAt1, recallAt10 }) => [name, percent(recallAt1), percent(recallAt10)]),
  ]),
  '',
];

export function escortTables({
  runs,
  patterns,
  byPlan,
  lookAlikes,
  ordinary,
  ordinaryPeople,
  escortRules,
}: Measured): string {
  const people = runs.filter(({ run }) => run.scenariosPerHour > 0).reduce((sum, one) => sum + one.people, 0);
  const ordinaryOf = (pattern: string) => ordinary.find((one) => one.pattern === pattern);
  const heads = ['found', '%', ...LENGTH_HEADS, 'median s', '95 % s'];
  return [
    `Staged movements in simulated terminals: seeds ${REPORTING_SEEDS.join(' and ')}, ${people} people; positions five times a second, 10 cm of noise`,
    'Found of those staged, in all and by how long they lasted; and how long it took from when there was something to tell',
    '',
    table([['', ...heads], ...patterns.map((one) => recallRow(one.pattern, one))]),
    '',
    ...byPlan.flatMap(({ plan, patterns: own }) => [
      table([[plan, ...heads], ...own.map((one) => recallRow(one.pattern, one))]),
      '',
    ]),
    'False ones: everybody among the staged movements and their look-alikes, and ordinary traffic without any',
    '',
    table([
      ['', 'false', 'of look-alikes', 'per 1,000', `ordinary, ${ordinaryPeople} people`, 'per 1,000', 'other name'],
      ...patterns.map((one) => [
        one.pattern,
        String(one.falseOnes),
        String(one.falseLookAlikes),
        one.falsePerThousand.toFixed(2),
        String(ordinaryOf(one.pattern)?.falseOnes ?? 0),
        (ordinaryOf(one.pattern)?.falsePerThousand ?? 0).toFixed(2),
        String(one.otherwise),
      ]),
    ]),
    '',
    `Look-alikes of which something was told: ${lookAlikes.map(({ variant, staged, told }) => `${variant} ${told}/${staged}`).join(', ')}`,
    '',
    ...(escortRules.length > 0 ? ruleLines(escortRules) : []),
    '"Other name": told among the people of one staged movement, by another pattern than its own; neither right nor wrong.',
  ].join('\n');
}
