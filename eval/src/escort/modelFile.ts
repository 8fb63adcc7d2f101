/** The files of the models that the hub weighs movements by. */
import { fileURLToPath } from 'node:url';
import type { AdditiveModel, FittedModel } from '@safe-passage/hub/score/escorts/additive.ts';
import type { EscortModel } from '@safe-passage/hub/score/escorts/escortOdds.ts';
import type { Trees } from '@safe-passage/hub/score/escorts/trees.ts';

const inHub = (file: string): string => fileURLToPath(import.meta.resolve(`@safe-passage/hub/score/escorts/${file}`));

/** Where the hub has the models. */
export const MODEL_FILES = {
  escort: inHub('escortModel.ts'),
  flanking: inHub('flankModel.ts'),
  shadowing: inHub('shadowModel.ts'),
} as const;

const WIDTH = 150;

/** As many to a line as fit. */
function list(values: readonly (number | string)[], indent: string): string {
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

function body({ always, shapes }: AdditiveModel, indent: string): string[] {
  const deeper = `${indent}    `;
  const measures = Object.entries(shapes).map(
    ([measure, { edges, nats }]) =>
      `${indent}  ${measure}: {\n${deeper}edges: [\n${list(edges, `${deeper}  `)}\n${deeper}],\n${deeper}nats: [\n${list(nats, `${deeper}  `)}\n${deeper}],\n${indent}  },`,
  );
  return [`${indent}always: ${always},`, `${indent}shapes: {`, ...measures, `${indent}},`];
}

/** Of all trees, one behind the other. */
function trees({ depth, asked, asks, edges, nats }: Trees): string[] {
  const lists = { asked: asked.map((name) => `'${name}'`), asks, edges, nats };
  const lines = Object.entries(lists).flatMap(([name, values]) => [
    `    ${name}: [`,
    ...(values.length > 0 ? [list(values, '      ')] : []),
    '    ],',
  ]);
  return ['  together: {', `    depth: ${depth},`, ...lines, '  },'];
}

const part = (name: string, model: AdditiveModel): string[] => [`  ${name}: {`, ...body(model, '    '), '  },'];

/** @param of what it was fitted to and where the measures are, as sentences. */
function file(of: readonly string[], from: string, name: string, type: string, lines: readonly string[]): string {
  return [
    '// biome-ignore-all lint/suspicious/noApproximativeNumericConstant: fitted numbers come near such constants by chance.',
    '/**',
    ...of.map((line) => ` * ${line}`),
    ' */',
    `import type { ${type} } from './${from}';`,
    '',
    '// biome-ignore format: written by a command, as many numbers to a line as fit.',
    `export const ${name}: ${type} = {`,
    ...lines,
    '};',
    '',
  ].join('\n');
}

const RULES = 'and in which direction it may count is said in';

/** The file's text. */
export const escortModelText = ({ least, brief, longer, together }: EscortModel, seeds: string): string =>
  file(
    [
      `Written by \`npm run -s eval -- escort --fit escort\`: fitted to staged movements of the three plans, ${seeds}, and to followers planted into half of a`,
      `real concourse. Not to be edited: what a measure is ${RULES} measures.ts, how it is fitted in eval/src/escort/fit.ts.`,
    ],
    'escortOdds.ts',
    'ESCORT_MODEL',
    'EscortModel',
    [`  least: ${least},`, ...part('brief', brief), ...part('longer', longer), ...trees(together)],
  );

const NAMES = {
  flanking: { name: 'FLANK_MODEL', measures: 'flankMeasures.ts' },
  shadowing: { name: 'SHADOW_MODEL', measures: 'shadowMeasures.ts' },
} as const;

export const movementModelText = (pattern: 'flanking' | 'shadowing', model: FittedModel, seeds: string): string =>
  file(
    [
      `Written by \`npm run -s eval -- escort --fit ${pattern}\`: fitted to staged movements of the three plans, ${seeds}. Not to be edited: what a`,
      `measure is ${RULES} ${NAMES[pattern].measures}, how it is fitted in eval/src/escort/fit.ts.`,
    ],
    'additive.ts',
    NAMES[pattern].name,
    'FittedModel',
    [`  least: ${model.least},`, ...body(model, '  '), ...trees(model.together)],
  );
