import { describe, expect, it } from 'vitest';
import { chromiumBinary } from '../../../test/services/machine.ts';
import { eventually, row, useConsole } from './consoleRig.ts';
import { recordAt, uuidOf } from './hallAlerts.ts';
import { stayer } from './hallPeople.ts';

const COUNT = 430;
const APART_MS = 60_000;

describe.skipIf(!chromiumBinary)('a queue of more alerts than a page holds (needs Chromium)', () => {
  const rig = useConsole({ alerts: false, people: 0 });

  it('says how many are listed of how many, and shows older ones until none is left', async () => {
    const ids = await fill();
    const { page } = await rig.reviewer();
    const rows = page.locator('.row');
    expect(await rows.count()).toBe(200);
    await page.getByText('The newest 200 of 430').waitFor();
    await page.getByRole('button', { name: 'Show older ones' }).click();
    await page.getByText('The newest 400 of 430').waitFor();
    expect(await rows.count()).toBe(400);

    // What is listed stays listed when the list is loaded anew.
    await rig.hall.raise('customs');
    await page.getByText('The newest 400 of 431').waitFor();
    await eventually(
      () => row(page, ids[398] ?? '').count(),
      (count) => count === 1,
      'the older ones still listed',
    );

    // At the end of the list j goes on to older ones, as it does within it.
    await row(page, ids[398] ?? '').click();
    await page.keyboard.press('j');
    await page.getByRole('button', { name: 'Show older ones' }).waitFor({ state: 'detached' });
    await row(page, ids[429] ?? '').waitFor({ state: 'attached' });
    expect(await rows.count()).toBe(431);
  });

  async function fill(): Promise<string[]> {
    const nowMs = Date.now();
    const records = Array.from({ length: COUNT }, (_, i) => {
      const fromMs = nowMs - 65 * 60_000 - i * APART_MS;
      const name = `one-of-many-${i}`;
      const seconds = 60 * 60;
      const person = stayer(name, 'customs', fromMs, seconds);
      const record = recordAt({ name, zone: 'customs', fromMs, seconds, person, review: {} }, nowMs);
      if (!record) throw new Error('Nobody has stayed for longer than the limit');
      return { ...record, id: uuidOf(name) };
    });
    await rig.hall.store.alerts.save(records);
    return records.map(({ id }) => id);
  }
});
