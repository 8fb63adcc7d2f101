import type { FloorPlan } from '@safe-passage/contract';
import { describe, expect, it } from 'vitest';
import { densityScale, drawDensity, drawWays, MOST_WAYS } from '../src/figure/drawCounts.ts';
import type { Palette } from '../src/figure/palette.ts';
import type { View } from '../src/figure/view.ts';

const VIEW: View = { centreX: 20, centreY: 10, scale: 10, size: { width: 400, height: 200 } };
const box = (id: string, x: number, y: number) => ({
  id,
  name: id,
  kind: 'transit',
  polygon: [
    [x, y],
    [x + 4, y],
    [x + 4, y + 4],
    [x, y + 4],
  ],
});
const PLAN = {
  bounds: [
    [0, 0],
    [40, 20],
  ],
  zones: [box('a', 0, 0), box('b', 30, 0)],
} as unknown as FloorPlan;
const PALETTE = { density: 'grey', flow: 'grey', chip: 'black', text: 'white', font: 'Inter' } as Palette;

/** A context that notes down what it is asked for, and how strong it would be. */
function recorder() {
  const calls: unknown[][] = [];
  const state = { globalAlpha: 1, lineWidth: 1 };
  const context = new Proxy(state, {
    get: (target, name) => {
      if (name in target) return target[name as keyof typeof state];
      return (...given: unknown[]) => {
        calls.push([name, ...given, { ...state }]);
        return name === 'measureText' ? { width: 10 } : undefined;
      };
    },
    set: (target, name, value) => {
      if (name in target) target[name as keyof typeof state] = value as number;
      return true;
    },
  });
  return {
    context: context as unknown as CanvasRenderingContext2D,
    of: (name: string) => calls.filter(([called]) => called === name).map(([, ...given]) => given),
  };
}

describe('density', () => {
  it('is a square of two metres, the stronger the more people there were, on the floor alone', () => {
    const { context, of } = recorder();
    drawDensity(context, VIEW, PLAN, PALETTE, {
      squares: [
        [10, 4, 0.4],
        [12, 4, 0.1],
      ],
    });
    expect(of('rect')).toEqual([[0, 0, 400, 200, expect.anything()]]);
    expect(of('clip')).toHaveLength(1);
    const squares = of('fillRect');
    expect(squares.map((given) => given.slice(0, 4))).toEqual([
      [100, 140, 20, 20],
      [120, 140, 20, 20],
    ]);
    const [strong, weak] = squares.map((given) => (given[4] as { globalAlpha: number }).globalAlpha);
    expect(strong).toBeCloseTo(0.7);
    expect(weak).toBeCloseTo(0.22);
  });

  it('shows a hall with hardly anybody in it as such', () => {
    expect(densityScale({ squares: [[0, 0, 0.02]] })).toBe(0.1);
    expect(densityScale({ squares: [] })).toBe(0.1);
  });
});

describe('ways', () => {
  const draw = (ways: { from: string; to: string; people: number }[]) => {
    const { context, of } = recorder();
    drawWays(context, VIEW, PLAN, PALETTE, { ways });
    return of;
  };

  it('are wider where more people went, each with its number, and there and back lie apart', () => {
    const of = draw([
      { from: 'a', to: 'b', people: 1200 },
      { from: 'b', to: 'a', people: 300 },
    ]);
    expect(of('stroke').map(([state]) => (state as { lineWidth: number }).lineWidth)).toEqual([9, 5]);
    const labels = of('fillText');
    expect(labels.map(([text]) => text)).toEqual(['1,200', '300']);
    expect(Math.abs((labels[0]?.[2] as number) - (labels[1]?.[2] as number))).toBeGreaterThan(20);
  });

  it('keep their numbers apart where they cross', () => {
    const of = draw([
      { from: 'a', to: 'b', people: 3 },
      { from: 'a', to: 'b', people: 2 },
    ]);
    const [one, other] = of('fillText').map(([, x, y]) => [x, y] as [number, number]);
    expect(Math.hypot((one?.[0] ?? 0) - (other?.[0] ?? 0), (one?.[1] ?? 0) - (other?.[1] ?? 0))).toBeGreaterThan(18);
  });

  it('are the largest alone, and none to a zone that is no longer on the plan', () => {
    const many = Array.from({ length: 30 }, (_, i) => ({ from: 'a', to: 'b', people: 30 - i }));
    expect(draw(many)('stroke')).toHaveLength(MOST_WAYS);
    expect(draw([{ from: 'a', to: 'gone', people: 9 }])('stroke')).toHaveLength(0);
  });
});
