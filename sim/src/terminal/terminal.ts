/**
 * A terminal as the simulator reads it: what the floor plan of the contract says, and besides what one can walk around,
 * where people appear and go, where they queue and stay, and what hangs from the ceiling. One file is one floor.
 * Coordinates are metres, x to the right and y up as on the drawing; angles are degrees, counter-clockwise from the x axis.
 */
import { Identifier, PlanPoint, Polygon, Zone } from '@safe-passage/contract';
import { type Static, Type } from 'typebox';

const closed = { additionalProperties: false } as const;
const Name = Type.String({ minLength: 1, maxLength: 80 });
const Polyline = Type.Array(PlanPoint, { minItems: 2, maxItems: 512 });

/** A time that people take, log-normal: `median` times exp(N(0, sigma)). */
export const Duration = Type.Object(
  {
    medianSeconds: Type.Number({ exclusiveMinimum: 0, maximum: 86_400 }),
    sigma: Type.Number({ minimum: 0, maximum: 2 }),
  },
  closed,
);
export type Duration = Static<typeof Duration>;

/** What one walks around. Whoever stands behind is hidden below its height. */
export const Obstacle = Type.Object(
  {
    id: Identifier,
    /** `room`: a block closed to travellers, as offices, plant and shafts are. */
    kind: Type.Enum(['desk', 'belt', 'barrier', 'seats', 'table', 'pillar', 'shop', 'planter', 'scanner', 'room']),
    polygon: Polygon,
    heightMetres: Type.Number({ exclusiveMinimum: 0, maximum: 20 }),
  },
  closed,
);
export type Obstacle = Static<typeof Obstacle>;

/** Where people appear on the floor and leave it: a line that they cross. */
export const Portal = Type.Object(
  {
    id: Identifier,
    name: Name,
    /** `room`: a room that is not simulated and not observed, such as a prayer room. */
    kind: Type.Enum(['gate', 'exit', 'lift', 'stairs', 'transfer', 'staff', 'station', 'toilet', 'room']),
    line: Type.Tuple([PlanPoint, PlanPoint]),
  },
  closed,
);
export type Portal = Static<typeof Portal>;

/** A line of people and the desks that serve it. */
export const Queue = Type.Object(
  {
    id: Identifier,
    name: Name,
    /** Where they stand, from the head backwards; longer queues go on in the direction of the last leg. */
    lane: Polyline,
    spacingMetres: Type.Number({ minimum: 0.4, maximum: 3 }),
    /** Who is served stands at `at`, and goes on by `leaveBy`. A company is served together. */
    desks: Type.Array(Type.Object({ id: Identifier, at: PlanPoint, leaveBy: PlanPoint }, closed), {
      minItems: 1,
      maxItems: 64,
    }),
    service: Duration,
  },
  closed,
);
export type Queue = Static<typeof Queue>;

/** Where somebody can stay: one body. */
export const Spot = Type.Object(
  {
    id: Identifier,
    kind: Type.Enum([
      'seat',
      'cafe',
      'belt',
      'meeting-point',
      'driver',
      'phone',
      'pillar',
      'counter',
      'shop',
      'screen',
    ]),
    at: PlanPoint,
    /** Which way one looks there. */
    headingDegrees: Type.Optional(Type.Number({ minimum: -360, maximum: 360 })),
  },
  closed,
);
export type Spot = Static<typeof Spot>;

/** A part of somebody's way. With a probability below 1 some leave it out. */
export const Stage = Type.Union([
  Type.Object({ enter: Type.Array(Identifier, { minItems: 1 }) }, closed),
  Type.Object({ leave: Type.Array(Identifier, { minItems: 1 }) }, closed),
  /** Into a portal and out of it again, as into a toilet. */
  Type.Object(
    {
      visit: Type.Array(Identifier, { minItems: 1 }),
      duration: Duration,
      probability: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
    },
    closed,
  ),
  /** The shortest of these queues. */
  Type.Object({ queue: Type.Array(Identifier, { minItems: 1 }) }, closed),
  Type.Object(
    {
      stay: Spot.properties.kind,
      /** Only spots in these zones; absent: any. */
      zones: Type.Optional(Type.Array(Identifier, { minItems: 1 })),
      duration: Duration,
      probability: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
    },
    closed,
  ),
  /** Through this zone, anywhere in it. */
  Type.Object({ pass: Identifier }, closed),
]);
export type Stage = Static<typeof Stage>;

/** What a kind of passenger does here, one of several by weight. */
export const Itinerary = Type.Object(
  {
    id: Identifier,
    name: Name,
    /** `arrival` comes in banks, by flights; `departure` before flights; the others evenly. */
    of: Type.Enum(['arrival', 'departure', 'transfer', 'visitor', 'driver', 'staff', 'cleaner']),
    weight: Type.Number({ exclusiveMinimum: 0, maximum: 1000 }),
    stages: Type.Array(Stage, { minItems: 2, maxItems: 64 }),
  },
  closed,
);
export type Itinerary = Static<typeof Itinerary>;

export const TerminalCamera = Type.Object(
  {
    id: Identifier,
    name: Name,
    position: PlanPoint,
    heightMetres: Type.Number({ minimum: 1.5, maximum: 30 }),
    headingDegrees: Type.Number({ minimum: -360, maximum: 360 }),
    /** How far it looks down from the horizontal. */
    pitchDegrees: Type.Number({ minimum: 0, maximum: 90 }),
    focalPixels: Type.Number({ minimum: 100, maximum: 20_000 }),
    imageWidth: Type.Integer({ minimum: 160, maximum: 8192 }),
    imageHeight: Type.Integer({ minimum: 120, maximum: 8192 }),
    /** Brown and Conrady's first radial coefficient, with image coordinates in focal lengths. Absent: none. */
    radialK1: Type.Optional(Type.Number({ minimum: -0.5, maximum: 0.5 })),
    framesPerSecond: Type.Number({ minimum: 1, maximum: 30 }),
    /** Further away nothing is reported, metres on the floor. */
    reachMetres: Type.Number({ minimum: 3, maximum: 100 }),
  },
  closed,
);
export type TerminalCamera = Static<typeof TerminalCamera>;

export const Terminal = Type.Object(
  {
    schema: Type.Literal('terminal/1'),
    id: Identifier,
    name: Name,
    /** Lower left and upper right corner of the drawing. */
    bounds: Type.Tuple([PlanPoint, PlanPoint]),
    /** Clockwise angle of true north from the y axis. */
    northDegrees: Type.Number({ minimum: -360, maximum: 360 }),
    /** From the floor to the ceiling: nobody walks or sees through. */
    walls: Type.Array(Polyline, { maxItems: 4096 }),
    obstacles: Type.Array(Obstacle, { maxItems: 4096 }),
    zones: Type.Array(Zone, { maxItems: 512 }),
    portals: Type.Array(Portal, { minItems: 1, maxItems: 256 }),
    queues: Type.Array(Queue, { maxItems: 64 }),
    spots: Type.Array(Spot, { maxItems: 4096 }),
    itineraries: Type.Array(Itinerary, { minItems: 1, maxItems: 256 }),
    cameras: Type.Array(TerminalCamera, { maxItems: 512 }),
  },
  closed,
);
export type Terminal = Static<typeof Terminal>;
