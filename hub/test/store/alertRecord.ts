import { randomUUID } from 'node:crypto';
import type { AlertRecord } from '../../src/alert/transition.ts';
import { SITE } from './freshStore.ts';

export const BASE_MS = Date.now() - 600_000;

/** The alert of a stay, as a scorer knows it. */
export function alertRecord(overrides: Partial<AlertRecord> = {}): AlertRecord {
  return {
    id: randomUUID(),
    site: SITE,
    floor: 'hall',
    zone: 'table',
    pattern: 'dwell',
    live: true,
    delayed: false,
    raisedAtMs: BASE_MS + 1,
    updatedAtMs: BASE_MS + 1,
    fromMs: BASE_MS - 20_000,
    toMs: BASE_MS,
    score: 0.25,
    severity: 0.5,
    sentence: 'Present for 20 s where 15 s are usual.',
    detail: {
      policy: '1',
      patterns: ['dwell'],
      limitSeconds: 15,
      seconds: 20,
      reasons: [{ text: 'Present for 20 s.', fromMs: BASE_MS - 20_000, toMs: BASE_MS }],
      explanations: ['Waiting for somebody.'],
      uncertainty: { coastedShare: 0.1, gapsBridged: 1, identityJoins: 0, joinProbability: 1, sigmaMetres: 0.12 },
      persons: [],
      moments: [],
    },
    ...overrides,
  };
}
