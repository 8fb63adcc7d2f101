/** Whatever is wrong with a request is told as JSON: where, which field, what was sent there, and what to send. */
import { connect } from 'node:net';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiError } from '../../src/api/schemas.ts';
import { as, FLOOR, TestHub } from './hubServer.ts';

const ID = '0198c4de-5a70-4cc1-9a3e-7d6f2b10c4aa';
const A_UUID = 'give a UUID, which looks like 0198c4de-5a70-7cc1-9a3e-7d6f2b10c4aa.';
const A_REASON = 'give a text of 3 to 200 characters.';
const A_VERDICT = 'give one of true-positive, benign-positive, false-positive, unknown.';

let hub: TestHub;
let app: FastifyInstance;
let reviewer: string;
let officer: string;
beforeAll(async () => {
  hub = await TestHub.create();
  app = await hub.start();
  reviewer = await hub.token();
  officer = await hub.token('P. Officer', 'privacy-officer');
});
afterAll(() => hub.close());

async function refused(token: string, request: InjectOptions): Promise<ApiError & { readonly status: number }> {
  const answer = await app.inject(as(token, request));
  expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
  return { status: answer.statusCode, ...answer.json<ApiError>() };
}

describe('a field that does not fit', () => {
  it.each([
    ['/api/alerts?limit=500', 'limit', 'The field "limit" of the query is 500: give a whole number from 1 to 200.'],
    ['/api/alerts?limit=0', 'limit', 'The field "limit" of the query is 0: give a whole number from 1 to 200.'],
    ['/api/alerts?limit=1.5', 'limit', 'The field "limit" of the query is "1.5": give a whole number from 1 to 200.'],
    ['/api/alerts?limit=true', 'limit', 'The field "limit" of the query is "true": give a whole number from 1 to 200.'],
    ['/api/alerts?limit=', 'limit', 'The field "limit" of the query is "": give a whole number from 1 to 200.'],
    [
      '/api/alerts?limit=1&limit=2',
      'limit',
      'The field "limit" of the query is ["1","2"]: give a whole number from 1 to 200.',
    ],
    [
      '/api/alerts?before=yesterday',
      'before',
      'The field "before" of the query is "yesterday": give a whole number from 0 to 8640000000000000.',
    ],
    [
      '/api/alerts?before=-1',
      'before',
      'The field "before" of the query is -1: give a whole number from 0 to 8640000000000000.',
    ],
    [
      '/api/alerts?before=9999999999999999',
      'before',
      'The field "before" of the query is 10000000000000000: give a whole number from 0 to 8640000000000000.',
    ],
    [
      '/api/alerts?state=opened',
      'state',
      'The field "state" of the query is "opened": give one of open, new, acknowledged, closed, all.',
    ],
    ['/api/alerts?stat=new', 'stat', 'There is no field "stat" in the query: there are state, limit, before.'],
    ['/api/alerts?stat=new&limit=0', 'stat', 'There is no field "stat" in the query: there are state, limit, before.'],
    ['/api/alerts/1', 'id', `The field "id" of the path is "1": ${A_UUID}`],
    [`/api/alerts/${ID}'--/evidence`, 'id', `The field "id" of the path is "${ID}'--": ${A_UUID}`],
    ['/api/alerts/1/figure.png', 'id', `The field "id" of the path is "1": ${A_UUID}`],
    [
      '/api/floors/Hall%20A/presence',
      'floor',
      'The field "floor" of the path is "Hall A": give a name of 1 to 63 letters a-z, digits and inner hyphens.',
    ],
    [
      `/api/aggregates?floor=${FLOOR}&toMs=1`,
      'fromMs',
      'The field "fromMs" is missing in the query: give a whole number from 0 to 8640000000000000.',
    ],
    [
      `/api/aggregates?floor=${FLOOR}&fromMs=0&toMs=1&zone=!`,
      'zone',
      'The field "zone" of the query is "!": give the name of a zone, or * for all zones of the floor.',
    ],
    [
      `/api/aggregates?floor=${FLOOR}&fromMs=5&toMs=1`,
      'toMs',
      'The field "toMs" of the query is 1: give a moment after "fromMs", 5, by at most 100 days.',
    ],
  ])('GET %s is told what it takes', async (url, field, message) => {
    expect(await refused(reviewer, { url })).toEqual({ status: 400, error: 'bad-request', field, message });
  });

  it.each([
    ['acknowledge', { note: 1 }, 'note', 'The field "note" of the body is 1: give a text of at most 2000 characters.'],
    ['acknowledge', { actor: 'I' }, 'actor', 'There is no field "actor" in the body: there is note.'],
    ['close', {}, 'disposition', `The field "disposition" is missing in the body: ${A_VERDICT}`],
    ['close', { disposition: 'unknown' }, 'reason', `The field "reason" is missing in the body: ${A_REASON}`],
    [
      'close',
      { disposition: 'guilty', reason: 'abc' },
      'disposition',
      `The field "disposition" of the body is "guilty": ${A_VERDICT}`,
    ],
    [
      'close',
      { disposition: 'unknown', reason: 'ab' },
      'reason',
      `The field "reason" of the body is "ab": ${A_REASON}`,
    ],
    [
      'close',
      { disposition: 'unknown', reason: '     ' },
      'reason',
      'The field "reason" of the body has 0 visible characters: say why in 3 or more. It is kept with your name.',
    ],
    [
      'close',
      { disposition: 'unknown', reason: ' a \u200b ' },
      'reason',
      'The field "reason" of the body has 1 visible character: say why in 3 or more. It is kept with your name.',
    ],
  ])('POST …/%s %j is told what it takes', async (action, payload, field, message) => {
    const answer = await refused(reviewer, { method: 'POST', url: `/api/alerts/${ID}/${action}`, payload });
    expect(answer).toEqual({ status: 400, error: 'bad-request', field, message });
  });

  it('of a privacy officer is told times as the wall clock at the site shows them', async () => {
    const hold = { alert: ID, owner: 'DPO', reason: 'Complaint 2026-14', untilMs: Date.UTC(2026, 0, 5, 9) };
    expect(await refused(officer, { method: 'POST', url: '/api/privacy/holds', payload: hold })).toMatchObject({
      field: 'untilMs',
      message: 'The end of the hold, 5 Jan 2026, 10:00, has passed: give a later one.',
    });
    const [fromMs, toMs] = [Date.UTC(2026, 0, 5, 9), Date.UTC(2026, 0, 5, 8)];
    const erasure = { floor: FLOOR, zone: 'table', fromMs, toMs, reason: 'Request 2026-31', tryOnly: true };
    const url = '/api/privacy/erasures';
    expect(await refused(officer, { method: 'POST', url, payload: erasure })).toMatchObject({
      field: 'toMs',
      message: 'The end, 5 Jan 2026, 09:00, is before the beginning, 5 Jan 2026, 10:00: give a later end.',
    });
    const elsewhere = { ...erasure, toMs: fromMs + 1000, zone: 'tables' };
    expect(await refused(officer, { method: 'POST', url, payload: elsewhere })).toMatchObject({
      status: 404,
      message: 'There is no such zone on this floor; there are: table.',
    });
    expect(await refused(officer, { method: 'POST', url, payload: { ...erasure, reason: 'a\nlong reason' } })).toEqual({
      status: 400,
      error: 'bad-request',
      field: 'reason',
      message:
        'The field "reason" of the body is "a\\nlong reason": give a text of 10 to 500 characters without line breaks and other control characters.',
    });
    expect(await refused(officer, { url: '/api/privacy/evidence-pack?fromMs=5&toMs=1' })).toMatchObject({
      error: 'bad-request',
      field: 'toMs',
      message:
        'The field "toMs" of the query is 1, "fromMs" is 5: the end of the period is not after its begin. Name a period of at most 100 days; for a year make one pack for each quarter.',
    });
  });
});

describe('what was sent', () => {
  it('is cut where it is long, and its length told', async () => {
    const payload = { note: 'x'.repeat(2001) };
    const answer = await refused(reviewer, { method: 'POST', url: `/api/alerts/${ID}/acknowledge`, payload });
    expect(answer.message).toBe(
      `The field "note" of the body is "${'x'.repeat(56)}... (2001 characters): give a text of at most 2000 characters.`,
    );
    const name = `n.${'n'.repeat(500)}`;
    const misspelt = await refused(reviewer, { url: `/api/alerts?${name}=1` });
    expect(misspelt.field).toBe(name.slice(0, 80));
    expect(misspelt.message).not.toContain('n'.repeat(79));
  });

  it('is not repeated where it is a token, whatever is wrong with it', async () => {
    const url = '/api/session';
    const secret = 'SECRET';
    const wanted = 'give a text of 20 to 200 characters.';
    for (const token of [secret, secret.repeat(100), [secret], { secret }]) {
      const answer = await refused(reviewer, { method: 'POST', url, payload: { token } });
      expect(answer).toMatchObject({ status: 400, field: 'token' });
      expect(answer.message).toBe(`The field "token" of the body does not fit, and is not repeated here: ${wanted}`);
    }
    for (const payload of [{ tokn: secret }, { 'to.ken/': secret }, [secret], JSON.stringify(secret)]) {
      const headers = { 'content-type': 'application/json' };
      const answer = await refused(reviewer, { method: 'POST', url, payload, headers });
      expect(answer.status).toBe(400);
      expect(JSON.stringify(answer)).not.toContain(secret);
    }
    expect(await refused(reviewer, { method: 'POST', url, payload: {} })).toMatchObject({
      message: `The field "token" is missing in the body: ${wanted}`,
    });
  });

  it('as a whole is told by its kind', async () => {
    const url = `/api/alerts/${ID}/close`;
    const headers = { 'content-type': 'application/json' };
    const whole = async (payload: string) =>
      (await refused(reviewer, { method: 'POST', url, payload, headers })).message;
    expect(await whole('[]')).toBe('The body is a list: send an object with the fields disposition, reason, note.');
    expect(await whole('null')).toBe('The body is empty: send an object with the fields disposition, reason, note.');
    expect(await whole('"x"')).toBe('The body is a string: send an object with the fields disposition, reason, note.');
    const nothing = await refused(reviewer, { method: 'POST', url });
    expect(nothing.message).toBe('The body is empty: send an object with the fields disposition, reason, note.');
  });
});

describe('a body', () => {
  it.each([
    ['no JSON', '{"note":', 'application/json', 400],
    ['another type', '<note/>', 'application/xml', 415],
    ['a form', 'note=1', 'application/x-www-form-urlencoded', 415],
    ['something huge', JSON.stringify({ note: 'x'.repeat(20_000) }), 'application/json', 413],
    ['an array', '[]', 'application/json', 400],
    ['null', 'null', 'application/json', 400],
    ['a poisoned prototype', '{"__proto__":{"x":1}}', 'application/json', 400],
  ])('with %s is refused and changes nothing', async (_what, payload, type, status) => {
    const { id } = await hub.alert();
    const headers = { 'content-type': type };
    const answer = await refused(reviewer, { method: 'POST', url: `/api/alerts/${id}/acknowledge`, payload, headers });
    expect(answer.status).toBe(status);
    expect(Object.keys(answer).every((key) => ['status', 'error', 'message', 'field'].includes(key))).toBe(true);
    expect((await hub.store.alerts.get(id))?.state).toBe('new');
  });
});

describe('what reaches no route', () => {
  it.each(['/api', '/api/', '/api/alarms', '/api/alerts/1/tracks'])(
    'is told so where there is nothing at %s',
    async (url) => {
      expect(await refused(reviewer, { url })).toEqual({
        status: 404,
        error: 'not-found',
        message: 'There is nothing at this address. The interface is described at /api/docs.',
      });
      const stranger = await app.inject({ url });
      expect([stranger.statusCode, stranger.json().error]).toEqual([401, 'unauthorized']);
    },
  );

  it.each([
    ['DELETE', '/api/alerts?state=all', 'GET'],
    ['GET', `/api/alerts/${ID}/close`, 'POST'],
    ['PUT', '/api/session', 'DELETE, GET, POST'],
    ['OPTIONS', '/api/cameras', 'GET'],
  ])('is told which method to send where %s %s knows another', async (method, url, allowed) => {
    const answer = await app.inject(as(reviewer, { method: method as 'GET', url }));
    expect(answer.statusCode).toBe(405);
    expect(answer.headers.allow).toBe(allowed);
    expect(answer.json()).toEqual({
      error: 'method-not-allowed',
      message: `This address takes no ${method}: send ${allowed.replaceAll(', ', ' or ')}.`,
    });
    const stranger = await app.inject({ method: method as 'GET', url });
    expect([stranger.statusCode, stranger.headers.allow]).toEqual([401, undefined]);
  });

  it('is told nothing of addresses that are for this machine alone, nor of files that may not be there', async () => {
    for (const url of ['/metrics', '/assets/index.js', '/favicon.svg', '/api/alerts//close']) {
      const answer = await app.inject(as(reviewer, { method: 'DELETE', url }));
      expect([answer.statusCode, answer.headers.allow], url).toEqual([404, undefined]);
    }
    const page = await app.inject({ method: 'POST', url: '/privacy' });
    expect([page.statusCode, page.headers.allow], 'a page that everybody may ask for').toEqual([405, 'GET']);
  });

  it('is refused as any other error is where its address cannot be read', async () => {
    for (const url of ['/api/alerts/%E0%A4%A', `/api/alerts/${'x'.repeat(500)}`]) {
      const { status, ...error } = await refused(reviewer, { url });
      expect([400, 414]).toContain(status);
      expect(Object.keys(error).sort()).toEqual(['error', 'message']);
    }
  });

  it.each([
    ['headers that are too large', `GET /api/alerts HTTP/1.1\r\nHost: hub\r\nX: ${'y'.repeat(30_000)}\r\n\r\n`, 431],
    ['no HTTP at all', 'nonsense\r\n\r\n', 400],
    ['a method that HTTP does not have', 'LOOK /api/alerts HTTP/1.1\r\nHost: hub\r\n\r\n', 400],
  ])('is refused so where it is %s', async (_what, sent, status) => {
    const own = await hub.start();
    const { hostname, port } = new URL(await own.listen({ host: '127.0.0.1', port: 0 }));
    const socket = connect(Number(port), hostname, () => socket.write(sent));
    let answer = '';
    for await (const chunk of socket) answer += String(chunk);
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(head).toContain('Content-Type: application/json; charset=utf-8');
    expect(Object.keys(JSON.parse(body) as object).sort()).toEqual(['error', 'message']);
  });
});
