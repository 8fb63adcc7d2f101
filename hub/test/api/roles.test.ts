import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLES, type Role } from '../../src/access/permissions.ts';
import { describeRoles } from '../../src/api/describe.ts';
import { eventsFor } from '../../src/api/routes/live.ts';
import { createTokenAdministration } from '../../src/store/tokenAdministration.ts';
import { as, FLOOR, PLAN, signIn, TestHub } from './hubServer.ts';

let hub: TestHub;
let app: FastifyInstance;
const tokens = new Map<Role, string>();

beforeAll(async () => {
  hub = await TestHub.create();
  app = await hub.start({
    // Its addresses are there; nothing listens where it says.
    oidc: {
      name: 'nobody',
      issuer: 'http://127.0.0.1:1',
      clientId: 'hub',
      address: 'http://127.0.0.1:8080',
      scopes: ['openid'],
      nameClaim: 'name',
      roleClaim: 'groups',
      roles: [],
      prompt: null,
    },
  });
  for (const role of ROLES) tokens.set(role, await hub.token(`the ${role}`, role));
});
afterAll(() => hub.close());

/** Asked from another machine: what is open on this one alone is a right elsewhere. */
const ELSEWHERE = '192.0.2.7';

interface Tried {
  readonly body?: (id: string) => Record<string, unknown>;
  /** What the alert in the address has been through. */
  readonly closed?: true;
  readonly headers?: Record<string, string>;
  readonly query?: string;
}

const TRIED: Readonly<Record<string, Tried>> = {
  'POST /api/session': { body: () => ({ token: 'unknown'.repeat(6) }) },
  'POST /api/alerts/:id/acknowledge': { body: () => ({}) },
  'POST /api/alerts/:id/close': { body: () => ({ disposition: 'unknown', reason: 'nobody could look' }) },
  'GET /api/aggregates': { query: `?floor=${FLOOR}&fromMs=0&toMs=1000` },
  'GET /api/privacy/evidence-pack': { query: '?fromMs=0&toMs=1000' },
  'POST /api/privacy/holds': {
    body: (alert) => ({ alert, owner: 'DPO', reason: 'complaint 2026-14', untilMs: Date.now() + 86_400_000 }),
  },
  'POST /api/privacy/erasures': {
    body: () => ({
      floor: FLOOR,
      zone: PLAN.zones[0]?.id,
      fromMs: 0,
      toMs: 1000,
      reason: 'request 2026-31',
      tryOnly: true,
    }),
  },
  'POST /api/privacy/holds/:id/release': { body: () => ({ reason: 'it is settled' }) },
  'POST /api/alerts/:id/reopen': { body: () => ({ reason: 'a second look' }), closed: true },
};

/**
 * Every address of the hub, tried by nobody and by every role. The documentation's table is made from the same rights; this one
 * is written by hand, so that a right that is given by mistake is seen. `403w`: 403, and 200 with a reason.
 */
const MATRIX = `
                                       nobody  reviewer  senior  privacy  engineer  auditor
GET /                                  503     503       503     503      503       503
GET /alerts/:id                        503     503       503     503      503       503
GET /fleet                             503     503       503     503      503       503
GET /floor                             503     503       503     503      503       503
GET /privacy                           503     503       503     503      503       503
GET /sign-in                           503     503       503     503      503       503
GET /:file                             404     404       404     404      404       404
GET /assets/*                          404     404       404     404      404       404
GET /healthz                           401     403       403     200      200       200
GET /readyz                            401     403       403     200      200       200
GET /metrics                           401     403       403     200      200       200
GET /api/docs/                         401     200       200     200      200       200
GET /api/docs/json                     401     200       200     200      200       200
GET /api/docs/yaml                     401     200       200     200      200       200
HEAD /api/docs/static/*                401     404       404     404      404       404
GET /api/docs/static/*                 401     404       404     404      404       404
GET /api/docs/static/index.html        401     302       302     302      302       302
GET /api/docs/static/swagger-initializer.js  401  200    200     200      200       200
GET /api/sign-in                       200     200       200     200      200       200
GET /api/sign-in/provider              503     503       503     503      503       503
GET /api/sign-in/provider/callback     401     401       401     401      401       401
POST /api/session                      401     401       401     401      401       401
GET /api/session                       401     200       200     200      200       200
DELETE /api/session                    401     204       204     204      204       204
GET /api/floors                        401     200       200     200      200       200
GET /api/floors/:floor/presence        401     200       200     403w     403       403
GET /api/floors/:floor/counts          401     200       200     403      403       403
GET /api/cameras                       401     200       200     200      200       200
GET /api/cameras/rates                 401     200       200     200      200       200
GET /api/live                          401     200       200     200      200       200
GET /api/alerts                        401     200       200     403      403       403
GET /api/alerts/:id                    401     200       200     403w     403       403
GET /api/alerts/:id/evidence           401     200       200     403w     403       403
GET /api/alerts/:id/figure.svg         401     200       200     403w     403       403
GET /api/alerts/:id/figure.png         401     200       200     403w     403       403
POST /api/alerts/:id/acknowledge       401     200       200     403      403       403
POST /api/alerts/:id/close             401     200       200     403      403       403
POST /api/alerts/:id/reopen            401     403       200     403      403       403
GET /api/aggregates                    401     200       200     200      200       200
GET /api/privacy/reidentification      401     403       403     200      403       200
GET /api/privacy/evidence-pack         401     403       403     200      403       200
GET /api/privacy                       401     403       403     404      403       404
GET /api/privacy/policies              401     403       403     200      403       200
GET /api/privacy/looks                 401     403       403     200      403       200
GET /api/privacy/audit-export          401     403       403     200      403       200
POST /api/privacy/erasures             401     403       403     200      403       403
GET /api/privacy/holds                 401     403       403     200      403       200
POST /api/privacy/holds                401     403       403     200      403       403
POST /api/privacy/holds/:id/release    401     403       403     404      403       403
`;

const rows = MATRIX.trim()
  .split('\n')
  .slice(1)
  .map((line) => {
    const [method = '', url = '', ...cells] = line.trim().split(/\s+/);
    return { route: `${method} ${url}`, method, url, cells };
  });

async function attempt(route: string, role: Role | null, headers: Record<string, string> = {}): Promise<number> {
  const [method, url = ''] = route.split(' ');
  const tried = TRIED[route];
  const { id } = await hub.alert();
  if (tried?.closed) {
    await hub.store.alerts.close(id, 'the first', { disposition: 'unknown', reason: 'late', note: null }, Date.now());
  }
  const body = tried?.body?.(id);
  const request = {
    method: method as 'GET',
    url:
      url.replace(':id', id).replace(':floor', FLOOR).replace(':file', 'nothing').replace('*', 'nothing') +
      (tried?.query ?? ''),
    remoteAddress: ELSEWHERE,
    headers,
    ...(body ? { payload: body } : {}),
    payloadAsStream: true,
  } as const;
  const answer = await app.inject(role === null ? request : as(tokens.get(role) ?? '', request));
  answer.stream().destroy();
  return answer.statusCode;
}

describe('every address, tried by every role', () => {
  it('names every address that the hub answers to, and none besides', () => {
    expect(rows.map(({ route }) => route).sort()).toEqual(
      app
        .routeTable()
        .map(({ method, url }) => `${method} ${url}`)
        .sort(),
    );
  });

  it.each(rows)('$route', async ({ route, cells }) => {
    const found: string[] = [];
    for (const role of [null, ...ROLES]) {
      const status = await attempt(route, role);
      const reasoned = status === 403 && role !== null;
      const withPurpose = reasoned ? await attempt(route, role, { 'x-purpose': 'request 2026-31' }) : status;
      found.push(withPurpose === status ? String(status) : `${status}w`);
    }
    expect(found).toEqual(cells);
  });

  it('is closed to all where it names no right', async () => {
    const unnamed = await hub.start({
      extend: (server) => {
        server.route({ method: 'GET', url: '/api/forgotten', handler: () => ({}) });
        server.route({ method: 'GET', url: '/inside', config: { access: 'loopback' }, handler: () => ({}) });
      },
    });
    // The same address in other letters is the same address.
    for (const url of ['/api/forgotten', '/%61pi/forgotten', '/inside']) {
      const from = { url, remoteAddress: '203.0.113.7' };
      for (const role of ROLES) {
        const answer = await unnamed.inject(as(tokens.get(role) ?? '', from));
        expect(answer.statusCode, `${role} ${url}`).toBe(403);
        expect(answer.json()).toMatchObject({ error: 'no-role' });
      }
      expect((await unnamed.inject(from)).statusCode, url).toBe(401);
    }
  });
});

describe('the page about roles', () => {
  it('is the table that the hub goes by', async () => {
    const page = await readFile(join(import.meta.dirname, '../../../docs/reference/roles.md'), 'utf8');
    expect(page, 'write it anew: npm run -s hub -- roles --out docs/reference/roles.md').toBe(await describeRoles());
  });
});

describe('a role', () => {
  it('is told what it may not, and who may', async () => {
    const answer = await app.inject(as(tokens.get('engineer') ?? '', { url: '/api/alerts' }));
    expect(answer.json()).toMatchObject({
      error: 'role',
      message: expect.stringContaining(
        'The role engineer may not see the queue of alerts. This is for: reviewer, senior reviewer.',
      ),
    });
  });

  it('that looks with a reason leaves the reason in the audit', async () => {
    const { id } = await hub.alert();
    const officer = tokens.get('privacy-officer') ?? '';
    const headers = { 'x-purpose': 'complaint 2026-9' };
    const bare = await app.inject(as(officer, { url: `/api/alerts/${id}/evidence` }));
    expect(bare.json()).toMatchObject({ error: 'purpose-missing', message: expect.stringContaining('X-Purpose') });
    const idle = await app.inject(as(officer, { url: `/api/alerts/${id}/evidence`, headers: { 'x-purpose': '.' } }));
    expect(idle.statusCode).toBe(403);
    expect(idle.json()).toMatchObject({
      error: 'purpose-missing',
      field: 'x-purpose',
      message: expect.stringContaining('The header X-Purpose has 1 visible character: say why in 3'),
    });
    expect((await app.inject(as(officer, { url: `/api/alerts/${id}/evidence`, headers }))).statusCode).toBe(200);
    const { rows } = await hub.pool.query<{ actor: string; purpose: string }>(
      `SELECT actor, entry->>'purpose' AS purpose FROM audit WHERE action = 'read.evidence' AND subject = $1`,
      [id],
    );
    expect(rows).toEqual([{ actor: 'the privacy-officer', purpose: 'complaint 2026-9' }]);
  });

  it('is another one at once for tokens and open sessions, and the audit says from what to what', async () => {
    const token = await hub.token('C. Hanger');
    const session = await signIn(app, token);
    const asks = async () => [
      (await app.inject(as(token, { url: '/api/alerts' }))).statusCode,
      (await app.inject({ url: '/api/alerts', headers: { cookie: session } })).statusCode,
    ];
    expect(await asks()).toEqual([200, 200]);
    const administration = createTokenAdministration(hub.pool);
    expect(await administration.changeRole('C. Hanger', 'auditor', 'operator ada')).toBe(2);
    expect(await asks()).toEqual([403, 403]);
    expect(await administration.changeRole('C. Hanger', 'auditor', 'operator ada')).toBe(0);
    const { rows } = await hub.pool.query<{ actor: string; detail: unknown }>(
      `SELECT actor, entry->'detail' AS detail FROM audit WHERE action = 'access.role-changed'`,
    );
    expect(rows).toEqual([{ actor: 'operator ada', detail: { count: 2, from: ['reviewer'], to: 'auditor' } }]);
  });

  it('hears on the live stream of what it may read, and of nothing else', () => {
    expect(Object.fromEntries(ROLES.map((role) => [role, [...eventsFor(role)].sort()]))).toEqual({
      reviewer: ['alert', 'camera', 'heartbeat', 'presence'],
      'senior-reviewer': ['alert', 'camera', 'heartbeat', 'presence'],
      'privacy-officer': ['camera', 'heartbeat'],
      engineer: ['camera', 'heartbeat'],
      auditor: ['camera', 'heartbeat'],
    });
  });
});

describe('the audit of the live stream', () => {
  it('names who is sent alerts and positions, and nobody who hears of cameras alone', async () => {
    const newest = async () =>
      (await hub.pool.query<{ number: number }>('SELECT coalesce(max(number), 0) AS number FROM audit')).rows[0]
        ?.number ?? 0;
    const before = await newest();
    for (const role of ROLES) expect(await attempt('GET /api/live', role), role).toBe(200);
    const { rows } = await hub.pool.query<{ actor: string }>(
      `SELECT actor FROM audit WHERE action = 'read.live' AND number > $1 ORDER BY number`,
      [before],
    );
    expect(rows.map(({ actor }) => actor)).toEqual(['the reviewer', 'the senior-reviewer']);
  });
});

describe('an alert that is opened again', () => {
  it('is new, with who closed it in its history, and can be closed anew', async () => {
    const { id } = await hub.alert();
    const close = (who: Role) =>
      app.inject(
        as(tokens.get(who) ?? '', {
          method: 'POST',
          url: `/api/alerts/${id}/close`,
          payload: { disposition: 'true-positive', reason: 'as described' },
        }),
      );
    const reopen = (reason = ' a second pair of eyes ') =>
      app.inject(
        as(tokens.get('senior-reviewer') ?? '', {
          method: 'POST',
          url: `/api/alerts/${id}/reopen`,
          payload: { reason },
        }),
      );
    expect((await reopen()).statusCode).toBe(409);
    expect((await close('reviewer')).statusCode).toBe(200);
    const idle = await reopen(' \t \n ');
    expect(idle.statusCode).toBe(400);
    expect(idle.json()).toMatchObject({
      field: 'reason',
      message: expect.stringContaining('has 0 visible characters: say why in 3 or more'),
    });
    const opened = (await reopen()).json();
    expect(opened).toMatchObject({ state: 'new', closedBy: null, disposition: null, dispositionReason: null });
    expect(opened.history.map((entry: { event: string; actor: string }) => [entry.event, entry.actor])).toEqual([
      ['raised', 'scorer'],
      ['closed', 'the reviewer'],
      ['reopened', 'the senior-reviewer'],
    ]);
    expect(opened.history[2].note).toBe('a second pair of eyes');
    expect((await close('senior-reviewer')).statusCode).toBe(200);
    const { rows } = await hub.pool.query<{ action: string }>(
      `SELECT action FROM audit WHERE subject = $1 AND action LIKE 'alert.%' ORDER BY number`,
      [id],
    );
    expect(rows.map((row) => row.action)).toEqual(['alert.closed', 'alert.reopened', 'alert.closed']);
  });
});
