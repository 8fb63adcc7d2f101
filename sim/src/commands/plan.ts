/** `npm run -s sim -- plan`: the map of a terminal as a file. */
import { defineCommand, EXIT, UsageError, writeOutput } from '@safe-passage/cli';
import { terminalSvg } from '../terminal/drawing/drawing.ts';
import { floorPlanOf } from '../terminal/floorPlan.ts';
import { loadTerminal, PLAN_NAMES } from '../terminal/load.ts';

const THEMES = ['auto', 'light', 'dark'] as const;

export const planCommand = defineCommand({
  summary: 'Check a terminal and draw its map',
  usage: 'npm run -s sim -- plan --plan NAME [--out FILE]',
  description:
    'Reads a terminal, checks that it holds together, and writes its map as SVG, or with --floor-plan the floor plan\n' +
    'that edge agents and the hub read, with what each camera sees. The same terminal gives the same bytes.',
  options: {
    plan: {
      type: 'string',
      short: 'p',
      value: 'NAME',
      default: 'arrivals',
      help: `${PLAN_NAMES.join(', ')}, or a path`,
    },
    out: { type: 'string', short: 'o', value: 'FILE', help: 'where to; otherwise to stdout' },
    theme: { type: 'string', value: 'NAME', default: 'auto', help: `colours of the map: ${THEMES.join(', ')}` },
    cameras: { type: 'boolean', help: 'draw the cameras and what they see' },
    'floor-plan': { type: 'boolean', help: 'write the floor plan as JSON in place of the map' },
  },
  examples: [
    'npm run -s sim -- plan --plan arrivals --out arrivals.svg',
    'npm run -s sim -- plan --plan departures --cameras --theme dark --out departures.svg',
    'npm run -s sim -- plan --plan regional --floor-plan --out regional.json',
  ],
  run: async ({ values }) => {
    const theme = THEMES.find((name) => name === values.theme);
    if (!theme) throw new UsageError(`--theme takes ${THEMES.join(', ')}; found "${values.theme}"`);
    const terminal = await loadTerminal(values.plan);
    const text = values['floor-plan']
      ? `${JSON.stringify(floorPlanOf(terminal), null, 2)}\n`
      : terminalSvg(terminal, { theme, cameras: values.cameras });
    await writeOutput(values.out, text);
    return EXIT.ok;
  },
});
