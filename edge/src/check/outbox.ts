/** Whether reports can wait on this device's disk. */
import { constants } from 'node:fs';
import { access, mkdir, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DEFAULTS, type EdgeConfig } from '../config.ts';
import { type Finding, fault, ok, warning } from './finding.ts';

const SUBJECT = 'disk';

/** Opens no outbox: the agent that runs has it to itself. */
export async function checkOutbox(config: EdgeConfig): Promise<Finding> {
  const path = config.outbox?.path ?? DEFAULTS.outboxPath;
  const folder = dirname(path);
  const wanted = (config.outbox?.maxMegabytes ?? DEFAULTS.maxMegabytes) * 1_000_000;
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK | constants.X_OK);
    const there = await stat(path).catch(() => null);
    if (there) await access(path, constants.R_OK | constants.W_OK);
    const { bavail, bsize } = await statfs(folder);
    const free = bavail * bsize;
    const still = Math.max(0, wanted - (there?.size ?? 0));
    const found = `${folder} can be written; ${Math.floor(free / 1e6)} MB free, the outbox may grow by ${Math.ceil(still / 1e6)} MB`;
    if (free < still) {
      return fault(SUBJECT, found, 'Free space, choose another disk for outbox.path, or lower outbox.maxMegabytes.');
    }
    return free < 2 * still
      ? warning(SUBJECT, found, 'Little is left for anything else: free space.')
      : ok(SUBJECT, found);
  } catch (problem) {
    const reason = problem instanceof Error ? problem.message : String(problem);
    return fault(
      SUBJECT,
      `outbox.path ${path}: ${reason}`,
      'Run this as the user of the agent, and give it the folder.',
    );
  }
}
