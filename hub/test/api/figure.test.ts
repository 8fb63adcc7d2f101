import type { FastifyInstance } from 'fastify';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { as, FLOOR, TestHub } from './hubServer.ts';

let hub: TestHub;
let app: FastifyInstance;
let token: string;

const LEADER = 'PseudonymLeader_';
const FOLLOWER = 'PseudonymFollow_';
const STRANGER = 'PseudonymOther__';

beforeAll(async () => {
  hub = await TestHub.create();
  app = await hub.start();
  token = await hub.token('A. Reviewer');
});
afterAll(() => hub.close());

const get = (url: string) => app.inject(as(token, { url }));

/** Two walk through the hall, one behind the other, and a stranger crosses. */
async function story(toMs = Date.now() - 60_000, pattern: 'escort' | 'dwell' = 'escort') {
  const fromMs = toMs - 60_000;
  const segment = (person: string, second: number, x: number, y: number) => ({
    floor: FLOOR,
    person,
    fromMs: fromMs + second * 1000,
    offsetsMs: [0, 500],
    xCm: [x, x + 25],
    yCm: [y, y],
    sigmaCm: [20, 20],
    measured: [true, true],
    tracks: [],
  });
  await hub.store.persons.write(
    Array.from({ length: 60 }, (_, second) => [
      segment(LEADER, second, 400 + second * 50, 800 + Math.round(200 * Math.sin(second / 8))),
      segment(FOLLOWER, second, 300 + second * 50, 800 + Math.round(200 * Math.sin((second - 2) / 8))),
      segment(STRANGER, second, 1000, 100 + second * 20),
    ]).flat(),
  );
  return await hub.alert({
    fromMs,
    toMs,
    pattern,
    zone: null,
    sentence: 'Led for 1 min & <kept close>',
    detail: {
      policy: 'p',
      patterns: [pattern],
      limitSeconds: null,
      seconds: 60,
      explanations: [],
      reasons: [{ text: 'Followed at 1.1 m.', fromMs, toMs }],
      uncertainty: { coastedShare: 0, gapsBridged: 0, identityJoins: 0, joinProbability: 1, sigmaMetres: 0.2 },
      persons: [
        { person: LEADER, role: 'leader', fromMs, toMs },
        { person: FOLLOWER, role: 'follower', fromMs, toMs },
      ],
      moments: [
        { atMs: fromMs + 5000, person: LEADER, label: 'set off first' },
        { atMs: fromMs + 40_000, person: FOLLOWER, label: 'stopped' },
      ],
    },
  });
}

describe('the figure of an alert', () => {
  it('has the plan, a path for each role, the key moments, and nobody else', async () => {
    const { id } = await story();
    const answer = await get(`/api/alerts/${id}/figure.svg`);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe('image/svg+xml; charset=utf-8');
    expect(answer.headers['cache-control']).toBe('no-store');
    for (const text of [
      'Table by the',
      'leader: sets off',
      'follower: goes where',
      'leader set off first',
      'follower stopped',
      'Led for 1 min &amp; &lt;kept close&gt;',
      `Alert ${id}`,
    ])
      expect(answer.body).toContain(text);
    for (const person of [LEADER, FOLLOWER, STRANGER]) expect(answer.body).not.toContain(person);
    // One casing and one line for each of two paths.
    expect(answer.body.match(/stroke-linejoin="round"/g)).toHaveLength(4);
    // A page of ours allows no style and no script in a document.
    expect(answer.body).not.toMatch(/<style|style="|<script|<image|href/);
    const size = await sharp(Buffer.from(answer.body)).metadata();
    expect([size.format, size.width]).toEqual(['svg', 1200]);
  });

  it('is the same picture as PNG', async () => {
    const { id } = await story();
    const svg = await get(`/api/alerts/${id}/figure.svg`);
    const answer = await get(`/api/alerts/${id}/figure.png`);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe('image/png');
    const [drawn, png] = await Promise.all([
      sharp(Buffer.from(svg.body)).metadata(),
      sharp(answer.rawPayload).metadata(),
    ]);
    expect(png.format).toBe('png');
    expect((png.width ?? 0) / (png.height ?? 1)).toBeCloseTo((drawn.width ?? 0) / (drawn.height ?? 1), 2);
    const { channels } = await sharp(answer.rawPayload).stats();
    expect(Math.max(...channels.slice(0, 3).map(({ stdev }) => stdev))).toBeGreaterThan(5);
  });

  it('is the same bytes every time', async () => {
    const { id } = await story();
    expect((await get(`/api/alerts/${id}/figure.svg`)).body).toBe((await get(`/api/alerts/${id}/figure.svg`)).body);
  });

  it('says that the tracks are gone where they have reached the end of their retention', async () => {
    const { id } = await story(Date.now() - 80 * 3_600_000);
    const answer = await get(`/api/alerts/${id}/figure.svg`);
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toContain('have reached the end of their retention');
    expect(answer.body).not.toContain('stroke-linejoin="round"');
    expect(answer.body).toContain('leader set off first');
  });

  it('is recorded as a read of the evidence, and told to nobody who is not known', async () => {
    const { id } = await story();
    for (const kind of ['svg', 'png']) {
      const refused = await app.inject({ url: `/api/alerts/${id}/figure.${kind}` });
      expect(refused.statusCode).toBe(401);
      await app.inject(
        as(token, { url: `/api/alerts/${id}/figure.${kind}`, headers: { 'x-purpose': `report ${kind}` } }),
      );
    }
    const { rows } = await hub.pool.query(
      `SELECT actor, action, entry->>'purpose' AS purpose FROM audit WHERE subject = $1 ORDER BY number`,
      [id],
    );
    expect(rows).toEqual(
      ['svg', 'png'].map((kind) => ({ actor: 'A. Reviewer', action: 'read.evidence', purpose: `report ${kind}` })),
    );
  });

  it('is of an alert that there is', async () => {
    expect((await get('/api/alerts/0198c4de-5a70-7cc1-9a3e-7d6f2b10c4aa/figure.svg')).statusCode).toBe(404);
    const wrong = await get('/api/alerts/none/figure.png');
    expect([wrong.statusCode, wrong.json().field]).toEqual([400, 'id']);
    expect((await get('/api/alerts/0198c4de-5a70-7cc1-9a3e-7d6f2b10c4aa/figure.gif')).statusCode).toBe(404);
  });
});
