import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OperatorError } from '@safe-passage/cli';
import { CameraReport, checker, type GapReport } from '@safe-passage/contract';
import fc from 'fast-check';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Outbox, type OutboxOptions, ROW_OVERHEAD_BYTES } from '../../src/outbox/outbox.ts';
import type { UnnumberedReport } from '../../src/report/collector.ts';

const HOUR = 3_600_000;
const T0 = 1_700_000_000_000;
const EPOCH = '0123456789abcdef';
const check = checker(CameraReport);

let folder: string;
let opened: Outbox[];
let lines: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'safe-passage-outbox-'));
  opened = [];
  lines = [];
});
afterEach(() => {
  for (const outbox of opened) {
    try {
      outbox.close();
    } catch {
      // A test may have closed it itself.
    }
  }
  rmSync(folder, { recursive: true, force: true });
});

function open(change: Partial<OutboxOptions> = {}): Outbox {
  const outbox = new Outbox({
    path: join(folder, 'outbox.db'),
    owner: 'site/floor/device/cam-1',
    maxBytes: 1_000_000,
    maxAgeMs: 72 * HOUR,
    log: pino({ level: 'debug' }, { write: (line) => lines.push(line) }),
    ...change,
  });
  opened.push(outbox);
  return outbox;
}

function report(toMs: number, people = 0): UnnumberedReport {
  return {
    schema: 'track-report/1',
    camera: 'cam-1',
    calibration: 'nominal',
    epoch: EPOCH,
    fromMs: toMs - 900,
    toMs,
    tracks: Array.from({ length: people }, (_, i) => ({
      id: `pseudonym-${i}`.padEnd(16, 'x'),
      state: 'active' as const,
      points: [[0, 100, 200, 10, 1] as [number, number, number, number, 0 | 1]],
    })),
  };
}

const sequences = (outbox: Outbox) => outbox.rowsAfter(0, 100_000).map((row) => row.sequence);
const parsed = (outbox: Outbox) =>
  outbox.rowsAfter(0, 100_000).map((row) => {
    const checked = check(JSON.parse(row.payload));
    if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
    return checked.value;
  });
const gapsIn = (outbox: Outbox): GapReport[] => parsed(outbox).filter((r) => r.schema === 'gap-report/1');

describe('an outbox', () => {
  it('numbers reports from 1 by one, over restarts too, and after everything was confirmed', () => {
    const first = open();
    expect([first.append(report(T0), T0), first.append(report(T0 + 1000), T0)]).toEqual([1, 2]);
    expect(first.confirm(EPOCH, [1, 2])).toBe(2);
    first.close();
    const second = open();
    expect(second.counts()).toEqual({ reports: 0, bytes: 0, oldestMs: null, forgotten: 0 });
    expect(second.append(report(T0 + 2000), T0)).toBe(3);
    expect(parsed(second)[0]).toMatchObject({ sequence: 3, toMs: T0 + 2000 });
  });

  it('destroys a report only on a word about its own epoch', () => {
    const outbox = open();
    outbox.append(report(T0), T0);
    expect(outbox.confirm('ffffffffffffffff', [1])).toBe(0);
    expect(outbox.confirm(EPOCH, [2, 99])).toBe(0);
    expect(sequences(outbox)).toEqual([1]);
    expect(outbox.confirm(EPOCH, [1, 1])).toBe(1);
    expect(outbox.row(1)).toBeNull();
  });

  it('is readable for its owner alone', () => {
    const outbox = open();
    outbox.append(report(T0), T0);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o077).toBe(0);
  });

  it('leaves no trace of confirmed reports on the disk once it has tidied up', () => {
    const outbox = open();
    for (let i = 0; i < 50; i += 1) outbox.append(report(T0 + i, 20), T0);
    const contents = () =>
      readdirSync(folder)
        .map((name) => readFileSync(join(folder, name), 'latin1'))
        .join('');
    expect(contents()).toContain('pseudonym-7');
    outbox.confirm(EPOCH, sequences(outbox));
    outbox.forgetOld(T0);
    expect(contents()).not.toContain('pseudonym-');
  });

  it('forgets the oldest where it is full, and declares exactly these', () => {
    const outbox = open({ maxBytes: 20_000 });
    for (let i = 1; i <= 200; i += 1) expect(outbox.append(report(T0 + i * 1000, 3), T0)).toBe(i);
    expect(outbox.counts().bytes).toBeLessThanOrEqual(20_000);
    const [oldest = 0] = sequences(outbox);
    expect(outbox.declareGaps(EPOCH)).toBe(1);
    const [gap] = gapsIn(outbox);
    expect(gap).toEqual({
      schema: 'gap-report/1',
      camera: 'cam-1',
      epoch: EPOCH,
      sequence: 201,
      firstSequence: 1,
      lastSequence: oldest - 1,
      fromMs: T0 + 1000 - 900,
      toMs: T0 + (oldest - 1) * 1000,
      reason: 'size',
    });
    expect(outbox.counts().forgotten).toBe(oldest - 1);
  });

  it('keeps declared gaps few while nobody confirms them', () => {
    const outbox = open({ maxBytes: 20_000 });
    for (let i = 1; i <= 2000; i += 1) {
      outbox.append(report(T0 + i * 1000, 3), T0);
      outbox.declareGaps(EPOCH);
    }
    expect(gapsIn(outbox)).toHaveLength(1);
    expect(outbox.counts().bytes).toBeLessThanOrEqual(20_000);
  });

  it('destroys what is older than the retention of tracks, and does not take it in either', () => {
    const outbox = open();
    outbox.append(report(T0), T0);
    outbox.append(report(T0 + HOUR), T0);
    outbox.forgetOld(T0 + 72 * HOUR + 1);
    expect(sequences(outbox)).toEqual([2]);
    expect(outbox.append(report(T0), T0 + 73 * HOUR)).toBe(3);
    outbox.declareGaps(EPOCH);
    expect(gapsIn(outbox).map((g) => [g.firstSequence, g.lastSequence, g.reason])).toEqual([
      [1, 1, 'age'],
      [3, 3, 'age'],
    ]);
  });

  it('numbers gaps one after another, and the next report after them', () => {
    const outbox = open();
    for (const toMs of [T0, T0 + 2 * HOUR, T0 + 1000, T0 + 3 * HOUR]) outbox.append(report(toMs), T0);
    outbox.forgetOld(T0 + 73 * HOUR);
    expect(outbox.declareGaps(EPOCH)).toBe(2);
    expect(gapsIn(outbox).map((g) => [g.sequence, g.firstSequence, g.lastSequence])).toEqual([
      [5, 1, 1],
      [6, 3, 3],
    ]);
    expect(outbox.append(report(T0 + 4 * HOUR), T0)).toBe(7);
  });

  it('destroys tracks where the device is to send counts alone, and declares them as that', () => {
    const before = open();
    before.append(report(T0, 5), T0);
    before.append(report(T0 + 1000, 5), T0);
    before.close();
    const after = open({ level: 'counts' });
    expect(after.counts()).toMatchObject({ reports: 0, forgotten: 2 });
    const contents = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'));
    expect(contents.join('')).not.toContain('pseudonym-');
    expect(lines.join('')).toContain('they are destroyed and declared');
    after.declareGaps(EPOCH);
    expect(gapsIn(after)).toMatchObject([{ firstSequence: 1, lastSequence: 2, reason: 'level' }]);
    after.close();
    lines.length = 0;
    open({ level: 'counts' });
    expect(lines).toEqual([]);
  });

  it('takes no second agent', () => {
    open();
    expect(() => open()).toThrow(/in use by another process/);
  });

  it('takes no reports of another camera', () => {
    open().close();
    expect(() => open({ owner: 'site/floor/device/cam-2' })).toThrow(/holds reports of site\/floor\/device\/cam-1/);
  });

  it('leaves a database of something else alone', () => {
    const path = join(folder, 'outbox.db');
    execFileSync(process.execPath, [
      '-e',
      `const { DatabaseSync } = require('node:sqlite'); const d = new DatabaseSync(${JSON.stringify(path)}); d.exec('CREATE TABLE t (x)'); d.close();`,
    ]);
    const before = readFileSync(path);
    expect(() => open()).toThrow(OperatorError);
    expect(readFileSync(path).equals(before)).toBe(true);
  });
});

describe('a damaged outbox', () => {
  const damaged = {
    'is no database at all': (path: string) =>
      writeFileSync(path, 'not a database, but long enough to look at'.repeat(200)),
    'has overwritten pages': (path: string) => {
      const bytes = readFileSync(path);
      bytes.fill(0xa5, 4096 + 100, bytes.length - 100);
      writeFileSync(path, bytes);
    },
    'has lost its end': (path: string) => writeFileSync(path, readFileSync(path).subarray(0, 5000)),
  };
  for (const [what, damage] of Object.entries(damaged)) {
    it(`that ${what} is moved aside with a line in the log, and the sequence goes on growing`, () => {
      const first = open();
      for (let i = 0; i < 100; i += 1) first.append(report(T0 + i, 5), T0);
      first.close();
      damage(join(folder, 'outbox.db'));
      const second = open();
      expect(lines.join('')).toContain('the outbox is damaged and was moved aside');
      expect(readdirSync(folder).filter((name) => name.includes('.unreadable-'))).toHaveLength(1);
      expect(second.append(report(T0), T0)).toBeGreaterThan(100);
      expect(sequences(second)).toHaveLength(1);
    });
  }

  it('that is damaged while it is in use is moved aside, and what comes next has a number that nobody had', () => {
    const path = join(folder, 'outbox.db');
    const outbox = open();
    for (let i = 0; i < 200; i += 1) outbox.append(report(T0 + i, 200), T0);
    outbox.close();
    const again = open();
    const bytes = readFileSync(path);
    bytes.fill(0xa5, 4096);
    writeFileSync(path, bytes);
    expect(again.rowsAfter(0, 1000)).toEqual([]);
    expect(lines.join('')).toContain('the outbox is damaged and was moved aside');
    expect(again.counts()).toMatchObject({ reports: 0, bytes: 0 });
    const next = again.append(report(T0 + 1000), T0) ?? 0;
    expect(next).toBe(201);
    expect(sequences(again)).toEqual([next]);
  });

  it('is destroyed when tracks of its age must be', () => {
    const path = join(folder, 'outbox.db');
    writeFileSync(path, 'x'.repeat(5000));
    const outbox = open();
    const [aside = ''] = readdirSync(folder).filter((name) => name.includes('.unreadable-'));
    outbox.forgetOld(Date.now());
    expect(readdirSync(folder)).toContain(aside);
    const old = Date.now() / 1000 - 73 * 3600;
    utimesSync(join(folder, aside), old, old);
    outbox.forgetOld(Date.now());
    expect(readdirSync(folder)).not.toContain(aside);
  });
});

/** A file system of 600 kB, where this machine allows one to be mounted. */
function mountSmallDisk(): string | null {
  const at = mkdtempSync(join(tmpdir(), 'safe-passage-small-disk-'));
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=600k', 'tmpfs', at]).status === 0) return at;
  rmSync(at, { recursive: true, force: true });
  return null;
}

describe('a full disk (needs the right to mount a tmpfs: run as root)', () => {
  it('is lived through: what it refuses is counted, and declared when it takes reports again', ({ skip }) => {
    // Not before: of a test that does not come to its turn nothing would unmount it.
    const disk = mountSmallDisk() ?? skip();
    const ballast = join(disk, 'ballast');
    const outbox = open({ path: join(disk, 'outbox.db') });
    try {
      const numbers: (number | null)[] = [];
      const append = (people: number) => {
        const now = T0 + numbers.length * 1000;
        const sequence = outbox.append(report(now, people), now);
        numbers.push(sequence);
        return sequence;
      };
      for (let i = 0; i < 5; i += 1) append(5);
      const free = Number(execFileSync('df', ['--output=avail', '-B1', disk]).toString().split('\n')[1]);
      writeFileSync(ballast, Buffer.alloc(Math.max(0, free - 8192)));
      for (let i = 0; i < 60; i += 1) append(60);
      const refused = numbers.filter((n) => n === null).length;
      expect(refused).toBeGreaterThan(0);
      expect(outbox.counts().forgotten).toBe(refused);
      expect(lines.filter((line) => line.includes('the disk takes no further reports'))).toHaveLength(1);
      rmSync(ballast);
      const next = append(0) ?? 0;
      expect(next).toBe(numbers.length);
      outbox.declareGaps(EPOCH);
      const declared = gapsIn(outbox).reduce((n, g) => n + g.lastSequence - g.firstSequence + 1, 0);
      expect(declared).toBe(refused);
      expect(sequences(outbox).filter((s) => s <= next)).toHaveLength(next - refused);
    } finally {
      outbox.close();
      spawnSync('umount', [disk]);
      rmSync(disk, { recursive: true, force: true });
    }
  });
});

describe('any run of accepting, confirming, forgetting and restarting', () => {
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ kind: fc.constant('append' as const), people: fc.integer({ min: 0, max: 8 }) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('confirm' as const), picks: fc.array(fc.nat(40), { maxLength: 6 }) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('declare' as const) }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('forget' as const), keepSeconds: fc.integer({ min: 1, max: 60 }) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
  );

  it('leaves each number confirmed, present or declared: one of the three', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const path = join(folder, `outbox-${Math.random()}.db`);
        const options = { path, maxBytes: 4000, maxAgeMs: 60_000 };
        let outbox = open(options);
        let now = T0;
        let last = 0;
        const confirmed = new Set<number>();
        const declared = new Map<number, number>();
        const noteGaps = () => {
          for (const gap of gapsIn(outbox)) {
            last = Math.max(last, gap.sequence);
            for (let s = gap.firstSequence; s <= gap.lastSequence; s += 1) declared.set(s, gap.sequence);
          }
        };
        const confirm = (numbers: number[]) => {
          for (const n of numbers) confirmed.add(n);
          expect(outbox.confirm(EPOCH, numbers)).toBe(numbers.length);
        };
        for (const s of steps) {
          if (s.kind === 'append') {
            now += 1000;
            const sequence = outbox.append(report(now, s.people), now);
            expect(sequence).toBe(last + 1);
            last += 1;
            const gapBytes = gapsIn(outbox).length * (300 + ROW_OVERHEAD_BYTES);
            expect(outbox.counts().bytes).toBeLessThanOrEqual(4000 + gapBytes);
          } else if (s.kind === 'confirm') {
            const present = sequences(outbox);
            confirm([...new Set(s.picks.map((p) => present[p]).filter((p) => p !== undefined))]);
          } else if (s.kind === 'declare') {
            outbox.declareGaps(EPOCH);
            noteGaps();
          } else if (s.kind === 'forget') {
            outbox.forgetOld(now + 60_000 - s.keepSeconds * 1000);
          } else {
            outbox.close();
            outbox = open(options);
          }
          const present = parsed(outbox);
          expect(outbox.counts().reports).toBe(present.length);
        }
        for (;;) {
          confirm(gapsIn(outbox).map((gap) => gap.sequence));
          if (outbox.declareGaps(EPOCH) === 0) break;
          noteGaps();
        }
        const present = new Set(sequences(outbox));
        for (let s = 1; s <= last; s += 1) {
          const places = [confirmed.has(s), present.has(s), declared.has(s)].filter(Boolean).length;
          expect([s, places]).toEqual([s, 1]);
        }
        expect(declared.size + confirmed.size + present.size).toBe(last);
        outbox.close();
      }),
      { numRuns: 60 },
    );
  });
});
