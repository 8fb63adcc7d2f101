import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Service } from '../src/systemd.ts';

let folder: string;
let env: NodeJS.ProcessEnv;
const told = (): string[] => {
  try {
    return readFileSync(join(folder, 'told'), 'utf8').trim().split('\n');
  } catch {
    return [];
  }
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'safe-passage-systemd-'));
  // In the place of systemd's own program: it writes down what it was asked to say.
  writeFileSync(join(folder, 'systemd-notify'), `#!/bin/sh\necho "$@" >>'${join(folder, 'told')}'\n`);
  chmodSync(join(folder, 'systemd-notify'), 0o755);
  env = { ...process.env, PATH: `${folder}:${process.env.PATH}`, NOTIFY_SOCKET: '/run/notify' };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('what systemd is told', () => {
  it('is readiness with a status, signs of life while the work goes on, and the end, in that order', async () => {
    let healthy = true;
    const service = new Service({
      healthy: () => healthy,
      onProblem: (reason) => expect.unreachable(reason),
      env: { ...env, WATCHDOG_USEC: '60000' },
    });
    service.status('loading');
    service.ready('running');
    await vi.waitFor(() => expect(told()).toContain('WATCHDOG=1'), { timeout: 20_000 });
    healthy = false;
    await service.stopping();
    const words = told();
    expect(words.slice(0, 2)).toEqual(['EXTEND_TIMEOUT_USEC=60000000 --status=loading', '--ready --status=running']);
    expect(words.at(-1)).toBe('STOPPING=1');
  });

  it('is no sign of life where the work does not go on', async () => {
    let asked = 0;
    const healthy = () => {
      asked += 1;
      return false;
    };
    const service = new Service({ healthy, onProblem: () => undefined, env: { ...env, WATCHDOG_USEC: '30000' } });
    service.ready('running');
    await vi.waitFor(() => expect(asked).toBeGreaterThan(3), { timeout: 20_000 });
    await service.stopping();
    expect(told()).toEqual(['--ready --status=running', 'STOPPING=1']);
  });

  it('is nothing outside of systemd', async () => {
    const service = new Service({
      healthy: () => true,
      onProblem: () => undefined,
      env: { ...env, NOTIFY_SOCKET: '' },
    });
    service.ready('running');
    await service.stopping();
    expect(told()).toEqual([]);
  });

  it('a machine without the program goes on, and is told of it once', async () => {
    const reasons: string[] = [];
    rmSync(join(folder, 'systemd-notify'));
    const onProblem = (reason: string) => void reasons.push(reason);
    const service = new Service({ healthy: () => true, onProblem, env: { ...env, PATH: folder } });
    service.ready('running');
    service.ready('running');
    await service.stopping();
    expect(reasons).toHaveLength(1);
    expect(reasons[0]).toContain('systemd-notify');
  });
});
