import { readFile } from 'node:fs/promises';
import { OperatorError } from '@safe-passage/cli';
import { describe, expect, it } from 'vitest';
import { loadTerminal, parseTerminal, planPath } from '../../src/terminal/load.ts';
import type { Terminal } from '../../src/terminal/terminal.ts';

const text = await readFile(planPath('regional'), 'utf8');

/** What is said about the regional airport after a change to it. */
function complaint(change: (terminal: Terminal) => void): string {
  const terminal = JSON.parse(text) as Terminal;
  change(terminal);
  try {
    parseTerminal(JSON.stringify(terminal), 'changed.json');
  } catch (problem) {
    if (problem instanceof OperatorError) return problem.message;
    throw problem;
  }
  return 'nothing';
}

const first = <T>(list: readonly T[]): T => list[0] as T;

describe('loading a terminal', () => {
  it('takes the terminal as it is', () => {
    expect(complaint(() => undefined)).toBe('nothing');
  });

  it.each<[string, (terminal: Terminal) => void, RegExp]>([
    ['an id given twice', (t) => void t.spots.push({ ...first(t.spots), at: [9, 3] }), /spots\.\d+\.id: found belt-1/],
    [
      'a stage that names no portal',
      (t) => void first(t.itineraries).stages.splice(0, 1, { enter: ['nowhere'] }),
      /itineraries\.0\.stages\.0\.enter: found nowhere; there is no such portal/,
    ],
    [
      'a way that does not begin with entering',
      (t) => void first(t.itineraries).stages.shift(),
      /itineraries\.0\.stages\.0: .*the first stage and no other is "enter"/,
    ],
    [
      'a polygon that crosses itself',
      (t) => void first(t.zones).polygon.splice(0, 99, [0, 0], [2, 2], [2, 0], [0, 2.5]),
      /zones\.0\.polygon: found baggage; it crosses/,
    ],
    [
      'a camera off the floor',
      (t) => void first(t.cameras).position.splice(0, 2, 90, 3),
      /cameras\.0\.position: found \[90,3\]; lies outside the bounds/,
    ],
    [
      'a spot inside an obstacle',
      (t) => void first(t.spots).at.splice(0, 2, 9.4, 19.6),
      /spots\.0\.at: found \[9\.4,19\.6\]; nobody can stand there/,
    ],
    [
      'a door that is walled up',
      (t) =>
        void t.walls.push([
          [3, 26],
          [5, 26],
        ]),
      /portals\.0\.line: found apron; a wall or an obstacle covers it/,
    ],
    [
      'a room without a way in',
      (t) =>
        void t.walls.push([
          [12.4, 12],
          [15.6, 12],
        ]),
      /itineraries\.0\.stages\.\d+: found .*no way leads there/,
    ],
    [
      'a lane through an obstacle',
      (t) => void first(t.queues).lane.splice(1, first(t.queues).lane.length, [23, 25]),
      /queues\.0\.lane\.0: .*something stands in this leg/,
    ],
  ])('names place, value and remedy of %s', (_, change, said) => {
    expect(complaint(change)).toMatch(said);
  });

  it('names the fields that do not fit the schema', () => {
    expect(complaint((t) => void Object.assign(first(t.portals), { kind: 'window' }))).toMatch(/portals\.0\.kind/);
  });

  it('says which names there are where a file is missing', async () => {
    await expect(loadTerminal('airport')).rejects.toMatchObject({
      remedy: expect.stringContaining('arrivals, departures, regional'),
    });
  });
});
