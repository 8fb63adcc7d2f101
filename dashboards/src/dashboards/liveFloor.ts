/** For security and the terminal's operation: how full it is, how long people stay and wait, and where they go. */
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { floorMap } from '../floorMap.ts';
import { dashboardUrl, finished, frame } from '../frame.ts';
import { bars, figure, link, series, type Threshold, table, withColumn } from '../panels.ts';
import { among, is, type PostgresQuery, query, step } from '../postgres/query.ts';

/** People for each square metre: above one, walking is no longer free. */
const CROWDED: readonly Threshold[] = [
  [null, 'green'],
  [0.5, 'orange'],
  [1, 'red'],
];
const WAITING: readonly Threshold[] = [
  [null, 'green'],
  [600, 'orange'],
  [1200, 'red'],
];

const HERE = [is('site', 'site'), is('floor', 'floor'), among('zone', 'zone')] as const;

/** Zones with who is there now; a zone without anybody is there with 0. */
const now = (): PostgresQuery =>
  query()
    .from('dashboard.zone AS z')
    .leftJoin('dashboard.presence AS p', 'p.site = z.site AND p.floor = z.floor AND p.zone = z.zone')
    .where(is('z.site', 'site'), is('z.floor', 'floor'), among('z.zone', 'zone'));

/** A series for each zone, by its name. Added up first, named afterwards: there are many rows and few names. */
const byZone = (value: string, condition?: string): PostgresQuery =>
  query()
    .with(
      'figures',
      query()
        .select({
          time: '$__timeGroup(from_time, $__interval)',
          zone: 'zone',
          people: 'avg(people)',
          stays: 'sum(stays)',
          stay_seconds: 'sum(stay_seconds)',
          longest_seconds: 'max(longest_seconds)',
        })
        .from('dashboard.zone_interval')
        .where(step(300, 3600), '$__timeFilter(from_time)', ...HERE)
        .groupBy('1', '2'),
    )
    .select({ time: 'f.time', metric: 'z.name', value })
    .from('figures AS f')
    .leftJoin('dashboard.zone AS z', `${is('z.site', 'site')} AND ${is('z.floor', 'floor')} AND z.zone = f.zone`)
    .where('z.name IS NOT NULL', ...(condition === undefined ? [] : [condition]))
    .orderBy('f.time', 'z.name')
    .asTimeSeries();

function rightNow() {
  const queues = table(
    {
      title: 'Queues now',
      description:
        'How many stand in each queue, how long the first of them has waited, and how long those waited who came through within 15 minutes.',
      empty: 'This floor has no queue zone among the zones chosen above',
      width: 12,
      height: 9,
    },
    now()
      .leftJoin(
        `(SELECT zone, sum(stays) AS stays, sum(stay_seconds) AS stay_seconds, max(longest_seconds) AS longest_seconds
FROM dashboard.zone_interval
WHERE step_seconds = 300 AND from_time >= now() - interval '25 minutes' AND ${is('site', 'site')} AND ${is('floor', 'floor')} GROUP BY zone) AS r`,
        'r.zone = z.zone',
      )
      .select({
        Queue: 'z.name',
        'Waiting now': 'coalesce(p.people, 0)',
        'Longest now': 'coalesce(p.longest_seconds, 0)',
        'Came through': 'coalesce(r.stays, 0)',
        'Mean wait': 'r.stay_seconds / nullif(r.stays, 0)',
        'Longest wait': 'nullif(r.longest_seconds, 0)',
      })
      .where("z.kind IN ('queue', 'control')")
      .orderBy('z.name'),
  );
  for (const name of ['Longest now', 'Mean wait', 'Longest wait'])
    withColumn(queues, name, { unit: 's', decimals: 0, thresholds: WAITING });
  return [
    figure(
      {
        title: 'People in the zones now',
        description:
          'How many people are present in the zones chosen above. Whoever is in two zones that overlap counts in both.',
        empty: '0',
        width: 6,
        height: 9,
      },
      now().select({ 'People in the zones now': 'coalesce(sum(p.people), 0)' }),
    ),
    bars(
      {
        title: 'How crowded now',
        description:
          'People for each square metre of a zone. Above 0.5 people step aside for others; above 1 they cannot walk freely.',
        empty: 'The hub knows no zone of this floor',
        decimals: 2,
        width: 6,
        height: 9,
        thresholds: CROWDED,
      },
      now()
        .select({ Zone: 'z.name', 'People per m²': 'coalesce(p.people, 0) / nullif(z.area_square_metres, 0)' })
        .orderBy('2 DESC', '1')
        .limit(15),
    ),
    queues,
  ];
}

const NOBODY = 'The hub was not there in this time, or has not added up its first five minutes yet';

function overTime() {
  return [
    series(
      {
        title: 'People by zone',
        description: 'Mean number of people present.',
        empty: NOBODY,
        decimals: 1,
        width: 12,
        height: 9,
      },
      byZone('f.people'),
    )
      .interval('5m')
      .dataLinks([link('Alerts of this time', dashboardUrl('alertReview', ['site', 'floor', 'zone']))]),
    series(
      {
        title: 'How crowded',
        description: 'People for each square metre of a zone.',
        empty: NOBODY,
        decimals: 2,
        width: 12,
        height: 9,
        thresholds: CROWDED,
      },
      byZone('f.people / nullif(z.area_square_metres, 0)'),
    ).interval('5m'),
    series(
      {
        title: 'How long people stay',
        description: 'Mean time of presence of those who left the zone.',
        empty: 'Nobody left one of these zones in this time',
        unit: 's',
        decimals: 0,
        width: 12,
        height: 9,
      },
      byZone('f.stay_seconds / nullif(f.stays, 0)'),
    ).interval('5m'),
    series(
      {
        title: 'Length of queues',
        description: 'Mean number of people in each queue and control zone.',
        empty: 'This floor has no queue zone, or nothing is known of this time',
        decimals: 1,
        width: 12,
        height: 9,
      },
      byZone('f.people', "z.kind IN ('queue', 'control')"),
    ).interval('5m'),
    series(
      {
        title: 'Mean wait in queues',
        description: 'Of those who left the queue: how long they had been in it.',
        empty: 'Nobody left a queue in this time',
        unit: 's',
        decimals: 0,
        width: 12,
        height: 9,
        thresholds: WAITING,
      },
      byZone('f.stay_seconds / nullif(f.stays, 0)', "z.kind IN ('queue', 'control') AND f.stays > 0"),
    ).interval('5m'),
    table(
      {
        title: 'Ways between zones',
        description: 'How many went from one zone to the next, most first.',
        empty: 'Nobody went from one of these zones to another in this time',
        width: 12,
        height: 9,
      },
      query()
        .with(
          'way',
          query()
            .select({ from_zone: 'from_zone', to_zone: 'to_zone', people: 'sum(people)' })
            .from('dashboard.zone_flow')
            .where('$__timeFilter(from_time)', is('site', 'site'), is('floor', 'floor'), among('to_zone', 'zone'))
            .groupBy('1', '2')
            .orderBy('3 DESC')
            .limit(30),
        )
        .select({ From: 'coalesce(a.name, w.from_zone)', To: 'coalesce(b.name, w.to_zone)', People: 'w.people' })
        .from('way AS w')
        .leftJoin(
          'dashboard.zone AS a',
          `${is('a.site', 'site')} AND ${is('a.floor', 'floor')} AND a.zone = w.from_zone`,
        )
        .leftJoin('dashboard.zone AS b', `${is('b.site', 'site')} AND ${is('b.floor', 'floor')} AND b.zone = w.to_zone`)
        .orderBy('w.people DESC', '1', '2'),
    ),
  ];
}

export function liveFloor(): Dashboard {
  const dashboard = frame({
    name: 'liveFloor',
    description:
      'How full the floor is, how long people stay and wait, and where they go. Counts only: nobody can be followed here.',
    from: 'now-6h',
    refresh: '30s',
    choices: ['floor', 'zones'],
    marks: true,
  });
  for (const panel of [...rightNow(), ...overTime()]) dashboard.withPanel(panel);
  dashboard.withPanel(
    floorMap(
      {
        title: 'Where people were',
        description:
          'Mean number of people in each square of the floor plan in this time, by whole hours, or days where the time is longer than some days; each square is two metres wide, or more on a long floor.',
        empty: 'Nothing is known of where people were in this time',
        decimals: 1,
        height: 14,
      },
      query()
        .select({
          x_metres: 'x_metres',
          y_metres: 'y_metres',
          // What of the last stretch is still to come does not count.
          value: `sum(person_seconds) / (SELECT sum(least(step_seconds, greatest(1, extract(epoch FROM now() - from_time))))
FROM (SELECT DISTINCT step_seconds, from_time FROM dashboard.floor_cell WHERE ${step(3600, 86_400)} AND $__timeFilter(from_time) AND ${is('site', 'site')} AND ${is('floor', 'floor')}) AS known)`,
        })
        .from('dashboard.floor_cell')
        .where(step(3600, 86_400), '$__timeFilter(from_time)', is('site', 'site'), is('floor', 'floor'))
        .groupBy('1', '2'),
    ),
  );
  return finished(dashboard);
}
