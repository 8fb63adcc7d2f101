import { join } from 'node:path';
import { type Command, defineCommand, EXIT } from '@safe-passage/cli';
import type { Figures } from '../golden.ts';
import { holdToGolden } from '../goldenCheck.ts';
import { allSingletons, twoThresholds } from '../groups/baselines.ts';
import { crossValidate, crossValidateCrowds, type Validation } from '../groups/crossValidation.ts';
import { type CrowdScores, measureCrowds } from '../groups/crowds.ts';
import {
  FITTING_SETS,
  type GroupSet,
  REPORTING_SETS,
  readGroupSet,
  readTrajectories,
  type WindowedSet,
} from '../groups/dataset.ts';
import {
  crowdFigures,
  GROUPS_GOLDEN_FILE,
  GROUPS_TOLERANCE,
  groupFigures,
  readGroupsGolden,
  writeGroupsGolden,
} from '../groups/golden.ts';
import { type GroupScores, groupingsOf, measureGroups, scoreWindows } from '../groups/measure.ts';
import { measureSeen, type SeenScores } from '../groups/robustness.ts';
import { terminalSets } from '../groups/terminals.ts';
import { sharedFolder } from '../shared.ts';
import { table } from '../table.ts';

const percent = (value: number): string => (100 * value).toFixed(1);
const HEAD = ['', 'windows', 'G-MITRE F1', 'pair F1', 'pair P', 'pair R', 'correct F1'];

const cells = (name: string, { windows, gMitreF1, pairs, correct }: GroupScores): string[] => [
  name,
  String(windows),
  ...[gMitreF1, pairs.f1, pairs.precision, pairs.recall, correct.f1].map(percent),
];

const BESIDE_RULE = ['G-MITRE F1', 'pair F1', 'rule: G-MITRE F1', 'rule: pair F1'];
const besideRule = (hub: GroupScores, rule: GroupScores): string[] =>
  [hub.gMitreF1, hub.pairs.f1, rule.gMitreF1, rule.pairs.f1].map(percent);

function rowsOf(set: WindowedSet): { name: string; scores: GroupScores }[] {
  return [
    { name: `${set.name}: all singletons`, scores: scoreWindows(set.windows, allSingletons) },
    { name: `${set.name}: two thresholds`, scores: scoreWindows(set.windows, twoThresholds) },
    { name: `${set.name}: hub score --settle 0`, scores: measureGroups(set, 0) },
    { name: `${set.name}: hub score`, scores: measureGroups(set) },
  ];
}

/** What was asked for beside the sets themselves. */
interface More {
  readonly leftOut?: readonly Validation[];
  readonly crowds?: readonly CrowdScores[];
  readonly robustness?: readonly SeenScores[];
}

function* tablesOf({ leftOut, crowds, robustness }: More): Generator<string> {
  if (leftOut) {
    const lines = leftOut.map(({ leftOut: name, scores }) => cells(name, scores));
    yield `\n${table([['left out', ...HEAD.slice(1)], ...lines])}`;
  }
  if (crowds) {
    const lines = crowds.map(({ name, people, rule, hub }) => [name, people.toFixed(1), ...besideRule(hub, rule)]);
    yield `\n${table([['', 'people in a window', ...BESIDE_RULE], ...lines])}`;
  }
  if (robustness) {
    const lines = robustness.map(({ name, rule, hub }) => [name, ...besideRule(hub, rule)]);
    yield `\n${table([['', ...BESIDE_RULE], ...lines])}`;
  }
}

async function ordinary(shared: string): Promise<string> {
  const started = performance.now();
  const { rows, sampleSeconds } = await readTrajectories(join(shared, 'data/ordinary/grand-central-a.csv'));
  const read = performance.now();
  const groupings = groupingsOf(rows, sampleSeconds);
  const scored = performance.now();
  const sizes = new Map<number, number>();
  const ever = new Set<string>();
  const everybody = new Set<string>();
  for (const groups of groupings.values()) {
    for (const group of groups) {
      sizes.set(group.length, (sizes.get(group.length) ?? 0) + 1);
      for (const person of group) {
        everybody.add(person);
        if (group.length > 1) ever.add(person);
      }
    }
  }
  const distribution = [...sizes].sort(([a], [b]) => a - b).map(([size, count]) => `${count} of ${size}`);
  return [
    `Ordinary traffic (grand-central-a): ${ever.size} of ${everybody.size} people are in a group at some time (${percent(ever.size / everybody.size)} %)`,
    `groups by window: ${distribution.join(', ')}`,
    `${rows.length} rows scored in ${((scored - read) / 1000).toFixed(2)} s (read in ${((read - started) / 1000).toFixed(2)} s)`,
  ].join('\n');
}

export const groups: Command = defineCommand({
  summary: 'Accuracy of groups on labelled pedestrians, beside all singletons and the two-threshold rule.',
  usage:
    'npm run -s eval -- groups [--shared DIR] [--crowds] [--cross-validate] [--robustness] [--json] [--update-golden]',
  description: [
    'G-MITRE F1 (mean over 10 s windows), pairwise F1 and group correctness at T = 1 of what `hub score` writes, on eth and zara01 (fitting) and',
    'zara02 (reporting only), of companies in three simulated terminals, and what it says of ordinary traffic. Fails where a figure is worse than',
    'its golden one (eval/golden/groups.json).',
    '--cross-validate chooses the parameters again without eth, without zara01 and without each fifth of both, and how crowds are weighed',
    'without the crowds of one of them, and measures what was left out.',
    '--crowds lays 2, 3, 5 and 8 parts of each set over each other, which makes it as much denser, beside the rule on the same rows.',
    '--robustness measures the same sets again at half the rate and with 5, 10 and 20 cm of noise, beside the rule on the same rows.',
    '--update-golden takes over every figure that got better and never lowers one.',
  ].join('\n'),
  options: {
    shared: {
      type: 'string',
      value: 'DIR',
      help: 'folder with data/groups and data/ordinary; else $SAFE_PASSAGE_SHARED, else ../shared',
    },
    'cross-validate': { type: 'boolean', help: 'also cross-validate the choice of parameters (two minutes)' },
    crowds: { type: 'boolean', help: 'also measure the sets as crowds (some seconds)' },
    robustness: {
      type: 'boolean',
      help: 'also measure the sets as seen more coarsely and less exactly (half a minute)',
    },
    json: { type: 'boolean', help: 'one JSON object instead of tables' },
    'update-golden': { type: 'boolean', help: 'raise the golden figures to what was measured' },
  },
  examples: ['npm run -s eval -- groups', 'npm run -s eval -- groups --cross-validate'],
  run: async ({ values }) => {
    const shared = sharedFolder(values.shared);
    const fitting: GroupSet[] = [];
    for (const name of FITTING_SETS) fitting.push(await readGroupSet(shared, name));
    const sets = [...fitting];
    for (const name of REPORTING_SETS) sets.push(await readGroupSet(shared, name));
    const results = [...sets, ...(await terminalSets())].map((set) => ({ set: set.name, rows: rowsOf(set) }));
    const measured: Figures = Object.assign(
      {},
      ...results.map(({ set, rows }) => groupFigures(set, (rows.at(-1) as { scores: GroupScores }).scores)),
      ...sets.map((set) => crowdFigures(set)),
    ) as Figures;
    if (!values.json) {
      const all = results.flatMap(({ rows }) => rows.map(({ name, scores }) => cells(name, scores)));
      process.stdout.write(
        `${table([HEAD, ...all])}\n\nParameters were chosen on eth, zara01 and simulated terminals of other seeds; the rest was only measured.\n\n`,
      );
      process.stdout.write(`${await ordinary(shared)}\n`);
    }
    const more = {
      ...(values['cross-validate'] && { leftOut: [...crossValidate(fitting), ...crossValidateCrowds(fitting)] }),
      ...(values.crowds && { crowds: sets.flatMap(measureCrowds) }),
      ...(values.robustness && { robustness: sets.flatMap(measureSeen) }),
    };
    if (values.json) process.stdout.write(`${JSON.stringify({ sets: results, ...more }, null, 2)}\n`);
    else for (const text of tablesOf(more)) process.stdout.write(`${text}\n`);
    const golden = await readGroupsGolden();
    await holdToGolden(
      GROUPS_GOLDEN_FILE,
      [{ golden, measured, tolerance: GROUPS_TOLERANCE }],
      values['update-golden'] ? ([raised = {}]) => writeGroupsGolden(raised) : null,
    );
    return EXIT.ok;
  },
});
