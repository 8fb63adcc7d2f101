/** What device and hub tell each other beside tracks. */
import { type Static, Type } from 'typebox';
import { PrivacyLevel } from './counts.ts';
import { CalibrationVersion, EpochMs, KeyEpoch, SequenceNumber } from './reports.ts';
import { Identifier } from './topics.ts';

const closed = { additionalProperties: false } as const;
const count = Type.Integer({ minimum: 0 });

/** Retained on the status topic; the broker publishes the same with `state: "offline"` as the last will. */
export const DeviceStatus = Type.Object(
  {
    schema: Type.Literal('status/1'),
    state: Type.Union([Type.Literal('online'), Type.Literal('offline')]),
    camera: Identifier,
    /** When the agent started. */
    sinceMs: EpochMs,
    version: Type.String({ maxLength: 40 }),
    /** SHA-256 of the detector in hexadecimal, or `none` where detections come from a file. */
    modelDigest: Type.String({ pattern: '^(?:[0-9a-f]{64}|none)$' }),
    modelName: Type.String({ maxLength: 80 }),
    /** When the certificate ends with which the device is connected. Absent: it has none. */
    certificateNotAfterMs: Type.Optional(EpochMs),
    /** First 12 hexadecimal digits of the SHA-256 of the effective configuration. */
    configurationDigest: Type.String({ pattern: '^[0-9a-f]{12}$' }),
    calibration: CalibrationVersion,
    /**
     * How far a place of the floor is off that the calibration did not know, root mean square. Absent: there is no calibration, or no more
     * points than it takes to make one.
     */
    calibrationErrorMetres: Type.Optional(Type.Number({ minimum: 0, maximum: 1e6 })),
    /** When the file of the calibration was written last. Absent: there is none. */
    calibrationWrittenMs: Type.Optional(EpochMs),
    /** What may leave the device. */
    privacyLevel: PrivacyLevel,
  },
  closed,
);
export type DeviceStatus = Static<typeof DeviceStatus>;

export const DeviceHealth = Type.Object(
  {
    schema: Type.Literal('health/1'),
    camera: Identifier,
    timeMs: EpochMs,
    /** Frames that the camera delivered, and frames that went through the detector, per second over the last interval. */
    sourceFramesPerSecond: Type.Number({ minimum: 0 }),
    processedFramesPerSecond: Type.Number({ minimum: 0 }),
    /** Since the agent started. */
    framesDropped: count,
    /** 0 at level `counts`, where nothing about people leaves the device more often than once a quarter-hour. */
    tracksLive: count,
    /** Positions that were not reported because they lay in a blind zone, since the agent started; at level `counts` up to the last quarter-hour. */
    pointsInBlindZones: count,
    /** Positions that were not reported because they had no place on the floor (above the horizon), since the start. */
    pointsOffFloor: count,
    outboxReports: count,
    outboxBytes: count,
    /** Age of the oldest report that the hub has not confirmed; 0 where there is none. */
    outboxOldestSeconds: Type.Number({ minimum: 0 }),
    reportsForgotten: count,
    sourceState: Type.Union([Type.Literal('running'), Type.Literal('waiting'), Type.Literal('ended')]),
    /**
     * How far the device's clock is ahead of the hub's, by its answers to {@link ClockAnswer}; the true figure lies within ± the
     * uncertainty. Absent: the hub has not answered in the last minutes.
     */
    clockOffsetSeconds: Type.Optional(Type.Number({ minimum: -1e9, maximum: 1e9 })),
    clockUncertaintySeconds: Type.Optional(Type.Number({ minimum: 0, maximum: 1e9 })),
  },
  closed,
);
export type DeviceHealth = Static<typeof DeviceHealth>;

export const DeviceCommand = Type.Object(
  {
    schema: Type.Literal('command/1'),
    command: Type.Union([Type.Literal('reload-configuration'), Type.Literal('rotate-pseudonym-key')]),
  },
  closed,
);
export type DeviceCommand = Static<typeof DeviceCommand>;

/**
 * The hub's word that reports are committed (or refused for good): only then does an outbox forget them. A broker's own
 * acknowledgement is not enough, because a broker that is killed loses what it had acknowledged and not yet delivered.
 */
export const Receipt = Type.Object(
  {
    schema: Type.Literal('receipt/1'),
    camera: Identifier,
    epoch: KeyEpoch,
    sequences: Type.Array(SequenceNumber, {
      minItems: 1,
      maxItems: 4096,
    }),
  },
  closed,
);
export type Receipt = Static<typeof Receipt>;

/**
 * The hub's answer to a health message, on the topic of receipts: what its own clock says. A device that knows when it asked and
 * when it was answered knows how far its clock is off (Cristian 1989), and how surely: the hub looked at some moment between.
 */
export const ClockAnswer = Type.Object(
  {
    schema: Type.Literal('clock-answer/1'),
    camera: Identifier,
    /** `timeMs` of the health message that is answered. */
    askedMs: EpochMs,
    /** The hub's clock. */
    hubMs: EpochMs,
  },
  closed,
);
export type ClockAnswer = Static<typeof ClockAnswer>;

/** What the hub tells whoever listens about an alert. */
export const AlertNotice = Type.Object(
  {
    schema: Type.Literal('alert/1'),
    id: Type.String({ format: 'uuid' }),
    event: Type.Union([Type.Literal('raised'), Type.Literal('updated'), Type.Literal('closed')]),
    pattern: Identifier,
    site: Identifier,
    floor: Identifier,
    /** Null where the movement took place outside of every zone. */
    zone: Type.Union([Identifier, Type.Null()]),
    fromMs: EpochMs,
    toMs: EpochMs,
    /** 0 at the limit, or at the least that counts as the pattern; one more is twice as strange. */
    score: Type.Number(),
    /** Found in data that arrived late: never page anybody for it. */
    delayed: Type.Boolean(),
    sentence: Type.String({ maxLength: 400 }),
    /** The older alert in which this one goes on, where its story turned out to be part of that one's. */
    wentOnIn: Type.Optional(Type.String({ format: 'uuid' })),
  },
  closed,
);
export type AlertNotice = Static<typeof AlertNotice>;
