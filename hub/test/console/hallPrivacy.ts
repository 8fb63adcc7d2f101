/** What a privacy officer finds at the hall: two policies, runs with a gap, a hold, and who looked. */
import type pg from 'pg';
import type { AlertRecord } from '../../src/alert/transition.ts';
import { loadPrivacyPolicy } from '../../src/privacy/policy.ts';
import type { Store } from '../../src/store/store.ts';

const EXAMPLE = new URL('../../../examples/privacy.yaml', import.meta.url).pathname;
const DAY_MS = 86_400_000;

export async function seedPrivacy(
  store: Store,
  pool: pg.Pool,
  alerts: readonly AlertRecord[],
  nowMs: number,
): Promise<void> {
  const example = await loadPrivacyPolicy(EXAMPLE, nowMs);
  const { tracks } = example.classes;
  const before = {
    ...example,
    version: '2026-09-01',
    classes: { ...example.classes, tracks: { ...tracks, keep: '48 hours' } },
  };
  const now = {
    ...example,
    analysis: {
      patterns: ['dwell', 'escort', 'handover', 'flanking', 'regrouping', 'coordinator'] as const,
      why: 'Agreed with the authority on 3 November: nobody is followed at a distance',
      zones: [
        {
          floor: 'arrivals',
          zone: 'border-queue',
          patterns: ['dwell' as const],
          why: 'Order is forced upon people there',
        },
      ],
    },
    zones: [
      {
        floor: 'arrivals',
        zone: 'lifts',
        keep: { tracks: '24 hours', episodes: '7 days' },
        owner: 'Head of Terminal Operations',
        why: 'Nobody waits there for long, and a day is enough to look into what happened',
      },
    ],
  };
  await store.privacy.apply(before, { actor: 'hub', agreement: null }, nowMs - 88 * DAY_MS);
  for (const [person, reason] of [
    ['P. Lindqvist', 'Alerts of a Friday evening are reviewed on Monday'],
    ['D. Amari', 'Agreed: the works council was heard on 20 November'],
  ] as const) {
    const agreement = { person, role: 'privacy-officer', reason } as const;
    await store.privacy.apply(
      { ...now, analysis: { ...now.analysis, patterns: [...now.analysis.patterns] } },
      { actor: person, agreement },
      nowMs - 5 * DAY_MS,
    );
  }
  // Five days of the re-identification test: the policy got longer, and fewer could be singled out in a fuller hall.
  for (const [day, unique] of [190, 185, 201, 160, 148].entries()) {
    const setting = {
      retentionSeconds: 259_200,
      rounding: { metres: 0, seconds: 0 },
      precision: { metres: 3, seconds: 10 },
      persons: 41_000 + 700 * day,
      sampled: 500,
    };
    const results = [1, 2, 5].map((points) => ({
      ...setting,
      points,
      unique: Math.round(unique * (points / 2) ** 0.8),
    }));
    await store.reidentification.save({ atMs: nowMs - (5 - day) * DAY_MS, seed: day, results }, 'hub');
  }
  // A run every two minutes for six hours, but for twenty minutes in which the database was away.
  await pool.query(
    `INSERT INTO retention_run (run, started_at, class, finished_at, limit_seconds, cutoff, rows, oldest_left, error)
     SELECT md5(n::text)::uuid, at, class, at + interval '1 second', seconds, at - seconds * interval '1 second',
            CASE WHEN class = 'tracks' AND n % 7 = 0 THEN 4212 WHEN class = 'accessLogs' AND n % 30 = 0 THEN 12 ELSE 0 END,
            at - share * seconds * interval '1 second', NULL
     FROM generate_series(0, 179) AS n,
          LATERAL (SELECT $1::timestamptz - n * interval '2 minutes' - interval '40 seconds' AS at) AS t,
          (VALUES ('tracks', 259200, 0.9995), ('episodes', 2592000, 0.86), ('alerts', 7776000, 0.31), ('evidence', 7776000, 0.002),
                  ('accessLogs', 2592000, 0.97), ('audit', 31536000, 0.24)) AS c (class, seconds, share)
     WHERE n NOT BETWEEN 74 AND 84`,
    [new Date(nowMs)],
  );
  await pool.query(
    `INSERT INTO retention_zone_run (run, started_at, class, floor, zone, finished_at, limit_seconds, cutoff, rows, oldest_left)
     SELECT r.run, r.started_at, r.class, 'arrivals', 'lifts', r.finished_at, seconds, r.started_at - seconds * interval '1 second', 31,
            r.started_at - seconds * interval '1 second'
     FROM retention_run AS r JOIN (VALUES ('tracks', 86400), ('episodes', 604800)) AS c (class, seconds) USING (class)`,
  );
  const [first, second] = alerts;
  if (!first || !second) return;
  await store.privacy.holds.place({
    alert: first.id,
    owner: 'Data Protection Officer',
    reason: 'Complaint 2026-14 is being answered',
    untilMs: nowMs + 60 * DAY_MS,
    actor: 'P. Lindqvist',
  });
  const looks = [
    ['M. Oduya', 'read.live', null, null],
    ['M. Oduya', 'read.alert', second.id, null],
    ['M. Oduya', 'read.evidence', second.id, null],
    ['S. Berg', 'read.presence', 'arrivals', null],
    ['P. Lindqvist', 'read.evidence', first.id, 'complaint 2026-14'],
  ] as const;
  for (const [i, [actor, action, subject, purpose]] of looks.entries()) {
    await store.audit.record({
      atMs: nowMs - (looks.length - i) * 420_000,
      actor,
      action,
      ...(subject === null ? {} : { subject }),
      ...(purpose === null ? {} : { purpose }),
    });
  }
}
