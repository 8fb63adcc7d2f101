import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { builtFiles, dashboards } from '../../src/build.ts';
import { faults } from './compiler.ts';
import { type DashboardModel, pieces, VERSIONS } from './pieces.ts';
import { PROVISIONED, provisioningFaults } from './provisioning.ts';

const built = builtFiles();

// biome-ignore lint/suspicious/noExplicitAny: a test writes what no type allows.
type Altered = any;

/** As Grafana reads them, to be altered. */
const models = (): Altered[] =>
  Object.entries(built)
    .filter(([path]) => path.startsWith('dashboards/'))
    .map(([, text]) => JSON.parse(text));
const of = (version: (typeof VERSIONS)[number], dashboards: readonly DashboardModel[]) =>
  faults(pieces(dashboards, version.complete), version);

describe.each(VERSIONS)('the schema that Grafana $grafana publishes', (version) => {
  it('takes every dashboard, every panel with its options, every query and every override', async () => {
    expect(models()).toHaveLength(Object.keys(dashboards()).length);
    expect(await of(version, models())).toEqual([]);
  });

  it('refuses a value that it does not list and a value of another type, each where it is', async () => {
    const [first, ...others] = models();
    const panel = (type: string) => [first, ...others].flatMap(({ panels }) => panels).find((one) => one.type === type);
    first.graphTooltip = 7;
    first.templating.list[0].hide = 'always';
    panel('stat').options.colorMode = 'loud';
    panel('table').options.showHeader = 'yes';
    panel('timeseries').fieldConfig.defaults.custom.drawStyle = 'crayon';
    panel('bargauge').gridPos.w = '12';
    panel('barchart').options.stacking = 'high';
    panel('timeseries').targets[0].format = 'poem';
    panel('table').fieldConfig.overrides[0].matcher = { id: 5 };
    const found = await of(version, [first, ...others]);
    const told = (what: string) => found.filter((line) => line.startsWith(what)).length;
    expect(told(`${first.title}: `), found.join('\n')).toBeGreaterThan(0);
    for (const what of [
      `${panel('stat').title}: options`,
      `${panel('table').title}: options`,
      `${panel('timeseries').title}: fields, custom`,
      panel('bargauge').title,
      `${panel('barchart').title}: options`,
      `${panel('timeseries').title}: query 1`,
    ])
      expect(
        found.some((line) => line.includes(what)),
        `${what}\n${found.join('\n')}`,
      ).toBe(true);
    expect(found.length).toBeGreaterThanOrEqual(8);
  });
});

describe('the newest schema', () => {
  const newest = VERSIONS.find(({ complete }) => complete);

  it('refuses a property that it does not know, and a panel without an option that it needs', async () => {
    if (newest === undefined) throw new Error('no version is complete');
    const altered = models();
    altered[0].links[0].colour = 'red';
    altered[1].panels[0].options.colourMode = 'value';
    delete altered[2].panels[0].options.graphMode;
    const found = await of(newest, altered);
    expect(found.map((line) => line.split(': error')[0])).toEqual([
      altered[0].title,
      `${altered[1].title}, ${altered[1].panels[0].title}: options`,
      `${altered[2].title}, ${altered[2].panels[0].title}: options`,
    ]);
  });
});

describe('the files of provisioning', () => {
  const document = (path: string) => parse(built[`provisioning/${path}`] ?? '');

  it('are those that are described here, and are as Grafana reads them', () => {
    expect(
      Object.keys(built)
        .filter((path) => path.startsWith('provisioning/'))
        .sort(),
    ).toEqual(PROVISIONED.map((path) => `provisioning/${path}`).sort());
    for (const path of PROVISIONED) expect(provisioningFaults(path, document(path))).toEqual([]);
  });

  it.each<[string, string, (document: Altered) => void]>([
    ['a misspelt name', 'alerting/rules.yaml', (d) => Object.assign(d.groups[0].rules[0], { nodataState: 'OK' })],
    [
      'a state that there is not',
      'alerting/rules.yaml',
      (d) => Object.assign(d.groups[0].rules[0], { noDataState: 'Fine' }),
    ],
    [
      'two conditions',
      'alerting/rules.yaml',
      ({
        groups: [
          {
            rules: [
              {
                data: [, b],
              },
            ],
          },
        ],
      }) => b.model.conditions.push(b.model.conditions[0]),
    ],
    [
      'a time that nobody can read',
      'alerting/rules.yaml',
      (d) => Object.assign(d.groups[0].rules[0], { for: '5 minutes' }),
    ],
    [
      'an address in a file',
      'alerting/contact-points.yaml',
      (d) => Object.assign(d.contactPoints[0].receivers[0].settings, { addresses: 'a@b.example' }),
    ],
    ['a second policy for everybody', 'alerting/policies.yaml', (d) => d.policies.push(d.policies[0])],
    [
      'a comparison that there is not',
      'alerting/policies.yaml',
      (d) => Object.assign(d.policies[0].routes[0], { object_matchers: [['audience', '==', 'privacy']] }),
    ],
    [
      'a password in a file',
      'datasources/safe-passage.yaml',
      (d) => Object.assign(d.datasources[0].secureJsonData, { password: 'secret' }),
    ],
    [
      'a second folder of the same title',
      'dashboards/safe-passage.yaml',
      (d) => Object.assign(d.providers[0], { folderUid: 'own' }),
    ],
  ])('are refused with %s', (_, path, alter) => {
    const altered = document(path);
    alter(altered);
    expect(provisioningFaults(path, altered)).not.toEqual([]);
  });
});
