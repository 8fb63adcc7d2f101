import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FloorPlan } from '@safe-passage/contract';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { ReceivedReport } from '../../src/fuse/receivedReport.ts';
import { analysisOf, EVERYTHING, type FloorAnalysis } from '../../src/privacy/analysis.ts';
import { loosenings } from '../../src/privacy/compare.ts';
import { policyOf } from '../../src/privacy/inForce.ts';
import { builtInPolicy, type PrivacyPolicy } from '../../src/privacy/policy.ts';
import { PATTERNS, type Pattern } from '../../src/score/movement.ts';
import { createScoring } from '../../src/score/scoring.ts';
import type { ScoringOutput } from '../../src/score/scoringOutput.ts';
import { behind, progress, samples, walker } from '../score/escorts/scenes.ts';
import { everySecond, rectangle } from '../score/walks.ts';

const NOW = Date.parse('2026-11-28T12:00:00Z');
const START = 1_795_000_000_000;
const PLAN: FloorPlan = {
  id: 'hall',
  name: 'Hall',
  bounds: [
    [-20, -20],
    [120, 120],
  ],
  walls: [],
  zones: [rectangle('everywhere', [-20, -20, 120, 120], { kind: 'transit', name: 'Hall', limit: 30 })],
  cameras: [],
};

const ALL = [...PATTERNS];
const without = (...left: Pattern[]): Pattern[] => ALL.filter((pattern) => !left.includes(pattern));
type Analysis = NonNullable<PrivacyPolicy['analysis']>;
const allows = (patterns: Pattern[], more: Partial<Analysis> = {}): PrivacyPolicy => ({
  ...builtInPolicy(72),
  analysis: { patterns, why: 'What the authority has agreed to', ...more },
});

describe('the list of what may be analysed', () => {
  let folder: string;
  const keys = generateKeyPairSync('ed25519');
  const file = (name: string): string => join(folder, name);
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'safe-passage-analysis-'));
    await writeFile(file('keys.pem'), keys.publicKey.export({ type: 'spki', format: 'pem' }));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const source = (privacyKeyFile: string | null) => ({
    privacyFile: file('privacy.yaml'),
    privacyKeyFile,
    retention: { tracksHours: 72 },
    floors: [PLAN],
  });
  async function signed(policy: PrivacyPolicy): Promise<void> {
    const text = stringify(policy);
    await writeFile(file('privacy.yaml'), text);
    await writeFile(file('privacy.yaml.sig'), sign(null, Buffer.from(text), keys.privateKey));
  }

  it('is taken where its file is signed by a key of hub.yaml, and refused where a byte of it is another', async () => {
    await signed(allows(without('shadowing')));
    const taken = await policyOf(source(file('keys.pem')), NOW);
    expect(taken.analysis?.patterns).toEqual(without('shadowing'));

    const text = await readFile(file('privacy.yaml'), 'utf8');
    await writeFile(file('privacy.yaml'), text.replace('- flanking', '- shadowing'));
    await expect(policyOf(source(file('keys.pem')), NOW)).rejects.toThrow(/is no signature of/);
    const stranger = generateKeyPairSync('ed25519');
    await writeFile(file('privacy.yaml'), text);
    await writeFile(file('privacy.yaml.sig'), sign(null, Buffer.from(text), stranger.privateKey));
    await expect(policyOf(source(file('keys.pem')), NOW)).rejects.toThrow(/is no signature of/);
    await rm(file('privacy.yaml.sig'));
    await expect(policyOf(source(file('keys.pem')), NOW)).rejects.toThrow(/The signature .* cannot be read/);
    // Without a key nobody has signed it.
    await expect(policyOf(source(null), NOW)).rejects.toThrow(/names no key that it is signed with/);
    const pem = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString();
    const [own, other] = [pem(keys.publicKey), pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey)];
    for (const content of ['no key', '', other, own + other]) {
      await writeFile(file('no-key.pem'), content);
      await expect(policyOf(source(file('no-key.pem')), NOW)).rejects.toThrow(/holds no Ed25519 public key/);
    }
    // Any of several may sign.
    await signed(allows(without('shadowing')));
    await writeFile(file('both.pem'), pem(stranger.publicKey) + own);
    await expect(policyOf(source(file('both.pem')), NOW)).resolves.toMatchObject({ analysis: {} });
  });

  it('names no pattern without the one that it rests on, and no place that no plan has', async () => {
    await signed(allows(['handover', 'dwell']));
    await expect(policyOf(source(file('keys.pem')), NOW)).rejects.toThrow(/handover cannot be scored without escort/);
    await signed(allows(ALL, { zones: [{ floor: 'hall', zone: 'evrywhere', patterns: [], why: 'no legal basis' }] }));
    await expect(policyOf(source(file('keys.pem')), NOW)).rejects.toThrow(/at zone hall\/evrywhere, and no floor plan/);
    await signed(allows(ALL, { floors: [{ floor: 'roof', patterns: [], why: 'no legal basis' }] }));
    await expect(policyOf(source(file('keys.pem')), NOW)).rejects.toThrow(/at floor roof/);
  });

  it('is taken where it says less of a floor and of a zone that plans have', async () => {
    const floors = [{ floor: 'hall', patterns: ['dwell' as const], why: 'no more is needed' }];
    const zones = [{ floor: 'hall', zone: 'everywhere', patterns: [], why: 'no legal basis' }];
    await signed(allows(ALL, { floors, zones }));
    expect((await policyOf(source(file('keys.pem')), NOW)).analysis).toMatchObject({ floors, zones });
  });

  it('is never looser without being told so, and never told looser where it is not', () => {
    const patterns = fc.subarray<Pattern>(['dwell', 'escort', 'regrouping']);
    const inZone = fc.subarray(['dwell' as const]);
    const floor = fc.constantFrom('hall', 'roof');
    const list = fc.record({
      patterns,
      floors: fc.uniqueArray(fc.record({ floor, patterns, why: fc.constant('as agreed') }), {
        selector: (one) => one.floor,
        maxLength: 2,
      }),
      zones: fc.uniqueArray(
        fc.record({ floor, zone: fc.constantFrom('gate', 'shop'), patterns: inZone, why: fc.constant('as agreed') }),
        { selector: (one) => `${one.floor}/${one.zone}`, maxLength: 3 },
      ),
    });
    const policy = fc
      .option(list, { nil: undefined })
      .map((one) => (one ? allows(one.patterns, one) : builtInPolicy(72)));
    fc.assert(
      fc.property(policy, policy, (before, after) => {
        const allowed = (of: PrivacyPolicy, place: string, zone: string) => {
          const { patterns: there, zones } = analysisOf(of, place);
          return zones.get(zone) ?? there;
        };
        const looser = ['hall', 'roof', 'other'].some((place) =>
          ['gate', 'shop', 'other'].some((zone) =>
            [...allowed(after, place, zone)].some((pattern) => !allowed(before, place, zone).has(pattern)),
          ),
        );
        expect(loosenings(before, after).length > 0).toBe(looser);
      }),
      { numRuns: 500 },
    );
  });

  it('is looser where a pattern may be analysed in a place in which it could not be, and only there', () => {
    const zone = (patterns: 'dwell'[]) => ({
      zones: [{ floor: 'hall', zone: 'everywhere', patterns, why: 'as agreed' }],
    });
    const silent = builtInPolicy(72);
    expect(loosenings(silent, allows(without('escort', 'handover', 'flanking', 'shadowing')))).toEqual([]);
    expect(loosenings(allows(without('dwell')), silent)).toEqual(['analysis: dwell may be analysed at the site']);
    expect(loosenings(allows(['dwell'], zone([])), allows(['dwell'], zone(['dwell'])))).toEqual([
      'analysis: dwell may be analysed at hall/everywhere',
    ]);
    expect(loosenings(allows(['dwell']), allows(['dwell'], zone([])))).toEqual([]);
    const floor = { floors: [{ floor: 'hall', patterns: ['dwell' as const], why: 'as agreed' }] };
    expect(loosenings(allows(ALL, floor), allows(ALL))).toEqual(
      without('dwell').map((pattern) => `analysis: ${pattern} may be analysed at hall`),
    );
  });
});

const WAY = [
  [0, 0],
  [40, 0],
  [40, 30],
  [80, 30],
] as const;
const STOPS = progress(
  Array.from({ length: 10 }, (_, k) => (k % 2 === 0 ? [13, 1.2] : [9 + (k % 5), 0]) as [number, number]),
);
const ESCORTED = samples({ a: walker(WAY, STOPS, [0, 100]), b: walker(WAY, behind(STOPS, 0.7, 0.6), [0, 100]) });
const REPORTS: readonly ReceivedReport[] = everySecond(
  ESCORTED.map(({ person, timeMs, x, y }) => ({ person: person.padEnd(16, '_'), timeMs, x, y })),
).map((observation, i) => ({
  address: { site: 'fra', floor: 'hall', device: 'edge-1', camera: 'cam-1' },
  report: {
    schema: 'track-report/1',
    camera: 'cam-1',
    calibration: 'nominal',
    epoch: '0123456789abcdef',
    sequence: i + 1,
    fromMs: START + observation.fromMs,
    toMs: START + observation.toMs,
    tracks: observation.tracks,
  },
  receivedAtMs: START + observation.toMs + 200,
}));

/** Two are led through a hall in which half a minute is long. */
function scored(analysis: FloorAnalysis): ScoringOutput {
  const scoring = createScoring({ site: 'fra', plans: [PLAN], analysis: () => analysis });
  const outputs = [...REPORTS.map((report) => scoring.onReports([report])), scoring.advance(START + 400_000)];
  return {
    persons: outputs.flatMap(({ persons }) => persons),
    episodes: outputs.flatMap(({ episodes }) => episodes),
    movements: outputs.flatMap(({ movements }) => movements),
    alerts: outputs.flatMap(({ alerts }) => alerts),
  };
}
const patternsIn = ({ movements, episodes, alerts }: ScoringOutput): Set<string> =>
  new Set([
    ...movements.map(({ pattern }) => pattern),
    ...(episodes.length > 0 ? ['dwell'] : []),
    ...alerts.flatMap(({ alert }) => alert.detail.patterns),
  ]);

describe('scorers', () => {
  it('find a stay and an escort where both may be analysed', () => {
    expect(patternsIn(scored(EVERYTHING))).toEqual(new Set(['dwell', 'escort']));
  });

  it('do not run where the list leaves them out, whatever else is on it; where people are is still known', () => {
    const { persons } = scored(EVERYTHING);
    fc.assert(
      fc.property(fc.subarray(without('escort')), fc.boolean(), (some, escort) => {
        const patterns: Pattern[] = escort
          ? ['escort', ...some]
          : some.filter((pattern) => ['dwell', 'regrouping', 'coordinator'].includes(pattern));
        const output = scored(analysisOf(allows(patterns), 'hall'));
        const expected = patterns.filter((pattern) => pattern === 'dwell' || pattern === 'escort');
        expect(patternsIn(output)).toEqual(new Set(expected));
        expect(output.persons).toEqual(persons);
      }),
      { numRuns: 20 },
    );
  });

  it('know nothing of what happens in a zone where it may not be analysed', () => {
    const zones = (patterns: 'dwell'[]) => [{ floor: 'hall', zone: 'everywhere', patterns, why: 'no legal basis' }];
    expect(patternsIn(scored(analysisOf(allows(ALL, { zones: zones([]) }), 'hall')))).toEqual(new Set());
    expect(patternsIn(scored(analysisOf(allows(ALL, { zones: zones(['dwell']) }), 'hall')))).toEqual(
      new Set(['dwell']),
    );
  });

  it('stop at once where a tighter list comes into force: what was under way ends, and nothing begins', () => {
    const scoring = createScoring({ site: 'fra', plans: [PLAN] });
    const before = REPORTS.slice(0, 60).map((report) => scoring.onReports([report]));
    const open = new Map(
      before.flatMap(({ episodes, movements }) => [...episodes, ...movements]).map((one) => [one.id, one]),
    );
    expect([...open.values()].filter((one) => one.open).length).toBeGreaterThan(0);
    const ended = scoring.allow(() => analysisOf(allows([]), 'hall'), START + 60_000);
    for (const one of [...ended.episodes, ...ended.movements]) open.set(one.id, one);
    expect([...open.values()].filter((one) => one.open)).toEqual([]);
    const alerts = new Map([...before, ended].flatMap((output) => output.alerts).map(({ alert }) => [alert.id, alert]));
    expect([...alerts.values()].filter(({ live }) => live)).toEqual([]);
    const after = REPORTS.slice(60).map((report) => scoring.onReports([report]));
    expect(after.flatMap(({ episodes, movements, alerts: more }) => [...episodes, ...movements, ...more])).toEqual([]);
  });

  it('end after a start what the store still has open and what may not be scored any more', () => {
    const before = createScoring({ site: 'fra', plans: [PLAN] });
    const outputs = REPORTS.slice(0, 60).map((report) => before.onReports([report]));
    const last = <T extends { readonly id: string }>(all: readonly T[]): T[] => [
      ...new Map(all.map((one) => [one.id, one])).values(),
    ];
    const episodes = last(outputs.flatMap((output) => output.episodes));
    expect(episodes.some(({ open }) => open)).toBe(true);
    const scoring = createScoring({
      site: 'fra',
      plans: [PLAN],
      analysis: () => analysisOf(allows(without('dwell')), 'hall'),
    });
    const restored = scoring.restore({ episodes, earlier: [], movements: [], alerts: [], tracks: [], reports: [] });
    expect(restored.episodes.map(({ id, open }) => [id, open])).toEqual(
      episodes.filter(({ open }) => open).map(({ id }) => [id, false]),
    );
  });
});
