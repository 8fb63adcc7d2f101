import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startProgram, until } from '../../test/services/program.ts';
import { GuardedProcess } from '../src/supervise/guardedProcess.ts';
import { lastWords, warnings } from '../src/supervise/lastWords.ts';
import { Supervised } from '../src/supervise/supervised.ts';

let folder: string;
let logFile: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'safe-passage-supervise-'));
  logFile = join(folder, 'part.log');
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const log = () => readFile(logFile, 'utf8').catch(() => '');
const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
const pidIn = (text: string): number => Number(/pid (\d+)/.exec(text)?.[1] ?? 0);

const STUBBORN = "process.on('SIGTERM', () => {}); console.log('pid ' + process.pid); setInterval(() => {}, 1000);";
const ORDERLY =
  "process.on('SIGTERM', () => process.exit(7)); console.log('pid ' + process.pid); setInterval(() => {}, 1000);";

describe('a guarded process', () => {
  it('is asked to end, and gives its own exit code', async () => {
    const child = new GuardedProcess(process.execPath, ['-e', ORDERLY], { logFile, stopSignal: 'TERM' });
    await until('its start', 10, async () => pidIn(await log()) > 0);
    expect(await child.stop()).toBe(7);
    expect(alive(pidIn(await log()))).toBe(false);
  });

  it('is killed where it does not end, and nothing but its own words is in the log', async () => {
    const child = new GuardedProcess(process.execPath, ['-e', STUBBORN], {
      logFile,
      stopSignal: 'TERM',
      graceSeconds: 0.5,
    });
    await until('its start', 10, async () => pidIn(await log()) > 0);
    expect(await child.stop()).toBe(128 + 9);
    expect(await log()).toMatch(/^pid \d+\n$/);
  });

  it('does not outlive a parent that was killed', async () => {
    const parent = join(folder, 'parent.ts');
    const guarded = join(import.meta.dirname, '../src/supervise/guardedProcess.ts');
    await writeFile(
      parent,
      `import { GuardedProcess } from ${JSON.stringify(guarded)};
       new GuardedProcess(process.execPath, ['-e', ${JSON.stringify(ORDERLY)}], { logFile: ${JSON.stringify(logFile)}, stopSignal: 'TERM' });
       setInterval(() => {}, 1000);`,
    );
    const program = startProgram(parent, []);
    const pid = await until('the child', 10, async () => pidIn(await log()));
    program.kill('SIGKILL');
    await program.ended;
    await until('the end of the child', 10, () => !alive(pid));
  });

  it('tells a command that is not there by the shell’s exit code', async () => {
    const child = new GuardedProcess(join(folder, 'nothing'), [], { logFile, stopSignal: 'TERM' });
    expect(await child.exited).toBe(127);
  });
});

describe('a supervised part', () => {
  const told: string[] = [];
  const supervise = (code: string, finished?: string) => {
    told.length = 0;
    return new Supervised({
      name: 'part',
      args: ['-e', code],
      logFile,
      env: process.env,
      tell: (text) => told.push(text),
      ...(finished === undefined ? {} : { finished }),
    });
  };
  const up = async () => {
    await until('its start', 10, async () => pidIn(await log()) > 0);
  };

  it('is started again after a kill -9, and says so', async () => {
    const part = supervise(ORDERLY);
    try {
      await part.untilUp(up);
      process.kill(pidIn(await log()), 'SIGKILL');
      await until('its return', 10, async () => (await log()).match(/pid/g)?.length === 2);
      await until('the news', 5, () => told.length === 2);
      expect(told[0]).toMatch(/^The part was ended by signal 9 and starts again in 1 s\. Log: /);
      expect(told[1]).toBe('The part was started again.');
    } finally {
      await part.stop();
    }
    const pids = [...(await log()).matchAll(/pid (\d+)/g)].map(([, pid]) => Number(pid));
    expect(pids.filter(alive)).toEqual([]);
  });

  it('that ends before it is up fails with its last words, and nobody waits for it any longer', async () => {
    const part = supervise("console.error('part: no such camera\\nPlug it in.'); process.exit(1);");
    let waiting: AbortSignal | undefined;
    const never = (signal: AbortSignal) => {
      waiting = signal;
      return new Promise<void>(() => {});
    };
    await expect(part.untilUp(never)).rejects.toThrow('part: no such camera\nPlug it in.');
    expect(waiting?.aborted).toBe(true);
    await part.stop();
    expect((await log()).match(/no such camera/g)).toHaveLength(1);
  });

  it('that has done its work is not started again, nor one that says why it cannot go on', async () => {
    const done = supervise("console.log('pid ' + process.pid); setTimeout(() => {}, 200);", 'It is over.');
    await done.untilUp(up);
    await until('its end', 10, () => told.includes('It is over.'));
    await done.stop();

    await rm(logFile);
    const broken = supervise(
      "console.log('pid ' + process.pid); setTimeout(() => { console.error('part: cut off'); process.exit(1); }, 300);",
      'It is over.',
    );
    await broken.untilUp(up);
    await until('its end', 10, () => told.length > 0);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/^The part cannot go on\. Log: .*part: cut off$/s);
    await broken.stop();
    expect((await log()).match(/pid/g)).toHaveLength(1);
  });

  it('passes a warning on once, with its remedy', async () => {
    const line = JSON.stringify({ level: 40, msg: 'no picture', remedy: 'Look at the cable.' });
    const part = supervise(
      `console.log('pid ' + process.pid); setInterval(() => console.log(${JSON.stringify(line)}), 200);`,
    );
    try {
      await part.untilUp(up);
      await until('the warning', 10, () => told.length > 0);
      await until('more of the same', 10, async () => ((await log()).match(/no picture/g)?.length ?? 0) > 12);
    } finally {
      await part.stop();
    }
    expect(told).toEqual(['The part: no picture\nLook at the cable.']);
  });
});

describe('last words', () => {
  it('are the messages of this start, without stacks and what was in order', async () => {
    await writeFile(logFile, 'of an earlier start\n');
    const since = (await log()).length;
    const lines = [
      JSON.stringify({ level: 30, msg: 'all is well' }),
      JSON.stringify({ level: 50, msg: 'it broke', err: { message: 'disk full' } }),
      'Error: something',
      '    at place (file.ts:1:2)',
      '{ not JSON',
    ];
    await writeFile(logFile, `${await log()}${lines.join('\n')}\n`);
    expect(await lastWords(logFile, since)).toEqual(['it broke: disk full', 'Error: something', '{ not JSON']);
    expect(await warnings(logFile, since)).toEqual(['it broke: disk full', '{ not JSON']);
    expect(await lastWords(join(folder, 'none.log'), 0)).toEqual([]);
  });

  it('never begin in the middle of a line', async () => {
    await writeFile(logFile, `${'x'.repeat(40_000)}\nthe end\n`);
    expect(await lastWords(logFile, 0)).toEqual(['the end']);
  });
});
