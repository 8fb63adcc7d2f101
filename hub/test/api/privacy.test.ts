import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  AuditExport,
  ErasureReceipt,
  HoldList,
  HoldView,
  LookList,
  PolicyList,
  PrivacyState,
} from '../../src/api/privacySchemas.ts';
import { digestOf } from '../../src/audit/entry.ts';
import { sealHolds } from '../../src/audit/signing.ts';
import { runRetention } from '../../src/privacy/engine.ts';
import { RetentionLimits } from '../../src/privacy/limits.ts';
import { builtInPolicy } from '../../src/privacy/policy.ts';
import { showAudit } from '../../src/store/audit/reads.ts';
import { as, FLOOR, PLAN, TestHub } from './hubServer.ts';

const DAY_MS = 86_400_000;

let hub: TestHub;
let app: FastifyInstance;
let token: string;
beforeAll(async () => {
  hub = await TestHub.create();
  app = await hub.start();
  token = await hub.token('P. Officer', 'privacy-officer');
});
afterAll(() => hub.close());

const post = (url: string, payload: object) => app.inject(as(token, { method: 'POST', url, payload }));
const holds = async (query = ''): Promise<HoldView[]> =>
  (await app.inject(as(token, { url: `/api/privacy/holds${query}` }))).json<HoldList>().holds;

describe('holds over the interface', () => {
  it('are placed, listed and released in the name of whoever asks', async () => {
    const alert = await hub.alert();
    await hub.store.persons.write([
      {
        floor: FLOOR,
        person: 'PseudonymOfStory',
        fromMs: alert.fromMs,
        offsetsMs: [0],
        xCm: [100],
        yCm: [100],
        sigmaCm: [30],
        measured: [true],
        tracks: [],
      },
    ]);
    const body = { alert: alert.id, owner: 'DPO', reason: 'complaint 2026-14', untilMs: Date.now() + 30 * DAY_MS };
    const placed = await post('/api/privacy/holds', body);
    expect(placed.statusCode, placed.body).toBe(200);
    const hold = placed.json<HoldView>();
    expect(hold).toMatchObject({ ...body, floor: FLOOR, heldBy: 'P. Officer', endedAtMs: null, rows: 1 });
    expect(await holds()).toEqual([hold]);
    const release = { reason: 'the complaint is settled' };
    const released = await post(`/api/privacy/holds/${hold.id}/release`, release);
    expect(released.json<HoldView>()).toMatchObject({ endedBy: 'P. Officer', endReason: release.reason, rows: 0 });
    expect(await holds()).toEqual([]);
    expect(await holds('?state=all')).toHaveLength(1);
    const again = await post(`/api/privacy/holds/${hold.id}/release`, release);
    expect([again.statusCode, again.json<{ message: string }>().message]).toEqual([
      409,
      expect.stringMatching(/is over: P\. Officer ended it/),
    ]);
    const audit = await showAudit(hub.pool, { action: 'privacy', limit: 5 });
    expect(audit.map(({ action, actor, purpose }) => [action, actor, purpose])).toEqual([
      ['privacy.held', 'P. Officer', body.reason],
      ['privacy.hold-released', 'P. Officer', release.reason],
    ]);
  });

  it('are refused with what is wrong, and to nobody known', async () => {
    const { id } = await hub.alert();
    const body = { alert: id, owner: 'DPO', reason: 'complaint 2026-14', untilMs: Date.now() + DAY_MS };
    const refused = async (changes: object) => {
      const answer = await post('/api/privacy/holds', { ...body, ...changes });
      return [answer.statusCode, answer.json<{ field?: string }>().field];
    };
    expect(await refused({ alert: randomUUID() })).toEqual([404, undefined]);
    expect(await refused({ untilMs: Date.now() - 1 })).toEqual([400, 'untilMs']);
    expect(await refused({ reason: 'short' })).toEqual([400, 'reason']);
    expect(await refused({ reason: 'complaint\u0007 2026-14' })).toEqual([400, 'reason']);
    expect(await refused({ reason: '            ' })).toEqual([400, 'reason']);
    expect(await refused({ reason: '   short    ' })).toEqual([400, 'reason']);
    expect((await post(`/api/privacy/holds/${randomUUID()}/release`, { reason: 'is settled now' })).statusCode).toBe(
      404,
    );
    expect((await app.inject({ url: '/api/privacy/holds' })).statusCode).toBe(401);
  });
});

describe('the state of privacy over the interface', () => {
  const read = async <T>(url: string): Promise<T> => {
    const answer = await app.inject(as(token, { url }));
    expect(answer.statusCode, answer.body).toBe(200);
    return answer.json<T>();
  };

  it('is nothing before a policy, and then the policy, its limits, and what the runs left', async () => {
    expect((await app.inject(as(token, { url: '/api/privacy' }))).statusCode).toBe(404);
    const why = 'Families wait there';
    const zones = [{ floor: FLOOR, zone: 'table', keep: { tracks: '2 hours' }, why }];
    const policy = { ...builtInPolicy(72), zones };
    await hub.store.privacy.apply(policy, { actor: 'hub', agreement: null }, Date.now());
    const limits = new RetentionLimits(Date.now, [PLAN]);
    limits.set(policy);
    const alert = await hub.alert({ raisedAtMs: Date.now() - 3_600_000 });
    await runRetention({ store: hub.store.privacy.retention, limits, pruneAudit: () => Promise.resolve(0) });
    const state = await read<PrivacyState>('/api/privacy');
    expect(state.policy).toMatchObject({ number: 1, version: policy.version, takenBy: 'hub' });
    expect(state.analysis).toBeNull();
    expect(state.runs).toMatchObject([{ failed: false }]);
    const of = (name: string) => state.classes.find((one) => one.name === name);
    expect(of('tracks')).toMatchObject({ limitSeconds: 72 * 3600, run: { error: null } });
    expect(of('alerts')?.oldestMs).toBe(alert.raisedAtMs);
    const limit = { name: 'tracks', limitSeconds: 7200, run: { rows: 0, oldestMs: null, error: null } };
    expect(state.zones).toMatchObject([{ floor: FLOOR, zone: 'table', owner: null, why, limits: [limit] }]);
    expect(of('backups')).toMatchObject({ run: null, oldestMs: null });
    const named = new Set(state.places.map(({ dataClass }) => dataClass));
    for (const { name } of state.classes) expect(named, name).toContain(name);
    const { policies } = await read<PolicyList>('/api/privacy/policies');
    expect(policies).toMatchObject([{ number: 1, toMs: null, looserIn: [], agreed: [] }]);
  });

  it('tells who looked at what, the newest first', async () => {
    const { id } = await hub.alert();
    await app.inject(as(token, { url: `/api/alerts/${id}/evidence`, headers: { 'x-purpose': 'complaint 2026-14' } }));
    const { looks } = await read<LookList>('/api/privacy/looks');
    expect(looks[0]).toMatchObject({
      actor: 'P. Officer',
      action: 'read.evidence',
      subject: id,
      purpose: 'complaint 2026-14',
    });
    expect(looks.every(({ action }) => action.startsWith('read.'))).toBe(true);
  });

  it('tells who looked at one alert, what one person looked at, and what is older than a page', async () => {
    const { id } = await hub.alert();
    const look = (purpose: string) =>
      app.inject(as(token, { url: `/api/alerts/${id}/evidence`, headers: { 'x-purpose': purpose } }));
    await look('first look');
    await look('second look');
    const asked = async (query: string) => (await read<LookList>(`/api/privacy/looks?${query}`)).looks;
    const purposes = (looks: LookList['looks']) => looks.map(({ purpose }) => purpose);
    const ofAlert = await asked(`subject=${id}`);
    expect(purposes(ofAlert)).toEqual(['second look', 'first look']);
    expect(purposes(await asked(`subject=${id}&before=${ofAlert[0]?.number}`))).toEqual(['first look']);
    expect(new Set((await asked('actor=P. Officer')).map(({ actor }) => actor))).toEqual(new Set(['P. Officer']));
    expect(await asked('actor=Nobody')).toEqual([]);
  });

  it('erases a zone and a stretch of time in the name of whoever asks, with a receipt that is signed', async () => {
    const body = {
      floor: FLOOR,
      zone: 'table',
      fromMs: Date.now() - 5 * 3_600_000,
      toMs: Date.now() - 4 * 3_600_000,
      reason: 'request 2026-31 of a traveller',
      tryOnly: true,
    };
    const tried = await post('/api/privacy/erasures', body);
    expect(tried.json<ErasureReceipt>(), tried.body).toMatchObject({ audit: null, seal: null, holds: [] });
    const done = (await post('/api/privacy/erasures', { ...body, tryOnly: false })).json<ErasureReceipt>();
    expect(done.seal && sealHolds('audit-checkpoint/1', done.seal)).toBe(true);
    expect(done.publishedCounts).toMatchObject({ kept: 0, note: expect.stringMatching(/stay as they are/) });
    expect(digestOf(done.audit ?? '')).toBe(done.seal?.digest);
    expect(done.audit).toContain('"actor":"P. Officer"');
    expect((await post('/api/privacy/erasures', { ...body, zone: 'roof' })).statusCode).toBe(404);
    expect((await post('/api/privacy/erasures', { ...body, toMs: body.fromMs - 1 })).statusCode).toBe(400);
    const soon = await post('/api/privacy/erasures', { ...body, toMs: Date.now() });
    // With the wall clock of the site, and what to do.
    expect([soon.statusCode, soon.json<{ message: string }>().message]).toEqual([
      409,
      expect.stringMatching(
        /^The stretch of time ends at \d+ \w+ \d{4}, \d\d:\d\d, less than an hour ago\. .*try again an hour after its end\.$/,
      ),
    ]);
  });

  it('erases nothing that a hold keeps before it is said what becomes of that, in words of the interface', async () => {
    const fromMs = Date.now() - 8 * 3_600_000;
    const { id } = await hub.alert({ zone: 'table', fromMs, toMs: fromMs + 60_000, live: false });
    const untilMs = Date.now() + DAY_MS;
    const hold = { alert: id, owner: 'DPO', reason: 'complaint 2026-15', untilMs };
    expect((await post('/api/privacy/holds', hold)).statusCode).toBe(200);
    const body = {
      floor: FLOOR,
      zone: 'table',
      fromMs,
      toMs: fromMs + 60_000,
      reason: 'request 2026-33',
      tryOnly: false,
    };
    const refused = await post('/api/privacy/erasures', body);
    expect(refused.statusCode).toBe(409);
    const { message } = refused.json<{ message: string }>();
    expect(message).toMatch(/^Evidence of that place and time is held:[\s\S]*complaint 2026-15[\s\S]*say with `held`/);
    expect(message).not.toMatch(/--|T\d\d:\d\d:/);
    expect((await post('/api/privacy/erasures', { ...body, held: 'keep' })).statusCode).toBe(200);
  });

  it('hands out the proof of the audit, and records that', async () => {
    await hub.store.audit.checkpoint(hub.signer, Date.now());
    const proof = await read<AuditExport>('/api/privacy/audit-export');
    expect(proof.checkpoints.length).toBeGreaterThan(0);
    expect(proof.keys).toHaveLength(1);
    const [last] = await showAudit(hub.pool, { limit: 1 });
    expect(last).toMatchObject({ actor: 'P. Officer', action: 'audit.exported' });
  });
});
