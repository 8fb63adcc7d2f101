import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { chromiumBinary } from '../../../test/services/machine.ts';
import { violations } from './axe.ts';
import { eventually, row, useConsole } from './consoleRig.ts';
import { CONSOLE_FOLDER } from './hallHub.ts';

const BUNDLE_LIMIT_BYTES = 150_000;

describe.skipIf(!chromiumBinary)('every screen of the console (needs Chromium)', () => {
  const rig = useConsole();

  it.each(['dark', 'light'] as const)('gives axe-core nothing to find, %s', async (colorScheme) => {
    const { page } = await rig.anonymous({ colorScheme, reducedMotion: 'reduce' });
    await page.goto(`${rig.hall.url}/sign-in#token=${'used-up-'.repeat(4)}`);
    await page.getByRole('alert').waitFor();
    expect(await violations(page), 'sign-in').toEqual([]);

    await page.getByLabel('Link or token').fill(await rig.hall.signInLink());
    await page.keyboard.press('Enter');
    await page.locator('.row').first().waitFor();
    await page.getByRole('table').waitFor();
    expect(await violations(page), 'queue and floor').toEqual([]);

    await page.locator('.row').nth(1).click();
    await page.getByRole('button', { name: /^Unknown/ }).click();
    await page.getByLabel('Reason', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Close as unknown' }).click();
    await page.getByText('at least three letters').waitFor();
    expect(await violations(page), 'selected alert').toEqual([]);

    await page.locator('.row').nth(1).dblclick();
    await page.locator('.alert-screen .seen').first().waitFor({ state: 'attached' });
    expect(await violations(page), 'alert').toEqual([]);

    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.locator('.queue-screen').waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    expect(await violations(page), 'keys').toEqual([]);
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: 'Closed', exact: true }).click();
    await page.locator('.row').first().click();
    await page.locator('.closed-note').waitFor();
    await page.getByRole('button', { name: /cameras run/ }).click();
    expect(await violations(page), 'closed alert, cameras').toEqual([]);
  });

  it('covers nothing and cuts no count on a tablet', async () => {
    const { page } = await rig.reviewer({ width: 800, height: 1100, reducedMotion: 'reduce' });
    /** Pairs of parts that lie upon each other. */
    const upon = (selector: string) =>
      page.evaluate<string[]>(`(() => {
        const parts = [...document.querySelectorAll(${JSON.stringify(selector)})];
        const met = [];
        for (const [i, one] of parts.entries()) for (const other of parts.slice(i + 1)) {
          const [a, b] = [one.getBoundingClientRect(), other.getBoundingClientRect()];
          const [x, y] = [Math.min(a.right, b.right) - Math.max(a.left, b.left), Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)];
          if (x > 1 && y > 1) met.push(one.className + ' and ' + other.className);
        }
        return met;
      })()`);
    const cut = () =>
      page.evaluate<number>(`(() => {
        const [count, line] = ['.cameras-count', '.cameras-line'].map((part) => document.querySelector(part).getBoundingClientRect());
        return count.right - line.right;
      })()`);
    expect(await page.locator('.cameras-count').innerText()).toMatch(/^\d+ of \d+ run$/);
    expect(await cut()).toBeLessThanOrEqual(0);
    await page
      .locator('.row-new', { has: page.locator('.tag-live') })
      .first()
      .click();
    await page.getByRole('button', { name: 'Acknowledge', exact: true }).waitFor();
    expect(await upon('.story-head > .pattern, .story-facts > *, .story-head .button')).toEqual([]);
    await page.getByRole('link', { name: 'Open', exact: true }).click();
    await page.locator('.alert-screen .tag-button').waitFor();
    expect(await upon('.play, .speed, .player-time, .tag-button')).toEqual([]);
    expect(await cut()).toBeLessThanOrEqual(0);
  });

  it('keeps what closes an alert in view on a tablet, and what became of it', async () => {
    const { page } = await rig.reviewer({ width: 1024, height: 768, reducedMotion: 'reduce' });
    /** How far the lower edge of something lies below the part of the form that is seen, in pixels. */
    const below = (selector: string) =>
      page.evaluate<number>(`(() => {
        const edge = (one) => document.querySelector(one).getBoundingClientRect().bottom;
        return edge(${JSON.stringify(selector)}) - Math.min(innerHeight, edge('.facts-end'));
      })()`);
    await page.locator('.row').first().click();
    await page.getByRole('button', { name: /^Unknown/ }).click();
    const reason = page.getByLabel('Reason', { exact: true });
    await reason.fill('No officer was free');
    expect(await below('.verdict-end .primary')).toBeLessThanOrEqual(0);
    expect(await below('.verdict input')).toBeLessThan(0);
    await page.getByLabel('Note').focus();
    const button = await page.locator('.verdict-end .primary').boundingBox();
    expect(await below('.verdict textarea')).toBeLessThan(-(button?.height ?? 0));
    await page.route('**/close', (route) => route.abort());
    await page.getByRole('button', { name: 'Close as unknown' }).click();
    await page.getByText('The hub does not answer.').waitFor();
    expect(await below('.verdict-end .problem')).toBeLessThan(0);
    expect(await reason.inputValue()).toBe('No officer was free');
  });

  it.each([
    ['a telephone', 390, 844],
    ['a small desk with letters twice as large', 683, 384],
  ] as const)('leaves nothing outside of %s, and an alert can be dealt with there', async (_, width, height) => {
    const id = await rig.hall.raise('cafe');
    const { page } = await rig.reviewer({ width, height, reducedMotion: 'reduce' });
    const outside = () =>
      page.evaluate<string[]>(`[...document.querySelectorAll('.top *, main, main *')]
        .filter((one) => one.getBoundingClientRect().width > 1 && one.getBoundingClientRect().right > innerWidth + 1)
        .map((one) => one.tagName + ' ' + one.className)`);
    expect(await outside()).toEqual([]);
    expect(await violations(page), 'list').toEqual([]);
    // The list and the chosen alert take turns, each seen from its beginning.
    await page.evaluate('document.querySelector(".queue-screen").scrollTo(0, 60)');
    await row(page, id).click();
    await page.locator('.seen').first().waitFor({ state: 'attached' });
    expect(await row(page, id).isVisible()).toBe(false);
    expect(await page.evaluate<number>('document.querySelector(".queue-screen").scrollTop')).toBe(0);
    expect((await page.locator('.figure').boundingBox())?.height).toBeGreaterThanOrEqual(240);
    expect(await outside()).toEqual([]);
    expect(await violations(page), 'chosen alert').toEqual([]);
    await page.getByRole('button', { name: 'Back to the list' }).click();
    await eventually(
      () => page.evaluate<string>('document.activeElement.id'),
      (focus) => focus === `row-${id}`,
      'the row one came from',
    );
    await row(page, id).click();
    await page.getByRole('link', { name: 'Open', exact: true }).click();
    await page.locator('.alert-screen .seen').first().waitFor({ state: 'attached' });
    expect(await outside()).toEqual([]);
    expect(await violations(page), 'alert').toEqual([]);
    await page.keyboard.press('d');
    await page.keyboard.press('Enter');
    const reason = page.getByLabel('Reason', { exact: true });
    await page.keyboard.type('Welfare check made');
    const [field, end] = [await reason.boundingBox(), await page.locator('.verdict-end').boundingBox()];
    // What is typed stands above the buttons, and these on the screen.
    expect((field?.y ?? 0) + (field?.height ?? 0)).toBeLessThanOrEqual(end?.y ?? 0);
    expect((end?.y ?? 0) + (end?.height ?? 0)).toBeLessThanOrEqual(height);
    await page.keyboard.press('Enter');
    await page.locator('.closed-note', { hasText: 'Welfare check made' }).waitFor();
  });

  it('says at an address that is none that it is none, also to who loads it', async () => {
    const { page } = await rig.reviewer();
    const answer = await page.goto(`${rig.hall.url}/nonsense`);
    expect(answer?.status()).toBe(404);
    await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('link', { name: 'Go to the queue' }).click();
    await page.locator('.queue-screen').waitFor();
  });

  it('lets the keyboard scroll what stands beside the floor', async () => {
    const { page } = await rig.reviewer({ width: 1024, height: 600, reducedMotion: 'reduce' });
    await page.getByRole('table').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('complementary', { name: 'What happens here' }).focus();
    await page.keyboard.press('End');
    await eventually(
      () => page.evaluate<number>('document.querySelector(".live-side").scrollTop'),
      (top) => top > 0,
      'scrolled',
    );
  });

  it('moves nothing about while data streams in', async () => {
    const { page, layoutShift } = await rig.reviewer();
    const clock = page.locator('.figure-note .quiet');
    const first = await clock.innerText();
    await eventually(
      () => clock.innerText(),
      (text) => text !== first,
      'new positions',
    );
    const id = await rig.hall.raise('east-exit');
    await row(page, id).waitFor();
    await row(page, id).click();
    await page.locator('.seen').first().waitFor({ state: 'attached' });
    const sentence = page.locator('.story-words h1');
    for (let i = 0; i < 3; i++) {
      const before = await sentence.innerText();
      await eventually(
        () => sentence.innerText(),
        (text) => text !== before,
        'a longer stay',
      );
    }
    const other = await rig.hall.raise('lifts');
    await row(page, other).waitFor();
    expect(await layoutShift()).toEqual({ total: 0, of: [] });
  });

  it('asks nobody but the hub, under a policy that allows nothing else, and complains of nothing', async () => {
    const { page, complaints, refusals, hosts } = await rig.reviewer();
    await page.locator('.row').first().dblclick();
    await page.locator('.alert-screen .seen').first().waitFor({ state: 'attached' });
    const answer = await page.request.get(rig.hall.url);
    const policy = answer.headers()['content-security-policy'] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain('unsafe');
    expect([...hosts]).toEqual([new URL(rig.hall.url).host]);
    expect(complaints).toEqual([]);
    expect(refusals.filter((text) => !(text.includes('status of 401') && text.includes('/api/session')))).toEqual([]);
  });
});

describe('the built console', () => {
  it('is less than 150 kB of scripts and styles, compressed', async () => {
    const assets = join(CONSOLE_FOLDER, 'assets');
    const files = (await readdir(assets)).filter((name) => /\.(js|css)$/.test(name));
    expect(files.some((name) => name.endsWith('.js'))).toBe(true);
    const sizes = await Promise.all(files.map(async (name) => gzipSync(await readFile(join(assets, name))).length));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(BUNDLE_LIMIT_BYTES);
  });
});
