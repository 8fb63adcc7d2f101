/** Small line charts as SVG. Pure: numbers in, text out, the same every time. */
import { escaped } from '../terminal/drawing/sheet.ts';

export interface Series {
  readonly name: string;
  readonly color: string;
  /** `area`: filled down to the axis; `dots`: no line. */
  readonly style: 'line' | 'dashed' | 'area' | 'dots';
  readonly points: readonly (readonly [number, number])[];
}

export interface Panel {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly xTicks: readonly number[];
  readonly yTicks: readonly number[];
  readonly series: readonly Series[];
}

export const COLORS = {
  simulated: '#d9480f',
  simulatedOther: '#f59f00',
  real: '#1c5d99',
  realOther: '#5fa8d3',
  realReported: '#6c757d',
  literature: '#2b2d42',
} as const;

const WIDTH = 400;
const HEIGHT = 300;
const MARGIN = { left: 56, right: 22, top: 34, bottom: 46 };
const LEGEND_LINE = 18;

const short = (value: number): string => String(Math.round(value * 100) / 100);

function draw(
  { name: _, color, style, points }: Series,
  toX: (x: number) => number,
  toY: (y: number) => number,
): string {
  const inside = points.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
  if (style === 'dots') {
    return inside
      .map(([x, y]) => `<circle cx="${short(toX(x))}" cy="${short(toY(y))}" r="4" fill="${color}"/>`)
      .join('');
  }
  const path = inside.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${short(toX(x))} ${short(toY(y))}`).join('');
  const dash = style === 'dashed' ? ' stroke-dasharray="5 4"' : '';
  const line = `<path d="${path}" fill="none" stroke="${color}" stroke-width="2" stroke-linejoin="round"${dash}/>`;
  if (style !== 'area') return line;
  const [first, last] = [inside[0]?.[0] ?? 0, inside.at(-1)?.[0] ?? 0];
  const closed = `${path}L${short(toX(last))} ${short(toY(0))}L${short(toX(first))} ${short(toY(0))}Z`;
  return `<path d="${closed}" fill="${color}" fill-opacity="0.16"/>${line}`;
}

function panelSvg(panel: Panel, left: number): string {
  const [x0, x1] = panel.x;
  const [y0, y1] = panel.y;
  const width = WIDTH - MARGIN.left - MARGIN.right;
  const height = HEIGHT - MARGIN.top - MARGIN.bottom;
  const toX = (x: number) => MARGIN.left + ((x - x0) / (x1 - x0)) * width;
  const toY = (y: number) => MARGIN.top + height - ((y - y0) / (y1 - y0)) * height;
  const parts = [
    `<g transform="translate(${left} 0)">`,
    `<text x="${MARGIN.left}" y="20" class="title">${escaped(panel.title)}</text>`,
  ];
  for (const tick of panel.yTicks) {
    parts.push(
      `<path d="M${MARGIN.left} ${short(toY(tick))}H${WIDTH - MARGIN.right}" class="grid"/>`,
      `<text x="${MARGIN.left - 6}" y="${short(toY(tick) + 4)}" text-anchor="end">${tick}</text>`,
    );
  }
  for (const tick of panel.xTicks) {
    parts.push(
      `<path d="M${short(toX(tick))} ${MARGIN.top + height}v4" class="axis"/>`,
      `<text x="${short(toX(tick))}" y="${MARGIN.top + height + 17}" text-anchor="middle">${tick}</text>`,
    );
  }
  parts.push(
    `<path d="M${MARGIN.left} ${MARGIN.top + height}H${WIDTH - MARGIN.right}" class="axis"/>`,
    `<text x="${MARGIN.left + width / 2}" y="${HEIGHT - 10}" text-anchor="middle">${escaped(panel.xLabel)}</text>`,
    `<text transform="translate(14 ${MARGIN.top + height / 2}) rotate(-90)" text-anchor="middle">${escaped(panel.yLabel)}</text>`,
    ...panel.series.map((series) => draw(series, toX, toY)),
    '</g>',
  );
  return parts.join('\n');
}

function legend(panels: readonly Panel[], left: number, top: number, width: number): { svg: string; height: number } {
  const seen = new Map<string, Series>();
  for (const panel of panels)
    for (const series of panel.series) if (!seen.has(series.name)) seen.set(series.name, series);
  const parts: string[] = [];
  let [x, y] = [left, top];
  for (const { name, color, style } of seen.values()) {
    const needed = 44 + name.length * 7;
    if (x + needed > left + width) [x, y] = [left, y + LEGEND_LINE];
    if (style === 'dots') parts.push(`<circle cx="${x + 11}" cy="${y}" r="4" fill="${color}"/>`);
    else {
      const dash = style === 'dashed' ? ' stroke-dasharray="5 4"' : '';
      parts.push(`<path d="M${x} ${y}h22" stroke="${color}" stroke-width="2"${dash}/>`);
      if (style === 'area')
        parts.push(`<rect x="${x}" y="${y}" width="22" height="6" fill="${color}" fill-opacity="0.16"/>`);
    }
    parts.push(`<text x="${x + 28}" y="${y + 4}">${escaped(name)}</text>`);
    x = Math.round(x + needed);
  }
  return { svg: parts.join('\n'), height: y - top + LEGEND_LINE };
}

/** Panels side by side with one legend. @param summary what the picture shows, for those who cannot see it. */
export function figure(summary: string, panels: readonly Panel[]): string {
  const width = panels.length * WIDTH;
  const { svg, height } = legend(panels, MARGIN.left, HEIGHT + 12, width - MARGIN.left - MARGIN.right);
  const total = HEIGHT + height + 6;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${total}" width="${width}" height="${total}" role="img">`,
    `<title>${escaped(summary)}</title>`,
    '<style>text{font:12px system-ui,sans-serif;fill:#343a40}.title{font-weight:600;font-size:13px}.grid{stroke:#e9ecef}.axis{stroke:#868e96;fill:none}</style>',
    `<rect width="${width}" height="${total}" fill="#fff"/>`,
    ...panels.map((panel, i) => panelSvg(panel, i * WIDTH)),
    svg,
    '</svg>',
    '',
  ].join('\n');
}
