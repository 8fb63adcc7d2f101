import { type AlertNotice, checker, type FloorPlan, AlertNotice as NoticeSchema } from '@safe-passage/contract';
import mqtt, { type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brokerKinds, startBroker, type TestBroker } from '../../../test/services/brokers.ts';
import { createTestDatabase, databaseKinds, type TestDatabase } from '../../../test/services/database.ts';
import { StoryDecider } from '../../src/alert/decide.ts';
import { scoringPart } from '../../src/alert/part.ts';
import { DEFAULT_POLICY } from '../../src/alert/policy.ts';
import { createRecorder, loadStoredState, noticeOf } from '../../src/alert/recorder.ts';
import { ALERT_LIST_EXAMPLE } from '../../src/api/examples.ts';
import type { AlertSummary } from '../../src/api/schemas.ts';
import type { ReceivedReport } from '../../src/fuse/receivedReport.ts';
import type { MovementEvent } from '../../src/score/movement.ts';
import { movementRecord } from '../../src/score/movementRecord.ts';
import { createScoring } from '../../src/score/scoring.ts';
import { migrate, openStore, type Store } from '../../src/store/index.ts';
import { everySecond, rectangle, walk } from '../score/walks.ts';
import { movementEvent, T0 } from './movements.ts';

const SITE = 'fra';
const PLAN: FloorPlan = {
  id: 'hall',
  name: 'Hall',
  bounds: [
    [-10, -10],
    [20, 20],
  ],
  walls: [],
  zones: [rectangle('table', [0, 0, 4, 4], { limit: 15, name: 'Standing table', kind: 'waiting' })],
  cameras: [],
};

/** In at 2 s, out at 23 s, an hour ago: nothing here is older than the retention. */
function visit(startMs: number): ReceivedReport[] {
  const samples = walk('AAAAAAAAAAAAAAAA', [
    [0, -2, 2],
    [4, 2, 2],
    [21, 2, 2],
    [25, -2, 2],
    [45, -5, 2],
  ]);
  return everySecond(samples).map((observation, i) => ({
    address: { site: SITE, floor: 'hall', device: 'edge-1', camera: 'cam-1' },
    report: {
      schema: 'track-report/1',
      camera: 'cam-1',
      calibration: 'nominal',
      epoch: '0123456789abcdef',
      sequence: i + 1,
      fromMs: startMs + observation.fromMs,
      toMs: startMs + observation.toMs,
      tracks: observation.tracks,
    },
    receivedAtMs: startMs + observation.toMs + 200,
  }));
}

const places = databaseKinds().flatMap((kind) => brokerKinds().map((brokerKind) => ({ kind, brokerKind })));

describe.each(places)('recording into $kind, with notices over $brokerKind', ({ kind, brokerKind }) => {
  let database: TestDatabase;
  let store: Store;
  let broker: TestBroker;
  let listener: MqttClient;
  let speaker: MqttClient;
  const heard: AlertNotice[] = [];
  const unusable: string[] = [];
  const unpublished: unknown[] = [];

  beforeAll(async () => {
    database = await createTestDatabase(kind);
    await migrate(database.url);
    store = openStore({ url: database.url, site: SITE, tracksHours: 72, zoneName: (floor, zone) => zone ?? floor });
    broker = await startBroker(brokerKind);
    listener = await mqtt.connectAsync(broker.url);
    speaker = await mqtt.connectAsync(broker.url);
    listener.on('message', (_topic, payload) => {
      const notice = checker(NoticeSchema)(JSON.parse(payload.toString()));
      if (notice.ok) heard.push(notice.value);
    });
    await listener.subscribeAsync(`movement/v1/${SITE}/alerts/+`, { qos: 1 });
  });
  afterAll(async () => {
    await listener?.endAsync();
    await speaker?.endAsync();
    await broker?.stop();
    await store?.close();
    await database?.drop();
  });

  const newRecorder = () =>
    createRecorder({
      site: SITE,
      store,
      publish: (topic, payload) => speaker.publishAsync(topic, payload, { qos: 1 }),
      onUnpublished: (_notice, problem) => unpublished.push(problem),
    });
  const settled = async (count: number) => {
    await expect.poll(() => heard.length, { timeout: 60_000 }).toBe(count);
  };

  it('stores episodes and alerts and tells each piece of news once, through a restart and a reviewer', async () => {
    const startMs = Math.floor(Date.now() / 1000) * 1000 - 3_600_000;
    const reports = visit(startMs);
    const write = (some: readonly ReceivedReport[]) => store.reports.writeBatch(some.filter(isTracks));

    const first = createScoring({ site: SITE, plans: [PLAN] });
    const recorder = newRecorder();
    await write(reports.slice(0, 26));
    for (const report of reports.slice(0, 26)) await recorder.record(first.onReports([report]));
    await settled(1);
    expect(heard[0]).toMatchObject({ event: 'raised', zone: 'table', delayed: false });
    const id = heard[0]?.id ?? '';
    await store.alerts.acknowledge(id, 'reviewer', null, Date.now());

    // The hub is started again: it reads back, replays, and has nothing new to tell.
    const second = createScoring({ site: SITE, plans: [PLAN] });
    const stored = await loadStoredState(store, SITE, { fromMs: startMs + 60_000, earliestMs: startMs }, (episode) =>
      unusable.push(episode),
    );
    expect(stored.episodes).toHaveLength(1);
    expect(stored.alerts.map((alert) => alert.id)).toEqual([id]);
    // The window would begin after it all: the open episode, last stored at about 18 s, reaches further back.
    const sequences = stored.reports.map((report) => report.report.sequence);
    expect(sequences).toEqual(Array.from({ length: sequences.length }, (_, i) => i + 27 - sequences.length));
    expect(sequences.length).toBeGreaterThan(15);
    expect(sequences.length).toBeLessThan(21);
    await newRecorder().record(second.restore(stored));

    await write(reports.slice(26));
    for (const report of reports.slice(26)) await recorder.record(second.onReports([report]));
    await settled(3);
    expect(heard.map((notice) => [notice.event, notice.id])).toEqual([
      ['raised', id],
      ['updated', id],
      ['closed', id],
    ]);

    const alert = await store.alerts.get(id);
    expect(alert).toMatchObject({
      state: 'acknowledged',
      acknowledgedBy: 'reviewer',
      live: false,
      sentence: 'Present at Standing table for 21 s, limit 15 s',
    });
    const episodes = await store.episodes.list({ sinceMs: startMs });
    expect(episodes.map(({ open, seconds }) => [open, seconds])).toEqual([[false, 21]]);
    expect([unusable, unpublished]).toEqual([[], []]);
  });

  it('takes up a story of several movements after a restart, raises nothing twice, and ends what nobody finds again', async () => {
    heard.length = 0;
    const startMs = Math.floor(Date.now() / 1000) * 1000 - 900_000;
    const at = (told: MovementEvent): MovementEvent => {
      const { fromMs, toMs, ...episode } = told.episode;
      const shiftMs = startMs - T0;
      return { ...told, episode: { ...episode, fromMs: fromMs + shiftMs, toMs: toMs + shiftMs } };
    };
    const newDecider = () => new StoryDecider({ site: SITE, plan: PLAN, policy: DEFAULT_POLICY });
    const recorder = newRecorder();
    const record = async (decider: StoryDecider, ...events: readonly MovementEvent[]) => {
      for (const event of events) {
        const alerts = decider.decide(event, event.episode.toMs + 200);
        await recorder.record({
          persons: [],
          episodes: [],
          movements: [movementRecord(event.episode, SITE, PLAN.id)],
          alerts,
        });
      }
    };
    const escort = at(movementEvent('escort', 'AB', { to: 60 }));
    const handover = at(movementEvent('handover', 'ACB', { from: 50, to: 110, zone: 'table', open: true }));
    await record(newDecider(), escort, handover);
    await settled(1);
    const id = heard[0]?.id ?? '';

    // Started again so late that the story's first part lies before the stretch that is replayed.
    const window = { fromMs: startMs + 100_000, earliestMs: startMs };
    const restart = async () => {
      const decider = newDecider();
      decider.restore({ dwells: [], ...(await loadStoredState(store, SITE, window, (one) => unusable.push(one))) });
      return decider;
    };
    const found = await restart();
    await record(found, handover);
    expect(found.settle(startMs + 200_000)).toEqual([]);
    await record(found, at(movementEvent('shadowing', 'DC', { from: 100, to: 170 })));
    await settled(2);
    expect(heard[1]).toMatchObject({ id, event: 'updated', pattern: 'handover', zone: 'table' });
    expect((await store.alerts.get(id))?.detail.patterns).toEqual(['handover', 'escort', 'shadowing']);

    const lost = await restart();
    const ended = lost.settle(startMs + 300_000);
    await recorder.record({ persons: [], episodes: [], movements: [], alerts: ended });
    await settled(3);
    expect(heard[2]).toMatchObject({ id, event: 'closed' });
    const alert = await store.alerts.get(id);
    expect(alert).toMatchObject({ live: false, detail: { patterns: ['handover', 'escort', 'shadowing'] } });
    expect(unusable).toEqual([]);
  });

  it('tells of a movement outside of every zone, and in which alert a story goes on', () => {
    const alert = { ...ALERT_LIST_EXAMPLE.alerts[0], zone: null, pattern: 'escort', sentence: 'x'.repeat(500) };
    const other = '0198c4de-5a70-7cc1-9a3e-7d6f2b10c4ab';
    const notice = noticeOf({ event: 'closed', alert: { ...alert, wentOnIn: other } as AlertSummary });
    expect(checker(NoticeSchema)(notice)).toEqual({ ok: true, value: notice });
    expect(notice).toMatchObject({ zone: null, wentOnIn: other });
    expect(noticeOf({ event: 'closed', alert: { ...alert, wentOnIn: null } as AlertSummary })).not.toHaveProperty(
      'wentOnIn',
    );
  });

  it('keeps the alert where the broker takes no notice of it', async () => {
    const startMs = Math.floor(Date.now() / 1000) * 1000 - 1_800_000;
    const failed: AlertNotice[] = [];
    const deaf = createRecorder({
      site: SITE,
      store,
      publish: () => Promise.reject(new Error('not connected')),
      onUnpublished: (notice) => failed.push(notice),
    });
    const scoring = createScoring({ site: SITE, plans: [PLAN] });
    const outputs = [scoring.onReports(visit(startMs)), scoring.advance(startMs + 60_000)];
    const saved = (await Promise.all(outputs.map((output) => deaf.record(output)))).flat();
    expect(saved).toHaveLength(1);
    expect(failed.map((notice) => notice.id)).toEqual([saved[0]?.alert.id]);
    expect((await store.alerts.get(saved[0]?.alert.id ?? ''))?.live).toBe(false);
  });

  it('goes on after the database was away, and loses nothing', async () => {
    const startMs = Math.floor(Date.now() / 1000) * 1000 - 60_000;
    const reports = visit(startMs);
    let away = false;
    const news: string[] = [];
    const errors: string[] = [];
    const part = await scoringPart({ onAlerts: (saved) => news.push(...saved.map((one) => one.event)) })({
      config: { site: SITE, floors: [PLAN], policyFile: null },
      store: {
        ...store,
        alerts: {
          ...store.alerts,
          save: (alerts) => (away ? Promise.reject(new Error('connection lost')) : store.alerts.save(alerts)),
        },
      },
      logger: { info: () => undefined, warn: () => undefined, error: (_fields, message) => errors.push(message) },
      publish: (topic, payload) => speaker.publishAsync(topic, payload, { qos: 1 }),
    });
    try {
      await part.onReports(reports.slice(0, 20));
      away = true;
      await part.onReports(reports.slice(20, 27));
      expect(news).toEqual([]);
      expect(errors).toContain('episodes and alerts could not be stored: trying again');
      away = false;
      await expect.poll(() => news, { timeout: 60_000 }).toEqual(['raised']);
    } finally {
      await part.stop();
    }
  });
});

type TracksReceived = ReceivedReport & { readonly report: { readonly schema: 'track-report/1' } };
const isTracks = (received: ReceivedReport): received is TracksReceived => received.report.schema === 'track-report/1';
