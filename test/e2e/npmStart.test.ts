import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Look, launchChromium, look } from '../../hub/test/console/browser.ts';
import { eventually, pixelsOf } from '../../hub/test/console/consoleRig.ts';
import { type Launchpad, openLaunchpad } from '../services/launcher.ts';
import { chromiumBinary, sharedFile } from '../services/machine.ts';
import { ALERTS, VIDEO } from './standingTable.ts';

const video = sharedFile(...VIDEO);
const weights = sharedFile('models', 'yolox-nano', 'yolox_nano.onnx');
/** The dark theme's colour of whoever the alert is about. */
const DWELLING = [230, 159, 0] as const;
/** As fast as two cores that have other work as well hold without dropping frames. */
const SPEED = '1.5';

describe.skipIf(!video || !weights || !chromiumBinary)(
  'npm start with a video (needs ../shared or $SAFE_PASSAGE_SHARED, and Chromium)',
  () => {
    let launchpad: Launchpad;
    let browser: Browser;
    beforeAll(async () => {
      browser = await launchChromium();
    });
    afterAll(async () => {
      await browser?.close();
    });
    // Of its own for each attempt.
    beforeEach(async () => {
      launchpad = await openLaunchpad();
    });
    afterEach(async () => {
      await launchpad.clear();
    });

    const signedIn = async (link: string): Promise<Look> => {
      const opened = await look(browser, { reducedMotion: 'reduce' });
      await opened.page.goto(link);
      await opened.page.locator('.queue-screen').waitFor();
      await opened.page.locator('.rows-scroll[aria-busy="false"]').waitFor();
      return opened;
    };
    const rows = ({ page }: Look) => page.locator('.row .row-sentence').allInnerTexts();

    it('ends with exactly three alerts in the console, which the next start finds again', {
      timeout: 400_000,
    }, async () => {
      const args = ['--source', String(video), '--model', 'yolox-nano', '--speed', SPEED];
      const example = [
        '--calibration',
        'examples/standing-table/calibration.yaml',
        '--zones',
        'examples/standing-table/plan.json',
      ];
      const first = launchpad.start([...args, ...example]);
      const link = await first.signInLink();
      await first.says(/has been played to its end/, 200);

      const seen = await signedIn(link);
      // The last stay closes when the time to come back is over; no alert may follow it.
      await eventually(
        () => rows(seen),
        (found) => found.length >= ALERTS,
        'the alerts',
      );
      await seen.page.waitForTimeout(2000);
      const sentences = (await rows(seen)).map((text) => text.replaceAll('\u00a0', ' '));
      expect(sentences).toHaveLength(ALERTS);
      for (const sentence of sentences) expect(sentence).toMatch(/^Present at Standing table for \d+ s, limit 15 s$/);

      await seen.page.locator('.row').last().dblclick();
      await seen.page.locator('.alert-screen h1').waitFor();
      const heading = (await seen.page.locator('.alert-screen h1').innerText()).replaceAll('\u00a0', ' ');
      expect(heading).toMatch(/Standing table/);
      const facts = await seen.page.getByLabel('Reasons, history and disposition').innerText();
      expect(facts.replaceAll('\u00a0', ' ')).toMatch(/Why it was raised\s+1\s+Present at Standing table for \d+ s/);
      await eventually(
        () => pixelsOf(seen.page, DWELLING),
        (count) => count > 100,
        'the path on the floor plan',
      );
      expect(seen.complaints).toEqual([]);
      await seen.context.close();

      first.interrupt();
      expect(await first.ended, first.said()).toBe(0);
      expect(await launchpad.processes()).toEqual([]);

      const second = launchpad.start([...args, ...example]);
      const again = await signedIn(await second.signInLink());
      await eventually(
        () => rows(again),
        (found) => found.length >= ALERTS,
        'the alerts of the first start',
      );
      expect((await rows(again)).map((text) => text.replaceAll('\u00a0', ' '))).toEqual(sentences);
      await again.context.close();
      second.interrupt();
      expect(await second.ended, second.said()).toBe(0);
      expect(await launchpad.processes()).toEqual([]);
    });
  },
);
