import type { PlanPoint } from '@safe-passage/contract';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { Navigator } from '../../src/navigate/navigator.ts';
import { loadTerminal, PLAN_NAMES } from '../../src/terminal/load.ts';
import { distanceToSegment } from '../../src/terminal/polygon.ts';
import { wallSegments } from '../../src/terminal/segments.ts';
import type { Terminal } from '../../src/terminal/terminal.ts';

const STEP_METRES = 0.1;
const out = new Float64Array(2);

/** Walks where the field points. @returns metres walked, and the least distance kept from walls. */
function walk(
  segments: Float64Array,
  goal: ReturnType<Navigator['goal']>,
  from: PlanPoint,
): { metres: number; clearance: number; left: number } {
  let [x, y] = from;
  let metres = 0;
  let clearance = Number.POSITIVE_INFINITY;
  let left = goal.direction(x, y, out);
  while (left > STEP_METRES && metres < 600) {
    x += (out[0] as number) * STEP_METRES;
    y += (out[1] as number) * STEP_METRES;
    metres += STEP_METRES;
    for (let i = 0; i < segments.length; i += 4) {
      const [ax, ay] = [segments[i] as number, segments[i + 1] as number];
      const [bx, by] = [segments[i + 2] as number, segments[i + 3] as number];
      clearance = Math.min(clearance, distanceToSegment(x, y, ax, ay, bx, by));
    }
    left = goal.direction(x, y, out);
  }
  return { metres, clearance, left };
}

const room = (walls: PlanPoint[][]): Pick<Terminal, 'bounds' | 'walls' | 'obstacles'> => ({
  bounds: [
    [0, 0],
    [20, 12],
  ],
  walls,
  obstacles: [],
});

describe('the way to a goal', () => {
  it('is straight in an empty room, from everywhere', () => {
    const navigator = new Navigator(room([]));
    const coordinate = (max: number) => fc.double({ min: 0.5, max: max - 0.5, noNaN: true });
    fc.assert(
      fc.property(coordinate(20), coordinate(12), coordinate(20), coordinate(12), (gx, gy, x, y) => {
        const straight = Math.hypot(gx - x, gy - y);
        fc.pre(straight > 0.5);
        const left = navigator.goal([gx, gy]).direction(x, y, out);
        expect(Math.hypot(out[0] as number, out[1] as number)).toBeCloseTo(1, 6);
        // Metres along walls count more; and next to one the front starts crooked.
        const open = Math.min(gx, gy, x, y, 20 - gx, 12 - gy, 20 - x, 12 - y) > 2.6;
        expect(left).toBeGreaterThan(straight - 0.1);
        expect(left - straight).toBeLessThan(open ? 0.1 + 0.02 * straight : 0.6 + 0.04 * straight);
        const along = ((gx - x) * (out[0] as number) + (gy - y) * (out[1] as number)) / straight;
        expect(along).toBeGreaterThan(Math.cos((8 * Math.PI) / 180));
      }),
      { numRuns: 300 },
    );
  });

  it('goes through the door, and cannot be found where there is none', () => {
    const door = new Navigator(
      room([
        [
          [10, 0],
          [10, 8],
        ],
        [
          [10, 9.2],
          [10, 12],
        ],
      ]),
    ).goal([15, 2]);
    expect(door.direction(5, 2, out)).toBeGreaterThan(13);
    expect(out[1]).toBeGreaterThan(0.5);
    const closed = new Navigator(
      room([
        [
          [10, 0],
          [10, 12],
        ],
      ]),
    ).goal([15, 2]);
    expect(closed.direction(5, 2, out)).toBe(Number.POSITIVE_INFINITY);
    expect([...out]).toEqual([0, 0]);
  });

  it('leads somebody who was pushed against a wall or off the floor back', () => {
    const goal = new Navigator(
      room([
        [
          [0, 6],
          [20, 6],
        ],
      ]),
    ).goal([10, 3]);
    goal.direction(4, 5.95, out);
    expect(out[1]).toBeLessThan(0);
    expect(goal.direction(-0.4, 2, out)).toBeLessThan(12);
    expect(out[0]).toBeGreaterThan(0.5);
  });

  it('ends anywhere on a line, and anywhere in an area', () => {
    const navigator = new Navigator(room([]));
    const line: PlanPoint[] = [
      [0, 4],
      [0, 8],
    ];
    expect(navigator.goal(line).direction(6, 5, out)).toBeCloseTo(6, 0);
    expect(out[0]).toBeCloseTo(-1, 2);
    const area: PlanPoint[] = [
      [10, 2],
      [14, 2],
      [14, 6],
      [10, 6],
    ];
    expect(navigator.goal(area).direction(12, 4, out)).toBe(0);
    expect(navigator.goal(area).direction(5, 4, out)).toBeCloseTo(5, 0);
    expect(out[0]).toBeCloseTo(1, 1);
  });
});

describe('ways through the arrivals level', () => {
  let terminal: Terminal;
  let navigator: Navigator;
  let segments: Float64Array;
  beforeAll(async () => {
    terminal = await loadTerminal('arrivals');
    navigator = new Navigator(terminal);
    segments = wallSegments(terminal);
  });

  it.each([
    ['gate-1', 'door-east'],
    ['gate-6', 'station'],
    ['staff-baggage', 'staff-landside'],
    ['gate-3', 'toilet-air-1'],
    ['door-taxi', 'prayer-room'],
  ])('lead from %s to %s, no nearer to a wall than a body is wide, and get there', (from, to) => {
    const middle = (id: string): PlanPoint => {
      const line = terminal.portals.find((portal) => portal.id === id)?.line ?? [
        [0, 0],
        [0, 0],
      ];
      return [(line[0][0] + line[1][0]) / 2, (line[0][1] + line[1][1]) / 2];
    };
    const goal = navigator.goal(terminal.portals.find((portal) => portal.id === to)?.line ?? []);
    const result = walk(segments, goal, middle(from));
    expect(result.left).toBeLessThanOrEqual(STEP_METRES);
    expect(result.clearance).toBeGreaterThan(0.2);
  });
});

describe.each(PLAN_NAMES)('every way through "%s"', (name) => {
  it('gets there: to each spot, desk and door, from each door that has a way', async () => {
    const terminal = await loadTerminal(name);
    const navigator = new Navigator(terminal);
    const targets: (PlanPoint | PlanPoint[])[] = [
      ...terminal.spots.map(({ at }) => at),
      ...terminal.portals.map(({ line }) => line),
      ...terminal.queues.flatMap(({ lane, desks }) => [...lane, ...desks.flatMap(({ at, leaveBy }) => [at, leaveBy])]),
      ...terminal.zones.map(({ polygon }) => polygon),
    ];
    let walks = 0;
    for (const [i, target] of targets.entries()) {
      const goal = navigator.goal(target);
      // Every sixth door, others for the next target.
      for (const { id, line } of terminal.portals.filter((_, j) => (i + j) % 6 === 0)) {
        let [x, y] = [(line[0][0] + line[1][0]) / 2, (line[0][1] + line[1][1]) / 2];
        const far = goal.distance(x, y);
        if (far === Number.POSITIVE_INFINITY) continue;
        let [metres, left] = [0, goal.direction(x, y, out)];
        while (left > STEP_METRES && metres <= far + 2) {
          x += (out[0] as number) * STEP_METRES;
          y += (out[1] as number) * STEP_METRES;
          metres += STEP_METRES;
          left = goal.direction(x, y, out);
        }
        if (left > STEP_METRES) expect.fail(`from ${id} to ${JSON.stringify(target)}: stuck at ${x}, ${y}`);
        walks += 1;
      }
    }
    expect(walks).toBeGreaterThan(300);
  }, 240_000);
});
