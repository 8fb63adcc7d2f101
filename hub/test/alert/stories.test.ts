import { checker } from '@safe-passage/contract';
import { describe, expect, it } from 'vitest';
import { AlertDetail } from '../../src/alert/alert.ts';
import { StoryDecider } from '../../src/alert/decide.ts';
import { movementId } from '../../src/alert/identifier.ts';
import { DEFAULT_POLICY } from '../../src/alert/policy.ts';
import type { AlertRecord, AlertTransition } from '../../src/alert/transition.ts';
import type { DwellEvent, EpisodeRecord } from '../../src/score/episode.ts';
import { episodeRecord } from '../../src/score/episodeRecord.ts';
import type { MovementEvent } from '../../src/score/movement.ts';
import { type MovementRecord, movementRecord } from '../../src/score/movementRecord.ts';
import { Kept } from './kept.ts';
import { movement, movementEvent, PLAN, SITE, stayEvent, T0 } from './movements.ts';

type Event = DwellEvent | MovementEvent;
const newDecider = () => new StoryDecider({ site: SITE, plan: PLAN, policy: DEFAULT_POLICY });
const tell = (decider: StoryDecider, ...events: readonly Event[]): AlertTransition[] =>
  events.flatMap((event) => decider.decide(event, event.episode.toMs + 300));
const told = (transitions: readonly AlertTransition[]) =>
  transitions.map(({ event, alert }) => `${event}: ${alert.detail.patterns.join(', ')}`);
const last = (transitions: readonly AlertTransition[]): AlertRecord => {
  const alert = transitions.at(-1)?.alert;
  if (!alert) throw new Error('nothing was told');
  return alert;
};

const idOf = (...told: Parameters<typeof movement>): string =>
  movementId({ site: SITE, floor: 'hall', key: movement(...told).key });

describe('one story', () => {
  const escort = movementEvent('escort', 'AB', { zone: 'way', to: 60 });
  const handover = movementEvent('handover', 'ACB', { zone: 'cafe', from: 50, to: 120 });

  it('is raised when its second sign comes, as one alert with the parts of both', () => {
    const decider = newDecider();
    const all = tell(decider, escort, handover);
    expect(told(all)).toEqual(['raised: handover, escort']);
    expect(last(all)).toMatchObject({
      id: idOf('escort', 'AB', { zone: 'way', to: 60 }),
      pattern: 'handover',
      zone: 'cafe',
      fromMs: T0,
      toMs: T0 + 120_000,
      live: false,
      delayed: false,
    });
    expect(decider.size).toBe(1);
  });

  it('grows by what else its people do within some minutes, and has the leading part name it', () => {
    const decider = newDecider();
    const all = tell(
      decider,
      stayEvent('A', 'way', { to: 700 }),
      movementEvent('escort', 'AB', { from: 690, to: 760 }),
      movementEvent('handover', 'ACB', { from: 1000, to: 1100, zone: 'doors' }),
      movementEvent('shadowing', 'DC', { from: 1150, to: 1300 }),
    );
    expect(told(all)).toEqual([
      'raised: dwell',
      'closed: escort, dwell',
      'closed: handover, escort, dwell',
      'closed: handover, escort, shadowing, dwell',
    ]);
    expect(new Set(all.map(({ alert }) => alert.id)).size).toBe(1);
    expect(all.map(({ alert }) => alert.pattern)).toEqual(['dwell', 'escort', 'handover', 'handover']);
    expect(all.map(({ alert }) => alert.zone)).toEqual(['way', null, 'doors', 'doors']);
  });

  it('does not take up what a person of it does much later, nor what others do', () => {
    const all = tell(
      newDecider(),
      stayEvent('A', 'way', { to: 700 }),
      movementEvent('escort', 'AB', { from: 1001, to: 1060 }),
      movementEvent('escort', 'CD', { to: 700 }),
      stayEvent('E', 'way', { to: 650 }),
    );
    expect(told(all)).toEqual(['raised: dwell', 'raised: dwell']);
  });

  it('of two companions who wait is two alerts, until a movement says that they belong together', () => {
    const decider = newDecider();
    const waiting = tell(decider, stayEvent('A', 'way', { to: 700 }), stayEvent('B', 'way', { from: 1, to: 700 }));
    expect(told(waiting)).toEqual(['raised: dwell', 'raised: dwell']);
    const [a, b] = waiting.map(({ alert }) => alert);
    const joined = tell(decider, movementEvent('escort', 'AB', { from: 700, to: 760 }));
    expect(told(joined)).toEqual(['closed: escort, dwell, dwell', 'closed: dwell']);
    expect(joined.map(({ alert }) => [alert.id, alert.wentOnIn])).toEqual([
      [a?.id, undefined],
      [b?.id, a?.id],
    ]);
  });

  it('that turns out to be part of an older one says where it goes on, and is not raised again', () => {
    const decider = newDecider();
    tell(decider, stayEvent('A', 'way', { to: 700 }), stayEvent('B', 'doors', { from: 100, to: 1400 }));
    const link = movementEvent('regrouping', 'ABCD', { from: 720, to: 800, score: 2 });
    const [grew, gone] = tell(decider, link);
    expect(gone?.event).toBe('closed');
    expect(gone?.alert).toMatchObject({ live: false, wentOnIn: grew?.alert.id });
    expect(gone?.alert.sentence).toBe(`Goes on in an older alert: ${grew?.alert.sentence}`);
    expect(gone?.alert.detail.reasons[0]?.text).toBe('Turned out to be part of an older alert, and goes on there.');
    expect(tell(decider, stayEvent('B', 'doors', { from: 100, to: 1500 }))).toMatchObject([
      { event: 'closed', alert: { id: grew?.alert.id } },
    ]);
  });

  it('goes on in the alert that was raised first, whoever is named first and whoever was there first', () => {
    for (const people of ['ABCD', 'BACD']) {
      const decider = newDecider();
      const [first] = tell(decider, stayEvent('A', 'way', { from: 50, to: 700 }));
      const [second] = tell(decider, stayEvent('B', 'doors', { from: 0, to: 1400 }));
      const merged = tell(decider, movementEvent('regrouping', people, { from: 720, to: 800, score: 2 }));
      expect(merged.map(({ alert }) => [alert.id, alert.wentOnIn])).toEqual([
        [first?.alert.id, undefined],
        [second?.alert.id, first?.alert.id],
      ]);
    }
  });

  it('lives as long as one of its parts', () => {
    const all = tell(
      newDecider(),
      movementEvent('escort', 'AB', { to: 60, open: true }),
      movementEvent('handover', 'ACB', { from: 50, to: 90, open: true }),
      movementEvent('escort', 'AB', { to: 95 }),
      movementEvent('handover', 'ACB', { from: 50, to: 120 }),
    );
    expect(all.map(({ event, alert }) => [event, alert.live, (alert.toMs - T0) / 1000])).toEqual([
      ['raised', true, 90],
      ['closed', false, 120],
    ]);
  });

  it('is updated as it grows, not more often than a stay is', () => {
    const decider = newDecider();
    const both = [movementEvent('escort', 'AB', { to: 60 }), movementEvent('handover', 'ACB', { to: 60, open: true })];
    tell(decider, ...both);
    const growing = Array.from({ length: 60 }, (_, i) =>
      movementEvent('handover', 'ACB', { to: 61 + i, open: true, score: i }),
    );
    expect(tell(decider, ...growing).map(({ alert }) => (alert.toMs - T0) / 1000)).toEqual([67, 75, 84, 94, 105, 117]);
  });

  it('tells the reasons of each part together, says which part it is, and says nothing twice', () => {
    const { reasons, patterns } = last(tell(newDecider(), escort, handover)).detail;
    const parts = reasons.map(({ part }) => part);
    expect(parts[0]).toBeUndefined();
    expect(parts.slice(1)).toEqual(parts.slice(1).toSorted());
    expect([...new Set(parts.slice(1))].map((part) => patterns[part ?? -1])).toEqual(['handover', 'escort']);
    expect(new Set(reasons.map((reason) => JSON.stringify({ ...reason, part: 0 }))).size).toBe(reasons.length);
  });

  it('names no part where there is only one', () => {
    const { reasons } = last(tell(newDecider(), stayEvent('A', 'way', { to: 700 }))).detail;
    expect(reasons.length).toBeGreaterThan(0);
    expect(reasons.every((reason) => !('part' in reason))).toBe(true);
  });

  it('takes no older word for news', () => {
    const decider = newDecider();
    tell(decider, escort, handover);
    const older = movementEvent('handover', 'ACB', { zone: 'cafe', from: 50, to: 110, open: true });
    expect(tell(decider, older, handover, escort)).toEqual([]);
  });

  it('is delayed where the data that raised it was late, however old its first part is', () => {
    const late = (delayMs: number) => {
      const decider = newDecider();
      decider.decide(escort, escort.episode.toMs);
      return decider.decide(handover, handover.episode.toMs + delayMs)[0]?.alert.delayed;
    };
    expect([60_000, 60_001].map(late)).toEqual([false, true]);
  });

  it('holds at most so much, and what goes on is the next story', () => {
    const decider = newDecider();
    const many = Array.from({ length: 200 }, (_, i) =>
      movementEvent(i % 2 ? 'escort' : 'handover', i % 2 ? 'AB' : 'ACB', { from: i * 50, to: i * 50 + 60 }),
    );
    const kept = new Kept();
    kept.take(tell(decider, ...many));
    const sizes = kept.stories.map((parts) => parts.length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(48);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(200);
    for (const { detail } of kept.alerts.values()) {
      expect(detail.reasons.length).toBeLessThanOrEqual(40);
      expect(checker(AlertDetail)(detail)).toEqual({ ok: true, value: detail });
    }
    decider.forgetBefore(T0 + 86_400_000);
    expect(decider.size).toBe(0);
  });
});

describe('a place beside a movement', () => {
  const flanking = movementEvent('flanking', 'ABC', { from: 0, to: 60 });
  const through = stayEvent('A', 'security', { from: 40, to: 55 });

  it('makes it an alert, whichever is known first, and the alert says so', () => {
    for (const order of [
      [flanking, through],
      [through, flanking],
    ]) {
      const all = tell(newDecider(), ...order);
      expect(told(all)).toEqual(['raised: flanking']);
      expect(last(all).detail.reasons[0]?.text).toBe(
        'Raised because of where it was: somebody was at Security for 15 s in the meantime, a control zone; the movement alone would be too weak a sign.',
      );
      expect(last(all).parts).toHaveLength(2);
    }
  });

  it('does not between two visits of it', () => {
    const { episode } = stayEvent('A', 'security', { from: -100, to: 200 });
    const visit = (from: number, to: number) => ({ fromMs: T0 + from * 1000, toMs: T0 + to * 1000 });
    const detail = { ...episode.detail, visitCount: 2, visits: [visit(-100, -50), visit(150, 200)] };
    const twice: DwellEvent = { kind: 'closed', episode: { ...episode, seconds: 100, detail } };
    expect(tell(newDecider(), flanking, twice)).toEqual([]);
    expect(tell(newDecider(), movementEvent('flanking', 'ABC', { from: 0, to: 151 }), twice)).toHaveLength(1);
  });

  it('does not where nothing is known by intent: a movement in a blind zone is none', () => {
    expect(tell(newDecider(), movementEvent('handover', 'ACB', { zone: 'prayer', score: 9 }), through)).toEqual([]);
  });

  it('does not where it was before or somebody else’s', () => {
    const before = stayEvent('A', 'security', { from: -60, to: -1 });
    expect(tell(newDecider(), before, flanking)).toEqual([]);
    expect(tell(newDecider(), stayEvent('D', 'security', { from: 40, to: 55 }), flanking)).toEqual([]);
  });
});

describe('a person who was lost and found', () => {
  const escort = movementEvent('escort', 'AB', { to: 60 });
  const handover = movementEvent('handover', 'CDX', { from: 100, to: 160 });
  const join = (probability: number) => ({ earlier: 'B', later: 'X', probability, toMs: T0 + 100_000 });

  it('makes one story of two, and the alert says how sure that is', () => {
    const before = newDecider();
    expect(before.join(join(0.8), T0)).toEqual([]);
    expect(told(tell(before, escort, handover))).toEqual(['raised: handover, escort']);
    const after = newDecider();
    expect(tell(after, escort, handover)).toEqual([]);
    const all = after.join(join(0.8), T0 + 161_000);
    expect(told(all)).toEqual(['raised: handover, escort']);
    expect(last(all).detail.uncertainty).toMatchObject({ identityJoins: 1, joinProbability: 0.8 });
    expect(after.join(join(0.8), T0 + 162_000)).toEqual([]);
  });

  it('does not where it is less likely than not', () => {
    const decider = newDecider();
    expect(tell(decider, escort, handover)).toEqual([]);
    expect(decider.join(join(0.49), T0 + 161_000)).toEqual([]);
  });

  it('is remembered as one for as long as a story of theirs goes on', () => {
    const decider = newDecider();
    decider.join(join(0.8), T0);
    tell(decider, movementEvent('escort', 'AB', { to: 60, open: true }));
    decider.forgetBefore(T0 + 100_001);
    expect(told(tell(decider, handover))).toEqual(['raised: handover, escort']);
  });

  it('was where they were under either name', () => {
    const decider = newDecider();
    tell(decider, stayEvent('X', 'security', { from: 40, to: 55 }));
    decider.join(join(0.8), T0);
    expect(told(tell(decider, movementEvent('flanking', 'BAC', { to: 60 })))).toEqual(['raised: flanking']);
  });

  it('is followed through several joins', () => {
    const decider = newDecider();
    decider.join({ earlier: 'Y', later: 'X', probability: 0.9, toMs: T0 }, T0);
    decider.join({ earlier: 'B', later: 'Y', probability: 0.7, toMs: T0 }, T0);
    expect(told(tell(decider, escort, handover))).toEqual(['raised: handover, escort']);
  });
});

describe('a hub that starts again', () => {
  /** What it knows of these events, which were told and stored before it stopped. */
  const restarted = (...events: readonly Event[]) => {
    const alerts = new Kept();
    alerts.take(tell(newDecider(), ...events));
    const dwells = new Map<string, EpisodeRecord>();
    const movements = new Map<string, MovementRecord>();
    for (const { episode } of events) {
      const record = 'pattern' in episode ? null : episodeRecord(episode, SITE, 'hall');
      if (record) dwells.set(record.id, record);
      if ('pattern' in episode) movements.set(episode.key, movementRecord(episode, SITE, 'hall'));
    }
    const decider = newDecider();
    decider.restore({
      alerts: [...alerts.alerts.values()],
      dwells: [...dwells.values()],
      movements: [...movements.values()],
    });
    return decider;
  };
  const atMs = T0 + 1_000_000;
  const open = stayEvent('A', 'way', { to: 700, open: true });
  const over = stayEvent('A', 'way', { to: 700 });

  it('leaves alone what goes on, and says of nothing twice that it is over', () => {
    expect(restarted(open).settle(atMs)).toEqual([]);
    expect(restarted(open, over).settle(atMs)).toEqual([]);
  });

  it('says that an alert is over whose stay ended without a word about it', () => {
    const decider = newDecider();
    const [raised] = tell(newDecider(), open);
    decider.restore({
      alerts: raised ? [raised.alert] : [],
      dwells: [episodeRecord(over.episode, SITE, 'hall')],
      movements: [],
    });
    expect(decider.settle(atMs)).toMatchObject([{ event: 'closed', alert: { id: raised?.alert.id, live: false } }]);
    expect(decider.settle(atMs)).toEqual([]);
  });

  it('says that a movement is over that no scorer finds again, and nothing of one that is found', () => {
    const escort = movementEvent('escort', 'AB', { to: 60 });
    const handover = movementEvent('handover', 'ACB', { from: 50, to: 90, open: true });
    expect(restarted(escort, handover).settle(atMs)).toMatchObject([{ event: 'closed', alert: { live: false } }]);
    const found = restarted(escort, handover);
    expect(tell(found, handover)).toEqual([]);
    expect(found.settle(atMs)).toEqual([]);
  });

  it('lets nobody be present again by an older word that is replayed', () => {
    const decider = restarted(open, over);
    expect(tell(decider, stayEvent('A', 'way', { to: 650, open: true }), open, over)).toEqual([]);
    expect(told(tell(decider, stayEvent('A', 'way', { to: 710, open: true })))).toEqual(['updated: dwell']);
  });

  it('knows in which alert a part goes on that is found again after its story became part of another', () => {
    const alerts = new Kept();
    const stays = [stayEvent('A', 'way', { to: 700 }), stayEvent('B', 'doors', { from: 100, to: 1400 })];
    const escort = movementEvent('escort', 'BE', { from: 1390, to: 1450 });
    alerts.take(tell(newDecider(), ...stays, escort));
    const decider = newDecider();
    decider.restore({
      alerts: [...alerts.alerts.values()],
      dwells: stays.map(({ episode }) => episodeRecord(episode, SITE, 'hall')),
      movements: [],
    });
    const [older] = tell(decider, movementEvent('regrouping', 'ABCD', { from: 720, to: 800, score: 2 }));
    expect(tell(decider, movementEvent('escort', 'BE', { from: 1390, to: 1460 }))).toMatchObject([
      { event: 'closed', alert: { id: older?.alert.id, toMs: T0 + 1_460_000 } },
    ]);
    expect(decider.size).toBe(1);
  });

  it('knows nothing of a stay in a zone that the plan does not have any more', () => {
    const decider = newDecider();
    const gone = { ...episodeRecord(over.episode, SITE, 'hall'), zone: 'torn-down' };
    decider.restore({ alerts: [], dwells: [gone], movements: [] });
    expect([decider.settle(atMs), decider.size]).toEqual([[], 0]);
  });

  it('keeps no alert alive by a presence that only counted beside its movement', () => {
    const through = (to: number) => stayEvent('A', 'security', { from: 40, to, open: true });
    const decider = restarted(movementEvent('flanking', 'ABC', { to: 60 }), through(55));
    expect(decider.settle(atMs)).toEqual([]);
    expect(tell(decider, through(90))).toEqual([]);
  });
});
