import type { AlertList, AlertView, Evidence } from '@safe-passage/hub/api/schemas.ts';
import { describe, expect, it } from 'vitest';
import { eventually } from '../../hub/test/console/consoleRig.ts';
import { brokerKinds, startBroker } from '../services/brokers.ts';
import { databaseKinds } from '../services/database.ts';
import { sharedFile } from '../services/machine.ts';
import { openChain } from './chain.ts';
import { ALERTS, PRESENCE_SECONDS, TOLERANCE_SECONDS, VIDEO } from './standingTable.ts';

const video = sharedFile(...VIDEO);
const weights = sharedFile('models', 'yolox-nano', 'yolox_nano.onnx');
const real = brokerKinds().includes('mosquitto') && databaseKinds().includes('timescale');

describe.skipIf(!video || !weights || !real)(
  'real video through a real Mosquitto into a real TimescaleDB (needs ../shared or $SAFE_PASSAGE_SHARED, Mosquitto, and $SAFE_PASSAGE_TEST_TIMESCALE)',
  () => {
    it('becomes six stays at the table and three explained alerts', { timeout: 240_000 }, async () => {
      const broker = await startBroker('mosquitto');
      const chain = await openChain('timescale', broker.url, {
        source: { from: video, speed: 3 },
        model: weights,
      });
      try {
        const hub = await chain.startHub();
        const edge = chain.startEdge();
        expect(await edge.ended, edge.said()).toBe(0);

        // The edge is done when the hub has its reports; what they lead to is written a moment later.
        const rows = await eventually(
          async () =>
            (
              await chain.database.query<{ zone: string; seconds: number; open: boolean }>(
                'SELECT zone, seconds, open FROM dwell_episode ORDER BY from_time',
              )
            ).rows,
          (stays) => stays.length > 0 && stays.every((stay) => !stay.open),
          'the end of the last stay',
        );
        expect(rows.map((row) => row.zone)).toEqual(PRESENCE_SECONDS.map(() => 'table'));
        for (const [i, seconds] of PRESENCE_SECONDS.entries()) {
          expect(Math.abs((rows[i]?.seconds ?? 0) - seconds), `stay ${i + 1}`).toBeLessThanOrEqual(TOLERANCE_SECONDS);
        }
        const { rows: hypertables } = await chain.database.query(
          "SELECT 1 FROM timescaledb_information.hypertables WHERE hypertable_name = 'track_segment'",
        );
        expect(hypertables).toHaveLength(1);

        const headers = { authorization: `Bearer ${await chain.token()}` };
        const get = async <T>(path: string) => (await (await fetch(`${chain.hubUrl}${path}`, { headers })).json()) as T;
        const { alerts } = await get<AlertList>('/api/alerts?state=all');
        expect(alerts.map((alert) => [alert.pattern, alert.zone, alert.state])).toEqual(
          Array.from({ length: ALERTS }, () => ['dwell', 'table', 'new']),
        );
        for (const { id } of alerts) {
          const { detail, sentence } = await get<AlertView>(`/api/alerts/${id}`);
          expect(sentence).toMatch(/Standing table/);
          expect(detail.seconds).toBeGreaterThan(detail.limitSeconds ?? Number.POSITIVE_INFINITY);
          expect(detail.reasons.length).toBeGreaterThan(0);
          expect(detail.explanations.length).toBeGreaterThan(0);
          const { paths } = await get<Evidence>(`/api/alerts/${id}/evidence`);
          expect(paths.some((path) => path.role === 'dwelling' && path.points.length > 50)).toBe(true);
        }
        hub.kill('SIGINT');
        expect(await hub.ended).toBe(0);
      } finally {
        await chain.close();
        await broker.stop();
      }
    });
  },
);
