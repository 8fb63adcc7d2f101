import type { Stretch } from '../figure/path.ts';
import { shapePath } from '../figure/roleMark.ts';
import type { TimeRange } from '../state/player.ts';
import type { Lit } from '../state/story.ts';
import type { StoryLine } from '../story/cast.ts';
import { roles } from '../words/terms.ts';
import { inRows, type LaneShape, type ZoneStretch } from './lanes.ts';
import { type PlacedLabel, xOf } from './layout.ts';
import type { Mark } from './moments.ts';

/** Rough width of a letter of the 12 px label. */
export const LETTER = 6.4;

export interface LaneProps {
  readonly line: StoryLine;
  readonly shape: LaneShape;
  /** Upper edge, pixels. */
  readonly top: number;
  readonly rows: number;
  readonly range: TimeRange;
  /** Without the gutter, pixels. */
  readonly width: number;
  readonly marks: readonly Mark[];
  readonly placed: readonly PlacedLabel[];
  readonly seen: readonly Stretch[];
  readonly zones: readonly ZoneStretch[];
  /** When the limit of presence was passed; infinity where there is none. */
  readonly limitAtMs: number;
  readonly lit: Lit | null;
}

/** One person: roles as bands, zones under them, key moments as marks. */
export function Lane(props: LaneProps) {
  const { line, shape, top, rows, range, width, marks, placed, seen, zones, limitAtMs, lit } = props;
  const x = (timeMs: number) => shape.gutter + xOf(range, width, timeMs);
  const from = (timeMs: number) => x(Math.max(range.fromMs, timeMs));
  const to = (timeMs: number) => x(Math.min(range.toMs, timeMs));
  const bandTop = top + rows * shape.labelRow + shape.above;
  const bandBottom = bandTop + shape.band;
  const stacked = inRows(line.stretches);
  const rowHeight = shape.band / stacked.count;
  const severalRoles = new Set(line.stretches.map(({ role }) => role)).size > 1;
  const isLit = lit?.lines.has(line.key) ?? false;
  return (
    <g class={lit && !isLit && shape.gutter > 0 ? 'lane back' : 'lane'} data-line={line.name}>
      {shape.gutter > 0 ? (
        <g class={`lane-name role-${line.role}`}>
          <path d={shapePath(line.role, 6)} transform={`translate(7 ${bandTop + shape.band / 2})`} />
          <text x="20" y={bandTop + shape.band / 2 + 4}>
            {line.name}
          </text>
        </g>
      ) : null}
      <rect class="track-bed" x={shape.gutter} y={bandTop} width={width} height={shape.band} rx="3" />
      {line.stretches.map((stretch, i) => {
        const y = bandTop + (stacked.rows[i] ?? 0) * rowHeight;
        const left = from(stretch.fromMs);
        const length = Math.max(2, to(stretch.toMs) - left);
        const limitX = stretch.role === 'dwelling' ? Math.max(left, x(limitAtMs)) : Number.POSITIVE_INFINITY;
        const { word } = roles[stretch.role];
        return (
          <g key={`${stretch.role}${stretch.fromMs}`} class={`role-${stretch.role}`}>
            <rect class="band" x={left} y={y} width={length} height={rowHeight} rx={shape.gutter > 0 ? 3 : 0} />
            {left + length > limitX ? (
              <rect fill="url(#past-limit)" x={limitX} y={y} width={left + length - limitX} height={rowHeight} />
            ) : null}
            {severalRoles && rowHeight >= 12 && length > word.length * LETTER + 12 ? (
              <text class="band-label" x={left + 6} y={y + rowHeight / 2 + 4}>
                {word}
              </text>
            ) : null}
          </g>
        );
      })}
      {seen.map((stretch) => (
        <line
          key={`${stretch.fromMs}${stretch.measured}`}
          class={stretch.measured ? 'seen' : 'seen predicted'}
          x1={from(stretch.fromMs)}
          x2={to(stretch.toMs)}
          y1={bandBottom + (shape.zones > 0 ? 2 : 4)}
          y2={bandBottom + (shape.zones > 0 ? 2 : 4)}
        />
      ))}
      {shape.zones > 0
        ? zones.map((zone) => {
            const left = from(zone.fromMs);
            const length = to(zone.toMs) - left;
            return (
              <g key={zone.fromMs} class="zone-stretch">
                <title>{zone.name}</title>
                <rect x={left} y={bandBottom + 4} width={Math.max(1, length)} height={shape.zones - 1} />
                {length > zone.name.length * LETTER + 8 ? (
                  <text x={left + 4} y={bandBottom + shape.zones - 0.5}>
                    {zone.name}
                  </text>
                ) : null}
              </g>
            );
          })
        : null}
      {isLit && lit ? (
        <rect
          class="lit-span"
          x={from(lit.fromMs)}
          y={bandTop - 2}
          width={Math.max(3, to(lit.toMs) - from(lit.fromMs))}
          height={shape.band + 4}
          rx="3"
        />
      ) : null}
      {marks.map((mark, i) => {
        const place = placed[i];
        const shown = rows > 0 && place && place.row >= 0;
        const labelY = shown ? top + (rows - 1 - place.row) * shape.labelRow + 13 : 0;
        const markX = x(mark.atMs);
        return (
          <g key={`${mark.kind}${mark.atMs}${mark.label}`} class={`mark mark-${mark.kind}`}>
            <title>{mark.label}</title>
            <line x1={markX} x2={markX} y1={shown ? labelY + 3 : bandTop - 2} y2={bandBottom} />
            {mark.kind === 'moment' ? (
              <rect
                x={markX - 4}
                y={bandTop + shape.band / 2 - 4}
                width="8"
                height="8"
                transform={`rotate(45 ${markX} ${bandTop + shape.band / 2})`}
              />
            ) : null}
            {shown ? (
              <text x={shape.gutter + place.left + 4} y={labelY}>
                {mark.label}
              </text>
            ) : null}
          </g>
        );
      })}
    </g>
  );
}
