/** Names of zones, each in the upper left corner of its zone, where nobody is drawn over it more often than elsewhere. */
import type { FloorPlan, PlanPoint, Zone } from '@safe-passage/contract';
import { counted, duration } from '../words/quantity.ts';
import { isShown, type PlanEmphasis } from './drawPlan.ts';
import { cornerPlace, isClosed, labelPlace } from './geometry.ts';
import type { Palette } from './palette.ts';
import { screenX, screenY, type View } from './view.ts';

const LINE = 16;
const INSET = 4;
const INSET_ABOVE = 4;

interface Line {
  readonly text: string;
  readonly kind: 'name' | 'note' | 'alert';
}

interface LabelBox {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const overlaps = (a: LabelBox, b: LabelBox): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

function boxOf(view: View, points: readonly PlanPoint[]): LabelBox {
  const xs = points.map(([x]) => screenX(view, x));
  const ys = points.map(([, y]) => screenY(view, y));
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
}

const fontOf = (kind: Line['kind'], palette: Palette): string => `${kind === 'note' ? 400 : 600} 12px ${palette.font}`;

/** A name in two lines, cut at the space that makes them most alike; the name itself where it has none. */
function wrapped(name: string): readonly string[] {
  const middle = name.length / 2;
  let cut = -1;
  for (let i = name.indexOf(' '); i >= 0; i = name.indexOf(' ', i + 1)) {
    if (cut < 0 || Math.abs(i - middle) < Math.abs(cut - middle)) cut = i;
  }
  return cut < 0 ? [name] : [name.slice(0, cut), name.slice(cut + 1)];
}

/** What is said of a zone below its name: in as few lines as may be, and in more that are less wide. */
function notesOf(zone: Zone, emphasis: PlanEmphasis): Line[][] {
  const note = (...texts: readonly string[]): Line[] => texts.map((text) => ({ text, kind: 'note' }));
  const alerts = emphasis.alerts.get(zone.id) ?? 0;
  const alert: Line[] = alerts > 0 ? [{ text: counted(alerts, 'open alert', 'open alerts'), kind: 'alert' }] : [];
  const own = emphasis.notes?.get(zone.id);
  if (own) {
    return [
      [...note(own.join(' · ')), ...alert],
      [...note(...own), ...alert],
    ];
  }
  if (alerts > 0) return [alert];
  if (zone.kind === 'blind') return [note('not observed')];
  return zone.dwellLimitSeconds ? [note(`limit ${duration(zone.dwellLimitSeconds)}`)] : [];
}

/** What a label may say, the fullest first. */
function versionsOf(zone: Zone, emphasis: PlanEmphasis): Line[][] {
  const name: Line[] = [{ text: zone.name, kind: 'name' }];
  const folded = wrapped(zone.name).map((text): Line => ({ text, kind: 'name' }));
  const noted = notesOf(zone, emphasis).flatMap((note) => [
    [...name, ...note],
    [...folded, ...note],
  ]);
  return [...noted, name, folded];
}

export function drawLabels(
  context: CanvasRenderingContext2D,
  view: View,
  plan: FloorPlan,
  palette: Palette,
  emphasis: PlanEmphasis,
): void {
  const taken: LabelBox[] = plan.walls.filter(isClosed).map((solid) => boxOf(view, solid));
  const widthOf = (line: Line) => {
    context.font = fontOf(line.kind, palette);
    return context.measureText(line.text).width;
  };
  const boxAt = (lines: readonly Line[], left: number, top: number): LabelBox => {
    return { left, top, right: left + Math.max(...lines.map(widthOf)), bottom: top + lines.length * LINE };
  };
  const put = (lines: readonly Line[], left: number, top: number, chosen: boolean) => {
    taken.push(boxAt(lines, left, top));
    lines.forEach((line, i) => {
      context.font = fontOf(line.kind, palette);
      context.fillStyle =
        line.kind === 'note' ? palette.zoneNote : line.kind === 'alert' || chosen ? palette.text : palette.zoneLabel;
      context.fillText(line.text, left, top + i * LINE + LINE / 2);
    });
  };

  context.textAlign = 'left';
  context.textBaseline = 'middle';
  const chosenFirst = [...plan.zones].sort((a, b) => Number(b.id === emphasis.zone) - Number(a.id === emphasis.zone));
  for (const zone of chosenFirst) {
    if (!isShown(zone, emphasis)) continue;
    const chosen = zone.id === emphasis.zone;
    const placed = versionsOf(zone, emphasis).some((lines) => {
      const width = Math.max(...lines.map(widthOf)) + 2 * INSET;
      const height = lines.length * LINE + 2 * INSET_ABOVE;
      const left = (x: number) => screenX(view, x) + INSET;
      const top = (y: number) => screenY(view, y) + INSET_ABOVE;
      const corner = cornerPlace(zone.polygon, width / view.scale, height / view.scale, (x, y) => {
        const box = boxAt(lines, left(x), top(y));
        return !taken.some((other) => overlaps(box, other));
      });
      if (corner) put(lines, left(corner.x), top(corner.y), chosen);
      return corner !== null;
    });
    if (placed || !chosen) continue;
    // Too small for its name at this scale; but this one is what the story is about.
    const line: Line = { text: zone.name, kind: 'name' };
    const { x, y } = labelPlace(zone.polygon);
    put([line], screenX(view, x) - widthOf(line) / 2, screenY(view, y) - LINE / 2, chosen);
  }
}
