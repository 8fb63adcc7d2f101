/** A small arrivals floor for tests: a gate, two lines of a control in a wall, belts, a café, a hall with an exit. */
import type { PlanPoint } from '@safe-passage/contract';
import type { Obstacle, Queue, Spot, Terminal } from '../../src/terminal/terminal.ts';

function box(
  id: string,
  kind: Obstacle['kind'],
  x: number,
  y: number,
  w: number,
  h: number,
  heightMetres: number,
): Obstacle {
  return {
    id,
    kind,
    heightMetres,
    polygon: [
      [x, y],
      [x + w, y],
      [x + w, y + h],
      [x, y + h],
    ],
  };
}

function line(id: string, y: number): Queue {
  const desk = (index: number, dy: number): Queue['desks'][number] => ({
    id: `${id}-${index}`,
    at: [25, y + dy],
    leaveBy: [27.5, y + dy],
  });
  return {
    id,
    name: `Passports ${id}`,
    lane: [
      [22.6, y],
      [12, y],
    ],
    spacingMetres: 0.8,
    desks: [desk(1, -3.2), desk(2, -1.6), desk(3, 0), desk(4, 1.6), desk(5, 3.2)],
    service: { medianSeconds: 18, sigma: 0.4 },
  };
}

function spots(prefix: string, kind: Spot['kind'], at: readonly PlanPoint[], headingDegrees?: number): Spot[] {
  return at.map((point, index) => ({
    id: `${prefix}-${index + 1}`,
    kind,
    at: [...point],
    ...(headingDegrees === undefined ? {} : { headingDegrees }),
  }));
}

function row(x: number, y: number, dx: number, dy: number, count: number): PlanPoint[] {
  return Array.from({ length: count }, (_, index): PlanPoint => [x + dx * index, y + dy * index]);
}

/** The wall of the control: a gap at each desk. */
function controlWalls(): PlanPoint[][] {
  const gaps = [10, 20].flatMap((y) => [-3.2, -1.6, 0, 1.6, 3.2].map((dy) => y + dy));
  const walls: PlanPoint[][] = [];
  let from = 0;
  for (const gap of gaps) {
    walls.push([
      [25, from],
      [25, gap - 0.5],
    ]);
    from = gap + 0.5;
  }
  walls.push([
    [25, from],
    [25, 30],
  ]);
  return walls;
}

export function tinyTerminal(): Terminal {
  return {
    schema: 'terminal/1',
    id: 'tiny',
    name: 'A small arrivals floor',
    bounds: [
      [-20, 0],
      [70, 30],
    ],
    northDegrees: 0,
    walls: [
      [
        [-20, 12],
        [-20, 0],
        [45, 0],
      ],
      [
        [49, 0],
        [70, 0],
        [70, 12],
      ],
      [
        [70, 18],
        [70, 30],
        [40, 30],
      ],
      [
        [37, 30],
        [-20, 30],
        [-20, 18],
      ],
      ...controlWalls(),
    ],
    obstacles: [
      box('belt', 'belt', 32, 19, 8, 2, 0.6),
      box('pillar', 'pillar', 52, 14, 0.8, 0.8, 4),
      box('seats', 'seats', 54, 24, 6, 0.8, 0.9),
    ],
    zones: [
      {
        id: 'queue',
        name: 'Line',
        kind: 'queue',
        polygon: [
          [11, 5],
          [24, 5],
          [24, 25],
          [11, 25],
        ],
      },
      {
        id: 'corridor',
        name: 'Corridor',
        kind: 'transit',
        polygon: [
          [-19, 6],
          [-4, 6],
          [-4, 24],
          [-19, 24],
        ],
      },
      {
        id: 'belts',
        name: 'Belts',
        kind: 'waiting',
        polygon: [
          [28, 14],
          [44, 14],
          [44, 28],
          [28, 28],
        ],
      },
      {
        id: 'passage',
        name: 'Passage',
        kind: 'transit',
        polygon: [
          [28, 3],
          [48, 3],
          [48, 12],
          [28, 12],
        ],
      },
      {
        id: 'hall',
        name: 'Hall',
        kind: 'waiting',
        polygon: [
          [49, 3],
          [68, 3],
          [68, 27],
          [49, 27],
        ],
      },
    ],
    portals: [
      {
        id: 'gate',
        name: 'Gate',
        kind: 'gate',
        line: [
          [-20, 12],
          [-20, 18],
        ],
      },
      {
        id: 'exit',
        name: 'Exit',
        kind: 'exit',
        line: [
          [70, 12],
          [70, 18],
        ],
      },
      {
        id: 'lift',
        name: 'Lift',
        kind: 'lift',
        line: [
          [45, 0],
          [49, 0],
        ],
      },
      {
        id: 'toilet',
        name: 'Toilet',
        kind: 'toilet',
        line: [
          [37, 30],
          [40, 30],
        ],
      },
    ],
    queues: [line('north', 20), line('south', 10)],
    spots: [
      ...spots('belt', 'belt', [...row(32.4, 18.4, 0.8, 0, 10), ...row(32.4, 21.6, 0.8, 0, 10)]),
      ...spots('seat', 'seat', row(54.4, 23.8, 0.65, 0, 9), -90),
      ...spots('cafe', 'cafe', row(56, 5, 1.2, 0, 6), 90),
      ...spots('meet', 'meeting-point', [...row(62, 11, 0, 1, 8), ...row(64, 11, 0, 1, 8)], 180),
      ...spots('driver', 'driver', row(60, 18, 0.8, 0, 4), 180),
      ...spots('pillar', 'pillar', [
        [52.4, 15.5],
        [52.4, 13.3],
      ]),
      ...spots('counter', 'counter', [[50, 26.5]]),
      ...spots('screen', 'screen', [
        [47, 15],
        [50, 5],
      ]),
    ],
    itineraries: [
      {
        id: 'arriving',
        name: 'Arriving, with luggage',
        of: 'arrival',
        weight: 70,
        stages: [
          { enter: ['gate'] },
          { pass: 'corridor' },
          { queue: ['north', 'south'] },
          { visit: ['toilet'], duration: { medianSeconds: 90, sigma: 0.4 }, probability: 0.15 },
          { stay: 'belt', zones: ['belts'], duration: { medianSeconds: 150, sigma: 0.4 }, probability: 0.5 },
          { pass: 'hall' },
          { stay: 'cafe', zones: ['hall'], duration: { medianSeconds: 200, sigma: 0.5 }, probability: 0.06 },
          { stay: 'seat', zones: ['hall'], duration: { medianSeconds: 200, sigma: 0.5 }, probability: 0.06 },
          { leave: ['exit', 'lift'] },
        ],
      },
      {
        id: 'visiting',
        name: 'Meets somebody',
        of: 'visitor',
        weight: 8,
        stages: [
          { enter: ['exit'] },
          { stay: 'meeting-point', zones: ['hall'], duration: { medianSeconds: 500, sigma: 0.4 } },
          { leave: ['exit'] },
        ],
      },
      {
        id: 'driving',
        name: 'Driver with a sign',
        of: 'driver',
        weight: 2,
        stages: [
          { enter: ['exit'] },
          { stay: 'driver', zones: ['hall'], duration: { medianSeconds: 500, sigma: 0.4 } },
          { leave: ['exit'] },
        ],
      },
      {
        id: 'crossing',
        name: 'Staff who cross',
        of: 'staff',
        weight: 3,
        stages: [{ enter: ['lift'] }, { pass: 'hall' }, { leave: ['exit'] }],
      },
    ],
    cameras: [],
  };
}
