/** Panels with what they all share: a question as description, what an empty one means, legends with figures. */
import { PanelBuilder as BarChart } from '@grafana/grafana-foundation-sdk/barchart';
import { PanelBuilder as BarGauge } from '@grafana/grafana-foundation-sdk/bargauge';
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import {
  BarGaugeDisplayMode,
  BigValueColorMode,
  BigValueGraphMode,
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TableCellDisplayMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  type DashboardLink,
  FieldColorBuilder,
  FieldColorModeId,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries';
import { DATA_SOURCE, type PostgresQuery } from './postgres/query.ts';

export interface PanelWords {
  readonly title: string;
  /** Which question it answers and what to do with the answer. */
  readonly description: string;
  /** What it means that there is nothing. */
  readonly empty: string;
  readonly unit?: string;
  readonly decimals?: number;
  readonly width: number;
  readonly height: number;
  /** Colours from a value on, the first from the least. Absent: no value is better than another. */
  readonly thresholds?: readonly Threshold[];
}

export type Threshold = readonly [
  from: number | null,
  colour: 'green' | 'yellow' | 'orange' | 'red' | 'blue' | 'transparent',
];

interface Common<B> {
  title(text: string): B;
  description(text: string): B;
  datasource(ref: { type: string; uid: string }): B;
  span(width: number): B;
  height(height: number): B;
  noValue(text: string): B;
  unit(unit: string): B;
  decimals(count: number): B;
  thresholds(config: ThresholdsConfigBuilder): B;
  withTarget(target: Builder<Dataquery>): B;
}

/** What every panel says of itself. */
function dressed<B extends Common<B>>(panel: B, words: PanelWords, queries: readonly PostgresQuery[]): B {
  panel
    .title(words.title)
    .description(words.description)
    .datasource(DATA_SOURCE)
    .span(words.width)
    .height(words.height);
  panel.noValue(words.empty);
  if (words.unit !== undefined) panel.unit(words.unit);
  if (words.decimals !== undefined) panel.decimals(words.decimals);
  panel.thresholds(
    new ThresholdsConfigBuilder()
      .mode(ThresholdsMode.Absolute)
      .steps((words.thresholds ?? [[null, 'blue']]).map(([value, color]) => ({ value, color }))),
  );
  queries.forEach((query, i) => {
    panel.withTarget(query.refId(String.fromCharCode(65 + i)));
  });
  return panel;
}

const legend = (calcs: readonly string[]): VizLegendOptionsBuilder =>
  new VizLegendOptionsBuilder()
    .displayMode(LegendDisplayMode.Table)
    .placement(LegendPlacement.Right)
    .showLegend(true)
    .calcs([...calcs])
    .sortBy('Last *')
    .sortDesc(true);

const tooltip = (): VizTooltipOptionsBuilder =>
  new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending);

/** One figure. */
export const figure = (words: PanelWords, query: PostgresQuery): Stat =>
  dressed(new Stat(), words, [query])
    .colorMode(BigValueColorMode.Value)
    .graphMode(BigValueGraphMode.None)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false).fields('/.*/'));

/**
 * About what there is room for beside a legend; Grafana rounds to up to half as many more. Without it a wide screen would ask for
 * some days in steps of five minutes, ten thousands of rows for lines that nobody can tell apart.
 */
const MOST_POINTS = 300;

/** Something over time. */
export const series = (words: PanelWords, ...queries: readonly PostgresQuery[]): TimeSeries =>
  dressed(new TimeSeries(), words, queries)
    .maxDataPoints(MOST_POINTS)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassic))
    .drawStyle(GraphDrawStyle.Line)
    .lineWidth(2)
    .fillOpacity(8)
    .showPoints(VisibilityMode.Auto)
    .spanNulls(false)
    .min(0)
    .legend(legend(['lastNotNull', 'max']))
    .tooltip(tooltip());

/** Counts over time, one on another. */
export const counts = (words: PanelWords, ...queries: readonly PostgresQuery[]): TimeSeries =>
  series(words, ...queries)
    .drawStyle(GraphDrawStyle.Bars)
    .fillOpacity(80)
    .lineWidth(0)
    .stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'))
    .legend(legend(['sum']));

/** One bar for each row: the first column says what, the second how much. */
export const bars = (words: PanelWords, query: PostgresQuery): BarGauge =>
  dressed(new BarGauge(), words, [query])
    .displayMode(BarGaugeDisplayMode.Basic)
    .orientation(VizOrientation.Horizontal)
    .showUnfilled(true)
    .min(0)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(true).limit(40));

/** Bars of several parts: the first column says what, every other is a part. */
export const stacks = (words: PanelWords, query: PostgresQuery): BarChart =>
  dressed(new BarChart(), words, [query])
    .orientation(VizOrientation.Horizontal)
    .stacking(StackingMode.Normal)
    .fillOpacity(80)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassic))
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true)
        .calcs([]),
    )
    .tooltip(tooltip());

/** Rows and columns. */
export const table = (words: PanelWords, query: PostgresQuery): Table =>
  dressed(new Table(), words, [query])
    .showHeader(true)
    // A field without a value; the sentence above is for a table without rows.
    .overrides(
      ['string', 'number', 'time'].map((options) => ({
        matcher: { id: 'byType', options },
        properties: [{ id: 'noValue', value: '–' }],
      })),
    )
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds));

/** A link on a value, for which the SDK has only the builder of a dashboard's links. */
export const link = (title: string, url: string, newTab = false): Builder<DashboardLink> => ({
  build: () => ({ title, url, targetBlank: newTab }) as DashboardLink,
});

/** Properties of one column of a table. */
export interface ColumnLook {
  readonly unit?: string;
  readonly decimals?: number;
  readonly width?: number;
  readonly thresholds?: readonly Threshold[];
  readonly hidden?: boolean;
  readonly link?: { readonly title: string; readonly url: string; readonly newTab?: boolean };
  /** Text in place of a value. */
  readonly words?: Readonly<Record<string, string>>;
}

export function withColumn(panel: Table, name: string, look: ColumnLook): Table {
  const { unit, decimals, width, thresholds, hidden, words } = look;
  return panel.overrideByName(name, [
    ...(unit === undefined ? [] : [{ id: 'unit', value: unit }]),
    ...(decimals === undefined ? [] : [{ id: 'decimals', value: decimals }]),
    ...(width === undefined ? [] : [{ id: 'custom.width', value: width }]),
    ...(hidden === undefined ? [] : [{ id: 'custom.hidden', value: hidden }]),
    ...(thresholds === undefined
      ? []
      : [
          {
            id: 'thresholds',
            value: { mode: 'absolute', steps: thresholds.map(([value, color]) => ({ value, color })) },
          },
          // The name of Grafana 9; later ones bring it up to date when they load the dashboard.
          { id: 'custom.displayMode', value: TableCellDisplayMode.ColorText },
        ]),
    ...(look.link === undefined
      ? []
      : [
          {
            id: 'links',
            value: [{ title: look.link.title, url: look.link.url, targetBlank: look.link.newTab ?? true }],
          },
        ]),
    ...(words === undefined
      ? []
      : [
          {
            id: 'mappings',
            value: [
              {
                type: 'value',
                options: Object.fromEntries(
                  Object.entries(words).map(([value, text], index) => [value, { text, index }]),
                ),
              },
            ],
          },
        ]),
  ]);
}
