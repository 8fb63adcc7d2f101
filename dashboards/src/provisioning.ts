/** The files that Grafana reads at its start, as YAML. */
import { stringify } from 'yaml';
import { type RuleGroup, ruleGroups } from './alerting/rules.ts';
import { type Audience, FOLDERS } from './frame.ts';
import { DATA_SOURCE } from './postgres/query.ts';

/** Where the folder `dashboards` lies as Grafana sees it. */
export const DASHBOARDS_PATH = '/etc/grafana/safe-passage/dashboards';

const AUDIENCES = Object.keys(FOLDERS) as Audience[];

/** Grafana puts in what its environment says. */
const fromEnvironment = (name: string): string => `\${${name}}`;

/** Addresses come from the environment of Grafana: nobody's address is in a file. */
const ADDRESSES: Readonly<Record<Audience, string>> = {
  security: fromEnvironment('SAFE_PASSAGE_MAIL_SECURITY'),
  privacy: fromEnvironment('SAFE_PASSAGE_MAIL_PRIVACY'),
  engineering: fromEnvironment('SAFE_PASSAGE_MAIL_ENGINEERING'),
};

const contactPoint = (audience: Audience): string => `Safe Passage ${audience}`;

function dataSource() {
  return {
    apiVersion: 1,
    datasources: [
      {
        name: 'Safe Passage',
        uid: DATA_SOURCE.uid,
        type: DATA_SOURCE.type,
        access: 'proxy',
        orgId: 1,
        editable: false,
        url: fromEnvironment('SAFE_PASSAGE_DATABASE_HOST'),
        user: fromEnvironment('SAFE_PASSAGE_GRAFANA_USER'),
        // Grafana 9 reads the name here, later ones below.
        database: fromEnvironment('SAFE_PASSAGE_DATABASE_NAME'),
        secureJsonData: { password: fromEnvironment('SAFE_PASSAGE_GRAFANA_PASSWORD') },
        jsonData: {
          database: fromEnvironment('SAFE_PASSAGE_DATABASE_NAME'),
          sslmode: fromEnvironment('SAFE_PASSAGE_DATABASE_SSLMODE'),
          maxOpenConns: 8,
          maxIdleConns: 4,
          connMaxLifetime: 3600,
          postgresVersion: 1500,
          timescaledb: true,
        },
      },
    ],
  };
}

function providers() {
  return {
    apiVersion: 1,
    providers: AUDIENCES.map((audience) => ({
      name: FOLDERS[audience].title,
      orgId: 1,
      folder: FOLDERS[audience].title,
      type: 'file',
      disableDeletion: true,
      allowUiUpdates: false,
      updateIntervalSeconds: 60,
      options: { path: `${DASHBOARDS_PATH}/${audience}`, foldersFromFilesStructure: false },
    })),
  };
}

function groupOf({ audience, rules }: RuleGroup) {
  return {
    orgId: 1,
    name: audience,
    folder: FOLDERS[audience].title,
    interval: '1m',
    rules: rules.map((rule) => ({
      uid: rule.uid,
      title: rule.title,
      condition: rule.condition,
      data: rule.data,
      noDataState: rule.noDataState,
      execErrState: rule.execErrState,
      for: rule.for,
      annotations: rule.annotations,
      labels: rule.labels,
      isPaused: false,
    })),
  };
}

function contactPoints() {
  return {
    apiVersion: 1,
    contactPoints: AUDIENCES.map((audience) => ({
      orgId: 1,
      name: contactPoint(audience),
      receivers: [
        {
          uid: `safe-passage-${audience}`,
          type: 'email',
          settings: { addresses: ADDRESSES[audience], singleEmail: false },
          disableResolveMessage: false,
        },
      ],
    })),
  };
}

/** The alarm goes to those whose work it is; what is critical is said again sooner. */
function policies() {
  return {
    apiVersion: 1,
    policies: [
      {
        orgId: 1,
        receiver: contactPoint('engineering'),
        group_by: ['grafana_folder', 'alertname'],
        group_wait: '30s',
        group_interval: '5m',
        repeat_interval: '12h',
        routes: AUDIENCES.map((audience) => ({
          receiver: contactPoint(audience),
          object_matchers: [['audience', '=', audience]],
          routes: [
            {
              receiver: contactPoint(audience),
              object_matchers: [['severity', '=', 'critical']],
              group_wait: '0s',
              repeat_interval: '1h',
            },
          ],
        })),
      },
    ],
  };
}

const HEAD = '# Written by `npm run -s dashboards -- build`; change dashboards/src instead.\n';

/** By path below `provisioning/`. */
export function provisioningFiles(): Readonly<Record<string, string>> {
  const documents: Readonly<Record<string, object>> = {
    'datasources/safe-passage.yaml': dataSource(),
    'dashboards/safe-passage.yaml': providers(),
    'alerting/rules.yaml': { apiVersion: 1, groups: ruleGroups().map(groupOf) },
    'alerting/contact-points.yaml': contactPoints(),
    'alerting/policies.yaml': policies(),
  };
  return Object.fromEntries(
    Object.entries(documents).map(([path, document]) => [
      path,
      HEAD + stringify(document, { lineWidth: 0, aliasDuplicateObjects: false }),
    ]),
  );
}
