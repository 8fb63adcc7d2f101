import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FloorPlan } from '@safe-passage/contract';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { DEFAULT_POLICY } from '../../src/alert/policy.ts';
import { policyText } from '../../src/commands/privacy.ts';
import { markdownOf } from '../../src/document/document.ts';
import { factsOf } from '../../src/dpia/facts.ts';
import { noticesOf } from '../../src/dpia/notices.ts';
import { sheetOf } from '../../src/dpia/sheet.ts';
import { loosenings } from '../../src/privacy/compare.ts';
import { policyOf } from '../../src/privacy/inForce.ts';
import { cameraLevel, floorLevel, levelLoosenings } from '../../src/privacy/level.ts';
import { builtInPolicy, type PrivacyPolicy } from '../../src/privacy/policy.ts';

const NOW = Date.parse('2026-11-28T12:00:00Z');
const WHY = 'What the authority has agreed to';
const plan = (id: string, ...cameras: string[]): FloorPlan => ({
  id,
  name: id,
  bounds: [
    [0, 0],
    [10, 10],
  ],
  walls: [],
  zones: [
    {
      id: 'gate',
      name: 'Gate',
      kind: 'waiting',
      polygon: [
        [0, 0],
        [9, 0],
        [9, 9],
      ],
    },
  ],
  cameras: cameras.map((camera) => ({ id: camera, position: [1, 1] })),
});
const PLANS = [plan('hall', 'cam-1', 'cam-2'), plan('roof', 'cam-9')];

type Level = NonNullable<PrivacyPolicy['privacyLevel']>;
const says = (level: Level['level'], more: Partial<Level> = {}): PrivacyPolicy => ({
  ...builtInPolicy(72),
  privacyLevel: { level, why: WHY, ...more },
});
const roof = { floors: [{ floor: 'roof', level: 'counts' as const, why: WHY }] };
const cam1 = { cameras: [{ floor: 'hall', camera: 'cam-1', level: 'counts' as const, why: WHY }] };

describe('what may leave devices by the policy', () => {
  it('is tracks where it says nothing, and less at the site, on a floor or from a camera', () => {
    expect(floorLevel(builtInPolicy(72), 'hall')).toBe('tracks');
    expect(floorLevel(says('counts'), 'hall')).toBe('counts');
    expect(floorLevel(says('tracks', roof), 'hall')).toBe('tracks');
    expect(floorLevel(says('tracks', roof), 'roof')).toBe('counts');
    expect(cameraLevel(says('tracks', roof), { floor: 'roof', camera: 'cam-9' })).toBe('counts');
    expect(cameraLevel(says('tracks', cam1), { floor: 'hall', camera: 'cam-1' })).toBe('counts');
    expect(cameraLevel(says('tracks', cam1), { floor: 'hall', camera: 'cam-2' })).toBe('tracks');
    expect(cameraLevel(says('tracks', cam1), { floor: 'roof', camera: 'cam-1' })).toBe('tracks');
  });

  it('is looser where tracks may come from where counts alone could, which needs two people', () => {
    const silent = builtInPolicy(72);
    expect(loosenings(silent, says('counts'))).toEqual([]);
    expect(loosenings(says('counts'), silent)).toEqual(['privacyLevel: tracks may leave the devices of the site']);
    expect(loosenings(says('tracks', roof), says('tracks'))).toEqual([
      'privacyLevel: tracks may leave the devices of floor roof',
    ]);
    expect(loosenings(says('tracks', cam1), silent)).toEqual(['privacyLevel: tracks may leave the camera hall/cam-1']);
    expect(loosenings(says('tracks', cam1), says('counts'))).toEqual([]);
  });

  it('is never looser without being told so', () => {
    const place = fc.constantFrom('hall', 'roof');
    const level = fc.record({
      level: fc.constantFrom('tracks' as const, 'counts' as const),
      floors: fc.array(
        place.map((floor) => ({ floor, level: 'counts' as const, why: WHY })),
        { maxLength: 2 },
      ),
      cameras: fc.array(
        fc
          .record({ floor: place, camera: fc.constantFrom('cam-1', 'cam-2') })
          .map((one) => ({ ...one, level: 'counts' as const, why: WHY })),
        { maxLength: 3 },
      ),
    });
    const policy = fc.option(level, { nil: undefined }).map((one) => (one ? says(one.level, one) : builtInPolicy(72)));
    fc.assert(
      fc.property(policy, policy, (before, after) => {
        const looser = ['hall', 'roof', 'other'].some((floor) =>
          ['cam-1', 'cam-2', 'cam-3'].some(
            (camera) =>
              cameraLevel(before, { floor, camera }) === 'counts' && cameraLevel(after, { floor, camera }) === 'tracks',
          ),
        );
        expect(levelLoosenings(before, after).length > 0).toBe(looser);
      }),
    );
  });

  it('is read by people in the words of the command', () => {
    expect(policyText(builtInPolicy(72), NOW)).toContain('leaves devices: tracks, everywhere');
    const text = policyText(says('tracks', { ...roof, ...cam1 }), NOW);
    expect(text).toContain(`leaves devices at the site: tracks at most, because ${WHY}`);
    expect(text).toContain('leaves devices at roof: counts at most');
    expect(text).toContain('leaves devices at hall/cam-1: counts at most');
  });
});

describe('a file that says what may leave devices', () => {
  let folder: string;
  const keys = generateKeyPairSync('ed25519');
  const file = (name: string): string => join(folder, name);
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'safe-passage-level-'));
    await writeFile(file('keys.pem'), keys.publicKey.export({ type: 'spki', format: 'pem' }));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const read = async (policy: PrivacyPolicy, signed = true) => {
    const text = stringify(policy);
    await writeFile(file('privacy.yaml'), text);
    await writeFile(file('privacy.yaml.sig'), sign(null, Buffer.from(text), keys.privateKey));
    return await policyOf(
      {
        privacyFile: file('privacy.yaml'),
        privacyKeyFile: signed ? file('keys.pem') : null,
        retention: { tracksHours: 72 },
        floors: PLANS,
      },
      NOW,
    );
  };

  it('is taken where it is signed, and refused where nobody answers for it', async () => {
    expect((await read(says('counts'))).privacyLevel).toEqual({ level: 'counts', why: WHY });
    expect((await read(says('tracks', { ...roof, ...cam1 }))).privacyLevel).toMatchObject({ ...roof, ...cam1 });
    await expect(read(says('counts'), false)).rejects.toThrow(/says what may leave devices, and hub.yaml names no key/);
  });

  it('names no place that no plan has', async () => {
    const floors = [{ floor: 'rooof', level: 'counts' as const, why: WHY }];
    await expect(read(says('tracks', { floors }))).rejects.toThrow(/at floor rooof, and no floor plan has that/);
    const cameras = [{ floor: 'hall', camera: 'cam-9', level: 'counts' as const, why: WHY }];
    await expect(read(says('tracks', { cameras }))).rejects.toThrow(/at camera hall\/cam-9/);
  });
});

describe('signs and sheets', () => {
  const notice = (policy: PrivacyPolicy, floor: string, id: string) =>
    noticesOf(PLANS, policy, NOW).find((one) => one.floor === floor && one.id === id);

  it('say at a camera that counts that it counts, on the ground of counts, and promise nothing that cannot be kept', () => {
    const counting = notice(says('tracks', cam1), 'hall', 'cam-1');
    expect(counting?.what).toContain('counts how many people');
    expect(counting?.what).toContain('nothing but numbers');
    expect(counting?.purpose).toBe(builtInPolicy(72).classes.aggregates.purpose);
    expect(counting?.kept).toEqual([
      { what: 'Small numbers, until their day is published', duration: 'at most 30 days' },
      { what: 'Published numbers, none of them of few people', duration: '730 days' },
    ]);
    expect(counting?.rights).not.toContain('erased');
    const following = notice(says('tracks', cam1), 'hall', 'cam-2');
    expect(following?.what).toContain('follows the movements');
    expect(following?.rights).toContain('erased');
    // A zone that both may see is one where people are followed.
    expect(notice(says('tracks', cam1), 'hall', 'gate')?.what).toContain('follows the movements');
    expect(notice(says('tracks', roof), 'roof', 'gate')?.what).not.toContain('follows the movements');
  });

  it('tell what may leave each device, and which device says more than it may', () => {
    const facts = factsOf({
      site: 'demo',
      timeZone: 'UTC',
      hubVersion: '1',
      floors: PLANS,
      devices: ['cam-1', 'cam-2'].map((camera) => ({
        floor: 'hall',
        device: `edge-${camera}`,
        camera,
        version: '1',
        model: 'm',
        modelDigest: 'none',
        calibration: 'nominal',
        privacyLevel: 'tracks',
      })),
      policy: says('tracks', cam1),
      alerts: DEFAULT_POLICY,
      roles: {},
      brokerUrl: 'mqtt://b',
      databaseUrl: 'postgres://d',
      listen: { host: '127.0.0.1', port: 1 },
    });
    const text = markdownOf('Sheet', sheetOf(facts, null, NOW));
    expect(text).toMatch(/cam-1 \| counts: numbers of people alone/);
    expect(text).toMatch(/cam-2 \| tracks: places of people, under pseudonyms/);
    expect(text).toMatch(/edge-cam-1 .*its tracks are refused/);
    expect(text).not.toMatch(/edge-cam-2 .*its tracks are refused/);
  });
});
