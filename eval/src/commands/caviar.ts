import { type Command, defineCommand, EXIT, Progress } from '@safe-passage/cli';
import { readCaviar } from '../caviar/dataset.ts';
import {
  CAVIAR_GOLDEN_FILE,
  CAVIAR_TOLERANCE,
  caviarFigures,
  readCaviarGolden,
  writeCaviarGolden,
} from '../caviar/golden.ts';
import { type CaviarResult, measureCaviar } from '../caviar/measure.ts';
import { holdToGolden } from '../goldenCheck.ts';
import { sharedFolder } from '../shared.ts';
import { table } from '../table.ts';

const percent = (value: number): string => (100 * value).toFixed(1);

function describe({ clips, rows, meetings }: CaviarResult): string {
  return [
    `Groups in ${clips} clips of CAVIAR, windows of 10 s`,
    '',
    table([
      ['', 'windows', 'G-MITRE F1', 'pair F1', 'pair P', 'pair R', 'correct F1'],
      ...rows.map(({ name, scores: { windows, gMitreF1, pairs, correct } }) => [
        name,
        String(windows),
        ...[gMitreF1, pairs.f1, pairs.precision, pairs.recall, correct.f1].map(percent),
      ]),
    ]),
    '',
    `Meetings labelled: ${meetings.meetings}; told while they went on: ${meetings.found} (${percent(meetings.found / meetings.meetings)} %)`,
    `Pairs in sight at once: ${meetings.pairs}; told together and never labelled so: ${meetings.falsePairs}`,
    '',
    'Positions are pixels brought to metres by how long people are in the picture; nothing was fitted to these clips.',
  ].join('\n');
}

export const caviar: Command = defineCommand({
  summary: 'Groups and meetings on the staged scenes of CAVIAR.',
  usage: 'npm run -s eval -- caviar [--shared DIR] [--json] [--update-golden]',
  description: [
    'Twenty-three clips of an entrance hall in which people meet, walk together, part and fight, with hand-labelled boxes and groups. No',
    'calibration of the hall is published: pixels become rough metres by how long people are in the picture. Prints what `hub score`',
    'says of 10 s windows beside all singletons and the two-threshold rule, and how many of the labelled meetings the live scoring tells',
    'while they go on. Fails where a figure is worse than its golden one (eval/golden/caviar.json).',
    '--update-golden takes over every figure that got better and never lowers one.',
  ].join('\n'),
  options: {
    shared: {
      type: 'string',
      value: 'DIR',
      help: 'folder with data/caviar; else $SAFE_PASSAGE_SHARED, else ../shared',
    },
    json: { type: 'boolean', help: 'one JSON object instead of tables' },
    'update-golden': { type: 'boolean', help: 'raise the golden figures to what was measured' },
  },
  examples: ['npm run -s eval -- caviar', 'npm run -s eval -- caviar --json'],
  run: async ({ values }) => {
    const clips = await readCaviar(sharedFolder(values.shared));
    const progress = new Progress('caviar', clips.length);
    const result = measureCaviar(clips, (done) => progress.update(done));
    progress.finish();
    process.stdout.write(values.json ? `${JSON.stringify(result, null, 2)}\n` : `${describe(result)}\n`);
    await holdToGolden(
      CAVIAR_GOLDEN_FILE,
      [{ golden: await readCaviarGolden(), measured: caviarFigures(result), tolerance: CAVIAR_TOLERANCE }],
      values['update-golden'] ? ([raised = {}]) => writeCaviarGolden(raised) : null,
    );
    return EXIT.ok;
  },
});
