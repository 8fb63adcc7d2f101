/** The policy in force in a running hub: that of the file where it may be, and whatever came into force since. */
import { OperatorError } from '@safe-passage/cli';
import type { FloorPlan } from '@safe-passage/contract';
import type { Applicant, Application, PolicyPeriod } from '../store/privacy/policies.ts';
import { unknownPlaces } from './analysis.ts';
import { unknownLevelPlaces } from './level.ts';
import type { RetentionLimits } from './limits.ts';
import { builtInPolicy, durationText, loadPrivacyPolicy, type PrivacyPolicy } from './policy.ts';
import { strangeZones } from './zones.ts';

/** Two who agree on the command line wait at most this long until a running hub obeys. */
const LOOK_SECONDS = 10;

export interface PolicySource {
  readonly privacyFile: string | null;
  readonly privacyKeyFile?: string | null;
  /** Absent: no place is known, and a policy must name none. */
  readonly floors?: readonly FloorPlan[];
  readonly retention: { readonly tracksHours: number };
}

export interface PolicyStore {
  inForce(): Promise<PolicyPeriod | null>;
  apply(policy: PrivacyPolicy, applicant: Applicant, nowMs: number): Promise<Application>;
}

interface PrivacyLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** The policy that a configuration names. @throws OperatorError where it is none, or needs a justification that it has not. */
export async function policyOf(source: PolicySource, nowMs: number): Promise<PrivacyPolicy> {
  if (source.privacyFile === null) return builtInPolicy(source.retention.tracksHours);
  const policy = await loadPrivacyPolicy(source.privacyFile, nowMs, source.privacyKeyFile ?? null);
  const plans = source.floors ?? [];
  const odd = strangeZones(policy, plans);
  if (odd.length > 0) {
    throw new OperatorError(
      `${source.privacyFile} has limits under zones for ${odd.join('; ')}`,
      'Write floor and zone as the plans have them, or take the entry out: a misspelt name would keep what is to be destroyed.',
    );
  }
  const unlevelled = unknownLevelPlaces(policy, plans);
  if (unlevelled.length > 0) {
    throw new OperatorError(
      `${source.privacyFile} says what may leave devices at ${unlevelled.join(', ')}, and no floor plan has that`,
      'Write the identifiers as the plans have them: a misspelt name would let tracks through.',
    );
  }
  const strange = unknownPlaces(policy, plans);
  if (strange.length === 0) return policy;
  throw new OperatorError(
    `${source.privacyFile} says what may be analysed at ${strange.join(', ')}, and no floor plan has that`,
    'Write the identifiers as the plans have them: a misspelt name would allow what is to be switched off.',
  );
}

/** Tells the file's policy to the database. @returns the one in force then. */
async function atStart(store: PolicyStore, source: PolicySource, logger: PrivacyLogger): Promise<PrivacyPolicy> {
  const wanted = await policyOf(source, Date.now());
  const before = await store.inForce();
  if (source.privacyFile === null && before && !before.policy.version.startsWith('built-in/')) {
    logger.warn({ policy: before.policy.version }, 'hub.yaml names no privacy policy: the one that was in force stays');
    return before.policy;
  }
  const outcome = await store.apply(wanted, { actor: 'hub', agreement: null }, Date.now());
  if (outcome.kind !== 'waits') {
    if (outcome.kind === 'taken')
      logger.info({ policy: wanted.version }, 'this privacy policy is in force from now on');
    return outcome.period.policy;
  }
  logger.warn(
    { policy: outcome.inForce.policy.version, wanted: wanted.version, looserIn: outcome.loosenings },
    'the privacy policy of hub.yaml is looser than the one in force, which stays: two people must agree with `hub privacy apply`',
  );
  return outcome.inForce.policy;
}

export interface PolicyWatch {
  /** Looks now. @returns whether another policy has come into force. */
  look(): Promise<boolean>;
  stop(): Promise<void>;
}

/**
 * Takes the policy of the configuration into force where it may be, and from then on follows what is in force.
 *
 * @param onChange told whenever it has changed since.
 * @throws OperatorError where the configuration's policy is none, or keeps tracks beyond 72 hours without a justification.
 */
export async function followPolicy(
  store: PolicyStore,
  source: PolicySource,
  limits: RetentionLimits,
  logger: PrivacyLogger,
  onChange: () => void = () => undefined,
): Promise<PolicyWatch> {
  limits.set(await atStart(store, source, logger));
  let known = (await store.inForce())?.number;
  logger.info(
    { policy: limits.policy?.version, tracks: durationText(limits.keptMs('tracks')) },
    'the privacy policy in force',
  );
  let looking: Promise<boolean> = Promise.resolve(false);
  const look = (): Promise<boolean> => {
    looking = looking.then(async () => {
      try {
        const now = await store.inForce();
        if (!now || now.number === known) return false;
        known = now.number;
        limits.set(now.policy);
        logger.warn({ policy: now.policy.version, takenBy: now.takenBy }, 'another privacy policy is in force');
        onChange();
        return true;
      } catch (problem) {
        const reason = problem instanceof Error ? problem.message : String(problem);
        logger.error({ reason }, 'the privacy policy in force cannot be read: the last one known is obeyed');
        return false;
      }
    });
    return looking;
  };
  const timer = setInterval(() => void look(), LOOK_SECONDS * 1000);
  return {
    look,
    stop: async () => {
      clearInterval(timer);
      await looking;
    },
  };
}

/** For a command line that says who somebody is. @throws OperatorError where two names are one. */
export function insistOnReason(reason: string): string {
  const text = reason.trim();
  if (text.length >= 10 && text.length <= 500 && !/\p{Cc}/u.test(text)) return text;
  throw new OperatorError(
    'the reason is too short, too long or not printable',
    'Say in 10 to 500 characters why: it is kept with your name.',
  );
}
