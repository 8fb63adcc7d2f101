import { describe, expect, it } from 'vitest';
import { ToldOnce } from '../../src/ingest/toldOnce.ts';

describe('a problem of the connection to the broker', () => {
  it('is said once, whatever else is said in between, until things stand differently', () => {
    const told = new ToldOnce();
    expect(['refused', 'no route', 'refused', 'no route'].map((what) => told.isNews(what))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    told.clear();
    expect(told.isNews('refused')).toBe(true);
  });

  it('stays said beside any number of others that never come again', () => {
    const told = new ToldOnce();
    told.isNews('refused');
    for (let attempt = 0; attempt < 1000; attempt++) {
      expect(told.isNews(`reset by 127.0.0.1:${attempt}`)).toBe(true);
      expect(told.isNews('refused')).toBe(false);
    }
    expect(told.isNews('reset by 127.0.0.1:999'), 'the last ones are remembered').toBe(false);
    expect(told.isNews('reset by 127.0.0.1:0'), 'not all of them').toBe(true);
  });
});
