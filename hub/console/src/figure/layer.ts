import type { Palette } from './palette.ts';
import type { View } from './view.ts';

/** What moves on a floor plan. */
export interface FigureLayer {
  /**
   * Draws the state at a moment of `performance.now()`.
   *
   * @returns whether the next frame will look different by itself.
   */
  draw(context: CanvasRenderingContext2D, view: View, palette: Palette, nowMs: number): boolean;
  /** Tells when there is something new to draw. @returns ends the subscription. */
  subscribe(redraw: () => void): () => void;
}
