import type { AddressInfo } from 'node:net';
import { freePort } from '@safe-passage/start/ports.ts';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumBinary } from '../../../test/services/machine.ts';
import { TestHub } from '../api/hubServer.ts';
import { CLIENT, TestProvider } from '../signIn/testProvider.ts';
import { launchChromium, look } from './browser.ts';
import { CONSOLE_FOLDER } from './hallHub.ts';

describe.skipIf(!chromiumBinary)('signing in with a provider, in a browser (needs Chromium)', () => {
  let hub: TestHub;
  let provider: TestProvider;
  let browser: Browser;
  let address: string;

  beforeAll(async () => {
    [hub, provider, browser] = await Promise.all([TestHub.create(), TestProvider.start(), launchChromium()]);
    provider.asks = true;
    const port = await freePort();
    address = `http://127.0.0.1:${port}`;
    const app = await hub.start({
      consoleFolder: CONSOLE_FOLDER,
      oidc: {
        name: 'the test provider',
        // Another site for the browser, so that what it does with cookies is the real thing.
        issuer: provider.issuer,
        clientId: CLIENT.id,
        clientSecret: CLIENT.secret,
        address,
        scopes: ['openid'],
        nameClaim: 'preferred_username',
        roleClaim: 'groups',
        roles: [{ value: 'sp-reviewers', role: 'reviewer' }],
        prompt: 'login',
      },
    });
    await app.listen({ host: '127.0.0.1', port });
    expect((app.server.address() as AddressInfo).port).toBe(port);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await hub?.close();
    await provider?.close();
  });

  const begin = async (page: Page): Promise<void> => {
    await page.goto(address);
    await page.waitForURL('**/sign-in');
    await page.getByRole('link', { name: 'Sign in with the test provider' }).click();
    await page.getByRole('heading', { name: 'Provider' }).waitFor();
    await page.getByRole('link', { name: 'It is me' }).click();
  };

  it('goes from the button to the queue, and out again', async () => {
    const { page, context, complaints } = await look(browser);
    await begin(page);
    await page.waitForURL(`${address}/`);
    await page.locator('.queue-screen').waitFor();
    await page.getByRole('button', { name: /^a\.example/ }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL('**/sign-in');
    await page.getByRole('heading', { name: 'Sign in to Safe Passage' }).waitFor();
    expect(await page.getByText('Your session has ended.').count()).toBe(0);
    await page.goto(address);
    await page.waitForURL('**/sign-in');
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('tells on a page who has no role, and where the provider is away, and leads back', async () => {
    const { page, context } = await look(browser);
    provider.misbehaviour = { without: ['groups'] };
    await begin(page);
    await page.getByRole('heading', { name: 'You have no role here' }).waitFor();
    provider.misbehaviour = { down: 'token' };
    await page.getByRole('link', { name: 'Back to signing in' }).click();
    await page.waitForURL('**/sign-in');
    await begin(page);
    await page.getByRole('heading', { name: 'The sign-in service does not answer' }).waitFor();
    provider.misbehaviour = {};
    await context.close();
  });
});
