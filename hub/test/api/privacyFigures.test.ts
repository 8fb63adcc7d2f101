import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReidentificationTrend } from '../../src/api/reidentificationSchema.ts';
import type { AggregateList } from '../../src/api/routes/aggregates.ts';
import { verifyPack } from '../../src/pack/verify.ts';
import { unzip } from '../../src/pack/zip.ts';
import { scheduleReidentification } from '../../src/reidentify/schedule.ts';
import type { PersonSegment } from '../../src/score/personSegment.ts';
import type { AggregateCount } from '../../src/store/aggregates.ts';
import { showAudit } from '../../src/store/audit/reads.ts';
import { as, FLOOR, TestHub } from './hubServer.ts';

const HOUR_MS = 3_600_000;
const FROM = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 48 * HOUR_MS;

let hub: TestHub;
let app: FastifyInstance;
let token: string;
const get = (url: string) => app.inject(as(token, { url }));

beforeAll(async () => {
  hub = await TestHub.create();
  app = await hub.start();
  token = await hub.token('grafana', 'auditor');
});
afterAll(() => hub.close());

describe('GET /api/aggregates', () => {
  const hours = `floor=${FLOOR}&period=hour&fromMs=${FROM}&toMs=${FROM + 2 * HOUR_MS}`;

  beforeAll(async () => {
    const cell = (
      zone: string,
      hour: number,
      footfall: number | null,
      personSeconds: number | null,
    ): AggregateCount => ({
      floor: FLOOR,
      zone,
      period: 'hour',
      fromMs: FROM + hour * HOUR_MS,
      toMs: FROM + (hour + 1) * HOUR_MS,
      footfall,
      personSeconds,
      squareMetres: 16,
      k: 10,
    });
    await hub.store.aggregates.publish(
      [cell('table', 0, 84, 25_200), cell('table', 1, null, 1200), cell('*', 0, 84, 25_200)],
      Date.now(),
    );
  });

  it('gives footfall, dwell and density', async () => {
    const { cells } = (await get(`/api/aggregates?${hours}&zone=table`)).json<AggregateList>();
    expect(cells[0]).toMatchObject({ footfall: 84, dwellSeconds: 300, meanPersons: 7, personsPerSquareMetre: 0.4375 });
  });

  it('gives null for what is suppressed, and for everything that is made of it', async () => {
    const { cells } = (await get(`/api/aggregates?${hours}&zone=table`)).json<AggregateList>();
    expect(cells[1]).toMatchObject({ footfall: null, dwellSeconds: null, personSeconds: 1200 });
  });

  it('takes all zones together by their star', async () => {
    const { cells } = (await get(`/api/aggregates?${hours}&zone=*`)).json<AggregateList>();
    expect(cells.map(({ zone }) => zone)).toEqual(['*']);
  });

  it('names what is wrong with a question', async () => {
    expect((await get(`/api/aggregates?floor=roof&fromMs=1&toMs=2`)).json()).toMatchObject({ error: 'not-found' });
    expect((await get(`/api/aggregates?floor=${FLOOR}&fromMs=2&toMs=1`)).json()).toMatchObject({ field: 'toMs' });
  });
});

describe('GET /api/privacy/reidentification', () => {
  const HOUR_SECONDS = 3600;
  const FORTY_EIGHT_HOURS = 48 * HOUR_SECONDS;

  it('gives an empty trend before the first test', async () => {
    expect((await get('/api/privacy/reidentification')).json()).toEqual({ runs: [] });
  });

  it('gives what the test found in the stored tracks, the newest first, and tells the metrics', async () => {
    const now = Date.now();
    const stay = (person: string, xCm: number, fromMs: number): PersonSegment[] =>
      Array.from({ length: 20 }, (_, i) => ({
        floor: FLOOR,
        person,
        fromMs: Math.floor(fromMs / 1000) * 1000 + i * 1000,
        offsetsMs: [0, 500],
        xCm: [xCm, xCm],
        yCm: [100, 100],
        sigmaCm: [10, 10],
        measured: [true, true],
        tracks: [],
      }));
    // Two side by side, one by itself; the latter within the last hour.
    await hub.store.persons.write([
      ...stay('Pseudonym-a', 100, now - 5 * HOUR_MS),
      ...stay('Pseudonym-b', 130, now - 5 * HOUR_MS),
      ...stay('Pseudonym-c', 3000, now - HOUR_MS / 2),
    ]);
    const limits = { keptMs: () => FORTY_EIGHT_HOURS * 1000 };
    const store = hub.store.reidentification;
    const schedule = scheduleReidentification({ store, limits }, { info: () => undefined, error: () => undefined });
    try {
      await schedule.look();
      // A day has not gone by.
      await schedule.look();
    } finally {
      await schedule.stop();
    }
    const answer = await get('/api/privacy/reidentification');
    const { runs } = answer.json<ReidentificationTrend>();
    expect(runs).toHaveLength(1);
    const exact = (retentionSeconds: number) =>
      runs[0]?.results.find(
        (one) =>
          one.retentionSeconds === retentionSeconds &&
          one.points === 5 &&
          one.rounding.metres === 0 &&
          one.precision.metres === 1,
      );
    expect(exact(FORTY_EIGHT_HOURS)).toMatchObject({ persons: 3, sampled: 3, unique: 1 });
    expect(exact(HOUR_SECONDS)).toMatchObject({ persons: 1, sampled: 1, unique: 1 });
    expect(answer.body).not.toContain('Pseudonym');

    const metrics = (await get('/metrics')).body;
    expect(metrics).toMatch(/safe_passage_reidentification_unique_share\{points="5",metres="1",seconds="1"\} 0\.33/);
    const audit = await showAudit(hub.pool, { action: 'privacy', limit: 5 });
    expect(audit.map(({ action, actor, detail }) => [action, actor, detail])).toEqual([
      ['privacy.reidentification-tested', 'hub', { persons: 3, sampled: 3 }],
    ]);
  });
});

describe('GET /api/privacy/evidence-pack', () => {
  it('gives a signed pack of the period, and records who asked for it', async () => {
    const alert = await hub.alert();
    await hub.store.alerts.close(
      alert.id,
      'A. Reviewer',
      { disposition: 'benign-positive', reason: 'waited for a flight', note: null },
      Date.now(),
    );
    const answer = await get(
      `/api/privacy/evidence-pack?fromMs=${Date.now() - 24 * HOUR_MS}&toMs=${Date.now() + HOUR_MS}`,
    );
    expect(answer.headers['content-type']).toBe('application/zip');
    const verdict = verifyPack(answer.rawPayload, new Set([hub.signer.key]));
    expect(verdict).toMatchObject({ whole: true, site: 'test-site' });

    const files = new Map(
      unzip(answer.rawPayload, 2 ** 26).map(({ name, content }) => [name, content.toString('utf8')]),
    );
    expect(JSON.parse(files.get('dispositions.json') ?? '')).toMatchObject([
      { alert: alert.id, closedBy: 'A. Reviewer', disposition: 'benign-positive' },
    ]);
    expect(files.get('access.jsonl')).toContain('privacy.reidentification-tested');
    // No pseudonym, no position, no free text of a reviewer.
    const everything = [...files.values()].join('\n');
    for (const secret of ['Pseudonym', 'x_cm', 'waited for a flight', 'Present for 15 min']) {
      expect(everything).not.toContain(secret);
    }
    const audit = await showAudit(hub.pool, { action: 'privacy.exported', limit: 5 });
    expect(audit).toMatchObject([{ actor: 'grafana', detail: { what: 'evidence-pack' } }]);
  });

  it('refuses a period that is too long, and records nothing', async () => {
    const answer = await get(`/api/privacy/evidence-pack?fromMs=1&toMs=${Date.now()}`);
    expect([answer.statusCode, answer.json().field]).toEqual([400, 'toMs']);
    expect(await showAudit(hub.pool, { action: 'privacy.exported', limit: 5 })).toHaveLength(1);
  });
});
