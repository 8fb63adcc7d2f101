import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Command, defineCommand, EXIT, OperatorError } from '@safe-passage/cli';
import { differences, type RealRecordings, summary } from '../validate/comparison.ts';
import { report } from '../validate/page.ts';
import { parseRecording, type Recording } from '../validate/recording.ts';

async function text(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new OperatorError(
      `${path} cannot be read`,
      'Name the folder that holds ordinary/ and groups/ with --data; CONTRIBUTING.md says where the recordings are looked for.',
      { cause },
    );
  }
}

async function labelled(folder: string, name: string): Promise<Recording> {
  const groups: unknown = JSON.parse(await text(join(folder, 'groups', `${name}.groups.json`)));
  if (typeof groups !== 'object' || groups === null || !('groups' in groups) || !Array.isArray(groups.groups)) {
    throw new OperatorError(`${name}.groups.json has no list "groups"`, 'It is {"groups": [[1, 2], ...]}.');
  }
  return parseRecording(name, await text(join(folder, 'groups', `${name}.csv`)), 0.4, groups.groups as number[][]);
}

/** Reads the recordings of real walkers. @param folder with ordinary/ and groups/. */
export async function readRecordings(folder: string): Promise<RealRecordings> {
  return {
    eth: await labelled(folder, 'eth'),
    zara01: await labelled(folder, 'zara01'),
    zara02: await labelled(folder, 'zara02'),
    grandCentral: parseRecording('grand-central-a', await text(join(folder, 'ordinary/grand-central-a.csv')), 0.8),
  };
}

const sharedData = () =>
  join(process.env.SAFE_PASSAGE_SHARED ?? join(import.meta.dirname, '../../../../shared'), 'data');

export const validate: Command = defineCommand({
  summary: 'Measures simulated walkers beside real ones and writes the page about it.',
  usage: 'npm run -s sim -- validate [--data DIR] [--out FILE]',
  description:
    'Simulates a street, a plaza and a corridor, measures speeds, spacing and companies as in recordings of real walkers, and prints both. ' +
    'With --out it writes the page, and its pictures beside it in images/simulation/.',
  options: {
    data: {
      type: 'string',
      value: 'DIR',
      help: 'folder with ordinary/ and groups/ (default: data/ in $SAFE_PASSAGE_SHARED or ../shared)',
    },
    out: { type: 'string', value: 'FILE', help: 'write the page there' },
  },
  examples: ['npm run -s sim -- validate', 'npm run -s sim -- validate --out docs/simulation.md'],
  run: async ({ values }) => {
    const real = await readRecordings(values.data ?? sharedData());
    const { comparisons, page, images } = report(real);
    for (const row of comparisons) {
      const [, realMedian] = summary(row.realValues).quartiles;
      const [, simulatedMedian] = summary(row.simulatedValues).quartiles;
      process.stdout.write(
        `${row.quantity.padEnd(44)} ${row.real.padEnd(16)} ${realMedian.toFixed(2).padStart(6)} ${row.unit.padEnd(3)}  simulated ` +
          `${simulatedMedian.toFixed(2).padStart(6)}  KS ${differences(row).kolmogorovSmirnov.toFixed(2)}\n`,
      );
    }
    if (values.out === undefined) return EXIT.ok;
    const folder = join(dirname(values.out), 'images/simulation');
    await mkdir(folder, { recursive: true });
    for (const [name, svg] of images) await writeFile(join(folder, name), svg);
    await writeFile(values.out, page);
    return EXIT.ok;
  },
});
