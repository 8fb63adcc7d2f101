import fc from 'fast-check';
import { expect, it } from 'vitest';
import { packBodies, unpackBodies } from '../../src/watch/snapshot.ts';

it('a moment of the floor comes out of its buffer as it went in', () => {
  const number = fc.double({ noNaN: true, min: -1000, max: 1000 });
  const body = fc.record({
    id: fc.nat(1e6),
    x: number,
    y: number,
    heading: number,
    speed: number,
    height: number,
    seated: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(body, { maxLength: 40 }), number, (people, time) => {
      // Room for more than there are, as the world has it.
      const room = people.length + 3;
      const column = (pick: (person: (typeof people)[number]) => number) =>
        Float64Array.from({ length: room }, (_, i) => (people[i] ? pick(people[i]) : 7));
      const packed = packBodies(
        {
          count: people.length,
          id: Int32Array.from({ length: room }, (_, i) => people[i]?.id ?? 7),
          x: column((p) => p.x),
          y: column((p) => p.y),
          headingRadians: column((p) => p.heading),
          speed: column((p) => p.speed),
          heightMetres: column((p) => p.height),
          seated: Uint8Array.from({ length: room }, (_, i) => (people[i]?.seated ? 1 : 0)),
        },
        time,
      );
      const { timeSeconds, bodies } = unpackBodies(packed);
      expect(timeSeconds).toBe(time);
      expect(bodies.count).toBe(people.length);
      expect([...bodies.id]).toEqual(people.map((p) => p.id));
      expect([...bodies.x]).toEqual(people.map((p) => p.x));
      expect([...bodies.y]).toEqual(people.map((p) => p.y));
      expect([...bodies.headingRadians]).toEqual(people.map((p) => p.heading));
      expect([...bodies.speed]).toEqual(people.map((p) => p.speed));
      expect([...bodies.heightMetres]).toEqual(people.map((p) => p.height));
      expect([...bodies.seated]).toEqual(people.map((p) => (p.seated ? 1 : 0)));
    }),
  );
});
