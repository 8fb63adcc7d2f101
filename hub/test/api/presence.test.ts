import { describe, expect, it } from 'vitest';
import { PresenceBoard } from '../../src/api/presence.ts';
import type { PersonSegment } from '../../src/score/personSegment.ts';

const T0 = 1_795_510_800_000;

/** A second of somebody that ends at `x` metres. */
function second(person: string, fromMs: number, x: number, extra: Partial<PersonSegment> = {}): PersonSegment {
  return {
    floor: 'hall',
    person,
    fromMs,
    offsetsMs: [0, 800],
    xCm: [0, 100 * x],
    yCm: [0, 100],
    sigmaCm: [30, 30],
    measured: [true, true],
    tracks: [],
    ...extra,
  };
}

const names = (board: PresenceBoard, nowMs: number, floor = 'hall'): string[] =>
  (board.snapshot(floor, nowMs)?.people ?? []).map((person) => person[0]).sort();

describe('presence', () => {
  it('knows nothing of a floor that nobody told about', () => {
    expect(new PresenceBoard().snapshot('hall', T0)).toBeNull();
  });

  it('is the newest position of every person, in metres, and says where nobody measured it', () => {
    const board = new PresenceBoard();
    board.observe([second('a', T0, 2.5), second('b', T0, 3, { measured: [true, false] })], T0 + 8000);
    expect(board.snapshot('hall', T0 + 8000)).toEqual({
      floor: 'hall',
      timeMs: T0 + 800,
      people: [
        ['a', 2.5, 1, 'active'],
        ['b', 3, 1, 'coasting'],
      ],
    });
  });

  it('lets nobody go back in time, whatever the order of arrival', () => {
    const board = new PresenceBoard();
    board.observe([second('a', T0 + 1000, 2), second('a', T0, 1)], T0 + 8000);
    expect(board.snapshot('hall', T0 + 8000)?.people).toEqual([['a', 2, 1, 'active']]);
  });

  it('forgets a person without news for three seconds of the data', () => {
    const board = new PresenceBoard();
    board.observe([second('a', T0, 1), second('b', T0 + 3000, 1)], T0 + 8000);
    expect(names(board, T0 + 8000)).toEqual(['a', 'b']);
    board.observe([second('b', T0 + 4000, 1)], T0 + 9000);
    expect(names(board, T0 + 9000)).toEqual(['b']);
  });

  it('shows nobody where nothing was heard for ten seconds', () => {
    const board = new PresenceBoard();
    board.observe([second('a', T0, 1)], T0 + 8000);
    expect(names(board, T0 + 18_000)).toEqual(['a']);
    expect(names(board, T0 + 18_001)).toEqual([]);
    const again = new PresenceBoard();
    for (const ms of [0, 8000, 16_000]) again.observe([second('a', T0 + ms, 1)], T0 + ms);
    expect(names(again, T0 + 26_000)).toEqual(['a']);
    expect(names(again, T0 + 26_001)).toEqual([]);
  });

  it('does not show what a device held back beside those who are there now', () => {
    const board = new PresenceBoard();
    board.observe([second('now', T0, 1), second('late', T0 - 600_000, 1)], T0 + 8000);
    expect(names(board, T0 + 8000)).toEqual(['now']);
  });

  it('keeps floors apart', () => {
    const board = new PresenceBoard();
    board.observe([second('a', T0, 1), second('b', T0, 1, { floor: 'roof' })], T0 + 8000);
    expect(names(board, T0 + 8000, 'hall')).toEqual(['a']);
    expect(names(board, T0 + 8000, 'roof')).toEqual(['b']);
  });

  it('tells of a floor only where it looks different, the last one leaving included', () => {
    const board = new PresenceBoard();
    board.observe([second('a', T0, 1)], T0);
    expect(board.changed(T0 + 1000)).toHaveLength(1);
    expect(board.changed(T0 + 2000)).toHaveLength(0);
    expect(board.changed(T0 + 20_000)).toMatchObject([{ floor: 'hall', people: [] }]);
    expect(board.changed(T0 + 21_000)).toHaveLength(0);
  });

  it('says who is together, of those who are there, and nothing where nobody looks for groups', () => {
    const board = new PresenceBoard();
    board.together('hall', [['a', 'b']]);
    board.observe([second('a', T0, 1), second('b', T0, 2), second('c', T0, 3)], T0);
    expect(board.snapshot('hall', T0)).not.toHaveProperty('groups');
    board.together('hall', [
      ['a', 'b', 'gone'],
      ['c', 'gone'],
    ]);
    expect(board.snapshot('hall', T0)?.groups).toEqual([['a', 'b']]);
    // Whoever is shown no more is in no group either.
    expect(board.snapshot('hall', T0 + 20_000)?.groups).toEqual([]);
    board.together('hall', null);
    expect(board.snapshot('hall', T0)).not.toHaveProperty('groups');
  });

  it('holds nobody for longer than they are shown', () => {
    const board = new PresenceBoard();
    for (let i = 0; i < 5000; i++) {
      board.observe([second(`p${i}`, T0 + i * 1000, 1)], T0 + i * 1000);
      board.changed(T0 + i * 1000);
    }
    expect(board.snapshot('hall', T0 + 4_999_000)?.people.length).toBeLessThanOrEqual(4);
  });
});
