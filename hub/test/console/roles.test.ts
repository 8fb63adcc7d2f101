import { describe, expect, it } from 'vitest';
import { chromiumBinary } from '../../../test/services/machine.ts';
import { violations } from './axe.ts';
import { eventually, row, useConsole } from './consoleRig.ts';

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
    },
  );

  it('tells an engineer of each camera what is wrong and what to do, and the figures behind it', async () => {
    const { page } = await rig.anonymous();
    await page.goto(await rig.hall.signInLink('the engineer', 'engineer'));
    const rows = page.getByRole('region', { name: 'How each camera is' }).getByRole('row');
    await rows.nth(7).waitFor();
    const texts = (await rows.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' '));
    expect(texts[0]).toMatch(/^Camera Now Frames, two hours Outbox age Clock ahead Calibration Model Certificate$/);
    // What is wrong stands first.
    expect(texts[1]).toMatch(
      /^Car hire edge-public-4 offline for \d+ min \d+ s Check power and network of edge-public-4\./,
    );
    expect(texts[2]).toMatch(
      /^Belts east \S+ 12\.\d fps, \d+ tracks in two hours from 12\.\d to 12\.\d fps 12\.\d of 12\.5 fps, \d+ dropped 0\.4 s 1 report [+−]?0\.\d\d s ± 0\.01 s ± 0\.08 m 34 days old yolox-nano agent 0\.1\.0 (199|200) days$/,
    );
  });

  it.each(['engineer', 'auditor'] as const)(
    'shows a %s no alert by its address either, and asks for none',
    async (role) => {
      const { page, refusals } = await rig.anonymous();
      await page.goto(await rig.hall.signInLink(`the ${role}`, role));
      await page.getByRole('heading', { name: FRONT[role], level: 1 }).waitFor();
      const id = await rig.hall.raise('east-exit');
      await page.goto(`${rig.hall.url}/alerts/${id}`);
      await page.getByText('Alerts are not for your role.').waitFor();
      expect(refusals).toEqual([]);
      await page.getByRole('link', { name: 'Go to the front page' }).click();
      await page.waitForURL(`${rig.hall.url}/`);
    },
  );

  it('shows a privacy officer an alert and its tracks with a reason, to read and nothing else', async () => {
    const id = await rig.hall.raise('taxi-doors');
    const { page, refusals } = await rig.anonymous();
    await page.goto(await rig.hall.signInLink('O. Fficer', 'privacy-officer'));
    const held = page.locator('.hold').getByRole('link', { name: 'The alert' }).first();
    await held.click();
    await page.getByRole('heading', { name: 'Why do you look at this alert?' }).waitFor();
    await page.goto(`${rig.hall.url}/alerts/${id}`);
    const reason = page.getByLabel('Reason', { exact: true });
    await reason.fill(' . ');
    await page.getByRole('button', { name: 'Show the alert' }).click();
    await page.getByText('Say why in 3 characters or more.').waitFor();
    expect(await violations(page)).toEqual([]);
    expect(refusals).toEqual([]);
    await reason.fill('Beschwerde 2026-14 über Taxi doors');
    await page.keyboard.press('Enter');
    await page.locator('.alert-screen h1').waitFor();
    await page.locator('button[aria-label="Back to the story"]:enabled').waitFor();
    expect(await page.title()).toBe('Dwell at Taxi doors · Safe Passage');
    await page.getByText('Beschwerde 2026-14 über Taxi doors').waitFor();
    expect(await page.getByRole('button', { name: /^(Acknowledge|True positive|Open again)/ }).count()).toBe(0);
    await page.keyboard.press('a');
    await page.keyboard.press('d');
    expect(await violations(page)).toEqual([]);
    expect(refusals).toEqual([]);
    expect((await rig.hall.store.alerts.get(id))?.state).toBe('new');
    const looks = await rig.hall.store.privacy.office.looks(50);
    expect(
      looks
        .filter(({ subject, actor }) => subject === id && actor === 'O. Fficer')
        .map(({ action, purpose }) => [action, purpose])
        .sort(),
    ).toEqual([
      ['read.alert', 'Beschwerde 2026-14 über Taxi doors'],
      ['read.evidence', 'Beschwerde 2026-14 über Taxi doors'],
    ]);
    await page.getByRole('link', { name: 'Back to the front page' }).click();
    await page.getByRole('heading', { name: /^Privacy policy/ }).waitFor();
    expect(await page.locator('.looks').innerText()).toContain('for: Beschwerde 2026-14 über Taxi doors');

    // Who looked at this one alert, and what this one person looked at, however much others have looked since.
    const find = async (words: string) => {
      await page.getByLabel('Only', { exact: true }).fill(words);
      await page.getByRole('button', { name: 'Find', exact: true }).click();
    };
    const rows = page.locator('.looks > li');
    await find(`${rig.hall.url}/alerts/${id}`);
    await eventually(
      () => rows.allInnerTexts(),
      (texts) => texts.length === 2 && texts.every((text) => text.includes('O. Fficer')),
      'both reads of the alert',
    );
    await find('Somebody Else');
    await page.getByText('Nobody looked at it, or nobody of this name').waitFor();
    await find('O. Fficer');
    await eventually(
      () => rows.count(),
      (count) => count >= 2,
      'all that this one looked at',
    );
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Show the newest' }).click();
    expect(await page.getByLabel('Only', { exact: true }).inputValue()).toBe('');
  });

  it('says to a privacy officer as of when an alert stands, and reads it again for the same reason, which is recorded', async () => {
    const id = await rig.hall.raise('taxi-doors');
    const { page, refusals } = await rig.anonymous();
    await page.goto(await rig.hall.signInLink('O. Fficer', 'privacy-officer'));
    await page.getByRole('heading', { name: /^Privacy policy/ }).waitFor();
    await page.goto(`${rig.hall.url}/alerts/${id}`);
    await page.getByLabel('Reason', { exact: true }).fill('Complaint 2026-15');
    await page.keyboard.press('Enter');
    const again = page.getByRole('button', { name: 'Look again, for the same reason' });
    await again.waitFor();
    await page.getByText(/^Read only, as of \d\d:\d\d:\d\d · /).waitFor();
    await rig.hall.store.alerts.acknowledge(id, 'A. Reviewer', null, Date.now());
    await again.click();
    await page.locator('.history').getByText('A. Reviewer').waitFor();
    await page.locator('.facts-end button:enabled').waitFor();
    expect(await page.getByRole('heading', { name: 'Why do you look at this alert?' }).count()).toBe(0);
    expect(refusals).toEqual([]);
    const looks = (await rig.hall.store.privacy.office.looks(50)).filter(({ subject }) => subject === id);
    expect(looks.map(({ action, purpose }) => [action, purpose]).sort()).toEqual([
      ['read.alert', 'Complaint 2026-15'],
      ['read.alert', 'Complaint 2026-15'],
      ['read.evidence', 'Complaint 2026-15'],
      ['read.evidence', 'Complaint 2026-15'],
    ]);
  });

  it('names alerts to an auditor without leading there', async () => {
    const { page } = await rig.anonymous();
    await page.goto(await rig.hall.signInLink('A. Uditor', 'auditor'));
    await page.locator('.hold').first().waitFor();
    expect(await page.locator('.hold').first().innerText()).toMatch(/The alert [0-9a-f]{8}-/);
    expect(await page.locator('a[href^="/alerts/"]').count()).toBe(0);
  });

  it('asks the hub for nothing on the privacy page that a reviewer may not have', async () => {
    const { page, refusals } = await rig.reviewer();
    await page.goto(`${rig.hall.url}/privacy`);
    await page.getByRole('heading', { name: 'This page is not for your role' }).waitFor();
    expect(refusals).toEqual([]);
  });

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
    await senior.page.getByLabel('Why it is to be looked at again').fill(' . ');
    await senior.page.getByRole('button', { name: 'Open again' }).click();
    await senior.page.getByText('Say why in 3 characters or more.').waitFor();
    await senior.page.getByLabel('Why it is to be looked at again').fill('The other camera tells more');
    await senior.page.getByRole('button', { name: 'Open again' }).click();
    await senior.page.getByRole('button', { name: /^Acknowledge/ }).waitFor();
    // Whoever looks at it meanwhile is told.
    await page.getByRole('button', { name: /^True positive/ }).waitFor();
    expect((await rig.hall.store.alerts.get(id))?.history.map(({ event }) => event)).toContain('reopened');
  });
});
