import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Finished, runProgram } from '../../../test/services/program.ts';
import { type Point, seen } from './floor.ts';

const hub = (...args: string[]): Promise<Finished> => runProgram('hub/src/main.ts', args);

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hub-fuse-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

const HEADER = 't,camera,track,x,y,sigma';
const rows = (points: readonly Point[]): string[] =>
  points.map((p) => `${p.timeMs / 1000},${p.camera},${p.track},${p.x.toFixed(4)},${p.y.toFixed(4)},0.12`);
const walk = (t: number): readonly [number, number] => [1.2 * t, 3];
/** Through two views, out of sight for four seconds, and on through a third. */
const POINTS = [
  ...seen('a', '1', [0, 8], walk),
  ...seen('b', '1', [6, 14], walk),
  ...seen('c', '1', [18, 26], walk),
].sort((p, q) => p.timeMs - q.timeMs);

describe('hub fuse', () => {
  it('writes t,person,x,y at the times of the tracks, and continuations as probabilities', async () => {
    const tracks = await file('tracks.csv', [HEADER, ...rows(POINTS), ''].join('\n'));
    const out = join(folder, 'persons.csv');
    const links = join(folder, 'links.jsonl');
    const result = await hub('fuse', '--tracks', tracks, '--out', out, '--continuations', links, '--report');
    expect(result.code).toBe(0);
    expect(result.err).toMatch(/2 persons and 1 continuations from \d+ rows/);
    expect(result.err).toMatch(/Clock offsets/);
    expect(result.err).toMatch(/a to b: 0\.\d\d m \(x .*\) over \d+ positions/);
    const [header, ...lines] = (await readFile(out, 'utf8')).trimEnd().split('\n');
    expect(header).toBe('t,person,x,y');
    expect(new Set(lines.map((line) => line.split(',')[1])).size).toBe(2);
    const times = new Set(rows(POINTS).map((row) => row.split(',')[0]));
    for (const line of lines) {
      const [t = '', , x, y] = line.split(',');
      expect(times.has(t)).toBe(true);
      expect(Math.hypot(Number(x) - 1.2 * Number(t), Number(y) - 3)).toBeLessThan(0.3);
    }
    expect(lines.length).toBe(141 + 81);
    const link = JSON.parse(await readFile(links, 'utf8')) as Record<string, unknown>;
    expect(link).toMatchObject({ from: 14, to: 18 });
    expect(link.earlier).toBe(lines[0]?.split(',')[1]);
    expect(link.probability).toBeGreaterThan(0.5);
  });

  it('gives the same persons whatever the order of the rows', async () => {
    const sorted = await file('sorted.csv', [HEADER, ...rows(POINTS)].join('\n'));
    const mixed = await file(
      'mixed.csv',
      [HEADER, ...rows(POINTS).sort((a, b) => (a.slice(-9) < b.slice(-9) ? -1 : 1))].join('\r\n'),
    );
    const one = await hub('fuse', '--tracks', sorted, '--out', '-');
    const other = await hub('fuse', '--tracks', mixed, '--out', '-');
    expect(one.code).toBe(0);
    expect(other.out).toBe(one.out);
  });

  it.each([
    ['a word for a number', '1,a,1,wide,3,0.1', /line 2: x is "wide".*[\s\S]*Mend or remove this row/],
    ['a field too few', '1,a,1,2,3', /line 2: the row is "1,a,1,2,3", not six fields[\s\S]*t,camera,track,x,y,sigma/],
    ['no camera', '1,,1,2,3,0.1', /line 2: camera is empty/],
    ['no track', '1,a, ,2,3,0.1', /line 2: track is empty/],
    ['a negative sigma', '1,a,1,2,3,-0.1', /line 2: sigma is -0.1, below 0[\s\S]*standard deviation/],
    ['no number at all', 'NaN,a,1,2,3,0.1', /line 2: t is "NaN"/],
  ])('refuses %s with line, field, value and remedy, and writes nothing', async (_, row, message) => {
    const tracks = await file('wrong.csv', `${HEADER}\n${row}\n`);
    const result = await hub('fuse', '--tracks', tracks, '--out', join(folder, 'nothing.csv'));
    expect(result.code).toBe(1);
    expect(result.err).toMatch(message);
    expect((await readdir(folder)).filter((name) => name.startsWith('nothing'))).toEqual([]);
  });

  it('refuses another header, a plan that is none, and two outputs at once', async () => {
    const wrong = await file('header.csv', 't,id,x,y\n0,1,2,3\n');
    expect((await hub('fuse', '--tracks', wrong, '--out', '-')).err).toMatch(/line 1: the header is "t,id,x,y"/);
    const tracks = await file('fine.csv', `${HEADER}\n0,a,1,2,3,0.1\n`);
    const plan = await file('plan.json', '{"id":"hall"}');
    expect((await hub('fuse', '--tracks', tracks, '--plan', plan, '--out', '-')).err).toMatch(
      /no floor plan[\s\S]*walls/,
    );
    const both = await hub('fuse', '--tracks', tracks, '--out', '-', '--continuations', '-');
    expect(both.code).toBe(2);
    const away = await hub('fuse', '--tracks', join(folder, 'absent.csv'), '--out', '-');
    expect(away.err).toMatch(/the tracks ".*absent\.csv" cannot be read/);
  });
});
