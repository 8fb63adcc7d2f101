import { describe, expect, it } from 'vitest';
import type { Passage } from '../../src/alert/decision.ts';
import { Names, Passages } from '../../src/alert/people.ts';

describe('the one name of somebody who was lost and found', () => {
  it('is the earlier one, with how likely that is; everybody else keeps their own', () => {
    const names = new Names();
    expect(names.join('A', 'B', 0.8, 1000)).toEqual({ lost: 'B', kept: 'A' });
    expect(names.join('P', 'Q', 0.6, 1000)).toEqual({ lost: 'Q', kept: 'P' });
    expect(['A', 'B', 'P', 'Q', 'X'].map(names.of)).toEqual(['A', 'A', 'P', 'P', 'X']);
    expect(['A', 'B', 'P', 'Q', 'X'].map((person) => names.joined(person))).toEqual([null, 0.8, null, 0.6, null]);
  });

  it('holds for everybody who had been joined to the one whose name is given up, and for nobody else', () => {
    const names = new Names();
    names.join('P', 'Q', 0.6, 1000);
    names.join('C', 'D', 0.9, 1000);
    expect(names.join('B', 'C', 0.7, 2000)).toEqual({ lost: 'C', kept: 'B' });
    expect(names.join('A', 'D', 0.7, 3000)).toEqual({ lost: 'B', kept: 'A' });
    expect(['B', 'C', 'D'].map(names.of)).toEqual(['A', 'A', 'A']);
    expect(names.of('Q')).toBe('P');
  });

  it('is not given a second time', () => {
    const names = new Names();
    names.join('A', 'B', 0.8, 1000);
    expect(names.join('A', 'B', 0.9, 2000)).toBeNull();
    expect(names.join('B', 'A', 0.9, 2000)).toBeNull();
    expect(names.join('A', 'A', 1, 2000)).toBeNull();
    expect(names.joined('B')).toBe(0.8);
    expect(names.size).toBe(1);
  });

  it('is forgotten once it is old and not in use any more', () => {
    const names = new Names();
    names.join('A', 'B', 0.8, 1000);
    names.join('P', 'Q', 0.8, 1000);
    names.join('X', 'Y', 0.8, 2000);
    names.forgetBefore(1000, () => false);
    expect(names.size, 'a join of that very moment is not before it').toBe(3);
    names.forgetBefore(2000, (name) => name === 'P');
    expect(['B', 'Q', 'Y'].map(names.of), 'only the old one that nobody uses').toEqual(['B', 'P', 'X']);
  });
});

describe('where somebody was meanwhile', () => {
  const passage = (id: string, fromMs: number, toMs: number, ...persons: string[]): Passage => ({
    id,
    place: { zone: id, kind: 'control', words: `at ${id}` },
    persons,
    fromMs,
    toMs,
  });
  const own = (person: string) => person;
  const told = (passages: Passages, names: string[], fromMs: number, toMs: number) =>
    passages.find(names, fromMs, toMs).map(({ id, fromMs: from, toMs: to }) => [id, from, to]);

  it('is told of every visit that touches a stretch of time, the oldest first, each once', () => {
    const passages = new Passages();
    passages.note(passage('late', 500, 600, 'A'), own);
    passages.note(passage('zulu', 300, 400, 'B'), own);
    passages.note(passage('alpha', 300, 400, 'A', 'B'), own);
    passages.note(passage('early', 100, 200, 'A'), own);
    expect(told(passages, ['B', 'A'], 0, 1000)).toEqual([
      ['early', 100, 200],
      ['alpha', 300, 400],
      ['zulu', 300, 400],
      ['late', 500, 600],
    ]);
    expect(told(passages, ['A'], 200, 300), 'its very first and last moment count').toEqual([
      ['early', 100, 200],
      ['alpha', 300, 400],
    ]);
    expect(told(passages, ['A'], 201, 299)).toEqual([]);
    expect(told(passages, ['C'], 0, 1000)).toEqual([]);
  });

  it('is a visit as it was told last; another visit of the same stay is one of its own', () => {
    const passages = new Passages();
    passages.note(passage('stay', 100, 200, 'A'), own);
    passages.note(passage('stay', 100, 260, 'A'), own);
    passages.note(passage('stay', 400, 500, 'A'), own);
    expect(told(passages, ['A'], 0, 1000)).toEqual([
      ['stay', 100, 260],
      ['stay', 400, 500],
    ]);
  });

  it('is that of both names once two are taken for one, and of the given up name no more', () => {
    const passages = new Passages();
    passages.note(passage('first', 100, 200, 'A'), own);
    passages.note(passage('second', 300, 400, 'B'), own);
    passages.rename('B', 'A');
    passages.rename('nobody', 'A');
    expect(told(passages, ['A'], 0, 1000)).toEqual([
      ['first', 100, 200],
      ['second', 300, 400],
    ]);
    expect([passages.has('A'), passages.has('B')]).toEqual([true, false]);
  });

  it('is forgotten by visit once a visit is over for long enough, and with the last one altogether', () => {
    const passages = new Passages();
    passages.note(passage('first', 100, 200, 'A'), own);
    passages.note(passage('second', 300, 400, 'A'), own);
    passages.forgetBefore(200);
    expect(told(passages, ['A'], 0, 1000), 'one that ended at that very moment is not before it').toHaveLength(2);
    passages.forgetBefore(201);
    expect(told(passages, ['A'], 0, 1000)).toEqual([['second', 300, 400]]);
    expect(passages.has('A')).toBe(true);
    passages.forgetBefore(401);
    expect(passages.has('A')).toBe(false);
  });
});
