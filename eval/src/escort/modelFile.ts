/** The file of the model that the hub scores escorts by. */
import { fileURLToPath } from 'node:url';
import type { AdditiveModel } from '@safe-passage/hub/score/escorts/additive.ts';
import type { EscortModel } from '@safe-passage/hub/score/escorts/escortOdds.ts';

/** Where the hub has it. */
export const ESCORT_MODEL_FILE = fileURLToPath(import.meta.resolve('@safe-passage/hub/score/escorts/escortModel.ts'));

const WIDTH = 150;

/** Numbers as many to a line as fit. */
function list(values: readonly number[], indent: string): string {
  const lines: string[] = [];
  let line = '';
  for (const value of values) {
    const next = `${value}, `;
    if (indent.length + line.length + next.length > WIDTH) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += next;
  }
  lines.push(line.trimEnd());
  return lines.map((one) => `${indent}${one}`).join('\n');
}

function part(name: string, { always, shapes }: AdditiveModel): string {
  const body = Object.entries(shapes).map(
    ([measure, { edges, nats }]) =>
      `      ${measure}: {\n        edges: [\n${list(edges, '          ')}\n        ],\n        nats: [\n${list(nats, '          ')}\n        ],\n      },`,
  );
  return [`  ${name}: {`, `    always: ${always},`, '    shapes: {', ...body, '    },', '  },'].join('\n');
}

/** The file's text. */
export const modelText = ({ least, brief, longer }: EscortModel, seeds: string): string =>
  [
    '// biome-ignore-all lint/suspicious/noApproximativeNumericConstant: fitted numbers come near such constants by chance.',
    '/**',
    ` * Written by \`npm run -s eval -- escort --fit\`: fitted to staged movements of the three plans, ${seeds}, and to followers planted into half of a`,
    ' * real concourse. Not to be edited: what a measure is and in which direction it may count is said in measures.ts, how it is fitted in eval/src/escort/fit.ts.',
    ' */',
    "import type { EscortModel } from './escortOdds.ts';",
    '',
    '// biome-ignore format: written by a command, as many numbers to a line as fit.',
    'export const ESCORT_MODEL: EscortModel = {',
    `  least: ${least},`,
    part('brief', brief),
    part('longer', longer),
    '};',
    '',
  ].join('\n');
