import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HoldList, HoldView } from '../../src/api/privacySchemas.ts';
import { showAudit } from '../../src/store/audit/reads.ts';
import { as, FLOOR, TestHub } from './hubServer.ts';

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
    expect((await post(`/api/privacy/holds/${randomUUID()}/release`, { reason: 'is settled now' })).statusCode).toBe(
      404,
    );
    expect((await app.inject({ url: '/api/privacy/holds' })).statusCode).toBe(401);
  });
});
