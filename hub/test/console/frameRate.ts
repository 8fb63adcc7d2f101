/** How many frames a second the living floor draws with many people on it, or the replay of a story, in this machine's Chromium. */
import { defineCommand, EXIT, OperatorError, runSingleCommand } from '@safe-passage/cli';
import { buildConsole, consoleIsStale } from '@safe-passage/start/console/consoleBuild.ts';
import type { Page } from 'playwright-core';
import { createTestDatabase } from '../../../test/services/database.ts';
import startPostgres from '../../../test/services/globalSetup.ts';
import { until } from '../../../test/services/program.ts';
import { launchChromium, look, PATIENCE_SECONDS } from './browser.ts';
import { CONSOLE_FOLDER, startHall } from './hallHub.ts';

const SECONDS = 10;
/** Of the story that is replayed. */
const CONTACTS = 9;
const AROUND = 60;

interface Frames {
  /** Times between frames, milliseconds. */
  readonly intervals: readonly number[];
  /** What the page's callbacks take in one frame, milliseconds. */
  readonly drawing: readonly number[];
}

/**
 * Counts the page's own frames, and what its own callbacks take in them. Browsers fill pixels later than they are told
 * to; reading one back makes them do it at once, so that it is counted too.
 */
const measure = (untilPixels: boolean): string => `new Promise((done) => {
  const intervals = [];
  const drawing = [];
  const request = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (callback) => request((time) => {
    const before = performance.now();
    callback(time);
    if (${untilPixels}) document.querySelectorAll('.figure-canvas')[1].getContext('2d').getImageData(0, 0, 1, 1);
    drawing.push(performance.now() - before);
  });
  const begin = performance.now();
  let last = begin;
  const count = (time) => {
    intervals.push(time - last);
    last = time;
    if (time - begin < ${SECONDS * 1000}) request(count);
    else done({ intervals: intervals.slice(1), drawing });
  };
  request(count);
})`;

/** Waits until most are on the screen. */
async function everybody(page: Page, people: number): Promise<string> {
  const note = page.locator('.figure-note strong');
  const shown = await until('everybody', PATIENCE_SECONDS, async () => {
    const count = Number.parseInt((await note.innerText()).replace(',', ''), 10);
    return count > people * 0.7 && count;
  });
  return `${shown} people`;
}

/** Starts the replay of the story with the most people from its first moment. */
async function replay(page: Page): Promise<string> {
  const row = page.locator('.row', { hasText: 'one after another' });
  if (await row.isVisible()) await row.dblclick();
  await page.locator('.alert-screen .seen').first().waitFor({ state: 'attached' });
  if (await page.getByRole('button', { name: 'Pause' }).isVisible()) await page.keyboard.press('e');
  await page.getByRole('slider').focus();
  await page.keyboard.press('Home');
  await page.getByText('16×').click();
  await page.keyboard.press('e');
  await page.getByRole('button', { name: 'Pause' }).waitFor();
  return `a replay of ${await page.locator('.lane').count()} people of a story among ${AROUND} others`;
}

/** The floor with every layer on. */
async function layered(page: Page, url: string, people: number): Promise<string> {
  await page.goto(`${url}/floor`);
  for (const box of await page.getByRole('group', { name: 'Layers' }).getByRole('checkbox').all()) await box.check();
  const groups = await page.locator('.layer-groups .layer-note').innerText();
  return `${await everybody(page, people)}, ${groups}, every layer`;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

await runSingleCommand(
  { name: 'frame-rate', call: 'npx node hub/test/console/frameRate.ts' },
  defineCommand({
    summary: 'Frames a second of the living floor, or of a replay',
    usage: 'npx node hub/test/console/frameRate.ts [--people 1000] [--layers | --story]',
    description: `Fills the hall, looks at it (with --story: at the replay of somebody who meets ${CONTACTS} others, among 60 people, at 16 times the pace) for ${SECONDS} s and prints frames a second and what drawing one takes. Needs Chromium. Without a graphics card this is software drawing, beside hub and database on the same processors.`,
    options: {
      story: { type: 'boolean', help: 'replay a story of several people instead' },
      layers: { type: 'boolean', help: 'the floor with every layer, two of five people with somebody else' },
      people: { type: 'string', value: 'COUNT', default: '1000', help: 'how many walk about' },
    },
    examples: ['npx node hub/test/console/frameRate.ts'],
    run: async ({ values, signal }) => {
      const people = values.story ? AROUND : Number(values.people);
      if (!Number.isInteger(people) || people < 1) {
        throw new OperatorError(`--people ${values.people} is no number of people`, 'Give a whole number from 1.');
      }
      if (await consoleIsStale()) await buildConsole(signal);
      const stopPostgres = await startPostgres();
      const database = await createTestDatabase('postgres');
      const hall = await startHall({
        databaseUrl: database.url,
        consoleFolder: CONSOLE_FOLDER,
        people,
        minutes: 0.2,
        stories: values.story === true,
        contacts: CONTACTS,
        ...(values.layers ? { counts: true, companies: Math.round(people / 5) } : {}),
      });
      const browser = await launchChromium();
      try {
        for (const size of [
          { width: 1366, height: 768 },
          { width: 1920, height: 1080 },
        ]) {
          const { page, context } = await look(browser, size);
          await page.goto(await hall.signInLink());
          await page.locator('.rows-scroll[aria-busy="false"]').waitFor();
          const shown = values.story
            ? await replay(page)
            : values.layers
              ? await layered(page, hall.url, people)
              : await everybody(page, people);
          const { intervals } = await page.evaluate<Frames>(measure(false));
          if (values.story) await replay(page);
          const { drawing } = await page.evaluate<Frames>(measure(true));
          const rate = (1000 * intervals.length) / intervals.reduce((sum, one) => sum + one, 0);
          process.stdout.write(
            `${size.width}x${size.height}, ${shown}: ${rate.toFixed(1)} frames/s; between frames median ${quantile(intervals, 0.5).toFixed(1)} ms, 95 % within ${quantile(intervals, 0.95).toFixed(1)} ms; drawing one to its pixels median ${quantile(drawing, 0.5).toFixed(2)} ms, 95 % within ${quantile(drawing, 0.95).toFixed(2)} ms\n`,
          );
          await context.close();
        }
      } finally {
        await browser.close();
        await hall.close();
        await database.drop();
        await stopPostgres();
      }
      return EXIT.ok;
    },
  }),
);
