/** Colours of a drawing, for light and dark surroundings. */

export type Theme = 'light' | 'dark' | 'auto';

interface Colours {
  readonly ground: string;
  readonly floor: string;
  readonly wall: string;
  readonly furniture: string;
  readonly furnitureEdge: string;
  readonly quiet: string;
  readonly text: string;
  readonly note: string;
  readonly green: string;
  readonly sign: string;
  readonly signText: string;
  readonly gate: string;
  readonly gateText: string;
  readonly camera: string;
  readonly queue: string;
  readonly control: string;
  readonly waiting: string;
  readonly transit: string;
  readonly retail: string;
  readonly exit: string;
  readonly blind: string;
}

const LIGHT: Colours = {
  ground: '#eef1f4',
  floor: '#ffffff',
  wall: '#3d4a59',
  furniture: '#dfe4ea',
  furnitureEdge: '#a9b4c0',
  quiet: '#c3ccd5',
  text: '#27323f',
  note: '#66727f',
  green: '#bcd9b8',
  sign: '#2f6db3',
  signText: '#ffffff',
  gate: '#f2c230',
  gateText: '#2b2410',
  camera: '#8a3fa0',
  queue: '#fdf1d2',
  control: '#fbe3e0',
  waiting: '#e3eefa',
  transit: '#f6f8fa',
  retail: '#f4e8f7',
  exit: '#e0f3e6',
  blind: '#eceef1',
};

const DARK: Colours = {
  ground: '#12171d',
  floor: '#1c232b',
  wall: '#aab6c3',
  furniture: '#36414d',
  furnitureEdge: '#5c6977',
  quiet: '#3d4854',
  text: '#e8edf2',
  note: '#98a4b1',
  green: '#3c5c41',
  sign: '#4a8ad4',
  signText: '#ffffff',
  gate: '#e0b32c',
  gateText: '#201a08',
  camera: '#c98be0',
  queue: '#39321d',
  control: '#3b2727',
  waiting: '#1f3044',
  transit: '#222a33',
  retail: '#342840',
  exit: '#1e382a',
  blind: '#272e37',
};

const FONT = "'Inter', 'Segoe UI', 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif";

function rules(c: Colours): string {
  const zone = (['queue', 'control', 'waiting', 'transit', 'retail', 'exit', 'blind'] as const)
    .map((kind) => `.zone-${kind}{fill:${c[kind]}}`)
    .join('');
  return [
    `.ground{fill:${c.ground}}.floor{fill:${c.floor}}${zone}`,
    `.zone{stroke:${c.quiet};stroke-width:.6}.hatch{stroke:${c.quiet}}`,
    `.wall{stroke:${c.wall}}.pillar{fill:${c.wall}}.room{fill:${c.ground};stroke:${c.wall}}`,
    `.furniture{fill:${c.furniture};stroke:${c.furnitureEdge}}.edge{stroke:${c.furnitureEdge}}.rope{fill:${c.furnitureEdge}}`,
    `.chair{fill:${c.furnitureEdge}}.green{fill:${c.green};stroke:none}.lane{stroke:${c.note}}.chevron{fill:${c.note}}`,
    `.name{fill:${c.text};stroke:${c.floor}}.note{fill:${c.note}}.title{fill:${c.text}}.line{stroke:${c.note}}.mark{fill:${c.note}}`,
    `.sign{fill:${c.sign}}.sign-line{stroke:${c.sign}}.sign-ink{fill:${c.signText};stroke:none}.sign-stroke{stroke:${c.signText}}`,
    `.gate{fill:${c.gate}}.gate-line{stroke:${c.gate}}.gate-ink{fill:${c.gateText}}.quiet-line{stroke:${c.note}}`,
    `.view{fill:${c.camera};stroke:${c.camera}}.camera{fill:${c.camera}}.camera-ink{fill:${c.floor}}`,
  ].join('');
}

const SHAPES = [
  `text{font-family:${FONT};font-variant-numeric:tabular-nums}`,
  '.wall{fill:none;stroke-width:3;stroke-linecap:square;stroke-linejoin:miter}',
  '.room{stroke-width:3;stroke-linejoin:miter}.furniture,.edge{stroke-width:.7}.edge,.lane,.line,.sign-line,.gate-line,.quiet-line,.sign-stroke{fill:none}',
  '.lane{stroke-width:.8;stroke-dasharray:1 3;stroke-linecap:round;opacity:.7}.chevron{opacity:.7}',
  '.name{font-weight:600;text-anchor:middle;paint-order:stroke;stroke-width:3;stroke-opacity:.8;stroke-linejoin:round}',
  '.middle{text-anchor:middle;font-weight:700}.sign-line,.gate-line{stroke-width:4}.quiet-line{stroke-width:2}',
  '.view{fill-opacity:.07;stroke-opacity:.65;stroke-width:1;stroke-dasharray:4 3}.line{stroke-width:1.4}',
].join('');

/** The style sheet. `auto` follows whoever shows the drawing. */
export function styleSheet(theme: Theme): string {
  if (theme === 'dark') return SHAPES + rules(DARK);
  return SHAPES + rules(LIGHT) + (theme === 'auto' ? `@media (prefers-color-scheme:dark){${rules(DARK)}}` : '');
}
