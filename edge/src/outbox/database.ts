/** The outbox's file: opened for this process alone, readable for its owner alone, moved aside where it is damaged. */
import { closeSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { OperatorError } from '@safe-passage/cli';
import type { Logger } from 'pino';

/** Marks the file as an outbox in SQLite's header ("SPOB"). */
const APPLICATION_ID = 0x53_50_4f_42;
const ASIDE = '.unreadable-';

/** Primary result codes of SQLite, https://sqlite.org/rescode.html */
const SQLITE = { busy: 5, readonly: 8, ioError: 10, corrupt: 11, full: 13, cannotOpen: 14, notADatabase: 26 } as const;

function primaryCode(problem: unknown): number | null {
  const code = problem instanceof Error && 'errcode' in problem ? problem.errcode : null;
  return typeof code === 'number' ? code & 0xff : null;
}

/** The file itself is damaged, and no further attempt will read it. */
export function isDamage(problem: unknown): boolean {
  const code = primaryCode(problem);
  return code === SQLITE.corrupt || code === SQLITE.notADatabase;
}

/** The disk is full, read-only or failing: it may be better later. */
export function isDiskTrouble(problem: unknown): boolean {
  const code = primaryCode(problem);
  return code === SQLITE.full || code === SQLITE.ioError || code === SQLITE.readonly || code === SQLITE.cannotOpen;
}

/**
 * `synchronous=FULL`: a commit waits for the disk. An agent commits once or twice a second, which costs little, and so even
 * a power cut loses nothing that was accepted, as far as the disk keeps its own word; a killed process loses nothing
 * under any setting. `secure_delete` overwrites what is deleted. `locking_mode=EXCLUSIVE` keeps a second agent out.
 */
const SETTINGS = `
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA auto_vacuum = INCREMENTAL;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA secure_delete = ON;
`;

const TABLES = `
  CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS report (
    sequence INTEGER PRIMARY KEY,
    epoch TEXT NOT NULL,
    from_ms INTEGER NOT NULL,
    to_ms INTEGER NOT NULL,
    is_gap INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    payload TEXT NOT NULL
  ) STRICT;
  -- Sequence numbers that were forgotten and that no gap report has declared yet.
  CREATE TABLE IF NOT EXISTS forgotten (
    first INTEGER PRIMARY KEY,
    last INTEGER NOT NULL,
    from_ms INTEGER NOT NULL,
    to_ms INTEGER NOT NULL,
    reason TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS report_by_time ON report (to_ms);
  CREATE INDEX IF NOT EXISTS report_gaps ON report (sequence) WHERE is_gap = 1;
  PRAGMA application_id = ${APPLICATION_ID};
`;

function reserveFile(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    // SQLite gives its -wal and -shm files the rights of the main file.
    closeSync(openSync(path, 'a', 0o600));
  } catch (cause) {
    throw new OperatorError(
      `outbox.path ${path} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
      'Choose a path on a disk where the agent may write.',
      { cause },
    );
  }
}

function numberFrom(database: DatabaseSync, sql: string): number {
  return Number(Object.values(database.prepare(sql).get() ?? {})[0] ?? 0);
}

function tryOpen(path: string, owner: string): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    const tables = numberFrom(database, 'SELECT count(*) FROM sqlite_schema');
    if (tables > 0 && numberFrom(database, 'PRAGMA application_id') !== APPLICATION_ID) {
      throw new OperatorError(
        `outbox.path ${path} is a database of something else`,
        'Choose a path of its own for the outbox.',
      );
    }
    database.exec(SETTINGS);
    const [check] = Object.values(database.prepare('PRAGMA quick_check(1)').get() ?? {});
    if (check !== 'ok') throw Object.assign(new Error(String(check)), { errcode: SQLITE.corrupt });
    database.exec(`BEGIN IMMEDIATE; ${TABLES} COMMIT;`);
    const known = database.prepare("SELECT value FROM meta WHERE name = 'owner'").get()?.value;
    if (known === undefined) {
      database.prepare("INSERT INTO meta (name, value) VALUES ('owner', ?), ('next_sequence', 1)").run(owner);
    } else if (known !== owner) {
      throw new OperatorError(
        `outbox.path ${path} holds reports of ${String(known)}, and this agent is ${owner}`,
        'Give each camera an outbox of its own; remove the file if what it holds may be lost.',
      );
    }
    return database;
  } catch (problem) {
    database.close();
    throw problem;
  }
}

/** Removes files that were moved aside longer ago than tracks may be kept: they hold reports, readable or not. */
export function destroyOldAside(path: string, olderThanMs: number, nowMs: number): void {
  const folder = dirname(path);
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(`${basename(path)}${ASIDE}`)) continue;
    const file = join(folder, name);
    if (nowMs - statSync(file).mtimeMs > olderThanMs) rmSync(file, { force: true });
  }
}

/**
 * Moves a damaged file aside and begins a new one.
 *
 * @param lastSequence the last number given, 0 where nobody knows it any more.
 */
export function replaceDamaged(
  path: string,
  owner: string,
  lastSequence: number,
  problem: unknown,
  log: Logger,
): DatabaseSync {
  const aside = `${path}${ASIDE}${Date.now()}`;
  renameSync(path, aside);
  for (const suffix of ['-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
  log.error(
    { path, aside, problem: problem instanceof Error ? problem.message : String(problem) },
    'the outbox is damaged and was moved aside; reports in it that the hub had not confirmed are lost; a new outbox begins',
  );
  reserveFile(path);
  const fresh = tryOpen(path, owner);
  // A report lasts about a second, so the seconds since 1970 are ahead of every number that a file whose counter is
  // unreadable can have given: the sequence goes on growing.
  const next = lastSequence > 0 ? lastSequence + 1 : Math.floor(Date.now() / 1000);
  fresh.prepare("UPDATE meta SET value = ? WHERE name = 'next_sequence'").run(next);
  return fresh;
}

/**
 * Opens the outbox's file; makes it where it is missing; moves it aside and makes a new one where it is damaged.
 *
 * @param owner whose reports it holds: `site/floor/device/camera`.
 * @throws OperatorError where it is in use, belongs to somebody else or cannot be written.
 */
export function openOutboxDatabase(path: string, owner: string, log: Logger): DatabaseSync {
  reserveFile(path);
  try {
    return tryOpen(path, owner);
  } catch (problem) {
    if (problem instanceof OperatorError) throw problem;
    if (isDamage(problem)) return replaceDamaged(path, owner, 0, problem, log);
    if (primaryCode(problem) === SQLITE.busy) {
      throw new OperatorError(
        `outbox.path ${path} is in use by another process`,
        'Stop the other agent, or give this one an outbox of its own.',
        { cause: problem },
      );
    }
    throw new OperatorError(
      `outbox.path ${path} cannot be opened: ${problem instanceof Error ? problem.message : String(problem)}`,
      'Free space on its disk, or choose another path.',
      { cause: problem },
    );
  }
}
