/** For the privacy officer: is the policy obeyed, who looked at what, and can that be proved? */
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { CONSOLE, finished, frame } from '../frame.ts';
import { bars, counts, figure, series, table, withColumn } from '../panels.ts';
import { is, query } from '../postgres/query.ts';

function proof() {
  return [
    figure(
      {
        title: 'Past its time',
        description:
          'By how much the oldest row of any class is older than its limit. The engine runs every two minutes: some minutes are ordinary. Views never show what is past its time, destroyed or not.',
        empty: 'No run of the retention engine is recorded yet',
        unit: 's',
        decimals: 0,
        width: 6,
        height: 5,
        thresholds: [
          [null, 'green'],
          [300, 'orange'],
          [900, 'red'],
        ],
      },
      query()
        .select({ 'Past its time': 'max(greatest(0, oldest_seconds - limit_seconds))' })
        .from('dashboard.retention_class')
        .where('finished_at IS NOT NULL'),
    ),
    figure(
      {
        title: 'Since the last good run',
        description:
          'How long ago the retention engine last finished every class without a fault. Six minutes are late.',
        empty: 'No run has succeeded yet',
        unit: 's',
        decimals: 0,
        width: 6,
        height: 5,
        thresholds: [
          [null, 'green'],
          [240, 'orange'],
          [360, 'red'],
        ],
      },
      query().select({ 'Since the last good run': 'max(seconds_since_success)' }).from('dashboard.retention_class'),
    ),
    figure(
      {
        title: 'Faults in the audit chain',
        description:
          'Rows among the newest 5,000 that do not fit their digest or the row before, and a newest seal without its row. 0 is the only good figure; “hub audit verify” checks all of it.',
        empty: '0',
        width: 6,
        height: 5,
        thresholds: [
          [null, 'green'],
          [1, 'red'],
        ],
      },
      query().select({ 'Faults in the audit chain': 'broken' }).from('dashboard.audit_chain'),
    ),
    figure(
      {
        title: 'Rows of the audit without a seal for',
        description: 'How long the newest row of the audit has not been signed over. The hub seals once a minute.',
        empty: 'Everything is sealed',
        unit: 's',
        decimals: 0,
        width: 6,
        height: 5,
        thresholds: [
          [null, 'green'],
          [180, 'orange'],
          [600, 'red'],
        ],
      },
      query()
        .select({
          'Rows of the audit without a seal for':
            "CASE WHEN newest_at > coalesce(sealed_at, '-infinity') THEN greatest(0, extract(epoch FROM now() - newest_at))::double precision END",
        })
        .from('dashboard.audit_chain'),
    ),
  ];
}

function retention() {
  const classes = table(
    {
      title: 'Classes of data',
      description: 'How long each class may be kept by the policy in force, and the oldest row that the last run left.',
      empty: 'The database has no classes of data',
      width: 14,
      height: 8,
    },
    query()
      .select({
        Class: 'class',
        Limit: 'limit_seconds',
        'Oldest row': 'oldest_seconds',
        'Time left': 'limit_seconds - oldest_seconds',
        'Last run': 'finished_at',
        Fault: 'error',
      })
      .from('dashboard.retention_class')
      .orderBy('class'),
  );
  for (const name of ['Limit', 'Oldest row']) withColumn(classes, name, { unit: 's', decimals: 1 });
  withColumn(classes, 'Time left', {
    unit: 's',
    decimals: 1,
    thresholds: [
      [null, 'red'],
      [-300, 'orange'],
      [0, 'green'],
    ],
  });
  return [
    bars(
      {
        title: 'Oldest row against its limit',
        description:
          'The age of the oldest row of each class as a share of what the policy allows. 100 % is where it is destroyed.',
        empty: 'No run of the retention engine is recorded yet',
        unit: 'percentunit',
        decimals: 0,
        width: 10,
        height: 8,
        thresholds: [
          [null, 'green'],
          [1.001, 'orange'],
          [1.05, 'red'],
        ],
      },
      query()
        .select({ Class: 'class', 'Share of the limit': 'coalesce(oldest_seconds, 0) / nullif(limit_seconds, 0)' })
        .from('dashboard.retention_class')
        .orderBy('class'),
    ).max(1.05),
    classes,
    counts(
      {
        title: 'Rows destroyed',
        description:
          'What the retention engine destroyed, by class. A class that stays at nothing while its oldest row grows older than its limit is a fault.',
        empty: 'Nothing was past its time in this time',
        decimals: 0,
        width: 14,
        height: 8,
      },
      query()
        .select({ time: '$__timeGroup(started_at, $__interval)', metric: 'class', value: 'sum(rows)' })
        .from('dashboard.retention_run')
        .where('$__timeFilter(started_at)', 'rows > 0')
        .groupBy('1', '2')
        .orderBy('1', '2')
        .asTimeSeries(),
    ).interval('10m'),
    table(
      {
        title: 'Runs that did not finish',
        description:
          'Retention runs of this time in which something could not be destroyed, with what the engine said. It tries again every two minutes.',
        empty: 'Every run of this time destroyed all that was past its time',
        width: 10,
        height: 8,
      },
      query()
        .select({ Started: 'started_at', Class: 'class', Fault: "coalesce(error, 'did not come to its end')" })
        .from('dashboard.retention_run')
        .where(
          '$__timeFilter(started_at)',
          "(error IS NOT NULL OR (finished_at IS NULL AND started_at < now() - interval '10 minutes'))",
        )
        .orderBy('started_at DESC')
        .limit(100),
    ),
  ];
}

function accountability() {
  const reads = table(
    {
      title: 'Who looked at what',
      description:
        'Every read of an alert, its evidence or the live floor in this time, the newest first. The subject leads to the alert.',
      empty: 'Nobody looked at an alert, at evidence or at the live floor in this time',
      width: 14,
      height: 9,
    },
    query()
      .select({ Time: 'at', Who: 'actor', What: 'what', Subject: 'subject', Purpose: 'purpose' })
      .from('dashboard.audit_read')
      .where('$__timeFilter(at)')
      .orderBy('at DESC')
      .limit(200),
  );
  withColumn(reads, 'Time', { width: 170 });
  withColumn(reads, 'Subject', { link: { title: 'Open in the console', url: `${CONSOLE}/alerts/\${__value.raw}` } });
  const holds = table(
    {
      title: 'Holds',
      description:
        'Evidence that is kept beyond its time: of which alert, why, in whose responsibility and until when.',
      empty: 'No evidence is held beyond its time',
      width: 12,
      height: 7,
    },
    query()
      .select({ Since: 'held_at', Until: 'until', Alert: 'alert::text', Reason: 'reason', Owner: 'owner' })
      .from('dashboard.hold')
      .where(is('site', 'site'), 'ended_at IS NULL')
      .orderBy('until'),
  );
  withColumn(holds, 'Alert', { link: { title: 'Open in the console', url: `${CONSOLE}/alerts/\${__value.raw}` } });
  return [
    counts(
      {
        title: 'Reads of personal data',
        description:
          'How often alerts, evidence and the live floor were looked at, by person. A person who reads far more than the others, or at night, is worth a question.',
        empty: 'Nobody looked at an alert, at evidence or at the live floor in this time',
        decimals: 0,
        width: 10,
        height: 9,
      },
      query()
        .select({ time: '$__timeGroup(at, $__interval)', metric: 'actor', value: 'count(*)' })
        .from('dashboard.audit_read')
        .where('$__timeFilter(at)')
        .groupBy('1', '2')
        .orderBy('1', '2')
        .asTimeSeries(),
    ).interval('1h'),
    reads,
    table(
      {
        title: 'Changes and what was done',
        description:
          'Changes of policies, access, keys and versions, erasures, exports and verdicts of this time; reads and retention runs have panels of their own.',
        empty: 'Nothing of the kind happened in this time',
        width: 24,
        height: 8,
      },
      query()
        .select({ Time: 'at', Who: 'actor', What: 'action', Subject: 'subject', Purpose: 'purpose', Detail: 'detail' })
        .from('dashboard.audit_change')
        .where('$__timeFilter(at)')
        .orderBy('at DESC')
        .limit(200),
    ),
    table(
      {
        title: 'Privacy policies',
        description:
          'Every policy that was ever in force, the present one first, and who agreed where one was looser than the one before.',
        empty: 'No privacy policy is in force: nothing can be read',
        width: 12,
        height: 7,
      },
      query()
        .select({
          From: 'from_time',
          To: 'to_time',
          Version: 'version',
          'Taken by': 'taken_by',
          'Agreed by': 'agreed_by',
          Digest: 'digest',
        })
        .from('dashboard.policy')
        .orderBy('number DESC')
        .limit(50),
    ),
    holds,
    series(
      {
        title: 'Re-identification',
        description:
          'Share of stored tracks that somebody who knows a few points of place and time could single out, by how many they know. It should fall or stay.',
        empty: 'The re-identification test has not run in this time',
        unit: 'percentunit',
        decimals: 0,
        width: 24,
        height: 8,
      },
      query()
        .select({ time: 'at', metric: "points || ' points, ' || setting", value: 'unique_share' })
        .from('dashboard.reidentification')
        .where('$__timeFilter(at)', is('site', 'site'))
        .orderBy('at')
        .asTimeSeries(),
    ).max(1),
  ];
}

export function privacy(): Dashboard {
  const dashboard = frame({
    name: 'privacy',
    description: 'Is the privacy policy obeyed, who looked at what, and can that be proved?',
    from: 'now-7d',
    refresh: '1m',
    choices: [],
  });
  for (const panel of [...proof(), ...retention(), ...accountability()]) dashboard.withPanel(panel);
  return finished(dashboard);
}
