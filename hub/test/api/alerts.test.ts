import { checker } from '@safe-passage/contract';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LiveMessage } from '../../src/api/live.ts';
import { AlertList, AlertView, CameraList, Evidence, FloorList } from '../../src/api/schemas.ts';
import { as, COUNTERS, FLOOR, PLAN, SITE, TestHub } from './hubServer.ts';

let hub: TestHub;
let app: FastifyInstance;
let token: string;

beforeAll(async () => {
  hub = await TestHub.create();
  app = await hub.start();
  token = await hub.token('A. Reviewer');
});
afterAll(() => hub.close());
beforeEach(async () => {
  await hub.pool.query('DELETE FROM alert');
});

const get = (url: string) => app.inject(as(token, { url }));
const post = (url: string, payload: object, bearer = token) => app.inject(as(bearer, { method: 'POST', url, payload }));

const VERDICT = { disposition: 'benign-positive', reason: 'Waited for a delayed connection' };

describe('the list of alerts', () => {
  it('shows what is open unless asked otherwise, and counts every state', async () => {
    const fresh = await hub.alert();
    const taken = await hub.alert();
    const done = await hub.alert();
    await post(`/api/alerts/${taken.id}/acknowledge`, {});
    await post(`/api/alerts/${done.id}/close`, VERDICT);
    const idsOf = async (query: string) => {
      const answer = await get(`/api/alerts${query}`);
      expect(checker(AlertList)(answer.json())).toMatchObject({ ok: true });
      const list: AlertList = answer.json();
      expect(list.counts).toEqual({ new: 1, acknowledged: 1, closed: 1 });
      return list.alerts.map((alert) => alert.id).sort();
    };
    expect(await idsOf('')).toEqual([fresh.id, taken.id].sort());
    expect(await idsOf('?state=open')).toEqual([fresh.id, taken.id].sort());
    expect(await idsOf('?state=new')).toEqual([fresh.id]);
    expect(await idsOf('?state=acknowledged')).toEqual([taken.id]);
    expect(await idsOf('?state=closed')).toEqual([done.id]);
    expect(await idsOf('?state=all')).toEqual([fresh.id, taken.id, done.id].sort());
  });

  it('gives every alert exactly once over its pages, the newest first, where moments are shared as well', async () => {
    const start = Date.now() - 1_000_000;
    const all: string[] = [];
    // Seven moments with one to four alerts each.
    for (let i = 0; i < 17; i++) {
      const raisedAtMs = start + Math.floor(Math.sqrt(i * 3)) * 1000;
      all.push((await hub.alert({ raisedAtMs, updatedAtMs: raisedAtMs })).id);
    }
    for (const limit of [1, 2, 3, 5, 17, 50]) {
      const seen: { id: string; raisedAtMs: number }[] = [];
      for (let before: number | null = Date.now(); before !== null; ) {
        const list: AlertList = (await get(`/api/alerts?limit=${limit}&before=${before}`)).json();
        seen.push(...list.alerts);
        before = list.alerts.at(-1)?.raisedAtMs ?? null;
      }
      expect(seen.map((alert) => alert.id).sort(), `limit ${limit}`).toEqual([...all].sort());
      const moments = seen.map((alert) => alert.raisedAtMs);
      expect(moments).toEqual([...moments].sort((a, b) => b - a));
    }
  });
});

describe('one alert', () => {
  it('is shown with its reasons and its history, and kept by no cache', async () => {
    const { id, detail } = await hub.alert();
    const answer = await get(`/api/alerts/${id}`);
    expect(checker(AlertView)(answer.json())).toMatchObject({ ok: true });
    expect(answer.json()).toMatchObject({ id, detail, history: [{ actor: 'scorer', event: 'raised' }] });
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers).not.toHaveProperty('etag');
  });

  it('that is not there is said to be not there', async () => {
    for (const path of ['', '/evidence']) {
      const answer = await get(`/api/alerts/0198c4de-5a70-4cc1-9a3e-7d6f2b10c4aa${path}`);
      expect(answer.statusCode).toBe(404);
      expect(answer.json()).toMatchObject({ error: 'not-found', message: expect.stringContaining('retention') });
    }
  });
});

describe('a review', () => {
  it('acknowledges in the name of whoever is signed in, with a note, and tells the live view', async () => {
    const { id } = await hub.alert();
    const heard: LiveMessage[] = [];
    const stop = hub.live.subscribe((message) => heard.push(message));
    const answer = await post(`/api/alerts/${id}/acknowledge`, { note: 'On my way' });
    stop();
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ state: 'acknowledged', acknowledgedBy: 'A. Reviewer' });
    expect(answer.json().history.at(-1)).toMatchObject({
      actor: 'A. Reviewer',
      event: 'acknowledged',
      note: 'On my way',
    });
    expect(heard).toHaveLength(1);
    expect(heard[0]).toMatchObject({ event: 'alert', data: { id, state: 'acknowledged' } });
    // The list's view goes to every screen; the detail and the notes are for those who open the alert.
    expect(heard[0]?.data).not.toHaveProperty('history');
    expect(heard[0]?.data).not.toHaveProperty('detail');
  });

  it('closes from new and from acknowledged, with disposition and reason', async () => {
    for (const acknowledgeFirst of [false, true]) {
      const { id } = await hub.alert();
      if (acknowledgeFirst) await post(`/api/alerts/${id}/acknowledge`, {});
      const answer = await post(`/api/alerts/${id}/close`, { ...VERDICT, note: 'Flight moved' });
      expect(answer.statusCode).toBe(200);
      expect(answer.json()).toMatchObject({
        state: 'closed',
        closedBy: 'A. Reviewer',
        disposition: 'benign-positive',
        dispositionReason: VERDICT.reason,
      });
      expect(answer.json().history.at(-1)).toMatchObject({ event: 'closed', note: 'Flight moved' });
    }
  });

  it('refuses what the state does not allow, says who was first, and changes nothing', async () => {
    const { id } = await hub.alert();
    const second = await hub.token('B. Reviewer');
    await post(`/api/alerts/${id}/acknowledge`, {});
    const again = await post(`/api/alerts/${id}/acknowledge`, {}, second);
    expect(again.statusCode).toBe(409);
    expect(again.json()).toMatchObject({
      error: 'conflict',
      message: expect.stringContaining('A. Reviewer acknowledged'),
    });
    await post(`/api/alerts/${id}/close`, VERDICT);
    for (const [action, body] of [
      ['close', { ...VERDICT, disposition: 'true-positive' }],
      ['acknowledge', {}],
    ] as const) {
      const answer = await post(`/api/alerts/${id}/${action}`, body, second);
      expect(answer.statusCode).toBe(409);
      expect(answer.json().message).toContain('A. Reviewer closed this alert');
      expect(answer.json().message).toContain('benign-positive');
    }
    const alert = await hub.store.alerts.get(id);
    expect(alert?.disposition).toBe('benign-positive');
    expect(alert?.history.map((entry) => entry.event)).toEqual(['raised', 'acknowledged', 'closed']);
  });

  it.each([
    ['acknowledge', {}],
    ['close', VERDICT],
  ])('of many who %s at the same moment lets one win and tells the others', async (action, body) => {
    const { id } = await hub.alert();
    const tokens = await Promise.all(Array.from({ length: 8 }, (_, i) => hub.token(`Reviewer ${i}`)));
    const answers = await Promise.all(tokens.map((bearer) => post(`/api/alerts/${id}/${action}`, body, bearer)));
    const won = answers.filter((answer) => answer.statusCode === 200);
    expect(won).toHaveLength(1);
    expect(answers.filter((answer) => answer.statusCode === 409)).toHaveLength(7);
    const winner = won[0]?.json()[action === 'close' ? 'closedBy' : 'acknowledgedBy'];
    for (const lost of answers.filter((answer) => answer.statusCode === 409)) {
      expect(lost.json().message).toContain(winner);
    }
    expect((await hub.store.alerts.get(id))?.history).toHaveLength(2);
  });

  it('of an acknowledgement and a close at the same moment leaves the alert closed', async () => {
    for (let i = 0; i < 5; i++) {
      const { id } = await hub.alert();
      const [, closing] = await Promise.all([
        post(`/api/alerts/${id}/acknowledge`, {}),
        post(`/api/alerts/${id}/close`, VERDICT),
      ]);
      expect(closing?.statusCode).toBe(200);
      expect((await hub.store.alerts.get(id))?.state).toBe('closed');
    }
  });

  it('of an alert that is not there is refused', async () => {
    const answer = await post('/api/alerts/0198c4de-5a70-4cc1-9a3e-7d6f2b10c4aa/acknowledge', {});
    expect(answer.statusCode).toBe(404);
  });
});

describe('the evidence of an alert', () => {
  const STORY = 'PseudonymOfStory';
  const tenths = Array.from({ length: 10 }, (_, i) => i);

  it('is the paths of the story and of those around it, from just before to just after', async () => {
    const toMs = Date.now() - 60_000;
    const fromMs = toMs - 120_000;
    const others = Array.from({ length: 5 }, (_, i) => `Other-pseudonym${i}`);
    const segments = Array.from({ length: 300 }, (_, second) =>
      [STORY, ...others].map((person, at) => ({
        floor: FLOOR,
        person,
        fromMs: fromMs - 90_000 + second * 1000,
        offsetsMs: tenths.map((i) => 100 * i),
        xCm: tenths.map((i) => 100 * at + i),
        yCm: tenths.map(() => 200),
        sigmaCm: tenths.map(() => 30),
        measured: tenths.map((i) => i % 2 === 0),
        tracks: ['edge-1/cam-1 Track-pseudonym_'],
      })),
    ).flat();
    await hub.store.persons.write(segments);
    const { id } = await hub.alert({ fromMs, toMs });
    const answer = await get(`/api/alerts/${id}/evidence`);
    expect(answer.statusCode).toBe(200);
    expect(checker(Evidence)(answer.json())).toMatchObject({ ok: true });
    const evidence: Evidence = answer.json();
    expect(evidence.paths.map((path) => path.role).sort()).toEqual(['dwelling', ...Array<string>(5).fill('other')]);
    const story = evidence.paths.find((path) => path.person === STORY);
    const times = story?.points.map((point) => point[0]) ?? [];
    expect(Math.min(...times)).toBe(fromMs - 30_000);
    expect(Math.max(...times)).toBeLessThanOrEqual(toMs + 30_000);
    expect(Math.max(...times)).toBeGreaterThan(toMs + 28_000);
    expect(times.length).toBeLessThanOrEqual(3000);
    expect(story?.points[0]).toEqual([fromMs - 30_000, 0, 2, 0.3, 1]);
    for (const path of evidence.paths) expect(path.points.length).toBeGreaterThan(10);
  });

  it('is empty where the tracks have reached the end of their retention', async () => {
    const toMs = Date.now() - 80 * 3_600_000;
    const { id } = await hub.alert({ fromMs: toMs - 60_000, toMs });
    const answer = await get(`/api/alerts/${id}/evidence`);
    expect(answer.statusCode).toBe(200);
    expect(answer.json().paths).toEqual([]);
  });
});

describe('floors and cameras', () => {
  it('are shown as they were drawn, with the site and its time zone', async () => {
    const answer = await get('/api/floors');
    expect(checker(FloorList)(answer.json())).toMatchObject({ ok: true });
    expect(answer.json()).toEqual({ site: SITE, timeZone: 'Europe/Vienna', floors: [PLAN] });
  });

  it('show what each device said last', async () => {
    const place = { site: SITE, floor: FLOOR, device: 'edge-1' };
    await hub.store.devices.save([
      {
        place,
        camera: 'cam-1',
        atMs: 1_795_510_800_000,
        health: null,
        status: {
          schema: 'status/1',
          state: 'online',
          camera: 'cam-1',
          sinceMs: 1_795_510_000_000,
          version: '0.1.0',
          modelDigest: 'none',
          modelName: 'a file',
          configurationDigest: '0123456789ab',
          calibration: 'nominal',
          privacyLevel: 'tracks',
        },
      },
    ]);
    const answer = await get('/api/cameras');
    expect(checker(CameraList)(answer.json())).toMatchObject({ ok: true });
    expect(answer.json().cameras).toMatchObject([
      {
        floor: FLOOR,
        device: 'edge-1',
        camera: 'cam-1',
        status: { state: 'online' },
        statusAtMs: 1_795_510_800_000,
        health: null,
      },
    ]);
    expect(answer.json().cameras[0]).not.toHaveProperty('nameShared');
  });

  it('name a device whose name more than one agent uses', async () => {
    hub.counters = { ...COUNTERS, sharedNames: [`${FLOOR}/edge-1`, `${FLOOR}/edge-9`] };
    try {
      const { cameras } = (await get('/api/cameras')).json();
      expect(checker(CameraList)({ cameras })).toMatchObject({ ok: true });
      expect(cameras).toMatchObject([{ device: 'edge-1', nameShared: true }]);
    } finally {
      hub.counters = COUNTERS;
    }
  });

  it('show who is where now, and name the floors where there is no such floor', async () => {
    const now = Date.now();
    const where = { offsetsMs: [0, 900], xCm: [100, 150], yCm: [200, 250], sigmaCm: [30, 30], measured: [true, true] };
    const person = 'Pseudonym-AAAAAA';
    hub.presence.observe([{ floor: FLOOR, person, fromMs: now - 1000, ...where, tracks: [] }], now);
    const answer = await get(`/api/floors/${FLOOR}/presence`);
    expect(answer.json()).toEqual({ floor: FLOOR, timeMs: now - 100, people: [[person, 1.5, 2.5, 'active']] });
    const missing = await get('/api/floors/roof/presence');
    expect(missing.statusCode).toBe(404);
    expect(missing.json().message).toContain(FLOOR);
  });
});

describe('a failure inside', () => {
  it('is told without anything from inside, and stands masked in the log', async () => {
    const broken = await TestHub.create();
    try {
      const server = await broken.start();
      const bearer = await broken.token();
      await broken.pool.query('ALTER TABLE alert RENAME TO elsewhere');
      const answer = await server.inject(as(bearer, { url: '/api/alerts' }));
      expect(answer.statusCode).toBe(500);
      expect(answer.json()).toEqual({ error: 'internal', message: expect.not.stringContaining('relation') });
      expect(broken.logLines.join('')).toContain('relation');
    } finally {
      await broken.close();
    }
  });
});
