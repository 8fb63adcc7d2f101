import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LockOut, network } from '../../src/api/lockOut.ts';
import { Pace } from '../../src/api/pace.ts';

const HOUR_MS = 3_600_000;

describe('a lock-out', () => {
  it('costs nothing at first, then doubles up to a quarter of an hour, and is forgotten after an hour', () => {
    const lockOut = new LockOut();
    let nowMs = 0;
    const waits: number[] = [];
    for (let i = 0; i < 15; i++) {
      waits.push(lockOut.failed('198.51.100.1', nowMs).lockedSeconds);
      nowMs += (waits.at(-1) ?? 0) * 1000 + 1;
      expect(lockOut.waitSeconds('198.51.100.1', nowMs)).toBe(0);
    }
    expect(waits).toEqual([0, 0, 0, 0, 0, 5, 10, 20, 40, 80, 160, 320, 640, 900, 900]);
    expect(lockOut.failed('198.51.100.1', nowMs + HOUR_MS + 1000)).toEqual({ failures: 1, lockedSeconds: 0 });
  });

  it('is over for whoever signs in', () => {
    const lockOut = new LockOut({ freeTries: 0 });
    lockOut.failed('198.51.100.1', 0);
    expect(lockOut.waitSeconds('198.51.100.1', 0)).toBe(5);
    lockOut.succeeded('198.51.100.1');
    expect(lockOut.waitSeconds('198.51.100.1', 0)).toBe(0);
  });

  it('holds for a whole IPv6 network, and for IPv4 written as IPv6', () => {
    expect(network('2001:db8:0:7::1')).toBe('2001:db8:0:7::/64');
    expect(network('2001:0db8:0000:0007:ffff::2%eth0')).toBe('2001:db8:0:7::/64');
    expect(network('fe80::1')).toBe('fe80:0:0:0::/64');
    expect(network('::1')).toBe('0:0:0:0::/64');
    expect(network('::ffff:198.51.100.1')).toBe('198.51.100.1');
    // What `::` stands for is as long as what is missing, and may lie within the network.
    expect(network('2001::a:b:c:d:e:f')).toBe('2001:0:a:b::/64');
    expect(network('2001:db8::')).toBe('2001:db8:0:0::/64');
  });

  it('forgets first who has failed least recently', () => {
    const lockOut = new LockOut({ addresses: 2 });
    for (const [second, host] of ['a', 'b', 'a', 'c'].entries()) lockOut.failed(host, second * 1000);
    expect(lockOut.failed('a', 4000).failures).toBe(3);
    expect(lockOut.failed('b', 5000).failures).toBe(1);
  });

  it('is counted, and so is who has to wait now', () => {
    const lockOut = new LockOut({ freeTries: 1 });
    lockOut.failed('a', 0);
    expect([lockOut.lockOuts, lockOut.locked(0)]).toEqual([0, 0]);
    for (const host of ['a', 'b', 'b', 'c']) lockOut.failed(host, 0);
    expect([lockOut.lockOuts, lockOut.locked(0), lockOut.locked(4999), lockOut.locked(5000)]).toEqual([2, 2, 2, 0]);
  });

  it('remembers a bounded number of addresses, and never keeps anybody back for what another did', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 300 }), (attackers) => {
        const lockOut = new LockOut({ freeTries: 1, addresses: 20 });
        attackers.forEach((host, second) => {
          lockOut.failed(`198.51.100.${host}`, second * 1000);
          expect(lockOut.size).toBeLessThanOrEqual(20);
          expect(lockOut.waitSeconds('192.0.2.1', second * 1000)).toBe(0);
        });
        // Whoever failed last is remembered.
        const last = attackers.at(-1);
        if (last !== undefined) expect(lockOut.failed(`198.51.100.${last}`, 300_000).failures).toBeGreaterThan(1);
      }),
    );
  });
});

describe('the pace of an identity', () => {
  it('is never more than the burst and what the time since allows', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 600 }), { minLength: 1, maxLength: 200 }), (gapsMs) => {
        const pace = new Pace({ burst: 4, perSecond: 2 });
        let [nowMs, letIn] = [0, 0];
        for (const gap of gapsMs) {
          nowMs += gap;
          const wait = pace.take('A', nowMs);
          if (wait === 0) letIn++;
          else expect(wait).toBeGreaterThanOrEqual(1);
        }
        expect(letIn).toBeLessThanOrEqual(4 + (nowMs / 1000) * 2);
      }),
    );
  });

  it('lets in whoever waits as long as was said, and nobody a whole second sooner', () => {
    const pace = new Pace({ burst: 1, perSecond: 0.1 });
    expect(pace.take('A', 0)).toBe(0);
    const wait = pace.take('A', 0);
    expect(wait).toBe(10);
    expect(pace.take('A', wait * 1000)).toBe(0);
    expect(pace.refused).toBe(1);

    const rates = fc.record({
      burst: fc.integer({ min: 1, max: 5 }),
      perSecond: fc.double({ min: 0.05, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(rates, fc.nat(900), (options, passedMs) => {
        const asked = new Pace(options);
        for (let i = 0; i < options.burst; i++) expect(asked.take('A', 0)).toBe(0);
        const seconds = asked.take('A', passedMs);
        if (seconds > 1) expect(asked.take('A', passedMs + (seconds - 1) * 1000 - 1)).toBeGreaterThan(0);
        expect(asked.take('A', passedMs + seconds * 1000 + 1)).toBe(0);
      }),
    );
  });

  it('is the same however many others ask', () => {
    const pace = new Pace({ burst: 2, perSecond: 1 });
    for (let i = 0; i < 3; i++) pace.take('A', 0);
    for (let i = 0; i < 2500; i++) expect(pace.take(`other ${i}`, 100)).toBe(0);
    expect(pace.take('A', 100)).toBe(1);
  });

  it('is three hundred at once and twenty a second where nothing else is said', () => {
    const pace = new Pace();
    const letIn = (nowMs: number) => Array.from({ length: 500 }, () => pace.take('A', nowMs)).filter((s) => s === 0);
    expect([letIn(0).length, letIn(2000).length]).toEqual([300, 40]);
  });
});
