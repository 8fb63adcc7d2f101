/** What happened: the paths of the story in the colours of their roles, everybody else grey, at a moment of the replay. */
import { effect, type ReadonlySignal } from '@preact/signals';
import type { Evidence } from '../../../src/api/schemas.ts';
import type { Lit, StoryMoment } from '../state/story.ts';
import { type Change, roleAt, type StoryLine } from '../story/cast.ts';
import { stopwatch } from '../words/quantity.ts';
import { createDotLabels, type DotLabel, type LabelBox } from './dotLabels.ts';
import { dotRadius, drawDot, drawGlow, drawOthers, drawWay } from './drawPaths.ts';
import { drawTies, type Standing } from './drawTies.ts';
import type { FigureLayer } from './layer.ts';
import type { Palette } from './palette.ts';
import { createPreparation, type PreparedLine, placeAt } from './preparedStory.ts';
import { screenX, screenY, type View } from './view.ts';

export interface StoryScene {
  readonly evidence: ReadonlySignal<Evidence | null>;
  readonly cast: ReadonlySignal<readonly StoryLine[]>;
  /** A stay alone: beside its dot stands how long it lasts. */
  readonly dwellOnly: ReadonlySignal<boolean>;
  readonly moments: ReadonlySignal<readonly StoryMoment[]>;
  readonly changes: ReadonlySignal<readonly Change[]>;
  /** The moment that is shown, milliseconds since the epoch. */
  readonly timeMs: ReadonlySignal<number>;
  /** When the movement began and ended. */
  readonly fromMs: ReadonlySignal<number>;
  readonly toMs: ReadonlySignal<number>;
  /** What is pointed at. */
  readonly shown: ReadonlySignal<Lit | null>;
}

/** What is not pointed at stands back. */
const BACK = 0.3;
/** What has not come yet. */
const TO_COME = 0.45;

/** @returns what it covers. */
function drawLitPlace(context: CanvasRenderingContext2D, view: View, palette: Palette, lit: Lit): LabelBox[] {
  if (!lit.place || lit.number === null) return [];
  const x = screenX(view, lit.place[0]);
  const y = screenY(view, lit.place[1]);
  context.beginPath();
  context.arc(x, y, 22, 0, 2 * Math.PI);
  context.strokeStyle = palette.accent;
  context.lineWidth = 2;
  context.stroke();
  context.beginPath();
  context.roundRect(x - 10, y - 42, 20, 20, 6);
  context.fillStyle = palette.accent;
  context.fill();
  context.fillStyle = palette.onAccent;
  context.font = `600 12px ${palette.font}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(String(lit.number), x, y - 31.5);
  return [{ left: x - 10, top: y - 42, width: 20, height: 20 }];
}

/** Where the key moments took place, as the diamonds of the time lines. */
function drawMoments(
  context: CanvasRenderingContext2D,
  view: View,
  palette: Palette,
  lines: readonly PreparedLine[],
  moments: readonly StoryMoment[],
  timeMs: number,
): void {
  for (const moment of moments) {
    const own = lines.find(({ line }) => line.key === moment.line);
    const at = own && placeAt(own, moment.atMs);
    if (!at) continue;
    const x = screenX(view, at.x);
    const y = screenY(view, at.y);
    context.globalAlpha = moment.atMs <= timeMs ? 1 : TO_COME;
    context.beginPath();
    context.moveTo(x, y - 5);
    context.lineTo(x + 5, y);
    context.lineTo(x, y + 5);
    context.lineTo(x - 5, y);
    context.closePath();
    context.fillStyle = palette.text;
    context.fill();
    context.strokeStyle = palette.casing;
    context.lineWidth = 1.5;
    context.stroke();
  }
  context.globalAlpha = 1;
}

/** Where somebody was handed over: two rings in one another. @returns the words for it, to be placed among the others. */
function drawChanges(
  context: CanvasRenderingContext2D,
  view: View,
  palette: Palette,
  lines: readonly PreparedLine[],
  changes: readonly Change[],
  timeMs: number,
): DotLabel[] {
  const labels: DotLabel[] = [];
  for (const change of changes) {
    const led = lines.find(({ line }) => line.key === change.follower);
    const place = led && placeAt(led, change.atMs);
    if (!place) continue;
    const at = { x: screenX(view, place.x), y: screenY(view, place.y) };
    const dimmed = change.atMs > timeMs;
    context.globalAlpha = dimmed ? TO_COME : 1;
    for (const radius of [14, 18]) {
      context.beginPath();
      context.arc(at.x, at.y, radius, 0, 2 * Math.PI);
      context.strokeStyle = palette.text;
      context.lineWidth = 1.5;
      context.stroke();
    }
    labels.push({ key: `change ${change.atMs}`, text: 'handed over', at, colour: palette.zoneNote, dimmed });
  }
  context.globalAlpha = 1;
  return labels;
}

export function storyLayer(scene: StoryScene): FigureLayer {
  const prepare = createPreparation();
  const drawDotLabels = createDotLabels();
  return {
    subscribe: (redraw) =>
      effect(() => {
        for (const signal of Object.values(scene)) void signal.value;
        redraw();
      }),
    draw(context, view, palette) {
      const { lines, others } = prepare(scene.evidence.peek(), scene.cast.peek());
      const timeMs = scene.timeMs.peek();
      const dwellOnly = scene.dwellOnly.peek();
      const lit = scene.shown.peek();
      const isBack = (line: StoryLine) => !dwellOnly && lit !== null && !lit.lines.has(line.key);
      const radius = dotRadius(view);

      drawOthers(context, view, palette, others, timeMs);
      const places = lines.map((one) => placeAt(one, timeMs));
      lines.forEach(({ line, ways }, i) => {
        context.globalAlpha = isBack(line) ? BACK : 1;
        for (const way of ways) {
          if (lit?.lines.has(line.key) && !dwellOnly) drawGlow(context, view, palette, way, lit.fromMs, lit.toMs);
          drawWay(context, view, palette, way, timeMs, ways.length === 1 ? (places[i] ?? null) : null);
        }
      });
      context.globalAlpha = 1;
      if (!dwellOnly) {
        drawMoments(context, view, palette, lines, scene.moments.peek(), timeMs);
      }
      const changes = drawChanges(context, view, palette, lines, scene.changes.peek(), timeMs);

      const standing: Standing[] = [];
      lines.forEach(({ line }, i) => {
        const at = places[i];
        if (at) standing.push({ line, at });
      });
      const covered = drawTies(context, view, palette, standing, timeMs, radius);
      const labels: DotLabel[] = [];
      for (const { line, at } of standing) {
        const role = roleAt(line, timeMs);
        context.globalAlpha = isBack(line) ? BACK : 1;
        drawDot(context, view, palette, at, role, !dwellOnly && lit !== null && lit.lines.has(line.key));
        const fromMs = scene.fromMs.peek();
        const present = timeMs >= fromMs && timeMs <= scene.toMs.peek() + 500;
        const text = dwellOnly ? (present ? `${stopwatch((timeMs - fromMs) / 1000)} in zone` : '') : line.name;
        if (text === '') continue;
        labels.push({
          key: line.key,
          text,
          at: { x: screenX(view, at.x), y: screenY(view, at.y) },
          colour: palette.roles[role],
          dimmed: isBack(line),
        });
      }
      context.globalAlpha = 1;
      const place = lit ? drawLitPlace(context, view, palette, lit) : [];
      drawDotLabels(context, view.size, palette, [...labels, ...changes], radius, [...place, ...covered]);
      return false;
    },
  };
}
