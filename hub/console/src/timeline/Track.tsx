/** The lines of a story with one scrubber over all of them. */
import { useComputed, useSignalEffect } from '@preact/signals';
import type { Zone } from '@safe-passage/contract';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { EvidencePath } from '../../../src/api/schemas.ts';
import { gapOf, stretchesOf } from '../figure/path.ts';
import { useConsole } from '../state/context.ts';
import { momentBeside, type TimeRange } from '../state/player.ts';
import type { Story } from '../state/story.ts';
import type { StoryLine } from '../story/cast.ts';
import { duration } from '../words/quantity.ts';
import { Lane, LETTER } from './Lane.tsx';
import { AXIS_HEIGHT, type LaneShape, laneHeight, laneShape, zonesAlong } from './lanes.ts';
import { placeLabels, ticks, timeAt, xOf } from './layout.ts';
import { type Mark, marksOf, momentsAt, momentWords, stopsOf } from './moments.ts';

const PATH_MARGIN_MS = 30_000;
const NO_PATHS: readonly EvidencePath[] = [];
const NO_ZONES: readonly Zone[] = [];

function useWidth() {
  const host = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = host.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    setWidth(element.clientWidth);
    return () => observer.disconnect();
  }, []);
  return { host, width };
}

/** What the paths of each line say: where support by detections begins and ends, and which zones they lie in. */
function usePaths(story: Story) {
  const { floors } = useConsole();
  const paths = story.evidence.value?.paths ?? NO_PATHS;
  const cast = story.cast.value;
  const floor = story.alert.value?.floor;
  const zones = floors.value?.floors.find((one) => one.id === floor)?.zones ?? NO_ZONES;
  const several = !story.dwellOnly.value;
  const perPath = useMemo(
    () =>
      paths
        .filter((path) => path.role !== 'other')
        .map((path) => {
          const gapMs = gapOf(path.points);
          return {
            person: path.person,
            seen: stretchesOf(path.points, gapMs),
            zones: several ? zonesAlong(path.points, zones, gapMs) : [],
          };
        }),
    [paths, zones, several],
  );
  return useMemo(
    () =>
      new Map(
        cast.map((line) => {
          const own = perPath.filter((path) => line.persons.includes(path.person));
          return [line.key, { seen: own.flatMap((one) => one.seen), zones: own.flatMap((one) => one.zones) }];
        }),
      ),
    [perPath, cast],
  );
}

/** Marks of each line with the places of their labels. Rows of labels once needed stay, so that nothing jumps. */
function useLabels(
  cast: readonly StoryLine[],
  marks: readonly Mark[],
  shape: LaneShape,
  range: TimeRange,
  width: number,
) {
  const needed = useRef(new Map<string, number>());
  const [least, most] = shape.labelRows;
  return cast.map((line, i) => {
    const own = marks.filter((mark) => mark.line === line.key || (mark.line === null && i === 0));
    const placed = placeLabels(
      own.map((mark) => ({ x: xOf(range, width, mark.atMs), width: mark.label.length * LETTER + 8 })),
      width,
      most,
      8,
    );
    const used = Math.max(least, needed.current.get(line.key) ?? 0, ...placed.map(({ row }) => row + 1));
    // Before the page is laid out there is no width, and every label would need a row of its own.
    if (width > 0) needed.current.set(line.key, used);
    return { own, placed, rows: used };
  });
}

/** Scrolls to the line that is told of: the key moment that is shown, or somebody who is pointed at elsewhere. */
function useReveal(
  story: Story,
  host: { readonly current: HTMLDivElement | null },
  placeOf: (line: string) => readonly [top: number, height: number] | null,
): void {
  const latest = useRef(placeOf);
  latest.current = placeOf;
  useSignalEffect(() => {
    const timeMs = story.player.timeMs.value;
    const told = story.shown.value?.lines ?? momentsAt(story, timeMs).map((moment) => moment.line);
    const box = host.current;
    if (!box || story.player.playing.peek()) return;
    const places = [...told].flatMap((line) => {
      const place = line === null ? null : latest.current(line);
      return place ? [place] : [];
    });
    const room = box.clientHeight - AXIS_HEIGHT;
    const isSeen = ([top, height]: readonly [number, number]) =>
      top >= box.scrollTop && top + height <= box.scrollTop + room;
    const [first] = places;
    if (!first || places.some(isSeen)) return;
    box.scrollTop = first[0] < box.scrollTop ? first[0] : first[0] + first[1] - room;
  });
}

function Axis({ range, width, shape }: { range: TimeRange; width: number; shape: LaneShape }) {
  const { clock } = useConsole();
  const x = (timeMs: number) => xOf(range, width, timeMs);
  return (
    <svg width={width + shape.gutter} height={AXIS_HEIGHT} aria-hidden="true">
      {ticks(range, width, 90)
        .filter((at) => x(at) > 24 && x(at) < width - 24)
        .map((at) => (
          <g key={at}>
            <line class="tick" x1={shape.gutter + x(at)} x2={shape.gutter + x(at)} y1="0" y2="4" />
            <text class="tick-label" x={shape.gutter + x(at)} y={AXIS_HEIGHT - 4} text-anchor="middle">
              {(range.toMs - range.fromMs) / 1000 > 600 ? clock.value.shortTime(at) : clock.value.time(at)}
            </text>
          </g>
        ))}
    </svg>
  );
}

/** Apart from the lines, which are not built again on every frame of a replay. */
function Playhead({ story, width, part }: { story: Story; width: number; part: 'line' | 'knob' }) {
  const x = xOf(story.range.value, width, story.player.timeMs.value);
  return <div class={`playhead-${part}`} style={{ transform: `translateX(${x}px)` }} />;
}

export function Track({ story, labelled }: { readonly story: Story; readonly labelled: boolean }) {
  const { clock } = useConsole();
  const { host, width: whole } = useWidth();
  const { player } = story;
  const alert = story.alert.value;
  const range = story.range.value;
  const cast = story.cast.value;
  const dwellOnly = story.dwellOnly.value;
  const shape = laneShape(dwellOnly, labelled);
  const width = Math.max(0, whole - shape.gutter);
  const paths = usePaths(story);
  // The paths will begin before the movement and end after it: room for labels is reckoned with that.
  const coming = { fromMs: range.fromMs - PATH_MARGIN_MS, toMs: range.toMs + PATH_MARGIN_MS };
  const labels = useLabels(cast, marksOf(story), shape, story.evidence.value ? range : coming, width);
  const tops: number[] = [];
  let height = 0;
  for (const { rows } of labels) {
    tops.push(height);
    height += laneHeight(shape, rows);
  }
  // The first height stays: persons who join a story that goes on do not push the floor plan about.
  const firstHeight = useRef<number | null>(null);
  if (alert && whole > 0) firstHeight.current ??= height + AXIS_HEIGHT;

  const seconds = useComputed(() => Math.round((player.timeMs.value - story.range.value.fromMs) / 1000));
  const words = useComputed(() => {
    const timeMs = player.timeMs.value;
    const moments = momentsAt(story, timeMs).map((moment) => `, ${momentWords(story, moment)}`);
    const since = duration((timeMs - story.range.value.fromMs) / 1000);
    return `${clock.value.time(timeMs)}, ${since} after the beginning${moments.join('')}`;
  });

  useReveal(story, host, (key) => {
    const i = cast.findIndex((line) => line.key === key);
    return i < 0 ? null : [tops[i] ?? 0, laneHeight(shape, labels[i]?.rows ?? 0)];
  });

  const seekTo = (event: PointerEvent) => {
    const box = host.current?.getBoundingClientRect();
    if (box) player.seek(timeAt(range, width, event.clientX - box.left - shape.gutter));
  };
  const onKey = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const nowMs = player.timeMs.peek();
    if (step !== 0) player.seek(event.shiftKey ? nowMs + step * 1000 : momentBeside(stopsOf(story), nowMs, step));
    else if (event.key === 'Home') player.seek(range.fromMs);
    else if (event.key === 'End') player.seek(range.toMs);
    else if (event.key === ' ' || event.key === 'Enter') player.toggle();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div
      class={dwellOnly ? 'track' : 'track lanes'}
      ref={host}
      style={{ height: `${firstHeight.current ?? height + AXIS_HEIGHT}px` }}
      role="slider"
      tabIndex={0}
      aria-label="Moment of the replay"
      aria-valuemin={0}
      aria-valuemax={Math.round((range.toMs - range.fromMs) / 1000)}
      aria-valuenow={seconds}
      aria-valuetext={words}
      onKeyDown={onKey}
      onPointerDown={(event) => {
        const track = event.currentTarget;
        // The bar that scrolls belongs to itself.
        if (event.button !== 0 || event.clientX - track.getBoundingClientRect().left > track.clientWidth) return;
        track.setPointerCapture(event.pointerId);
        player.pause();
        seekTo(event);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) seekTo(event);
      }}
    >
      {whole > 0 && alert ? (
        <div class="track-content">
          <svg width={whole} height={height} aria-hidden="true">
            <defs>
              <pattern id="past-limit" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                <rect class="band-past" width="6" height="6" />
                <rect class="band-hatch" width="2" height="6" />
              </pattern>
            </defs>
            {cast.map((line, i) => (
              <Lane
                key={line.key}
                line={line}
                shape={shape}
                top={tops[i] ?? 0}
                rows={labels[i]?.rows ?? 0}
                range={range}
                width={width}
                marks={labels[i]?.own ?? []}
                placed={labels[i]?.placed ?? []}
                seen={paths.get(line.key)?.seen ?? []}
                zones={paths.get(line.key)?.zones ?? []}
                limitAtMs={story.limitAtMs.value}
                lit={story.shown.value}
              />
            ))}
          </svg>
          <div class="playhead" style={{ left: `${shape.gutter}px` }}>
            <Playhead story={story} width={width} part="line" />
          </div>
          <div class="axis">
            <Axis range={range} width={width} shape={shape} />
            <div class="playhead" style={{ left: `${shape.gutter}px` }}>
              <Playhead story={story} width={width} part="knob" />
            </div>
          </div>
        </div>
      ) : null}
    </div>
  );
}
