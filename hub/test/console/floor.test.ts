import { describe, expect, it } from 'vitest';
import { chromiumBinary } from '../../../test/services/machine.ts';
import { startRelay } from '../../../test/services/relay.ts';
import { drawingOf, eventually, pixelsOf, row, useConsole } from './consoleRig.ts';

const PERSON = [195, 202, 213] as const;

describe.skipIf(!chromiumBinary)('the living floor in the console (needs Chromium)', () => {
  const rig = useConsole();

  it('shows everybody who is in the hall, and how they move', async () => {
    const { page } = await rig.reviewer();
    const note = page.locator('.figure-note strong');
    const people = await eventually(
      async () => Number.parseInt(await note.innerText(), 10),
      (count) => count > 40,
      'most of the 67 people of the hall',
    );
    expect(people).toBeLessThan(80);
    await eventually(
      () => pixelsOf(page, PERSON),
      (count) => count > people * 8,
      'a dot for each of them',
    );
    const before = await drawingOf(page, 'people');
    await eventually(
      () => drawingOf(page, 'people'),
      (drawing) => drawing !== before,
      'a movement',
    );
  });

  it('counts the people in each zone, and says how long one may stay there', async () => {
    const { page } = await rig.reviewer();
    const zones = page.getByRole('table');
    await eventually(
      async () => (await zones.innerText()).replaceAll('\u00a0', ' '),
      (text) => /Meeting point\s+waiting\s+\d+\s+20 min/.test(text),
      'people at the meeting point',
    );
    expect(await zones.innerText()).not.toContain('Washrooms');
  });

  it('says which cameras do not run, for how long, and what to do', async () => {
    const { page } = await rig.reviewer();
    const line = page.getByRole('button', { name: /^6 of 7 cameras run/ });
    await line.click();
    const list = page.locator('.camera-list');
    expect(await list.locator('li').first().innerText()).toMatch(
      /Car hire\s+Check power and network of edge-public-4\.\s+offline for \d/,
    );
    expect(await list.locator('li').nth(1).innerText()).toMatch(/Belts east\s+12\.\d.fps, \d+.tracks/);
    await page.keyboard.press('Escape');
    await list.waitFor({ state: 'hidden' });
  });

  it('says that the connection is lost, how old everything is, and comes back by itself', async () => {
    const { page } = await rig.reviewer();
    await page.getByText('Live', { exact: true }).waitFor();
    await rig.hall.stopServer();
    const banner = page.locator('.banner');
    await banner.getByText('The connection to the hub is lost.').waitFor();
    await page.getByText('Not live', { exact: true }).waitFor();
    await banner.getByText(/What you see is [2-9] s old\./).waitFor();
    const id = await rig.hall.raise('border-queue');
    expect(await row(page, id).count()).toBe(0);
    await rig.hall.startServer();
    await banner.waitFor({ state: 'detached' });
    await page.getByText('Live', { exact: true }).waitFor();
    // What happened meanwhile is asked for.
    await row(page, id).waitFor();
  });

  it('notices a connection that is silent though nothing has broken it', async () => {
    const relay = await startRelay({ host: '127.0.0.1', port: Number(new URL(rig.hall.url).port) });
    try {
      const { page } = await rig.anonymous();
      await page.clock.install();
      const { hash } = new URL(await rig.hall.signInLink());
      await page.goto(`http://127.0.0.1:${relay.port}/sign-in${hash}`);
      await page.getByText('Live', { exact: true }).waitFor();
      relay.freeze();
      await page.clock.fastForward(30_000);
      expect(await page.locator('.banner').count()).toBe(0);
      await page.clock.fastForward(15_000);
      await page.locator('.banner').getByText('The connection to the hub is lost.').waitFor();
      relay.mend();
      await page.locator('.banner').waitFor({ state: 'detached' });
      await page.getByText('Live', { exact: true }).waitFor();
    } finally {
      await relay.stop();
    }
  });
});

describe.skipIf(!chromiumBinary)('a hall in which nothing has happened (needs Chromium)', () => {
  const rig = useConsole({ alerts: false, people: 5 });

  it('says what will appear, and when', async () => {
    const { page } = await rig.reviewer();
    await page.getByText('No open alerts').waitFor();
    await page.getByText('slides in here by itself').waitFor();
    await page.getByRole('heading', { name: 'Nothing to look at' }).waitFor();
    await page.getByRole('button', { name: 'Closed', exact: true }).click();
    await page.getByText('Nothing closed yet').waitFor();
  });
});
