import type { TrackReport, TrackState } from '@safe-passage/contract';
import { describe, expect, it } from 'vitest';
import { PresenceBoard } from '../../src/api/presence.ts';
import type { LocatedReport } from '../../src/store/located.ts';

const T0 = 1_795_510_800_000;

/** Person, state, and positions as [offset ms, x cm]. */
type Track = readonly [string, TrackState, readonly (readonly [number, number])[]];

function report(
  options: { camera?: string; floor?: string; atMs?: number; lengthMs?: number; receivedAtMs?: number },
  ...tracks: readonly Track[]
): LocatedReport {
  const { camera = 'cam-1', floor = 'hall', atMs = T0, lengthMs = 1000, receivedAtMs = atMs + lengthMs } = options;
  const body: TrackReport = {
    schema: 'track-report/1',
    camera,
    calibration: 'nominal',
    epoch: '0123456789abcdef',
    sequence: 1,
    fromMs: atMs,
    toMs: atMs + lengthMs,
    tracks: tracks.map(([id, state, points]) => ({
      id,
      state,
      points: points.map(([offset, x]) => [offset, x, 100, 30, 1]),
    })),
  };
  return { address: { site: 'site', floor, device: `edge-${camera}`, camera }, report: body, receivedAtMs };
}

const names = (board: PresenceBoard, nowMs: number, floor = 'hall'): string[] =>
  (board.snapshot(floor, nowMs)?.people ?? []).map((person) => person[0]).sort();

describe('presence', () => {
  it('knows nothing of a floor that nobody reported about', () => {
    expect(new PresenceBoard().snapshot('hall', T0)).toBeNull();
  });

  it('is the newest position of every track that has not ended, in metres', () => {
    const board = new PresenceBoard();
    board.observe([
      report(
        {},
        [
          'a',
          'active',
          [
            [0, 100],
            [900, 250],
          ],
        ],
        ['b', 'coasting', [[500, 300]]],
        ['c', 'ended', [[200, 1]]],
      ),
    ]);
    expect(board.snapshot('hall', T0 + 1000)).toEqual({
      floor: 'hall',
      timeMs: T0 + 1000,
      people: [
        ['a', 2.5, 1, 'active'],
        ['b', 3, 1, 'coasting'],
      ],
    });
  });

  it('lets nobody go back in time, whatever the order of arrival', () => {
    const board = new PresenceBoard();
    board.observe([
      report({ atMs: T0 + 1000 }, ['a', 'active', [[0, 200]]], ['gone', 'ended', []]),
      report({ atMs: T0 }, ['a', 'active', [[0, 100]]], ['gone', 'active', [[900, 5]]]),
    ]);
    expect(board.snapshot('hall', T0 + 2000)?.people).toEqual([['a', 2, 1, 'active']]);
  });

  it('forgets a track without news for three seconds of event time', () => {
    const board = new PresenceBoard();
    board.observe([report({ atMs: T0 }, ['a', 'active', [[1000, 100]]])]);
    board.observe([report({ atMs: T0 + 3000 })]);
    expect(names(board, T0 + 4000)).toEqual(['a']);
    board.observe([report({ atMs: T0 + 3001 })]);
    expect(names(board, T0 + 4001)).toEqual([]);
  });

  it('forgets who was seen last by a camera that has fallen silent', () => {
    const board = new PresenceBoard();
    board.observe([report({ atMs: T0, receivedAtMs: T0 + 1000 }, ['a', 'active', [[1000, 100]]])]);
    expect(names(board, T0 + 11_000)).toEqual(['a']);
    expect(names(board, T0 + 11_001)).toEqual([]);
  });

  it('does not show what a camera delivers late beside a camera that is up to date', () => {
    const board = new PresenceBoard();
    const receivedAtMs = T0 + 1000;
    board.observe([
      report({ camera: 'cam-1', atMs: T0, receivedAtMs }, ['now', 'active', [[0, 100]]]),
      report({ camera: 'cam-2', atMs: T0 - 600_000, receivedAtMs }, ['late', 'active', [[0, 100]]]),
    ]);
    expect(names(board, receivedAtMs)).toEqual(['now']);
  });

  it('does not let a camera whose clock runs ahead hide everybody else', () => {
    const board = new PresenceBoard();
    const receivedAtMs = T0 + 1000;
    board.observe([
      report({ camera: 'cam-1', atMs: T0, receivedAtMs }, ['right', 'active', [[0, 100]]]),
      report({ camera: 'cam-2', atMs: T0 + 3_600_000, receivedAtMs }, ['ahead', 'active', [[0, 100]]]),
    ]);
    expect(names(board, receivedAtMs)).toEqual(['ahead', 'right']);
    expect(board.snapshot('hall', receivedAtMs)?.timeMs).toBe(receivedAtMs);
  });

  it('keeps floors apart', () => {
    const board = new PresenceBoard();
    board.observe([
      report({ floor: 'hall' }, ['a', 'active', [[0, 100]]]),
      report({ floor: 'roof', camera: 'cam-9' }, ['b', 'active', [[0, 100]]]),
    ]);
    expect(names(board, T0 + 1000, 'hall')).toEqual(['a']);
    expect(names(board, T0 + 1000, 'roof')).toEqual(['b']);
  });

  it('tells of a floor only where it looks different, the last one leaving included', () => {
    const board = new PresenceBoard();
    board.observe([report({ receivedAtMs: T0 }, ['a', 'active', [[1000, 100]]])]);
    expect(board.changed(T0 + 1000)).toHaveLength(1);
    expect(board.changed(T0 + 2000)).toHaveLength(0);
    expect(board.changed(T0 + 20_000)).toMatchObject([{ floor: 'hall', people: [] }]);
    expect(board.changed(T0 + 21_000)).toHaveLength(0);
  });

  it('holds nobody for longer than they are shown', () => {
    const board = new PresenceBoard();
    for (let i = 0; i < 5000; i++) board.observe([report({ atMs: T0 + i * 1000 }, [`p${i}`, 'active', [[0, 100]]])]);
    expect(board.snapshot('hall', T0 + 5_000_000)?.people.length).toBeLessThanOrEqual(4);
  });
});
