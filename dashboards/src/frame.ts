/** What the four dashboards share: where they lie, how they are called, what can be chosen, how one leads to the other. */
import {
  AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  QueryVariableBuilder,
  VariableHide,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { among, DATA_SOURCE, is, type PostgresQuery, query } from './postgres/query.ts';

/**
 * A folder of Grafana's for each kind of reader; its permissions are given there. Grafana finds it by its title: it provisions alarms
 * first and makes their folder without asking for a uid, so that dashboards with a uid of the folder's would end in a second one.
 */
export const FOLDERS = {
  security: { title: 'Safe Passage: security' },
  privacy: { title: 'Safe Passage: privacy' },
  engineering: { title: 'Safe Passage: engineering' },
} as const;
export type Audience = keyof typeof FOLDERS;

export const DASHBOARDS = {
  alertReview: { uid: 'sp-alert-review', title: 'Alert review', audience: 'security' },
  liveFloor: { uid: 'sp-live-floor', title: 'Live floor', audience: 'security' },
  privacy: { uid: 'sp-privacy', title: 'Privacy and retention', audience: 'privacy' },
  fleet: { uid: 'sp-fleet', title: 'Edge fleet', audience: 'engineering' },
} as const satisfies Record<string, { uid: string; title: string; audience: Audience }>;
export type DashboardName = keyof typeof DASHBOARDS;

/** A dashboard of ours, with the time range and the place that is looked at. */
export const dashboardUrl = (name: DashboardName, variables: readonly string[]): string =>
  `/d/${DASHBOARDS[name].uid}?\${__url_time_range}${variables.map((variable) => `&\${${variable}:queryparam}`).join('')}`;

/** The hub's console. The address is what the hub says of itself. */
export const CONSOLE = `\${console:raw}`;

const variable = (name: string, label: string, values: PostgresQuery): QueryVariableBuilder =>
  new QueryVariableBuilder(name)
    .label(label)
    .datasource(DATA_SOURCE)
    .query(values.sql())
    .definition(values.sql())
    .refresh(VariableRefresh.OnDashboardLoad)
    .sort(VariableSort.Disabled);

const siteVariable = () =>
  variable('site', 'Site', query().select({ __value: 'site', __text: 'site' }).from('dashboard.hub').orderBy('site'));

const floorValues = () =>
  query()
    .select({ __value: 'floor', __text: 'name' })
    .from('dashboard.floor')
    .where(is('site', 'site'))
    .orderBy('name', 'floor');

const everything = { selected: true, text: ['All'], value: ['$__all'] };

/** One floor. */
const floorVariable = () => variable('floor', 'Floor', floorValues());

/** Several floors, all of them at first. */
const floorsVariable = () => variable('floor', 'Floor', floorValues()).multi(true).includeAll(true).current(everything);

const zonesVariable = (onFloors: string, outside: boolean) =>
  variable(
    'zone',
    'Zone',
    query()
      .with(
        'place',
        `SELECT zone, min(name) AS name FROM dashboard.zone WHERE ${is('site', 'site')} AND ${onFloors} GROUP BY zone${
          outside ? "\nUNION ALL\nSELECT '-', 'Outside every zone'" : ''
        }`,
      )
      .select({ __value: 'zone', __text: 'name' })
      .from('place')
      .orderBy('name', 'zone'),
  )
    .multi(true)
    .includeAll(true)
    .current(everything);

const patternVariable = () =>
  variable(
    'pattern',
    'Pattern',
    query()
      .select({ __value: 'pattern', __text: 'initcap(pattern)' })
      .from('dashboard.alert')
      .where(is('site', 'site'))
      .groupBy('pattern')
      .orderBy('pattern'),
  )
    .multi(true)
    .includeAll(true)
    .current(everything);

const deviceVariable = () =>
  variable(
    'device',
    'Device',
    query()
      .select({ __value: 'device', __text: 'device' })
      .from('dashboard.device')
      .where(is('site', 'site'), among('floor', 'floor'))
      .groupBy('device')
      .orderBy('device'),
  )
    .multi(true)
    .includeAll(true)
    .current(everything);

const consoleVariable = () =>
  variable(
    'console',
    'Console',
    query().select({ __value: 'console_url', __text: 'console_url' }).from('dashboard.hub').where(is('site', 'site')),
  ).hide(VariableHide.HideVariable);

export type Choice = 'floor' | 'floors' | 'zones' | 'zones and outside' | 'pattern' | 'device';

function choose(choice: Choice, floors: boolean): QueryVariableBuilder {
  const onFloors = floors ? among('floor', 'floor') : is('floor', 'floor');
  switch (choice) {
    case 'floor':
      return floorVariable();
    case 'floors':
      return floorsVariable();
    case 'zones':
      return zonesVariable(onFloors, false);
    case 'zones and outside':
      return zonesVariable(onFloors, true);
    case 'pattern':
      return patternVariable();
    case 'device':
      return deviceVariable();
  }
}

/** Marks on the time axis of every series: when an alert was raised, and which. */
const alertMarks = (onFloors: string) =>
  new AnnotationQueryBuilder()
    .name('Alerts')
    .datasource(DATA_SOURCE)
    .enable(true)
    .iconColor('orange')
    .target({
      build: () =>
        ({
          ...query()
            .select({
              time: 'raised_at',
              timeend: 'NULL::timestamptz',
              title: 'initcap(pattern)',
              text: 'sentence',
              tags: "pattern || ',' || state",
            })
            .from('dashboard.alert')
            .where('$__timeFilter(raised_at)', is('site', 'site'), onFloors)
            .orderBy('raised_at DESC')
            .limit(500)
            .refId('Anno')
            .target(),
        }) as never,
    });

export interface FrameOptions {
  readonly name: DashboardName;
  readonly description: string;
  readonly from: string;
  readonly refresh: string;
  readonly choices: readonly Choice[];
  /** Whether alerts are marked on the time axis. */
  readonly marks?: boolean;
}

/** An empty dashboard with its variables, links and marks. */
export function frame({ name, description, from, refresh, choices, marks = false }: FrameOptions): DashboardBuilder {
  const { uid, title } = DASHBOARDS[name];
  const floors = choices.includes('floors');
  const onFloors = floors ? among('floor', 'floor') : is('floor', 'floor');
  const dashboard = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags(['safe-passage'])
    .timezone('browser')
    .time({ from, to: 'now' })
    .refresh(refresh)
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .variables([siteVariable(), consoleVariable(), ...choices.map((choice) => choose(choice, floors))])
    .links([
      ...(Object.keys(DASHBOARDS) as DashboardName[])
        .filter((other) => other !== name)
        .map((other) =>
          new DashboardLinkBuilder(DASHBOARDS[other].title)
            .type(DashboardLinkType.Link)
            .url(`/d/${DASHBOARDS[other].uid}?\${site:queryparam}`)
            .icon('dashboard')
            .tooltip(`Open ${DASHBOARDS[other].title}`)
            .keepTime(true),
        ),
      new DashboardLinkBuilder('Console')
        .type(DashboardLinkType.Link)
        .url(`${CONSOLE}/`)
        .icon('external link')
        .tooltip('Open the review console')
        .targetBlank(true),
    ]);
  if (marks) dashboard.annotations([alertMarks(onFloors)]);
  return dashboard;
}

/**
 * The model of Grafana 9.4, with a number for each panel. Later versions bring a dashboard up to date from the version that it
 * names; an older one would not know what a newer version means.
 */
const SCHEMA_VERSION = 37;

/**
 * What the SDK writes unasked: links and marks would be hidden in a menu of Grafana 12.3 and later, and the rest belongs to variables of
 * another kind.
 */
const UNASKED: Readonly<Record<'link' | 'mark' | 'variable', readonly string[]>> = {
  link: ['placement'],
  mark: ['placement'],
  variable: ['auto', 'auto_min', 'auto_count'],
};

const without = (names: readonly string[], models: readonly object[]): void => {
  for (const model of models) for (const name of names) delete (model as Record<string, unknown>)[name];
};

export function finished(builder: DashboardBuilder): Dashboard {
  const dashboard = builder.build();
  without(UNASKED.link, dashboard.links ?? []);
  without(UNASKED.mark, dashboard.annotations?.list ?? []);
  without(UNASKED.variable, dashboard.templating?.list ?? []);
  dashboard.schemaVersion = SCHEMA_VERSION;
  dashboard.panels?.forEach((panel, i) => {
    if (panel.type !== 'row') (panel as { id?: number }).id = i + 1;
  });
  return dashboard;
}
