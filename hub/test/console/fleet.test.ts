import { describe, expect, it } from 'vitest';
import { chromiumBinary } from '../../../test/services/machine.ts';
import { violations } from './axe.ts';
import { eventually, useConsole } from './consoleRig.ts';

describe.skipIf(!chromiumBinary)('the cameras in the console (needs Chromium)', () => {
  const rig = useConsole({ counts: true });

  it('are a screen for everybody, with the rates of two hours as lines that have holes where nothing was heard', async () => {
    const { page, refusals } = await rig.reviewer();
    await page.getByRole('link', { name: 'Cameras', exact: true }).click();
    await page.waitForURL(`${rig.hall.url}/fleet`);
    expect(await page.title()).toMatch(/Cameras · Safe Passage$/);
    await page.getByText('6 of 7 run. What is wrong stands first').waitFor();
    const line = (camera: string) => page.getByRole('row', { name: camera }).locator('.rate-processed');
    await line('Border').first().waitFor({ state: 'attached' });
    const lines = await Promise.all(
      (await page.locator('.fleet tbody tr').all()).map((row) => row.locator('.rate-processed').count()),
    );
    // One was away for twenty minutes, and the one that is offline was heard until some minutes ago.
    expect(lines.sort()).toEqual([1, 1, 1, 1, 1, 1, 2]);
    expect(await page.locator('.fleet tbody tr').first().innerText()).toContain('Check power and network');
    expect(refusals).toEqual([]);
  });

  it.each(['dark', 'light'] as const)('give axe-core nothing to find, %s', async (colorScheme) => {
    const { page } = await rig.reviewer({ colorScheme, reducedMotion: 'reduce' });
    await page.goto(`${rig.hall.url}/fleet`);
    await page.locator('.rate-processed').first().waitFor({ state: 'attached' });
    expect(await violations(page)).toEqual([]);
  });

  it('move nothing about while health streams in', async () => {
    const { page, layoutShift } = await rig.reviewer();
    await page.goto(`${rig.hall.url}/fleet`);
    await page.locator('.rate-processed').first().waitFor({ state: 'attached' });
    const nows = () => page.locator('.fleet tbody').innerText();
    const first = await nows();
    // Offline for a second more.
    await eventually(nows, (text) => text !== first, 'news of a camera');
    await page.waitForTimeout(11_000);
    expect(await layoutShift()).toEqual({ total: 0, of: [] });
  });

  it.each([
    [800, 1100],
    [390, 844],
  ])('scroll within themselves on %i x %i', async (width, height) => {
    const { page } = await rig.reviewer({ width, height, reducedMotion: 'reduce' });
    await page.goto(`${rig.hall.url}/fleet`);
    await page.locator('.rate-processed').first().waitFor({ state: 'attached' });
    expect(await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    expect(
      await page.evaluate<number>(
        "(() => { const { scrollWidth, clientWidth } = document.querySelector('.fleet'); return scrollWidth - clientWidth; })()",
      ),
    ).toBeGreaterThan(0);
  });
});
