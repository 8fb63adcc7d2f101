/**
 * The two canvases of a floor figure and the hands on them: what stands still is drawn when the view changes, what moves
 * on every frame while it moves. Wheel, drag and pinch zoom and pan; the arrow keys pan.
 */
import type { FloorPlan } from '@safe-passage/contract';
import { drawLegend, drawPlan, type PlanEmphasis } from './drawPlan.ts';
import type { FigureLayer } from './layer.ts';
import { type Palette, readPalette } from './palette.ts';
import {
  boxOfBounds,
  type FloorBox,
  fitted,
  kept,
  panned,
  resized,
  type ScreenPoint,
  type Size,
  toFloor,
  type View,
  within,
  zoomed,
} from './view.ts';

const KEY_STEP_PIXELS = 60;

export interface StageScene {
  readonly plan: FloorPlan;
  /** What is shown at first, and after a reset. */
  readonly home: FloorBox;
  readonly emphasis: PlanEmphasis;
  readonly layer: FigureLayer | null;
  /** Told where on the floor somebody points, metres. */
  readonly onPoint?: (x: number, y: number) => void;
}

export class FigureStage {
  readonly #host: HTMLElement;
  readonly #still: CanvasRenderingContext2D;
  readonly #moving: CanvasRenderingContext2D;
  readonly #end = new AbortController();
  readonly #pointers = new Map<number, ScreenPoint>();
  #scene: StageScene | null = null;
  #unsubscribe: () => void = () => undefined;
  #view: View | null = null;
  #size: Size = { width: 0, height: 0 };
  #ratio = 1;
  #palette: Palette;
  /** Whether a person has moved the view: then it is theirs until they reset it. */
  #moved = false;
  #stillStale = true;
  #frame = 0;

  /** @throws where the browser has no 2D canvas. */
  constructor(host: HTMLElement, still: HTMLCanvasElement, moving: HTMLCanvasElement) {
    const stillContext = still.getContext('2d', { alpha: false });
    const movingContext = moving.getContext('2d');
    if (!stillContext || !movingContext) throw new Error('This browser draws no canvas.');
    this.#host = host;
    this.#still = stillContext;
    this.#moving = movingContext;
    this.#palette = readPalette(host);
    this.#listen();
  }

  show(scene: StageScene): void {
    const before = this.#scene;
    this.#scene = scene;
    if (before?.plan.id !== scene.plan.id) this.#moved = false;
    if (before?.layer !== scene.layer) {
      this.#unsubscribe();
      this.#unsubscribe = scene.layer?.subscribe(() => this.#request()) ?? (() => undefined);
    }
    if (!this.#moved && !sameBox(before?.home, scene.home)) this.#view = null;
    this.#redraw();
  }

  /** Reads the colours again, after the theme or the typeface changed. */
  recolour(): void {
    this.#palette = readPalette(this.#host);
    this.#redraw();
  }

  zoom(factor: number): void {
    this.#zoomAt(factor, { x: this.#size.width / 2, y: this.#size.height / 2 });
  }

  /** Shows a part of the floor, as if a person had gone there. */
  reset(box?: FloorBox): void {
    this.#moved = box !== undefined;
    this.#view = box ? fitted(box, this.#size) : null;
    this.#redraw();
  }

  dispose(): void {
    this.#end.abort();
    this.#unsubscribe();
    cancelAnimationFrame(this.#frame);
  }

  #listen(): void {
    const { signal } = this.#end;
    const host = this.#host;
    host.tabIndex = 0;
    const observer = new ResizeObserver(() => this.#measure());
    observer.observe(host);
    signal.addEventListener('abort', () => observer.disconnect());
    host.addEventListener('wheel', (event) => this.#onWheel(event), { signal, passive: false });
    host.addEventListener('pointerdown', (event) => this.#onPointerDown(event), { signal });
    host.addEventListener('pointermove', (event) => this.#onPointerMove(event), { signal });
    for (const name of ['pointerup', 'pointercancel'] as const) {
      host.addEventListener(name, (event) => this.#pointers.delete(event.pointerId), { signal });
    }
    host.addEventListener('dblclick', (event) => this.#zoomAt(2, this.#pointOf(event)), { signal });
    host.addEventListener('keydown', (event) => this.#onKey(event), { signal });
    document.fonts.addEventListener('loadingdone', () => this.recolour(), { signal });
    this.#measure();
  }

  #measure(): void {
    const width = this.#host.clientWidth;
    const height = this.#host.clientHeight;
    const ratio = Math.min(3, window.devicePixelRatio || 1);
    if (width === this.#size.width && height === this.#size.height && ratio === this.#ratio) return;
    this.#size = { width, height };
    this.#ratio = ratio;
    for (const context of [this.#still, this.#moving]) {
      context.canvas.width = Math.round(width * ratio);
      context.canvas.height = Math.round(height * ratio);
    }
    this.#view = this.#view && this.#moved ? resized(this.#view, this.#size) : null;
    this.#stillStale = true;
    // At once: a canvas is empty after its size has changed, and an empty frame would flicker.
    this.#draw(performance.now());
  }

  #redraw(): void {
    this.#stillStale = true;
    this.#request();
  }

  #request(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame((nowMs) => {
      this.#frame = 0;
      if (this.#draw(nowMs)) this.#request();
    });
  }

  #draw(nowMs: number): boolean {
    const scene = this.#scene;
    if (!scene || this.#size.width === 0 || this.#size.height === 0) return false;
    this.#view ??= within(fitted(scene.home, this.#size), boxOfBounds(scene.plan.bounds));
    const view = this.#view;
    if (this.#stillStale) {
      this.#still.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0);
      drawPlan(this.#still, view, scene.plan, this.#palette, scene.emphasis);
      this.#stillStale = false;
    }
    this.#moving.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0);
    this.#moving.clearRect(0, 0, this.#size.width, this.#size.height);
    const goesOn = scene.layer?.draw(this.#moving, view, this.#palette, nowMs) ?? false;
    drawLegend(this.#moving, view, scene.plan, this.#palette);
    return goesOn;
  }

  #setView(view: View): void {
    if (!this.#scene) return;
    this.#view = kept(view, boxOfBounds(this.#scene.plan.bounds));
    this.#moved = true;
    this.#redraw();
  }

  #zoomAt(factor: number, anchor: ScreenPoint): void {
    if (!this.#view || !this.#scene) return;
    const whole = fitted(boxOfBounds(this.#scene.plan.bounds), this.#size);
    this.#setView(zoomed(this.#view, factor, anchor, whole.scale * 0.7));
  }

  #pointOf(event: MouseEvent): ScreenPoint {
    const box = this.#host.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  #onWheel(event: WheelEvent): void {
    event.preventDefault();
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 16 : event.deltaY;
    this.#zoomAt(Math.exp(-pixels * (event.ctrlKey ? 0.01 : 0.0015)), this.#pointOf(event));
  }

  #onPointerDown(event: PointerEvent): void {
    if (event.button !== 0 || (event.target instanceof Element && event.target.closest('button'))) return;
    this.#host.setPointerCapture(event.pointerId);
    this.#pointers.set(event.pointerId, this.#pointOf(event));
    this.#tellPoint(event);
  }

  #tellPoint(event: PointerEvent): void {
    if (this.#view) this.#scene?.onPoint?.(...toFloor(this.#view, this.#pointOf(event)));
  }

  #onPointerMove(event: PointerEvent): void {
    const from = this.#pointers.get(event.pointerId);
    if (!from && event.target instanceof HTMLCanvasElement) this.#tellPoint(event);
    if (!from || !this.#view) return;
    const to = this.#pointOf(event);
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.#pointers.set(event.pointerId, to);
    if (!other) {
      this.#setView(panned(this.#view, to.x - from.x, to.y - from.y));
      return;
    }
    const middle = { x: (to.x + other.x) / 2, y: (to.y + other.y) / 2 };
    const before = Math.hypot(from.x - other.x, from.y - other.y);
    const after = Math.hypot(to.x - other.x, to.y - other.y);
    this.#setView(panned(this.#view, (to.x - from.x) / 2, (to.y - from.y) / 2));
    if (before > 0) this.#zoomAt(after / before, middle);
  }

  #onKey(event: KeyboardEvent): void {
    if (event.target !== this.#host || !this.#view || event.ctrlKey || event.metaKey || event.altKey) return;
    const pans: Record<string, readonly [number, number]> = {
      ArrowLeft: [KEY_STEP_PIXELS, 0],
      ArrowRight: [-KEY_STEP_PIXELS, 0],
      ArrowUp: [0, KEY_STEP_PIXELS],
      ArrowDown: [0, -KEY_STEP_PIXELS],
    };
    const pan = pans[event.key];
    if (!pan) return;
    this.#setView(panned(this.#view, pan[0], pan[1]));
    event.preventDefault();
    event.stopPropagation();
  }
}

function sameBox(a: FloorBox | undefined, b: FloorBox): boolean {
  return a !== undefined && a.minX === b.minX && a.minY === b.minY && a.maxX === b.maxX && a.maxY === b.maxY;
}
