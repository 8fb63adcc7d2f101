/** Made-up movements for tests of the decision: what scorers would tell, with the figures that they give. */
import type { FloorPlan } from '@safe-passage/contract';
import { DEFAULT_POLICY } from '../../src/alert/policy.ts';
import { type Sign, SignReader } from '../../src/alert/sign.ts';
import type { DwellEpisode, DwellEvent } from '../../src/score/episode.ts';
import type { MovementEpisode, MovementEvent, MovementPattern, Role, StoryPerson } from '../../src/score/movement.ts';
import { rectangle } from '../score/walks.ts';

export const T0 = 1_795_000_000_000;
export const SITE = 'fra';

export const PLAN: FloorPlan = {
  id: 'hall',
  name: 'Arrivals hall',
  bounds: [
    [0, 0],
    [60, 40],
  ],
  walls: [],
  zones: [
    { ...rectangle('cafe', [0, 0, 10, 8], { name: 'Café Nord', kind: 'retail' }), dwellLimitSeconds: 3600 },
    rectangle('way', [10, 0, 40, 8], { name: 'East corridor', kind: 'transit' }),
    rectangle('security', [40, 0, 50, 8], { name: 'Security', kind: 'control' }),
    rectangle('line', [40, 8, 50, 20], { name: 'Security queue', kind: 'queue' }),
    rectangle('doors', [50, 0, 60, 8], { name: 'Doors', kind: 'exit' }),
    rectangle('gate', [0, 20, 30, 40], { name: 'Gate 4', kind: 'waiting' }),
    rectangle('prayer', [30, 20, 40, 40], { name: 'Prayer room', kind: 'blind' }),
  ],
  cameras: [],
};

const ROLES: Readonly<Record<MovementPattern, readonly Role[]>> = {
  escort: ['leader', 'follower'],
  handover: ['leader', 'leader', 'follower'],
  flanking: ['flanked', 'flanking', 'flanking'],
  shadowing: ['shadowing', 'shadowed'],
  coordinator: ['coordinator', 'contact', 'contact', 'contact', 'contact'],
  regrouping: ['companion', 'companion', 'companion', 'companion'],
};

/** Figures of which at least two are independent of each other. */
const FIGURES: Readonly<Record<MovementPattern, Readonly<Record<string, number>>>> = {
  escort: { lagSeconds: 0.8, distanceMetres: 1.1, frontNats: 1.4, lagNats: 1.2, orderNats: 2.1 },
  handover: { firstLogOddsNats: 4.1, secondLogOddsNats: 2.2 },
  flanking: { betweenSeconds: 70, betweenShare: 0.93, sidesNats: 0.5, adaptNats: 1.3 },
  shadowing: { lagSeconds: 13, distanceMetres: 11.2, trailNats: 2, answersNats: 1.4, stops: 3, starts: 2 },
  coordinator: { contacts: 6, contactSeconds: 40 },
  regrouping: { apartSeconds: 48, apartMetres: 12.3, togetherSeconds: 25 },
};

export interface Told {
  readonly zone?: string | null;
  /** Seconds after the beginning of the test. */
  readonly from?: number;
  readonly to?: number;
  readonly score?: number;
  readonly open?: boolean;
  readonly figures?: Readonly<Record<string, number>>;
  readonly joinProbability?: number;
}

/** A movement of these people, who take the roles of the pattern in turn; whoever is more has the last one. */
export function movement(pattern: MovementPattern, people: string, told: Told = {}): MovementEpisode {
  const { zone = null, from = 0, to = 100, score = 0.5, open = false, joinProbability = 1 } = told;
  const fromMs = T0 + from * 1000;
  const toMs = T0 + to * 1000;
  const roles = ROLES[pattern];
  const changeMs = Math.round((fromMs + toMs) / 2);
  const persons = people.split('').map((person, i): StoryPerson => {
    const role = roles[Math.min(i, roles.length - 1)] ?? 'companion';
    if (pattern !== 'handover' || i > 1) return { person, role, fromMs, toMs };
    // The one leads until the middle, the other from there on.
    return i === 0 ? { person, role, fromMs, toMs: changeMs } : { person, role, fromMs: changeMs, toMs };
  });
  const first = persons[0]?.person ?? '';
  return {
    pattern,
    key: `${pattern} ${people} ${fromMs}`,
    zone,
    fromMs,
    toMs,
    open,
    score,
    figures: told.figures ?? FIGURES[pattern],
    persons,
    reasons: [{ text: `Seen as ${pattern} from ${from} s on.`, fromMs, toMs }],
    moments: [
      { atMs: fromMs, person: first, label: 'met' },
      ...(pattern === 'handover' ? [{ atMs: changeMs, person: first, label: 'handed over' }] : []),
    ],
    uncertainty: { coastedShare: 0.05, identityJoins: joinProbability < 1 ? 1 : 0, joinProbability, sigmaMetres: 0.2 },
  };
}

export const movementEvent = (pattern: MovementPattern, people: string, told: Told = {}): MovementEvent => ({
  kind: told.open ? 'grew' : 'closed',
  episode: movement(pattern, people, told),
});

/** Somebody's presence in a zone of the plan. */
export function stay(person: string, zone: string, told: Told = {}): DwellEpisode {
  const { from = 0, to = 100, open = false } = told;
  const found = PLAN.zones.find(({ id }) => id === zone);
  if (!found) throw new Error(`no zone ${zone}`);
  const fromMs = T0 + from * 1000;
  const toMs = T0 + to * 1000;
  return {
    zone,
    zoneName: found.name,
    zoneKind: found.kind,
    zoneLimitSeconds: found.dwellLimitSeconds ?? null,
    person,
    fromMs,
    toMs,
    seconds: to - from,
    open,
    coastedShare: 0.1,
    detail: {
      schema: 'dwell-episode/2',
      visits: [{ fromMs, toMs }],
      visitCount: 1,
      pending: [],
      joinProbability: 1,
      storyProbability: 1,
      smoothed: [2, 2],
      smoothedMs: toMs,
      members: [{ person, fromMs, toMs }],
      gaps: [],
      coastedMs: 0,
      gapsBridged: 0,
      identityJoins: 0,
      sigmaMetres: 0.12,
      sigmaBins: [],
      everMoved: true,
      netDisplacementMetres: 3,
      anchor: [0, 0, 0.1],
      entryPlace: [0, 2],
      lastPlace: [2, 2],
      insideMs: toMs - fromMs,
    },
  };
}

export const stayEvent = (person: string, zone: string, told: Told = {}): DwellEvent => ({
  kind: told.open ? 'grew' : 'closed',
  episode: stay(person, zone, told),
});

export const reader = new SignReader(SITE, PLAN, DEFAULT_POLICY);
export const present = <T>(value: T | null): T => {
  if (value === null) throw new Error('nothing is known of a blind zone');
  return value;
};

/** A movement, and somebody's presence, as parts of a story. */
export const sign = (...told: Parameters<typeof movement>): Sign => present(reader.movement(movement(...told)));
export const dwell = (...told: Parameters<typeof stay>): Sign => present(reader.dwell(stay(...told)));
