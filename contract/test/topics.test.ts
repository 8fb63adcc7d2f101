import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  alertsTopic,
  auditCheckpointTopic,
  checker,
  commandTopic,
  countsTopic,
  healthTopic,
  Identifier,
  parseTopic,
  receiptsTopic,
  statusTopic,
  tracksTopic,
} from '../src/index.ts';

const name = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?$/);
const reserved = new Set(['alerts']);

describe('topics', () => {
  it('of a site alone are the alerts of a pattern and the checkpoint of the audit', () => {
    fc.assert(
      fc.property(name, name, (site, pattern) => {
        expect(parseTopic(alertsTopic(site, pattern))).toEqual({ kind: 'alerts', site, pattern });
        expect(parseTopic(auditCheckpointTopic(site))).toEqual({ kind: 'auditCheckpoint', site });
        fc.pre(pattern !== 'checkpoint');
        expect(parseTopic(`movement/v1/${site}/audit/${pattern}`)).toBeNull();
      }),
    );
  });

  it('come apart into what they were made of', () => {
    fc.assert(
      fc.property(name, name, name, name, (site, floor, device, camera) => {
        fc.pre(!reserved.has(floor));
        const address = { site, floor, device, camera };
        expect(parseTopic(tracksTopic(address))).toEqual({ kind: 'tracks', ...address });
        expect(parseTopic(countsTopic(address))).toEqual({ kind: 'counts', ...address });
        expect(parseTopic(statusTopic(address))).toEqual({ kind: 'status', site, floor, device });
        expect(parseTopic(healthTopic(address))).toEqual({ kind: 'health', site, floor, device });
        expect(parseTopic(commandTopic(address))).toEqual({ kind: 'command', site, floor, device });
        expect(parseTopic(receiptsTopic(address))).toEqual({ kind: 'receipts', site, floor, device });
      }),
    );
  });

  it.each([
    's/f/d/c/x/tracks',
    's/f/d/c/tracks/x',
    's/f/d/tracks',
    's/f/d/status/x',
    's/f/d/x/status',
    's/f/status',
    's/alerts',
    's/alerts/p/x',
    's/x/alerts/p',
    's/audit',
    's/audit/checkpoint/x',
    's/x/checkpoint',
    's',
  ])('are refused with a level too many or too few: %s', (levels) => {
    expect(parseTopic(`movement/v1/${levels}`)).toBeNull();
  });

  it('are refused when a level could be a wildcard, a path or empty', () => {
    for (const level of ['+', '#', '', '..', 'A', 'a_b', 'a/b', '-a', 'a'.repeat(64)]) {
      expect(parseTopic(`movement/v1/site/floor/device/${level}/tracks`)).toBeNull();
    }
  });

  it('take for a level what files may have for a name, and nothing else', () => {
    const isName = checker(Identifier);
    const nearly = fc.oneof(
      name,
      fc.stringMatching(/^[a-zA-Z0-9_. -]{0,5}$/),
      fc.constantFrom('a'.repeat(63), 'a'.repeat(64)),
    );
    fc.assert(
      fc.property(nearly, (level) => {
        const parsed = parseTopic(`movement/v1/site/floor/${level}/status`);
        expect(parsed !== null, JSON.stringify(level)).toBe(isName(level).ok);
      }),
    );
  });
});
