/** What the TypeScript compiler says of pieces of dashboards that are held against the types that Grafana publishes. */
import { access, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { typeFaults } from '../../../test/typeFaults.ts';
import type { Piece, SchemaVersion } from './pieces.ts';

const at = (path: string) => fileURLToPath(import.meta.resolve(path));
const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

/** The panels of ours, with the folder of their types. */
const PANELS = ['stat', 'timeseries', 'table', 'bargauge', 'barchart'] as const;

/** In Grafana 9.4 each panel's options are in its own code, of these published parts. */
const PANELS_OF_NINE = `
interface Options {
  stat: s.SingleStatBaseOptions & { graphMode: s.BigValueGraphMode; colorMode: s.BigValueColorMode; justifyMode: s.BigValueJustifyMode; textMode: s.BigValueTextMode };
  timeseries: s.OptionsWithLegend & s.OptionsWithTooltip & s.OptionsWithTimezones;
  table: { frameIndex: number; showHeader: boolean; showTypeIcons?: boolean; sortBy?: s.TableSortByFieldState[]; footer?: { show: boolean; reducer: string[] } };
  bargauge: s.SingleStatBaseOptions & { displayMode: s.BarGaugeDisplayMode; showUnfilled: boolean; minVizWidth: number; minVizHeight: number };
  barchart: s.OptionsWithLegend & s.OptionsWithTooltip & s.OptionsWithTextFormatting & { orientation: s.VizOrientation; stacking: s.StackingMode; showValue: s.VisibilityMode; barWidth: number; groupWidth: number; barRadius?: number; xTickLabelRotation: number; xTickLabelMaxLength: number; xTickLabelSpacing?: number };
}
interface Custom {
  stat: {};
  timeseries: s.GraphFieldConfig;
  table: s.TableFieldOptions;
  bargauge: {};
  barchart: s.AxisConfig & s.HideableFieldConfig & { lineWidth?: number; fillOpacity?: number; gradientMode?: s.GraphGradientMode };
}`;

/**
 * What Grafana 9.4 reads and writes without saying so in its types: a threshold from the least on is `null` in JSON, and of the
 * colour scales one stands for all.
 */
function unsaidInNine(name: string, value: unknown): unknown {
  if (name === 'value' && value === null) return undefined;
  if (name === 'mode' && value === 'continuous-BlYlRd') return 'continuous-GrYlRd';
  return value;
}

async function panelTypes(types: string): Promise<string> {
  const folders = await Promise.all(
    PANELS.map(async (panel) => {
      const folder = join(types, 'raw/composable', panel, 'panelcfg/x');
      const file = (await readdir(folder)).find((name) => name.endsWith('types.gen.d.ts'));
      if (file === undefined) throw new Error(`no types of the panel ${panel} in ${folder}`);
      return [panel, join(folder, file)] as const;
    }),
  );
  const customs = ['timeseries', 'table', 'barchart'];
  return `${folders.map(([panel, file]) => `import type * as ${panel} from '${file}';`).join('\n')}
interface Options { ${PANELS.map((panel) => `${panel}: ${panel}.Options`).join('; ')} }
interface Custom { ${PANELS.map((panel) => `${panel}: ${customs.includes(panel) ? `${panel}.FieldConfig` : '{}'}`).join('; ')} }`;
}

/**
 * JSON has the values of Grafana's enumerations, not their names, so every enumeration stands for its values here. Where a version is
 * not complete nothing is needed, and what is there has to be right.
 */
const header = (panels: string, complete: boolean) => `import type * as s from '@grafana/schema';
${panels}
type Plain<T> = unknown extends T ? T
  : T extends string ? (string extends T ? T : \`\${T}\`)
  : T extends number ? (number extends T ? T : \`\${T}\` extends \`\${infer N extends number}\` ? N : never)
  : T extends boolean | null | undefined ? T
  : T extends readonly (infer E)[] ? readonly Plain<E>[]
  : { readonly [K in keyof T]${complete ? '' : '?'}: Plain<T[K]> };
type PartOf<T> = { readonly [K in keyof T]?: T[K] };
interface Query { refId: string; datasource: { type: 'postgres'; uid: string }; format: 'table' | 'time_series'; rawSql: string; rawQuery: boolean; editorMode: 'code' | 'builder' }
// What a variable asks is in the model of every version, and of each version's own code.
type Variable = Plain<s.VariableModel> & { readonly query: string; readonly definition: string };
interface Types {
  Dashboard: Plain<Omit<s.Dashboard, 'panels' | 'annotations' | 'templating'>> & { templating: { list: readonly Variable[] } };
  Annotation: Plain<Omit<s.AnnotationQuery, 'target'>>;
  Panel: Plain<Omit<s.Panel, 'options' | 'targets' | 'fieldConfig'>>;
  Target: Plain<s.DataQuery & Query>;
  Field: Plain<Omit<s.FieldConfig, 'custom'>>;
  Matcher: Plain<s.MatcherConfig>;
}
type OptionsOf<P extends keyof Options> = Plain<Options[P]>;
// Grafana fills in what is not said of a field.
type CustomOf<P extends keyof Custom> = PartOf<Plain<Custom[P]>>;
`;

/**
 * @returns what is wrong, a line for each: which piece, and what the compiler says of it. Empty: nothing is.
 * @throws where the compiler itself fails.
 */
export async function faults(pieces: readonly Piece[], version: SchemaVersion): Promise<string[]> {
  const root = dirname(at(`${version.installed}/package.json`));
  const types = (await exists(join(root, 'dist/types'))) ? join(root, 'dist/types') : join(root, 'dist/esm');
  const index = version.complete ? join(types, 'index.d.ts') : join(root, 'dist/index.d.ts');
  const head = header(version.ofPanels ? await panelTypes(types) : PANELS_OF_NINE, version.complete);
  // A literal at the place where it is checked may have no property that its type does not know; through a name it may.
  const lines = pieces.map(({ value, type }, i) => {
    const literal = JSON.stringify(value, version.ofPanels ? undefined : unsaidInNine);
    return version.complete
      ? `export const p${i} = ${literal} satisfies ${type};`
      : `export const p${i} = ${literal} as const; p${i} satisfies ${type};`;
  });
  return (await typeFaults({ head, lines, paths: { '@grafana/schema': [index] } })).map(
    ({ index: line, message }) => `${pieces[line]?.where ?? 'the types themselves'}: ${message}`,
  );
}
