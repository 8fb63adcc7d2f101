/**
 * What somebody is called for. No dollar sign stands in a rule: Grafana takes it for a variable of its environment in files that
 * it provisions, in some versions in queries, too.
 */
import { QueryBuilder, type Rule, RuleBuilder } from '@grafana/grafana-foundation-sdk/alerting';
import type { Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import { type Audience, DASHBOARDS, type DashboardName, FOLDERS } from '../frame.ts';
import { DATA_SOURCE, type PostgresQuery, query } from '../postgres/query.ts';

interface Alarm {
  readonly uid: string;
  readonly title: string;
  readonly audience: Audience;
  readonly severity: 'critical' | 'warning';
  readonly summary: string;
  /** The section of docs/operator.md. */
  readonly runbook: string;
  readonly dashboard: DashboardName;
  /** One number a row, and text that says whose it is. */
  readonly query: PostgresQuery;
  /** The alarm fires above this, or below it. */
  readonly above?: number;
  readonly below?: number;
  readonly lasting: string;
  /** What no answer means: where there are no devices, none is silent; where there is no hub, that is the alarm. */
  readonly nothing: 'OK' | 'Alerting';
}

const ALARMS: readonly Alarm[] = [
  {
    uid: 'sp-retention-late',
    title: 'Retention is late',
    audience: 'privacy',
    severity: 'critical',
    summary:
      'Data of the class {{ .Labels.class }} were not destroyed in time: no good run for {{ printf "%.0f" .Values.A.Value }} s.',
    runbook: 'retention-is-late',
    dashboard: 'privacy',
    query: query()
      .select({
        class: 'class',
        seconds: 'greatest(coalesce(seconds_since_success, 86400), oldest_seconds - limit_seconds)',
      })
      .from('dashboard.retention_class'),
    above: 360,
    lasting: '2m',
    nothing: 'Alerting',
  },
  {
    uid: 'sp-audit-broken',
    title: 'The audit chain is broken',
    audience: 'privacy',
    severity: 'critical',
    summary: 'Rows of the audit were altered, removed or inserted: {{ printf "%.0f" .Values.A.Value }} do not fit.',
    runbook: 'the-audit-chain-is-broken',
    dashboard: 'privacy',
    query: query().select({ rows: 'broken' }).from('dashboard.audit_chain'),
    above: 0,
    lasting: '0s',
    nothing: 'Alerting',
  },
  {
    uid: 'sp-device-silent',
    title: 'A device is silent',
    audience: 'engineering',
    severity: 'warning',
    summary:
      '{{ .Labels.device }} on the floor {{ .Labels.floor }} was last heard {{ printf "%.0f" .Values.A.Value }} s ago: nobody watches {{ .Labels.camera }}.',
    runbook: 'a-device-is-silent',
    dashboard: 'fleet',
    query: query()
      .select({
        site: 'site',
        floor: 'floor',
        device: 'device',
        camera: 'camera',
        seconds: 'coalesce(silent_seconds, 86400)',
      })
      .from('dashboard.device'),
    above: 60,
    lasting: '1m',
    nothing: 'OK',
  },
  {
    uid: 'sp-queue-ageing',
    title: 'Reports age on a device',
    audience: 'engineering',
    severity: 'warning',
    summary:
      '{{ .Labels.device }} holds reports that are {{ printf "%.0f" .Values.A.Value }} s old: the hub does not confirm them, and alerts from there come late.',
    runbook: 'reports-age-on-a-device',
    dashboard: 'fleet',
    query: query()
      .select({ site: 'site', floor: 'floor', device: 'device', camera: 'camera', seconds: 'outbox_oldest_seconds' })
      .from('dashboard.device')
      .where('outbox_oldest_seconds IS NOT NULL', 'silent_seconds < 300'),
    above: 120,
    lasting: '5m',
    nothing: 'OK',
  },
  {
    uid: 'sp-clock-offset',
    title: 'A clock is off',
    audience: 'engineering',
    severity: 'warning',
    summary:
      'The clock of {{ .Labels.device }} and that of the hub are at least {{ printf "%.1f" .Values.A.Value }} s apart: what its camera sees is joined with the wrong moments of the others.',
    runbook: 'a-clock-is-off',
    dashboard: 'fleet',
    query: query()
      .select({
        site: 'site',
        floor: 'floor',
        device: 'device',
        camera: 'camera',
        // What a slow network leaves open is not held against the clock.
        seconds: 'greatest(0, abs(offset_seconds) - coalesce(uncertainty_seconds, 0))',
      })
      .from('dashboard.device_clock')
      .where('offset_seconds IS NOT NULL', 'silent_seconds < 300'),
    above: 1,
    lasting: '5m',
    nothing: 'OK',
  },
  {
    uid: 'sp-certificate-expires',
    title: 'A certificate expires soon',
    audience: 'engineering',
    severity: 'warning',
    summary:
      'The certificate of {{ .Labels.device }} ends in {{ printf "%.0f" .Values.A.Value }} days: after that the broker does not let it in.',
    runbook: 'a-certificate-expires-soon',
    dashboard: 'fleet',
    query: query()
      .select({ site: 'site', floor: 'floor', device: 'device', camera: 'camera', days: 'days_left' })
      .from('dashboard.device_certificate'),
    below: 21,
    lasting: '1h',
    nothing: 'OK',
  },
  {
    uid: 'sp-too-many-alerts',
    title: 'More alerts than anybody can review',
    audience: 'security',
    severity: 'warning',
    summary:
      '{{ printf "%.0f" .Values.A.Value }} alerts were raised within an hour at {{ .Labels.site }}: something on the floor, or a limit, is not as usual.',
    runbook: 'more-alerts-than-anybody-can-review',
    dashboard: 'alertReview',
    query: query()
      .select({ site: 'h.site', alerts: 'count(a.id)' })
      .from('dashboard.hub AS h')
      .leftJoin(
        'dashboard.alert AS a',
        "a.site = h.site AND a.raised_at >= now() - interval '1 hour' AND NOT a.delayed",
      )
      .groupBy('h.site'),
    above: 30,
    lasting: '5m',
    nothing: 'OK',
  },
  {
    uid: 'sp-hub-not-ready',
    title: 'The hub is not ready',
    audience: 'engineering',
    severity: 'critical',
    summary: 'The hub of {{ .Labels.site }} does not run or cannot do its work: no alert is raised.',
    runbook: 'the-hub-is-not-ready',
    dashboard: 'fleet',
    query: query()
      .select({ site: 'site', down: 'CASE WHEN ready AND silent_seconds < 60 THEN 0 ELSE 1 END' })
      .from('dashboard.hub'),
    above: 0,
    lasting: '1m',
    nothing: 'Alerting',
  },
];

const TEN_MINUTES = { from: 600, to: 0 };

function evaluator({ uid, above, below }: Alarm) {
  if (above !== undefined) return { type: 'gt', params: [above] };
  if (below !== undefined) return { type: 'lt', params: [below] };
  throw new Error(`the alarm ${uid} fires at no figure`);
}

function ruleOf(alarm: Alarm): Rule {
  const raw = (model: object) => ({ build: () => model as unknown as Dataquery });
  const { uid } = DASHBOARDS[alarm.dashboard];
  return (
    new RuleBuilder(alarm.title)
      .uid(alarm.uid)
      .ruleGroup(alarm.audience)
      .condition('B')
      .withQuery(
        new QueryBuilder('A')
          .datasourceUid(DATA_SOURCE.uid)
          .relativeTimeRange(TEN_MINUTES)
          .model(raw({ ...alarm.query.target(), intervalMs: 1000, maxDataPoints: 43_200 })),
      )
      .withQuery(
        new QueryBuilder('B')
          .datasourceUid('__expr__')
          .relativeTimeRange(TEN_MINUTES)
          .model(
            raw({
              refId: 'B',
              type: 'threshold',
              datasource: { type: '__expr__', uid: '__expr__' },
              expression: 'A',
              conditions: [{ evaluator: evaluator(alarm), type: 'query' }],
            }),
          ),
      )
      .forDuration(alarm.lasting)
      .noDataState(alarm.nothing)
      // A database that does not answer is an alarm by itself.
      .execErrState('Alerting')
      .labels({ product: 'safe-passage', audience: alarm.audience, severity: alarm.severity })
      .annotations({
        summary: alarm.summary,
        runbook: `docs/operator.md, ${alarm.runbook.replaceAll('-', ' ')}`,
        dashboard: `/d/${uid}`,
      })
      .build()
  );
}

export interface RuleGroup {
  readonly audience: Audience;
  readonly rules: readonly Rule[];
}

/** By audience, in the order of the folders. */
export const ruleGroups = (): RuleGroup[] =>
  (Object.keys(FOLDERS) as Audience[]).map((audience) => ({
    audience,
    rules: ALARMS.filter((alarm) => alarm.audience === audience).map(ruleOf),
  }));
