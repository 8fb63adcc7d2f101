/** An arrivals hall, 42 m by 24 m: landing on the left, kerb at the bottom and on the right. */
import type { FloorPlan, PlanPoint, Polygon } from '@safe-passage/contract';

const box = (minX: number, minY: number, maxX: number, maxY: number): Polygon => [
  [minX, minY],
  [maxX, minY],
  [maxX, maxY],
  [minX, maxY],
];

const closedBox = (minX: number, minY: number, maxX: number, maxY: number): PlanPoint[] => [
  ...box(minX, minY, maxX, maxY),
  [minX, minY],
];

/** What a camera in a corner sees: a wedge on the floor. */
function wedge([x, y]: PlanPoint, towardsDegrees: number, openingDegrees: number, reachMetres: number): Polygon {
  const polygon: Polygon = [[x, y]];
  for (let i = 0; i <= 8; i++) {
    const angle = ((towardsDegrees - openingDegrees / 2 + (openingDegrees * i) / 8) * Math.PI) / 180;
    const clamp = (value: number, most: number) => Math.min(most, Math.max(0, value));
    polygon.push([clamp(x + reachMetres * Math.cos(angle), 42), clamp(y + reachMetres * Math.sin(angle), 24)]);
  }
  return polygon;
}

const camera = (
  id: string,
  name: string,
  position: PlanPoint,
  towardsDegrees: number,
  openingDegrees = 84,
  reach = 16,
) => ({
  id,
  name,
  position,
  view: wedge(position, towardsDegrees, openingDegrees, reach),
});

export const HALL_SITE = 'lindenau-airport';

export const HALL_PLAN: FloorPlan = {
  id: 'arrivals',
  name: 'Arrivals hall',
  bounds: [
    [0, 0],
    [42, 24],
  ],
  northDegrees: 24,
  walls: [
    // The outer walls, with the doors left open.
    [
      [0, 20.5],
      [0, 24],
      [42, 24],
      [42, 9],
    ],
    [
      [42, 5.5],
      [42, 0],
      [30, 0],
    ],
    [
      [24, 0],
      [0, 0],
      [0, 15.5],
    ],
    // Airside from landside, with the gate of the customs channel.
    [
      [0, 12.5],
      [29.5, 12.5],
      [29.5, 16.5],
    ],
    [
      [29.5, 20],
      [29.5, 24],
    ],
    // Control booths.
    ...[13.4, 15.6, 17.8, 20, 22.2].map((y) => closedBox(9.6, y, 11.2, y + 0.9)),
    // Baggage belts.
    closedBox(14.5, 16, 16, 23),
    closedBox(20.5, 16, 22, 23),
    // Café counter, car hire desks, washrooms.
    [
      [0, 8.2],
      [8.5, 8.2],
    ],
    closedBox(1.2, 1.2, 2.4, 6.4),
    closedBox(14, 0.6, 20.5, 1.6),
    [
      [0, 10.2],
      [6.5, 10.2],
    ],
    // The lift shaft.
    closedBox(33, 0, 36.5, 2.6),
  ],
  zones: [
    {
      id: 'border-queue',
      name: 'Border queue',
      kind: 'queue',
      polygon: box(1, 13.3, 9, 23.2),
      dwellLimitSeconds: 3600,
    },
    {
      id: 'belts',
      name: 'Baggage belts',
      kind: 'waiting',
      polygon: box(12.4, 13.3, 24.4, 23.4),
      dwellLimitSeconds: 2700,
    },
    { id: 'customs', name: 'Customs', kind: 'control', polygon: box(25, 13.3, 29, 23.4), dwellLimitSeconds: 900 },
    {
      id: 'meeting-point',
      name: 'Meeting point',
      kind: 'waiting',
      polygon: box(30.6, 12.4, 41, 22.8),
      dwellLimitSeconds: 1200,
    },
    { id: 'cafe', name: 'Café', kind: 'retail', polygon: box(2.8, 0.8, 11, 7.6), dwellLimitSeconds: 3600 },
    { id: 'car-hire', name: 'Car hire', kind: 'retail', polygon: box(13.2, 1.8, 21.4, 5.4), dwellLimitSeconds: 2400 },
    { id: 'taxi-doors', name: 'Taxi doors', kind: 'exit', polygon: box(23.6, 0.4, 30.4, 4.2), dwellLimitSeconds: 600 },
    { id: 'lifts', name: 'Lifts', kind: 'transit', polygon: box(31.6, 2.8, 37.6, 6), dwellLimitSeconds: 600 },
    { id: 'east-exit', name: 'East exit', kind: 'exit', polygon: box(38.4, 5.2, 41.8, 9.4), dwellLimitSeconds: 600 },
    { id: 'washrooms', name: 'Washrooms', kind: 'blind', polygon: box(0.2, 8.4, 6.4, 10) },
  ],
  cameras: [
    camera('border-1', 'Border', [0.5, 23.5], -48),
    camera('belts-1', 'Belts west', [12.5, 23.5], -52),
    camera('belts-2', 'Belts east', [29, 23.5], -130),
    camera('public-1', 'Meeting point', [41.5, 23.5], -132),
    camera('public-2', 'Kerb', [41.5, 0.5], 138, 84, 19),
    camera('public-3', 'Café', [0.5, 0.5], 34, 76, 18),
    camera('public-4', 'Car hire', [22, 12], -110, 92, 14),
  ],
};

export type HallZone =
  | 'border-queue'
  | 'belts'
  | 'customs'
  | 'meeting-point'
  | 'cafe'
  | 'car-hire'
  | 'taxi-doors'
  | 'lifts'
  | 'east-exit';

export function zoneBox(id: HallZone): {
  minX: number;
  minY: number;
  maxX: number;
  maxY: number;
  name: string;
  limitSeconds: number;
} {
  const zone = HALL_PLAN.zones.find((one) => one.id === id);
  if (!zone) throw new Error(`The hall has no zone ${id}`);
  const [lower, , upper] = zone.polygon;
  if (!lower || !upper || !zone.dwellLimitSeconds) throw new Error(`Zone ${id} is not a box with a limit`);
  return {
    minX: lower[0],
    minY: lower[1],
    maxX: upper[0],
    maxY: upper[1],
    name: zone.name,
    limitSeconds: zone.dwellLimitSeconds,
  };
}

/** The camera that stands nearest. */
export function cameraAt(x: number, y: number): string {
  let best = '';
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const { id, position } of HALL_PLAN.cameras) {
    const distance = Math.hypot(position[0] - x, position[1] - y);
    if (distance < bestDistance) {
      bestDistance = distance;
      best = id;
    }
  }
  return best;
}
