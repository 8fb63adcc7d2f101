/** A hall, a browser and a console that was built from the present sources, for one file of tests. */
import { consoleIsStale } from '@safe-passage/start/console/consoleBuild.ts';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/services/database.ts';
import { until } from '../../../test/services/program.ts';
import { type Look, type LookOptions, launchChromium, look, PATIENCE_SECONDS } from './browser.ts';
import { CONSOLE_FOLDER, type HallHub, type HallOptions, startHall } from './hallHub.ts';

export interface ConsoleRig {
  readonly hall: HallHub;
  /** A browser of its own that nobody has signed in with. */
  anonymous(options?: LookOptions): Promise<Look>;
  /** The same, signed in, on the queue. */
  reviewer(options?: LookOptions & { readonly name?: string }): Promise<Look>;
}

/**
 * Starts everything before the tests of a file and ends it after them. After each test it looks at what the browsers
 * did meanwhile: no complaint, and no word to anybody but the hub.
 */
export function useConsole(options: Partial<HallOptions> = {}): ConsoleRig {
  let database: TestDatabase | undefined;
  let hall: HallHub | undefined;
  let browser: Browser | undefined;
  let looks: Look[] = [];

  beforeAll(async () => {
    if (await consoleIsStale()) throw new Error('The console is older than its sources. Run: npm run build');
    database = await createTestDatabase('postgres');
    [hall, browser] = await Promise.all([
      startHall({ databaseUrl: database.url, consoleFolder: CONSOLE_FOLDER, ...options }),
      launchChromium(),
    ]);
  }, 120_000);
  afterEach(async () => {
    const done = looks;
    looks = [];
    for (const one of done) await one.context.close();
    for (const { complaints, hosts } of done) {
      expect(complaints).toEqual([]);
      expect([...hosts].filter((host) => host !== '').length).toBeLessThanOrEqual(1);
    }
  });
  afterAll(async () => {
    await browser?.close();
    await hall?.close();
    await database?.drop();
  });

  const rig: ConsoleRig = {
    get hall() {
      if (!hall) throw new Error('The hall has not started');
      return hall;
    },
    async anonymous(lookOptions) {
      if (!browser) throw new Error('The browser has not started');
      const opened = await look(browser, lookOptions);
      looks.push(opened);
      return opened;
    },
    async reviewer({ name, ...lookOptions } = {}) {
      const opened = await rig.anonymous(lookOptions);
      await opened.page.goto(await rig.hall.signInLink(name));
      await opened.page.locator('.queue-screen').waitFor();
      await opened.page.locator('.rows-scroll[aria-busy="false"]').waitFor();
      return opened;
    },
  };
  return rig;
}

export const row = (page: Page, alert: string): Locator => page.locator(`#row-${alert}`);

/** Waits until a reading of the page is as wanted, and says what it was where it never is. */
export async function eventually<T>(read: () => Promise<T>, wanted: (value: T) => boolean, what: string): Promise<T> {
  let last: T | undefined;
  try {
    await until(what, PATIENCE_SECONDS, async () => {
      last = await read();
      return wanted(last);
    });
  } catch (cause) {
    throw new Error(`${cause instanceof Error ? cause.message : what}; the last was ${JSON.stringify(last)}`);
  }
  return last as T;
}

/** How many pixels of the moving canvas have nearly a colour, given as three numbers from 0 to 255. */
export function pixelsOf(page: Page, [red, green, blue]: readonly [number, number, number]): Promise<number> {
  return page.evaluate<number>(`(() => {
    const canvas = document.querySelectorAll('.figure-canvas')[1];
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let i = 0; i < data.length; i += 4) {
      const near = Math.abs(data[i] - ${red}) + Math.abs(data[i + 1] - ${green}) + Math.abs(data[i + 2] - ${blue}) < 24;
      if (near && data[i + 3] > 200) count++;
    }
    return count;
  })()`);
}

/** What is drawn on a canvas of the figure, as a text to compare. */
export const drawingOf = (page: Page, canvas: 'plan' | 'people'): Promise<string> =>
  page.evaluate<string>(`document.querySelectorAll('.figure-canvas')[${canvas === 'plan' ? 0 : 1}].toDataURL()`);

/** Waits until the story of an alert has come in and its drawing stands: the view goes to the story a frame after that. */
export async function settled(page: Page): Promise<void> {
  await page.locator('button[aria-label="Back to the story"]:enabled').waitFor();
  await page.evaluate(
    'document.fonts.ready.then(() => new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r))))',
  );
}
