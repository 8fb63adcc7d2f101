import type { Bodies, LineOfSight } from '../../src/cameras/bodies.ts';
import { Sight } from '../../src/terminal/sight.ts';
import type { Obstacle, Terminal, TerminalCamera } from '../../src/terminal/terminal.ts';

/** Under the ceiling at the origin, looking along the x axis. */
export const CAMERA: TerminalCamera = {
  id: 'cam-1',
  name: 'Hall',
  position: [0, 0],
  heightMetres: 4.5,
  headingDegrees: 0,
  pitchDegrees: 30,
  focalPixels: 760,
  imageWidth: 1280,
  imageHeight: 720,
  framesPerSecond: 5,
  reachMetres: 30,
};

export interface Person {
  readonly id?: number;
  readonly x: number;
  readonly y: number;
  readonly headingDegrees?: number;
  readonly speed?: number;
  readonly heightMetres?: number;
  readonly seated?: boolean;
}

export const bodiesOf = (people: readonly Person[]): Bodies => ({
  count: people.length,
  id: people.map((p, i) => p.id ?? i),
  x: people.map((p) => p.x),
  y: people.map((p) => p.y),
  headingRadians: people.map((p) => ((p.headingDegrees ?? 180) * Math.PI) / 180),
  speed: people.map((p) => p.speed ?? 0),
  heightMetres: people.map((p) => p.heightMetres ?? 1.7),
  seated: people.map((p) => (p.seated ? 1 : 0)),
});

export const box = (
  id: string,
  kind: Obstacle['kind'],
  x0: number,
  y0: number,
  x1: number,
  y1: number,
  heightMetres: number,
): Obstacle => ({
  id,
  kind,
  polygon: [
    [x0, y0],
    [x1, y0],
    [x1, y1],
    [x0, y1],
  ],
  heightMetres,
});

export function hallWith(part: Partial<Pick<Terminal, 'walls' | 'obstacles'>> = {}): {
  readonly terminal: Terminal;
  readonly sight: LineOfSight;
} {
  const terminal: Terminal = {
    schema: 'terminal/1',
    id: 'hall',
    name: 'Hall',
    bounds: [
      [-5, -30],
      [60, 30],
    ],
    northDegrees: 0,
    walls: [],
    obstacles: [],
    zones: [],
    portals: [
      {
        id: 'door',
        name: 'Door',
        kind: 'exit',
        line: [
          [40, -1],
          [40, 1],
        ],
      },
    ],
    queues: [],
    spots: [],
    itineraries: [
      {
        id: 'through',
        name: 'Through',
        of: 'visitor',
        weight: 1,
        stages: [{ enter: ['door'] }, { leave: ['door'] }],
      },
    ],
    cameras: [CAMERA],
    ...part,
  };
  return { terminal, sight: new Sight(terminal) };
}
