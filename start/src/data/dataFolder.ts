/** The folder that everything embedded writes to, and nothing else does. */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, realpath, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { OperatorError } from '@safe-passage/cli';
import { canEnter, serverUser } from '../postgres/binaries.ts';

/** Says that a folder is ours, and which layout it has. A later version reads the number before it touches anything. */
const MARKER = 'safe-passage-data';
const LAYOUT = 1;
const SQLITE_BUSY = 5;

const ROTATE_BYTES = 10 * 1024 * 1024;
const ROTATIONS = 3;

const absent = (problem: unknown): boolean => (problem as NodeJS.ErrnoException).code === 'ENOENT';

/** Not with those above it: a path that is misspelt near its root should fail. */
async function makeFolder(path: string, mode: number): Promise<void> {
  await mkdir(path, { mode }).catch(async (problem: NodeJS.ErrnoException) => {
    if (problem.code !== 'EEXIST' || !(await stat(path)).isDirectory()) throw problem;
  });
}

/** @throws OperatorError where the folder holds something else, or is of another version. */
async function insistOnLayout(path: string): Promise<void> {
  const marker = join(path, MARKER);
  const found = await readFile(marker, 'utf8').catch((problem: unknown) => {
    if (absent(problem)) return null;
    throw problem;
  });
  if (found === null) {
    // A disk of its own that is mounted here is not empty either.
    const held = (await readdir(path)).filter((name) => name !== 'lost+found');
    if (held.length > 0) {
      throw new OperatorError(
        `the folder ${path} holds something else (${held.slice(0, 3).join(', ')}) and was not made by Safe Passage`,
        'Name an empty folder, or one that is not there yet: npm start -- --data FOLDER',
      );
    }
    await writeFile(marker, `${LAYOUT}\n`, { mode: 0o600 });
    return;
  }
  if (found.trim() === String(LAYOUT)) return;
  throw new OperatorError(
    `the data folder ${path} has the layout "${found.trim()}"; this version of Safe Passage knows ${LAYOUT}`,
    'Go back to the version that wrote it, or start with a new folder: npm start -- --data FOLDER',
  );
}

/** SQLite's lock belongs to the process: a killed start leaves none behind, which a pid file would. */
function lockFolder(path: string): DatabaseSync {
  const lock = new DatabaseSync(join(path, 'lock.db'), { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (cause) {
    lock.close();
    if ((cause as { errcode?: unknown }).errcode !== SQLITE_BUSY) throw cause;
    throw new OperatorError(
      `another start of Safe Passage uses the data folder ${path}`,
      'Stop it (Ctrl-C in its terminal), or give this one a folder and a port of its own: npm start -- --data .data-2 --port 8081',
      { cause },
    );
  }
}

export class DataFolder {
  readonly path: string;
  readonly #lock: DatabaseSync;

  private constructor(path: string, lock: DatabaseSync) {
    this.path = path;
    this.#lock = lock;
  }

  /**
   * Makes the folder where it is missing and keeps every other start out of it.
   *
   * @throws OperatorError where another start has it, it cannot be written, or it is not ours.
   */
  static async open(path: string): Promise<DataFolder> {
    const absolute = resolve(path);
    try {
      // PostgreSQL's own user passes through when root starts all this; everything in it is closed to others.
      await makeFolder(absolute, process.getuid?.() === 0 ? 0o711 : 0o700);
      // One name for one folder, whatever links lead to it.
      const folder = await realpath(absolute);
      await insistOnLayout(folder);
      for (const part of ['log', 'run', 'outbox']) await makeFolder(join(folder, part), 0o700);
      return new DataFolder(folder, lockFolder(folder));
    } catch (cause) {
      if (cause instanceof OperatorError) throw cause;
      throw new OperatorError(
        `the data folder ${absolute} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
        'Name another one: npm start -- --data FOLDER',
        { cause },
      );
    }
  }

  close(): void {
    this.#lock.close();
  }

  /** A file of this run alone: configurations, passwords. */
  run(name: string): string {
    return join(this.path, 'run', name);
  }

  outbox(name: string): string {
    return join(this.path, 'outbox', name);
  }

  /** Readable by its owner alone. @returns its path. */
  async write(name: string, text: string): Promise<string> {
    const path = this.run(name);
    // A new file each time: the mode counts only when a file is made.
    await writeFile(`${path}.new`, text, { mode: 0o600 });
    await rename(`${path}.new`, path);
    return path;
  }

  /** A password that is made once and kept as long as the folder. */
  async secret(name: string): Promise<string> {
    const path = join(this.path, `${name}.secret`);
    const kept = await readFile(path, 'utf8').catch((problem: unknown) => {
      if (absent(problem)) return '';
      throw problem;
    });
    if (kept.trim()) return kept.trim();
    const made = randomBytes(24).toString('base64url');
    await writeFile(path, `${made}\n`, { mode: 0o600 });
    return made;
  }

  /** Where a log goes; one that has grown past 10 MB is put aside first, and three such are kept. */
  async log(name: string): Promise<string> {
    const path = join(this.path, 'log', `${name}.log`);
    const size = await stat(path).then(
      (found) => found.size,
      () => 0,
    );
    if (size > ROTATE_BYTES) {
      for (let n = ROTATIONS - 1; n >= 1; n -= 1) {
        await rename(`${path}.${n}`, `${path}.${n + 1}`).catch((problem: unknown) => {
          if (!absent(problem)) throw problem;
        });
      }
      await rename(path, `${path}.1`);
    }
    return path;
  }

  /**
   * Where PostgreSQL's files go. Root's own folders are closed to PostgreSQL's user: then they lie in /var/lib, and a
   * link in this folder leads there.
   */
  async postgres(): Promise<string> {
    const wanted = join(this.path, 'postgres');
    const user = await serverUser();
    const exists = await stat(wanted).then(
      () => true,
      () => false,
    );
    if (exists || !user || canEnter(user, this.path)) return wanted;
    const elsewhere = join('/var/lib/safe-passage', randomBytes(6).toString('hex'));
    await mkdir('/var/lib/safe-passage', { recursive: true, mode: 0o755 });
    await mkdir(elsewhere, { mode: 0o711 });
    await symlink(elsewhere, wanted);
    return wanted;
  }
}
