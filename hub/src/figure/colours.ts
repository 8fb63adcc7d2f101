/** The light theme of the console's figure (hub/console/src/styles/tokens.css, compared by a test): a figure is printed on paper. */
import type { Role } from '../score/movement.ts';

export const FIGURE_COLOURS = {
  'figure-ground': '#eef0f3',
  'figure-floor': '#ffffff',
  'figure-wall': '#5d6878',
  'figure-zone-label': '#414b59',
  'figure-zone-note': '#5e6978',
  'figure-solid': '#e3e8ee',
  'figure-casing': '#ffffff',
  text: '#171b21',
  quiet: '#57616f',
  line: '#dbe0e7',
} as const;

/** A hue with an opacity, which the style sheet writes as one. */
export const ZONE_HUE = '#3c5a8c';
export const ZONE_OPACITY = { fill: 0.06, edge: 0.28 } as const;

export const ROLE_COLOURS: Readonly<Record<Role, string>> = {
  dwelling: '#b26100',
  leader: '#008560',
  coordinator: '#008560',
  follower: '#0072b2',
  contact: '#0072b2',
  companion: '#0072b2',
  flanking: '#ad5688',
  shadowing: '#c25500',
  flanked: '#857600',
  shadowed: '#857600',
};
