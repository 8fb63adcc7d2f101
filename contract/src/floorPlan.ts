/**
 * A floor plan as both sides read it: the edge takes its blind zones from it, the hub its zones and limits, the console
 * its walls. Coordinates are metres, x to the right and y up as on the drawing.
 */
import { type Static, Type } from 'typebox';
import { outlineFault, PlanPoint, Polygon } from './polygon.ts';
import { Identifier } from './topics.ts';
import { type Checked, checker, type Problem } from './validate.ts';

const closed = { additionalProperties: false } as const;

export const ZoneKind = Type.Union([
  Type.Literal('queue'),
  Type.Literal('control'),
  Type.Literal('waiting'),
  Type.Literal('transit'),
  Type.Literal('retail'),
  Type.Literal('exit'),
  Type.Literal('blind'),
]);
export type ZoneKind = Static<typeof ZoneKind>;

export const Zone = Type.Object(
  {
    id: Identifier,
    name: Type.String({ minLength: 1, maxLength: 80 }),
    kind: ZoneKind,
    polygon: Polygon,
    /** An alert is raised when somebody is present for longer. Absent: the kind's limit in the policy. */
    dwellLimitSeconds: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 604_800 })),
  },
  closed,
);
export type Zone = Static<typeof Zone>;

export const PlanCamera = Type.Object(
  {
    id: Identifier,
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 80 })),
    position: PlanPoint,
    /** What it sees of the floor. */
    view: Type.Optional(Polygon),
  },
  closed,
);
export type PlanCamera = Static<typeof PlanCamera>;

export const FloorPlan = Type.Object(
  {
    id: Identifier,
    name: Type.String({ minLength: 1, maxLength: 80 }),
    /** Lower left and upper right corner of the drawing. */
    bounds: Type.Tuple([PlanPoint, PlanPoint]),
    walls: Type.Array(Type.Array(PlanPoint, { minItems: 2, maxItems: 512 }), { maxItems: 4096 }),
    zones: Type.Array(Zone, { maxItems: 512 }),
    cameras: Type.Array(PlanCamera, { maxItems: 512 }),
    /** Clockwise angle of true north from the y axis, degrees. */
    northDegrees: Type.Optional(Type.Number({ minimum: -360, maximum: 360 })),
  },
  closed,
);
export type FloorPlan = Static<typeof FloorPlan>;

function repeatedIds(field: 'zones' | 'cameras', items: readonly { readonly id: string }[]): Problem[] {
  return items.flatMap(({ id }, i) =>
    items.findIndex((other) => other.id === id) === i
      ? []
      : [{ field: `${field}.${i}.id`, expected: 'must be an id of its own', found: `"${id}" for a second time` }],
  );
}

/** What is wrong with a plan that has all its fields. */
export function planProblems(plan: FloorPlan): Problem[] {
  const [[left, lower], [right, upper]] = plan.bounds;
  const problems: Problem[] = [...repeatedIds('zones', plan.zones), ...repeatedIds('cameras', plan.cameras)];
  if (!(right > left && upper > lower)) {
    problems.push({
      field: 'bounds',
      expected: 'must be the lower left corner and then the upper right one',
      found: JSON.stringify(plan.bounds),
    });
  }
  for (const [i, zone] of plan.zones.entries()) {
    const fault = outlineFault(zone.polygon);
    if (fault)
      problems.push({
        field: `zones.${i}.polygon`,
        expected: fault.expected,
        found: `${fault.found}, of zone "${zone.id}"`,
      });
  }
  return problems;
}

const checkFields = checker(FloorPlan);

/** Checks a floor plan: its fields, and what they mean together. */
export function checkFloorPlan(document: unknown): Checked<FloorPlan> {
  const checked = checkFields(document);
  if (!checked.ok) return checked;
  const problems = planProblems(checked.value);
  return problems.length === 0 ? checked : { ok: false, problems };
}
