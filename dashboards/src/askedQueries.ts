/** Every query that Grafana would ask, found in what was built. */

import { ruleGroups } from './alerting/rules.ts';
import { dashboards } from './build.ts';
import { intervalMs } from './postgres/expand.ts';
import type { PostgresTarget } from './postgres/query.ts';

export interface AskedQuery {
  readonly dashboard: string;
  readonly kind: 'panel' | 'variable' | 'annotation' | 'rule';
  /** The title of the panel or the rule, the name of the variable. */
  readonly name: string;
  readonly panelType: string | null;
  readonly format: 'table' | 'time_series';
  readonly sql: string;
  /** The variable that a panel is repeated by: then it has one value. */
  readonly repeat: string | null;
  /** The points that a panel shows at most; null: as wide as a screen may be. */
  readonly mostPoints: number | null;
  /** The shortest step of a panel, milliseconds. */
  readonly leastIntervalMs: number;
}

const NO_STEPS = { repeat: null, mostPoints: null, leastIntervalMs: 0 } as const;

interface PanelModel {
  readonly type: string;
  readonly title?: string;
  readonly repeat?: string;
  readonly maxDataPoints?: number;
  readonly interval?: string;
  readonly targets?: readonly PostgresTarget[];
}

export function askedQueries(): AskedQuery[] {
  const asked: AskedQuery[] = [];
  for (const model of Object.values(dashboards())) {
    const dashboard = model.title ?? '';
    for (const variable of model.templating?.list ?? []) {
      asked.push({
        dashboard,
        kind: 'variable',
        name: variable.name,
        panelType: null,
        format: 'table',
        sql: String(variable.query),
        ...NO_STEPS,
      });
    }
    for (const note of model.annotations?.list ?? []) {
      const target = note.target as unknown as PostgresTarget;
      asked.push({
        dashboard,
        kind: 'annotation',
        name: note.name,
        panelType: null,
        format: target.format,
        sql: target.rawSql,
        ...NO_STEPS,
      });
    }
    for (const panel of (model.panels ?? []) as unknown as PanelModel[]) {
      for (const { format, rawSql } of panel.targets ?? []) {
        asked.push({
          dashboard,
          kind: 'panel',
          name: panel.title ?? '',
          panelType: panel.type,
          format,
          sql: rawSql,
          repeat: panel.repeat ?? null,
          mostPoints: panel.maxDataPoints ?? null,
          leastIntervalMs: panel.interval === undefined ? 0 : intervalMs(panel.interval),
        });
      }
    }
  }
  for (const { rules } of ruleGroups()) {
    for (const rule of rules) {
      const target = rule.data[0]?.model as unknown as PostgresTarget;
      asked.push({
        dashboard: 'alarms',
        kind: 'rule',
        name: rule.title,
        panelType: null,
        format: target.format,
        sql: target.rawSql,
        ...NO_STEPS,
      });
    }
  }
  return asked;
}
