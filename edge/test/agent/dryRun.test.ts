import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CountReport, checker, countProblems, describeProblems, TrackReport } from '@safe-passage/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sharedFile } from '../../../test/services/machine.ts';

const MAIN = resolve(import.meta.dirname, '../../src/main.ts');
const check = checker(TrackReport);
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'safe-passage-dry-run-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function edge(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((done) => {
    execFile(process.execPath, [MAIN, ...args], { maxBuffer: 1e8 }, (problem, stdout, stderr) => {
      done({ code: problem ? Number(problem.code) : 0, stdout, stderr });
    });
  });
}

function reportsIn(text: string): TrackReport[] {
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const checked = check(JSON.parse(line));
      if (!checked.ok) throw new Error(describeProblems(checked.problems));
      return checked.value;
    });
}

describe('a dry run', () => {
  it('writes one report a line to the standard output, faster than real time', async () => {
    const lines = Array.from({ length: 600 }, (_, i) => `${i + 1},-1,${100 + i},300,80,220,0.9,-1,-1,-1`);
    writeFileSync(join(folder, 'det.txt'), lines.join('\n'));
    const args = ['--detections', join(folder, 'det.txt'), '--fps', '10', '--image-size', '1280x720'];
    const { code, stdout, stderr } = await edge('run', ...args, '--dry-run', '--out', '-');
    expect(code).toBe(0);
    expect(stderr).toContain('from 600 frames');
    const reports = reportsIn(stdout);
    expect(reports.map((r) => r.sequence)).toEqual(Array.from({ length: reports.length }, (_, i) => i + 1));
    expect(reports.length).toBeGreaterThanOrEqual(60);
    expect(new Set(reports.flatMap((r) => r.tracks.map((t) => t.id))).size).toBe(1);
    expect(reports.at(-1)?.tracks[0]?.state).toBe('ended');
  });

  it('at level counts writes numbers by zone and quarter-hour, and nobody', async () => {
    const table = resolve(import.meta.dirname, '../../../examples/standing-table');
    const { code, stdout } = await edge(
      ...['run', '--detections', join(table, 'boxes.txt'), '--fps', '5', '--image-size', '768x432'],
      ...['--calibration', join(table, 'calibration.yaml'), '--plan', join(table, 'plan.json')],
      ...['--privacy-level', 'counts', '--dry-run', '--out', '-'],
    );
    expect(code).toBe(0);
    const reports = stdout
      .trim()
      .split('\n')
      .map((line) => {
        const checked = checker(CountReport)(JSON.parse(line));
        if (!checked.ok) throw new Error(describeProblems(checked.problems));
        return checked.value;
      });
    expect(reports.flatMap(countProblems)).toEqual([]);
    const people = reports.flatMap(({ zones }) => zones).reduce((sum, { newcomers }) => sum + newcomers, 0);
    expect(people).toBeGreaterThan(0);
    expect(stdout).not.toMatch(/"tracks"|"points"/);
  });

  it.each([
    [['--source', 'nowhere.mp4', '--dry-run', '--out', '-'], 1, 'nowhere.mp4'],
    [['--dry-run', '--out', '-'], 2, '--source'],
    [['--source', 'x.mp4', '--dry-run'], 2, '--out is missing'],
    [['--source', 'x.mp4', '--out', '-'], 2, '--out goes with --dry-run'],
    [['--source', 'x.mp4', '--broker', 'mqtt://x:1'], 2, '--site is missing'],
    [['--source', 'x.mp4', '--privacy-level', 'counts', '--dry-run', '--out', '-'], 2, 'needs --plan'],
    [['--source', 'x.mp4', '--privacy-level', 'faces', '--dry-run', '--out', '-'], 2, 'takes tracks or counts'],
    [['--source', 'x.mp4', '--config', 'edge.yaml'], 2, '--source and --config do not go together'],
    [['--config', 'nowhere.yaml'], 1, 'nowhere.yaml cannot be read'],
    [
      [
        '--source',
        'x.mp4',
        '--broker',
        'mqtt://x:1',
        '--site',
        'A B',
        '--floor',
        'f',
        '--device',
        'd',
        '--camera',
        'c',
      ],
      1,
      'site is "A B"',
    ],
  ])('or a run that cannot begin says why: %#', async (args, code, message) => {
    const result = await edge('run', ...args);
    expect(result.stderr).toContain(message);
    expect(result.code).toBe(code);
  });

  const video = sharedFile('data', 'video', 'one-by-one-person-detection.mp4');
  const models = sharedFile('models');

  it.skipIf(!video || !models)(
    'of a real video sees its six people one at a time (needs ../shared or $SAFE_PASSAGE_SHARED)',
    async () => {
      const out = join(folder, 'reports.jsonl');
      const args = ['--source', String(video), '--model', 'yolox-nano', '--dry-run', '--out', out];
      expect((await edge('run', ...args)).code).toBe(0);
      const reports = reportsIn(readFileSync(out, 'utf8'));
      expect(reports.length).toBeGreaterThanOrEqual(139);
      const seen = new Set<string>();
      for (const report of reports) {
        const there = report.tracks.filter((track) => track.state === 'active');
        expect(there.length).toBeLessThanOrEqual(1);
        for (const track of there) seen.add(track.id);
      }
      expect(seen.size).toBe(6);
    },
    240_000,
  );
});
