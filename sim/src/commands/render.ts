import { extname } from 'node:path';
import { defineCommand, EXIT, numberOption, Progress, required, UsageError, writeOutput } from '@safe-passage/cli';
import sharp from 'sharp';
import { MomentDrawing, TAIL_SECONDS } from '../render/frame.ts';
import { readPaths, readRun, readScenarios } from '../render/recording.ts';
import { loadTerminal } from '../terminal/load.ts';

const KINDS = ['.svg', '.png', '.webp'] as const;
const MOST_FRAMES = 600;
const THEMES = ['light', 'dark'] as const;

export const render = defineCommand({
  summary: 'Draws what happened in a run: a picture of a moment, or an animated preview of a stretch.',
  usage:
    'npm run -s sim -- render --in DIR --out picture.svg|picture.png|preview.webp [--at SECONDS | --from SECONDS --to SECONDS]',
  description: [
    'Reads what `npm run -s sim -- run --out DIR` has written. People are dots with tails of 15 s; who takes part in a staged scenario has the',
    'colour of its pattern and a label, look-alikes as open rings with dashed tails. An animated preview is a .webp.',
  ].join('\n'),
  options: {
    in: { type: 'string', value: 'DIR', help: 'the folder of a run' },
    out: { type: 'string', value: 'FILE', help: '.svg or .png for a moment, .webp for a stretch' },
    at: { type: 'string', value: 'SECONDS', help: 'the moment; otherwise the middle of the run' },
    from: {
      type: 'string',
      value: 'SECONDS',
      help: 'where the stretch begins; otherwise half a minute before the middle',
    },
    to: { type: 'string', value: 'SECONDS', help: 'where it ends; otherwise a minute later' },
    every: {
      type: 'string',
      value: 'SECONDS',
      default: '1',
      help: 'between two frames of a stretch; each shows for 0.1 s',
    },
    width: { type: 'string', value: 'PIXELS', default: '1400', help: 'of .png and .webp' },
    theme: { type: 'string', value: 'NAME', default: 'light', help: `${THEMES.join(' or ')}` },
  },
  examples: [
    'npm run -s sim -- render --in run --at 900 --out moment.png',
    'npm run -s sim -- render --in run --from 600 --to 720 --every 1 --theme dark --out preview.webp',
  ],
  run: async ({ values, signal }) => {
    const folder = required('in', values.in);
    const out = required('out', values.out);
    const kind = KINDS.find((ending) => ending === extname(out));
    if (!kind) throw new UsageError(`--out takes a file that ends in ${KINDS.join(', ')}; found "${out}"`);
    const theme = THEMES.find((name) => name === values.theme);
    if (!theme) throw new UsageError(`--theme takes ${THEMES.join(' or ')}; found "${values.theme}"`);
    const width = Math.round(numberOption('width', values.width, { min: 200, max: 8000 }));
    const facts = await readRun(folder);
    const moment = (name: 'at' | 'from' | 'to', otherwise: number): number =>
      values[name] === undefined ? otherwise : numberOption(name, values[name], { min: 0, max: facts.seconds });
    const terminal = await loadTerminal(facts.plan);
    const drawing = new MomentDrawing(terminal, { theme });

    if (kind !== '.webp') {
      const stretch = (['from', 'to'] as const).find((name) => values[name] !== undefined);
      if (stretch) throw new UsageError(`--${stretch} goes with an animated .webp; a picture takes --at`);
      const at = moment('at', facts.seconds / 2);
      const svg = drawing.draw(at, await readPaths(folder, at - TAIL_SECONDS, at), await readScenarios(folder, at, at));
      await writeOutput(out, kind === '.svg' ? svg : await sharp(Buffer.from(svg)).resize({ width }).png().toBuffer());
      return EXIT.ok;
    }
    if (values.at !== undefined)
      throw new UsageError('--at goes with a picture; an animated .webp takes --from and --to');
    const from = moment('from', Math.max(0, facts.seconds / 2 - 30));
    const to = moment('to', Math.min(facts.seconds, from + 60));
    const every = numberOption('every', values.every, { min: 0.1, max: 3600 });
    const count = Math.floor((to - from) / every) + 1;
    if (to <= from) throw new UsageError(`--to (${to}) must be later than --from (${from})`);
    if (count > MOST_FRAMES) {
      throw new UsageError(`${count} frames are too many for one preview (${MOST_FRAMES}): make --every larger`);
    }
    const paths = await readPaths(folder, from - TAIL_SECONDS, to);
    const scenarios = await readScenarios(folder, from, to);
    const frames: Buffer[] = [];
    const progress = new Progress('frames', count);
    for (let i = 0; i < count; i += 1) {
      if (signal.aborted) return EXIT.failed;
      const svg = drawing.draw(from + i * every, paths, scenarios);
      frames.push(await sharp(Buffer.from(svg)).resize({ width }).png().toBuffer());
      progress.update(i + 1);
    }
    progress.finish();
    const animated = sharp(frames, { join: { animated: true } }).webp({
      quality: 80,
      loop: 0,
      delay: frames.map(() => 100),
    });
    await writeOutput(out, await animated.toBuffer());
    return EXIT.ok;
  },
});
