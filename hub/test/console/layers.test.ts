import { describe, expect, it } from 'vitest';
import { chromiumBinary } from '../../../test/services/machine.ts';
import { violations } from './axe.ts';
import { drawingOf, eventually, useConsole } from './consoleRig.ts';
import { HALL_PLAN } from './hallPlan.ts';

describe.skipIf(!chromiumBinary)('the floor with its layers (needs Chromium)', () => {
  const rig = useConsole({ counts: true, companies: 9 });

  async function floor(look: Parameters<typeof rig.reviewer>[0] = {}) {
    const opened = await rig.reviewer(look);
    await opened.page.getByRole('link', { name: 'Floor', exact: true }).click();
    await opened.page.getByText('waits of the last 15 min').waitFor();
    await opened.page.locator('.layer-groups', { hasText: '9 groups' }).waitFor();
    await opened.page.locator('.layer-density', { hasText: 'mean since' }).waitFor();
    return opened;
  }

  it('is an address of its own, that says what each layer shows and remembers which were chosen', async () => {
    const { page } = await floor();
    expect(await page.title()).toMatch(/Floor · Safe Passage$/);
    const layers = page.getByRole('group', { name: 'Layers' });
    const checked = () => layers.locator('input:checked').count();
    expect(await checked()).toBe(4);
    await layers.getByRole('checkbox', { name: 'Flows' }).check();
    await page.keyboard.press('1');
    await page.reload();
    await layers.waitFor();
    expect(await layers.getByRole('checkbox', { name: 'Flows' }).isChecked()).toBe(true);
    expect(await layers.getByRole('checkbox', { name: 'People' }).isChecked()).toBe(false);
    expect(await checked()).toBe(4);
  });

  it('draws each layer where it is switched on, and takes it away again', async () => {
    const { page } = await floor({ reducedMotion: 'reduce' });
    // People and what stands below the names of queues change by themselves.
    for (const key of ['1', '2', '5']) await page.keyboard.press(key);
    const empty = () =>
      page.evaluate<boolean>(`(() => {
        const canvas = document.querySelectorAll('.figure-canvas')[1];
        const { width, height } = canvas;
        const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
        context.drawImage(canvas, 0, 0);
        // Above the scale.
        return !context.getImageData(0, 0, width, height - 60).data.some((value) => value > 0);
      })()`);
    await eventually(empty, (nothing) => nothing, 'nobody on the drawing');
    await page.keyboard.press('2');
    await eventually(empty, (nothing) => !nothing, 'outlines of groups alone');
    await page.keyboard.press('2');
    for (const key of ['3', '4', '6', '7']) {
      const before = await drawingOf(page, 'plan');
      await page.keyboard.press(key);
      await eventually(
        () => drawingOf(page, 'plan'),
        (drawing) => drawing !== before,
        `what layer ${key} changes`,
      );
      await page.keyboard.press(key);
      await eventually(
        () => drawingOf(page, 'plan'),
        (drawing) => drawing === before,
        `the drawing as it was before layer ${key}`,
      );
    }
  });

  it('shows the figures of the zone that is pointed at, with the mouse and with keys, against what is usual', async () => {
    const { page, layoutShift } = await floor();
    const figures = page.getByRole('region', { name: 'Figures of a zone' });
    const text = async () => (await figures.innerText()).replaceAll('\u00a0', ' ');
    const map = page.locator('.figure');
    const box = await map.boundingBox();
    if (!box) throw new Error('The figure has no place');
    // Where the café is, is found by going over the plan.
    const seen = new Set<string>();
    for (let y = 0.15; y < 0.95; y += 0.05) {
      for (let x = 0.05; x < 0.95; x += 0.05) {
        await page.mouse.move(box.x + x * box.width, box.y + y * box.height);
        seen.add((await figures.locator('h2').innerText()).trim());
      }
    }
    for (const { name } of HALL_PLAN.zones) expect([...seen]).toContain(name);
    expect(await layoutShift()).toEqual({ total: 0, of: [] });

    await page.locator('.figure').focus();
    for (let i = 0; i < HALL_PLAN.zones.length; i++) await page.keyboard.press('k');
    await eventually(text, (words) => words.startsWith('Border queue'), 'the first zone');
    expect(await text()).toMatch(/People here\s+\d+\s+\d+/);
    expect(await text()).toMatch(/Came in, last hour\s+240\s+1\d\d/);
    expect(await text()).toMatch(/Wait, 60 in 15 min\s+6 min 20 s\s+6 min/);
    expect(await text()).toContain('Usual is the median of this hour on 20 of the last 28 days.');
    await page.keyboard.press('j');
    await eventually(text, (words) => words.startsWith('Baggage belts'), 'the next zone');
    // Too few come here for anything to be published.
    await page.getByRole('button', { name: 'East exit' }).focus();
    await eventually(text, (words) => /would tell of fewer than 10 people/.test(words), 'that it is not told');
    await page.keyboard.press('Escape');
    await page.getByText('Point at a zone on the plan').waitFor();
  });

  it.each(['dark', 'light'] as const)('gives axe-core nothing to find, %s', async (colorScheme) => {
    const { page } = await floor({ colorScheme, reducedMotion: 'reduce' });
    await page.keyboard.press('j');
    await page.locator('.zone-figures tbody').waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it.each([
    [1366, 768],
    [1024, 768],
    [800, 1100],
    [390, 844],
  ])('leaves nothing outside of %i x %i, and cuts no count of the top line', async (width, height) => {
    const { page } = await floor({ width, height, reducedMotion: 'reduce' });
    const outside = await page.evaluate<string[]>(`[...document.querySelectorAll('.top *, main, main *')]
      .filter((one) => one.getBoundingClientRect().width > 1 && one.getBoundingClientRect().right > innerWidth + 1)
      .map((one) => one.tagName + ' ' + one.className)`);
    expect(outside).toEqual([]);
    const cut = await page.evaluate<number>(`(() => {
      const [count, line] = ['.cameras-count', '.cameras-line'].map((part) => document.querySelector(part).getBoundingClientRect());
      return count.right - line.right;
    })()`);
    expect(cut).toBeLessThanOrEqual(0);
  });

  it('keeps what it shows where the counts cannot be asked, and says what to do', async () => {
    const { page } = await rig.reviewer();
    await page.route('**/counts', (route) => route.abort());
    await page.goto(`${rig.hall.url}/floor`);
    await page.getByText('The hub does not answer.').waitFor();
    await page.locator('.layer-groups', { hasText: '9 groups' }).waitFor();
    await page.unroute('**/counts');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator('.layer-density', { hasText: 'mean since' }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  it.each(['engineer', 'auditor', 'privacy-officer'] as const)('is not for a %s, who is told so', async (role) => {
    const { page, refusals } = await rig.anonymous();
    await page.goto(await rig.hall.signInLink(`the ${role}`, role));
    await page.locator('main').waitFor();
    expect(await page.getByRole('link', { name: 'Floor', exact: true }).count()).toBe(0);
    await page.goto(`${rig.hall.url}/floor`);
    await page.getByText('The floor as it is now is for reviewers').waitFor();
    // Nothing is asked for that would be refused.
    expect(refusals.filter((refusal) => refusal.includes('status of 403'))).toEqual([]);
  });
});

describe.skipIf(!chromiumBinary)('the floor of a hub that has just begun (needs Chromium)', () => {
  const rig = useConsole();

  it('says what is not known, and shows no zero in its place', async () => {
    const { page } = await rig.reviewer();
    await page.goto(`${rig.hall.url}/floor`);
    await page.locator('.layer-flows', { hasText: /none known since/ }).waitFor();
    await page.keyboard.press('j');
    const figures = page.getByRole('region', { name: 'Figures of a zone' });
    await figures.getByText('no day of this zone is published yet').waitFor();
    expect((await figures.innerText()).replaceAll('\u00a0', ' ')).toMatch(/Came in, last hour\s+–\s+–/);
  });
});
