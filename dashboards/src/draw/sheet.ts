/** A dashboard's data as a plain picture: each panel at its place, with what its queries answered. Not what Grafana draws. */
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

export interface Answer {
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

interface PanelModel {
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly fieldConfig: {
    readonly defaults: { readonly unit?: string; readonly noValue?: string; readonly decimals?: number };
  };
  readonly options?: { readonly showHeader?: boolean };
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

const COLUMN = 60;
const LINE = 34;
const HUES = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#857600', '#5b6675'];
const hue = (i: number): string => HUES[i % HUES.length] ?? '#5b6675';

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const words = (x: number, y: number, text: string, width: number, more = ''): string => {
  const most = Math.max(1, Math.floor(width / 6.4));
  return `<text x="${Math.round(x)}" y="${Math.round(y)}" ${more}>${escaped(text.length > most ? `${text.slice(0, most - 1)}…` : text)}</text>`;
};

function shown(value: unknown, { unit, decimals }: PanelModel['fieldConfig']['defaults']): string {
  if (value === null || value === undefined) return '–';
  if (value instanceof Date) return value.toISOString().slice(5, 19).replace('T', ' ');
  const number = typeof value === 'number' || /^-?\d+(\.\d+)?$/.test(String(value)) ? Number(value) : Number.NaN;
  if (Number.isNaN(number)) return String(value);
  if (unit === 'percentunit') return `${(100 * number).toFixed(decimals ?? 0)} %`;
  const text = number.toFixed(decimals ?? (Number.isInteger(number) ? 0 : 2));
  return unit === 's' ? `${text} s` : text;
}

const number = (value: unknown): number => (value === null || value === undefined ? Number.NaN : Number(value));

function lines(
  box: Box,
  { columns, rows }: Answer,
  panel: PanelModel,
  [from, to]: readonly [number, number],
): string[] {
  const series = new Map<string, [number, number][]>();
  for (const row of rows) {
    // Seconds, where the stretch was not cut by the database's own function.
    const time = row.time instanceof Date ? row.time.getTime() : 1000 * number(row.time);
    const told = columns.includes('metric')
      ? [[String(row.metric), row.value] as const]
      : columns.filter((name) => name !== 'time').map((name) => [name, row[name]] as const);
    for (const [name, value] of told) series.set(name, [...(series.get(name) ?? []), [time, number(value)]]);
  }
  const values = [...series.values()]
    .flat()
    .map(([, value]) => value)
    .filter(Number.isFinite);
  const [low, high] = [Math.min(0, ...values), Math.max(1e-9, ...values)];
  const plot: Box = { x: box.x + 50, y: box.y + 4, w: box.w * 0.68 - 50, h: box.h - 24 };
  const x = (time: number) => plot.x + ((time - from) / (to - from)) * plot.w;
  const y = (value: number) => plot.y + plot.h - ((value - low) / (high - low)) * plot.h;
  return [
    `<path d="M${plot.x} ${plot.y}V${plot.y + plot.h}H${plot.x + plot.w}" fill="none" stroke="#98a2b0"/>`,
    words(box.x, plot.y + 10, shown(high, panel.fieldConfig.defaults), 50),
    words(box.x, plot.y + plot.h, shown(low, panel.fieldConfig.defaults), 50),
    ...[...series].flatMap(([name, points], i) => [
      `<path d="${points
        .filter(([, value]) => Number.isFinite(value))
        .map(([time, value], at) => `${at === 0 ? 'M' : 'L'}${x(time).toFixed(1)} ${y(value).toFixed(1)}`)
        .join('')}" fill="none" stroke="${hue(i)}" stroke-width="1.6"/>`,
      ...points
        .filter(([, value]) => Number.isFinite(value))
        .map(
          ([time, value]) =>
            `<circle cx="${x(time).toFixed(1)}" cy="${y(value).toFixed(1)}" r="1.8" fill="${hue(i)}"/>`,
        ),
      ...(16 * i < plot.h
        ? [words(box.x + box.w * 0.7, plot.y + 12 + 16 * i, name, box.w * 0.3, `fill="${hue(i)}"`)]
        : []),
    ]),
  ];
}

function table(box: Box, { columns, rows }: Answer, panel: PanelModel): string[] {
  const map = panel.options?.showHeader === false;
  const names = columns.filter((name) => name !== 'id');
  const width = box.w / names.length;
  const most = Math.floor(box.h / 18) - 1;
  const values = map
    ? rows.flatMap((row) => names.slice(1).map((name) => number(row[name]))).filter(Number.isFinite)
    : [];
  const high = Math.max(1e-9, ...values);
  const head = map
    ? []
    : names.map((name, i) => words(box.x + i * width, box.y + 12, name, width, 'font-weight="600" fill="#57616f"'));
  return [
    ...head,
    ...rows.slice(0, most).flatMap((row, line) =>
      names.flatMap((name, i) => {
        const [x, y] = [box.x + i * width, box.y + 18 * (line + (map ? 0 : 1))];
        const value = row[name];
        const share = map && i > 0 && value !== null ? number(value) / high : 0;
        const text = map && value === null ? '' : shown(value, panel.fieldConfig.defaults);
        return [
          ...(share > 0
            ? [
                `<rect x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="18" fill="#d55e00" fill-opacity="${(0.1 + 0.8 * share).toFixed(2)}"/>`,
              ]
            : []),
          words(x + 2, y + 13, text, width),
        ];
      }),
    ),
  ];
}

function bars(box: Box, { columns, rows }: Answer, panel: PanelModel): string[] {
  const [name = '', ...parts] = columns;
  const height = Math.min(22, box.h / Math.max(1, rows.length));
  const high = Math.max(1e-9, ...rows.map((row) => parts.reduce((sum, part) => sum + number(row[part]), 0)));
  return rows.flatMap((row, line) => {
    const y = box.y + line * height;
    let x = box.x + box.w * 0.35;
    return [
      words(box.x, y + height - 6, String(row[name]), box.w * 0.34),
      ...parts.flatMap((part, i) => {
        const w = (number(row[part]) / high) * box.w * 0.5;
        const bar = `<rect x="${x.toFixed(1)}" y="${(y + 2).toFixed(1)}" width="${w.toFixed(1)}" height="${(height - 4).toFixed(1)}" fill="${hue(i)}"/>`;
        x += w;
        return [bar];
      }),
      words(
        x + 6,
        y + height - 6,
        parts.map((part) => shown(row[part], panel.fieldConfig.defaults)).join(' + '),
        box.w * 0.3,
      ),
    ];
  });
}

function inside(box: Box, panel: PanelModel, answers: readonly Answer[], range: readonly [number, number]): string[] {
  const [first] = answers;
  const nothing =
    !first || first.rows.length === 0 || first.rows.every((row) => Object.values(row).every((value) => value === null));
  if (!first || nothing)
    return [
      words(
        box.x,
        box.y + box.h / 2,
        panel.fieldConfig.defaults.noValue ?? 'No data',
        box.w,
        'fill="#57616f" font-style="italic"',
      ),
    ];
  if (panel.type === 'timeseries') return lines(box, first, panel, range);
  if (panel.type === 'stat')
    return [
      words(
        box.x,
        box.y + box.h / 2 + 8,
        shown(Object.values(first.rows[0] ?? {})[0], panel.fieldConfig.defaults),
        box.w,
        'font-size="28" font-weight="600"',
      ),
    ];
  if (panel.type === 'table') return table(box, first, panel);
  return bars(box, first, panel);
}

/**
 * @param answersOf what the queries of the panel with this index answered.
 * @returns an SVG document.
 */
export function sheet(
  dashboard: Dashboard,
  answersOf: (panel: number) => readonly Answer[],
  range: readonly [number, number],
): string {
  const panels = (dashboard.panels ?? []) as unknown as PanelModel[];
  const height = Math.max(...panels.map(({ gridPos: { y, h } }) => y + h)) * LINE + 60;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${24 * COLUMN}" height="${height}" font-family="Inter, Arial, 'DejaVu Sans', sans-serif" font-size="11" fill="#171b21">`,
    `<rect width="100%" height="100%" fill="#eef0f3"/>`,
    words(12, 34, dashboard.title ?? '', 800, 'font-size="22" font-weight="600"'),
    ...panels.flatMap((panel, i) => {
      const { x, y, w, h } = panel.gridPos;
      const box: Box = { x: x * COLUMN + 4, y: y * LINE + 54, w: w * COLUMN - 8, h: h * LINE - 8 };
      return [
        `<rect x="${box.x}" y="${box.y}" width="${box.w}" height="${box.h}" rx="4" fill="#ffffff" stroke="#dbe0e7"/>`,
        words(box.x + 10, box.y + 20, panel.title, box.w - 20, 'font-size="13" font-weight="600"'),
        ...inside({ x: box.x + 10, y: box.y + 32, w: box.w - 20, h: box.h - 40 }, panel, answersOf(i), range),
      ];
    }),
    '</svg>',
    '',
  ].join('\n');
}
