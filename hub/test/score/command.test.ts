import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedFile } from '../../../test/services/machine.ts';
import { type Finished, runProgram } from '../../../test/services/program.ts';
import { behind, progress, samples, walker } from './escorts/scenes.ts';
import { rectangle, type Sample, walk } from './walks.ts';

const hub = (...args: string[]): Promise<Finished> => runProgram('hub/src/main.ts', args);

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hub-score-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

const csv = (samples: readonly Sample[]): string =>
  ['t,id,x,y', ...samples.map((s) => `${s.timeMs / 1000},${s.person},${s.x.toFixed(4)},${s.y.toFixed(4)}`), ''].join(
    '\n',
  );
const events = (text: string) =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
/** The dwell episodes among them. */
const dwells = (text: string) => events(text).filter(({ kind }) => kind === 'dwell');

/** In over x = 0 at 2 s, out over it at 23 s. */
const VISIT = walk('7', [
  [0, -2, 2],
  [4, 2, 2],
  [21, 2, 2],
  [25, -2, 2],
  [30, -4, 2],
]);
const ZONES = JSON.stringify({ zones: [rectangle('table', [0, 0, 4, 4], { limit: 15, name: 'Standing table' })] });

describe('hub score', () => {
  it('writes one JSON object a line for each presence in a zone', async () => {
    const out = join(folder, 'events.jsonl');
    const trajectories = await file('visit.csv', csv(VISIT));
    const zones = await file('zones.json', ZONES);
    const result = await hub('score', '--trajectories', trajectories, '--zones', zones, '--out', out);
    expect(result.err).toMatch(/1 dwell episodes from 301 rows/);
    expect(result.code).toBe(0);
    expect(dwells(await readFile(out, 'utf8'))).toEqual([
      {
        kind: 'dwell',
        person: '7',
        persons: ['7'],
        zone: 'table',
        from: 2,
        to: 23,
        seconds: 21,
        spanSeconds: 21,
        visits: [{ from: 2, to: 23 }],
        limitSeconds: 15,
        score: 0.4854,
        severity: 0.1618,
        alert: true,
        reasons: ['Present at Standing table for 21 s; the limit set for this zone is 15 s (1.4 times the limit).'],
        everMoved: true,
        netDisplacementMetres: expect.closeTo(4, 0) as number,
        gapsBridged: 0,
        identityJoins: 0,
        joinProbability: 1,
        unseenShare: 0,
      },
    ]);
    expect((await readdir(folder)).filter((name) => name.endsWith('.partial'))).toEqual([]);
  });

  it('takes zones as a plan has them, or as a bare list', async () => {
    const trajectories = await file('visit.csv', csv(VISIT));
    const { zones } = JSON.parse(ZONES) as { zones: unknown };
    const asPlan = await file('zones.json', ZONES);
    const asList = await file('list.json', JSON.stringify(zones));
    const [plan, list] = await Promise.all(
      [asPlan, asList].map((path) => hub('score', '--trajectories', trajectories, '--zones', path, '--out', '-')),
    );
    expect(list?.out).toBe(plan?.out);
    expect(dwells(list?.out ?? '')).toHaveLength(1);
  });

  it('gives the same for rows in any order, Windows line ends and a last line without one', async () => {
    const zones = await file('zones.json', ZONES);
    const [header, ...rows] = csv(VISIT).trim().split('\n');
    const shuffled = rows.map((row, i) => ({ row, place: (i * 37) % rows.length })).sort((a, b) => a.place - b.place);
    const mixed = await file('mixed.csv', [header, ...shuffled.map(({ row }) => row)].join('\r\n'));
    const inOrder = await hub(
      'score',
      '--trajectories',
      await file('visit.csv', csv(VISIT)),
      '--zones',
      zones,
      '--out',
      '-',
    );
    const result = await hub('score', '--trajectories', mixed, '--zones', zones, '--out', '-');
    expect(result.out).toBe(inOrder.out);
    expect(dwells(result.out)).toHaveLength(1);
  });

  it('tells of somebody who comes back once, with both visits and the time of presence', async () => {
    const [there, back] = [VISIT, VISIT.map((s) => ({ ...s, timeMs: s.timeMs + 300_000 }))];
    const between = walk('7', [
      [30.1, -4, 2],
      [299.9, -2, 2],
    ]);
    const path = await file('back.csv', csv([...there, ...between, ...back]));
    const zones = await file('zones.json', ZONES);
    const result = await hub('score', '--trajectories', path, '--zones', zones, '--out', '-');
    expect(dwells(result.out)).toMatchObject([
      {
        person: '7',
        from: 2,
        to: 323,
        seconds: 42,
        spanSeconds: 321,
        visits: [
          { from: 2, to: 23 },
          { from: 302, to: 323 },
        ],
        alert: true,
      },
    ]);
  });

  it('without zones has one that covers everything, and takes ids as they are', async () => {
    const samples = [
      ...VISIT,
      ...walk('8', [
        [30.5, -4, 2],
        [40, -4, 2],
      ]),
    ];
    const result = await hub('score', '--trajectories', await file('two.csv', csv(samples)), '--out', '-');
    expect(dwells(result.out).map(({ person, zone, from, to }) => ({ person, zone, from, to }))).toEqual([
      { person: '7', zone: 'floor', from: 0, to: 30 },
      { person: '8', zone: 'floor', from: 30.5, to: 40 },
    ]);
  });

  it('widens its grace where rows are seconds apart', async () => {
    const sparse = walk(
      '7',
      [
        [0, 2, 2],
        [40, 2, 2],
      ],
      0.25,
    );
    const zones = await file('zones.json', ZONES);
    const result = await hub(
      'score',
      '--trajectories',
      await file('sparse.csv', csv(sparse)),
      '--zones',
      zones,
      '--out',
      '-',
    );
    expect(dwells(result.out)).toMatchObject([{ from: 0, to: 40, gapsBridged: 0, unseenShare: 0 }]);
  });

  it.each([
    ['an empty number', 't,id,x,y\n0,1,2,3\n0.1,1,,3\n', /line 3: x is "", not a number of metres/],
    ['a word for a number', 't,id,x,y\nsoon,1,2,3\n', /line 2: t is "soon", not a number of seconds/],
    ['a missing field', 't,id,x,y\n0,1,2\n', /line 2: the row is "0,1,2", not four fields/],
    ['a field too many', 't,id,x,y\n0,1,2,3,4\n', /line 2: the row is "0,1,2,3,4", not four fields/],
    ['no id', 't,id,x,y\n0,,2,3\n', /line 2: id is empty/],
    ['another header', 'frame,id,x,y\n0,1,2,3\n', /line 1: the header is "frame,id,x,y", not "t,id,x,y"/],
    ['nothing at all', '', /line 1: the header is ""/],
  ])('refuses %s with line, field, value and remedy, and writes nothing', async (_what, text, message) => {
    const out = join(folder, 'none.jsonl');
    const result = await hub('score', '--trajectories', await file('bad.csv', text), '--out', out);
    expect(result.code).toBe(1);
    expect(result.err).toMatch(message);
    expect(result.err.trim().split('\n').at(-1)).toMatch(/^(Mend|Every row|Give every row|The first line)/);
    expect(await readdir(folder)).not.toContain('none.jsonl');
  });

  it('refuses zones that are none, by field', async () => {
    const trajectories = await file('visit.csv', csv(VISIT));
    const kind = await file('kind.json', ZONES.replace('"transit"', '"lounge"'));
    const flat = await file('flat.json', ZONES.replaceAll('4', '0'));
    const wrongKind = await hub('score', '--trajectories', trajectories, '--zones', kind, '--out', '-');
    expect(wrongKind.code).toBe(1);
    expect(wrongKind.err).toMatch(/zones\.0\.kind/);
    const noArea = await hub('score', '--trajectories', trajectories, '--zones', flat, '--out', '-');
    expect(noArea.err).toMatch(/zone "table": its polygon must have three corners that are not on one line/);
    const [table] = (JSON.parse(ZONES) as { zones: [{ polygon: unknown[] }] }).zones;
    const crossed = JSON.stringify([{ ...table, polygon: [0, 2, 1, 3].map((corner) => table.polygon[corner]) }]);
    const crossing = await hub(
      'score',
      '--trajectories',
      trajectories,
      '--zones',
      await file('x.json', crossed),
      '--out',
      '-',
    );
    expect(crossing.code).toBe(1);
    expect(crossing.err).toMatch(/zone "table": its polygon must not cross itself: .*; found the edge from corner 1/);
  });

  it('names a file that is not there and a folder that cannot be written', async () => {
    const trajectories = await file('visit.csv', csv(VISIT));
    const unread = await hub('score', '--trajectories', join(folder, 'absent.csv'), '--out', '-');
    expect([unread.code, unread.err]).toEqual([1, expect.stringMatching(/absent\.csv" cannot be read/)]);
    const unwritten = await hub('score', '--trajectories', trajectories, '--out', join(folder, 'no', 'where.jsonl'));
    expect([unwritten.code, unwritten.err]).toEqual([1, expect.stringMatching(/cannot be written to/)]);
    expect((await hub('score', '--out', '-')).code).toBe(2);
  });

  const station = sharedFile('data', 'ordinary', 'grand-central-a.csv');
  it.skipIf(!station)(
    'scores twenty minutes of a railway station (needs ../shared or $SAFE_PASSAGE_SHARED)',
    async () => {
      const result = await hub('score', '--trajectories', station ?? '', '--out', '-');
      expect(result.code).toBe(0);
      // Of 4,128 people some are there for less than the second that an episode takes.
      const found = dwells(result.out);
      expect(found.length).toBeGreaterThan(3000);
      expect(new Set(found.map((event) => event.person)).size).toBeLessThanOrEqual(4128);
    },
  );
});

describe('hub score, groups', () => {
  const walkers = [
    ...walk('a', [
      [0, 0, 0],
      [20, 26, 0],
    ]),
    ...walk('b', [
      [0, 0, 0.8],
      [20, 26, 0.8],
    ]),
    ...walk('c', [
      [0, 26, 9],
      [20, 0, 9],
    ]),
  ];

  it('tells a partition of everybody once a window, and the life of each group with its reasons', async () => {
    const path = await file('walkers.csv', csv(walkers));
    const result = await hub('score', '--trajectories', path, '--out', '-');
    const lines = events(result.out);
    expect(lines.filter(({ kind }) => kind === 'grouping')).toEqual([
      { kind: 'grouping', from: 0, to: 10, groups: [['a', 'b'], ['c']] },
      { kind: 'grouping', from: 10, to: 20, groups: [['a', 'b'], ['c']] },
      { kind: 'grouping', from: 20, to: 30, groups: [['a', 'b'], ['c']] },
    ]);
    const life = lines.filter(({ kind }) => kind === 'group');
    expect(life.map(({ event, members }) => [event, members])).toEqual([
      ['formed', ['a', 'b']],
      ['dissolved', ['a', 'b']],
    ]);
    expect(life[0]).toMatchObject({ group: 1, bond: { metres: 0.8, relativeSpeed: 0 } });
    expect(String(life[0]?.reasons)).toMatch(/log odds \d\.\d against strangers at this density and flow/);
  });

  it('takes windows of another length, and refuses one of none', async () => {
    const path = await file('walkers.csv', csv(walkers));
    const result = await hub('score', '--trajectories', path, '--window', '5', '--out', '-');
    expect(events(result.out).filter(({ kind }) => kind === 'grouping')).toHaveLength(5);
    const refused = await hub('score', '--trajectories', path, '--window', '0', '--out', '-');
    expect(refused.code).toBe(2);
    expect(refused.err).toMatch(/--window takes a number of at least 1/);
  });

  it('tells who parted before a control zone of the plan and met again behind it', async () => {
    const parted = [
      ...walk('a', [
        [0, 0, 0],
        [20, 20, 0],
        [30, 30, 8],
        [45, 38, 8],
        [60, 45, 0],
        [90, 75, 0],
      ]),
      ...walk('b', [
        [0, 0, 0.8],
        [20, 20, 0.8],
        [30, 30, -8],
        [45, 38, -8],
        [60, 45, 0.8],
        [90, 75, 0.8],
      ]),
    ];
    const zones = await file(
      'control.json',
      JSON.stringify([rectangle('check', [30, -20, 36, 20], { kind: 'control' })]),
    );
    const result = await hub(
      'score',
      '--trajectories',
      await file('parted.csv', csv(parted)),
      '--zones',
      zones,
      '--out',
      '-',
    );
    const found = events(result.out).filter(({ kind }) => kind === 'regrouping');
    expect(found).toMatchObject([{ persons: ['a', 'b'], zone: 'check' }]);
    expect(found[0]?.reasons).toHaveLength(3);
  });

  it('tells who led whom, with reasons, figures and moments', async () => {
    const plan = progress([
      [14, 1.2],
      [7, 0],
      [16, 1.2],
      [6, 0],
      [20, 1.2],
    ]);
    const way = [
      [0, 0],
      [30, 0],
      [30, 60],
    ] as const;
    const led = samples({ a: walker(way, plan, [0, 63]), b: walker(way, behind(plan, 0.7, 0.6), [0, 63]) });
    const result = await hub('score', '--trajectories', await file('led.csv', csv(led)), '--out', '-');
    expect(result.err).toMatch(/1 escorts and the like/);
    const [escort] = events(result.out).filter(({ kind }) => kind === 'escort');
    expect(escort).toMatchObject({ kind: 'escort', leader: 'a', follower: 'b' });
    expect(escort?.from).toBeLessThan(3);
    expect(escort?.lagSeconds).toBeGreaterThan(0.4);
    expect(escort?.to).toBeGreaterThan(60);
    expect(String(escort?.reasons)).toMatch(/Followed at 1\.\d m with a lag of \d\.\d s/);
    expect(escort?.figures).toMatchObject({ lagSeconds: escort?.lagSeconds });
  });
});
