import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CountMessage, type CountReport, checker, countProblems, DeviceStatus } from '../src/index.ts';

const check = checker(CountMessage);
const QUARTER_MS = 900_000;

const report: CountReport = {
  schema: 'count-report/1',
  camera: 'cam-1',
  calibration: 'nominal',
  epoch: '0123456789abcdef',
  sequence: 1,
  fromMs: 1_900_000 * QUARTER_MS,
  toMs: 1_900_001 * QUARTER_MS,
  watchedSeconds: 900,
  anyZone: { people: 5, newcomers: 4 },
  zones: [
    { zone: 'gate', people: 5, newcomers: 4, personSeconds: 900 },
    { zone: 'shop', people: 1, newcomers: 1, personSeconds: 12 },
  ],
};

/** Every object of the document. */
function objectsOf(value: unknown, found: Record<string, unknown>[] = []): Record<string, unknown>[] {
  if (Array.isArray(value)) for (const item of value) objectsOf(item, found);
  else if (value !== null && typeof value === 'object') {
    found.push(value as Record<string, unknown>);
    for (const item of Object.values(value)) objectsOf(item, found);
  }
  return found;
}

describe('a count report', () => {
  it('is accepted as it is written down, with nobody in it too', () => {
    expect(check(report).ok).toBe(true);
    expect(countProblems(report)).toEqual([]);
    const empty = { ...report, anyZone: { people: 0, newcomers: 0 }, zones: [] };
    expect(check(empty).ok).toBe(true);
    expect(countProblems(empty)).toEqual([]);
  });

  it('is refused with any further field, at any depth: no pseudonym, no position and no path can travel along', () => {
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
    for (const name of ['tracks', 'points', 'id', 'persons', 'image', 'face']) {
      expect(check({ ...report, [name]: [] }).ok, name).toBe(false);
    }
  });

  it('speaks of whole quarter-hours alone, however short the time in which it counted', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.constantFrom(-QUARTER_MS, 0, QUARTER_MS), fc.integer({ min: -QUARTER_MS, max: QUARTER_MS })),
        fc.oneof(fc.constant(QUARTER_MS), fc.integer({ min: 0, max: 2 * QUARTER_MS })),
        (shift, length) => {
          const fromMs = report.fromMs + shift;
          const fits = shift % QUARTER_MS === 0 && length === QUARTER_MS;
          expect(countProblems({ ...report, fromMs, toMs: fromMs + length }).length === 0).toBe(fits);
        },
      ),
    );
  });

  it('cannot say what cannot be', () => {
    const fields = (change: Partial<CountReport>) => countProblems({ ...report, ...change }).map(({ field }) => field);
    const [gate] = report.zones;
    if (!gate) throw new Error('no zone');
    expect(fields({ anyZone: { people: 5, newcomers: 6 } })).toEqual(['anyZone.newcomers']);
    expect(fields({ zones: [gate, gate] })).toEqual(['zones.1.zone']);
    expect(fields({ zones: [{ ...gate, newcomers: 6 }] })).toEqual(['zones.0.newcomers']);
    expect(fields({ zones: [{ ...gate, people: 6 }] })).toEqual(['zones.0.people']);
    expect(fields({ zones: [{ ...gate, personSeconds: 5 * 901 + 1 }] })).toEqual(['zones.0.personSeconds']);
  });

  it('is told from tracks by the status of its device', () => {
    const status = {
      schema: 'status/1',
      state: 'online',
      camera: 'cam-1',
      sinceMs: 1,
      version: '1',
      modelDigest: 'none',
      modelName: 'none',
      configurationDigest: '0123456789ab',
      calibration: 'nominal',
    };
    const checkStatus = checker(DeviceStatus);
    for (const privacyLevel of ['tracks', 'counts']) expect(checkStatus({ ...status, privacyLevel }).ok).toBe(true);
    expect(checkStatus({ ...status, privacyLevel: 'pictures' }).ok).toBe(false);
  });
});
