import { countsTopic, statusTopic, tracksTopic } from '@safe-passage/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Screened, screen } from '../../src/ingest/screen.ts';
import { countReport, gapReport, trackReport } from './reports.ts';

const nowMs = Date.now();
const limits = { nowMs, oldestMs: nowMs - 72 * 3_600_000, oldestCountsMs: nowMs - 48 * 3_600_000 };
const address = { site: 'demo', floor: 'hall', device: 'edge-1', camera: 'cam-1' };
const topic = tracksTopic(address);
const look = (document: unknown, at = topic): Screened =>
  screen(at, Buffer.from(typeof document === 'string' ? document : JSON.stringify(document)), limits);

function refusal(screened: Screened): string {
  if (screened.kind !== 'refused') throw new Error(`expected a refusal, found ${screened.kind}`);
  return screened.reason;
}

describe('screening of messages', () => {
  it('takes a track report and a gap report', () => {
    expect(look(trackReport(7))).toMatchObject({
      kind: 'report',
      located: { address, report: { sequence: 7 }, receivedAtMs: nowMs },
      receipt: { place: address, camera: 'cam-1', sequence: 7 },
    });
    expect(look(gapReport(8))).toMatchObject({ kind: 'report', located: { report: { schema: 'gap-report/1' } } });
  });

  it('blames the variant that the message says it is', () => {
    expect(refusal(look({ ...gapReport(1), reason: 'mood' }))).toMatch(/^reason: /);
    expect(refusal(look({ ...trackReport(1), schema: 'track-report/9' }))).toBe(
      'schema: must be track-report/1 or gap-report/1',
    );
    expect(refusal(look('[1, 2'))).toBe('document: must be JSON');
    expect(refusal(look('null'))).toBe('schema: must be track-report/1 or gap-report/1');
  });

  it('refuses a field that the contract does not know, and does not repeat it', () => {
    const reason = refusal(look({ ...trackReport(1), faces: ['a picture'] }));
    expect(reason).not.toMatch(/picture/);
  });

  it('refuses a report whose camera is not the camera of its topic', () => {
    expect(refusal(look(trackReport(1, { camera: 'cam-2' })))).toBe('camera: must be the camera of the topic');
  });

  it('gives one reason for the same fault at any place of a list', () => {
    const broken = (place: number) => {
      const report = trackReport(1) as { tracks: { points: unknown[][] }[] };
      const points = report.tracks[0]?.points ?? [];
      points[place] = [0, 1, 2, 0, 1];
      return refusal(look(report));
    };
    expect(broken(0)).toBe(broken(2));
    expect(broken(0)).toMatch(/^tracks\.\*\.points\.\*\.\*: /);
  });

  it('refuses what lies beyond the retention or ahead of the clock', () => {
    const at = (fromMs: number) => look(trackReport(1, { fromMs }));
    expect(refusal(at(limits.oldestMs - 1))).toBe('fromMs: must not be older than the retention of tracks');
    expect(refusal(at(nowMs + 3_700_000))).toBe('toMs: must not lie more than an hour ahead of the hub');
    expect(at(limits.oldestMs + 1).kind).toBe('report');
  });

  it('refuses times that contradict each other', () => {
    expect(refusal(look(trackReport(1, { fromMs: nowMs, toMs: nowMs - 1 })))).toBe('toMs: must not lie before fromMs');
    const points: [number, number, number, number, 0 | 1][] = [
      [500, 0, 0, 1, 1],
      [499, 0, 0, 1, 1],
    ];
    const backwards = trackReport(1, { tracks: [{ id: 'a'.repeat(16), state: 'active', points }] });
    expect(refusal(look(backwards))).toBe('tracks.*.points: must be in order of time');
    expect(refusal(look(gapReport(1, { firstSequence: 6, lastSequence: 5 })))).toMatch(/^lastSequence: /);
  });

  it('reads the key of a refused report where it can, so that its outbox lets it go', () => {
    const refused = look({ ...trackReport(9), calibration: 'wrong' });
    expect(refused).toMatchObject({ kind: 'refused', receipt: { camera: 'cam-1', sequence: 9 } });
    expect(look({ ...trackReport(9), sequence: -1 })).toMatchObject({ kind: 'refused', receipt: null });
  });

  it('leaves out of a topic what is no name of the contract', () => {
    const refused = screen('movement/v1/demo/Hall of Mirrors/edge-1/cam-1/tracks', Buffer.from('{}'), limits);
    expect(refused).toMatchObject({ kind: 'refused', topic: 'movement/v1/demo/?/edge-1/cam-1/tracks' });
  });

  it('takes an empty retained status for what it is: nothing', () => {
    expect(screen(statusTopic(address), Buffer.alloc(0), limits).kind).toBe('nothing');
  });

  it('takes an empty message on the topic of tracks for a question whether it may be sent, and keeps nothing of it', () => {
    expect(screen(tracksTopic(address), Buffer.alloc(0), limits).kind).toBe('nothing');
  });

  it('takes counts on their topic alone, and nothing finer there', () => {
    const counts = countsTopic(address);
    expect(look(countReport(7), counts)).toMatchObject({
      kind: 'report',
      located: { address, report: { schema: 'count-report/1', sequence: 7 } },
      receipt: { camera: 'cam-1', sequence: 7 },
    });
    expect(look(gapReport(8), counts).kind).toBe('report');
    expect(refusal(look(trackReport(9), counts))).toBe('schema: must be count-report/1 or gap-report/1');
    expect(refusal(look(countReport(9)))).toBe('schema: must be track-report/1 or gap-report/1');
    const { fromMs } = countReport(1);
    expect(refusal(look(countReport(1, { fromMs: fromMs + 1000 }), counts))).toBe(
      'fromMs: must be the begin of a quarter-hour',
    );
    expect(refusal(look(countReport(1, { fromMs: fromMs - 49 * 3_600_000 }), counts))).toBe(
      'fromMs: must not be older than the retention of counts',
    );
    expect(refusal(look(countReport(1, { camera: 'cam-2' }), counts))).toBe('camera: must be the camera of the topic');
  });

  it('refuses tracks where counts alone may be sent, whatever is in them, and lets the outbox destroy them', () => {
    const strict = (document: unknown, at = topic) =>
      screen(at, Buffer.from(JSON.stringify(document)), limits, ({ camera }) =>
        camera === 'cam-1' ? 'counts' : 'tracks',
      );
    for (const report of [trackReport(7), { ...trackReport(7), surplus: 1 }]) {
      expect(strict(report)).toMatchObject({ kind: 'refused', finerThanAllowed: true, receipt: { sequence: 7 } });
    }
    expect(refusal(strict(trackReport(7)))).toContain('set privacyLevel: counts in edge.yaml');
    expect(strict(gapReport(8)).kind).toBe('report');
    expect(strict(countReport(9), countsTopic(address)).kind).toBe('report');
    const other = { ...address, camera: 'cam-2' };
    expect(strict(trackReport(7, { camera: 'cam-2' }), tracksTopic(other)).kind).toBe('report');
  });

  it('never throws and never repeats what it refuses', () => {
    const secret = 'xQ7secretQ7x';
    const value = fc.oneof(fc.constant(secret), fc.jsonValue(), fc.constant([secret]), fc.constant({ [secret]: 1 }));
    const field = fc.constantFrom(...Object.keys(trackReport(1)));
    fc.assert(
      fc.property(field, value, (name, replacement) => {
        const screened = look({ ...trackReport(3), [name]: replacement });
        if (screened.kind === 'refused') {
          expect(screened.reason).not.toContain(secret);
          expect(screened.topic).not.toContain(secret);
        }
      }),
    );
  });
});
