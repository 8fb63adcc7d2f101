import { describe, expect, it } from 'vitest';
import { recurring } from '../src/recurring.ts';

describe('what recurs', () => {
  it('is done one at a time, in the order in which it was asked for', async () => {
    const seen: string[] = [];
    const { now, stop } = recurring(async () => {
      seen.push('begins');
      await new Promise(setImmediate);
      seen.push('ends');
    }, 3600);
    await Promise.all([now(), now()]);
    expect(seen).toEqual(['begins', 'ends', 'begins', 'ends']);
    await stop();
  });

  it('is told when it has to end, is waited for, and is not begun again', async () => {
    let ended = false;
    let begun = 0;
    const { now, stop } = recurring(async (signal) => {
      begun++;
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      ended = true;
    }, 3600);
    void now();
    await Promise.resolve();
    await stop();
    expect(ended).toBe(true);
    await now();
    expect(begun).toBe(1);
  });
});
