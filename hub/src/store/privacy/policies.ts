/** Every privacy policy that was ever in force, and who agreed to one that is looser. */
import type pg from 'pg';
import { grantOf, type Role } from '../../access/permissions.ts';
import { type Loosening, loosenings } from '../../privacy/compare.ts';
import { type PrivacyPolicy, policyDigest } from '../../privacy/policy.ts';
import { appendAudit } from '../audit/append.ts';
import { epochMs, inTransaction, isoTime, type Queryable } from '../database.ts';

/** Two people who agree to the same within a week agree with each other. */
const AGREEMENT_HOURS = 7 * 24;
const PERSONS_NEEDED = 2;

export interface Agreement {
  readonly person: string;
  readonly role: Role;
  readonly reason: string;
}

export interface PolicyPeriod {
  /** 1 for the first policy of this database. */
  readonly number: number;
  readonly policy: PrivacyPolicy;
  readonly digest: string;
  readonly fromMs: number;
  /** null: it is in force. */
  readonly toMs: number | null;
  readonly takenBy: string;
  /** Who agreed, where it is looser than the one before. */
  readonly agreed: readonly Agreement[];
}

interface Row {
  readonly number: number;
  readonly document: PrivacyPolicy;
  readonly digest: string;
  readonly from_time: Date;
  readonly to_time: Date | null;
  readonly taken_by: string;
  readonly agreed: Agreement[];
}

const periodOf = (row: Row): PolicyPeriod => ({
  number: row.number,
  policy: row.document,
  digest: row.digest,
  fromMs: row.from_time.getTime(),
  toMs: epochMs(row.to_time),
  takenBy: row.taken_by,
  agreed: row.agreed,
});

const COLUMNS = 'number, document, digest, from_time, to_time, taken_by, agreed';

/** The policy in force now, or at a moment of the past; null before the first. */
export async function policyInForce(database: Queryable, atMs?: number): Promise<PolicyPeriod | null> {
  const { rows } = await database.query<Row>(
    `SELECT ${COLUMNS} FROM privacy_policy_period
     WHERE $1::timestamptz IS NULL OR from_time <= $1 ORDER BY number DESC LIMIT 1`,
    [atMs === undefined ? null : new Date(atMs)],
  );
  return rows[0] ? periodOf(rows[0]) : null;
}

/** All of them, the first one first. */
export async function policyHistory(database: Queryable): Promise<PolicyPeriod[]> {
  const { rows } = await database.query<Row>(`SELECT ${COLUMNS} FROM privacy_policy_period ORDER BY number`);
  return rows.map(periodOf);
}

export interface Applicant {
  /** For the record: `hub`, `operator NAME`, or the person. */
  readonly actor: string;
  /** Who agrees to a looser policy, and why; null: nobody does with this call. */
  readonly agreement: Agreement | null;
}

export type Application =
  | { readonly kind: 'unchanged'; readonly period: PolicyPeriod }
  | { readonly kind: 'taken'; readonly period: PolicyPeriod }
  /** It is looser, and too few have agreed: the one before stays in force. */
  | {
      readonly kind: 'waits';
      readonly inForce: PolicyPeriod;
      readonly loosenings: readonly Loosening[];
      readonly agreed: readonly Agreement[];
    };

async function take(
  client: Queryable,
  policy: PrivacyPolicy,
  before: PolicyPeriod | null,
  looser: readonly Loosening[],
  agreed: readonly Agreement[],
  actor: string,
  nowMs: number,
): Promise<PolicyPeriod> {
  const period: PolicyPeriod = {
    number: (before?.number ?? 0) + 1,
    policy,
    digest: policyDigest(policy),
    // A clock that was set back must not make the order of the policies another one.
    fromMs: Math.max(nowMs, before?.fromMs ?? 0),
    toMs: null,
    takenBy: actor,
    agreed,
  };
  await client.query(
    `INSERT INTO privacy_policy (number, version, digest, document, from_time, taken_by, agreed)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [
      period.number,
      policy.version,
      period.digest,
      JSON.stringify(policy),
      isoTime(period.fromMs),
      actor,
      JSON.stringify(agreed),
    ],
  );
  await appendAudit(client, {
    atMs: nowMs,
    actor,
    action: 'policy.privacy',
    subject: policy.version,
    detail: {
      number: period.number,
      digest: period.digest,
      looserIn: looser,
      agreedBy: agreed.map(({ person }) => person),
    },
  });
  return period;
}

/**
 * Takes a policy into force: at once where it is as tight as the one in force or tighter, and where none is; where it is
 * looser in anything, as soon as two people, one of them a privacy officer, have agreed to this very policy within a week, each with a reason.
 *
 * @throws RangeError where the role of whoever agrees does not allow it.
 */
export async function applyPolicy(
  pool: pg.Pool,
  policy: PrivacyPolicy,
  { actor, agreement }: Applicant,
  nowMs: number,
): Promise<Application> {
  return await inTransaction(pool, async (client): Promise<Application> => {
    await client.query("SELECT pg_advisory_xact_lock(hashtext('safe-passage-privacy'), 0)");
    const inForce = await policyInForce(client);
    if (!inForce) return { kind: 'taken', period: await take(client, policy, null, [], [], actor, nowMs) };
    const digest = policyDigest(policy);
    if (inForce.digest === digest) return { kind: 'unchanged', period: inForce };
    const looser = loosenings(inForce.policy, policy);
    if (looser.length === 0) {
      return { kind: 'taken', period: await take(client, policy, inForce, [], [], actor, nowMs) };
    }
    if (agreement) {
      if (grantOf(agreement.role, 'policy.agree') !== 'yes')
        throw new RangeError(`a role that may not agree: ${agreement.role}`);
      await client.query(
        `INSERT INTO privacy_agreement (base, digest, person, role, reason, at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT DO NOTHING`,
        [inForce.number, digest, agreement.person, agreement.role, agreement.reason, isoTime(nowMs)],
      );
      await appendAudit(client, {
        atMs: nowMs,
        actor: agreement.person,
        action: 'policy.privacy-agreed',
        subject: policy.version,
        purpose: agreement.reason,
        detail: { digest, looserIn: looser, role: agreement.role },
      });
    }
    const { rows: agreed } = await client.query<Agreement>(
      `SELECT DISTINCT ON (person) person, role, reason FROM privacy_agreement
       WHERE base = $1 AND digest = $2 AND at > $3 AND role IS NOT NULL ORDER BY person, at DESC`,
      [inForce.number, digest, isoTime(nowMs - AGREEMENT_HOURS * 3_600_000)],
    );
    const answered = agreed.some(({ role }) => role === 'privacy-officer');
    if (agreed.length < PERSONS_NEEDED || !answered) return { kind: 'waits', inForce, loosenings: looser, agreed };
    return { kind: 'taken', period: await take(client, policy, inForce, looser, agreed, actor, nowMs) };
  });
}
