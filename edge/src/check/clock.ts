import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Finding, fault, notChecked, ok, warning } from './finding.ts';
import { askTimeServer, type ClockReading } from './sntp.ts';

const SUBJECT = 'clock';
const run = promisify(execFile);
const NTP_PORT = 123;
const PATIENCE_MS = 3_000;
/** A server is asked again while its answers take longer than this, this often at most. */
const SURE_DELAY_MS = 50;
const MOST_ASKED = 4;
/**
 * The hub leaves a camera out whose clock is more than 2 s off another's: two devices that are each 1 s off can be that
 * far apart. Smaller differences it learns, and until it has, people seen by two cameras are counted twice.
 */
const FAULT_MS = 1_000;
const WARNING_MS = 200;

const SYNCHRONISE = 'Let the device keep time: systemd-timesyncd or chrony, with the airport’s own time server.';

/** What the operating system says of itself; null where nobody can be asked. */
async function systemSaysSynchronised(): Promise<boolean | null> {
  try {
    const { stdout } = await run('timedatectl', ['show', '--property=NTPSynchronized', '--value'], { timeout: 3_000 });
    const answer = stdout.trim();
    return answer === 'yes' ? true : answer === 'no' ? false : null;
  } catch {
    return null;
  }
}

/** The answer that was least under way: the surest of a few. */
async function bestReading(host: string, port: number): Promise<ClockReading> {
  let best = await askTimeServer(host, port, PATIENCE_MS);
  for (let asked = 1; asked < MOST_ASKED && best.delayMs > SURE_DELAY_MS; asked++) {
    // One answer is enough to tell something.
    const next = await askTimeServer(host, port, PATIENCE_MS).catch(() => best);
    if (next.delayMs < best.delayMs) best = next;
  }
  return best;
}

/**
 * @param server HOST or HOST:PORT of a time server; without one only the system's own word is told: nothing else that the
 *   device talks to says what time it is.
 */
export async function checkClock(server: string | undefined): Promise<Finding> {
  if (server === undefined) {
    const synchronised = await systemSaysSynchronised();
    if (synchronised === true)
      return ok(SUBJECT, 'the system says that it is synchronised; the offset was not measured');
    if (synchronised === false) return fault(SUBJECT, 'the system says that it is not synchronised', SYNCHRONISE);
    return notChecked(
      SUBJECT,
      'the system does not tell whether it is synchronised',
      'Give --time-server HOST to measure.',
    );
  }
  const [, host = server, port = String(NTP_PORT)] = /^(.+?)(?::(\d{1,5}))?$/.exec(server) ?? [];
  try {
    const { aheadMs, delayMs } = await bestReading(host, Number(port));
    const off = Math.abs(aheadMs);
    const openMs = delayMs / 2;
    const size = off < 1_000 ? `${off.toFixed(0)} ms` : `${(off / 1_000).toFixed(1)} s`;
    const found = `${size} ${aheadMs < 0 ? 'behind' : 'ahead of'} ${server} (± ${openMs.toFixed(0)} ms)`;
    // What a slow network leaves open is not held against the clock.
    if (off - openMs > FAULT_MS) return fault(SUBJECT, found, SYNCHRONISE);
    if (off - openMs > WARNING_MS) return warning(SUBJECT, found, SYNCHRONISE);
    return openMs > FAULT_MS
      ? warning(SUBJECT, found, 'The way to the time server is too slow to tell: name one that is nearer.')
      : ok(SUBJECT, found);
  } catch (problem) {
    const reason = problem instanceof Error ? problem.message : String(problem);
    return fault(
      SUBJECT,
      `${server}: ${reason}`,
      'Check the name of the time server and that UDP port 123 is open to it.',
    );
  }
}
