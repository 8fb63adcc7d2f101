/** For security: which alerts wait, why they were raised, and how well they are answered. */
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { floorMap } from '../floorMap.ts';
import { CONSOLE, dashboardUrl, finished, frame } from '../frame.ts';
import { counts, figure, link, series, stacks, table, withColumn } from '../panels.ts';
import { among, is, type PostgresQuery, query } from '../postgres/query.ts';

const alerts = (): PostgresQuery =>
  query()
    .from('dashboard.alert')
    .where(is('site', 'site'), among('floor', 'floor'), among('zone', 'zone'), among('pattern', 'pattern'));

const raised = (): PostgresQuery => alerts().where('$__timeFilter(raised_at)');

/** One answer and its interval, of those that were judged. */
const share = (what: string) => ({
  [what]: `count(*) FILTER (WHERE ${JUDGED[what]})::double precision / nullif(count(*), 0)`,
  [`${what}: at least`]: `(dashboard.wilson_interval(count(*) FILTER (WHERE ${JUDGED[what]}), count(*))).low`,
  [`${what}: at most`]: `(dashboard.wilson_interval(count(*) FILTER (WHERE ${JUDGED[what]}), count(*))).high`,
});
const JUDGED: Readonly<Record<string, string>> = {
  'As described': "disposition IN ('true-positive', 'benign-positive')",
  'Needed somebody': "disposition = 'true-positive'",
};

function figures() {
  return [
    figure(
      {
        title: 'Open alerts',
        description: 'How many alerts wait for somebody or are looked at now, whenever they were raised.',
        empty: '0',
        width: 6,
        height: 4,
        thresholds: [
          [null, 'green'],
          [10, 'orange'],
          [25, 'red'],
        ],
      },
      alerts().select({ 'Open alerts': 'count(*)' }).where("state <> 'closed'"),
    ).dataLinks([link('Open the review console', `${CONSOLE}/`, true)]),
    figure(
      {
        title: 'Longest without an answer',
        description: 'How long the oldest alert waits that nobody has taken on.',
        empty: 'No alert waits',
        unit: 's',
        decimals: 0,
        width: 6,
        height: 4,
        thresholds: [
          [null, 'green'],
          [900, 'orange'],
          [3600, 'red'],
        ],
      },
      alerts()
        .select({ 'Longest without an answer': 'extract(epoch FROM now() - min(raised_at))::double precision' })
        .where("state = 'new'"),
    ),
    figure(
      {
        title: 'Raised in this time',
        description: 'Alerts raised in the time range above.',
        empty: '0',
        width: 6,
        height: 4,
      },
      raised().select({ 'Raised in this time': 'count(*)' }),
    ),
    figure(
      {
        title: 'Usual time to an answer',
        description:
          'Median time from raising an alert to somebody taking it on, of alerts raised in this time. Alerts from late data do not count.',
        empty: 'No alert was answered in this time',
        unit: 's',
        decimals: 0,
        width: 6,
        height: 4,
        thresholds: [
          [null, 'green'],
          [300, 'orange'],
          [900, 'red'],
        ],
      },
      raised().select({
        'Usual time to an answer': 'percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds_to_acknowledge)',
      }),
    ),
  ];
}

function openOnes() {
  const age = (condition: string) => `count(*) FILTER (WHERE ${condition})`;
  const waiting = 'now() - raised_at';
  const open = table(
    {
      title: 'Alerts and why they were raised',
      description:
        'Open ones first, then the newest. The time leads to the replay in the console, the pattern to the figure. An alert is a prompt to look, never a decision.',
      empty: 'No alert is open, and none was raised in this time, in the places and patterns chosen above',
      width: 24,
      height: 11,
    },
    alerts()
      .select({
        Raised: 'raised_at',
        Pattern: 'initcap(pattern)',
        Place: 'place',
        Movement: 'sentence',
        Reasons: 'reasons',
        State: `CASE WHEN state = 'closed' THEN coalesce(disposition, 'closed') ELSE state END`,
        'Taken on by': 'acknowledged_by',
        'Waited for': `CASE WHEN state = 'new' THEN extract(epoch FROM now() - raised_at)::double precision ELSE seconds_to_acknowledge END`,
        id: 'id::text',
      })
      .where("(state <> 'closed' OR $__timeFilter(raised_at))")
      .orderBy("(state = 'closed')", 'raised_at DESC')
      .limit(200),
  );
  withColumn(open, 'Raised', {
    width: 170,
    link: { title: 'Replay in the console', url: `${CONSOLE}/alerts/\${__data.fields.id}` },
  });
  withColumn(open, 'Pattern', {
    width: 110,
    link: { title: 'Figure of the floor plan', url: `${CONSOLE}/api/alerts/\${__data.fields.id}/figure.svg` },
  });
  withColumn(open, 'Place', {
    width: 150,
    link: { title: 'Live floor', url: dashboardUrl('liveFloor', ['site', 'floor']), newTab: false },
  });
  withColumn(open, 'Movement', { width: 320 });
  withColumn(open, 'State', { width: 130 });
  withColumn(open, 'Taken on by', { width: 120 });
  withColumn(open, 'Waited for', {
    width: 110,
    unit: 's',
    decimals: 0,
    thresholds: [
      [null, 'green'],
      [300, 'orange'],
      [900, 'red'],
    ],
  });
  withColumn(open, 'id', { hidden: true });
  return [
    stacks(
      {
        title: 'Open alerts by age and pattern',
        description:
          'Which movements wait, and for how long already. What is older than an hour should be nobody’s habit.',
        empty: 'No alert is open',
        width: 10,
        height: 8,
      },
      alerts()
        .select({
          Pattern: 'initcap(pattern)',
          'Under 15 min': age(`${waiting} < interval '15 minutes'`),
          '15 to 60 min': age(`${waiting} >= interval '15 minutes' AND ${waiting} < interval '1 hour'`),
          '1 to 4 h': age(`${waiting} >= interval '1 hour' AND ${waiting} < interval '4 hours'`),
          'Over 4 h': age(`${waiting} >= interval '4 hours'`),
        })
        .where("state <> 'closed'")
        .groupBy('pattern')
        .orderBy('count(*) DESC', 'pattern'),
    ),
    counts(
      {
        title: 'Alerts raised',
        description: 'How many of each pattern were raised when.',
        empty: 'No alert was raised in this time',
        width: 14,
        height: 8,
        decimals: 0,
      },
      raised()
        .select({ time: '$__timeGroup(raised_at, $__interval)', metric: 'initcap(pattern)', value: 'count(*)' })
        .groupBy('1', '2')
        .orderBy('1', '2')
        .asTimeSeries(),
    ).interval('15m'),
    open,
  ];
}

function answers() {
  const precision = table(
    {
      title: 'How often an alert was right, by pattern',
      description:
        'Of the alerts that reviewers closed in this time. As described: the movement took place, with or without a good reason. The interval is 95 % (Wilson): few alerts tell little. Closed as unknown does not count.',
      empty: 'No alert of this time was closed with a verdict yet',
      unit: 'percentunit',
      decimals: 0,
      width: 14,
      height: 8,
    },
    raised()
      .select({
        Pattern: 'initcap(pattern)',
        Judged: 'count(*)',
        ...share('As described'),
        ...share('Needed somebody'),
      })
      .where("disposition IN ('true-positive', 'benign-positive', 'false-positive')")
      .groupBy('pattern')
      .orderBy('count(*) DESC', 'pattern'),
  );
  withColumn(precision, 'Judged', { unit: 'none', width: 80 });
  withColumn(precision, 'As described', {
    thresholds: [
      [null, 'red'],
      [0.3, 'orange'],
      [0.6, 'green'],
    ],
  });
  return [
    precision,
    series(
      {
        title: 'Time to an answer',
        description:
          'From raising an alert to somebody taking it on: half of them were answered faster than “usual”, nine of ten faster than “slow”.',
        empty: 'No alert of this time was answered',
        unit: 's',
        decimals: 0,
        width: 10,
        height: 8,
        thresholds: [
          [null, 'green'],
          [300, 'orange'],
          [900, 'red'],
        ],
      },
      raised()
        .select({
          time: '$__timeGroup(raised_at, $__interval)',
          usual: 'percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds_to_acknowledge)',
          slow: 'percentile_cont(0.9) WITHIN GROUP (ORDER BY seconds_to_acknowledge)',
        })
        .where('seconds_to_acknowledge IS NOT NULL')
        .groupBy('1')
        .orderBy('1')
        .asTimeSeries(),
    ).interval('15m'),
  ];
}

export function alertReview(): Dashboard {
  const dashboard = frame({
    name: 'alertReview',
    description: 'Which alerts wait, why they were raised, and how well they are answered.',
    from: 'now-24h',
    refresh: '1m',
    choices: ['floors', 'zones and outside', 'pattern'],
    marks: true,
  });
  for (const panel of [...figures(), ...openOnes(), ...answers()]) dashboard.withPanel(panel);
  dashboard.withPanel(
    floorMap(
      {
        title: `Where alerts took place: \${floor:text}`,
        description:
          'Alerts of this time by their place on the floor plan; each square is two metres wide, or more on a long floor.',
        empty: 'No alert of this time has a place on this floor',
        decimals: 0,
        height: 12,
      },
      query()
        .select({ x_metres: 'x_metres', y_metres: 'y_metres', value: '1.0' })
        .from('dashboard.alert')
        .where(
          '$__timeFilter(raised_at)',
          is('site', 'site'),
          is('floor', 'floor'),
          among('zone', 'zone'),
          among('pattern', 'pattern'),
          'x_metres IS NOT NULL',
        ),
    )
      .repeat('floor')
      .repeatDirection('v'),
  );
  return finished(dashboard);
}
