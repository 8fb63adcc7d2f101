import { describe, expect, it } from 'vitest';
import { chromiumBinary } from '../../../test/services/machine.ts';
import { violations } from './axe.ts';
import { row, useConsole } from './consoleRig.ts';

describe.skipIf(!chromiumBinary)('the console for each role (needs Chromium)', () => {
  const rig = useConsole({ privacy: true });

  const FRONT = { engineer: /^Cameras$/, auditor: /^Privacy policy/, 'privacy-officer': /^Privacy policy/ } as const;

  it.each(['engineer', 'auditor', 'privacy-officer'] as const)(
    'shows a %s what is theirs and no alert',
    async (role) => {
      const { page, refusals } = await rig.anonymous();
      await page.goto(await rig.hall.signInLink(`the ${role}`, role));
      await page.getByRole('heading', { name: FRONT[role], level: 1 }).waitFor();
      expect(await page.getByRole('link', { name: 'Privacy', exact: true }).count()).toBe(role === 'engineer' ? 0 : 1);
      expect(await page.getByRole('button', { name: /^(Erase|Hold evidence)/ }).count()).toBe(
        role === 'privacy-officer' ? 2 : 0,
      );
      expect(await page.locator('.queue-screen, .row, .figure-canvas').count()).toBe(0);
      // Nothing is asked for that would be refused.
      expect(refusals.filter((refusal) => refusal.includes('status of 403'))).toEqual([]);
      expect(await violations(page)).toEqual([]);
      const id = await rig.hall.raise('east-exit');
      await page.goto(`${rig.hall.url}/alerts/${id}`);
      await page.getByText('Alerts are not for your role.').waitFor();
      await page.getByRole('link', { name: 'Go to the front page' }).click();
      await page.waitForURL(`${rig.hall.url}/`);
    },
  );

  it('says to a reviewer whom the privacy page is for', async () => {
    const { page } = await rig.reviewer();
    expect(await page.getByRole('link', { name: 'Privacy', exact: true }).count()).toBe(0);
    await page.goto(`${rig.hall.url}/privacy`);
    await page.getByRole('heading', { name: 'This page is not for your role' }).waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it('lets a senior reviewer open an alert again, and a reviewer not', async () => {
    const id = await rig.hall.raise('lifts');
    const { page } = await rig.reviewer();
    await row(page, id).dblclick();
    await page.getByRole('button', { name: /^True positive/ }).click();
    await page.getByLabel('Reason', { exact: true }).fill('As described');
    await page.getByRole('button', { name: 'Close as true positive' }).click();
    await page.locator('.closed-note').waitFor();
    expect(await page.getByRole('button', { name: 'Open again' }).count()).toBe(0);

    const senior = await rig.anonymous();
    await senior.page.goto(await rig.hall.signInLink('S. Enior', 'senior-reviewer'));
    await senior.page.locator('.queue-screen').waitFor();
    await senior.page.goto(`${rig.hall.url}/alerts/${id}`);
    await senior.page.getByRole('button', { name: 'Open again' }).click();
    await senior.page.getByLabel('Why it is to be looked at again').fill('The other camera tells more');
    await senior.page.getByRole('button', { name: 'Open again' }).click();
    await senior.page.getByRole('button', { name: /^Acknowledge/ }).waitFor();
    // Whoever looks at it meanwhile is told.
    await page.getByRole('button', { name: /^True positive/ }).waitFor();
    expect((await rig.hall.store.alerts.get(id))?.history.map(({ event }) => event)).toContain('reopened');
  });
});
