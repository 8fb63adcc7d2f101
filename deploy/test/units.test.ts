import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEPLOY } from './mosquitto.ts';

const UNITS = ['safe-passage-edge@.service', 'safe-passage-hub.service'];

/** Settings of a unit by section; the last of a name, but all of those that add up. */
async function unit(name: string): Promise<Map<string, string[]>> {
  const settings = new Map<string, string[]>();
  for (const line of (await readFile(join(DEPLOY, 'systemd', name), 'utf8')).split('\n')) {
    const [, key, value = ''] = /^([A-Za-z]+)=(.*)$/.exec(line) ?? [];
    if (key) settings.set(key, [...(settings.get(key) ?? []), value]);
    else expect(line).toMatch(/^$|^#|^\[(?:Unit|Service|Install)\]$/);
  }
  return settings;
}

describe.each(UNITS)('%s', (name) => {
  it('waits for readiness, watches, and starts again whatever is not the command line’s fault', async () => {
    const settings = await unit(name);
    const value = (key: string) => settings.get(key)?.at(-1);
    expect(value('Type')).toBe('notify');
    // systemd-notify is a process of its own.
    expect(value('NotifyAccess')).toBe('all');
    expect(Number(value('WatchdogSec'))).toBeGreaterThanOrEqual(30);
    expect(value('Restart')).toBe('always');
    expect(value('RestartPreventExitStatus')).toBe('2');
  });

  it('has no rights that it does not need', async () => {
    const settings = await unit(name);
    const value = (key: string) => settings.get(key)?.at(-1);
    expect(value('User')).toMatch(/^safe-passage/);
    expect(value('CapabilityBoundingSet')).toBe('');
    expect(value('ProtectSystem')).toBe('strict');
    for (const key of [
      'NoNewPrivileges',
      'PrivateTmp',
      'ProtectHome',
      'RestrictNamespaces',
      'RestrictSUIDSGID',
      'LockPersonality',
    ]) {
      expect(value(key), key).toBe('yes');
    }
    expect(settings.get('SystemCallFilter')).toContain('~@privileged');
    expect(value('UMask')).toBe('0077');
    expect(value('LimitCORE')).toBe('0');
  });

  it('runs a program that there is', async () => {
    const [command = ''] = (await unit(name)).get('ExecStart') ?? [];
    const [, script = ''] = /current\/((?:edge|hub)\/\S+\.ts) run --config/.exec(command) ?? [];
    expect(existsSync(resolve(DEPLOY, '..', script)), script).toBe(true);
  });
});
