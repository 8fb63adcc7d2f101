/** Decides what a message is, and why it is not one. Pure; never passes on a value that it refuses. */
import {
  type CameraAddress,
  type CameraReport,
  type Checked,
  CountReport,
  checker,
  countProblems,
  DeviceHealth,
  DeviceStatus,
  GapReport,
  Identifier,
  KeyEpoch,
  type ParsedTopic,
  type PrivacyLevel,
  type Problem,
  parseTopic,
  TOPIC_ROOT,
  TrackReport,
} from '@safe-passage/contract';
import { Type } from 'typebox';
import type { Arrived } from '../store/located.ts';
import type { DevicePlace, DeviceUpdate } from '../store/store.ts';

/** What an edge needs to hear to let a report go. */
export interface ReceiptKey {
  readonly place: DevicePlace;
  readonly camera: string;
  readonly epoch: string;
  readonly sequence: number;
}

export type Screened =
  | { readonly kind: 'report'; readonly located: Arrived; readonly receipt: ReceiptKey }
  | { readonly kind: 'device'; readonly update: DeviceUpdate }
  | {
      readonly kind: 'refused';
      readonly topic: string;
      readonly reason: string;
      readonly receipt: ReceiptKey | null;
      /** Refused because the device may send counts alone: something to be looked into at once. */
      readonly finerThanAllowed?: true;
    }
  /** An empty payload clears a retained message, or asks whether the device may publish; there is nothing to keep. */
  | { readonly kind: 'nothing' };

/** The stretch of time that reports may be about. */
export interface TimeLimits {
  readonly nowMs: number;
  /** Older is past its retention and must not be stored. */
  readonly oldestMs: number;
  /** The same for counts. */
  readonly oldestCountsMs: number;
}

/** What a camera may send at most. */
export type AllowedLevel = (address: CameraAddress) => PrivacyLevel;

/** A clock that is further ahead would write rows that no retention ever reaches. */
const MOST_AHEAD_MS = 3_600_000;
const MOST_BYTES = 16 * 1024 * 1024;

const checkTrackReport = checker(TrackReport);
const checkCountReport = checker(CountReport);
const checkGapReport = checker(GapReport);
const checkStatus = checker(DeviceStatus);
const checkHealth = checker(DeviceHealth);
const checkKey = checker(
  Type.Object({ camera: Identifier, epoch: KeyEpoch, sequence: TrackReport.properties.sequence }),
);

const isIdentifier = checker(Identifier);

/** A topic with everything left out that is not a name of the contract. */
function safeTopic(topic: string): string {
  const levels = topic.split('/').slice(0, 8);
  const root = TOPIC_ROOT.split('/');
  return levels.map((level, i) => (level === root[i] || isIdentifier(level).ok ? level : '?')).join('/');
}

/** Places in lists differ with every message: they would make a row of each. */
const reasonOf = ({ field, expected }: Problem): string => {
  const place = field.replace(/(^|\.)\d+(?=\.|$)/g, '$1*');
  return `${place || 'document'}: ${expected}`.slice(0, 200);
};

interface Complaint {
  readonly reason: string;
}
type Outcome<T> = { readonly value: T } | Complaint;

const complain = (reason: string): Complaint => ({ reason });

function accepted<T>(checked: Checked<T>): Outcome<T> {
  if (checked.ok) return { value: checked.value };
  const first = checked.problems[0];
  return complain(first ? reasonOf(first) : 'document: must match the contract');
}

function parse(payload: Buffer): Outcome<unknown> {
  if (payload.length > MOST_BYTES) return complain(`document: at most ${MOST_BYTES} bytes`);
  try {
    return { value: JSON.parse(payload.toString('utf8')) as unknown };
  } catch {
    return complain('document: must be JSON');
  }
}

const schemaOf = (document: unknown): unknown =>
  document !== null && typeof document === 'object' && 'schema' in document ? document.schema : undefined;

/** What a schema cannot say: order in time, and times that the hub may keep. */
function contradiction(report: CameraReport, { nowMs, oldestMs }: TimeLimits): Complaint | null {
  if (report.toMs < report.fromMs) return complain('toMs: must not lie before fromMs');
  if (report.toMs > nowMs + MOST_AHEAD_MS) return complain('toMs: must not lie more than an hour ahead of the hub');
  if (report.schema === 'gap-report/1') {
    return report.lastSequence < report.firstSequence
      ? complain('lastSequence: must not be less than firstSequence')
      : null;
  }
  if (report.fromMs < oldestMs) return complain('fromMs: must not be older than the retention of tracks');
  for (const track of report.tracks) {
    let last = 0;
    for (const point of track.points) {
      if (point[0] < last) return complain('tracks.*.points: must be in order of time');
      last = point[0];
    }
  }
  return null;
}

function checkReport(document: unknown, camera: string, limits: TimeLimits): Outcome<CameraReport> {
  const schema = schemaOf(document);
  // The variant first: a union would blame a track report for not being a gap report.
  const outcome: Outcome<CameraReport> =
    schema === 'track-report/1'
      ? accepted(checkTrackReport(document))
      : schema === 'gap-report/1'
        ? accepted(checkGapReport(document))
        : complain('schema: must be track-report/1 or gap-report/1');
  if (!('value' in outcome)) return outcome;
  if (outcome.value.camera !== camera) return complain('camera: must be the camera of the topic');
  return contradiction(outcome.value, limits) ?? outcome;
}

function checkCounts(document: unknown, camera: string, limits: TimeLimits): Outcome<CountReport | GapReport> {
  const schema = schemaOf(document);
  if (schema === 'gap-report/1') return checkReport(document, camera, limits) as Outcome<GapReport>;
  if (schema !== 'count-report/1') return complain('schema: must be count-report/1 or gap-report/1');
  const outcome = accepted(checkCountReport(document));
  if (!('value' in outcome)) return outcome;
  const { value } = outcome;
  if (value.camera !== camera) return complain('camera: must be the camera of the topic');
  const [problem] = countProblems(value);
  if (problem) return complain(reasonOf(problem));
  if (value.toMs > limits.nowMs + MOST_AHEAD_MS)
    return complain('toMs: must not lie more than an hour ahead of the hub');
  if (value.fromMs < limits.oldestCountsMs) return complain('fromMs: must not be older than the retention of counts');
  return outcome;
}

/** Told to whoever looks for why a device is refused. Never names what was sent. */
const FINER =
  'privacyLevel: tracks are refused where counts alone may be sent; set privacyLevel: counts in edge.yaml of this device';

/** The key of a report that is refused, where it can be read: its outbox must let it go all the same. */
function readableKey(document: unknown, place: DevicePlace): ReceiptKey | null {
  const checked = checkKey(document);
  if (!checked.ok) return null;
  const { camera, epoch, sequence } = checked.value;
  return { place, camera, epoch, sequence };
}

function screenReport(
  topic: Extract<ParsedTopic, { readonly kind: 'tracks' | 'counts' }>,
  document: unknown,
  limits: TimeLimits,
): Screened | Complaint {
  const { kind, ...address } = topic;
  const check = kind === 'counts' ? checkCounts : checkReport;
  const outcome: Outcome<CameraReport | CountReport> = check(document, address.camera, limits);
  if (!('value' in outcome)) return outcome;
  const report = outcome.value;
  const { camera, epoch, sequence } = report;
  return {
    kind: 'report',
    located: { address, report, receivedAtMs: limits.nowMs } as Arrived,
    receipt: { place: address, camera, epoch, sequence },
  };
}

function screenDevice(
  topic: Extract<ParsedTopic, { readonly kind: 'status' | 'health' | 'command' | 'receipts' }>,
  document: unknown,
  nowMs: number,
): Screened | Complaint {
  const place: DevicePlace = { site: topic.site, floor: topic.floor, device: topic.device };
  if (topic.kind === 'status') {
    const outcome = accepted(checkStatus(document));
    if (!('value' in outcome)) return outcome;
    const status = outcome.value;
    return { kind: 'device', update: { place, camera: status.camera, status, health: null, atMs: nowMs } };
  }
  const outcome = accepted(checkHealth(document));
  if (!('value' in outcome)) return outcome;
  const health = outcome.value;
  return { kind: 'device', update: { place, camera: health.camera, status: null, health, atMs: nowMs } };
}

/**
 * Looks at one message from the broker. Never throws.
 *
 * @param allowed absent: every camera may send tracks.
 */
export function screen(
  topic: string,
  payload: Buffer,
  limits: TimeLimits,
  allowed: AllowedLevel = () => 'tracks',
): Screened {
  const parsed = parseTopic(topic);
  const refuse = (reason: string, receipt: ReceiptKey | null = null): Screened => ({
    kind: 'refused',
    topic: safeTopic(topic),
    reason,
    receipt,
  });
  if (!parsed || parsed.kind === 'alerts' || parsed.kind === 'auditCheckpoint')
    return refuse('topic: must be one of the contract');
  if (payload.length === 0) return { kind: 'nothing' };
  const document = parse(payload);
  if (!('value' in document)) return refuse(document.reason);
  if (parsed.kind === 'tracks' || parsed.kind === 'counts') {
    // Before anything else of it is looked at. What had to be forgotten may be told at any level.
    if (parsed.kind === 'tracks' && schemaOf(document.value) !== 'gap-report/1' && allowed(parsed) === 'counts') {
      return { ...refuse(FINER, readableKey(document.value, parsed)), finerThanAllowed: true } as Screened;
    }
    const outcome = screenReport(parsed, document.value, limits);
    return 'kind' in outcome ? outcome : refuse(outcome.reason, readableKey(document.value, parsed));
  }
  const outcome = screenDevice(parsed, document.value, limits.nowMs);
  return 'kind' in outcome ? outcome : refuse(outcome.reason);
}
