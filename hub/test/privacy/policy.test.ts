import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { databaseKinds } from '../../../test/services/database.ts';
import type { Role } from '../../src/access/permissions.ts';
import { loosenings } from '../../src/privacy/compare.ts';
import { followPolicy, insistOnReason, type PolicyStore, policyOf } from '../../src/privacy/inForce.ts';
import { RetentionLimits } from '../../src/privacy/limits.ts';
import {
  builtInPolicy,
  DATA_CLASSES,
  durationMs,
  durationText,
  limitMs,
  loadPrivacyPolicy,
  type PrivacyPolicy,
} from '../../src/privacy/policy.ts';
import { showAudit } from '../../src/store/audit/reads.ts';
import {
  type Applicant,
  applyPolicy,
  type PolicyPeriod,
  policyHistory,
  policyInForce,
} from '../../src/store/privacy/policies.ts';
import { createFreshStore, type FreshStore } from '../store/freshStore.ts';
import { type Changes, policy, tightened } from './policies.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW = Date.parse('2026-11-28T12:00:00Z');
const EXAMPLE = join(import.meta.dirname, '../../../examples/privacy.yaml');

const JUSTIFICATION = {
  text: 'The inquiry 2026-14 needs the tracks of a week',
  owner: 'Data Protection Officer',
  until: '2027-01-31',
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'safe-passage-policy-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function written(content: unknown, name = 'privacy.yaml'): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, stringify(content));
  return path;
}

const complaint = async (content: unknown): Promise<string> => {
  const path = await written(content);
  return await loadPrivacyPolicy(path, NOW).then(
    () => 'taken',
    (problem: Error) => problem.message,
  );
};

describe('a privacy policy', () => {
  it('is taken as the example writes it', async () => {
    const example = await loadPrivacyPolicy(EXAMPLE, NOW);
    expect(limitMs(example, 'tracks', NOW)).toBe(72 * HOUR_MS);
    expect(await readFile(EXAMPLE, 'utf8')).toContain('# justification:');
  });

  it('needs a purpose, a legal basis, an owner, a limit and a reason for every class, and says which is missing', async () => {
    for (const name of DATA_CLASSES) {
      for (const field of ['purpose', 'legalBasis', 'owner', 'keep', 'why'] as const) {
        const document = structuredClone(policy()) as { classes: Record<string, Record<string, unknown>> };
        delete document.classes[name]?.[field];
        expect(await complaint(document)).toMatch(new RegExp(`classes\\.${name}[. ]`));
      }
    }
  });

  it('keeps tracks above 72 hours only with a justification that has not expired', async () => {
    const week = { keep: '7 days' };
    expect(await complaint(policy({ tracks: week }))).toMatch(
      /classes\.tracks\.keep \(line \d+\): tracks above 72 hours need a justification: .*; found 7 days/,
    );
    expect(await complaint(policy({ tracks: { ...week, justification: JUSTIFICATION } }))).toBe('taken');
    const expired = { ...JUSTIFICATION, until: '2026-11-28' };
    expect(await complaint(policy({ tracks: { ...week, justification: expired } }))).toMatch(
      /classes\.tracks\.justification\.until \(line \d+\): has passed: .*; found 2026-11-28/,
    );
    const noDay = { ...JUSTIFICATION, until: '2027-02-31' };
    expect(await complaint(policy({ tracks: { ...week, justification: noDay } }))).toMatch(/until/);
    const empty = { ...JUSTIFICATION, text: 'because' };
    expect(await complaint(policy({ tracks: { ...week, justification: empty } }))).toMatch(/justification\.text/);
  });

  it('does not keep what is on its way longer than tracks, nor an audit shorter than six months', async () => {
    expect(await complaint(policy({ tracks: { keep: '24 hours' }, outbox: { keep: '24 hours' } }))).toMatch(
      /classes\.broker\.keep .*must not be longer than classes\.tracks\.keep, 24 hours/,
    );
    expect(await complaint(policy({ audit: { keep: '183 days' } }))).toMatch(
      /classes\.audit\.keep .*at least 184 days/,
    );
    expect(await complaint(policy({ audit: { keep: '184 days' } }))).toBe('taken');
  });

  it('falls back to 72 hours at the moment at which the justification expires', () => {
    const longer = policy({ tracks: { keep: '7 days', justification: JUSTIFICATION }, outbox: { keep: '7 days' } });
    const until = Date.parse('2027-01-31T00:00:00Z');
    for (const name of ['tracks', 'outbox'] as const) {
      expect(limitMs(longer, name, until - 1)).toBe(7 * DAY_MS);
      expect(limitMs(longer, name, until)).toBe(72 * HOUR_MS);
    }
  });

  it('keeps the audit for six months at least, whatever a policy said that was taken into force', () => {
    expect(limitMs(policy({ audit: { keep: '100 days' } }), 'audit', NOW)).toBe(184 * DAY_MS);
    expect(limitMs(policy({ audit: { keep: '185 days' } }), 'audit', NOW)).toBe(185 * DAY_MS);
  });

  it('knows minutes, hours and days, and writes them as it reads them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), fc.constantFrom('minute', 'hour', 'day'), (count, unit) => {
        const ms = durationMs(`${count} ${unit}s`);
        expect(ms).toBe(count * { minute: 60_000, hour: HOUR_MS, day: DAY_MS }[unit]);
        expect(durationMs(durationText(ms))).toBe(ms);
      }),
    );
    const spoken = [90_000, HOUR_MS, DAY_MS, 4 * DAY_MS, 5 * DAY_MS, 5 * DAY_MS + HOUR_MS];
    expect(spoken.map(durationText)).toEqual(['1.5 minutes', '1 hour', '24 hours', '96 hours', '5 days', '121 hours']);
  });

  it('is looser than another in whatever is kept longer, and never both looser and tighter for the same reason', () => {
    const keep = fc.integer({ min: 1, max: 72 }).map((hours) => ({ keep: `${hours} hours` }));
    fc.assert(
      fc.property(keep, keep, keep, keep, (tracks, alerts, tracks2, alerts2) => {
        const [one, other] = [policy({ tracks, alerts }), policy({ tracks: tracks2, alerts: alerts2 })];
        const longer = (a: Changes, b: Changes) => durationMs(a.keep ?? '') > durationMs(b.keep ?? '');
        expect(loosenings(other, one).length).toBe(Number(longer(tracks, tracks2)) + Number(longer(alerts, alerts2)));
        expect(loosenings(one, one)).toEqual([]);
      }),
    );
    expect(loosenings(policy(), policy({ tracks: { purpose: 'Sales' } }))).toHaveLength(1);
    expect(loosenings(policy(), policy({ tracks: { legalBasis: 'None' } }))).toHaveLength(1);
    expect(loosenings(policy(), policy({ audit: { keep: '200 days' } }))).toHaveLength(1);
    expect(loosenings(policy(), policy({ tracks: { owner: 'Somebody else', why: 'Other words' } }))).toEqual([]);
  });

  it('is looser where a justification holds for longer, and not where it holds for less', () => {
    const justified = (until: string) =>
      policy({ tracks: { keep: '7 days', justification: { ...JUSTIFICATION, until } } });
    const [sooner, later] = [justified('2027-01-31'), justified('2027-02-01')];
    expect(loosenings(sooner, later)).toEqual(['tracks.justification.until: 2027-02-01, was 2027-01-31']);
    expect(loosenings(later, sooner)).toEqual([]);
    expect(loosenings(policy(), sooner)).toEqual(['tracks.keep: 7 days, was 72 hours']);
    expect(loosenings(sooner, policy())).toEqual([]);
  });

  it('is looser where counts of fewer people are published, never of fewer than three; ten are meant where it says nothing', async () => {
    const least = (leastPeople: number) => ({ ...policy(), leastPeople });
    expect(loosenings(policy(), least(9))).toEqual(['leastPeople: 9, was 10']);
    expect(loosenings(least(11), policy())).toEqual(['leastPeople: 10, was 11']);
    expect(loosenings(policy(), least(10))).toEqual([]);
    expect(loosenings(policy(), least(11))).toEqual([]);
    expect(await complaint(least(3))).toBe('taken');
    expect(await complaint(least(2))).toMatch(/leastPeople/);
  });

  it('is that of retention.tracksHours where hub.yaml names none, and never above 72 hours', async () => {
    const source = (tracksHours: number) => ({ privacyFile: null, retention: { tracksHours } });
    expect(limitMs(await policyOf(source(24), NOW), 'tracks', NOW)).toBe(24 * HOUR_MS);
    expect(limitMs(await policyOf(source(1.5), NOW), 'outbox', NOW)).toBe(1.5 * HOUR_MS);
    await expect(policyOf(source(96), NOW)).rejects.toThrow(/retention\.tracksHours is 96/);
  });
});

describe('limits', () => {
  it('let nothing be read as long as no policy is known, and count from now once one is', () => {
    let nowMs = NOW;
    const limits = new RetentionLimits(() => nowMs);
    for (const name of DATA_CLASSES) {
      expect([limits.keptMs(name), limits.oldestMs(name), limits.zones(name)]).toEqual([0, NOW, []]);
    }
    limits.set(policy({ alerts: { keep: '30 days' } }));
    nowMs += HOUR_MS;
    expect(limits.oldestMs('alerts')).toBe(NOW + HOUR_MS - 30 * DAY_MS);
    expect(limits.hours('alerts')).toBe(30 * 24);
    expect(limits.zones('alerts')).toEqual([]);
  });
});

describe('a hub that starts', () => {
  const periodOf = (inForce: PrivacyPolicy, number = 1): PolicyPeriod => ({
    number,
    policy: inForce,
    digest: '',
    fromMs: NOW,
    toMs: null,
    takenBy: 'hub',
    agreed: [],
  });
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  /** A hub whose hub.yaml names no policy, and what it has asked to be taken into force. */
  async function start(before: PrivacyPolicy) {
    let inForce: PolicyPeriod | null = periodOf(before);
    const wanted: string[] = [];
    let fails = false;
    const store: PolicyStore = {
      inForce: () => (fails ? Promise.reject(new Error('connection lost')) : Promise.resolve(inForce)),
      apply: (applied) => {
        wanted.push(applied.version);
        inForce = periodOf(applied, 2);
        return Promise.resolve({ kind: 'taken', period: inForce });
      },
    };
    const limits = new RetentionLimits(() => NOW);
    let changes = 0;
    const source = { privacyFile: null, retention: { tracksHours: 48 } };
    const watch = await followPolicy(store, source, limits, silent, () => changes++);
    const set = (next: PolicyPeriod | null, failing = false) => {
      inForce = next;
      fails = failing;
    };
    return { limits, wanted, watch, set, changes: () => changes };
  }

  it('keeps the policy that was in force where hub.yaml names none any more', async () => {
    const { limits, wanted, watch } = await start(policy(tightened('2 hours'), 'airport/3'));
    await watch.stop();
    expect([limits.policy?.version, limits.hours('tracks'), wanted]).toEqual(['airport/3', 2, []]);
  });

  it('goes by retention.tracksHours where nobody has ever written a policy', async () => {
    const { limits, wanted, watch } = await start(builtInPolicy(72));
    await watch.stop();
    expect([limits.hours('tracks'), wanted]).toEqual([48, ['built-in/1, tracks 48 hours']]);
  });

  it('obeys the last policy that it knows of while the database cannot say, and another one once it can', async () => {
    const { limits, watch, set, changes } = await start(policy(tightened('2 hours'), 'airport/3'));
    const next = periodOf(policy(tightened('1 hour'), 'airport/4'), 2);
    set(next, true);
    expect([await watch.look(), limits.policy?.version]).toEqual([false, 'airport/3']);
    set(null);
    expect([await watch.look(), limits.policy?.version]).toEqual([false, 'airport/3']);
    set(next);
    expect([await watch.look(), limits.policy?.version]).toEqual([true, 'airport/4']);
    expect([await watch.look(), changes()]).toEqual([false, 1]);
    await watch.stop();
  });
});

describe('a reason', () => {
  it('has ten to five hundred characters beside spaces around it, all of which can be read', () => {
    expect(insistOnReason('  the inquiry 2026-14 ')).toBe('the inquiry 2026-14');
    for (const good of ['x'.repeat(10), 'x'.repeat(500)]) expect(insistOnReason(good)).toBe(good);
    for (const bad of ['', `${'x'.repeat(9)} `, 'x'.repeat(501), 'the inquiry\u0007 2026-14'])
      expect(() => insistOnReason(bad)).toThrow(/too short, too long or not printable/);
  });
});

const A: Applicant = {
  actor: 'A',
  agreement: { person: 'A', role: 'senior-reviewer', reason: 'the inquiry 2026-14' },
};
const B: Applicant = {
  actor: 'B',
  agreement: { person: 'B', role: 'privacy-officer', reason: 'I have read the inquiry' },
};
const HUB: Applicant = { actor: 'hub', agreement: null };

describe.each(databaseKinds())('the policy in force in %s', (kind) => {
  let fresh: FreshStore;
  beforeAll(async () => {
    fresh = await createFreshStore(kind);
  });
  afterAll(() => fresh.close());

  const ordinary = policy({}, 'ordinary');
  const tight = policy(
    { tracks: { keep: '24 hours' }, outbox: { keep: '24 hours' }, broker: { keep: '24 hours' } },
    'tight',
  );
  const long = policy({ tracks: { keep: '7 days', justification: JUSTIFICATION } }, 'long');
  const apply = (wanted: PrivacyPolicy, who: Applicant, atMs: number) => applyPolicy(fresh.pool, wanted, who, atMs);

  it('is the first one, then every tighter one at once, and a looser one after two people agree, each with a reason', async () => {
    expect(await policyInForce(fresh.pool)).toBeNull();
    expect(await apply(ordinary, HUB, NOW)).toMatchObject({ kind: 'taken', period: { number: 1 } });
    expect(await apply(ordinary, HUB, NOW + 1)).toMatchObject({ kind: 'unchanged' });
    expect(await apply(tight, HUB, NOW + 2)).toMatchObject({ kind: 'taken', period: { number: 2 } });

    expect(await apply(long, HUB, NOW + 3)).toMatchObject({ kind: 'waits', agreed: [] });
    expect(await apply(long, A, NOW + 4)).toMatchObject({ kind: 'waits', agreed: [{ person: 'A' }] });
    // The same person twice is one person.
    expect(await apply(long, A, NOW + 5)).toMatchObject({ kind: 'waits', agreed: [{ person: 'A' }] });
    // Who agrees to something else does not agree to this.
    expect(await apply(ordinary, B, NOW + 6)).toMatchObject({ kind: 'waits', agreed: [{ person: 'B' }] });
    expect(await apply(long, HUB, NOW + 7)).toMatchObject({ kind: 'waits', agreed: [{ person: 'A' }] });
    // After a week nobody remembers what it was about.
    expect(await apply(long, B, NOW + 8 * DAY_MS)).toMatchObject({ kind: 'waits', agreed: [{ person: 'B' }] });
    expect(await apply(long, A, NOW + 9 * DAY_MS)).toMatchObject({
      kind: 'taken',
      period: { number: 3, agreed: [{ person: 'A' }, { person: 'B' }] },
    });
    // What was agreed against another policy counts no more.
    expect(await apply(tight, HUB, NOW + 10 * DAY_MS)).toMatchObject({ kind: 'taken' });
    expect(await apply(long, B, NOW + 11 * DAY_MS)).toMatchObject({ kind: 'waits', agreed: [{ person: 'B' }] });
  });

  it('can be told for every moment since the first', async () => {
    expect(await policyInForce(fresh.pool, NOW - 1)).toBeNull();
    for (const [atMs, version] of [
      [NOW, 'ordinary'],
      [NOW + 1, 'ordinary'],
      [NOW + 2, 'tight'],
      [NOW + 9 * DAY_MS, 'long'],
      [NOW + 30 * DAY_MS, 'tight'],
    ] as const) {
      expect((await policyInForce(fresh.pool, atMs))?.policy.version).toBe(version);
    }
    const periods = await policyHistory(fresh.pool);
    expect(periods.map(({ toMs }) => toMs)).toEqual([...periods.slice(1).map(({ fromMs }) => fromMs), null]);
  });

  it('is in the audit with who agreed and why', async () => {
    const rows = await showAudit(fresh.pool, { action: 'policy', limit: 100 });
    expect(rows.filter((row) => row.action === 'policy.privacy').map((row) => row.subject)).toEqual([
      'ordinary',
      'tight',
      'long',
      'tight',
    ]);
    expect(rows.find((row) => row.subject === 'long' && row.action === 'policy.privacy')?.detail).toMatchObject({
      looserIn: expect.arrayContaining(['tracks.keep: 7 days, was 24 hours']),
      agreedBy: ['A', 'B'],
    });
    expect(rows.find((row) => row.action === 'policy.privacy-agreed')).toMatchObject({
      actor: 'A',
      purpose: 'the inquiry 2026-14',
    });
  });

  it('is not looser for two senior reviewers, nor for a role that may not agree', async () => {
    const before = await fresh.store.privacy.inForce();
    const looser = policy({}, `looser without an officer ${kind}`);
    const as = (who: string, role: Role) => ({
      actor: who,
      agreement: { person: who, role, reason: 'we both want it' },
    });
    expect((await apply(looser, as('A', 'senior-reviewer'), Date.now())).kind).toBe('waits');
    expect((await apply(looser, as('C', 'senior-reviewer'), Date.now())).kind).toBe('waits');
    await expect(apply(looser, as('D', 'engineer'), Date.now())).rejects.toThrow(RangeError);
    expect((await fresh.store.privacy.inForce())?.number).toBe(before?.number);
  });

  it('cannot be changed or forgotten, not by the owner of the tables either', async () => {
    for (const table of ['privacy_policy', 'privacy_agreement']) {
      await expect(fresh.pool.query(`DELETE FROM ${table}`)).rejects.toThrow(/not deleted/);
      await expect(fresh.pool.query(`TRUNCATE ${table} CASCADE`)).rejects.toThrow(/not deleted/);
    }
    await expect(fresh.pool.query("UPDATE privacy_policy SET document = '{}'")).rejects.toThrow(/not changed/);
  });

  it('is what a hub obeys: never a looser file, and another one as soon as it comes into force', async () => {
    const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const limits = new RetentionLimits();
    expect(limits.oldestMs('tracks')).toBeGreaterThan(Date.now() - 1000);
    const file = await written(ordinary, `looser-${kind}.yaml`);
    const source = { privacyFile: file, retention: { tracksHours: 72 } };
    const watch = await followPolicy(fresh.store.privacy, source, limits, silent);
    expect(limits.hours('tracks')).toBe(24);
    const day = policy({ ...tightened('2 hours') }, 'two hours');
    await apply(day, HUB, Date.now());
    await watch.look();
    expect(limits.hours('tracks')).toBe(2);
    await watch.stop();
  });
});
