import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CLOCK_OFF_SECONDS } from '@safe-passage/contract/clock.ts';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { BUILT_FOLDER, builtFiles, dashboards } from '../src/build.ts';
import { DASHBOARDS, FOLDERS } from '../src/frame.ts';
import { DATA_SOURCE } from '../src/postgres/query.ts';
import { DASHBOARDS_PATH } from '../src/provisioning.ts';

interface Grid {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}
interface PanelModel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: Grid;
  readonly repeat?: string;
  readonly datasource: { readonly uid: string };
  readonly targets: readonly {
    readonly refId: string;
    readonly rawSql: string;
    readonly format: string;
    readonly datasource: { readonly uid: string };
  }[];
  readonly fieldConfig: {
    readonly defaults: {
      readonly noValue?: string;
      readonly unit?: string;
      readonly thresholds?: { readonly steps: readonly { readonly value: number | null }[] };
    };
  };
}

const built = builtFiles();
const models = Object.entries(built)
  .filter(([path]) => path.endsWith('.json'))
  .map(([path, text]) => [path, JSON.parse(text)] as const);
const document = (path: string) => parse(built[`provisioning/${path}`] ?? '');

/** What every Grafana from 9.4 on has in its own house, without a plugin. */
const PANEL_TYPES = ['stat', 'timeseries', 'table', 'bargauge', 'barchart'];

async function committed(folder: string, prefix = ''): Promise<string[]> {
  const entries = await readdir(join(folder, prefix), { withFileTypes: true });
  const found = await Promise.all(
    entries.map((entry) =>
      entry.isDirectory() ? committed(folder, join(prefix, entry.name)) : [join(prefix, entry.name)],
    ),
  );
  return found.flat();
}

describe('what is committed', () => {
  it('is what the code builds, file by file and byte by byte', async () => {
    expect((await committed(BUILT_FOLDER)).sort()).toEqual(Object.keys(built).sort());
    for (const [path, text] of Object.entries(built))
      expect(await readFile(join(BUILT_FOLDER, path), 'utf8'), path).toBe(text);
  });

  it('is the same when it is built again', () => {
    expect(builtFiles()).toEqual(built);
  });
});

describe.each(models)('%s', (path, model) => {
  const panels: PanelModel[] = model.panels;

  it('is a classic dashboard that Grafana 9.4 reads, with the uid that links go to', () => {
    expect(Object.values(DASHBOARDS).map(({ uid }) => uid)).toContain(model.uid);
    expect(path).toBe(
      `dashboards/${Object.values(DASHBOARDS).find(({ uid }) => uid === model.uid)?.audience}/${model.uid}.json`,
    );
    expect(model.uid.length).toBeLessThanOrEqual(40);
    expect(model.uid).toMatch(/^[a-zA-Z0-9_-]+$/);
    expect(model.schemaVersion).toBe(37);
    expect(model.id ?? null).toBe(null);
    expect(model.title.length * model.description.length).toBeGreaterThan(0);
    for (const key of ['apiVersion', 'kind', 'spec', 'elements', '__inputs']) expect(model).not.toHaveProperty(key);
  });

  it('has panels with numbers of their own that lie beside each other within 24 columns', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
    for (const {
      title,
      gridPos: { x, y, w, h },
    } of panels) {
      expect([Number.isInteger(x + y + w + h), x >= 0, y >= 0, w > 0, h > 0, x + w <= 24], title).toEqual(
        Array(6).fill(true),
      );
    }
    for (const [i, { title, gridPos: a }] of panels.entries()) {
      for (const { gridPos: b } of panels.slice(i + 1)) {
        const apart = a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;
        expect(apart, `${title} lies on another panel`).toBe(true);
      }
    }
  });

  it('has panels that say what they are for, what nothing means, and from where their figures are good or bad', () => {
    for (const {
      type,
      title,
      description,
      fieldConfig: { defaults },
    } of panels) {
      expect(PANEL_TYPES, title).toContain(type);
      expect(description?.length ?? 0, title).toBeGreaterThan(20);
      expect(defaults.noValue, title).toBeTruthy();
      const steps = defaults.thresholds?.steps.map(({ value }) => value) ?? [];
      if (steps.length > 0) expect(steps[0], `${title}: the first colour is from the least on`).toBe(null);
      expect(steps.slice(1), title).toEqual([...steps.slice(1)].sort((a, b) => Number(a) - Number(b)));
    }
  });

  it('asks the one data source, each query under a letter of its own, and of views only', () => {
    for (const { title, datasource, targets } of panels) {
      expect(datasource.uid, title).toBe(DATA_SOURCE.uid);
      expect(targets.length, title).toBeGreaterThan(0);
      expect(new Set(targets.map(({ refId }) => refId)).size, title).toBe(targets.length);
      for (const { refId, format, rawSql, datasource: own } of targets) {
        expect(refId).toMatch(/^[A-Z]$/);
        expect(['table', 'time_series']).toContain(format);
        expect(own.uid).toBe(DATA_SOURCE.uid);
        const named = [...rawSql.matchAll(/(?:FROM|JOIN)\s+([\w.]+)/g)].map(([, name = '']) => name);
        const ours = new Set([...rawSql.matchAll(/(?:WITH|,)\s+(\w+) AS \(/g)].map(([, name = '']) => name));
        for (const name of named)
          expect(
            name.startsWith('dashboard.') || ours.has(name) || ['now', 'least'].includes(name),
            `${title} reads ${name}`,
          ).toBe(true);
      }
    }
  });

  it('names no variable that it does not have, in queries, titles and links', () => {
    const own: string[] = model.templating.list.map(({ name }: { name: string }) => name);
    const text = JSON.stringify(model);
    const used = new Set([...text.matchAll(/\$\{(\w+)(?::\w+)?\}/g)].map(([, name = '']) => name));
    const grafanas = [...used].filter((name) => name.startsWith('__'));
    expect([...used].filter((name) => !own.includes(name) && !grafanas.includes(name))).toEqual([]);
    expect(grafanas.filter((name) => !['__url_time_range'].includes(name))).toEqual([]);
    for (const { title, repeat } of panels) if (repeat !== undefined) expect(own, title).toContain(repeat);
    // A variable may ask of those before it alone.
    for (const [i, { name, query }] of model.templating.list.entries()) {
      for (const [, other = ''] of String(query).matchAll(/\$\{(\w+)/g))
        expect(own.slice(0, i), `${name} asks of ${other}`).toContain(other);
    }
  });

  it('leads to the others and into the console, and nowhere else', () => {
    const text = JSON.stringify(model);
    const uids = Object.values(DASHBOARDS).map(({ uid }) => uid);
    const urls = [...text.matchAll(/"url":"([^"]*)"/g)].map(([, url = '']) => url);
    for (const url of urls) {
      const to = /^\/d\/([\w-]+)\?/.exec(url)?.[1];
      if (to === undefined) expect(url).toMatch(/^\$\{console:raw\}\/(?:$|alerts\/|api\/alerts\/)/);
      else expect(uids).toContain(to);
    }
    for (const uid of uids)
      if (uid !== model.uid)
        expect(
          urls.some((url) => url.startsWith(`/d/${uid}?`)),
          uid,
        ).toBe(true);
  });
});

describe('what Grafana is provisioned with', () => {
  it('is the data source that every dashboard asks, without a secret in it', () => {
    const [source] = document('datasources/safe-passage.yaml').datasources;
    expect(source).toMatchObject({ uid: DATA_SOURCE.uid, type: DATA_SOURCE.type, editable: false });
    expect(source.secureJsonData.password).toMatch(/^\$\{\w+\}$/);
  });

  it('is a folder for each audience, with its dashboards', () => {
    const { providers } = document('dashboards/safe-passage.yaml');
    expect(providers.map((one: { folder: string }) => one.folder)).toEqual(
      Object.values(FOLDERS).map(({ title }) => title),
    );
    for (const provider of providers) {
      const { options } = provider;
      // Alarms name their folder by its title alone, and are provisioned first: a uid here would make a second folder of that title.
      expect(provider).not.toHaveProperty('folderUid');
      const folder = `dashboards/${options.path.slice(DASHBOARDS_PATH.length + 1)}/`;
      expect(
        Object.keys(built).some((path) => path.startsWith(folder)),
        folder,
      ).toBe(true);
    }
  });

  const { groups } = document('alerting/rules.yaml');
  const rules = groups.flatMap((group: { rules: object[] }) => group.rules);

  it('is an alarm for each thing that somebody must do something about', () => {
    expect(rules.map(({ uid }: { uid: string }) => uid).sort()).toEqual([
      'sp-audit-broken',
      'sp-certificate-expires',
      'sp-clock-offset',
      'sp-device-silent',
      'sp-hub-not-ready',
      'sp-queue-ageing',
      'sp-retention-late',
      'sp-too-many-alerts',
    ]);
    const folders = Object.values(FOLDERS).map(({ title }) => title) as string[];
    for (const { folder, interval } of groups) {
      expect(folders).toContain(folder);
      expect(interval).toBe('1m');
    }
  });

  it('are alarms whose condition is one of their queries, and whose file has no dollar sign that Grafana would take for its own', () => {
    for (const rule of rules) {
      const refs = rule.data.map(({ refId }: { refId: string }) => refId);
      expect(new Set(refs).size).toBe(refs.length);
      expect(refs).toContain(rule.condition);
      expect(rule.uid.length).toBeLessThanOrEqual(40);
      const asked = rule.data.filter(({ datasourceUid }: { datasourceUid: string }) => datasourceUid !== '__expr__');
      expect(asked.map(({ datasourceUid }: { datasourceUid: string }) => datasourceUid)).toEqual([DATA_SOURCE.uid]);
      for (const { model, refId, relativeTimeRange } of rule.data) {
        expect(model.refId).toBe(refId);
        expect(relativeTimeRange.from).toBeGreaterThan(relativeTimeRange.to);
        if (model.expression) expect(refs).toContain(model.expression);
      }
      expect(['OK', 'Alerting']).toContain(rule.noDataState);
      expect(rule.execErrState).toBe('Alerting');
      expect(rule.annotations.summary.length).toBeGreaterThan(20);
    }
    expect(built['provisioning/alerting/rules.yaml']).not.toContain('$');
  });

  it('is the alarm about a clock from where the agent warns and the console asks for somebody', () => {
    const clock = rules.find(({ uid }: { uid: string }) => uid === 'sp-clock-offset');
    const condition = clock.data.find(({ refId }: { refId: string }) => refId === clock.condition);
    expect(condition.model.conditions[0].evaluator).toEqual({ type: 'gt', params: [CLOCK_OFF_SECONDS] });
  });

  it('says in the operator’s guide what to do about each of them', async () => {
    const guide = await readFile(join(import.meta.dirname, '../../docs/operator.md'), 'utf8');
    for (const { title } of rules) expect(guide).toContain(`\n## ${title}\n`);
  });

  it('has a way to somebody for every alarm', () => {
    const names = document('alerting/contact-points.yaml').contactPoints.map(({ name }: { name: string }) => name);
    const [root] = document('alerting/policies.yaml').policies;
    const receivers: string[] = [];
    const collect = (route: { receiver: string; routes?: [] }) => {
      receivers.push(route.receiver);
      for (const one of route.routes ?? []) collect(one);
    };
    collect(root);
    for (const receiver of receivers) expect(names).toContain(receiver);
    for (const { labels } of rules) {
      const route = root.routes.find(
        ({ object_matchers: [[label, , value]] }: { object_matchers: [[string, string, string]] }) =>
          labels[label ?? ''] === value,
      );
      expect(route?.receiver, labels.audience).toBe(`Safe Passage ${labels.audience}`);
    }
  });
});

describe('the four dashboards', () => {
  it('are four', () => {
    expect(Object.values(dashboards()).map(({ title }) => title)).toEqual([
      'Alert review',
      'Live floor',
      'Privacy and retention',
      'Edge fleet',
    ]);
  });
});
