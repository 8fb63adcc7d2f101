import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { checker, describeProblems } from '../src/index.ts';

const closed = { additionalProperties: false } as const;
const Box = Type.Object({ width: Type.Number({ minimum: 0 }), name: Type.String() }, closed);
const check = checker(
  Type.Object({ boxes: Type.Array(Box), kind: Type.Union([Type.Literal('flat'), Type.Literal('deep')]) }, closed),
);
const told = (document: unknown): string => {
  const checked = check(document);
  return checked.ok ? '' : describeProblems(checked.problems);
};

describe('a document', () => {
  it('that fits is taken as it is', () => {
    const document = { boxes: [{ width: 1, name: 'a' }], kind: 'flat' };
    expect(check(document)).toEqual({ ok: true, value: document });
  });

  it('that does not is told field by field: what is wanted, and what was found', () => {
    expect(told({ boxes: [{ width: -1, name: 'a' }], kind: 'flat' })).toBe('boxes.0.width: must be >= 0; found -1');
    expect(told({ boxes: [], kind: 'round' })).toBe('kind: must be one of "flat", "deep"; found "round"');
    expect(told([])).toBe('the document: must be object; found []');
  });

  it('is told of what is missing at the field itself, however many are', () => {
    expect(told({ boxes: [{ name: 'a' }, {}], kind: 'flat' })).toBe(
      'boxes.0.width: is missing\nboxes.1.width: is missing\nboxes.1.name: is missing',
    );
    expect(told({})).toBe('boxes: is missing\nkind: is missing');
  });

  it('that fits no member of a union is told what one of them wants, rather than that another has no such field', () => {
    const either = checker(
      Type.Union([Type.Object({ schema: Type.Literal('a/1') }, closed), Type.Object({ name: Type.String() }, closed)]),
    )({ schema: 'a/2' });
    expect(either.ok ? '' : describeProblems(either.problems)).toContain('schema: must be "a/1"; found "a/2"');
  });

  it('is told of a field too many, and of a long value no more than its beginning', () => {
    expect(told({ boxes: [], kind: 'flat', colour: 1 })).toBe('colour: is not a known field; found 1');
    expect(told({ boxes: [], kind: 'x'.repeat(100) })).toBe(
      `kind: must be one of "flat", "deep"; found "${'x'.repeat(56)}...`,
    );
    // With its quotes sixty characters: whole.
    expect(told({ boxes: [], kind: 'x'.repeat(58) })).toContain(`found "${'x'.repeat(58)}"`);
  });

  it('is told of eight faults at most', () => {
    const faults = (count: number) => told({ boxes: Array(count).fill({ width: -1, name: 'a' }), kind: 'flat' });
    expect(faults(8).split('\n')).toHaveLength(8);
    expect(faults(20)).toBe(faults(8));
  });

  it('that is not there at all is called nothing', () => {
    expect(told(undefined)).toBe('the document: must be object; found nothing');
    const checked = check({ boxes: [] });
    expect(checked.ok ? [] : checked.problems).toEqual([
      { field: 'kind', found: 'nothing', expected: 'is missing', missing: true },
    ]);
  });

  it('is told what each member of a union would take', () => {
    const width = checker(Type.Object({ width: Type.Union([Type.Number(), Type.Null()]) }))({ width: 'wide' });
    expect(width.ok ? '' : describeProblems(width.problems)).toBe(
      'width: must be number or must be null; found "wide"',
    );
  });
});
