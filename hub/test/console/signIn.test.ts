import { describe, expect, it } from 'vitest';
import { chromiumBinary } from '../../../test/services/machine.ts';
import { row, useConsole } from './consoleRig.ts';

describe.skipIf(!chromiumBinary)('signing in to the console (needs Chromium)', () => {
  const rig = useConsole();

  it('takes a link once, and takes its token out of the address bar', async () => {
    const link = await rig.hall.signInLink();
    const first = await rig.anonymous();
    await first.page.goto(link);
    await first.page.locator('.row').first().waitFor();
    expect(first.page.url()).toBe(`${rig.hall.url}/`);
    await first.page.goBack();
    expect(first.page.url()).not.toContain('token');

    const second = await rig.anonymous();
    await second.page.goto(link);
    const problem = second.page.getByRole('alert');
    await problem.waitFor();
    expect(await problem.textContent()).toMatch(/used up.*make another with hub sign-in-link/);
    expect(second.page.url()).toBe(`${rig.hall.url}/sign-in`);
    expect(await second.page.locator('.row').count()).toBe(0);
  });

  it('takes a link of another while somebody is signed in: whoever opens it is who works here', async () => {
    const { page } = await rig.reviewer();
    const name = page.locator('button.who');
    await page.goto(await rig.hall.signInLink('M. Oduya'));
    await page.locator('.row').first().waitFor();
    expect(page.url()).toBe(`${rig.hall.url}/`);
    expect(await name.getAttribute('aria-label')).toContain('M. Oduya');
  });

  it('takes another link that is pasted into the address of the sign-in', async () => {
    const { page } = await rig.anonymous();
    await page.goto(`${rig.hall.url}/sign-in#token=${'used-up-'.repeat(4)}`);
    await page.getByRole('alert').waitFor();
    await page.goto(await rig.hall.signInLink());
    await page.locator('.row').first().waitFor();
    expect(page.url()).toBe(`${rig.hall.url}/`);
  });

  it('sends whoever is not signed in to the sign-in, and afterwards to where they wanted to go', async () => {
    const id = await rig.hall.raise('east-exit');
    const { page } = await rig.anonymous();
    await page.goto(`${rig.hall.url}/alerts/${id}`);
    await page.waitForURL('**/sign-in');
    await page.getByLabel('Link or token').fill(await rig.hall.signInLink());
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(`**/alerts/${id}`);
    await page.locator('.alert-screen h1').waitFor();
  });

  it('says of a token that is too short what to do, and asks nobody', async () => {
    const { page, refusals } = await rig.anonymous();
    await page.goto(`${rig.hall.url}/sign-in`);
    await page.getByLabel('Link or token').fill('abc');
    const asked = refusals.length;
    await page.keyboard.press('Enter');
    await page.getByText('too short for a token. Copy the whole link').waitFor();
    expect(await page.getByLabel('Link or token').inputValue()).toBe('abc');
    expect(refusals.length).toBe(asked);
  });

  it('asks again in the middle when the session has ended, and keeps what was being written', async () => {
    const id = await rig.hall.raise('lifts');
    const { page, context } = await rig.reviewer();
    await row(page, id).dblclick();
    await page.getByRole('button', { name: /^Benign positive/ }).click();
    await page.getByLabel('Reason', { exact: true }).fill('A school class');
    await context.clearCookies();
    await page.getByRole('button', { name: 'Close as benign positive' }).click();
    await page.waitForURL('**/sign-in');
    await page.getByText('Your session has ended.').waitFor();
    await page.getByLabel('Link or token').fill(await rig.hall.signInLink());
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(`**/alerts/${id}`);
    const reason = page.getByLabel('Reason', { exact: true });
    await reason.waitFor();
    expect(await reason.inputValue()).toBe('A school class');
  });

  it('shows nobody what another has begun to write', async () => {
    const id = await rig.hall.raise('taxi-doors');
    const { page, context } = await rig.reviewer();
    await row(page, id).dblclick();
    await page.getByRole('button', { name: /^Unknown/ }).click();
    await page.getByLabel('Reason', { exact: true }).fill('Mine alone');
    await context.clearCookies();
    await page.getByRole('button', { name: 'Close as unknown' }).click();
    await page.waitForURL('**/sign-in');
    await page.getByLabel('Link or token').fill(await rig.hall.signInLink('M. Oduya'));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: /^M. Oduya/ }).waitFor();
    await page.getByRole('button', { name: /^Unknown/ }).waitFor();
    expect(await page.getByLabel('Reason', { exact: true }).count()).toBe(0);
    expect(await page.getByText('Mine alone').count()).toBe(0);
  });

  it('signs out for good', async () => {
    const { page } = await rig.reviewer();
    await page.getByRole('button', { name: /settings/ }).click();
    await page.evaluate('window.before = true');
    await page.getByRole('button', { name: 'Sign out' }).click();
    // A fresh page, not the old one with another screen.
    // Asked from outside the page: its own rules forbid text that becomes script.
    const fresh = () => page.evaluate("!('before' in window) && document.readyState === 'complete'").catch(() => false);
    await expect.poll(fresh, { timeout: 10_000 }).toBe(true);
    await page.waitForURL('**/sign-in');
    await page.goto(rig.hall.url);
    await page.waitForURL('**/sign-in');
  });
});
