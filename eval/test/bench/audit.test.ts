import { expect, it } from 'vitest';
import { createTestDatabase } from '../../../test/services/database.ts';
import { benchAudit } from '../../src/bench/audit.ts';

it('the rate of verifying an audit is measured over a chain that is whole, beside reading it', async () => {
  const database = await createTestDatabase('postgres');
  try {
    const { rows, findings, verifySeconds, readSeconds } = await benchAudit(database.url, 2000);
    expect({ rows, findings }).toEqual({ rows: 2000, findings: 0 });
    expect(Math.min(verifySeconds, readSeconds)).toBeGreaterThan(0);
  } finally {
    await database.drop();
  }
});
