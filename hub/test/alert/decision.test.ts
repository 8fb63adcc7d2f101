import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideStory, isEnough, isSign, partsOf, type Surroundings } from '../../src/alert/decision.ts';
import { DEFAULT_POLICY } from '../../src/alert/policy.ts';
import type { Sign } from '../../src/alert/sign.ts';
import { MOVEMENT_PATTERNS } from '../../src/score/movementRecord.ts';
import { dwell, movement, reader, sign, stay, type Told } from './movements.ts';

const alone: Surroundings = { nameOf: (person) => person, passages: () => [] };
const decide = (signs: readonly Sign[], around = alone) => decideStory(signs, DEFAULT_POLICY, around);
const by = (signs: readonly Sign[], around = alone) => decide(signs, around)?.by.map(({ pattern }) => pattern) ?? null;

describe('one movement', () => {
  it('that is weak is no alert, whatever it is', () => {
    for (const pattern of MOVEMENT_PATTERNS) {
      expect(by([sign(pattern, 'ABCDE', { score: 1.5, to: 600 })]), pattern).toBeNull();
    }
  });

  it('that is strong, long and has two independent parts is one', () => {
    expect(by([sign('escort', 'AB', { score: 3, to: 120 })])).toEqual(['escort']);
    expect(by([sign('handover', 'ABC', { score: 2, to: 60 })])).toEqual(['handover']);
    expect(by([sign('flanking', 'ABC', { score: 3, to: 180 })])).toEqual(['flanking']);
    expect(by([sign('shadowing', 'AB', { score: 3, to: 240 })])).toEqual(['shadowing']);
    expect(by([sign('coordinator', 'ABCDEFGHI', { score: 2, to: 300 })])).toEqual(['coordinator']);
  });

  it('that is strong but short is none', () => {
    expect(by([sign('escort', 'AB', { score: 9, to: 119 })])).toBeNull();
  });

  it('that is strong in one way of measuring alone is none', () => {
    const oneWay = { frontNats: 2, pathNats: 1.5, lagNats: -0.2, orderNats: 0 };
    expect(by([sign('escort', 'AB', { score: 9, to: 600, figures: oneWay })])).toBeNull();
    expect(by([sign('escort', 'AB', { score: 9, to: 600, figures: { ...oneWay, lagNats: 0.4 } })])).toEqual(['escort']);
  });

  it.each([
    ['handover', 0, ['firstLogOddsNats', 'secondLogOddsNats']],
    ['escort', 0, ['frontNats', 'pathNats', 'lagNats', 'orderNats', 'companyNats', 'togetherNats']],
    ['flanking', 0, ['sidesNats', 'behindNats', 'longNats', 'adaptNats', 'orderNats', 'togetherNats', 'ledBeforeNats']],
    ['shadowing', 0, ['trailNats', 'answersNats', 'standingNats', 'distanceNats']],
    ['coordinator', 5, ['contacts']],
    ['coordinator', 12, ['contactSeconds', 'meanContactSeconds']],
    ['regrouping', 16, ['apartMetres']],
    ['regrouping', 40, ['apartSeconds', 'togetherSeconds']],
  ] as const)('as %s has a part that speaks for it in each figure above %d of %j', (pattern, least, names) => {
    for (const name of names) {
      expect(partsOf(sign(pattern, 'ABCDE', { figures: { [name]: least } })), name).toEqual([]);
      expect(partsOf(sign(pattern, 'ABCDE', { figures: { [name]: least + 0.01 } })), name).toHaveLength(1);
    }
  });

  it('counts by the kind of the zone: following is forced in a queue, lanes part families', () => {
    const strong: Told = { score: 20, to: 3600 };
    expect(isSign(sign('escort', 'AB', { ...strong, zone: 'line' }), DEFAULT_POLICY)).toBe(false);
    expect(isSign(sign('escort', 'AB', { ...strong, zone: 'security' }), DEFAULT_POLICY)).toBe(true);
    expect(isEnough(sign('escort', 'AB', { ...strong, zone: 'security' }), DEFAULT_POLICY)).toBe(false);
    expect(isEnough(sign('regrouping', 'ABCD', strong), DEFAULT_POLICY)).toBe(false);
    expect(isEnough(sign('shadowing', 'AB', { ...strong, zone: 'gate' }), DEFAULT_POLICY)).toBe(false);
  });

  it('in a blind zone is not even read', () => {
    expect(reader.movement(movement('escort', 'AB', { zone: 'prayer' }))).toBeNull();
    expect(reader.dwell(stay('A', 'prayer', { to: 90_000 }))).toBeNull();
  });

  it('that is a stay over its limit is an alert, and not at it', () => {
    expect(by([dwell('A', 'way', { to: 600 })])).toBeNull();
    expect(by([dwell('A', 'way', { to: 601 })])).toEqual(['dwell']);
  });
});

describe('two weak signs', () => {
  const escort = sign('escort', 'AB', { to: 60 });

  it('of different kinds that meet in one person are an alert', () => {
    expect(by([escort, sign('handover', 'ACB', { from: 10, to: 90 })])).toEqual(['escort', 'handover']);
    expect(by([sign('regrouping', 'ABCD', { score: 1 }), sign('coordinator', 'AEFGH', { score: 1, from: 5 })])).toEqual(
      ['regrouping', 'coordinator'],
    );
  });

  it('of the same kind are one sign', () => {
    expect(by([escort, sign('escort', 'AC', { to: 70 }), sign('escort', 'BD', { to: 80 })])).toBeNull();
  });

  it('that share nobody, or are hours apart, do not meet', () => {
    expect(by([escort, sign('handover', 'CDE', { to: 90 })])).toBeNull();
    expect(by([escort, sign('handover', 'ACB', { from: 3600, to: 3700 })])).toBeNull();
    expect(by([escort, sign('handover', 'ACB', { from: 359, to: 400 })])).toEqual(['escort', 'handover']);
  });

  it('meet in somebody who has two names', () => {
    const around: Surroundings = { ...alone, nameOf: (person) => (person === 'Z' ? 'B' : person) };
    const later = sign('handover', 'CDZ', { from: 100, to: 160 });
    expect(by([escort, later])).toBeNull();
    expect(by([escort, later], around)).toEqual(['escort', 'handover']);
  });

  it('that nobody has named a combination are none', () => {
    expect(by([sign('shadowing', 'AB', { to: 100 }), sign('regrouping', 'AC', { score: 1 })])).toBeNull();
  });

  it('may be a movement and a place: kept between two through a control', () => {
    const flanking = sign('flanking', 'ABC', { to: 60 });
    const passed = { id: 'x', place: dwell('A', 'security').place, persons: ['A'], fromMs: 0, toMs: 1 };
    expect(by([flanking])).toBeNull();
    expect(decide([flanking], { ...alone, passages: () => [passed] })).toEqual({ by: [flanking], passage: passed });
    const elsewhere = { ...passed, place: dwell('A', 'way').place };
    expect(by([flanking], { ...alone, passages: () => [elsewhere] })).toBeNull();
    expect(by([sign('flanking', 'ABC', { to: 60, zone: 'security' })])).toEqual(['flanking']);
  });
});

describe('the decision', () => {
  const told = fc.record({
    pattern: fc.constantFrom(...MOVEMENT_PATTERNS),
    people: fc.shuffledSubarray(['A', 'B', 'C', 'D', 'E', 'F'], { minLength: 3, maxLength: 6 }),
    zone: fc.constantFrom(null, 'way', 'gate', 'security', 'line', 'cafe', 'doors'),
    from: fc.integer({ min: 0, max: 2000 }),
    length: fc.integer({ min: 0, max: 900 }),
    score: fc.double({ min: 0, max: 6, noNaN: true }),
  });
  const signs = fc
    .array(told, { minLength: 1, maxLength: 8 })
    .map((all) =>
      all.map(({ pattern, people, zone, from, length, score }) =>
        sign(pattern, people.join(''), { zone, from, to: from + length, score }),
      ),
    );

  it('is the same in whatever order the signs came to be known', () => {
    fc.assert(
      fc.property(
        signs.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => {
          expect(decide(shuffled)).toEqual(decide(all));
        },
      ),
    );
  });

  it('is the same of two signs that begin at once, whichever is known first', () => {
    const both = [sign('escort', 'AB', { score: 3, to: 120 }), sign('escort', 'CD', { score: 3, to: 120 })];
    expect(decide(both)).not.toBeNull();
    expect(decide(both.toReversed())).toEqual(decide(both));
  });

  it('never rests on one weak sign, nor on several of one kind', () => {
    let raised = 0;
    fc.assert(
      fc.property(signs, (all) => {
        const decision = decide(all);
        if (!decision) return;
        raised++;
        const [only, ...others] = decision.by;
        if (others.length === 0) {
          const strong = only !== undefined && isEnough(only, DEFAULT_POLICY);
          expect(strong || only?.place.kind === 'control').toBe(true);
        } else expect(new Set(decision.by.map(({ pattern }) => pattern)).size).toBeGreaterThan(1);
      }),
    );
    expect(raised).toBeGreaterThan(5);
  });

  it('is not taken back by one more sign', () => {
    fc.assert(
      fc.property(signs, (all) => {
        for (let count = 1; count < all.length; count++) {
          if (decide(all.slice(0, count))) expect(decide(all)).not.toBeNull();
        }
      }),
    );
  });
});
