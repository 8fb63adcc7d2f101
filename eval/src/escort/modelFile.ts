/** The file of the model that the hub scores escorts by. */
import { fileURLToPath } from 'node:url';
import type { AdditiveModel } from '@safe-passage/hub/score/escorts/additive.ts';

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

/** The file's text. */
export function modelText({ always, least, shapes }: AdditiveModel, seeds: string): string {
  const body = Object.entries(shapes).map(
    ([name, { edges, nats }]) =>
      `    ${name}: {\n      edges: [\n${list(edges, '        ')}\n      ],\n      nats: [\n${list(nats, '        ')}\n      ],\n    },\n`,
  );
  return [
    '/**',
    ` * Written by \`npm run -s eval -- escort --fit\`: fitted to staged movements of the three plans, ${seeds}, and to nothing else. Not to be edited:`,
    ' * what a measure is and in which direction it may count is said in measures.ts, how it is fitted in eval/src/escort/fit.ts.',
    ' */',
    "import type { AdditiveModel } from './additive.ts';",
    '',
    '// biome-ignore format: written by a command, as many numbers to a line as fit.',
    'export const ESCORT_MODEL: AdditiveModel = {',
    `  always: ${always},`,
    `  least: ${least},`,
    '  shapes: {',
    ...body.map((one) => one.trimEnd()),
    '  },',
    '};',
    '',
  ].join('\n');
}
