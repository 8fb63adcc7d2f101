/** Whatever is told in whatever order: the stories that come of it. */
import { checker } from '@safe-passage/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AlertDetail } from '../../src/alert/alert.ts';
import { StoryDecider } from '../../src/alert/decide.ts';
import { limitFor } from '../../src/alert/dwellSign.ts';
import { DEFAULT_POLICY } from '../../src/alert/policy.ts';
import type { AlertTransition } from '../../src/alert/transition.ts';
import type { DwellEvent } from '../../src/score/episode.ts';
import { episodeRecord } from '../../src/score/episodeRecord.ts';
import type { MovementEvent } from '../../src/score/movement.ts';
import { movementRecord } from '../../src/score/movementRecord.ts';
import { Kept } from './kept.ts';
import { movementEvent, PLAN, SITE, stayEvent, T0 } from './movements.ts';

type Event = DwellEvent | MovementEvent;
const newDecider = () => new StoryDecider({ site: SITE, plan: PLAN, policy: DEFAULT_POLICY });
const tell = (decider: StoryDecider, ...events: readonly Event[]): AlertTransition[] =>
  events.flatMap((event) => decider.decide(event, event.episode.toMs + 300));

describe('episodes of several stories', () => {
  const people = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'];
  const part = fc.oneof(
    fc
      .record({
        pattern: fc.constantFrom('escort', 'handover', 'flanking', 'shadowing', 'regrouping', 'coordinator'),
        who: fc.shuffledSubarray(people, { minLength: 3, maxLength: 3 }),
        from: fc.integer({ min: 0, max: 3000 }),
        length: fc.integer({ min: 60, max: 400 }),
        score: fc.double({ min: 0, max: 5, noNaN: true }),
      })
      .map(({ pattern, who, from, length, score }): Event[] =>
        [0.5, 0.8, 1].map((share) =>
          movementEvent(pattern, who.join(''), {
            from,
            to: from + Math.round(length * share),
            score: score * share,
            open: share < 1,
          }),
        ),
      ),
    fc
      .record({
        who: fc.constantFrom(...people),
        zone: fc.constantFrom('way', 'security', 'doors'),
        from: fc.integer({ min: 0, max: 2000 }),
        length: fc.integer({ min: 60, max: 1400 }),
      })
      .map(({ who, zone, from, length }): Event[] =>
        [0.5, 1].map((share) => stayEvent(who, zone, { from, to: from + Math.round(length * share), open: share < 1 })),
      ),
  );
  /** Each part's own words in their order, the parts in any. */
  const interleaved = (parts: readonly Event[][], picks: readonly number[]): Event[] => {
    const waiting = parts.map((events) => [...events]);
    const order: Event[] = [];
    for (let i = 0; waiting.some((events) => events.length > 0); i++) {
      const left = waiting.filter((events) => events.length > 0);
      const next = left[(picks[i % picks.length] ?? 0) % left.length]?.shift();
      if (next) order.push(next);
    }
    return order;
  };
  const parts = fc
    .uniqueArray(part, { minLength: 1, maxLength: 9, selector: ([first]) => JSON.stringify(keyOf(first)) })
    .filter((all) => all.length > 0);
  const picks = fc.array(fc.nat({ max: 50 }), { minLength: 12, maxLength: 12 });
  const nowMs = T0 + 5_000_000;
  /** The identifiers of stays below their limit, which may be parts of a story for where they were. */
  const presencesOf = (events: readonly Event[]): ReadonlySet<string> => {
    const presences = new Set<string>();
    for (const { episode } of events) {
      if ('pattern' in episode) continue;
      const { id, seconds } = episodeRecord(episode, SITE, PLAN.id);
      const limit = limitFor(episode, DEFAULT_POLICY) ?? Number.POSITIVE_INFINITY;
      if (seconds > limit) presences.delete(id);
      else presences.add(id);
    }
    return presences;
  };

  it('come to the same parts in whatever order they arrive', () => {
    let raised = 0;
    fc.assert(
      fc.property(parts, picks, picks, (all, one, other) => {
        const presences = presencesOf(all.flat());
        const run = (order: readonly Event[]): Kept => {
          const decider = newDecider();
          const kept = new Kept(presences);
          for (const event of order) kept.take(decider.decide(event, nowMs));
          return kept;
        };
        const first = run(interleaved(all, one));
        raised += first.raised.length;
        expect(run(interleaved(all, other)).stories).toEqual(first.stories);
      }),
      { numRuns: 300 },
    );
    expect(raised).toBeGreaterThan(100);
  });

  it('never cost an alert a part, are never raised twice, and speak of nothing but what an alert may hold', () => {
    fc.assert(
      fc.property(parts, picks, (all, order) => {
        const decider = newDecider();
        const kept = new Kept();
        for (const event of interleaved(all, order)) {
          const before = new Map(kept.alerts);
          const transitions = decider.decide(event, event.episode.toMs);
          kept.take(transitions);
          for (const { alert } of transitions) {
            const was = before.get(alert.id);
            expect(alert.parts).toEqual(expect.arrayContaining([...(was?.parts ?? [])]));
            expect(alert.detail.patterns).toEqual(expect.arrayContaining(was?.detail.patterns ?? []));
            expect(alert.updatedAtMs).toBeGreaterThanOrEqual(was?.updatedAtMs ?? 0);
            expect(was?.wentOnIn).toBeFalsy();
            if (alert.wentOnIn) {
              const older = kept.alerts.get(alert.wentOnIn);
              expect(older?.parts).toEqual(expect.arrayContaining([...(alert.parts ?? [])]));
            }
            expect(checker(AlertDetail)(alert.detail)).toEqual({ ok: true, value: alert.detail });
            expect(alert.sentence.length).toBeLessThanOrEqual(400);
          }
        }
        expect(new Set(kept.raised).size).toBe(kept.raised.length);
      }),
      { numRuns: 200 },
    );
  });

  it('are told the same in a replay, word for word', () => {
    fc.assert(
      fc.property(parts, picks, (all, order) => {
        const events = interleaved(all, order);
        expect(tell(newDecider(), ...events)).toEqual(tell(newDecider(), ...events));
      }),
      { numRuns: 50 },
    );
  });

  it('are not raised again by a hub that was stopped in between, and come to the same stories', () => {
    fc.assert(
      fc.property(parts, picks, fc.double({ min: 0, max: 1, noNaN: true }), (all, order, share) => {
        const events = interleaved(all, order);
        const presences = presencesOf(events);
        const stop = Math.round(events.length * share);
        const through = new Kept(presences);
        const whole = newDecider();
        for (const event of events) through.take(whole.decide(event, nowMs));

        const kept = new Kept(presences);
        const stored = new Map<string, Event>();
        const before = newDecider();
        for (const event of events.slice(0, stop)) {
          kept.take(before.decide(event, nowMs));
          stored.set(JSON.stringify(keyOf(event)), event);
        }
        const live = (alerts: Kept) => [...alerts.alerts.values()].map(({ id, live: is }) => `${id} ${is}`).sort();
        const liveBefore = live(kept);
        const after = newDecider();
        after.restore({
          alerts: [...kept.alerts.values()],
          dwells: [...stored.values()].flatMap(({ episode }) =>
            'pattern' in episode ? [] : [episodeRecord(episode, SITE, PLAN.id)],
          ),
          movements: [...stored.values()].flatMap(({ episode }) =>
            'pattern' in episode ? [movementRecord(episode, SITE, 'hall')] : [],
          ),
        });
        // The last minutes are replayed: every scorer tells again what it said.
        for (const event of events.slice(0, stop)) kept.take(after.decide(event, nowMs));
        kept.take(after.settle(nowMs));
        expect(live(kept)).toEqual(liveBefore);
        for (const event of events.slice(stop)) kept.take(after.decide(event, nowMs));
        expect(kept.stories).toEqual(through.stories);
        expect([...kept.raised].sort()).toEqual([...through.raised].sort());
        expect(live(kept)).toEqual(live(through));
      }),
      { numRuns: 200 },
    );
  });
});

function keyOf(event: Event | undefined): unknown {
  if (!event) return null;
  const { episode } = event;
  return 'pattern' in episode ? episode.key : [episode.person, episode.zone, episode.fromMs];
}
