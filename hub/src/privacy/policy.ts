/** What is kept, why, and for how long. Pure, but for reading the file. */
import { hash } from 'node:crypto';
import { OperatorError } from '@safe-passage/cli';
import type { Problem } from '@safe-passage/contract';
import { type AuditValue, canonicalJson } from '../audit/entry.ts';
import { readDocument } from '../config.ts';
import { analysisProblems } from './analysis.ts';
import { durationMs, HOUR_MS, LEAST_AUDIT_MS, ORDINARY_TRACKS_MS, untilMs } from './duration.ts';
import { PrivacyPolicy } from './policySchema.ts';
import { insistOnSignature } from './signature.ts';
import { zoneProblems } from './zones.ts';

export { durationMs, durationText, keptMs, limitMs, ORDINARY_TRACKS_MS } from './duration.ts';
export { type ClassPolicy, DATA_CLASSES, type DataClass, type PrivacyPolicy, type ZonePolicy } from './policySchema.ts';

/** Counts from fewer people are not published. */
export const leastPeople = (policy: PrivacyPolicy): number => policy.leastPeople ?? 10;

/** What is wrong with a policy that has all its fields. */
export function policyProblems(policy: PrivacyPolicy, nowMs: number): Problem[] {
  const problems: Problem[] = [...analysisProblems(policy), ...zoneProblems(policy)];
  const { tracks, audit } = policy.classes;
  const { justification } = tracks;
  if (justification) {
    const until = untilMs(justification.until);
    const field = 'classes.tracks.justification.until';
    if (Number.isNaN(until))
      problems.push({ field, found: justification.until, expected: 'must be a day, such as 2027-03-01' });
    else if (until <= nowMs) {
      problems.push({
        field,
        found: justification.until,
        expected:
          'has passed: justify the longer retention anew with a later day, or set classes.tracks.keep to 72 hours or less',
      });
    }
  } else if (durationMs(tracks.keep) > ORDINARY_TRACKS_MS) {
    problems.push({
      field: 'classes.tracks.keep',
      found: tracks.keep,
      expected:
        'tracks above 72 hours need a justification: give classes.tracks.justification with text, owner and until, or 72 hours or less',
    });
  }
  for (const [name, { justification: other }] of Object.entries(policy.classes)) {
    if (other && name !== 'tracks') {
      const field = `classes.${name}.justification`;
      problems.push({ field, found: 'a justification', expected: 'belongs to tracks alone: say it under why' });
    }
  }
  for (const name of ['outbox', 'broker'] as const) {
    if (durationMs(policy.classes[name].keep) > durationMs(tracks.keep)) {
      const expected = `must not be longer than classes.tracks.keep, ${tracks.keep}: they are tracks on their way`;
      problems.push({ field: `classes.${name}.keep`, found: policy.classes[name].keep, expected });
    }
  }
  if (durationMs(audit.keep) < LEAST_AUDIT_MS) {
    const expected = 'must be at least 184 days: logs are kept for six months or longer';
    problems.push({ field: 'classes.audit.keep', found: audit.keep, expected });
  }
  return problems;
}

/**
 * @param keyFile public keys of those who may sign it; null: it need not be signed, but then it must not say what may be analysed or leave devices.
 * @throws OperatorError that names the field, its line, the value and the remedy; where the signature is missing or wrong.
 */
export async function loadPrivacyPolicy(
  path: string,
  nowMs: number,
  keyFile: string | null = null,
): Promise<PrivacyPolicy> {
  if (keyFile !== null) await insistOnSignature(path, keyFile);
  const policy = await readDocument(path, 'The privacy policy', PrivacyPolicy, (one) => policyProblems(one, nowMs));
  const signed = policy.analysis
    ? 'which movements may be analysed'
    : policy.privacyLevel
      ? 'what may leave devices'
      : null;
  if (signed !== null && keyFile === null) {
    throw new OperatorError(
      `${path} says ${signed}, and hub.yaml names no key that it is signed with`,
      'Name the public keys of those who may sign it in hub.yaml (privacyKey: privacy.pub.pem), and put the signature beside it (privacy.yaml.sig).',
    );
  }
  return policy;
}

/** The same for the same policy, however its file is laid out. */
export const policyDigest = (policy: PrivacyPolicy): string =>
  hash('sha256', canonicalJson(policy as unknown as AuditValue), 'hex');

const PURPOSE = 'Prompts for welfare checks: movements on the floor that may be signs of trafficking or smuggling';
const UNNAMED = 'not named: write a privacy.yaml';

function builtInClass(keep: string, why: string, purpose = PURPOSE) {
  return { purpose, legalBasis: UNNAMED, owner: UNNAMED, keep, why };
}

/**
 * The policy of a hub that was given none: the limits of the documentation, and nobody who answers for them.
 *
 * @param tracksHours what hub.yaml says under retention.tracksHours, at most 72.
 * @throws OperatorError where it is more.
 */
export function builtInPolicy(tracksHours: number): PrivacyPolicy {
  if (tracksHours * HOUR_MS > ORDINARY_TRACKS_MS) {
    throw new OperatorError(
      `retention.tracksHours is ${tracksHours}: tracks above 72 hours need a written justification with an expiry date`,
      'Write a privacy.yaml with classes.tracks.justification (examples/privacy.yaml shows how), name it with privacy in hub.yaml and take retention out; or set 72 or less.',
    );
  }
  const tracks = Number.isInteger(tracksHours)
    ? `${tracksHours} hours`
    : `${Math.max(1, Math.floor(tracksHours * 60))} minutes`;
  return {
    schema: 'privacy/1',
    version: `built-in/1, tracks ${tracks}`,
    classes: {
      tracks: builtInClass(tracks, 'An alert is reviewed within three days'),
      episodes: builtInClass('30 days', 'What is usual for a place and an hour is seen over some weeks'),
      alerts: builtInClass('90 days', 'Complaints and reviews of an alert come within three months'),
      evidence: builtInClass('90 days', 'As long as the alert that it explains'),
      aggregates: builtInClass('730 days', 'Two summers can be compared', 'Planning of space and staff, from counts'),
      audit: builtInClass(
        '365 days',
        'An audit looks back over a year',
        'Accountability: who did what, and who looked',
      ),
      outbox: builtInClass(tracks, 'A device that was offline delivers late, never later than the tracks live'),
      broker: builtInClass(tracks, 'A hub that was away finds its messages'),
      accessLogs: builtInClass('30 days', 'Faults and attacks are looked into', 'Operation and security of the system'),
      backups: builtInClass('7 days', 'A broken disk is noticed within a week', 'Operation and security of the system'),
    },
  };
}
