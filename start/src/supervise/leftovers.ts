/** Parts of a start that was killed: their guards are ending them, and until then they hold ports and files. */
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { GRACE_SECONDS } from './guardedProcess.ts';

/** Processes that were told to run with a configuration in this folder: no other start writes there. */
async function partsOf(runFolder: string): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const commandLine = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    const words = commandLine.split('\0');
    const at = words.indexOf('--config');
    if (at > 0 && words[at - 1] === 'run' && words[at + 1]?.startsWith(`${runFolder}/`)) found.push(Number(name));
  }
  return found;
}

/**
 * Waits until the parts of an earlier start are gone and kills what stays. The caller holds the lock on the data folder: its
 * start is over.
 *
 * @param runFolder absolute path of the folder with the parts' configurations.
 */
export async function clearLeftovers(runFolder: string, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + (GRACE_SECONDS + 1) * 1000;
  for (let left = await partsOf(runFolder); left.length > 0; left = await partsOf(runFolder)) {
    if (performance.now() > deadline) {
      for (const pid of left) {
        try {
          process.kill(pid, 'SIGKILL');
        } catch (problem) {
          if ((problem as NodeJS.ErrnoException).code !== 'ESRCH') throw problem;
        }
      }
    }
    await delay(100, undefined, { signal });
  }
}
