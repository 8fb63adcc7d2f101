import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { startBroker } from '../services/brokers.ts';
import { databaseKinds } from '../services/database.ts';
import { mosquittoBinary } from '../services/machine.ts';
import { until } from '../services/program.ts';
import { openChain } from './chain.ts';

const FRAMES_PER_SECOND = 10;
const SECONDS = 240;
const SPEED = 8;

/** Two people who cross the room again and again, as boxes of a detector. */
function boxes(): string {
  const lines: string[] = [];
  for (let frame = 1; frame <= SECONDS * FRAMES_PER_SECOND; frame++) {
    const phase = (frame / FRAMES_PER_SECOND / 12) * 2 * Math.PI;
    for (const [middle, shift] of [
      [250, 0],
      [520, 1.3],
    ] as const) {
      const x = middle + 90 * Math.sin(phase + shift);
      lines.push(`${frame},-1,${x.toFixed(1)},60,130,${(320 + 20 * Math.cos(phase)).toFixed(1)},0.9,-1,-1,-1`);
    }
  }
  return `${lines.join('\n')}\n`;
}

describe.each(databaseKinds())('kill -9 in the middle of a run, on %s', (kind) => {
  it.skipIf(!mosquittoBinary)(
    'of hub, broker and edge agent: nothing that the edge accepted is lost, nothing is there twice (needs Mosquitto)',
    { timeout: 240_000 },
    async () => {
      const broker = await startBroker('mosquitto');
      const chain = await openChain(kind, broker.url, {
        detections: {
          file: 'boxes.txt',
          framesPerSecond: FRAMES_PER_SECOND,
          imageWidth: 768,
          imageHeight: 432,
          speed: SPEED,
        },
      });
      const stored = async () => {
        const { rows } = await chain.database.query<{ sequence: string }>(
          'SELECT sequence FROM track_report ORDER BY sequence',
        );
        return rows.map((row) => Number(row.sequence));
      };
      try {
        await writeFile(join(chain.folder, 'boxes.txt'), boxes());
        let hub = await chain.startHub();
        let edge = chain.startEdge();
        await until('the first reports', 30, async () => (await stored()).length > 20);

        hub.kill('SIGKILL');
        await hub.ended;
        await sleep(2000);
        hub = await chain.startHub();
        const afterHub = (await stored()).length;
        await until('reports after the hub', 30, async () => (await stored()).length > afterHub + 20);

        await broker.kill();
        await sleep(2000);
        await broker.start();
        const afterBroker = (await stored()).length;
        await until('reports after the broker', 60, async () => (await stored()).length > afterBroker + 20);

        edge.kill('SIGKILL');
        await edge.ended;
        edge = chain.startEdge();
        expect(await edge.ended, edge.said()).toBe(0);

        const outbox = new DatabaseSync(join(chain.folder, 'outbox.db'), { readOnly: true });
        const next = outbox.prepare("SELECT value FROM meta WHERE name = 'next_sequence'").get() as { value: number };
        const accepted = next.value - 1;
        const waiting = outbox.prepare('SELECT count(*) AS count FROM report').get() as { count: number };
        outbox.close();
        expect(waiting.count).toBe(0);
        expect(accepted).toBeGreaterThan(SECONDS);
        // Every sequence number once, and once only: the list is 1, 2, 3, … to the last that was accepted.
        expect(await stored()).toEqual(Array.from({ length: accepted }, (_, i) => i + 1));
        const { rows: segments } = await chain.database.query(
          'SELECT 1 FROM track_segment GROUP BY epoch, sequence, pseudonym HAVING count(*) > 1',
        );
        expect(segments).toHaveLength(0);
      } finally {
        await chain.close();
        await broker.stop();
      }
    },
  );
});
