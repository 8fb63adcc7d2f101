/**
 * What an edge agent says about one camera, once a second. Both schemas are closed: a field that is not listed is
 * refused, so that nothing about a person's looks can ever travel along.
 */
import { type Static, Type } from 'typebox';
import { Identifier } from './topics.ts';

const closed = { additionalProperties: false } as const;

/** Milliseconds since the Unix epoch, UTC. */
export const EpochMs = Type.Integer({ minimum: 0, maximum: 8_640_000_000_000_000 });

/** A pseudonym: 16 characters of base64url, 96 bits of an HMAC. It means nothing under another key. */
export const Pseudonym = Type.String({ pattern: '^[A-Za-z0-9_-]{16}$' });

/** Names a pseudonym key without telling anything about it: 16 hexadecimal digits, random. */
export const KeyEpoch = Type.String({ pattern: '^[0-9a-f]{16}$' });

/** The first 12 hexadecimal digits of a calibration's SHA-256, or `nominal`. */
export const CalibrationVersion = Type.String({ pattern: '^(?:[0-9a-f]{12}|nominal)$' });

/** Grows by one with each report of a camera, restarts of the agent included. */
export const SequenceNumber = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });

export const TrackState = Type.Union([
  Type.Literal('tentative'),
  Type.Literal('active'),
  Type.Literal('coasting'),
  Type.Literal('ended'),
]);
export type TrackState = Static<typeof TrackState>;

/**
 * One position: offset from the report's `fromMs` in milliseconds, x and y on the floor plan in centimetres, 1-sigma of
 * the position in centimetres, and 1 where a detection supports it or 0 where the filter predicted it.
 */
export const TrackPoint = Type.Tuple([
  Type.Integer({ minimum: 0, maximum: 60_000 }),
  Type.Integer({ minimum: -1_000_000, maximum: 1_000_000 }),
  Type.Integer({ minimum: -1_000_000, maximum: 1_000_000 }),
  Type.Integer({ minimum: 1, maximum: 100_000 }),
  Type.Union([Type.Literal(0), Type.Literal(1)]),
]);
export type TrackPoint = Static<typeof TrackPoint>;

export const TrackSegment = Type.Object(
  {
    id: Pseudonym,
    state: TrackState,
    /** In order of time. May be empty only for a track that ended between two reports. */
    points: Type.Array(TrackPoint, { maxItems: 512 }),
  },
  closed,
);
export type TrackSegment = Static<typeof TrackSegment>;

/** The tracks of one camera over one stretch of time. A camera that sees nobody reports an empty list. */
export const TrackReport = Type.Object(
  {
    schema: Type.Literal('track-report/1'),
    camera: Identifier,
    /** Which calibration gave the metres: the first 12 hexadecimal digits of its SHA-256, or `nominal`. */
    calibration: CalibrationVersion,
    /** Key of the pseudonyms in this report. */
    epoch: KeyEpoch,
    /** Grows by one with each report of a camera, restarts of the agent included. */
    sequence: SequenceNumber,
    /** Capture time of the first frame in the report. */
    fromMs: EpochMs,
    /** Capture time of the last frame in the report. */
    toMs: EpochMs,
    tracks: Type.Array(TrackSegment, { maxItems: 1024 }),
  },
  closed,
);
export type TrackReport = Static<typeof TrackReport>;

/** Says which reports the device had to forget before the hub had them. Travels where the device's reports do. */
export const GapReport = Type.Object(
  {
    schema: Type.Literal('gap-report/1'),
    camera: Identifier,
    epoch: KeyEpoch,
    sequence: SequenceNumber,
    /** The forgotten sequence numbers, both ends included. */
    firstSequence: SequenceNumber,
    lastSequence: SequenceNumber,
    /** The stretch of time that is missing. */
    fromMs: EpochMs,
    toMs: EpochMs,
    /** `age`: older than the retention of tracks. `size`: the outbox was full. `level`: finer than the device may send by now. */
    reason: Type.Union([Type.Literal('age'), Type.Literal('size'), Type.Literal('level')]),
  },
  closed,
);
export type GapReport = Static<typeof GapReport>;

/** Everything that may arrive on a tracks topic. */
export const CameraReport = Type.Union([TrackReport, GapReport]);
export type CameraReport = Static<typeof CameraReport>;
