import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { chromiumBinary } from '../../../test/services/machine.ts';
import type { Role } from '../../src/access/permissions.ts';
import type { AuditExport, ErasureReceipt } from '../../src/api/privacySchemas.ts';
import { violations } from './axe.ts';
import { eventually, useConsole } from './consoleRig.ts';

const SIZES = [
  { width: 1366, height: 768, colorScheme: 'dark' },
  { width: 1366, height: 768, colorScheme: 'light' },
  { width: 1920, height: 1080, colorScheme: 'light' },
  { width: 1024, height: 768, colorScheme: 'dark' },
] as const;

describe.skipIf(!chromiumBinary)('the screen of the privacy officer (needs Chromium)', () => {
  const rig = useConsole({ privacy: true });

  async function open(
    options: Parameters<typeof rig.anonymous>[0] = {},
    role: Role = 'privacy-officer',
  ): Promise<Page> {
    const { page } = await rig.anonymous(options);
    await page.goto(await rig.hall.signInLink('P. Officer', role));
    await page.getByRole('link', { name: 'Privacy', exact: true }).click();
    await page.getByRole('heading', { name: 'Who looked at what' }).waitFor();
    return page;
  }
  const section = (page: Page, name: string) => page.locator('section', { has: page.getByRole('heading', { name }) });
  const text = async (page: Page, name: string) => await section(page, name).innerText();

  it('goes on paper whole, dark on light, without what can only be pressed', async () => {
    const page = await open();
    await page.getByRole('heading', { name: 'Where personal data lie' }).waitFor();
    const theme = () => page.evaluate<string>('document.documentElement.dataset.theme');
    const before = await theme();
    await page.emulateMedia({ media: 'print' });
    await eventually(theme, (name) => name === 'light', 'dark on light');
    expect(await page.getByRole('button').count()).toBe(0);
    expect(await page.getByRole('textbox').count()).toBe(0);
    // Nothing is cut off by a part that scrolls.
    expect(
      await page.evaluate<number>(`(() => {
        const { scrollHeight, clientHeight } = document.querySelector('.privacy-screen');
        return scrollHeight - clientHeight;
      })()`),
    ).toBe(0);
    const lowest = await page.locator('.ruled-table').last().boundingBox();
    expect(await page.evaluate<number>('document.documentElement.scrollHeight')).toBeGreaterThanOrEqual(
      Math.floor((lowest?.y ?? 0) + (lowest?.height ?? 0)),
    );
    await page.emulateMedia({ media: 'screen' });
    await eventually(theme, (name) => name === before, 'as it was');
  });

  it('says what is kept and why, against its limit; what the runs did; what may be analysed; and who agreed to what', async () => {
    const page = await open();
    expect(page.url()).toBe(`${rig.hall.url}/privacy`);
    await page.reload();
    await page.getByRole('heading', { name: /^Privacy policy 2026-11-28/ }).waitFor();
    const row = async (name: string) =>
      (await page.locator('.classes tbody tr', { has: page.locator('th', { hasText: name }) }).innerText()).replaceAll(
        '\u00a0',
        ' ',
      );
    expect(await row('Tracks')).toMatch(/Welfare checks[\s\S]*72 h[\s\S]*71 h[\s\S]*left[\s\S]*rows destroyed/);
    expect(await row('Held evidence')).toMatch(/90 days[\s\S]*4 h[\s\S]*89 days left/);
    expect(await row('Backups')).toContain('kept elsewhere');
    expect((await text(page, 'Zones in which less is kept')).replaceAll('\u00a0', ' ')).toMatch(
      /arrivals\/lifts[\s\S]*Tracks: 24 h kept to by the run[\s\S]*31 rows destroyed[\s\S]*Nobody waits there/,
    );
    const runs = await text(page, 'Retention runs');
    expect(runs).toMatch(/169 runs, one every 2 min; the last \d+\s(?:s|min) ago; none failed/);
    // The strip shows where none came, and so do words.
    expect(runs.replaceAll('\u00a0', ' ')).toMatch(/One gap: 24 min without a run, \d\d:\d\d to \d\d:\d\d\./);
    expect(await section(page, 'Retention runs').locator('.run').count()).toBe(169);
    expect(await text(page, 'What may be analysed')).toMatch(
      /dwell, escort, handover[\s\S]*arrivals\/border-queue: dwell/,
    );
    const history = await text(page, 'Policies that were in force');
    expect(history).toMatch(
      /Looser: tracks\.keep: 72 hours, was 48 hours[\s\S]*D\. Amari agreed: Agreed: the works council/,
    );
    expect(await text(page, 'Who looked at what')).toMatch(
      /P\. Lindqvist read the tracks of an alert[\s\S]*for: complaint 2026-14/,
    );
    expect(await text(page, 'Where personal data lie')).toMatch(/Edge agent, outbox[\s\S]*the device/);
  });

  it.each(SIZES)('holds what axe-core asks for, and fits, at $width x $height in $colorScheme', async (size) => {
    const page = await open(size);
    expect(await violations(page)).toEqual([]);
    const wide = await page.evaluate<number>(
      'document.querySelector(".privacy-screen").scrollWidth - document.querySelector(".privacy-screen").clientWidth',
    );
    expect(wide).toBeLessThanOrEqual(0);
    await page.getByRole('button', { name: 'Erase by place and time' }).click();
    await page.getByRole('dialog').waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it('places a hold by the address of an alert, and releases one with a reason', async () => {
    const id = await rig.hall.raise('east-exit');
    const page = await open();
    await page.getByRole('button', { name: 'Hold evidence' }).click();
    const sheet = page.getByRole('dialog');
    const hold = sheet.getByRole('button', { name: 'Hold' });
    await sheet.getByLabel('Alert').fill(`${rig.hall.url}/alerts/${id}`);
    await sheet.getByLabel('Who answers for it').fill('Data Protection Officer');
    await sheet.getByLabel('Reason').fill('inquiry 2026-15 asks for it');
    await sheet.getByLabel('Until').fill('in a month');
    await hold.click();
    await sheet.getByText('“in a month” is no time').waitFor();
    // That is where to go on.
    await expect.poll(() => page.evaluate<string>('document.activeElement.value')).toBe('in a month');
    await sheet.getByLabel('Until').fill('2020-01-01');
    await hold.click();
    // Nothing that was typed is lost.
    await sheet
      .getByRole('alert')
      .getByText(/^The end of the hold, .*, has passed: give a later one\.$/)
      .waitFor();
    const until = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
    await sheet.getByLabel('Until').fill(until);
    await hold.click();
    await sheet.waitFor({ state: 'detached' });
    const held = section(page, 'Holds').locator('li', { hasText: 'inquiry 2026-15' });
    await held.waitFor();
    expect(await held.innerText()).toMatch(/Data Protection Officer, held by P\. Officer/);
    await held.getByRole('button', { name: 'Release' }).click();
    const release = page.getByRole('dialog');
    await release.getByLabel('Reason').fill('the inquiry is over');
    await page.keyboard.press('Enter');
    await held.waitFor({ state: 'detached' });
    expect(await section(page, 'Holds').locator('li').count()).toBe(1);
  });

  it('counts before it erases, asks anew where the question has changed, and hands out the receipt', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Erase by place and time' }).click();
    const sheet = page.getByRole('dialog');
    await sheet.getByLabel('Zone').selectOption({ label: 'Lifts (Arrivals hall)' });
    await sheet.getByLabel('From').fill('2026-01-05 14:02');
    await sheet.getByLabel('To').fill('2026-01-05 14:10');
    await sheet.getByLabel('Reason').fill('request 2026-31 of a traveller');
    await sheet.getByRole('button', { name: 'Count what would go' }).click();
    await sheet.getByText('Would be erased:').waitFor();
    // Every table has a word.
    expect(await sheet.locator('.erasure-counts').innerText()).not.toContain('_');
    await sheet.getByLabel('To').fill('2026-01-05 14:20');
    await sheet.getByRole('button', { name: 'Count what would go' }).click();
    await sheet.getByText('Would be erased:').waitFor();
    await sheet.getByRole('button', { name: 'Erase', exact: true }).click();
    await sheet.getByText('Erased:', { exact: true }).waitFor();
    const download = page.waitForEvent('download');
    await sheet.getByRole('button', { name: 'Save the receipt' }).click();
    const receipt = JSON.parse(await readFile(await (await download).path(), 'utf8')) as ErasureReceipt;
    // The clock of the site, one hour ahead of UTC in winter.
    expect(receipt).toMatchObject({
      zone: 'lifts',
      fromMs: Date.parse('2026-01-05T13:02Z'),
      toMs: Date.parse('2026-01-05T13:20Z'),
    });
    expect(receipt.audit).toContain('"actor":"P. Officer"');
    expect(receipt.seal).not.toBeNull();
  });

  it('says why something cannot be erased now', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Erase by place and time' }).click();
    const sheet = page.getByRole('dialog');
    await sheet.getByRole('button', { name: 'Count what would go' }).click();
    expect(await sheet.locator('.field-problem').allInnerTexts()).toEqual([
      'Say when, such as 2026-11-28 14:02.',
      'Say when, such as 2026-11-28 14:02.',
      'Say why in 10 characters or more.',
    ]);
    expect(await violations(page)).toEqual([]);
    await sheet.getByLabel('From').fill('2026-01-05');
    await sheet.getByLabel('To').fill('2025-01-05');
    await sheet.getByLabel('Reason').fill('why');
    expect(await sheet.locator('.field-problem').allInnerTexts()).toEqual([
      'This is before From: write a later time.',
      'Say why in 10 characters or more; these are 3.',
    ]);
    await sheet.getByLabel('To').fill('2099-01-05');
    await sheet.getByLabel('Reason').fill('request 2026-32 of a traveller');
    await sheet.getByRole('button', { name: 'Count what would go' }).click();
    await sheet
      .getByRole('alert')
      .getByText(/ends at 5 Jan 2099, 00:00, less than an hour ago/)
      .waitFor();
    await sheet
      .getByRole('alert')
      .getByText(/try again an hour after its end\./)
      .waitFor();
  });

  it('hands out the proof of the audit, and the audit says so', async () => {
    const page = await open();
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Export proof of the audit' }).click();
    const proof = JSON.parse(await readFile(await (await download).path(), 'utf8')) as AuditExport;
    expect(proof.schema).toBe('audit-export/1');
  });

  it('says who could be singled out, and how that went', async () => {
    const page = await open();
    const trend = (await text(page, 'Who could be singled out')).replaceAll('\u00a0', ' ');
    expect(trend).toMatch(/1 place and time: 17 %, 2 places and times: 30 %, 5 places and times: 62 %/);
    expect(trend).toMatch(/43,800 tracks are stored, 500 were tried/);
    expect(await section(page, 'Who could be singled out').locator('.trend-line').count()).toBe(3);
  });

  it('hands out the evidence pack of a period, to an auditor as well', async () => {
    const page = await open({}, 'auditor');
    expect(await page.getByRole('button', { name: 'Erase by place and time' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Evidence pack' }).click();
    const sheet = page.getByRole('dialog');
    await sheet.getByRole('button', { name: 'Make and save it' }).click();
    expect(await sheet.locator('.field-problem').count()).toBe(2);
    expect(await violations(page)).toEqual([]);
    await sheet.getByLabel('From').fill('2026-11-01');
    await sheet.getByLabel('To').fill('2030-01-01');
    const download = page.waitForEvent('download');
    await sheet.getByRole('button', { name: 'Make and save it' }).click();
    const taken = await download;
    expect(taken.suggestedFilename()).toMatch(/^evidence-.*\.zip$/);
    expect((await readFile(await taken.path())).subarray(0, 2).toString()).toBe('PK');
  });

  it('shows a read as soon as it looks again', async () => {
    const id = await rig.hall.raise('lifts');
    const { page } = await rig.reviewer({ name: 'N. Reader' });
    await page.goto(`${rig.hall.url}/alerts/${id}`);
    await page.locator('.alert-screen h1').waitFor();
    const auditor = await open({}, 'auditor');
    await eventually(
      () => text(auditor, 'Who looked at what'),
      (shown) => /N\. Reader read the tracks of an alert/.test(shown),
      'the read',
    );
  });
});
