/**
 * What the hub has not confirmed yet, on the device's own disk. A report is accepted when `append` returns its number; from
 * then on it is delivered, or its number is declared in a gap report.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { CountReport, GapReport, PrivacyLevel, TrackReport } from '@safe-passage/contract';
import type { Logger } from 'pino';
import type { UnnumberedCount } from '../count/zoneCounter.ts';
import type { UnnumberedReport } from '../report/collector.ts';
import { destroyOldAside, isDamage, isDiskTrouble, openOutboxDatabase, replaceDamaged } from './database.ts';

export interface OutboxOptions {
  /** The file; made where it is missing. */
  readonly path: string;
  /** Whose reports it holds: `site/floor/device/camera`. */
  readonly owner: string;
  /** Most bytes of reports, with {@link ROW_OVERHEAD_BYTES} for each. */
  readonly maxBytes: number;
  /** The retention of tracks in milliseconds of capture time. */
  readonly maxAgeMs: number;
  /** At `counts` whatever is finer is destroyed when the outbox is opened, and declared. Absent: tracks. */
  readonly level?: PrivacyLevel;
  readonly log: Logger;
}

/** One message for the hub. */
export interface OutboxRow {
  readonly sequence: number;
  readonly epoch: string;
  /** Capture time of the last frame in it. */
  readonly toMs: number;
  /** JSON as the contract wants it. */
  readonly payload: string;
}

export interface OutboxCounts {
  readonly reports: number;
  readonly bytes: number;
  /** Capture time of the oldest report; null where there is none. */
  readonly oldestMs: number | null;
  /** Reports forgotten by age, by size and by a full disk since the outbox was opened. */
  readonly forgotten: number;
}

type Reason = GapReport['reason'];
interface Stretch {
  first: number;
  last: number;
  fromMs: number;
  toMs: number;
}

/** What a row costs beside its payload, generously. */
export const ROW_OVERHEAD_BYTES = 96;
/** A gap report a row: so many are declared at a time. Further ones wait, and grow together where they touch. */
const MAX_DECLARED_GAPS = 32;

const STATEMENTS = {
  nextSequence: "SELECT value FROM meta WHERE name = 'next_sequence'",
  setNextSequence: "UPDATE meta SET value = ? WHERE name = 'next_sequence'",
  insert: 'INSERT INTO report (sequence, epoch, from_ms, to_ms, is_gap, bytes, payload) VALUES (?, ?, ?, ?, ?, ?, ?)',
  oldest: 'SELECT sequence, from_ms, to_ms, bytes FROM report WHERE is_gap = 0 ORDER BY sequence LIMIT 1',
  older: 'SELECT sequence, from_ms, to_ms, bytes FROM report WHERE is_gap = 0 AND to_ms < ? ORDER BY sequence',
  finer:
    "SELECT sequence, from_ms, to_ms, bytes FROM report WHERE is_gap = 0 AND payload ->> '$.schema' <> 'count-report/1' ORDER BY sequence",
  rows: 'SELECT sequence, epoch, to_ms, payload FROM report WHERE sequence > ? ORDER BY sequence LIMIT ?',
  row: 'SELECT sequence, epoch, to_ms, payload FROM report WHERE sequence = ?',
  confirm: 'DELETE FROM report WHERE sequence = ? AND epoch = ? RETURNING bytes',
  remove: 'DELETE FROM report WHERE sequence = ?',
  touching: 'SELECT first, last, from_ms, to_ms FROM forgotten WHERE reason = ? AND (last = ? OR first = ?)',
  addForgotten: 'INSERT INTO forgotten (first, last, from_ms, to_ms, reason) VALUES (?, ?, ?, ?, ?)',
  removeForgotten: 'DELETE FROM forgotten WHERE first = ?',
  forgotten: 'SELECT first, last, from_ms, to_ms, reason FROM forgotten ORDER BY first LIMIT ?',
  gaps: 'SELECT count(*) AS n FROM report WHERE is_gap = 1',
  totals: 'SELECT count(*) AS reports, coalesce(sum(bytes), 0) AS bytes FROM report',
  oldestTime: 'SELECT to_ms FROM report ORDER BY sequence LIMIT 1',
} as const;
type Statements = Record<keyof typeof STATEMENTS, StatementSync>;

function prepareAll(database: DatabaseSync): Statements {
  return Object.fromEntries(
    Object.entries(STATEMENTS).map(([name, sql]) => [name, database.prepare(sql)]),
  ) as Statements;
}

const size = (payload: string): number => Buffer.byteLength(payload) + ROW_OVERHEAD_BYTES;

export class Outbox {
  readonly #options: OutboxOptions;
  #database: DatabaseSync;
  #sql: Statements;
  #reports = 0;
  #bytes = 0;
  #forgotten = 0;
  /** Reports that the disk refused: their numbers are given and declared with the next one that it takes. */
  #refused: { count: number; fromMs: number; toMs: number } | null = null;
  #hasForgotten = true;
  #lastSequence = 0;

  /** @throws OperatorError as {@link openOutboxDatabase}. */
  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#database = openOutboxDatabase(options.path, options.owner, options.log);
    this.#sql = prepareAll(this.#database);
    this.#recount();
    this.#forgetFiner();
  }

  /**
   * Numbers a report and writes it down. Forgets the oldest ones where there is no room.
   *
   * @param nowMs the device's clock.
   * @returns the sequence number; null where the disk did not take it. It is then counted, and declared as a gap with
   *   the next report that the disk takes.
   */
  append(report: UnnumberedReport | UnnumberedCount, nowMs: number): number | null {
    try {
      return this.#append(report, nowMs);
    } catch (problem) {
      if (isDamage(problem)) {
        this.#startAnew(problem);
        return this.#append(report, nowMs);
      }
      if (!isDiskTrouble(problem)) throw problem;
      if (this.#refused === null) {
        this.#options.log.error(
          { path: this.#options.path, problem: problem instanceof Error ? problem.message : String(problem) },
          'the disk takes no further reports; they are counted and declared as a gap; free space on the disk of the outbox',
        );
      }
      this.#refused = {
        count: (this.#refused?.count ?? 0) + 1,
        fromMs: Math.min(this.#refused?.fromMs ?? report.fromMs, report.fromMs),
        toMs: Math.max(this.#refused?.toMs ?? report.toMs, report.toMs),
      };
      this.#forgotten += 1;
      return null;
    }
  }

  /** Messages after a sequence number, in order. */
  rowsAfter(sequence: number, limit: number): OutboxRow[] {
    return this.#reading(() => this.#sql.rows.all(sequence, limit).map(toRow), []);
  }

  /** @returns null where it was confirmed or forgotten. */
  row(sequence: number): OutboxRow | null {
    return this.#reading(() => {
      const found = this.#sql.row.get(sequence);
      return found ? toRow(found) : null;
    }, null);
  }

  /**
   * Destroys what the receiver has. A number of another epoch, or one that is not there, is passed over.
   *
   * @returns how many were there. On a full disk none: they are delivered and confirmed once more.
   */
  confirm(epoch: string, sequences: readonly number[]): number {
    return this.#writing(() => {
      let reports = 0;
      let bytes = 0;
      for (const sequence of sequences) {
        const removed = this.#sql.confirm.get(sequence, epoch);
        if (!removed) continue;
        reports += 1;
        bytes += Number(removed.bytes);
      }
      this.#reports -= reports;
      this.#bytes -= bytes;
      return reports;
    }, 0);
  }

  /** Destroys what is older than the retention of tracks, here and in files that were moved aside; tidies the file. */
  forgetOld(nowMs: number): void {
    this.#writing(() => {
      for (const row of this.#sql.older.all(nowMs - this.#options.maxAgeMs)) this.#forget(row, 'age');
    }, undefined);
    this.#tidy();
    try {
      // A file that was moved aside may hold tracks: none may be on this disk at level counts.
      const olderThanMs = this.#options.level === 'counts' ? Number.NEGATIVE_INFINITY : this.#options.maxAgeMs;
      destroyOldAside(this.#options.path, olderThanMs, nowMs);
    } catch (problem) {
      this.#options.log.warn({ problem: String(problem) }, 'files that were moved aside could not be removed');
    }
  }

  /**
   * Turns what was forgotten into gap reports with sequence numbers of their own. While declared ones wait for the hub, what is
   * forgotten in addition grows together instead of adding message after message.
   *
   * @returns how many were added.
   */
  declareGaps(epoch: string): number {
    if (!this.#hasForgotten) return 0;
    return this.#writing(() => {
      if (Number(this.#sql.gaps.get()?.n) > 0) return 0;
      const stretches = this.#sql.forgotten.all(MAX_DECLARED_GAPS);
      let next = this.#nextSequence();
      for (const { first, last, from_ms, to_ms, reason } of stretches) {
        const gap: GapReport = {
          schema: 'gap-report/1',
          camera: this.#camera,
          epoch,
          sequence: next,
          firstSequence: Number(first),
          lastSequence: Number(last),
          fromMs: Number(from_ms),
          toMs: Number(to_ms),
          reason: reason === 'age' || reason === 'level' ? reason : 'size',
        };
        this.#insert(gap, true);
        this.#sql.removeForgotten.run(Number(first));
        next += 1;
      }
      if (stretches.length > 0) this.#sql.setNextSequence.run(next);
      this.#lastSequence = next - 1;
      this.#hasForgotten = stretches.length === MAX_DECLARED_GAPS;
      return stretches.length;
    }, 0);
  }

  counts(): OutboxCounts {
    const oldest = this.#reading(() => this.#sql.oldestTime.get()?.to_ms, undefined);
    return {
      reports: this.#reports,
      bytes: this.#bytes,
      oldestMs: oldest === undefined ? null : Number(oldest),
      forgotten: this.#forgotten,
    };
  }

  close(): void {
    this.#database.close();
  }

  /** The device was configured to send less than it has on its disk. */
  #forgetFiner(): void {
    if (this.#options.level !== 'counts') return;
    const before = this.#reports;
    this.#writing(() => {
      for (const row of this.#sql.finer.all()) this.#forget(row, 'level');
    }, undefined);
    if (this.#reports === before) return;
    this.#tidy();
    this.#options.log.warn(
      { reports: before - this.#reports },
      'reports of tracks were on the disk, and this device sends counts alone: they are destroyed and declared',
    );
  }

  #tidy(): void {
    this.#reading(() => {
      // The write-ahead log keeps copies of deleted rows until it is written back and cut.
      this.#database.exec('PRAGMA incremental_vacuum(256); PRAGMA wal_checkpoint(TRUNCATE);');
    }, undefined);
  }

  get #camera(): string {
    return this.#options.owner.slice(this.#options.owner.lastIndexOf('/') + 1);
  }

  #append(report: UnnumberedReport | UnnumberedCount, nowMs: number): number {
    const refused = this.#refused;
    const sequence = this.#transaction(() => {
      let next = this.#nextSequence();
      if (refused) {
        this.#remember(
          { first: next, last: next + refused.count - 1, fromMs: refused.fromMs, toMs: refused.toMs },
          'size',
        );
        next += refused.count;
      }
      const numbered: TrackReport | CountReport = { ...report, sequence: next };
      const bytes = this.#insert(numbered, false);
      this.#sql.setNextSequence.run(next + 1);
      if (report.toMs < nowMs - this.#options.maxAgeMs) {
        this.#forget({ sequence: next, from_ms: report.fromMs, to_ms: report.toMs, bytes }, 'age');
      }
      while (this.#bytes > this.#options.maxBytes) {
        const oldest = this.#sql.oldest.get();
        if (!oldest) break;
        this.#forget(oldest, 'size');
      }
      return next;
    });
    this.#lastSequence = sequence;
    if (refused) {
      this.#refused = null;
      this.#options.log.info(
        { reports: refused.count },
        'the disk takes reports again; the ones it refused are declared',
      );
    }
    return sequence;
  }

  #insert(report: TrackReport | CountReport | GapReport, isGap: boolean): number {
    const payload = JSON.stringify(report);
    const bytes = size(payload);
    const { sequence, epoch, fromMs, toMs } = report;
    this.#sql.insert.run(sequence, epoch, fromMs, toMs, isGap ? 1 : 0, bytes, payload);
    this.#reports += 1;
    this.#bytes += bytes;
    return bytes;
  }

  #nextSequence(): number {
    return Number(this.#sql.nextSequence.get()?.value);
  }

  #forget(row: Record<string, unknown>, reason: Reason): void {
    const sequence = Number(row.sequence);
    this.#sql.remove.run(sequence);
    this.#remember({ first: sequence, last: sequence, fromMs: Number(row.from_ms), toMs: Number(row.to_ms) }, reason);
    this.#reports -= 1;
    this.#bytes -= Number(row.bytes);
    this.#forgotten += 1;
  }

  /** Notes a stretch as forgotten; stretches that touch become one. */
  #remember(stretch: Stretch, reason: Reason): void {
    for (const { first, last, from_ms, to_ms } of this.#sql.touching.all(reason, stretch.first - 1, stretch.last + 1)) {
      this.#sql.removeForgotten.run(Number(first));
      stretch.first = Math.min(stretch.first, Number(first));
      stretch.last = Math.max(stretch.last, Number(last));
      stretch.fromMs = Math.min(stretch.fromMs, Number(from_ms));
      stretch.toMs = Math.max(stretch.toMs, Number(to_ms));
    }
    this.#sql.addForgotten.run(stretch.first, stretch.last, stretch.fromMs, stretch.toMs, reason);
    this.#hasForgotten = true;
  }

  #transaction<T>(work: () => T): T {
    const before = { reports: this.#reports, bytes: this.#bytes, forgotten: this.#forgotten };
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#database.exec('COMMIT');
      return result;
    } catch (problem) {
      // SQLite has already rolled back by itself after some failures of the disk.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      this.#reports = before.reports;
      this.#bytes = before.bytes;
      this.#forgotten = before.forgotten;
      throw problem;
    }
  }

  #writing<T>(work: () => T, otherwise: T): T {
    return this.#reading(() => this.#transaction(work), otherwise);
  }

  #reading<T>(work: () => T, otherwise: T): T {
    try {
      return work();
    } catch (problem) {
      if (isDamage(problem)) this.#startAnew(problem);
      else if (!isDiskTrouble(problem)) throw problem;
      return otherwise;
    }
  }

  /** The file turned out to be damaged while it was in use. */
  #startAnew(problem: unknown): void {
    const { path, owner, log } = this.#options;
    this.#database.close();
    this.#database = replaceDamaged(path, owner, this.#lastSequence, problem, log);
    this.#sql = prepareAll(this.#database);
    this.#recount();
  }

  #recount(): void {
    const totals = this.#sql.totals.get();
    this.#reports = Number(totals?.reports);
    this.#bytes = Number(totals?.bytes);
    this.#lastSequence = this.#nextSequence() - 1;
    this.#hasForgotten = true;
  }
}

function toRow(row: Record<string, unknown>): OutboxRow {
  return {
    sequence: Number(row.sequence),
    epoch: String(row.epoch),
    toMs: Number(row.to_ms),
    payload: String(row.payload),
  };
}
