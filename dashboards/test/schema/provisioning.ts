/**
 * Grafana's files of provisioning as its documentation describes them and as its readers take them apart (alerting file format 1,
 * data sources and dashboard providers of format 1). Only what we use, and nothing else: Grafana passes over a misspelt name in silence.
 */
import Type, { type TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

const closed = (properties: Record<string, TSchema>) => Type.Object(properties, { additionalProperties: false });
/** As Prometheus writes it. */
const Duration = Type.String({ pattern: '^(0|([0-9]+(ms|[smhdwy]))+)$' });
const Uid = Type.String({ pattern: '^[a-zA-Z0-9_-]{1,40}$' });
/** Of Grafana's environment. */
const FromEnvironment = Type.String({ pattern: '^\\$\\{[A-Z][A-Z0-9_]*\\}$' });
const Text = Type.String({ minLength: 1 });
const Texts = Type.Record(Type.String({ pattern: '^[a-zA-Z_][a-zA-Z0-9_]*$' }), Text);
const Organisation = Type.Literal(1);
const RefId = Type.String({ pattern: '^[A-Z]$' });
const Range = closed({ from: Type.Integer({ minimum: 1 }), to: Type.Literal(0) });

const SqlQuery = closed({
  refId: RefId,
  datasourceUid: Uid,
  relativeTimeRange: Range,
  model: closed({
    refId: RefId,
    // The name of the plugin in Grafana 9, which later ones keep as another name of theirs.
    datasource: closed({ type: Type.Literal('postgres'), uid: Uid }),
    format: Type.Enum(['table', 'time_series']),
    rawSql: Text,
    rawQuery: Type.Literal(true),
    editorMode: Type.Enum(['code', 'builder']),
    intervalMs: Type.Integer({ minimum: 1 }),
    maxDataPoints: Type.Integer({ minimum: 1 }),
  }),
});

const Threshold = closed({
  refId: RefId,
  datasourceUid: Type.Literal('__expr__'),
  relativeTimeRange: Range,
  model: closed({
    refId: RefId,
    type: Type.Literal('threshold'),
    datasource: closed({ type: Type.Literal('__expr__'), uid: Type.Literal('__expr__') }),
    expression: RefId,
    // Exactly one: with none or with two Grafana refuses the rule.
    conditions: Type.Array(
      closed({
        evaluator: closed({
          type: Type.Enum(['gt', 'lt']),
          params: Type.Array(Type.Number(), { minItems: 1, maxItems: 1 }),
        }),
        type: Type.Literal('query'),
      }),
      { minItems: 1, maxItems: 1 },
    ),
  }),
});

const Rule = closed({
  uid: Uid,
  title: Type.String({ minLength: 1, maxLength: 190 }),
  condition: RefId,
  data: Type.Array(Type.Union([SqlQuery, Threshold]), { minItems: 1 }),
  noDataState: Type.Enum(['OK', 'NoData', 'Alerting']),
  execErrState: Type.Enum(['OK', 'Error', 'Alerting']),
  for: Duration,
  annotations: Texts,
  labels: Texts,
  isPaused: Type.Boolean(),
});

const Matchers = Type.Array(Type.Tuple([Text, Type.Enum(['=', '!=', '=~', '!~']), Text]), { minItems: 1 });
const Route = Type.Cyclic(
  {
    Route: closed({
      receiver: Text,
      object_matchers: Matchers,
      group_wait: Type.Optional(Duration),
      repeat_interval: Type.Optional(Duration),
      routes: Type.Optional(Type.Array(Type.Ref('Route'))),
    }),
  },
  'Route',
);

const FILES: Readonly<Record<string, TSchema>> = {
  'alerting/rules.yaml': closed({
    apiVersion: Type.Literal(1),
    groups: Type.Array(
      closed({
        orgId: Organisation,
        name: Text,
        // A stroke would be a folder in a folder.
        folder: Type.String({ pattern: '^[^/]+$' }),
        interval: Duration,
        rules: Type.Array(Rule, { minItems: 1 }),
      }),
    ),
  }),
  'alerting/contact-points.yaml': closed({
    apiVersion: Type.Literal(1),
    contactPoints: Type.Array(
      closed({
        orgId: Organisation,
        name: Text,
        receivers: Type.Array(
          closed({
            uid: Uid,
            type: Type.Literal('email'),
            settings: closed({ addresses: FromEnvironment, singleEmail: Type.Boolean() }),
            disableResolveMessage: Type.Boolean(),
          }),
          { minItems: 1 },
        ),
      }),
    ),
  }),
  'alerting/policies.yaml': closed({
    apiVersion: Type.Literal(1),
    policies: Type.Array(
      // The first policy is everybody's: it has no condition.
      closed({
        orgId: Organisation,
        receiver: Text,
        group_by: Type.Array(Text, { minItems: 1 }),
        group_wait: Duration,
        group_interval: Duration,
        repeat_interval: Duration,
        routes: Type.Array(Route),
      }),
      { minItems: 1, maxItems: 1 },
    ),
  }),
  'dashboards/safe-passage.yaml': closed({
    apiVersion: Type.Literal(1),
    providers: Type.Array(
      closed({
        name: Text,
        orgId: Organisation,
        folder: Text,
        type: Type.Literal('file'),
        disableDeletion: Type.Boolean(),
        allowUiUpdates: Type.Boolean(),
        updateIntervalSeconds: Type.Integer({ minimum: 1 }),
        options: closed({ path: Type.String({ pattern: '^/' }), foldersFromFilesStructure: Type.Literal(false) }),
      }),
    ),
  }),
  'datasources/safe-passage.yaml': closed({
    apiVersion: Type.Literal(1),
    datasources: Type.Array(
      closed({
        name: Text,
        uid: Uid,
        type: Type.Literal('postgres'),
        access: Type.Literal('proxy'),
        orgId: Organisation,
        editable: Type.Literal(false),
        url: FromEnvironment,
        user: FromEnvironment,
        database: FromEnvironment,
        secureJsonData: closed({ password: FromEnvironment }),
        jsonData: closed({
          database: FromEnvironment,
          sslmode: FromEnvironment,
          maxOpenConns: Type.Integer({ minimum: 1 }),
          maxIdleConns: Type.Integer({ minimum: 1 }),
          connMaxLifetime: Type.Integer({ minimum: 1 }),
          postgresVersion: Type.Integer({ minimum: 903, maximum: 1500 }),
          timescaledb: Type.Boolean(),
        }),
      }),
      { minItems: 1, maxItems: 1 },
    ),
  }),
};

export const PROVISIONED = Object.keys(FILES);

/** @returns what Grafana would refuse or not understand, a line for each. */
export function provisioningFaults(path: string, document: unknown): string[] {
  const schema = FILES[path];
  if (schema === undefined) return [`${path} is not a file that is described here`];
  return Compile(schema)
    .Errors(document)
    .map(({ instancePath, message }) => `${path}${instancePath}: ${message}`);
}
