import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OperatorError } from '@safe-passage/cli';
import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY, loadPolicy, parsePolicy } from '../../src/alert/policy.ts';

const FIRST = `
schema: alert-policy/1
version: 2026-11 winter
dwellLimitSeconds: { waiting: 7200, transit: 300, exit: 900, retail: 1800, queue: 2400, control: 600 }
delayedAfterSeconds: 90
`;

const SECOND = `
schema: alert-policy/2
version: 2026-12 winter
followsWithinSeconds: 120
patterns:
  dwell: { limitSeconds: { transit: 300 } }
  shadowing: { on: false }
  escort:
    sign: { retail: never }
    alone: { transit: { score: 4, seconds: 180 } }
combinations:
  - signs: [escort, handover]
  - signs: [flanking]
    where: { flanking: [control] }
`;

describe('a policy', () => {
  it('is read from YAML and from JSON', () => {
    expect(parsePolicy(SECOND, 'policy.yaml').version).toBe('2026-12 winter');
    expect(parsePolicy(JSON.stringify(DEFAULT_POLICY), 'policy.json')).toEqual(DEFAULT_POLICY);
  });

  it('says what differs from what is built in, and nothing else', () => {
    const { patterns, ...rest } = parsePolicy(SECOND, 'policy.yaml');
    const { escort, shadowing, dwell, ...others } = patterns;
    const builtIn = DEFAULT_POLICY.patterns;
    expect(dwell.limitSeconds).toEqual({ ...builtIn.dwell.limitSeconds, transit: 300 });
    expect(shadowing).toEqual({ ...builtIn.shadowing, on: false });
    expect(escort.sign).toEqual({ ...builtIn.escort.sign, retail: 'never' });
    expect(escort.alone).toEqual({ ...builtIn.escort.alone, transit: { score: 4, seconds: 180 } });
    expect(others).toMatchObject({ handover: builtIn.handover, regrouping: builtIn.regrouping });
    expect(rest).toMatchObject({ followsWithinSeconds: 120, delayedAfterSeconds: 60 });
    expect(rest.combinations).toHaveLength(2);
  });

  it('of the older kind still holds for dwell, and says by what the rest is judged', () => {
    const notes: string[] = [];
    const policy = parsePolicy(FIRST, 'policy.yaml', (note) => notes.push(note));
    expect(policy).toEqual({
      ...DEFAULT_POLICY,
      version: '2026-11 winter',
      delayedAfterSeconds: 90,
      patterns: {
        ...DEFAULT_POLICY.patterns,
        dwell: {
          on: true,
          limitSeconds: { waiting: 7200, transit: 300, exit: 900, retail: 1800, queue: 2400, control: 600 },
        },
      },
    });
    expect(notes).toEqual([expect.stringMatching(/policy\.yaml.*alert-policy\/1.*built-in policy 2.*alert-policy\/2/)]);
    parsePolicy(SECOND, 'policy.yaml', (note) => notes.push(note));
    expect(notes).toHaveLength(1);
  });

  it('of the older kind that lacks a limit is refused by the name of the field', () => {
    expect(() => parsePolicy(FIRST.replace('transit: 300, ', ''), 'p.yaml')).toThrow(
      /p\.yaml[\s\S]*dwellLimitSeconds.*transit/,
    );
  });

  it.each([
    [
      'a limit for blind zones',
      ['transit: 300', 'blind: 5'],
      /patterns\.dwell\.limitSeconds\.blind: is not a known field/,
    ],
    ['a limit of nothing', ['transit: 300', 'transit: 0'], /limitSeconds\.transit: .*found 0/],
    ['a pattern that nobody scores', ['shadowing: {', 'loitering: {'], /patterns\.loitering: is not a known field/],
    ['a score that is a word', ['score: 4', 'score: high'], /patterns\.escort\.alone\.transit.*found/],
    [
      'a sign that there is not',
      ['[escort, handover]', '[escort, lingering]'],
      /combinations\.0\.signs\.1.*found "lingering"/,
    ],
    [
      'a kind of zone that there is not',
      ['[control]', '[customs]'],
      /combinations\.1\.where\.flanking\.0.*found "customs"/,
    ],
    [
      'one sign alone',
      ['[escort, handover]', '[escort]'],
      /combinations\.0\.signs: one weak sign alone is never an alert.*found \["escort"\]/,
    ],
    ['the same sign twice', ['[escort, handover]', '[escort, escort]'], /combinations\.0\.signs/],
    [
      'a place for what is no sign of it',
      ['{ flanking: [', '{ escort: ['],
      /combinations\.1\.where\.escort: must name one of the signs, flanking/,
    ],
    [
      'another schema',
      ['alert-policy/2', 'alert-policy/3'],
      /schema: must be "alert-policy\/2"; found "alert-policy\/3"/,
    ],
  ] as const)('with %s is refused with field and value', (_what, [from, to], problem) => {
    expect(SECOND).toContain(from);
    expect(() => parsePolicy(SECOND.replace(from, to), 'p.yaml')).toThrow(problem);
  });

  it.each(['', '[]', 'a policy', '42', 'schema: alert-policy/1'])('is not %j', (text) => {
    expect(() => parsePolicy(text, 'p.yaml')).toThrow(OperatorError);
    expect(() => parsePolicy(text, 'p.yaml')).toThrow(/^p\.yaml/);
  });

  it('that is built in is written out among the examples', async () => {
    const written = join(import.meta.dirname, '../../../examples/alert-policy.yaml');
    expect(await loadPolicy(written)).toEqual(DEFAULT_POLICY);
  });

  it('is loaded from a file, and a file that is not there is named', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'policy-'));
    try {
      await writeFile(join(folder, 'policy.yaml'), SECOND);
      expect((await loadPolicy(join(folder, 'policy.yaml'))).version).toBe('2026-12 winter');
      await expect(loadPolicy(join(folder, 'none.yaml'))).rejects.toThrow(/none\.yaml/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
