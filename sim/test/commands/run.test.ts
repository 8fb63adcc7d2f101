import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checker, FloorPlan } from '@safe-passage/contract';
import { parseMotDetections } from '@safe-passage/edge/detect/mot.ts';
import { readCalibration } from '@safe-passage/edge/floor/calibration.ts';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ScenarioRecord } from '../../src/truth/events.ts';
import { sim } from './simProgram.ts';

const HOURS = '0.1';
const OPTIONS = ['--plan', 'regional', '--hours', HOURS, '--passengers-per-hour', '300', '--scenarios-per-hour', '20'];

/** One digest over the names and bytes of all files in a folder. */
async function digest(folder: string): Promise<string> {
  const hash = createHash('sha256');
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of names.filter((file) => file.isFile()).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    hash.update(entry.name).update(await readFile(join(entry.parentPath, entry.name)));
  }
  return hash.digest('hex');
}

describe('sim run', () => {
  let folder: string;
  let run: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sim-run-'));
    run = join(folder, 'run');
    const result = await sim('run', ...OPTIONS, '--seed', '3', '--out', run);
    expect(result.code, result.err).toBe(0);
    expect(result.err).toMatch(/people in 0\.10 h/);
  }, 240_000);
  afterAll(() => rm(folder, { recursive: true }));

  it('gives the same bytes for the same seed, and other people for another', { timeout: 240_000 }, async () => {
    const again = join(folder, 'again');
    const other = join(folder, 'other');
    expect((await sim('run', ...OPTIONS, '--seed', '3', '--out', again)).code).toBe(0);
    expect((await sim('run', ...OPTIONS, '--seed', '4', '--out', other)).code).toBe(0);
    expect(await digest(again)).toBe(await digest(run));
    expect(await digest(other)).not.toBe(await digest(run));
  });

  it('writes where everybody is, in order of time, only while they are there', async () => {
    const [header, ...rows] = (await readFile(join(run, 'trajectories.csv'), 'utf8')).trim().split('\n');
    expect(header).toBe('t,id,x,y');
    const persons = new Map(
      (await readFile(join(run, 'persons.jsonl'), 'utf8'))
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { id: number; from: number; to: number })
        .map((person) => [person.id, person]),
    );
    let last = 0;
    const seen = new Set<number>();
    for (const row of rows) {
      const [t = Number.NaN, id = -1, x = Number.NaN, y = Number.NaN] = row.split(',').map(Number);
      expect(t).toBeGreaterThanOrEqual(last);
      last = t;
      seen.add(id);
      const person = persons.get(id);
      expect(person, `person ${id}`).toBeDefined();
      expect(t >= (person?.from ?? 1e9) - 0.2 && t <= (person?.to ?? -1) + 0.2, `${id} at ${t}`).toBe(true);
      expect(Number.isFinite(x) && Number.isFinite(y)).toBe(true);
    }
    expect(seen.size).toBeGreaterThan(10);
  });

  it('gives edge agents what they read: a floor plan, and for each camera boxes and a calibration', async () => {
    const plan = checker(FloorPlan)(JSON.parse(await readFile(join(run, 'plan.json'), 'utf8')));
    expect(plan.ok).toBe(true);
    if (!plan.ok) return;
    let boxes = 0;
    for (const { id } of plan.value.cameras) {
      const calibration = await readFile(join(run, 'cameras', `${id}.calibration.json`), 'utf8');
      expect(readCalibration(calibration, id).name).not.toBe('');
      const text = await readFile(join(run, 'cameras', `${id}.det.txt`), 'utf8');
      const frames = parseMotDetections(text, id);
      for (const frame of frames) expect(frame.frame).toBeLessThanOrEqual(Number(HOURS) * 3600 * 5 + 1);
      boxes += frames.length;
    }
    expect(boxes).toBeGreaterThan(100);
  });

  it('leaves cameras out where nobody wants them, and stages only what is asked for', {
    timeout: 240_000,
  }, async () => {
    const out = join(folder, 'truth');
    const only = [...OPTIONS, '--scenarios', 'long-dwell', '--no-cameras', '--out', out];
    expect((await sim('run', ...only)).code).toBe(0);
    expect(await readdir(out)).not.toContain('cameras');
    const scenarios = (await readFile(join(out, 'events.jsonl'), 'utf8'))
      .split('\n')
      .filter((line) => line.startsWith('{"type":"scenario",'))
      .map((line) => JSON.parse(line) as ScenarioRecord);
    expect(scenarios.length).toBeGreaterThan(0);
    for (const { kind } of scenarios) expect(kind).toBe('long-dwell');
  });

  it('is drawn as a picture of a moment and as an animated preview', { timeout: 240_000 }, async () => {
    const picture = join(folder, 'moment.png');
    const preview = join(folder, 'preview.webp');
    const drawn = await sim('render', '--in', run, '--at', '300', '--out', picture, '--width', '800');
    expect(drawn.code, drawn.err).toBe(0);
    expect((await sharp(picture).metadata()).width).toBe(800);
    const stretch = ['--from', '300', '--to', '304', '--every', '2', '--width', '400'];
    const played = await sim('render', '--in', run, ...stretch, '--out', preview);
    expect(played.code, played.err).toBe(0);
    expect((await sharp(preview).metadata()).pages).toBe(3);
  });

  it.each([
    [['run', '--hours', '0.1'], /--out is missing|--out/, 2],
    [['run', '--hours', 'x', '--out', 'X'], /--hours .*"x"/, 2],
    [['run', '--scenarios', 'handshake', '--out', 'X'], /--scenarios .*"handshake"/, 2],
    [['run', '--camera-fps', '3', '--out', 'X'], /--camera-fps takes 1, 2, 5 or 10; found "3"/, 2],
    [['run', '--detector', 'perfect', '--out', 'X'], /--detector takes yolox-nano-832, .*ideal; found "perfect"/, 2],
    [['play', '--broker', 'http://x'], /--broker takes mqtt:.*found "http:\/\/x"/, 2],
    [['run', '--plan', 'nowhere', '--out', 'X'], /nowhere/, 1],
    [['render', '--in', '/nowhere', '--out', 'a.png'], /run\.json cannot be read/, 1],
    [['render', '--in', '/nowhere', '--out', 'a.gif'], /\.svg, \.png, \.webp; found "a\.gif"/, 2],
    [['play', '--factor', '4'], /--factor above 1 needs --minutes/, 2],
  ] as const)('refuses %j and says why', async (args, message, code) => {
    const result = await sim(...args);
    expect(result.err).toMatch(message);
    expect(result.err).not.toMatch(/\n\s+at /);
    expect(result.code).toBe(code);
  });

  it('names the field of a faults file that is off, and a camera that is not there', async () => {
    const path = join(folder, 'faults.json');
    await writeFile(path, JSON.stringify({ 'cam-1': { droppedShare: 3 } }));
    const args = ['run', '--plan', 'regional', '--hours', '0.01', '--faults', path, '--out', join(folder, 'f')];
    expect((await sim(...args)).err).toMatch(/cam-1\.droppedShare.*found 3/);
    await writeFile(path, JSON.stringify({ 'cam-99': { droppedShare: 0.1 } }));
    expect((await sim(...args)).err).toMatch(/"cam-99"[\s\S]*Its cameras: /);
  });
});
