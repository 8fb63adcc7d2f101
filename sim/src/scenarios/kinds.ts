/**
 * What is staged, and what merely looks like it. A kind names a movement; each has look-alikes at the same places and of the
 * same length in which the relation between the people is another one.
 */
export const SCENARIO_KINDS = [
  'long-dwell',
  'escort',
  'handover',
  'flanking',
  'shadowing',
  'regrouping',
  'coordinator',
  'combination',
] as const;
export type ScenarioKind = (typeof SCENARIO_KINDS)[number];

export const LOOK_ALIKES: Readonly<Record<ScenarioKind, readonly string[]>> = {
  'long-dwell': ['phone-call', 'lift-wait'],
  escort: ['couple', 'guide-and-tourist', 'wheelchair-assistance'],
  handover: ['goodbye-and-met'],
  flanking: ['three-friends', 'child-between-parents'],
  shadowing: ['same-way'],
  regrouping: ['split-family'],
  coordinator: ['tour-guide', 'information-desk'],
  combination: ['family-met'],
};

export function isScenarioKind(name: string): name is ScenarioKind {
  return (SCENARIO_KINDS as readonly string[]).includes(name);
}
