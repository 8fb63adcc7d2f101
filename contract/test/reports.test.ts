import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CameraReport, checker, describeProblems, FloorPlan, type TrackReport } from '../src/index.ts';

const check = checker(CameraReport);

const report: TrackReport = {
  schema: 'track-report/1',
  camera: 'cam-1',
  calibration: 'nominal',
  epoch: '0123456789abcdef',
  sequence: 1,
  fromMs: 1_700_000_000_000,
  toMs: 1_700_000_000_900,
  tracks: [{ id: 'AAAAAAAAAAAAAAAA', state: 'active', points: [[0, 100, 200, 12, 1]] }],
};

/** Every object of the document, with the path to it. */
function objectsOf(value: unknown, found: Record<string, unknown>[] = []): Record<string, unknown>[] {
  if (Array.isArray(value)) for (const item of value) objectsOf(item, found);
  else if (value !== null && typeof value === 'object') {
    found.push(value as Record<string, unknown>);
    for (const item of Object.values(value)) objectsOf(item, found);
  }
  return found;
}

describe('a track report', () => {
  it('is accepted as it is written down', () => {
    expect(check(report).ok).toBe(true);
    expect(check({ ...report, tracks: [] }).ok).toBe(true);
  });

  it('is refused with any further field, at any depth: nothing about looks can travel along', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.jsonValue(), fc.nat(), (name, value, where) => {
        const copy = structuredClone(report);
        const objects = objectsOf(copy);
        const target = objects[where % objects.length] ?? {};
        fc.pre(!Object.hasOwn(target, name) && name !== '__proto__');
        target[name] = value;
        expect(check(copy).ok).toBe(false);
      }),
    );
    for (const name of ['image', 'embedding', 'face', 'gender', 'age', 'colour', 'reid']) {
      expect(check({ ...report, [name]: 'x' }).ok, name).toBe(false);
    }
  });

  it('is refused when a point carries a sixth number or a fraction of a centimetre', () => {
    const withPoint = (point: unknown) => ({ ...report, tracks: [{ ...report.tracks[0], points: [point] }] });
    expect(check(withPoint([0, 1, 2, 3, 1, 0.5])).ok).toBe(false);
    expect(check(withPoint([0, 1.5, 2, 3, 1])).ok).toBe(false);
    expect(check(withPoint([0, 1, 2, 0, 1])).ok).toBe(false);
  });

  it('survives whatever arrives instead', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => check(value).ok === false));
  });
});

describe('an answer to a bad document', () => {
  it('names the field, what was there and what is expected', () => {
    const answer = checker(FloorPlan)({
      id: 'hall',
      name: 'Hall',
      bounds: [
        [0, 0],
        [10, 10],
      ],
      walls: [],
      zones: [{ id: 'a', name: 'A', kind: 'lounge', polygon: [[0, 0]] }],
      cameras: [],
    });
    if (answer.ok) throw new Error('accepted');
    const text = describeProblems(answer.problems);
    expect(text).toContain('zones.0.kind');
    expect(text).toContain('"lounge"');
    expect(text).toContain('zones.0.polygon');
  });
});
