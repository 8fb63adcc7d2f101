/** The hall's alerts: what the scorer would say about those who stay. */
import { createHash } from 'node:crypto';
import type { AlertRecord } from '../../src/alert/transition.ts';
import type { Disposition } from '../../src/api/schemas.ts';
import { type Stayer, stayer } from './hallPeople.ts';
import { HALL_PLAN, HALL_SITE, type HallZone, zoneBox } from './hallPlan.ts';

export interface Review {
  readonly acknowledgedBy?: string;
  readonly closed?: { readonly disposition: Disposition; readonly reason: string; readonly note: string | null };
}

export interface HallAlert {
  readonly name: string;
  readonly zone: HallZone;
  readonly fromMs: number;
  /** Null while it lasts. */
  readonly seconds: number | null;
  readonly person: Stayer;
  readonly review: Review;
}

interface Script {
  readonly zone: HallZone;
  /** How long ago the presence began, minutes. */
  readonly minutesAgo: number;
  readonly minutes: number | null;
  readonly review?: Review;
}

const SCRIPT: readonly Script[] = [
  { zone: 'lifts', minutesAgo: 12.4, minutes: null },
  { zone: 'meeting-point', minutesAgo: 27.2, minutes: null },
  { zone: 'belts', minutesAgo: 52.5, minutes: null, review: { acknowledgedBy: 'R. Castellan' } },
  { zone: 'taxi-doors', minutesAgo: 31, minutes: 14.2 },
  { zone: 'car-hire', minutesAgo: 66, minutes: 47, review: { acknowledgedBy: 'M. Oduya' } },
  {
    zone: 'meeting-point',
    minutesAgo: 94,
    minutes: 33,
    review: {
      acknowledgedBy: 'R. Castellan',
      closed: {
        disposition: 'benign-positive',
        reason: 'Waiting for a delayed flight',
        note: 'LH 1412 was 50 min late.',
      },
    },
  },
  {
    zone: 'east-exit',
    minutesAgo: 118,
    minutes: 13,
    review: { closed: { disposition: 'false-positive', reason: 'Two people taken for one', note: null } },
  },
  {
    zone: 'taxi-doors',
    minutesAgo: 151,
    minutes: 22,
    review: {
      closed: { disposition: 'true-positive', reason: 'Welfare check made', note: 'Taken to the assistance desk.' },
    },
  },
];

export function hallAlerts(nowMs: number): HallAlert[] {
  return SCRIPT.map(({ zone, minutesAgo, minutes, review }, index) => {
    const name = `story-${index}-${zone}`;
    const fromMs = Math.round(nowMs - minutesAgo * 60_000);
    const seconds = minutes === null ? null : minutes * 60;
    return { name, zone, fromMs, seconds, person: stayer(name, zone, fromMs, seconds), review: review ?? {} };
  });
}

function words(seconds: number): string {
  const whole = Math.round(seconds);
  const rest = whole % 60;
  return rest === 0 ? `${whole / 60} min` : `${(whole - rest) / 60} min ${rest} s`;
}

export const uuidOf = (name: string): string => {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

const EXPLANATIONS: Record<string, readonly string[]> = {
  waiting: ['A delayed or cancelled flight', 'A long connection, or a night between two flights', 'Resting or asleep'],
  transit: ['Resting, or unwell', 'Looking for the way or reading a display', 'Waiting for assistance'],
  exit: ['Meeting passengers whose luggage is late', 'Waiting for transport', 'A driver who fetches several parties'],
  retail: ['A meal', 'Shopping', 'Waiting out a delay where there are seats'],
};

/** The alert as it stands at a moment; null before the limit is passed. */
export function recordAt(alert: HallAlert, nowMs: number): AlertRecord | null {
  const { name: zoneName, limitSeconds } = zoneBox(alert.zone);
  const lasted = (nowMs - alert.fromMs) / 1000;
  const live = alert.seconds === null || lasted < alert.seconds;
  const seconds = live || alert.seconds === null ? lasted : alert.seconds;
  if (seconds <= limitSeconds) return null;
  const toMs = Math.round(alert.fromMs + seconds * 1000);
  const limitAtMs = alert.fromMs + limitSeconds * 1000;
  const last = alert.person.at(toMs - 500) ?? { x: 0, y: 0 };
  const person = alert.person.pseudonym;
  const gapMs = Math.round(alert.fromMs + limitSeconds * 620);
  const kind = HALL_PLAN.zones.find((zone) => zone.id === alert.zone)?.kind ?? 'waiting';
  const gapPlace = alert.person.at(gapMs) ?? last;
  const score = seconds / limitSeconds - 1;
  return {
    id: uuidOf(`${alert.name}/${alert.fromMs}`),
    site: HALL_SITE,
    floor: HALL_PLAN.id,
    zone: alert.zone,
    pattern: 'dwell',
    live,
    delayed: false,
    raisedAtMs: limitAtMs,
    updatedAtMs: toMs,
    fromMs: alert.fromMs,
    toMs,
    score,
    severity: Math.min(1, 0.2 + score * 0.6),
    sentence: `Present at ${zoneName} for ${words(seconds)}, limit ${words(limitSeconds)}`,
    detail: {
      policy: 'dwell/1',
      patterns: ['dwell'],
      limitSeconds,
      seconds,
      reasons: [
        {
          text: `Present at ${zoneName} for ${words(seconds)}${live ? ' so far' : ''}; the limit set for this zone is ${words(limitSeconds)} (${(seconds / limitSeconds).toFixed(1)} times the limit).`,
          fromMs: alert.fromMs,
          toMs,
          place: [last.x, last.y],
        },
        {
          text: 'Left for 6 s and came back.',
          fromMs: gapMs,
          toMs: gapMs + 6_000,
          place: [gapPlace.x, gapPlace.y],
        },
      ],
      explanations: [...(EXPLANATIONS[kind] ?? []), 'Waiting for somebody', 'A phone call', 'Staff at work'],
      uncertainty: { coastedShare: 0.04, gapsBridged: 1, identityJoins: 0, joinProbability: 1, sigmaMetres: 0.28 },
      persons: [{ person, role: 'dwelling', fromMs: alert.fromMs, toMs }],
      moments: [
        { atMs: alert.fromMs, person, label: `entered ${zoneName}` },
        { atMs: gapMs, person, label: 'outside for 6 s' },
        { atMs: limitAtMs, person, label: `passed the limit of ${words(limitSeconds)}` },
        ...(live ? [] : [{ atMs: toMs, person, label: `last seen inside ${zoneName}` }]),
      ],
    },
  };
}
