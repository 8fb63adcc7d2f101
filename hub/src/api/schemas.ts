/** The shapes of the HTTP interface. The console takes its types from here. */
import { DeviceHealth, DeviceStatus, FloorPlan } from '@safe-passage/contract';
import { type Static, type TUnsafe, Type } from 'typebox';
import { PERMISSION_NAMES, ROLES } from '../access/permissions.ts';
import { AlertDetail } from '../alert/alert.ts';
import { Role } from '../score/movement.ts';
import { LEAST_VISIBLE, LONGEST_NOTE, LONGEST_PURPOSE } from './visible.ts';

const closed = { additionalProperties: false } as const;
/** Why an alert is closed, or open again. */
const AlertReason = Type.String({
  minLength: LEAST_VISIBLE,
  maxLength: LONGEST_PURPOSE,
  description: `Why, in ${LEAST_VISIBLE} visible characters or more; blanks around it are left out. Kept with your name.`,
});
/** A moment that a request names, in milliseconds since the Unix epoch: as far as a date reaches. */
export const EpochMs = Type.Integer({ minimum: 0, maximum: 8_640_000_000_000_000 });
const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);

export const AlertState = Type.Union([Type.Literal('new'), Type.Literal('acknowledged'), Type.Literal('closed')]);
export type AlertState = Static<typeof AlertState>;

export const Disposition = Type.Union([
  Type.Literal('true-positive'),
  Type.Literal('benign-positive'),
  Type.Literal('false-positive'),
  Type.Literal('unknown'),
]);
export type Disposition = Static<typeof Disposition>;

const summaryFields = {
  id: Type.String({ format: 'uuid' }),
  site: Type.String(),
  floor: Type.String(),
  /** Null where the movement took place outside of every zone. */
  zone: nullable(Type.String()),
  /** The zone's name, or the floor's where there is no zone. */
  zoneName: Type.String(),
  /** The part of the story that names it; another one may name it later. */
  pattern: Type.String(),
  state: AlertState,
  /** Whether the movement still goes on. */
  live: Type.Boolean(),
  /** Found in data that arrived late. */
  delayed: Type.Boolean(),
  raisedAtMs: Type.Integer(),
  updatedAtMs: Type.Integer(),
  fromMs: Type.Integer(),
  toMs: Type.Integer(),
  score: Type.Number(),
  /** 0 to 1, for the bar. */
  severity: Type.Number({ minimum: 0, maximum: 1 }),
  sentence: Type.String(),
  acknowledgedBy: nullable(Type.String()),
  acknowledgedAtMs: nullable(Type.Integer()),
  closedBy: nullable(Type.String()),
  closedAtMs: nullable(Type.Integer()),
  disposition: nullable(Disposition),
  dispositionReason: nullable(Type.String()),
  /** The older alert in which this one goes on, where its story turned out to be part of that one's. */
  wentOnIn: Type.Optional(nullable(Type.String({ format: 'uuid' }))),
};

export const AlertSummary = Type.Object(summaryFields, closed);
export type AlertSummary = Static<typeof AlertSummary>;

export const AlertHistoryEntry = Type.Object(
  { atMs: Type.Integer(), actor: Type.String(), event: Type.String(), note: nullable(Type.String()) },
  closed,
);
export type AlertHistoryEntry = Static<typeof AlertHistoryEntry>;

/** GET /api/alerts/:id */
export const AlertView = Type.Object(
  { ...summaryFields, detail: AlertDetail, history: Type.Array(AlertHistoryEntry) },
  closed,
);
export type AlertView = Static<typeof AlertView>;

/** GET /api/alerts?state=open|new|acknowledged|closed|all&limit=&before= */
export const AlertList = Type.Object(
  {
    alerts: Type.Array(AlertSummary),
    counts: Type.Object({ new: Type.Integer(), acknowledged: Type.Integer(), closed: Type.Integer() }, closed),
  },
  closed,
);
export type AlertList = Static<typeof AlertList>;

/** A path on the floor: [time in ms since the epoch, x and y in metres, 1-sigma in metres, 1 measured or 0 predicted]. */
export const PathPoint = Type.Tuple([Type.Integer(), Type.Number(), Type.Number(), Type.Number(), Type.Integer()]);
export type PathPoint = Static<typeof PathPoint>;

export const EvidencePath = Type.Object(
  {
    person: Type.String(),
    /** The role in the story; `other` for those around it. */
    role: Type.Union([...Role.anyOf, Type.Literal('other')]),
    points: Type.Array(PathPoint),
  },
  closed,
);
export type EvidencePath = Static<typeof EvidencePath>;

/** GET /api/alerts/:id/evidence: the paths of the story, and of those who were around it. */
export const Evidence = Type.Object(
  { fromMs: Type.Integer(), toMs: Type.Integer(), paths: Type.Array(EvidencePath) },
  closed,
);
export type Evidence = Static<typeof Evidence>;

/** POST /api/alerts/:id/acknowledge */
export const AcknowledgeBody = Type.Object({ note: Type.Optional(Type.String({ maxLength: LONGEST_NOTE })) }, closed);
export type AcknowledgeBody = Static<typeof AcknowledgeBody>;

/** POST /api/alerts/:id/close */
export const CloseBody = Type.Object(
  {
    disposition: Disposition,
    reason: AlertReason,
    note: Type.Optional(Type.String({ maxLength: LONGEST_NOTE })),
  },
  closed,
);
export type CloseBody = Static<typeof CloseBody>;

/** POST /api/alerts/:id/reopen */
export const ReopenBody = Type.Object({ reason: AlertReason }, closed);
export type ReopenBody = Static<typeof ReopenBody>;

/** GET /api/floors */
export const FloorList = Type.Object(
  { site: Type.String(), timeZone: Type.String(), floors: Type.Array(FloorPlan) },
  closed,
);
export type FloorList = Static<typeof FloorList>;

/** Where everybody is: [pseudonym, x and y in metres, track state]. */
export const Presence = Type.Object(
  {
    floor: Type.String(),
    /** Capture time of the newest position. */
    timeMs: Type.Integer(),
    people: Type.Array(Type.Tuple([Type.String(), Type.Number(), Type.Number(), Type.String()])),
    groups: Type.Optional(
      Type.Array(Type.Array(Type.String(), { minItems: 2 }), {
        description:
          'Who is together, by the pseudonyms of `people`. Absent where the privacy policy allows nothing that is found from groups.',
      }),
    ),
  },
  closed,
);
export type Presence = Static<typeof Presence>;

/** GET /api/cameras */
export const CameraView = Type.Object(
  {
    floor: Type.String(),
    device: Type.String(),
    camera: Type.String(),
    status: nullable(DeviceStatus),
    statusAtMs: nullable(Type.Integer()),
    health: nullable(DeviceHealth),
    healthAtMs: nullable(Type.Integer()),
    /** Whether more than one agent uses this name of a device: what they say replaces one another. Absent: none does, or another hub would know. */
    nameShared: Type.Optional(Type.Boolean()),
  },
  closed,
);
export type CameraView = Static<typeof CameraView>;
export const CameraList = Type.Object({ cameras: Type.Array(CameraView) }, closed);
export type CameraList = Static<typeof CameraList>;

/** GET /api/cameras/rates */
const rates = Type.Array(nullable(Type.Number()));
export const CameraRates = Type.Object(
  {
    fromMs: Type.Integer(),
    stepSeconds: Type.Integer(),
    cameras: Type.Array(
      Type.Object(
        {
          floor: Type.String(),
          device: Type.String(),
          /** A figure for each step, null where nothing was heard. */
          processedFramesPerSecond: rates,
          sourceFramesPerSecond: rates,
        },
        closed,
      ),
    ),
  },
  closed,
);
export type CameraRates = Static<typeof CameraRates>;

/** POST /api/session, GET /api/session */
export const SignInBody = Type.Object(
  { token: Type.String({ minLength: 20, maxLength: 200, writeOnly: true }) },
  closed,
);
export type SignInBody = Static<typeof SignInBody>;
/** GET /api/sign-in */
export const SignInWays = Type.Object({ provider: Type.Union([Type.String(), Type.Null()]) }, closed);
export type SignInWays = Static<typeof SignInWays>;

/** A choice between words; TypeBox knows the type of such a union where it is written out as a tuple alone. */
const oneOf = <T extends string>(words: readonly T[]): TUnsafe<T> =>
  Type.Union(words.map((word) => Type.Literal(word))) as unknown as TUnsafe<T>;

export const Session = Type.Object(
  {
    name: Type.String(),
    role: oneOf(ROLES),
    /** What the role may do, for screens that show nothing else: the door decides. */
    may: Type.Array(oneOf(PERMISSION_NAMES)),
    /** What it may do where it says why, in the header X-Purpose. */
    mayWithReason: Type.Array(oneOf(PERMISSION_NAMES)),
  },
  closed,
);
export type Session = Static<typeof Session>;

export const ApiError = Type.Object(
  { error: Type.String(), message: Type.String(), field: Type.Optional(Type.String()) },
  closed,
);
export type ApiError = Static<typeof ApiError>;

/**
 * GET /api/live, as server-sent events: `alert` carries an AlertSummary, `presence` a Presence (once a second and floor),
 * `camera` a CameraView; `heartbeat` nothing, so that a silence is known from a quiet hall.
 */
export interface LiveEvents {
  alert: AlertSummary;
  presence: Presence;
  camera: CameraView;
  heartbeat: Record<string, never>;
}
