import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Outbox } from '../../src/outbox/outbox.ts';
import { Delivery } from '../../src/publish/delivery.ts';

const EPOCH = '0123456789abcdef';
const T0 = 1_700_000_000_000;

let folder: string;
let outbox: Outbox;
let now: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'safe-passage-delivery-'));
  outbox = new Outbox({
    path: join(folder, 'outbox.db'),
    owner: 'site/floor/device/cam-1',
    maxBytes: 10_000_000,
    maxAgeMs: 3_600_000,
    log: pino({ level: 'silent' }),
  });
  now = 0;
});
afterEach(() => {
  outbox.close();
  rmSync(folder, { recursive: true, force: true });
});

function accept(count: number): void {
  for (let i = 0; i < count; i += 1) {
    const at = T0 + i * 1000;
    outbox.append(
      {
        schema: 'track-report/1',
        camera: 'cam-1',
        calibration: 'nominal',
        epoch: EPOCH,
        fromMs: at,
        toMs: at,
        tracks: [],
      },
      T0,
    );
  }
}

/** What a broker sees: every sequence number that was sent, and the power to acknowledge or refuse. */
function wire() {
  const sent: number[] = [];
  const waiting: { sequence: number; acknowledge: () => void; refuse: () => void }[] = [];
  const send = ({ sequence }: { sequence: number }) => {
    sent.push(sequence);
    return new Promise<void>((acknowledge, reject) => {
      waiting.push({ sequence, acknowledge, refuse: () => reject(new Error('not taken')) });
    });
  };
  const settle = () => new Promise((done) => setImmediate(done));
  const acknowledgeAll = async () => {
    while (waiting.length > 0) {
      for (const { acknowledge } of waiting.splice(0)) acknowledge();
      await settle();
    }
  };
  return { sent, waiting, send, settle, acknowledgeAll };
}

const delivery = (confirm: 'hub' | 'broker' = 'hub') =>
  new Delivery({ outbox, confirm, epoch: () => EPOCH, clock: () => now });
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe('delivery', () => {
  it('sends in order of sequence, and never more than 64 without an acknowledgement', async () => {
    accept(200);
    const { sent, waiting, send, settle, acknowledgeAll } = wire();
    delivery().connected(send);
    expect(sent).toEqual(range(1, 64));
    waiting.shift()?.acknowledge();
    await settle();
    expect(sent).toEqual(range(1, 65));
    await acknowledgeAll();
    expect(sent).toEqual(range(1, 200));
  });

  it('keeps a report that the broker acknowledged until the hub has confirmed it', async () => {
    accept(3);
    const { send, acknowledgeAll } = wire();
    const d = delivery();
    d.connected(send);
    await acknowledgeAll();
    expect(outbox.counts().reports).toBe(3);
    d.receipt('ffffffffffffffff', [1, 2, 3]);
    expect(outbox.counts().reports).toBe(3);
    d.receipt(EPOCH, [2]);
    expect(outbox.rowsAfter(0, 9).map((row) => row.sequence)).toEqual([1, 3]);
  });

  it('takes the word of a broker whose disk is trusted, where it is told to', async () => {
    accept(100);
    const { send, acknowledgeAll } = wire();
    delivery('broker').connected(send);
    await acknowledgeAll();
    expect(outbox.counts().reports).toBe(0);
  });

  it('sends everything that is not confirmed again with a new connection; late answers of the old one are nothing', async () => {
    accept(5);
    const first = wire();
    const d = delivery('broker');
    d.connected(first.send);
    d.disconnected();
    const second = wire();
    d.connected(second.send);
    await first.acknowledgeAll();
    expect(outbox.counts().reports).toBe(5);
    expect(second.sent).toEqual(range(1, 5));
    await second.acknowledgeAll();
    expect(outbox.counts().reports).toBe(0);
  });

  it('sends an older report again 10 s after it, once a later one is confirmed, then after 20 s more', async () => {
    accept(40);
    const { sent, send, acknowledgeAll } = wire();
    const d = delivery();
    d.connected(send);
    await acknowledgeAll();
    d.receipt(
      EPOCH,
      range(1, 40).filter((n) => n !== 30),
    );
    const resentAt: number[] = [];
    for (now = 0; now <= 80_000; now += 1000) {
      const before = sent.length;
      d.tick();
      await acknowledgeAll();
      if (sent.length > before) resentAt.push(now);
    }
    expect(resentAt).toEqual([10_000, 30_000, 70_000]);
    expect(sent.slice(40)).toEqual([30, 30, 30]);
  });

  it('never storms a hub that is silent: few are tried again, and ever more rarely', async () => {
    accept(1000);
    const { sent, send, acknowledgeAll } = wire();
    const d = delivery();
    d.connected(send);
    await acknowledgeAll();
    for (now = 0; now <= 3_600_000; now += 1000) {
      d.tick();
      await acknowledgeAll();
    }
    const again = sent.length - 1000;
    expect(again).toBeGreaterThan(16);
    expect(again).toBeLessThan(16 * 20);
    expect(new Set(sent.slice(1000))).toEqual(new Set(range(1, 16)));
  });

  it('tries a report again that the broker refused, and goes on with the others', async () => {
    accept(2);
    const { sent, waiting, send, settle } = wire();
    const d = delivery('broker');
    d.connected(send);
    waiting[0]?.refuse();
    waiting[1]?.acknowledge();
    await settle();
    expect(outbox.rowsAfter(0, 9).map((row) => row.sequence)).toEqual([1]);
    now = 10_000;
    d.tick();
    expect(sent).toEqual([1, 2, 1]);
  });

  it('goes on past reports that were forgotten while they waited for a receipt', async () => {
    accept(5000);
    const first = wire();
    const d = delivery();
    d.connected(first.send);
    await first.acknowledgeAll();
    expect(first.sent).toHaveLength(4096);
    // What waits over a connection that is lost keeps nothing waiting over the next.
    d.disconnected();
    const { sent, send, acknowledgeAll } = wire();
    d.connected(send);
    await acknowledgeAll();
    expect(sent).toEqual(range(1, 4096));
    outbox.forgetOld(T0 + 3_600_000 + 4_000_000);
    d.tick();
    await acknowledgeAll();
    // 4001 to 5000 were young enough, and 5001 declares the others.
    expect(sent.slice(4096)).toEqual(range(4097, 5001));
  });

  it('tells who waits when everything is confirmed, and lets go of who waits no longer', async () => {
    accept(1);
    const { send, settle, acknowledgeAll } = wire();
    const d = delivery();
    d.connected(send);
    await acknowledgeAll();
    const patience = new AbortController();
    const given = d.drained(patience.signal);
    patience.abort();
    await given;
    let over = false;
    const drained = d.drained(new AbortController().signal).then(() => {
      over = true;
    });
    await settle();
    expect(over).toBe(false);
    d.receipt(EPOCH, [1]);
    await drained;
    expect(outbox.counts().reports).toBe(0);
    await d.drained(new AbortController().signal);
  });
});
