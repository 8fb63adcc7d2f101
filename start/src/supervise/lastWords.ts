/** What a program wrote last, for a person: the sentence that says why it ended. */
import { open } from 'node:fs/promises';

const TAIL_BYTES = 16_384;
const LINES_SHOWN = 6;
const WARN = 40;

/** A line of a JSON log becomes its message, where it is a warning or worse; other lines are kept as they are. */
function forPeople(line: string): string | null {
  if (!line.startsWith('{')) return line.trim() === '' || /^\s+at /.test(line) ? null : line;
  try {
    const entry = JSON.parse(line) as {
      level?: unknown;
      msg?: unknown;
      remedy?: unknown;
      err?: { message?: unknown };
    };
    if (typeof entry.level === 'number' && entry.level < WARN) return null;
    const message = typeof entry.msg === 'string' ? entry.msg : '';
    const cause = typeof entry.err?.message === 'string' && entry.err.message !== message ? entry.err.message : '';
    const remedy = typeof entry.remedy === 'string' ? entry.remedy : '';
    return [[message, cause].filter(Boolean).join(': '), remedy].filter(Boolean).join('\n') || null;
  } catch {
    return line;
  }
}

async function linesSince(logFile: string, since: number): Promise<string[]> {
  const file = await open(logFile, 'r').catch(() => null);
  if (!file) return [];
  try {
    const { size } = await file.stat();
    const from = Math.max(Math.min(since, size), size - TAIL_BYTES);
    const buffer = Buffer.alloc(size - from);
    await file.read(buffer, 0, buffer.length, from);
    // Where the tail begins in the middle of a line, the rest of that line says nothing.
    return buffer
      .toString('utf8')
      .split('\n')
      .slice(from > since ? 1 : 0);
  } finally {
    await file.close();
  }
}

const told = (lines: readonly string[]): string[] =>
  lines
    .map(forPeople)
    .filter((line) => line !== null)
    .slice(-LINES_SHOWN);

/**
 * @param since size of the file when the program started: what came before is another start's.
 * @returns at most six entries, oldest first.
 */
export const lastWords = async (logFile: string, since: number): Promise<string[]> =>
  told(await linesSince(logFile, since));

/** As {@link lastWords}, of its JSON lines alone: libraries write others, and nobody wants to read those while it runs. */
export const warnings = async (logFile: string, since: number): Promise<string[]> =>
  told((await linesSince(logFile, since)).filter((line) => line.startsWith('{')));
