/** Pictures of every screen of the console, from a real hub with a hall full of people, for looking at. */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { defineCommand, EXIT, runSingleCommand } from '@safe-passage/cli';
import { buildConsole, consoleIsStale } from '@safe-passage/start/console/consoleBuild.ts';
import type { Browser, Page } from 'playwright-core';
import { createTestDatabase } from '../../../test/services/database.ts';
import startPostgres from '../../../test/services/globalSetup.ts';
import { until } from '../../../test/services/program.ts';
import { launchChromium, look, PATIENCE_SECONDS } from './browser.ts';
import { CONSOLE_FOLDER, type HallHub, startHall } from './hallHub.ts';

const SIZES = [
  { width: 1366, height: 768 },
  { width: 1920, height: 1080 },
  { width: 1024, height: 768 },
] as const;
const DOCUMENTATION = resolve(import.meta.dirname, '../../../docs/images');

type Shot = (name: string) => Promise<void>;

/** Everything that was drawn because of the last step is on the screen. */
async function drawn(page: Page): Promise<void> {
  await page.evaluate('document.fonts.ready');
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
}

/** People have tails only after some words from the hub. */
async function somePositions(page: Page): Promise<void> {
  const note = page.locator('.figure-note .quiet');
  for (let i = 0; i < 4; i++) {
    const before = await note.textContent();
    await until('the next positions', PATIENCE_SECONDS, async () => (await note.textContent()) !== before);
  }
}

/** The path and the people around it are there. */
async function evidence(page: Page): Promise<void> {
  await page.locator('.seen').first().waitFor({ state: 'attached' });
  await drawn(page);
}

async function pictures(page: Page, hall: HallHub, shot: Shot): Promise<void> {
  await page.goto(`${hall.url}/sign-in#token=this-token-has-been-used-up-before`);
  await page.getByRole('alert').waitFor();
  await shot('sign-in-refused');
  await page.goto('about:blank');
  await page.goto(await hall.signInLink());
  await page.locator('.row').first().waitFor();
  await somePositions(page);
  await shot('queue-floor');

  const meeting = page.locator('.row', { hasText: 'Present at Meeting point' }).first();
  await meeting.click();
  await evidence(page);
  await shot('queue');
  await page.getByRole('button', { name: /^Benign positive/ }).click();
  await shot('queue-disposing');
  await page.getByRole('button', { name: 'Cancel' }).click();

  await meeting.dblclick();
  await page.locator('.alert-screen').waitFor();
  await evidence(page);
  await shot('alert');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('2');
  await shot('alert-reason');
  await page.keyboard.press('2');
  await page.getByRole('button', { name: 'Cameras and what they see' }).click();
  await page.getByRole('button', { name: 'Show the whole floor' }).click();
  await shot('alert-cameras');
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  await shot('help');
  await page.keyboard.press('Escape');

  await page.goto(hall.url);
  await page.getByRole('button', { name: 'Closed', exact: true }).click();
  await page.locator('.row', { hasText: 'Benign positive' }).click();
  await evidence(page);
  await shot('closed');
  await page.getByRole('button', { name: /cameras run/ }).click();
  await shot('cameras');
  await page.keyboard.press('Escape');
  await hall.stopServer();
  await page.locator('.banner').waitFor();
  await shot('lost');
  await hall.startServer();
}

/** The floor with what it shows at first, with every layer, and with a zone that somebody points at. */
async function floorPictures(page: Page, hall: HallHub, shot: Shot): Promise<void> {
  await page.goto(await hall.signInLink());
  await page.locator('.row').first().waitFor();
  await page.goto(`${hall.url}/floor`);
  await page.getByText('waits of the last 15 min').waitFor();
  await somePositions(page);
  await shot('floor');
  await page.keyboard.press('j');
  await page.locator('.zone-figures tbody').waitFor();
  await shot('floor-zone');
  for (const key of ['3', '4', '7']) await page.keyboard.press(key);
  await shot('floor-layers');
  for (const key of ['3', '4', '7']) await page.keyboard.press(key);
}

/** The cameras, as a reviewer comes to them, and as an engineer begins. */
async function fleetPictures(page: Page, hall: HallHub, shot: Shot): Promise<void> {
  await page.goto(`${hall.url}/fleet`);
  await page.locator('.rate-processed').first().waitFor({ state: 'attached' });
  await shot('fleet');
  await page.goto(await hall.signInLink('E. Ngineer', 'engineer'));
  await page.locator('.rate-processed').first().waitFor({ state: 'attached' });
  await shot('engineer');
}

/** The privacy officer's screen, its whole height, its forms, and an alert with a reason. */
async function privacyPictures(page: Page, hall: HallHub, shot: Shot): Promise<void> {
  await page.goto(await hall.signInLink('P. Lindqvist', 'privacy-officer'));
  await page.getByRole('heading', { name: 'Who looked at what' }).waitFor();
  await shot('privacy');
  await page.evaluate("document.querySelector('.privacy-screen').scrollTo(0, 100000)");
  await shot('privacy-end');
  await page.getByRole('button', { name: 'Erase by place and time' }).click();
  await shot('privacy-erase');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Hold evidence' }).click();
  await shot('privacy-hold');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Evidence pack' }).click();
  await shot('privacy-pack');
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'The alert' }).first().click();
  await shot('privacy-reason');
  await page.getByLabel('Reason').fill('complaint 2026-14');
  await page.keyboard.press('Enter');
  await page.locator('.alert-screen').waitFor();
  await shot('privacy-alert');
}

/** The words of a row of the queue, and the moment to show: so many moments after the first. */
const STORIES: readonly (readonly [name: string, words: string, moments: number, reason: string])[] = [
  ['handover', 'Handed over', 6, '3'],
  ['flanking', 'Kept between', 2, '1'],
  ['shadowing', 'Same way and stops', 3, '3'],
  ['regrouping', 'parted before', 3, '2'],
  ['coordinator', 'one after another', 6, '1'],
];

/** Every movement of several people: in the queue, opened at a telling moment, and with a reason lit up. */
async function storyPictures(page: Page, hall: HallHub, shot: Shot): Promise<void> {
  await page.goto(await hall.signInLink());
  await page.locator('.row').first().waitFor();
  for (const [name, words, moments, reason] of STORIES) {
    await page.goto(hall.url);
    const row = page.locator('.row', { hasText: words });
    await row.click();
    await evidence(page);
    await shot(`queue-${name}`);
    await row.dblclick();
    await page.locator('.alert-screen').waitFor();
    await evidence(page);
    await page.getByRole('slider').focus();
    await page.keyboard.press('Home');
    for (let i = 0; i < moments; i++) await page.keyboard.press('ArrowRight');
    await shot(`alert-${name}`);
    await page.keyboard.press(reason);
    await shot(`alert-${name}-reason`);
  }
}

async function everyPicture(
  browser: Browser,
  hall: HallHub,
  folder: string,
  only: 'all' | 'stories' | 'privacy' | 'floor',
): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    for (const size of SIZES) {
      const { page, context } = await look(browser, { ...size, colorScheme, reducedMotion: 'reduce' });
      const shot: Shot = async (name) => {
        await drawn(page);
        await page.screenshot({ path: join(folder, `${name}-${size.width}x${size.height}-${colorScheme}.png`) });
      };
      if (only === 'all') await pictures(page, hall, shot);
      if (only === 'all' || only === 'floor') {
        await floorPictures(page, hall, shot);
        await fleetPictures(page, hall, shot);
      }
      if (only === 'all' || only === 'stories') await storyPictures(page, hall, shot);
      if (only === 'all' || only === 'privacy') await privacyPictures(page, hall, shot);
      await context.close();
    }
  }
}

async function documentation(browser: Browser, hall: HallHub): Promise<void> {
  const { page, context } = await look(browser, { reducedMotion: 'reduce' });
  await page.goto(await hall.signInLink());
  await page.locator('.row').first().waitFor();
  await somePositions(page);
  await drawn(page);
  await page.screenshot({ path: join(DOCUMENTATION, 'queue-dark.png') });
  await page.locator('.row', { hasText: 'Present at Meeting point' }).first().dblclick();
  await page.locator('.alert-screen').waitFor();
  await evidence(page);
  await page.screenshot({ path: join(DOCUMENTATION, 'alert-dark.png') });
  await page.goto(hall.url);
  await page.locator('.row', { hasText: 'Handed over' }).dblclick();
  await page.locator('.alert-screen').waitFor();
  await evidence(page);
  await page.getByRole('slider').focus();
  for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowLeft');
  await drawn(page);
  await page.screenshot({ path: join(DOCUMENTATION, 'handover-dark.png') });
  await page.goto(`${hall.url}/floor`);
  await page.locator('.layer-density', { hasText: 'mean since' }).waitFor();
  await somePositions(page);
  for (const key of ['4', 'j']) await page.keyboard.press(key);
  await drawn(page);
  await page.screenshot({ path: join(DOCUMENTATION, 'floor-dark.png') });
  await page.goto(await hall.signInLink('P. Lindqvist', 'privacy-officer'));
  await page.getByRole('heading', { name: 'Who looked at what' }).waitFor();
  await drawn(page);
  await page.screenshot({ path: join(DOCUMENTATION, 'privacy-dark.png') });
  await context.close();
}

await runSingleCommand(
  { name: 'screenshots', call: 'npm run -s screenshots --' },
  defineCommand({
    summary: 'Make pictures of every screen of the console, dark and light',
    usage: 'npm run -s screenshots -- [--out FOLDER] [--stories | --privacy | --floor | --docs]',
    description:
      'Starts a hub on a real database with an arrivals hall full of people, and Chromium. Needs Chromium. Look at what comes out.',
    options: {
      out: { type: 'string', value: 'FOLDER', default: 'test-results/screenshots', help: 'where they go' },
      stories: { type: 'boolean', help: 'only movements of several people' },
      privacy: { type: 'boolean', help: 'only the screen of the privacy officer' },
      floor: { type: 'boolean', help: 'only the floor with its layers, and the cameras' },
      docs: { type: 'boolean', help: 'only the pictures of the documentation, into docs/images' },
    },
    examples: ['npm run -s screenshots', 'npm run -s screenshots -- --docs'],
    run: async ({ values, signal }) => {
      if (await consoleIsStale()) await buildConsole(signal);
      const folder = values.docs ? DOCUMENTATION : resolve(values.out);
      await mkdir(folder, { recursive: true });
      const stopPostgres = await startPostgres();
      const database = await createTestDatabase('postgres');
      const hall = await startHall({
        databaseUrl: database.url,
        consoleFolder: CONSOLE_FOLDER,
        stories: true,
        privacy: true,
        counts: true,
        companies: 9,
      });
      const browser = await launchChromium();
      try {
        await (values.docs
          ? documentation(browser, hall)
          : everyPicture(
              browser,
              hall,
              folder,
              values.floor ? 'floor' : values.privacy ? 'privacy' : values.stories ? 'stories' : 'all',
            ));
      } finally {
        await browser.close();
        await hall.close();
        await database.drop();
        await stopPostgres();
      }
      process.stdout.write(`${folder}\n`);
      return EXIT.ok;
    },
  }),
);
