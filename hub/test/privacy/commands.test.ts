/** The commands of the privacy officer, as they are called. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtInPolicy } from '../../src/privacy/policy.ts';
import { showAudit } from '../../src/store/audit/reads.ts';
import { FLOOR, PLAN, TestHub } from '../api/hubServer.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');
const HOUR_MS = 3_600_000;
const FROM = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 48 * HOUR_MS;

let hub: TestHub;
let folder: string;
const inFolder = (name: string): string => join(folder, name);

beforeAll(async () => {
  hub = await TestHub.create();
  folder = await mkdtemp(join(tmpdir(), 'safe-passage-officer-'));
  await writeFile(inFolder('hall.json'), JSON.stringify(PLAN));
  await writeFile(
    inFolder('hub.yaml'),
    `site: test-site
timeZone: UTC
database: { url: "${hub.databaseUrl}" }
broker: { url: "mqtt://127.0.0.1:1883" }
floors: [{ plan: hall.json }]
`,
  );
  await hub.store.privacy.apply(builtInPolicy(72), { actor: 'hub', agreement: null }, Date.now());
});
afterAll(async () => {
  await hub.close();
  await rm(folder, { recursive: true, force: true });
});

function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const withConfig = args.includes('verify') ? args : [...args, '--config', inFolder('hub.yaml')];
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...withConfig], { timeout: 120_000 }, (problem, stdout, stderr) => {
      resolve({ code: problem ? (typeof problem.code === 'number' ? problem.code : -1) : 0, stdout, stderr });
    });
  });
}

describe('hub aggregates', () => {
  it('writes comma-separated values, with nothing where few people were', async () => {
    const cell = { floor: FLOOR, period: 'hour' as const, fromMs: FROM, toMs: FROM + HOUR_MS, squareMetres: 16, k: 10 };
    await hub.store.aggregates.publish(
      [
        { ...cell, zone: 'table', footfall: 84, personSeconds: 25_200 },
        { ...cell, zone: '*', footfall: null, personSeconds: null },
      ],
      Date.now(),
    );
    const period = ['--from', new Date(FROM).toISOString(), '--to', new Date(FROM + HOUR_MS).toISOString()];
    const { code, stdout } = await run('aggregates', '--floor', FLOOR, ...period, '--period', 'hour', '--csv');
    expect(code).toBe(0);
    const [from, to] = [FROM, FROM + HOUR_MS].map((ms) => new Date(ms).toISOString());
    expect(stdout.split('\n').slice(1)).toEqual([
      `${from},${to},hall,*,,,,`,
      `${from},${to},hall,table,84,300,7.00,0.4375`,
      '',
    ]);
  });
});

describe('hub privacy reidentify', () => {
  it('prints the shares of a file of trajectories', async () => {
    const rows = ['t,id,x,y'];
    for (let t = 0; t < 60; t++) rows.push(`${t},a,${t},0`, `${t},b,${t},0.4`, `${t},c,${t},30`);
    await writeFile(inFolder('walks.csv'), `${rows.join('\n')}\n`);
    const { code, stdout } = await run('privacy', 'reidentify', '--trajectories', inFolder('walks.csv'));
    expect(code).toBe(0);
    // One of three goes by itself.
    expect(stdout).toMatch(/none +1 m, 1 s +33\.3 % +33\.3 %/);
  });

  it('refuses a file without a row', async () => {
    await writeFile(inFolder('empty.csv'), 't,id,x,y\n');
    const { code, stderr } = await run('privacy', 'reidentify', '--trajectories', inFolder('empty.csv'));
    expect([code, stderr]).toEqual([1, expect.stringContaining('holds no rows')]);
  });
});

describe('hub evidence-pack', () => {
  it('writes a pack that verify takes, and that it does not take with a byte changed', async () => {
    const pack = inFolder('pack.zip');
    const period = ['--from', new Date(FROM).toISOString(), '--to', new Date(Date.now() + HOUR_MS).toISOString()];
    expect((await run('evidence-pack', ...period, '--out', pack)).code).toBe(0);
    const whole = await run('evidence-pack', 'verify', pack);
    expect([whole.code, whole.stdout]).toEqual([0, expect.stringContaining('The pack is whole: test-site')]);
    const bytes = await readFile(pack);
    const at = bytes.indexOf('manifest.json') + 200;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    await writeFile(pack, bytes);
    const broken = await run('evidence-pack', 'verify', pack);
    expect([broken.code, broken.stdout]).toEqual([1, expect.stringContaining('THE PACK IS NOT WHOLE')]);
  });
});

describe('hub privacy show and oldest', () => {
  it('say which zones keep less, and measure them by themselves', async () => {
    const zones = [{ floor: FLOOR, zone: 'table', keep: { alerts: '2 days' }, owner: 'Chaplain', why: 'As agreed' }];
    await hub.store.privacy.apply({ ...builtInPolicy(72), zones }, { actor: 'hub', agreement: null }, Date.now());
    const shown = await run('privacy', 'show');
    expect(shown.stdout).toMatch(/zone hall\/table: alerts 2 days?|zone hall\/table: alerts 48 hours/);
    expect(shown.stdout).toMatch(/owner +Chaplain\n +why +As agreed/);
    await hub.alert({ raisedAtMs: Date.now() - 24 * HOUR_MS });
    const kept = await run('privacy', 'oldest');
    expect([kept.code, kept.stdout]).toEqual([
      0,
      expect.stringMatching(/alert in hall\/table +alerts .* 24\.0 h +48\.0 h +ok/),
    ]);
    await hub.alert({ raisedAtMs: Date.now() - 49 * HOUR_MS });
    const late = await run('privacy', 'oldest');
    expect([late.code, late.stdout]).toEqual([1, expect.stringMatching(/alert in hall\/table .* TOO OLD/)]);
    await hub.pool.query('TRUNCATE alert CASCADE');
  });
});

describe('hub privacy dpia and notices', () => {
  it('writes a sheet, and in the next one what has changed since', async () => {
    expect((await run('privacy', 'dpia', '--out', inFolder('first.md'))).code).toBe(0);
    expect(await readFile(inFolder('first.md'), 'utf8')).toContain('This is the first sheet.');
    await hub.token('A. Reviewer');
    expect((await run('privacy', 'dpia', '--out', inFolder('second.html'))).code).toBe(0);
    const second = await readFile(inFolder('second.html'), 'utf8');
    expect(second).toContain('Compared with sheet 1');
    expect(second).toContain('<td>roles.reviewer</td><td>not there</td><td>1</td>');
    const exports = await showAudit(hub.pool, { action: 'privacy.exported', limit: 9 });
    expect(exports.filter(({ detail }) => detail.what === 'dpia').map(({ detail }) => detail.number)).toEqual([1, 2]);
  });

  it('writes a notice for each camera and zone', async () => {
    const { stdout } = await run('privacy', 'notices', '--json');
    const { notices } = JSON.parse(stdout) as { notices: { id: string }[] };
    expect(notices.map(({ id }) => id)).toEqual(['cam-1', 'table']);
  });
});
