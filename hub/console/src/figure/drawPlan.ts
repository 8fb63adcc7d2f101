/** Draws what stands still: floor, grid, zones, walls, cameras, labels; and scale and north, which lie on top of all. */
import type { FloorPlan, PlanPoint, Polygon, Zone } from '@safe-passage/contract';
import { drawLabels } from './drawLabels.ts';
import { isClosed } from './geometry.ts';
import type { Palette } from './palette.ts';
import { scaleBarMetres, screenX, screenY, type View } from './view.ts';

export interface PlanEmphasis {
  /** The zone that the story is about. */
  readonly zone: string | null;
  /** Whether somebody dwells there: then it has the hue of that role, and is neutral otherwise. */
  readonly dwelling: boolean;
  /** How many open alerts a zone has. */
  readonly alerts: ReadonlyMap<string, number>;
  readonly cameras: boolean;
  /** Whether it is shown where nothing is observed. Absent: it is. */
  readonly blind?: boolean;
  /** What stands below the name of a zone in place of its limit: in one line, or where that is too wide in several. */
  readonly notes?: ReadonlyMap<string, readonly string[]>;
  /** Drawn over the floor and below the names. */
  readonly counts?: (context: CanvasRenderingContext2D, view: View, palette: Palette) => void;
}

/** What is not observed can be left out of the drawing. */
export const isShown = (zone: Zone, { blind = true }: PlanEmphasis): boolean => blind || zone.kind !== 'blind';

function trace(context: CanvasRenderingContext2D, view: View, points: readonly PlanPoint[]): void {
  points.forEach(([x, y], i) => {
    if (i === 0) context.moveTo(screenX(view, x), screenY(view, y));
    else context.lineTo(screenX(view, x), screenY(view, y));
  });
}

function drawGrid(context: CanvasRenderingContext2D, view: View, plan: FloorPlan, palette: Palette): void {
  const stepMetres = view.scale > 34 ? 1 : 5;
  const [[minX, minY], [maxX, maxY]] = plan.bounds;
  context.beginPath();
  for (let x = Math.ceil(minX / stepMetres) * stepMetres; x <= maxX; x += stepMetres) {
    const pixel = Math.round(screenX(view, x)) + 0.5;
    context.moveTo(pixel, screenY(view, minY));
    context.lineTo(pixel, screenY(view, maxY));
  }
  for (let y = Math.ceil(minY / stepMetres) * stepMetres; y <= maxY; y += stepMetres) {
    const pixel = Math.round(screenY(view, y)) + 0.5;
    context.moveTo(screenX(view, minX), pixel);
    context.lineTo(screenX(view, maxX), pixel);
  }
  context.strokeStyle = palette.grid;
  context.lineWidth = 1;
  context.stroke();
}

function hatch(context: CanvasRenderingContext2D, view: View, polygon: Polygon, colour: string): void {
  context.save();
  context.beginPath();
  trace(context, view, polygon);
  context.closePath();
  context.clip();
  const xs = polygon.map(([x]) => screenX(view, x));
  const ys = polygon.map(([, y]) => screenY(view, y));
  const left = Math.min(...xs);
  const right = Math.max(...xs);
  const top = Math.min(...ys);
  const bottom = Math.max(...ys);
  context.beginPath();
  for (let x = left - (bottom - top); x < right; x += 7) {
    context.moveTo(x, bottom);
    context.lineTo(x + (bottom - top), top);
  }
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.stroke();
  context.restore();
}

function drawZone(
  context: CanvasRenderingContext2D,
  view: View,
  zone: Zone,
  palette: Palette,
  emphasis: 'none' | 'alerts' | 'chosen' | 'dwelling',
): void {
  context.beginPath();
  trace(context, view, zone.polygon);
  context.closePath();
  context.fillStyle = emphasis === 'dwelling' ? palette.dwellingFill : palette.zone;
  context.fill();
  if (zone.kind === 'blind') hatch(context, view, zone.polygon, palette.zoneEdge);
  context.beginPath();
  trace(context, view, zone.polygon);
  context.closePath();
  const edges = {
    none: palette.zoneEdge,
    alerts: palette.accent,
    chosen: palette.zoneLabel,
    dwelling: palette.dwelling,
  };
  context.strokeStyle = edges[emphasis];
  context.lineWidth = emphasis === 'none' || emphasis === 'alerts' ? 1 : 2;
  context.stroke();
}

/** Walls as strong lines; what is closed (a desk, a belt, a shaft) is solid and nobody walks there. */
function drawWalls(context: CanvasRenderingContext2D, view: View, plan: FloorPlan, palette: Palette): void {
  const solids = plan.walls.filter(isClosed);
  context.beginPath();
  for (const solid of solids) trace(context, view, solid);
  context.fillStyle = palette.solid;
  context.fill();
  context.strokeStyle = palette.wall;
  context.lineJoin = 'miter';
  context.lineWidth = 1.5;
  context.stroke();
  context.beginPath();
  for (const wall of plan.walls) if (!solids.includes(wall)) trace(context, view, wall);
  context.lineWidth = Math.min(5, Math.max(2, 0.16 * view.scale));
  context.lineCap = 'square';
  context.stroke();
  context.lineCap = 'butt';
}

function drawCameras(context: CanvasRenderingContext2D, view: View, plan: FloorPlan, palette: Palette): void {
  for (const camera of plan.cameras) {
    if (!camera.view) continue;
    context.beginPath();
    trace(context, view, camera.view);
    context.closePath();
    context.fillStyle = palette.cone;
    context.fill();
    context.setLineDash([4, 4]);
    context.strokeStyle = palette.camera;
    context.lineWidth = 1;
    context.stroke();
    context.setLineDash([]);
  }
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.font = `400 12px ${palette.font}`;
  for (const camera of plan.cameras) {
    const x = screenX(view, camera.position[0]);
    const y = screenY(view, camera.position[1]);
    context.beginPath();
    context.roundRect(x - 5, y - 5, 10, 10, 3);
    context.fillStyle = palette.ground;
    context.fill();
    context.lineWidth = 1.5;
    context.strokeStyle = palette.text;
    context.stroke();
    context.beginPath();
    context.arc(x, y, 2, 0, 2 * Math.PI);
    context.fillStyle = palette.text;
    context.fill();
    const label = camera.name ?? camera.id;
    const width = context.measureText(label).width;
    const onRight = x + 12 + width < view.size.width - 4;
    context.fillStyle = palette.ground;
    const left = onRight ? x + 9 : x - 13 - width;
    context.globalAlpha = 0.8;
    context.fillRect(left, y - 9, width + 6, 18);
    context.globalAlpha = 1;
    context.fillStyle = palette.text;
    context.fillText(label, left + 3, y);
  }
}

/** Scale and north, on a plate like the other controls. */
export function drawLegend(context: CanvasRenderingContext2D, view: View, plan: FloorPlan, palette: Palette): void {
  context.save();
  const metres = scaleBarMetres(view.scale, 112);
  const length = Math.round(metres * view.scale);
  const label = metres >= 1 ? `${metres} m` : `${Math.round(metres * 100)} cm`;
  context.font = `400 12px ${palette.font}`;
  const labelWidth = Math.ceil(context.measureText(label).width);
  const top = view.size.height - 40.5;
  context.beginPath();
  context.roundRect(12.5, top, length + labelWidth + 64, 28, 6);
  context.fillStyle = palette.chip;
  context.fill();
  context.strokeStyle = palette.chipEdge;
  context.lineWidth = 1;
  context.stroke();

  const y = top + 14;
  context.beginPath();
  context.moveTo(20.5, y - 4);
  context.lineTo(20.5, y + 4);
  context.moveTo(20.5, y);
  context.lineTo(20.5 + length, y);
  context.moveTo(20.5 + length, y - 4);
  context.lineTo(20.5 + length, y + 4);
  context.strokeStyle = palette.zoneLabel;
  context.lineWidth = 1.5;
  context.stroke();
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.fillStyle = palette.zoneLabel;
  context.fillText(label, 28 + length, y + 0.5);
  context.fillText('N', 57 + length + labelWidth, y + 0.5);

  context.translate(46 + length + labelWidth, y);
  context.rotate(((plan.northDegrees ?? 0) * Math.PI) / 180);
  context.beginPath();
  context.moveTo(0, -9);
  context.lineTo(5, 7);
  context.lineTo(0, 4);
  context.lineTo(-5, 7);
  context.closePath();
  context.fill();
  context.restore();
}

export function drawPlan(
  context: CanvasRenderingContext2D,
  view: View,
  plan: FloorPlan,
  palette: Palette,
  emphasis: PlanEmphasis,
): void {
  context.fillStyle = palette.ground;
  context.fillRect(0, 0, view.size.width, view.size.height);
  const [[minX, minY], [maxX, maxY]] = plan.bounds;
  const left = screenX(view, minX);
  const top = screenY(view, maxY);
  context.fillStyle = palette.floor;
  context.fillRect(left, top, screenX(view, maxX) - left, screenY(view, minY) - top);
  drawGrid(context, view, plan, palette);
  const alerted = (zone: Zone) => (emphasis.alerts.has(zone.id) ? 'alerts' : 'none');
  for (const zone of plan.zones)
    if (zone.id !== emphasis.zone && isShown(zone, emphasis)) drawZone(context, view, zone, palette, alerted(zone));
  const chosen = plan.zones.find((zone) => zone.id === emphasis.zone && isShown(zone, emphasis));
  if (chosen) drawZone(context, view, chosen, palette, emphasis.dwelling ? 'dwelling' : 'chosen');
  drawWalls(context, view, plan, palette);
  emphasis.counts?.(context, view, palette);
  if (emphasis.cameras) drawCameras(context, view, plan, palette);
  drawLabels(context, view, plan, palette, emphasis);
}
