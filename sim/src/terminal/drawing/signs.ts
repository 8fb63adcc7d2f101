/** Doors with the signs that an airport hangs over them. */
import type { PlanPoint } from '@safe-passage/contract';
import type { Portal } from '../terminal.ts';
import { type Box, escaped, number, type Sheet, textWidth } from './sheet.ts';

const HALF = 8;

/** Drawn in a square of 16 units around the origin. */
const ICONS: Readonly<Record<string, string>> = {
  lift: '<path class="sign-ink" d="M-4-1L-1.2-5.4L1.6-1ZM4 1L1.2 5.4L-1.6 1Z"/>',
  stairs: '<path class="sign-stroke" stroke-width="1.6" d="M-5 5H-2.2V2H.6V-1H3.4V-4.4H5"/>',
  station:
    '<path class="sign-ink" fill-rule="evenodd" d="M-3.6-5.6H3.6Q5-5.6 5-4.2V2.2Q5 3.6 3.6 3.6H-3.6Q-5 3.6-5 2.2V-4.2Q-5-5.6-3.6-5.6ZM-3.4-4V-.6H3.4V-4ZM-3.4 4.4H-1.4L-2.6 6.2H-4.6ZM3.4 4.4H1.4L2.6 6.2H4.6Z"/>',
  room: '<path class="sign-ink" d="M0-5.2C3.4-3.2 4.4-1 4.4 1V5H-4.4V1C-4.4-1-3.4-3.2 0-5.2Z"/>',
};
const ARROW = '<path class="sign-ink" d="M-5-1.2H.4V-4.6L5.4 0L.4 4.6V1.2H-5Z"/>';

/** What stands on the sign: short, since the zone says the rest. */
function wordOf({ kind, name }: Portal): string | null {
  if (kind === 'toilet') return 'WC';
  if (kind === 'gate') return name.split(' ').find((word) => /\d/.test(word)) ?? null;
  return null;
}

export interface DrawnPortal {
  readonly svg: string;
  readonly box: Box;
}

/** @param inwards a direction of the drawing that leads from the door into the hall. */
export function drawPortal(sheet: Sheet, portal: Portal, inwards: readonly [number, number]): DrawnPortal {
  const { kind, line, name } = portal;
  const [a, b] = line;
  const tone = kind === 'gate' ? 'gate' : kind === 'staff' ? 'quiet' : 'sign';
  const door = `<path class="${tone}-line" d="${sheet.path([a, b] as PlanPoint[], false)}"/>`;
  const title = `<title>${escaped(name)}</title>`;
  const word = wordOf(portal);
  const half = word ? Math.max(HALF, textWidth(word, 9) / 2 + 4) : HALF;
  const off = (inwards[0] === 0 ? HALF : half) + 5;
  const x = (sheet.x(a[0]) + sheet.x(b[0])) / 2 + inwards[0] * off;
  const y = (sheet.y(a[1]) + sheet.y(b[1])) / 2 + inwards[1] * off;
  const box = { left: x - half, right: x + half, top: y - HALF, bottom: y + HALF };
  if (kind === 'staff') return { svg: `<g>${title}${door}</g>`, box: { left: x, right: x, top: y, bottom: y } };
  // Out of a gate people come in, out of the other doors they go.
  const turn = kind === 'gate' ? 1 : -1;
  const plate = `<rect class="${tone}" x="${number(-half)}" y="${-HALF}" width="${number(2 * half)}" height="${2 * HALF}" rx="3"/>`;
  const ink = word
    ? `<text class="${tone}-ink middle" font-size="9" y="3.2">${escaped(word)}</text>`
    : (ICONS[kind] ??
      `<g transform="rotate(${number((Math.atan2(turn * inwards[1], turn * inwards[0]) * 180) / Math.PI)})">${ARROW}</g>`);
  return { svg: `<g>${title}${door}<g transform="translate(${number(x)} ${number(y)})">${plate}${ink}</g></g>`, box };
}
