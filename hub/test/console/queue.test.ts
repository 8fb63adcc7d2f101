import { describe, expect, it } from 'vitest';
import { chromiumBinary } from '../../../test/services/machine.ts';
import { eventually, row, useConsole } from './consoleRig.ts';

describe.skipIf(!chromiumBinary)('the queue of the console (needs Chromium)', () => {
  const rig = useConsole();

  it('lists the open alerts, the newest on top, each with its sentence, state, severity, age and holder', async () => {
    const { page, refusals } = await rig.reviewer();
    const rows = page.locator('.row');
    await eventually(
      () => rows.count(),
      (count) => count === 5,
      'five open alerts',
    );
    const texts = await rows.allInnerTexts();
    expect(texts.map((text) => /Present at ([\w ]+) for/.exec(text.replaceAll('\u00a0', ' '))?.[1])).toEqual([
      'Lifts',
      'Meeting point',
      'Baggage belts',
      'Taxi doors',
      'Car hire',
    ]);
    expect(texts[0]).toMatch(/ongoing\s+Nobody yet/);
    expect(texts[4]).toMatch(/ended\s+Held by M\. Oduya/);
    expect(texts[3]).toMatch(/\d+.min ago/);
    await rows.nth(0).getByRole('img', { name: 'New' }).waitFor();
    await rows
      .nth(0)
      .getByRole('img', { name: /^Severity \d+/ })
      .waitFor();
    expect(await page.getByLabel('Alerts by state').innerText()).toMatch(/3\s*new\s*2\s*acknowledged\s*3\s*closed/);
    // Somebody who is not signed in yet is told 401 once, when the page asks who they are.
    expect(refusals.filter((text) => !text.includes('status of 401'))).toEqual([]);
  });

  it('shows an alert that is raised at once, on top, and counts it', async () => {
    const { page } = await rig.reviewer();
    const counts = page.getByLabel('Alerts by state');
    const before = Number(/(\d+)\s*new/.exec(await counts.innerText())?.[1]);
    const id = await rig.hall.raise('east-exit');
    await row(page, id).waitFor();
    // Whoever does not see the list move hears of it.
    await page.getByRole('status').getByText('New alert: Present at East exit').waitFor();
    await eventually(
      async () => {
        const own = await row(page, id).boundingBox();
        const others = await Promise.all((await page.locator('.row').all()).map((one) => one.boundingBox()));
        return others.filter((box) => box && own && box.y < own.y).length;
      },
      (above) => above === 0,
      'the new alert on top',
    );
    await eventually(
      () => counts.innerText(),
      (text) => Number(/(\d+)\s*new/.exec(text)?.[1]) === before + 1,
      'one more new',
    );
    await eventually(
      () => page.title(),
      (title) => title.startsWith(`(${before + 1})`),
      'the count in the title',
    );
  });

  it('goes on counting while a movement goes on', async () => {
    const { page } = await rig.reviewer();
    const sentence = page.locator('.row-sentence').first();
    const before = await sentence.innerText();
    await eventually(
      () => sentence.innerText(),
      (text) => text !== before,
      'a longer stay',
    );
  });

  it('works by keyboard: j and k choose, Enter opens, Escape goes back, ? shows the keys', async () => {
    const { page } = await rig.reviewer();
    const chosen = () => page.locator('.row.chosen').getAttribute('id');
    await page.keyboard.press('j');
    await page.locator('.row.chosen').waitFor();
    const first = await chosen();
    await page.keyboard.press('j');
    await eventually(chosen, (id) => id !== first, 'the second alert');
    const second = await chosen();
    await page.keyboard.press('k');
    await eventually(chosen, (id) => id === first, 'the first alert again');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/alerts/${second?.slice('row-'.length)}`);
    await page.locator('.alert-screen h1').waitFor();
    // The focus goes where the screen goes: a screen reader says what has come up.
    const focused = () => page.evaluate<string>('document.activeElement.id || document.activeElement.tagName');
    await eventually(focused, (name) => name === 'H1', 'the heading');
    expect(await page.title()).toMatch(/ Dwell at [\w ]+ · Safe Passage$/);
    await page.keyboard.press('?');
    const help = page.getByRole('dialog', { name: 'Keys' });
    await help.waitFor();
    await page.keyboard.press('Escape');
    await help.waitFor({ state: 'hidden' });
    expect(page.url()).toContain('/alerts/');
    await page.keyboard.press('Escape');
    await page.waitForURL(`${rig.hall.url}/`);
    await eventually(chosen, (id) => id === second, 'the choice is kept');
    await eventually(focused, (name) => name === second, 'the row one came from');
  });

  it('acknowledges with a, and tells others who has it', async () => {
    const id = await rig.hall.raise('customs');
    const { page } = await rig.reviewer();
    const other = await rig.reviewer({ name: 'M. Oduya' });
    await row(page, id).click();
    await page.getByRole('button', { name: 'Acknowledge', exact: true }).waitFor();
    await page.keyboard.press('a');
    await page.locator('.held', { hasText: 'Held by R. Castellan' }).waitFor();
    await row(other.page, id).getByText('Held by R. Castellan').waitFor();
    expect((await rig.hall.store.alerts.get(id))?.acknowledgedBy).toBe('R. Castellan');
  });

  it('closes with d: what it was, a reason, a note; and lists it among the closed ones', async () => {
    const id = await rig.hall.raise('cafe');
    const { page } = await rig.reviewer();
    await row(page, id).click();
    await page.getByRole('button', { name: /^True positive/ }).waitFor();
    await page.keyboard.press('d');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    const reason = page.getByLabel('Reason', { exact: true });
    await reason.waitFor();
    // The choice puts the cursor where it goes on; what is typed there is no command.
    await page.keyboard.type('ja');
    expect(await reason.inputValue()).toBe('ja');
    await page.keyboard.press('Enter');
    await page.getByText('at least three letters').waitFor();
    await page.getByRole('button', { name: 'Waiting for a delayed flight' }).click();
    await page.getByLabel('Note').fill('Flight moved to 14:20');
    await page.getByRole('button', { name: 'Close as benign positive' }).click();
    await page.locator('.closed-note').waitFor();
    const closed = await rig.hall.store.alerts.get(id);
    expect(closed).toMatchObject({
      state: 'closed',
      disposition: 'benign-positive',
      dispositionReason: 'Waiting for a delayed flight',
      closedBy: 'R. Castellan',
    });
    expect(closed?.history.at(-1)?.note).toContain('Flight moved to 14:20');
    await page.getByRole('button', { name: 'Closed', exact: true }).click();
    await row(page, id).getByText('Benign positive · R. Castellan').waitFor();
  });

  it('shows nothing beside a list that is not in it, and keeps what was begun to be written', async () => {
    const id = await rig.hall.raise('lifts');
    const { page } = await rig.reviewer();
    await row(page, id).click();
    await page.getByRole('button', { name: /^Unknown/ }).click();
    await page.getByLabel('Reason', { exact: true }).fill('Nobody was there any more');
    await page.getByRole('button', { name: 'All', exact: true }).click();
    await row(page, id).waitFor();
    expect(await row(page, id).getAttribute('class')).toContain('chosen');
    await page.getByRole('button', { name: 'Closed', exact: true }).click();
    await page.getByRole('region', { name: 'The floor now' }).waitFor();
    expect(await page.locator('.row.chosen').count()).toBe(0);
    await page.getByRole('button', { name: 'Open', exact: true }).click();
    await row(page, id).click();
    expect(await page.getByLabel('Reason', { exact: true }).inputValue()).toBe('Nobody was there any more');
  });

  it('keeps what was typed when the hub does not answer, and closes once it does', async () => {
    const id = await rig.hall.raise('belts');
    const { page } = await rig.reviewer();
    await row(page, id).click();
    await page.getByRole('button', { name: /^False positive/ }).click();
    await page.getByLabel('Reason', { exact: true }).fill('A trolley, not a person');
    await page.getByLabel('Note').fill('The sign beside belt 2');
    await rig.hall.stopServer();
    try {
      await page.getByRole('button', { name: 'Close as false positive' }).click();
      // The queue beside it may say so as well.
      const form = page.getByRole('form', { name: 'Close the alert' });
      await form.getByRole('alert').getByText('The hub does not answer.').waitFor();
      expect(await page.getByLabel('Reason', { exact: true }).inputValue()).toBe('A trolley, not a person');
      expect(await page.getByLabel('Note').inputValue()).toBe('The sign beside belt 2');
    } finally {
      await rig.hall.startServer();
    }
    await page.getByText('The connection to the hub is lost.').waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Close as false positive' }).click();
    await page.locator('.closed-note', { hasText: 'A trolley, not a person' }).waitFor();
  });

  describe('when somebody else closes an alert first', () => {
    async function begun(deaf: boolean) {
      const id = await rig.hall.raise('meeting-point');
      const mine = await rig.reviewer();
      const other = await rig.reviewer({ name: 'M. Oduya' });
      if (deaf) {
        // The word of the other's doing is still on its way: this console hears nothing live any more.
        await mine.page.route('**/api/live', (route) => route.abort());
        await mine.page.reload();
        await row(mine.page, id).waitFor();
      }
      await row(mine.page, id).click();
      await mine.page.getByRole('button', { name: /^Unknown/ }).click();
      await mine.page.getByLabel('Reason', { exact: true }).fill('Left before I came');
      await row(other.page, id).click();
      await other.page.getByRole('button', { name: /^True positive/ }).click();
      await other.page.getByRole('button', { name: 'Welfare check made' }).click();
      await other.page.getByRole('button', { name: 'Close as true positive' }).click();
      await other.page.locator('.closed-note').waitFor();
      return { id, page: mine.page };
    }

    it('says so while one still writes, and gives the words back', async () => {
      const { page } = await begun(false);
      const left = page.locator('.left-over');
      await left.waitFor();
      expect(await left.innerText()).toMatch(/M\. Oduya closed it while you were writing/);
      expect(await left.innerText()).toContain('Left before I came');
      await page.locator('.closed-note', { hasText: 'True positive: Welfare check made' }).waitFor();
      await page.getByRole('button', { name: 'Discard' }).click();
      await left.waitFor({ state: 'hidden' });
    });

    it('is refused when one closes it too, and shows what the other decided', async () => {
      const { page, id } = await begun(true);
      await page.getByRole('button', { name: 'Close as unknown' }).click();
      await page.locator('.left-over', { hasText: 'Left before I came' }).waitFor();
      await page.locator('.closed-note', { hasText: 'True positive: Welfare check made' }).waitFor();
      expect((await rig.hall.store.alerts.get(id))?.disposition).toBe('true-positive');
    });
  });
});
