import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AggregateList } from '../../src/api/routes/aggregates.ts';
import type { AggregateCount } from '../../src/store/aggregates.ts';
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
  token = await hub.token('grafana');
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
