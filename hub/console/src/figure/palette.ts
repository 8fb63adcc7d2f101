import type { Role } from '../../../src/score/movement.ts';

/** The colours of the drawing, read from the style sheet so that both themes have one source. */
export interface Palette {
  readonly ground: string;
  readonly floor: string;
  readonly grid: string;
  readonly wall: string;
  readonly zone: string;
  readonly zoneEdge: string;
  readonly zoneLabel: string;
  readonly zoneNote: string;
  readonly camera: string;
  readonly cone: string;
  readonly person: string;
  readonly personAround: string;
  readonly solid: string;
  readonly chip: string;
  readonly chipEdge: string;
  readonly tail: string;
  readonly density: string;
  readonly flow: string;
  readonly dwelling: string;
  readonly dwellingFill: string;
  readonly roles: Readonly<Record<Role, string>>;
  readonly casing: string;
  readonly accent: string;
  readonly text: string;
  readonly onAccent: string;
  readonly font: string;
}

const NAMES: Record<Exclude<keyof Palette, 'font' | 'roles'>, string> = {
  ground: '--figure-ground',
  floor: '--figure-floor',
  grid: '--figure-grid',
  wall: '--figure-wall',
  zone: '--figure-zone',
  zoneEdge: '--figure-zone-edge',
  zoneLabel: '--figure-zone-label',
  zoneNote: '--figure-zone-note',
  camera: '--figure-camera',
  cone: '--figure-cone',
  person: '--figure-person',
  personAround: '--figure-person-around',
  solid: '--figure-solid',
  chip: '--surface',
  chipEdge: '--line',
  tail: '--figure-tail',
  density: '--figure-density',
  flow: '--figure-flow',
  dwelling: '--role-dwelling',
  dwellingFill: '--role-dwelling-fill',
  casing: '--figure-casing',
  accent: '--accent',
  text: '--text',
  onAccent: '--on-accent',
};

const ROLES: Readonly<Record<Role, string>> = {
  leader: '--role-leader',
  follower: '--role-follower',
  flanked: '--role-flanked',
  flanking: '--role-flanking',
  shadowed: '--role-shadowed',
  shadowing: '--role-shadowing',
  coordinator: '--role-coordinator',
  contact: '--role-contact',
  companion: '--role-companion',
  dwelling: '--role-dwelling',
};

export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const read = <K extends string>(names: Readonly<Record<K, string>>) =>
    Object.fromEntries(
      Object.entries<string>(names).map(([key, name]) => [key, style.getPropertyValue(name).trim()]),
    ) as Record<K, string>;
  return { ...read(NAMES), roles: read(ROLES), font: style.fontFamily };
}
