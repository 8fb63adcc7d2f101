/** Each scenario moves as its truth claims; its look-alikes do not. Measured from where people were, not from what they meant. */
import { describe, expect, it } from 'vitest';
import { LOOK_ALIKES, SCENARIO_KINDS, type ScenarioKind } from '../../src/scenarios/kinds.ts';
import type { ScenarioRecord } from '../../src/truth/events.ts';
import { World } from '../../src/world.ts';
import {
  at,
  distanceAt,
  distances,
  LagCorrelation,
  type Observed,
  observe,
  type Path,
  quantile,
  scenariosOf,
} from './observe.ts';
import { tinyTerminal } from './tinyTerminal.ts';

const observedByKind = new Map<ScenarioKind, Observed>();

/** A quiet hour in which this kind and its look-alikes are staged often; each is looked at by several tests. */
function staged(kind: ScenarioKind): Observed {
  let observed = observedByKind.get(kind);
  if (!observed) {
    const world = new World(tinyTerminal(), {
      seed: 11,
      passengersPerHour: 150,
      scenarios: [kind],
      scenariosPerHour: 9,
    });
    observed = observe(world, 80);
    observedByKind.set(kind, observed);
  }
  return observed;
}

function ofVariant(kind: ScenarioKind, variant: string): { records: ScenarioRecord[]; path: (id: number) => Path } {
  const { events, paths } = staged(kind);
  const records = scenariosOf(events).filter((record) => record.variant === variant && record.complete);
  const path = (id: number): Path => {
    const found = paths.get(id);
    if (!found) throw new Error(`nobody ${id}`);
    return found;
  };
  return { records, path };
}

interface PairMeasures {
  readonly lagSeconds: number;
  readonly nearMedian: number;
  readonly near: number[];
  /** Share of the time in which the second is ahead of the first, as seen in the direction of both. */
  readonly secondAhead: number;
}

/** First and second person of every phase of this name. */
function pairs(kind: ScenarioKind, variant: string, phase: string): PairMeasures {
  const { records, path } = ofVariant(kind, variant);
  expect(records.length).toBeGreaterThan(0);
  const lag = new LagCorrelation();
  const near: number[] = [];
  let ahead = 0;
  let both = 0;
  for (const record of records) {
    for (const { name, from, to, persons } of record.phases) {
      if (name !== phase || to - from < 6) continue;
      const [a, b] = [path(persons[0] as number), path(persons[1] as number)];
      lag.add(a, b, from, to);
      // The first seconds are theirs to find each other.
      near.push(...distances(a, b, from + 4, to));
      for (let step = Math.round((from + 4) * 10); step < to * 10; step += 1) {
        const [ax, ay] = at(a, step);
        const [bx, by] = at(b, step);
        const [b1x, b1y] = at(b, step + 5);
        const [ux, uy] = [b1x - bx, b1y - by];
        if (!(Math.hypot(ux, uy) > 0.3)) continue;
        both += 1;
        if ((bx - ax) * ux + (by - ay) * uy > 0.4 * Math.hypot(ux, uy)) ahead += 1;
      }
    }
  }
  expect(near.length).toBeGreaterThan(300);
  return { lagSeconds: lag.lagSeconds, nearMedian: quantile(near, 0.5), near, secondAhead: ahead / both };
}

describe('every kind of scenario', () => {
  it.each(SCENARIO_KINDS)(
    '%s is staged, and so are its look-alikes, each with its truth',
    (kind) => {
      const records = scenariosOf(staged(kind).events);
      for (const variant of [kind, ...LOOK_ALIKES[kind]]) {
        const own = records.filter((record) => record.variant === variant);
        expect(own.filter((record) => record.complete).length, variant).toBeGreaterThan(0);
        for (const record of own) {
          expect(record.kind).toBe(kind);
          expect(record.decoy).toBe(variant !== kind);
          expect(record.persons.length).toBeGreaterThan(0);
          expect(record.to).toBeGreaterThan(record.from);
          const cast = new Set(record.persons.map((person) => person.id));
          for (const phase of record.phases) {
            expect(phase.from).toBeGreaterThanOrEqual(record.from);
            expect(phase.to).toBeLessThanOrEqual(record.to);
            for (const id of phase.persons) expect(cast.has(id)).toBe(true);
          }
          for (const moment of record.moments) {
            expect(moment.t).toBeGreaterThanOrEqual(record.from);
            expect(moment.t).toBeLessThanOrEqual(record.to);
          }
        }
      }
    },
    120_000,
  );

  it('draws several a kind an hour when all are wanted', () => {
    const world = new World(tinyTerminal(), { seed: 3, passengersPerHour: 100, scenarios: 'all', scenariosPerHour: 3 });
    const begun = new Map<string, number>();
    for (let step = 0; step < 75 * 600; step += 1) {
      world.step();
      for (const event of world.drainEvents())
        if (event.type === 'scenario-started') {
          const key = `${event.kind} ${event.decoy}`;
          begun.set(key, (begun.get(key) ?? 0) + 1);
        }
    }
    for (const kind of SCENARIO_KINDS)
      for (const decoy of [false, true])
        expect(begun.get(`${kind} ${decoy}`), `${kind} ${decoy}`).toBeGreaterThanOrEqual(3);
  }, 240_000);
});

describe('escort', () => {
  it('has a follower 0.8 to 1.5 m behind who does everything half a second to one and a half later', () => {
    const led = pairs('escort', 'escort', 'led');
    expect(led.lagSeconds).toBeGreaterThanOrEqual(0.5);
    expect(led.lagSeconds).toBeLessThanOrEqual(1.6);
    expect(led.nearMedian).toBeGreaterThan(0.8);
    expect(led.nearMedian).toBeLessThan(1.5);
    expect(led.secondAhead).toBeGreaterThan(0.8);
  }, 240_000);

  it('is never alone: within 3 m of the leader from the gate to the door', () => {
    const { records, path } = ofVariant('escort', 'escort');
    for (const record of records) {
      const [leader, follower] = record.persons.map((person) => path(person.id)) as [Path, Path];
      const apart = distances(leader, follower, record.from + 5, record.to - 5);
      expect(quantile(apart, 0.97)).toBeLessThan(3);
    }
  }, 240_000);

  it('differs from a couple, who walk side by side and neither of whom follows', () => {
    const couple = pairs('escort', 'couple', 'abreast');
    expect(Math.abs(couple.lagSeconds)).toBeLessThan(0.5);
    expect(couple.secondAhead).toBeLessThan(0.6);
  }, 240_000);

  it('differs from assistance, where the one in front is pushed and nobody lags', () => {
    const pushed = pairs('escort', 'wheelchair-assistance', 'pushed');
    expect(Math.abs(pushed.lagSeconds)).toBeLessThan(0.5);
  }, 240_000);

  it('differs from a guide, who waits for whom is shown the way', () => {
    const { records, path } = ofVariant('escort', 'guide-and-tourist');
    let apart = 0;
    let all = 0;
    for (const record of records) {
      const [guide, tourist] = record.persons.map((person) => path(person.id)) as [Path, Path];
      const found = distances(guide, tourist, record.from + 5, record.to - 5);
      all += found.length;
      apart += found.filter((distance) => distance > 2).length;
    }
    expect(apart / all).toBeGreaterThan(0.05);
  }, 240_000);
});

describe('handover', () => {
  it('really changes the leader: near the first before, near the second after, and never alone', () => {
    const { records, path } = ofVariant('handover', 'handover');
    for (const record of records) {
      const moment = record.moments.find((one) => one.name === 'leader-changes');
      expect(moment).toBeDefined();
      if (!moment) continue;
      const [follower, first, second] = moment.persons.map(path) as [Path, Path, Path];
      expect(quantile(distances(follower, first, moment.t - 40, moment.t), 0.5)).toBeLessThan(2);
      const on = record.phases.filter((phase) => phase.name === 'led' && phase.from > moment.t).at(-1);
      if (!on) throw new Error('nobody led on');
      expect(quantile(distances(follower, second, moment.t + 5, on.to), 0.5)).toBeLessThan(2);
      // By then the first is far, or gone.
      expect(distanceAt(follower, first, Math.round(on.to * 10))).not.toBeLessThan(3);
      for (let step = Math.round((record.from + 6) * 10); step < on.to * 10; step += 5) {
        const near = Math.min(
          ...[first, second].map((one) => distanceAt(follower, one, step)).filter((d) => !Number.isNaN(d)),
        );
        if (!Number.isNaN(distanceAt(follower, follower, step))) expect(near).toBeLessThan(4.5);
      }
    }
  }, 240_000);

  it('differs from a goodbye, after which one is alone for a while', () => {
    const { records, path } = ofVariant('handover', 'goodbye-and-met');
    expect(records.length).toBeGreaterThan(0);
    for (const record of records) {
      const alone = record.phases.find((phase) => phase.name === 'alone');
      if (!alone) throw new Error('nobody was alone');
      const others = record.persons.map((person) => person.id).filter((id) => id !== alone.persons[0]);
      const stays = path(alone.persons[0] as number);
      let seconds = 0;
      for (let step = Math.round(alone.from * 10); step < alone.to * 10; step += 1)
        if (others.every((id) => !(distanceAt(stays, path(id), step) < 3))) seconds += 0.1;
      expect(seconds).toBeGreaterThan(8);
    }
  }, 240_000);
});

describe('flanking', () => {
  /** Share of the walking time in which the first has one of the others close on either side. */
  function between(variant: string, phase: string, middle: number): number {
    const { records, path } = ofVariant('flanking', variant);
    expect(records.length).toBeGreaterThan(0);
    let kept = 0;
    let all = 0;
    for (const record of records) {
      for (const { name, from, to, persons } of record.phases) {
        if (name !== phase) continue;
        const own = path(persons[middle] as number);
        const others = persons.filter((_, index) => index !== middle).map(path) as [Path, Path];
        for (let step = Math.round((from + 4) * 10); step < to * 10 - 10; step += 2) {
          const [x, y] = at(own, step);
          const [x1, y1] = at(own, step + 8);
          const [ux, uy] = [x1 - x, y1 - y];
          const length = Math.hypot(ux, uy);
          if (!(length > 0.4)) continue;
          const sides = others.map((other) => {
            const [ox, oy] = at(other, step);
            return { left: ((oy - y) * ux - (ox - x) * uy) / length, ahead: ((ox - x) * ux + (oy - y) * uy) / length };
          });
          const [one, two] = sides as [(typeof sides)[0], (typeof sides)[0]];
          all += 1;
          if (one.left * two.left < 0 && sides.every((side) => Math.abs(side.left) < 1.5 && Math.abs(side.ahead) < 1))
            kept += 1;
        }
      }
    }
    expect(all).toBeGreaterThan(200);
    return kept / all;
  }

  it('keeps one between two', () => {
    expect(between('flanking', 'flanked', 0)).toBeGreaterThan(0.7);
  }, 240_000);

  it('differs from three friends, none of whom is always the middle one', () => {
    for (const middle of [0, 1, 2]) expect(between('three-friends', 'abreast', middle)).toBeLessThan(0.6);
  }, 240_000);

  it('differs from a child between parents, who runs ahead and aside', () => {
    expect(between('child-between-parents', 'beside-parents', 2)).toBeLessThan(0.7);
  }, 240_000);
});

describe('shadowing', () => {
  function shares(variant: string, phase: string): { within: number; stopsToo: number } {
    const { records, path } = ofVariant('shadowing', variant);
    expect(records.length).toBeGreaterThan(1);
    let within = 0;
    let all = 0;
    let stopped = 0;
    let both = 0;
    for (const record of records) {
      for (const { name, from, to, persons } of record.phases) {
        if (name !== phase) continue;
        const [behind, ahead] = [path(persons[0] as number), path(persons[1] as number)];
        for (let step = Math.round(from * 10); step < to * 10 - 30; step += 1) {
          const distance = distanceAt(behind, ahead, step);
          if (Number.isNaN(distance)) continue;
          all += 1;
          if (distance >= 8 && distance <= 25) within += 1;
          const moved = (one: Path, offset: number): number => {
            const [x0, y0] = at(one, step + offset);
            const [x1, y1] = at(one, step + offset + 20);
            return Math.hypot(x1 - x0, y1 - y0);
          };
          // The one ahead has stood for four seconds already.
          if (moved(ahead, -40) < 0.4 && moved(ahead, -20) < 0.4 && moved(ahead, 0) < 0.4) {
            stopped += 1;
            if (moved(behind, 0) < 0.6) both += 1;
          }
        }
      }
    }
    return { within: within / all, stopsToo: both / stopped };
  }

  it('stays 8 to 25 m behind for four fifths of the time, and stops when the other stops', () => {
    const { within, stopsToo } = shares('shadowing', 'shadowed');
    expect(within).toBeGreaterThanOrEqual(0.8);
    expect(stopsToo).toBeGreaterThan(0.8);
  }, 240_000);

  it('differs from the same way by chance, where each stops when it likes', () => {
    const { within, stopsToo } = shares('same-way', 'same-way');
    expect(within * stopsToo).toBeLessThan(0.5);
  }, 240_000);
});

describe('regrouping', () => {
  function apart(variant: string): { parted: number; waited: number }[] {
    const { records, path } = ofVariant('regrouping', variant);
    expect(records.length).toBeGreaterThan(1);
    return records.map((record) => {
      const phase = record.phases.find((one) => one.name === 'apart');
      if (!phase) throw new Error('never apart');
      const [a, b] = [path(phase.persons[0] as number), path(phase.persons.at(-1) as number)];
      const found = distances(a, b, phase.from, phase.to);
      const together = record.phases.filter((one) => one.name === 'together');
      // Of a row of four the outer ones are 3 m apart: together is whoever has one of the others near.
      const others = phase.persons.slice(0, -1).map(path);
      const nearest = (from: number, to: number): number[] => {
        const each = others.map((other) => distances(b, other, from, to));
        return (each[0] ?? []).map((_, index) => Math.min(...each.map((one) => one[index] ?? Infinity)));
      };
      const before = nearest((together[0]?.from ?? 0) + 4, phase.from);
      const after = nearest((together.at(-1)?.from ?? 0) + 2, (together.at(-1)?.to ?? 0) - 1);
      expect(quantile(before, 0.5)).toBeLessThan(2.5);
      expect(quantile(after, 0.5)).toBeLessThan(2.5);
      return { parted: quantile(found, 0.5), waited: phase.to - phase.from };
    });
  }

  it('has a group that is together before and behind the control, and apart in it', () => {
    for (const { parted } of apart('regrouping')) expect(parted).toBeGreaterThan(4);
  }, 240_000);

  it('differs from a split family in how far before the control they part', () => {
    const distance = (variant: string): number => {
      const { records, path } = ofVariant('regrouping', variant);
      const found = records.map((record) => {
        const moment = record.moments.find((one) => one.name === 'parted');
        if (!moment) throw new Error('never parted');
        const [x] = at(path(moment.persons[0] as number), Math.round(moment.t * 10));
        return 25 - x;
      });
      return quantile(found, 0.5);
    };
    expect(distance('regrouping')).toBeGreaterThan(distance('split-family') + 3);
  }, 240_000);
});

describe('coordinator', () => {
  /** How many were within 1.5 m of the middle one for ten seconds, and how many pairs of them were so with each other. */
  function contacts(variant: string): { met: number; knew: number }[] {
    const { records, path } = ofVariant('coordinator', variant);
    expect(records.length).toBeGreaterThan(0);
    return records.map((record) => {
      const [middle, ...others] = record.persons.map((person) => path(person.id)) as [Path, ...Path[]];
      const long = (a: Path, b: Path): boolean =>
        distances(a, b, record.from, record.to).filter((distance) => distance < 1.6).length > 100;
      let knew = 0;
      for (const [index, one] of others.entries())
        for (const other of others.slice(0, index)) if (long(one, other)) knew += 1;
      return { met: others.filter((other) => long(middle, other)).length, knew };
    });
  }

  it('meets four to eight, one after another, who do not meet each other', () => {
    for (const { met, knew } of contacts('coordinator')) {
      expect(met).toBeGreaterThanOrEqual(4);
      expect(met).toBeLessThanOrEqual(8);
      expect(knew).toBe(0);
    }
  }, 240_000);

  it('differs from a guide, whose tour stays together', () => {
    for (const { knew } of contacts('tour-guide')) expect(knew).toBeGreaterThan(1);
  }, 240_000);

  it('differs from an information desk, which stays where it is', () => {
    const spread = (variant: string): number => {
      const { records, path } = ofVariant('coordinator', variant);
      return Math.max(
        ...records.map((record) => {
          const middle = path((record.persons[0] as { id: number }).id);
          const speaking = record.phases.filter((phase) => phase.persons[0] === record.persons[0]?.id);
          const places = speaking.map((phase) => at(middle, Math.round(phase.to * 10)));
          return Math.max(...places.map(([x, y]) => Math.hypot(x - (places[0]?.[0] ?? 0), y - (places[0]?.[1] ?? 0))));
        }),
      );
    };
    expect(spread('information-desk')).toBeLessThan(2.5);
    expect(spread('coordinator')).toBeGreaterThan(3);
  }, 240_000);
});

describe('long dwell', () => {
  function reach(variant: string, phase: string): { minutes: number; metres: number }[] {
    const { records, path } = ofVariant('long-dwell', variant);
    return records.flatMap((record) =>
      record.phases
        .filter((one) => one.name === phase)
        .map(({ from, to, persons }) => {
          const own = path(persons[0] as number);
          let metres = 0;
          for (let step = Math.round(from * 10) + 10; step < to * 10; step += 10) {
            const [x0, y0] = at(own, step - 10);
            const [x1, y1] = at(own, step);
            metres += Math.hypot(x1 - x0, y1 - y0);
          }
          return { minutes: (to - from) / 60, metres: metres / ((to - from) / 60) };
        }),
    );
  }

  it('stays ten minutes and more, nearly still', () => {
    const found = reach('long-dwell', 'stays');
    for (const { minutes, metres } of found) {
      expect(minutes).toBeGreaterThanOrEqual(10);
      expect(metres).toBeLessThan(4);
    }
  }, 240_000);

  it('differs from a telephone call as long, which walks up and down', () => {
    for (const { minutes, metres } of reach('phone-call', 'calls')) {
      expect(minutes).toBeGreaterThanOrEqual(10);
      expect(metres).toBeGreaterThan(6);
    }
  }, 240_000);
});

describe('combination', () => {
  it('is led, handed over, and then between two', () => {
    const { records } = ofVariant('combination', 'combination');
    expect(records.length).toBeGreaterThan(0);
    for (const record of records) {
      const names = record.phases.map((phase) => phase.name);
      expect(names.indexOf('led')).toBeLessThan(names.indexOf('handover'));
      expect(names.indexOf('handover')).toBeLessThan(names.indexOf('flanked'));
    }
  }, 240_000);
});
