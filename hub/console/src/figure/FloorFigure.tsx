import type { FloorPlan } from '@safe-passage/contract';
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../parts/Icon.tsx';
import { useConsole, useKeys } from '../state/context.ts';
import type { PlanEmphasis } from './drawPlan.ts';
import type { FigureLayer } from './layer.ts';
import { FigureStage } from './stage.ts';
import { boxOfBounds, type FloorBox } from './view.ts';

const STEP = 1.5;
const NO_ALERTS: ReadonlyMap<string, number> = new Map();

export interface FloorFigureProps {
  readonly plan: FloorPlan;
  /** What the drawing shows, for those who do not see it. */
  readonly label: string;
  readonly layer: FigureLayer | null;
  readonly zone?: string | null;
  /** Whether somebody dwells in that zone. */
  readonly dwelling?: boolean;
  /** How many open alerts a zone has. */
  readonly alerts?: ReadonlyMap<string, number>;
  /** What is shown at first. Absent: the whole floor. Null: not known yet, and its button keeps its place meanwhile. */
  readonly home?: FloorBox | null;
  /** Whether cameras are shown, where the screen says so. Absent: the figure has a button for it. */
  readonly cameras?: boolean;
  readonly blind?: boolean;
  readonly notes?: PlanEmphasis['notes'];
  readonly counts?: PlanEmphasis['counts'];
  readonly onPoint?: (x: number, y: number) => void;
  /** Shown in the upper left corner. */
  readonly children?: ComponentChildren;
  /** Shown in the lower right corner. */
  readonly legend?: ComponentChildren;
}

/** A floor plan with whatever moves on it. */
export function FloorFigure(props: FloorFigureProps) {
  const { plan, label, layer, zone = null, dwelling = false, alerts = NO_ALERTS, home, children, legend } = props;
  const { blind = true, notes, counts, onPoint } = props;
  const { theme } = useConsole();
  const host = useRef<HTMLDivElement>(null);
  const still = useRef<HTMLCanvasElement>(null);
  const moving = useRef<HTMLCanvasElement>(null);
  const stage = useRef<FigureStage | null>(null);
  const [switched, switchCameras] = useState(false);
  const cameras = props.cameras ?? switched;
  const whole = boxOfBounds(plan.bounds);

  useLayoutEffect(() => {
    if (!host.current || !still.current || !moving.current) return;
    const made = new FigureStage(host.current, still.current, moving.current);
    stage.current = made;
    return () => made.dispose();
  }, []);

  useLayoutEffect(() => {
    stage.current?.show({
      plan,
      home: home ?? whole,
      emphasis: {
        zone,
        dwelling,
        alerts,
        cameras,
        blind,
        ...(notes ? { notes } : {}),
        ...(counts ? { counts } : {}),
      },
      layer,
      ...(onPoint ? { onPoint } : {}),
    });
  }, [plan, home, zone, dwelling, alerts, cameras, blind, notes, counts, layer, onPoint]);

  const appearance = theme.effective.value;
  useEffect(() => stage.current?.recolour(), [appearance]);
  useKeys({
    '+': () => stage.current?.zoom(STEP),
    '-': () => stage.current?.zoom(1 / STEP),
    '0': () => stage.current?.reset(),
  });

  return (
    <div
      class="figure"
      ref={host}
      role="application"
      aria-label={`${label}. Zoom with + and −, move with the arrow keys, 0 resets.`}
    >
      <canvas class="figure-canvas" ref={still} />
      <canvas class="figure-canvas" ref={moving} />
      {children ? <div class="figure-note">{children}</div> : null}
      {legend}
      <div class="figure-tools">
        <button
          type="button"
          class="tool"
          title="Zoom in (+)"
          aria-label="Zoom in"
          onClick={() => stage.current?.zoom(STEP)}
        >
          <Icon name="plus" />
        </button>
        <button
          type="button"
          class="tool"
          title="Zoom out (−)"
          aria-label="Zoom out"
          onClick={() => stage.current?.zoom(1 / STEP)}
        >
          <Icon name="minus" />
        </button>
        <button
          type="button"
          class="tool"
          title="Whole floor"
          aria-label="Show the whole floor"
          onClick={() => stage.current?.reset(whole)}
        >
          <Icon name="whole" />
        </button>
        {home === undefined ? null : (
          <button
            type="button"
            class="tool"
            title="Back to the story (0)"
            aria-label="Back to the story"
            disabled={home === null}
            onClick={() => stage.current?.reset()}
          >
            <Icon name="target" />
          </button>
        )}
        {plan.cameras.length > 0 && props.cameras === undefined ? (
          <button
            type="button"
            class="tool"
            title="Cameras and what they see"
            aria-label="Cameras and what they see"
            aria-pressed={cameras}
            onClick={() => switchCameras(!cameras)}
          >
            <Icon name="camera" />
          </button>
        ) : null}
      </div>
    </div>
  );
}
