import { checker } from '@safe-passage/contract';
import { describe, expect, it } from 'vitest';
import { AlertDetail } from '../../src/alert/alert.ts';
import { StoryDecider, severityOf } from '../../src/alert/decide.ts';
import { dwellScore, limitFor } from '../../src/alert/dwellSign.ts';
import { DEFAULT_POLICY } from '../../src/alert/policy.ts';
import type { AlertTransition } from '../../src/alert/transition.ts';
import type { DwellEpisode, DwellEvent, EpisodeDetail, EpisodeRecord } from '../../src/score/episode.ts';
import { episodeRecord } from '../../src/score/episodeRecord.ts';
import { rectangle } from '../score/walks.ts';

const T0 = 1_795_000_000_000;

function event(
  kind: DwellEvent['kind'],
  seconds: number,
  change: Partial<DwellEpisode> = {},
  detail: Partial<EpisodeDetail> = {},
): DwellEvent {
  return {
    kind,
    episode: {
      zone: 'table',
      zoneName: 'Standing table',
      zoneKind: 'waiting',
      zoneLimitSeconds: 15,
      person: 'AAAAAAAAAAAAAAAA',
      fromMs: T0,
      toMs: T0 + Math.round(seconds * 1000),
      seconds,
      open: kind !== 'closed',
      coastedShare: 0.1,
      detail: {
        schema: 'dwell-episode/2',
        visits: [{ fromMs: T0, toMs: T0 + Math.round(seconds * 1000) }],
        visitCount: 1,
        pending: [],
        members: [{ person: 'AAAAAAAAAAAAAAAA', fromMs: T0, toMs: T0 + Math.round(seconds * 1000) }],
        gaps: [],
        coastedMs: 100 * seconds,
        gapsBridged: 0,
        identityJoins: 0,
        joinProbability: 1,
        storyProbability: 1,
        sigmaMetres: 0.12,
        sigmaBins: [],
        everMoved: true,
        netDisplacementMetres: 3,
        anchor: [0, 0, 0.1],
        smoothed: [2, 2],
        smoothedMs: T0 + Math.round(seconds * 1000),
        entryPlace: [0, 2],
        lastPlace: [2, 2],
        insideMs: 1000 * seconds,
        ...detail,
      },
      ...change,
    },
  };
}

const PLAN = {
  id: 'hall',
  name: 'Hall',
  zones: [rectangle('table', [0, 0, 4, 4], { limit: 15, name: 'Standing table' })],
};
const newDecider = () => new StoryDecider({ site: 'fra', plan: PLAN, policy: DEFAULT_POLICY });
/** The episode as it is stored. */
const stored = ({ episode }: DwellEvent): EpisodeRecord => episodeRecord(episode, 'fra', 'hall');

const onTime = ({ episode }: DwellEvent) => episode.toMs + 300;
/** What is told of each event: nothing, or one thing. */
function tell(decider: StoryDecider, ...events: DwellEvent[]): (AlertTransition | undefined)[] {
  return events.map((one) => {
    const told = decider.decide(one, onTime(one));
    expect(told.length).toBeLessThanOrEqual(1);
    return told[0];
  });
}

describe('an alert', () => {
  it('is not raised at the limit, but past it', () => {
    const [at, past] = tell(newDecider(), event('grew', 15), event('grew', 15.001));
    expect(at).toBeUndefined();
    expect(past?.event).toBe('raised');
  });

  it('is raised by the end of an episode that was not told in between', () => {
    const [only] = tell(newDecider(), event('closed', 21));
    expect(only?.event).toBe('raised');
    expect(only?.alert.live).toBe(false);
  });

  it('is updated after five more seconds, later after a tenth more, and at the latest after a minute', () => {
    const seconds = [16, 17, 20.9, 21, 25, 26, 100, 105, 110.1, 1200, 1259, 1260];
    const told = tell(newDecider(), ...seconds.map((s) => event('grew', s)));
    expect(told.map((one) => one?.event ?? '-')).toEqual([
      'raised',
      '-',
      '-',
      'updated',
      '-',
      'updated',
      'updated',
      '-',
      '-',
      'updated',
      '-',
      'updated',
    ]);
  });

  it('is closed when the movement ends, once', () => {
    const told = tell(newDecider(), event('grew', 16), event('closed', 16.5), event('closed', 16.5));
    expect(told.map((one) => one?.event)).toEqual(['raised', 'closed', undefined]);
    expect(told[1]?.alert.live).toBe(false);
  });

  it('lives again when the movement goes on after a silence', () => {
    const told = tell(newDecider(), event('grew', 16), event('closed', 16), event('grew', 17));
    expect(told.map((one) => [one?.event, one?.alert.live])).toEqual([
      ['raised', true],
      ['closed', false],
      ['updated', true],
    ]);
  });

  it('is not raised for a track that never moved, until it moves', () => {
    const told = tell(
      newDecider(),
      event('grew', 600, {}, { everMoved: false }),
      event('grew', 601, {}, { everMoved: true }),
    );
    expect(told.map((one) => one?.event)).toEqual([undefined, 'raised']);
  });

  it('has an identifier that follows from site, floor, zone, first pseudonym and beginning alone', () => {
    const [first] = tell(newDecider(), event('grew', 16));
    const [again] = tell(newDecider(), event('closed', 40));
    const [other] = tell(newDecider(), event('grew', 16, { fromMs: T0 + 1 }));
    expect(first?.alert.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(again?.alert.id).toBe(first?.alert.id);
    expect(other?.alert.id).not.toBe(first?.alert.id);
  });

  it('is delayed where its data was more than a minute old, and stays so', () => {
    const decider = newDecider();
    const late = event('grew', 16);
    expect(decider.decide(late, late.episode.toMs + 60_000)[0]?.alert.delayed).toBe(false);
    const other = newDecider();
    expect(other.decide(late, late.episode.toMs + 60_001)[0]?.alert.delayed).toBe(true);
    const next = event('grew', 30);
    expect(other.decide(next, next.episode.toMs)[0]?.alert.delayed).toBe(true);
  });

  it('that the store has is not raised again', () => {
    const [raised] = tell(newDecider(), event('grew', 20));
    const restarted = newDecider();
    if (raised) restarted.restore({ alerts: [raised.alert], dwells: [stored(event('grew', 20))], movements: [] });
    expect(tell(restarted, event('grew', 18), event('grew', 20), event('grew', 25)).map((one) => one?.event)).toEqual([
      undefined,
      undefined,
      'updated',
    ]);
  });

  it('is forgotten an hour of reports after its end, not while it lives', () => {
    const decider = newDecider();
    tell(
      decider,
      event('grew', 16),
      event('closed', 30, { zone: 'door', person: 'B' }, { members: [{ person: 'B', fromMs: T0, toMs: T0 + 30_000 }] }),
    );
    expect(decider.size).toBe(2);
    decider.forgetBefore(T0 + 3_600_000);
    expect(decider.size).toBe(1);
  });
});

describe('the limit', () => {
  it('is the zone’s own where it has one, otherwise the policy’s for its kind, and none in a blind zone', () => {
    expect(limitFor({ zoneKind: 'waiting', zoneLimitSeconds: 15 }, DEFAULT_POLICY)).toBe(15);
    expect(limitFor({ zoneKind: 'transit', zoneLimitSeconds: null }, DEFAULT_POLICY)).toBe(600);
    expect(limitFor({ zoneKind: 'blind', zoneLimitSeconds: 15 }, DEFAULT_POLICY)).toBeNull();
  });
});

describe('the score', () => {
  it('is 0 at the limit, 1 at twice and 2 at four times; the bar is full at eight times', () => {
    expect([15, 30, 60].map((seconds) => dwellScore(seconds, 15))).toEqual([0, 1, 2]);
    expect([-1, 0, 1.5, 3, 5].map(severityOf)).toEqual([0, 0, 0.5, 1, 1]);
  });
});

describe('what an alert says', () => {
  const gaps: EpisodeDetail['gaps'] = [
    { fromMs: T0 + 5000, toMs: T0 + 7000, cause: 'outside' },
    { fromMs: T0 + 9000, toMs: T0 + 11_000, cause: 'unseen' },
    { fromMs: T0 + 14_000, toMs: T0 + 15_000, cause: 'identity' },
  ];
  const members = [
    { person: 'AAAAAAAAAAAAAAAA', fromMs: T0, toMs: T0 + 14_000 },
    { person: 'BBBBBBBBBBBBBBBB', fromMs: T0 + 15_000, toMs: T0 + 21_000 },
  ];
  const [told] = tell(newDecider(), event('closed', 21, {}, { gaps, members, gapsBridged: 2, identityJoins: 1 }));
  const detail = told?.alert.detail;

  it('is of the shape that is stored and shown', () => {
    expect(checker(AlertDetail)(detail)).toEqual({ ok: true, value: detail });
  });

  it('is one sentence for the list', () => {
    expect(told?.alert.sentence).toBe('Present at Standing table for 21 s, limit 15 s');
  });

  it('says that the limit is just past before it can say how many times', () => {
    const [first] = tell(newDecider(), event('closed', 15.4));
    expect(first?.alert.detail.reasons[0]?.text).toContain('limit set for this zone is 15 s (just past the limit).');
  });

  it('gives reasons with figures, units, time and place', () => {
    expect(detail?.reasons[0]).toEqual({
      text: 'Present at Standing table for 21 s; the limit set for this zone is 15 s (1.4 times the limit).',
      fromMs: T0,
      toMs: T0 + 21_000,
      place: [2, 2],
    });
    expect(detail?.reasons.map((reason) => reason.text).slice(1)).toEqual([
      'Left for 2 s and came back.',
      'Lost from view for 1 s; one track alone began again within reach and was taken to be the same person.',
    ]);
  });

  it('sums up visits: the limit is passed by the time inside, and nobody is inside in between', () => {
    const visits = [
      { fromMs: T0, toMs: T0 + 10_000 },
      { fromMs: T0 + 60_000, toMs: T0 + 71_000 },
    ];
    const twice = event('closed', 21, { toMs: T0 + 71_000 }, { visits, visitCount: 2, joinProbability: 0.9 });
    const alert = tell(newDecider(), twice)[0]?.alert;
    expect(alert?.detail.seconds).toBe(21);
    expect(alert?.detail.uncertainty.joinProbability).toBe(0.9);
    expect(alert?.detail.reasons[1]?.text).toBe(
      'Came 2 times within 1 min 11 s; what counts is the time inside, all visits together.',
    );
    expect(alert?.detail.moments.map(({ atMs, label }) => [(atMs - T0) / 1000, label])).toEqual([
      [0, 'entered Standing table'],
      [10, 'left Standing table'],
      [60, 'came back to Standing table'],
      [65, 'passed the limit of 15 s'],
      [71, 'last seen inside Standing table'],
    ]);
  });

  it('says how likely it is that somebody who was lost is the same person', () => {
    const lost: EpisodeDetail['gaps'] = [{ fromMs: T0, toMs: T0 + 9000, cause: 'identity', probability: 0.829 }];
    expect(tell(newDecider(), event('closed', 21, {}, { gaps: lost }))[0]?.alert.detail.reasons[1]?.text).toBe(
      'Lost from view for 9 s and taken to be the same person again, which is 82 % likely.',
    );
  });

  it('tells the story in moments, in order, under the pseudonym of each', () => {
    expect(detail?.moments.map(({ atMs, label, person }) => [(atMs - T0) / 1000, label, person[0]])).toEqual([
      [0, 'entered Standing table', 'A'],
      [5, 'outside for 2 s', 'A'],
      [9, 'not seen for 2 s', 'A'],
      [15, 'passed the limit of 15 s', 'B'],
      [15, 'track joined after 1 s', 'B'],
      [21, 'last seen inside Standing table', 'B'],
    ]);
  });

  it('names what it is uncertain of', () => {
    expect(detail?.uncertainty).toEqual({
      coastedShare: 0.1,
      gapsBridged: 2,
      identityJoins: 1,
      joinProbability: 1,
      sigmaMetres: 0.12,
    });
  });

  it('offers innocent explanations, and no word about who somebody is', () => {
    expect(detail?.explanations).toContain('A delayed or cancelled flight');
    expect(JSON.stringify(detail)).not.toMatch(/suspect|victim|suspicious|offender|trafficker/i);
  });
});
