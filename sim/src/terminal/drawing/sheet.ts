/** From metres to the units of a drawing, and texts that fit. */
import type { PlanPoint } from '@safe-passage/contract';

export const MARGIN = 32;
export const TITLE = 44;
export const LEGEND = 56;

export const number = (value: number): string => String(Math.round(value * 10) / 10);

export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export const overlapArea = (a: Box, b: Box): number =>
  Math.max(0, Math.min(a.right, b.right) - Math.max(a.left, b.left)) *
  Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));

/** Room of a text, in its own units: no font is at hand to ask, so it is that of a wide one. */
export const textWidth = (text: string, size: number): number => text.length * size * 0.64;

/** One floor on one sheet: x to the right, y downwards, `scale` units a metre. */
export class Sheet {
  readonly scale: number;
  readonly width: number;
  readonly height: number;
  readonly #minX: number;
  readonly #maxY: number;

  constructor([[minX, minY], [maxX, maxY]]: readonly [PlanPoint, PlanPoint], scale: number) {
    this.scale = scale;
    this.#minX = minX;
    this.#maxY = maxY;
    this.width = Math.ceil((maxX - minX) * scale) + 2 * MARGIN;
    this.height = Math.ceil((maxY - minY) * scale) + TITLE + LEGEND;
  }

  x(metres: number): number {
    return MARGIN + (metres - this.#minX) * this.scale;
  }

  y(metres: number): number {
    return TITLE + (this.#maxY - metres) * this.scale;
  }

  path(points: readonly PlanPoint[], closed: boolean): string {
    const d = points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${number(this.x(x))} ${number(this.y(y))}`).join('');
    return closed ? `${d}Z` : d;
  }

  boxOf(points: readonly PlanPoint[], margin = 0): Box {
    const xs = points.map(([x]) => this.x(x));
    const ys = points.map(([, y]) => this.y(y));
    return {
      left: Math.min(...xs) - margin,
      top: Math.min(...ys) - margin,
      right: Math.max(...xs) + margin,
      bottom: Math.max(...ys) + margin,
    };
  }
}
