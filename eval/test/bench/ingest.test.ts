import { describe, expect, it } from 'vitest';
import { createTestDatabase, databaseKinds } from '../../../test/services/database.ts';
import { benchIngest } from '../../src/bench/ingest.ts';

describe.each(databaseKinds())('the rate of ingest, on %s', (kind) => {
  it('is measured live and from a backlog beside COPY of the very same rows', async () => {
    const database = await createTestDatabase(kind);
    try {
      const result = await benchIngest({ databaseUrl: database.url, cameras: 4, seconds: 5, tracks: 3, points: 2 });
      expect(result.messages).toBe(20);
      expect(result.positions).toBe(120);
      expect(result.timescale).toBe(kind === 'timescale');
      for (const rate of [result.backlog, result.live]) {
        expect(rate.positionsPerSecond / rate.messagesPerSecond).toBeCloseTo(6, 6);
        expect(rate.ratioToCopy).toBeCloseTo(rate.positionsPerSecond / result.copyPositionsPerSecond, 6);
      }
    } finally {
      await database.drop();
    }
  });
});
