/** A terminal as a map: what travellers find on the wall of an airport, to scale. */
import type { PlanPoint } from '@safe-passage/contract';
import { WalkableGrid } from '../../navigate/grid.ts';
import type { Terminal, TerminalCamera } from '../terminal.ts';
import { floorView } from '../view.ts';
import { inwardsOf } from './doors.ts';
import { drawObstacle, drawQueue, drawSpot } from './furniture.ts';
import { labelsOf } from './labels.ts';
import { type Box, escaped, LEGEND, MARGIN, number, Sheet, TITLE } from './sheet.ts';
import { drawPortal } from './signs.ts';
import { styleSheet, type Theme } from './style.ts';

export interface DrawingOptions {
  /** `auto`, the default, follows the light or dark surroundings. */
  readonly theme?: Theme;
  /** Cameras with what they see. Default: left out. */
  readonly cameras?: boolean;
  /** Units of the drawing per metre. Default: as fits a page. */
  readonly scale?: number;
}

/** Units of the drawing that a page is wide. */
const PAGE = 1100;

const ZONE_WORDS = [
  ['queue', 'queue'],
  ['control', 'control'],
  ['waiting', 'waiting'],
  ['transit', 'passing through'],
  ['retail', 'shops and cafés'],
  ['exit', 'ways out'],
  ['blind', 'not observed'],
] as const;

function drawCamera(terminal: Terminal, sheet: Sheet, camera: TerminalCamera, index: number): string {
  const view = floorView(terminal, camera);
  const [x, y] = [sheet.x(camera.position[0]), sheet.y(camera.position[1])];
  return [
    `<g><title>${escaped(camera.name)}</title>`,
    view ? `<path class="view" d="${sheet.path(view, true)}"/>` : '',
    `<g transform="translate(${number(x)} ${number(y)})">`,
    `<path class="camera" d="M5-3.4L12-6.4V6.4L5 3.4Z" transform="rotate(${number(-camera.headingDegrees)})"/>`,
    `<circle class="camera" r="7"/><text class="camera-ink middle" font-size="8" y="2.8">${index + 1}</text></g></g>`,
  ].join('');
}

function drawFrame(terminal: Terminal, sheet: Sheet): string[] {
  const y = sheet.height - 20;
  const [[minX], [maxX]] = terminal.bounds;
  const metres = maxX - minX > 80 ? 20 : 10;
  const length = metres * sheet.scale;
  const right = sheet.width - MARGIN;
  const bar = `M${number(right - length)} ${y - 5}V${y}H${number(right)}V${y - 5}M${number(right - length / 2)} ${y - 3}V${y}`;
  let x = MARGIN;
  const kinds = new Set(terminal.zones.map(({ kind }) => kind));
  const swatches = ZONE_WORDS.filter(([kind]) => kinds.has(kind)).map(([kind, words]) => {
    const svg = `<rect class="zone zone-${kind}" x="${number(x)}" y="${y - 11}" width="14" height="12" rx="2"/>${
      kind === 'blind' ? `<rect fill="url(#hatch)" x="${number(x)}" y="${y - 11}" width="14" height="12" rx="2"/>` : ''
    }<text class="note" font-size="10.5" x="${number(x + 19)}" y="${y - 1}">${words}</text>`;
    x += 19 + words.length * 5.7 + 18;
    return svg;
  });
  const north = `<g transform="translate(${sheet.width - MARGIN - 8} 24) rotate(${number(terminal.northDegrees)})"><path class="mark" d="M0-13L5.5 8L0 4.5L-5.5 8Z"/></g>`;
  return [
    `<text class="title" font-size="18" font-weight="700" x="${MARGIN}" y="29">${escaped(terminal.name)}</text>`,
    north,
    `<text class="note" font-size="10" text-anchor="end" x="${sheet.width - MARGIN - 22}" y="28">N</text>`,
    `<path class="line" d="${bar}"/><text class="note" font-size="10.5" text-anchor="end" x="${number(right)}" y="${y - 9}">${metres} m</text>`,
    ...swatches,
  ];
}

/** Units a metre at which a map is about a page wide. */
export function fittingScale({ bounds: [[minX], [maxX]] }: Terminal): number {
  return Math.min(20, Math.max(6, Math.round(PAGE / (maxX - minX))));
}

/**
 * The map of a terminal. The same terminal gives the same bytes. Layers are groups with the ids `floor`, `zones`,
 * `furniture`, `walls`, `doors`, `names`, `cameras` and `frame`; a place (x, y) in metres is drawn at
 * `(data-left + (x - minX) * data-scale, data-top + (maxY - y) * data-scale)` of the attributes of the root.
 */
export function terminalSvg(terminal: Terminal, options: DrawingOptions = {}): string {
  const { theme = 'auto', cameras = false } = options;
  const scale = options.scale ?? fittingScale(terminal);
  const sheet = new Sheet(terminal.bounds, scale);
  const grid = new WalkableGrid(terminal);
  const [low, high] = terminal.bounds;
  const floor = `<rect class="floor" x="${number(sheet.x(low[0]))}" y="${number(sheet.y(high[1]))}" width="${number((high[0] - low[0]) * scale)}" height="${number((high[1] - low[1]) * scale)}"/>`;
  const portals = terminal.portals.map((portal) => drawPortal(sheet, portal, inwardsOf(grid, portal)));
  const taken: Box[] = [
    // Twice: a name on a sign makes both unreadable.
    ...portals.flatMap(({ box }) => [box, box, box]),
    ...terminal.obstacles.map(({ polygon }) => sheet.boxOf(polygon, 1)),
    ...terminal.spots.filter(({ kind }) => kind === 'seat' || kind === 'cafe').map(({ at }) => sheet.boxOf([at], 3)),
    ...terminal.queues.flatMap(({ lane }) => lane.slice(1).map((to, i) => sheet.boxOf([lane[i] as PlanPoint, to], 1))),
    ...terminal.walls.flatMap((wall) => wall.slice(1).map((to, i) => sheet.boxOf([wall[i] as PlanPoint, to], 2))),
  ];
  const layer = (id: string, parts: readonly string[]) => `<g id="${id}">\n${parts.filter(Boolean).join('\n')}\n</g>`;
  const zones = terminal.zones.map(({ id, kind, name, polygon }) => {
    const d = sheet.path(polygon, true);
    const hatch = kind === 'blind' ? `<path fill="url(#hatch)" d="${d}"/>` : '';
    return `<g id="zone-${id}"><title>${escaped(name)}</title><path class="zone zone-${kind}" d="${d}"/>${hatch}</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${sheet.width} ${sheet.height}" width="${sheet.width}" height="${sheet.height}" role="img" aria-label="Map: ${escaped(terminal.name)}" data-scale="${scale}" data-left="${MARGIN}" data-top="${TITLE}" data-bottom="${LEGEND}">`,
    `<style>${styleSheet(theme)}</style>`,
    '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path class="hatch" stroke-width="1.2" d="M0 0V6"/></pattern></defs>',
    `<rect class="ground" width="${sheet.width}" height="${sheet.height}"/>`,
    layer('floor', [floor]),
    layer('zones', zones),
    layer('furniture', [
      ...terminal.queues.map((queue) => drawQueue(sheet, queue)),
      ...terminal.spots.map((spot) => drawSpot(sheet, spot)),
      ...terminal.obstacles.map((obstacle) => drawObstacle(sheet, obstacle)),
    ]),
    layer(
      'walls',
      terminal.walls.map((wall) => `<path class="wall" d="${sheet.path(wall, false)}"/>`),
    ),
    layer(
      'doors',
      portals.map(({ svg }) => svg),
    ),
    layer('names', labelsOf(sheet, terminal.zones, taken)),
    ...(cameras
      ? [
          layer(
            'cameras',
            terminal.cameras.map((camera, i) => drawCamera(terminal, sheet, camera, i)),
          ),
        ]
      : []),
    layer('frame', drawFrame(terminal, sheet)),
    '</svg>',
    '',
  ].join('\n');
}
