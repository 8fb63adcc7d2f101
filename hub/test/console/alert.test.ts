import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { chromiumBinary } from '../../../test/services/machine.ts';
import { drawingOf, eventually, pixelsOf, row, settled, useConsole } from './consoleRig.ts';

/** The dark theme's colours of the dwelling role and of what is pointed at. */
const DWELLING = [230, 159, 0] as const;
const ACCENT = [143, 180, 255] as const;

describe.skipIf(!chromiumBinary)('an alert in the console (needs Chromium)', () => {
  const rig = useConsole();

  async function opened(words: string): Promise<Page> {
    const { page } = await rig.reviewer({ reducedMotion: 'reduce' });
    await page.getByRole('button', { name: 'All', exact: true }).click();
    await page.locator('.row', { hasText: words }).last().dblclick();
    await page.locator('.alert-screen h1').waitFor();
    await page.locator('.seen').first().waitFor({ state: 'attached' });
    await settled(page);
    return page;
  }
  const shown = (page: Page) => page.locator('.figure-note strong').innerText();
  const elapsed = async (page: Page) => Number(await page.getByRole('slider').getAttribute('aria-valuenow'));

  it('says why, what would explain it, how sure it is, and what has happened', async () => {
    const page = await opened('Taxi doors');
    const facts = page.getByLabel('Reasons, history and disposition');
    const text = (await facts.innerText()).replaceAll('\u00a0', ' ');
    expect(text).toMatch(/Why it was raised\s+1\s+Present at Taxi doors for 22 min/);
    expect(text).toMatch(/What would explain this\s+Meeting passengers whose luggage is late/);
    expect(text).toMatch(/Position\s+± 0\.3 m/);
    expect(text).toMatch(/Without a detection\s+4 % of the time/);
    expect(text).toMatch(/Tracks joined\s+none/);
    expect(text).toMatch(/History\s+Closed M\. Oduya/);
    expect(text).toContain('Taken to the assistance desk.');
    expect(text).toMatch(/True positive: Welfare check made/);
    expect(await facts.getByRole('button', { name: /positive/ }).count()).toBe(0);
  });

  it('draws the path on the floor plan, and only as far as the moment that is shown', async () => {
    const page = await opened('Taxi doors');
    const whole = await eventually(
      () => pixelsOf(page, DWELLING),
      (count) => count > 500,
      'the whole path',
    );
    await page.getByRole('slider').focus();
    await page.keyboard.press('Home');
    await eventually(
      () => pixelsOf(page, DWELLING),
      (count) => count < whole / 2,
      'nothing but the beginning',
    );
    await page.keyboard.press('End');
    await eventually(
      () => pixelsOf(page, DWELLING),
      (count) => count === whole,
      'the whole path again',
    );
  });

  it('lights up the place and the time of a reason that is pointed at', async () => {
    const page = await opened('Taxi doors');
    expect(await pixelsOf(page, ACCENT)).toBe(0);
    const reason = page.locator('.reason').nth(1);
    await reason.hover();
    await page.locator('.lit-span').waitFor({ state: 'attached' });
    await eventually(
      () => pixelsOf(page, ACCENT),
      (count) => count > 100,
      'the mark on the plan',
    );
    await page.locator('h1').hover();
    await page.locator('.lit-span').waitFor({ state: 'detached' });
    await eventually(
      () => pixelsOf(page, ACCENT),
      (count) => count === 0,
      'no mark',
    );
    await page.keyboard.press('2');
    await page.locator('.lit-span').waitFor({ state: 'attached' });
    await reason.click();
    expect(await elapsed(page)).toBeLessThan(30 + 22 * 60);
  });

  it('keeps a reason lit and the focus on it while the movement goes on and its words change', async () => {
    const page = await opened('Lifts');
    const reason = page.locator('.reason').first();
    await reason.focus();
    const before = await reason.innerText();
    await eventually(
      () => reason.innerText(),
      (text) => text !== before,
      'longer words',
    );
    expect(await page.evaluate("document.activeElement === document.querySelector('.reason')")).toBe(true);
    expect(await reason.getAttribute('class')).toContain('lit');
  });

  it('goes from moment to moment with the arrow keys', async () => {
    const page = await opened('Taxi doors');
    const moments = [await elapsed(page)];
    for (let i = 0; i < 4; i++) {
      const before = moments.at(-1) ?? 0;
      await page.keyboard.press('ArrowLeft');
      moments.push(
        await eventually(
          () => elapsed(page),
          (at) => at < before,
          'an earlier moment',
        ),
      );
    }
    // End of the paths, last seen inside, limit passed, outside for 6 s, entered.
    const [, , limit = 0, outside = 0, entered = 0] = moments;
    expect(limit - entered).toBe(600);
    expect(outside - entered).toBe(372);
    await page.keyboard.press('ArrowRight');
    await eventually(
      () => elapsed(page),
      (at) => at === outside,
      'the later moment',
    );
  });

  it('is scrubbed with the pointer', async () => {
    const page = await opened('Taxi doors');
    const slider = page.getByRole('slider');
    const most = Number(await slider.getAttribute('aria-valuemax'));
    const box = await slider.boundingBox();
    if (!box) throw new Error('The time line is not on the screen');
    await page.mouse.move(box.x + box.width * 0.25, box.y + box.height * 0.6);
    await page.mouse.down();
    await eventually(
      () => elapsed(page),
      (at) => Math.abs(at - most * 0.25) < most * 0.01,
      'a quarter',
    );
    await page.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.6, { steps: 4 });
    await eventually(
      () => elapsed(page),
      (at) => Math.abs(at - most * 0.5) < most * 0.01,
      'half',
    );
    await page.mouse.up();
    await page.mouse.move(box.x, box.y);
    expect(Math.abs((await elapsed(page)) - most * 0.5)).toBeLessThan(most * 0.01);
  });

  it('replays with e, at the speed that is chosen, and stops at the end', async () => {
    const page = await opened('East exit');
    await page.getByRole('slider').focus();
    await page.keyboard.press('Home');
    await page.getByText('16×').click();
    await page.keyboard.press('e');
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    const from = await elapsed(page);
    await eventually(
      () => elapsed(page),
      (at) => at >= from + 16,
      'sixteen seconds of the story',
    );
    const clock = await shown(page);
    expect(clock).toMatch(/^\d\d:\d\d:\d\d$/);
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Play' }).waitFor();
    const paused = await elapsed(page);
    expect(paused).toBeGreaterThan(from);
    await page.keyboard.press('ArrowRight');
    expect(await elapsed(page)).not.toBe(paused);
  });

  it('grows while the movement goes on, and does not leave the moment that somebody looks at', async () => {
    const page = await opened('Meeting point for 2');
    const most = async () => Number(await page.getByRole('slider').getAttribute('aria-valuemax'));
    await page.getByRole('button', { name: 'Follows the movement' }).waitFor();
    await page.keyboard.press('ArrowLeft');
    const [at, before] = [await elapsed(page), await most()];
    await eventually(most, (now) => now > before, 'a longer story');
    expect(await elapsed(page)).toBe(at);
    await page.getByRole('button', { name: 'Go to now' }).click();
    await eventually(
      async () => (await elapsed(page)) - (await most()),
      (behind) => behind === 0,
      'the newest moment',
    );
  });

  it('zooms and pans the plan, and finds the way back', async () => {
    const page = await opened('Taxi doors');
    const home = await drawingOf(page, 'plan');
    await page.keyboard.press('+');
    const near = await eventually(
      () => drawingOf(page, 'plan'),
      (drawing) => drawing !== home,
      'a closer look',
    );
    await page.locator('.figure').focus();
    await page.keyboard.press('ArrowRight');
    await eventually(
      () => drawingOf(page, 'plan'),
      (drawing) => drawing !== near,
      'another part',
    );
    await page.keyboard.press('0');
    await eventually(
      () => drawingOf(page, 'plan'),
      (drawing) => drawing === home,
      'the story again',
    );
    await page.getByRole('button', { name: 'Show the whole floor' }).click();
    const whole = await eventually(
      () => drawingOf(page, 'plan'),
      (drawing) => drawing !== home,
      'the whole floor',
    );
    await page.getByRole('button', { name: 'Cameras and what they see' }).click();
    await eventually(
      () => drawingOf(page, 'plan'),
      (drawing) => drawing !== whole,
      'the cameras',
    );
  });

  it('goes to the neighbours of the list with j and k', async () => {
    const id = await rig.hall.raise('customs');
    const { page } = await rig.reviewer();
    await row(page, id).dblclick();
    await page.locator('h1', { hasText: 'Customs' }).waitFor();
    await page.keyboard.press('j');
    await page.locator('h1', { hasText: 'Lifts' }).waitFor();
    await page.keyboard.press('k');
    await page.waitForURL(`**/alerts/${id}`);
  });

  it.each(['3f6d1c1e-7a52-4a43-9d5e-1f2a3b4c5d6e', 'xyz'])(
    'says of an alert that is not there (%s) so, once, and offers no second try',
    async (id) => {
      const { page } = await rig.reviewer();
      await page.goto(`${rig.hall.url}/alerts/${id}`);
      await page.getByRole('heading', { name: 'There is no such alert' }).waitFor();
      expect((await page.locator('main').innerText()).match(/retention/g)).toHaveLength(1);
      expect(await page.getByRole('button', { name: 'Try again' }).count()).toBe(0);
      await page.getByRole('link', { name: 'Back to the queue' }).click();
      await page.locator('.queue-screen').waitFor();
    },
  );
});
