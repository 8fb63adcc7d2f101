import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseKinds } from '../../../test/services/database.ts';
import type { AlertRecord } from '../../src/alert/transition.ts';
import type { EpisodeRecord } from '../../src/store/index.ts';
import { alertRecord, BASE_MS } from './alertRecord.ts';
import { createFreshStore, type FreshStore } from './freshStore.ts';

describe.each(databaseKinds())('alerts in %s', (kind) => {
  let fresh: FreshStore;
  beforeAll(async () => {
    fresh = await createFreshStore(kind);
  });
  afterAll(async () => {
    await fresh.close();
  });

  it('raises, updates and closes with the movement, and tells each once', async () => {
    const { alerts: store } = fresh.store;
    const record = alertRecord();
    const events = async (...records: AlertRecord[]) => (await store.save(records)).map(({ event }) => event);
    expect(await events(record)).toEqual(['raised']);
    expect(await events({ ...record, updatedAtMs: BASE_MS + 5, toMs: BASE_MS + 5, score: 0.5 })).toEqual(['updated']);
    const ended = { ...record, updatedAtMs: BASE_MS + 9, toMs: BASE_MS + 9, live: false };
    expect(await events(ended)).toEqual(['closed']);
    expect(await events(ended)).toEqual(['updated']);
    // What a restarted scorer says again about the past changes nothing.
    expect(await events({ ...record, updatedAtMs: BASE_MS + 5 })).toEqual([]);
    expect(await events({ ...record, updatedAtMs: BASE_MS + 9 })).toEqual([]);
    const view = await store.get(record.id);
    expect(view).toMatchObject({
      live: false,
      toMs: BASE_MS + 9,
      zoneName: 'The table',
      state: 'new',
      detail: record.detail,
    });
    expect(view?.history.map(({ event, actor }) => `${event} by ${actor}`)).toEqual([
      'raised by scorer',
      'movement ended by scorer',
    ]);
  });

  it('lets one reviewer acknowledge, tells the other who was first, and keeps both out of the scorer’s way', async () => {
    const { alerts: store } = fresh.store;
    const record = alertRecord();
    await store.save([record]);
    const outcomes = await Promise.all(
      ['Ada', 'Ben'].map((name) => store.acknowledge(record.id, name, 'on my way', BASE_MS + 50)),
    );
    expect(outcomes.map(({ kind: outcome }) => outcome).sort()).toEqual(['conflict', 'done']);
    await store.save([{ ...record, updatedAtMs: BASE_MS + 60, score: 2 }]);
    expect(await store.get(record.id)).toMatchObject({
      state: 'acknowledged',
      score: 2,
      acknowledgedAtMs: BASE_MS + 50,
    });
    const verdict = { disposition: 'benign-positive', reason: 'waiting for family', note: null } as const;
    expect((await store.close(record.id, 'Ada', verdict, BASE_MS + 70)).kind).toBe('done');
    expect((await store.close(record.id, 'Ben', verdict, BASE_MS + 71)).kind).toBe('conflict');
    expect((await store.acknowledge(record.id, 'Ben', null, BASE_MS + 72)).kind).toBe('conflict');
    const view = await store.get(record.id);
    expect(view).toMatchObject({ state: 'closed', closedBy: 'Ada', disposition: 'benign-positive' });
    expect(view?.history.map(({ event }) => event)).toEqual(['raised', 'acknowledged', 'closed']);
  });

  it('knows nothing of an alert that is not there', async () => {
    const { alerts: store } = fresh.store;
    expect(await store.get(randomUUID())).toBe(null);
    expect(await store.get("'; DROP TABLE alert; --")).toBe(null);
    expect((await store.acknowledge(randomUUID(), 'Ada', null, BASE_MS)).kind).toBe('absent');
    expect((await store.acknowledge('none', 'Ada', null, BASE_MS)).kind).toBe('absent');
  });

  it('lists newest first, by state, in pages, and counts all', async () => {
    const { alerts: store } = fresh.store;
    await fresh.pool.query('DELETE FROM alert');
    const records = [1, 2, 3, 4].map((n) => alertRecord({ raisedAtMs: BASE_MS + n * 1000 }));
    await store.save(records);
    const ids = records.map(({ id }) => id);
    await store.acknowledge(ids[0] ?? '', 'Ada', null, BASE_MS + 9000);
    await store.close(ids[1] ?? '', 'Ada', { disposition: 'unknown', reason: 'left', note: null }, BASE_MS + 9001);
    const open = await store.list({ state: 'open', limit: 10 });
    expect(open.alerts.map(({ id }) => id)).toEqual([ids[3], ids[2], ids[0]]);
    expect(open.counts).toEqual({ new: 2, acknowledged: 1, closed: 1 });
    const page = await store.list({ state: 'all', limit: 2, beforeMs: BASE_MS + 4000 });
    expect(page.alerts.map(({ id }) => id)).toEqual([ids[2], ids[1]]);
  });

  it('gives a restarted scorer what is live or recent', async () => {
    const { alerts: store } = fresh.store;
    await fresh.pool.query('DELETE FROM alert');
    const live = alertRecord({ toMs: BASE_MS - 500_000 });
    const recent = alertRecord({ live: false, toMs: BASE_MS });
    const past = alertRecord({ live: false, toMs: BASE_MS - 500_000 });
    await store.save([live, recent, past]);
    const ongoing = await store.ongoing(BASE_MS - 1000);
    expect(ongoing.map(({ id }) => id).sort()).toEqual([live.id, recent.id].sort());
    expect(ongoing.find(({ id }) => id === live.id)).toEqual({
      id: live.id,
      floor: 'hall',
      fromMs: live.fromMs,
      toMs: live.toMs,
      live: true,
      delayed: false,
      raisedAtMs: live.raisedAtMs,
      updatedAtMs: live.updatedAtMs,
      parts: [live.id],
      wentOnIn: null,
      joins: { count: 0, probability: 1 },
    });
  });

  it('lets an episode grow and close, and not open again by an older word', async () => {
    const { episodes: store } = fresh.store;
    const episode: EpisodeRecord = {
      id: randomUUID(),
      floor: 'hall',
      zone: 'table',
      person: 'a'.repeat(16),
      fromMs: BASE_MS,
      toMs: BASE_MS + 1000,
      seconds: 1,
      open: true,
      detail: { schema: 'dwell-episode/1' },
    };
    await store.upsert([episode, { ...episode, toMs: BASE_MS + 5000, seconds: 5 }]);
    const closed = { ...episode, toMs: BASE_MS + 4000, seconds: 4, open: false };
    await store.upsert([closed]);
    await store.upsert([{ ...episode, toMs: BASE_MS + 3000 }]);
    expect(await store.list({ sinceMs: BASE_MS - 1 })).toEqual([closed]);
    expect(await store.list({ sinceMs: BASE_MS - 1, floor: 'roof' })).toEqual([]);
    expect(await store.ongoing(BASE_MS + 4001)).toEqual([]);
    expect(await store.ongoing(BASE_MS + 4000)).toEqual([closed]);
  });
});
