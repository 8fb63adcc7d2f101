/** For engineers: which devices and cameras are well, which are not, and since when. */
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { finished, frame } from '../frame.ts';
import { bars, counts, figure, series, type Threshold, table, withColumn } from '../panels.ts';
import { among, is, type PostgresQuery, query, step } from '../postgres/query.ts';

const SILENT: readonly Threshold[] = [
  [null, 'green'],
  [30, 'orange'],
  [60, 'red'],
];
const QUEUED: readonly Threshold[] = [
  [null, 'green'],
  [30, 'orange'],
  [120, 'red'],
];
const DAY = 86_400;

const HERE = [is('site', 'site'), among('floor', 'floor'), among('device', 'device')] as const;
const devices = (): PostgresQuery =>
  query()
    .from('dashboard.device')
    .where(...HERE);

const clocks = (): PostgresQuery =>
  query()
    .from('dashboard.device_clock')
    .where(...HERE, `silent_seconds < ${DAY}`);

/** As many lines as can be told apart. */
const MOST_CAMERAS = 12;

/** A series for each camera, of those only that are worst in this time. */
const byCamera = (value: string, worst: string): PostgresQuery => {
  const told = [step(300, 3600), '$__timeFilter(from_time)', ...HERE];
  return (
    query()
      .with(
        'worst',
        query()
          .select({ device: 'device' })
          .from('dashboard.device_health')
          .where(...told)
          .groupBy('1')
          .orderBy(`${worst} DESC NULLS LAST`, '1')
          .limit(MOST_CAMERAS),
      )
      .select({ time: '$__timeGroup(from_time, $__interval)', metric: 'camera', value })
      .from('dashboard.device_health')
      // A list, not a join: then only the rows of these are read.
      .where(...told, 'device = ANY (ARRAY(SELECT device FROM worst))')
      .groupBy('1', '2')
      .orderBy('1', '2')
      .asTimeSeries()
  );
};

const spread = (title: string, description: string, what: string) =>
  bars(
    { title, description, empty: 'No device has said so yet', decimals: 0, width: 8, height: 7 },
    devices().select({ What: what, Devices: 'count(*)' }).groupBy('1').orderBy('2 DESC', '1').limit(12),
  );

function figures() {
  return [
    figure(
      {
        title: 'Devices heard within a minute',
        description: 'Devices that are online and have told of their health within the last minute.',
        empty: '0',
        width: 5,
        height: 4,
      },
      devices().select({
        'Devices heard within a minute': "count(*) FILTER (WHERE state = 'online' AND silent_seconds < 60)",
      }),
    ),
    figure(
      {
        title: 'Devices silent',
        description: 'Devices that are offline or have not been heard for a minute. The table below says which.',
        empty: '0',
        width: 5,
        height: 4,
        thresholds: [
          [null, 'green'],
          [1, 'red'],
        ],
      },
      devices().select({ 'Devices silent': "count(*) FILTER (WHERE state <> 'online' OR silent_seconds >= 60)" }),
    ),
    figure(
      {
        title: 'Oldest report on a device',
        description: 'The age of the oldest report that any device still holds because the hub has not confirmed it.',
        empty: 'No device has told of its queue yet',
        unit: 's',
        decimals: 0,
        width: 5,
        height: 4,
        thresholds: QUEUED,
      },
      devices().select({ 'Oldest report on a device': 'max(outbox_oldest_seconds)' }),
    ),
    figure(
      {
        title: 'Worst clock',
        description:
          'The largest difference between a device’s clock and the hub’s. The table of clocks below says whose, and how surely it is known.',
        empty: 'No device has told the time yet',
        unit: 's',
        decimals: 2,
        width: 5,
        height: 4,
        thresholds: [
          [null, 'green'],
          [0.5, 'orange'],
          [1, 'red'],
        ],
      },
      clocks().select({ 'Worst clock': 'max(abs(offset_seconds))' }),
    ),
    figure(
      {
        title: 'Hub heard',
        description: 'How long ago the hub last said that it runs. It does so every ten seconds.',
        empty: 'No hub has run on this database yet',
        unit: 's',
        decimals: 0,
        width: 4,
        height: 4,
        thresholds: SILENT,
      },
      query().select({ 'Hub heard': 'silent_seconds' }).from('dashboard.hub').where(is('site', 'site')),
    ),
  ];
}

function fleetTable() {
  const fleet = table(
    {
      title: 'Devices and cameras',
      description: 'One row for each device, those with a problem first.',
      empty: 'No device has reported to this site yet',
      width: 24,
      height: 10,
    },
    devices()
      .select({
        Camera: 'camera',
        Device: 'device',
        Floor: 'floor',
        State: 'state',
        'Heard before': 'silent_seconds',
        Source: 'source_state',
        'Frames looked at': 'processed_frames_per_second',
        'Frames delivered': 'source_frames_per_second',
        Queue: 'outbox_reports',
        'Oldest in queue': 'outbox_oldest_seconds',
        'Clock ahead':
          '(SELECT c.offset_seconds FROM dashboard.device_clock AS c WHERE c.site = device.site AND c.floor = device.floor AND c.device = device.device)',
        'Calibrated so for': 'extract(epoch FROM now() - calibration_since)::double precision',
        Calibration: 'calibration',
        Version: 'version',
        Model: 'model',
      })
      .orderBy("(state = 'online' AND silent_seconds < 60)", 'outbox_oldest_seconds DESC NULLS LAST', 'floor', 'camera')
      .limit(500),
  );
  withColumn(fleet, 'Heard before', { unit: 's', decimals: 0, thresholds: SILENT });
  withColumn(fleet, 'Frames looked at', {
    unit: 'none',
    decimals: 1,
    thresholds: [
      [null, 'red'],
      [3, 'orange'],
      [5, 'green'],
    ],
  });
  withColumn(fleet, 'Frames delivered', { decimals: 1 });
  withColumn(fleet, 'Oldest in queue', { unit: 's', decimals: 0, thresholds: QUEUED });
  withColumn(fleet, 'Clock ahead', { unit: 's', decimals: 2 });
  withColumn(fleet, 'Calibrated so for', {
    unit: 's',
    decimals: 0,
    thresholds: [
      [null, 'green'],
      [180 * DAY, 'orange'],
      [365 * DAY, 'red'],
    ],
  });
  withColumn(fleet, 'Calibration', { words: { nominal: 'assumed: calibrate it' } });
  return fleet;
}

const NOTHING = 'No device told of its health in this time';

function overTime() {
  return [
    series(
      {
        title: 'Frames looked at, by camera',
        description:
          'Frames that went through the detector, per second. Below five, people who cross each other are confused. The twelve worst are shown.',
        empty: NOTHING,
        unit: 'none',
        decimals: 1,
        width: 12,
        height: 8,
      },
      byCamera('avg(processed_frames_per_second)', '-avg(processed_frames_per_second)'),
    ).interval('5m'),
    series(
      {
        title: 'Frames not looked at',
        description:
          'Share of the delivered frames that the device left out for want of time. The twelve worst are shown.',
        empty: NOTHING,
        unit: 'percentunit',
        decimals: 0,
        width: 12,
        height: 8,
      },
      byCamera(
        'greatest(0, 1 - sum(processed_frames_per_second) / nullif(sum(source_frames_per_second), 0))',
        '1 - sum(processed_frames_per_second) / nullif(sum(source_frames_per_second), 0)',
      ),
    ).interval('5m'),
    series(
      {
        title: 'Reports that wait on devices',
        description:
          'Reports in a device’s queue that the hub has not confirmed, the most in each stretch. The twelve worst are shown.',
        empty: NOTHING,
        decimals: 0,
        width: 12,
        height: 8,
      },
      byCamera('max(outbox_reports)', 'max(outbox_reports)'),
    ).interval('5m'),
    series(
      {
        title: 'Age of the oldest report that waits',
        description:
          'A line that rises by a second each second: the hub or the broker is away for that device. The twelve worst are shown.',
        empty: NOTHING,
        unit: 's',
        decimals: 0,
        width: 12,
        height: 8,
        thresholds: QUEUED,
      },
      byCamera('max(outbox_oldest_seconds)', 'max(outbox_oldest_seconds)'),
    ).interval('5m'),
    series(
      {
        title: 'Clocks against the hub’s',
        description:
          'How far a device’s clock is ahead of the hub’s; below zero it is behind. Half a second spoils the fusion of cameras. The twelve worst are shown.',
        empty: NOTHING,
        unit: 's',
        decimals: 2,
        width: 12,
        height: 8,
      },
      byCamera('max(clock_offset_seconds)', 'max(abs(clock_offset_seconds))'),
    )
      .interval('5m')
      .min(-2)
      .max(2),
    counts(
      {
        title: 'Reports lost',
        description:
          'Reports that a device had to forget before the hub had them, by the time that is missing: too old, or no room.',
        empty: 'Nothing was lost in this time',
        decimals: 0,
        width: 12,
        height: 8,
      },
      query()
        .select({
          time: '$__timeGroup(from_time, $__interval)',
          metric: "camera || ': ' || reason",
          value: 'sum(reports)',
        })
        .from('dashboard.report_gap')
        .where('$__timeFilter(from_time)', ...HERE)
        .groupBy('1', '2')
        .orderBy('1', '2')
        .asTimeSeries(),
    ).interval('5m'),
  ];
}

const AHEAD: readonly Threshold[] = [
  [null, 'red'],
  [-1, 'orange'],
  [-0.5, 'green'],
  [0.5, 'orange'],
  [1, 'red'],
];

/** Worst first: what somebody has to do next stands on top. */
function clocksAndCertificates() {
  const offsets = table(
    {
      title: 'Clocks, the worst first',
      description:
        'How far each device’s clock is ahead of the hub’s, and within what the true figure lies. Devices ask the hub for the time with each health message; what one does not know is taken from the arrival of its messages.',
      empty: 'No device has told the time yet',
      width: 12,
      height: 9,
    },
    clocks()
      .select({
        Camera: 'camera',
        Device: 'device',
        Floor: 'floor',
        Ahead: 'offset_seconds',
        'Within ±': 'uncertainty_seconds',
        Known: "CASE WHEN uncertainty_seconds IS NULL THEN 'by arrival, way included' ELSE 'asked the hub' END",
      })
      .orderBy('abs(offset_seconds) - coalesce(uncertainty_seconds, 0) DESC', 'floor', 'camera')
      .limit(500),
  );
  withColumn(offsets, 'Ahead', { unit: 's', decimals: 3, thresholds: AHEAD });
  withColumn(offsets, 'Within ±', { unit: 's', decimals: 3 });
  const certificates = table(
    {
      title: 'Certificates, the next to expire first',
      description:
        'When the certificate ends with which each device is connected. A device with an expired one is not let in by the broker at its next connection.',
      empty: 'No device is connected with a certificate',
      width: 12,
      height: 9,
    },
    query()
      .select({ Camera: 'camera', Device: 'device', Floor: 'floor', Expires: 'expires_at', 'Days left': 'days_left' })
      .from('dashboard.device_certificate')
      .where(...HERE)
      .orderBy('expires_at', 'floor', 'camera')
      .limit(500),
  );
  withColumn(certificates, 'Days left', {
    unit: 'none',
    decimals: 0,
    thresholds: [
      [null, 'red'],
      [14, 'orange'],
      [30, 'green'],
    ],
  });
  return [offsets, certificates];
}

function versions() {
  return [
    spread(
      'Versions',
      'How many devices run which version. More than one for longer than a roll-out is a device that was forgotten.',
      "coalesce(version, 'unknown')",
    ),
    spread('Models', 'How many devices look with which detector.', "coalesce(model || ' ' || model_digest, 'unknown')"),
    spread(
      'Calibrations',
      'How many devices measure, and how many assume a typical camera.',
      "CASE calibration WHEN 'nominal' THEN 'assumed' ELSE 'measured' END",
    ),
    table(
      {
        title: 'Messages refused',
        description: 'What the hub refused, how often and why; never what it said.',
        empty: 'Nothing was refused in this time',
        width: 24,
        height: 7,
      },
      query()
        .select({ Topic: 'topic', Reason: 'reason', Messages: 'sum(count)', 'Last hour': 'max(hour)' })
        .from('dashboard.quarantine')
        .where('$__timeFilter(hour)')
        .groupBy('1', '2')
        .orderBy('3 DESC')
        .limit(50),
    ),
  ];
}

export function fleet(): Dashboard {
  const dashboard = frame({
    name: 'fleet',
    description: 'Which devices and cameras are well, which are not, and since when.',
    from: 'now-6h',
    refresh: '30s',
    choices: ['floors', 'device'],
  });
  for (const panel of [...figures(), fleetTable(), ...overTime(), ...clocksAndCertificates(), ...versions()])
    dashboard.withPanel(panel);
  return finished(dashboard);
}
