/**
 * Dashboards cut into the pieces for which Grafana publishes a type. The type of a whole dashboard says nothing of what a panel's
 * options are: those have a type by panel, and Grafana joins the two only when it runs.
 */

/** A published version of Grafana's schema, by the name under which the package is installed. */
export interface SchemaVersion {
  readonly grafana: string;
  readonly installed: string;
  /** Whether it has a type for each panel's options; before, they were in the panels' own code. */
  readonly ofPanels: boolean;
  /**
   * The newest one has to know every property and has to be given every one that it needs. Older ones pass over what they do not
   * know, and mark as needed what they fill in themselves.
   */
  readonly complete: boolean;
}

export const VERSIONS: readonly SchemaVersion[] = [
  { grafana: '9.4', installed: 'grafana-schema-9', ofPanels: false, complete: false },
  { grafana: '10.4', installed: 'grafana-schema-10', ofPanels: true, complete: false },
  { grafana: '13.2', installed: 'grafana-schema-13', ofPanels: true, complete: true },
];

export interface Piece {
  /** Where it lies, for a person. */
  readonly where: string;
  readonly value: unknown;
  /** A type of the names that {@link ./compiler.ts} declares. */
  readonly type: string;
}

/** What a newer version has dropped and still reads, bringing it up to date itself: the older ones need it. */
const READ_STILL = new Set(['custom.displayMode', 'custom.hidden', 'options.footer']);

interface Field {
  readonly custom?: Record<string, unknown>;
}
interface PanelModel {
  readonly type: string;
  readonly title: string;
  readonly options: Record<string, unknown>;
  readonly targets: readonly unknown[];
  readonly fieldConfig: {
    readonly defaults: Field & Record<string, unknown>;
    readonly overrides: readonly {
      readonly matcher: unknown;
      readonly properties: readonly { readonly id: string; readonly value: unknown }[];
    }[];
  };
}
export interface DashboardModel {
  readonly title: string;
  readonly panels: readonly PanelModel[];
  readonly annotations: { readonly list?: readonly { readonly target: unknown }[] };
}

function piecesOfPanel(dashboard: string, panel: PanelModel, complete: boolean): Piece[] {
  const { options, targets, fieldConfig, ...rest } = panel;
  const { custom, ...defaults } = fieldConfig.defaults;
  const where = `${dashboard}, ${panel.title}`;
  const known = (name: string) => !(complete && READ_STILL.has(name));
  return [
    { where, value: rest, type: "Types['Panel']" },
    ...targets.map((value, i) => ({ where: `${where}: query ${i + 1}`, value, type: "Types['Target']" })),
    {
      where: `${where}: options`,
      value: Object.fromEntries(Object.entries(options).filter(([name]) => known(`options.${name}`))),
      type: `OptionsOf<'${panel.type}'>`,
    },
    { where: `${where}: fields`, value: defaults, type: "Types['Field']" },
    ...(custom === undefined
      ? []
      : [{ where: `${where}: fields, custom`, value: custom, type: `CustomOf<'${panel.type}'>` }]),
    ...fieldConfig.overrides.flatMap(({ matcher, properties }) => {
      const of = `${where}: fields ${JSON.stringify(matcher)}`;
      return [
        { where: of, value: matcher, type: "Types['Matcher']" },
        ...properties
          .filter(({ id }) => known(id))
          .map(({ id, value }) => {
            const name = id.replace(/^custom\./, '');
            return name === id
              ? { where: of, value: { [name]: value }, type: `PartOf<Types['Field']>` }
              : { where: of, value: { [name]: value }, type: `CustomOf<'${panel.type}'>` };
          }),
      ];
    }),
  ];
}

/** @param complete see {@link SchemaVersion}. */
export function pieces(dashboards: readonly DashboardModel[], complete: boolean): Piece[] {
  return dashboards.flatMap((dashboard) => {
    const { panels, annotations, ...rest } = dashboard;
    const { title } = dashboard;
    return [
      { where: title, value: rest, type: "Types['Dashboard']" },
      ...(annotations.list ?? []).flatMap(({ target, ...annotation }, i) => [
        { where: `${title}: mark ${i + 1}`, value: annotation, type: "Types['Annotation']" },
        { where: `${title}: query of mark ${i + 1}`, value: target, type: "Types['Target']" },
      ]),
      ...panels.flatMap((panel) => piecesOfPanel(title, panel, complete)),
    ];
  });
}
