import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CameraView } from '@safe-passage/hub/api/schemas.ts';
import { describe, expect, it } from 'vitest';
import { startBroker } from '../services/brokers.ts';
import { databaseKinds } from '../services/database.ts';
import { EXAMPLE, openChain } from './chain.ts';

const [kind = 'postgres'] = databaseKinds();

describe('a camera that counts, through a broker into a database', () => {
  it('says how many people were at the table and for how long, and nobody can be found in it', {
    timeout: 120_000,
  }, async () => {
    const broker = await startBroker('aedes');
    const chain = await openChain(kind, broker.url, {
      detections: {
        file: join(EXAMPLE, 'boxes.txt'),
        framesPerSecond: 5,
        imageWidth: 768,
        imageHeight: 432,
        speed: 20,
      },
      privacyLevel: 'counts',
    });
    try {
      const hub = await chain.startHub();
      const edge = chain.startEdge();
      // It waits for the receipts of the hub.
      expect(await edge.ended, edge.said()).toBe(0);
      // The recording may lie across the end of a quarter-hour.
      const { rows } = await chain.database.query<{ newcomers: number; seconds: number }>(
        "SELECT sum(newcomers)::int AS newcomers, sum(person_seconds)::int AS seconds FROM zone_count WHERE zone = 'table'",
      );
      // The boxes are those of the fifth person of the recording, and of the sixth as they come.
      expect(rows[0]?.newcomers).toBe(2);
      expect(Math.abs((rows[0]?.seconds ?? 0) - 28)).toBeLessThanOrEqual(2);

      for (const table of [
        'track_report',
        'track_segment',
        'person_segment',
        'dwell_episode',
        'movement_episode',
        'alert',
      ])
        expect((await chain.database.query(`SELECT 1 FROM ${table}`)).rowCount, table).toBe(0);
      const outbox = (await readdir(chain.folder)).filter((name) => name.startsWith('outbox.db'));
      const onDisk = await Promise.all(outbox.map((name) => readFile(join(chain.folder, name), 'latin1')));
      expect(onDisk.join()).not.toContain('track-report');

      const headers = { authorization: `Bearer ${await chain.token()}` };
      const answer = await fetch(`${chain.hubUrl}/api/cameras`, { headers });
      const { cameras } = (await answer.json()) as { cameras: CameraView[] };
      expect(cameras[0]).toMatchObject({ camera: 'cam-1', status: { privacyLevel: 'counts' } });
      hub.kill('SIGINT');
      expect(await hub.ended, hub.said()).toBe(0);
    } finally {
      await chain.close();
      await broker.stop();
    }
  });
});
