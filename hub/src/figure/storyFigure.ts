/**
 * An alert as a figure: the floor plan, the paths of the story by role, and its key moments by number. SVG with attributes alone:
 * a page of ours allows no style in a document. Pure: the same alert gives the same bytes.
 */
import type { FloorPlan, PlanPoint } from '@safe-passage/contract';
import type { AlertView, Evidence, PathPoint } from '../api/schemas.ts';
import { escaped } from '../document/html.ts';
import type { Role } from '../score/movement.ts';
import { castOf, lineOf, roleAt, rolesOf, type StoryLine } from './cast.ts';
import { FIGURE_COLOURS as COLOURS, ROLE_COLOURS, ZONE_HUE, ZONE_OPACITY } from './colours.ts';
import { DASHES, shapePath } from './roleMarks.ts';
import { roles } from './roleWords.ts';

const WIDTH = 1200;
const MARGIN = 32;
const HEAD = 96;
const ROW = 22;
/** The part of the floor that is shown, at least, metres; and what is left around the paths. */
const LEAST_METRES = 16;
const AROUND_METRES = 4;
const MOST_HEIGHT = 900;
/** Longer without a position, and the path is broken, milliseconds. */
const BREAK_MS = 5000;
/** Moments with a number; more would hide the paths. */
const MOST_MOMENTS = 14;
const FONT = "Inter, 'Segoe UI', 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif";

export interface FigureInput {
  readonly alert: AlertView;
  /** Absent: the floor is no longer one of the site's. */
  readonly plan: FloorPlan | undefined;
  readonly evidence: Evidence;
  /** IANA name. */
  readonly timeZone: string;
}

const round = (value: number): string => String(Math.round(value * 10) / 10);

interface Words {
  readonly size?: number;
  readonly weight?: number;
  readonly colour?: string;
  readonly anchor?: 'start' | 'middle' | 'end';
}

const words = (
  x: number,
  y: number,
  text: string,
  { size = 14, weight = 400, colour = COLOURS.text, anchor = 'start' }: Words = {},
) =>
  `<text x="${round(x)}" y="${round(y)}" font-size="${size}" font-weight="${weight}" fill="${colour}" text-anchor="${anchor}">${escaped(text)}</text>`;

/** Shortened to the room there is; no font is at hand to ask, so it is that of a wide one. */
const fitted = (text: string, width: number, size: number): string => {
  const most = Math.floor(width / (size * 0.56));
  return text.length <= most ? text : `${text.slice(0, most - 1).trimEnd()}…`;
};

interface Frame {
  readonly scale: number;
  readonly width: number;
  readonly height: number;
  x(metres: number): number;
  y(metres: number): number;
}

type Box = readonly [left: number, low: number, right: number, high: number];

function boxOf(points: readonly PlanPoint[]): Box {
  return points.reduce<Box>(
    ([left, low, right, high], [x, y]) => [Math.min(left, x), Math.min(low, y), Math.max(right, x), Math.max(high, y)],
    [Infinity, Infinity, -Infinity, -Infinity],
  );
}

/** The part of the floor around the paths, or all of it where there are none. */
function frameOf(plan: FloorPlan | undefined, places: readonly PlanPoint[]): Frame {
  const whole = boxOf(
    plan?.bounds ?? [
      [0, 0],
      [LEAST_METRES, LEAST_METRES / 2],
    ],
  );
  const [left, low, right, high] = places.length > 0 ? boxOf(places) : whole;
  const around = places.length > 0 ? AROUND_METRES : 0;
  const widthMetres = Math.max(LEAST_METRES, right - left + 2 * around);
  const heightMetres = Math.max(LEAST_METRES / 2, high - low + 2 * around);
  const width = WIDTH - 2 * MARGIN;
  const scale = Math.min(width / widthMetres, MOST_HEIGHT / heightMetres);
  const height = heightMetres * scale;
  const [midX, midY] = [(left + right) / 2, (low + high) / 2];
  return {
    scale,
    width,
    height,
    x: (metres) => MARGIN + width / 2 + (metres - midX) * scale,
    y: (metres) => HEAD + height / 2 - (metres - midY) * scale,
  };
}

const traced = (frame: Frame, points: readonly PlanPoint[]): string =>
  points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${round(frame.x(x))} ${round(frame.y(y))}`).join('');

const isClosed = (wall: readonly PlanPoint[]): boolean => {
  const [first, last] = [wall[0], wall.at(-1)];
  return wall.length > 3 && first?.[0] === last?.[0] && first?.[1] === last?.[1];
};

function planParts(frame: Frame, plan: FloorPlan | undefined, chosen: string | null): string[] {
  if (!plan) return [];
  const [[left, low], [right, high]] = plan.bounds;
  const corners: PlanPoint[] = [
    [left, low],
    [right, low],
    [right, high],
    [left, high],
  ];
  const floor = `<path d="${traced(frame, corners)}Z" fill="${COLOURS['figure-floor']}"/>`;
  const zones = plan.zones.map(
    ({ id, polygon }) =>
      `<path d="${traced(frame, polygon)}Z" fill="${ZONE_HUE}" fill-opacity="${ZONE_OPACITY.fill}" stroke="${ZONE_HUE}" stroke-opacity="${id === chosen ? 0.8 : ZONE_OPACITY.edge}" stroke-width="${id === chosen ? 2 : 1}"/>`,
  );
  const walls = plan.walls.map((wall) =>
    isClosed(wall)
      ? `<path d="${traced(frame, wall)}Z" fill="${COLOURS['figure-solid']}" stroke="${COLOURS['figure-wall']}" stroke-width="1.5"/>`
      : `<path d="${traced(frame, wall)}" fill="none" stroke="${COLOURS['figure-wall']}" stroke-width="3"/>`,
  );
  const names = plan.zones.map(({ name, polygon }) => {
    const [zoneLeft, , zoneRight, zoneHigh] = boxOf(polygon);
    const room = (zoneRight - zoneLeft) * frame.scale - 12;
    if (room < 40) return '';
    return words(frame.x(zoneLeft) + 6, frame.y(zoneHigh) + 17, fitted(name, room, 12), {
      size: 12,
      colour: COLOURS['figure-zone-label'],
    });
  });
  return [floor, ...zones, ...walls, ...names];
}

/** Stretches of a path with one role, without the breaks, measured and predicted alike. */
function runsOf(points: readonly PathPoint[], line: StoryLine): { role: Role; points: PathPoint[] }[] {
  const runs: { role: Role; points: PathPoint[] }[] = [];
  let before: PathPoint | null = null;
  for (const point of points) {
    const role = roleAt(line, point[0]);
    const run = runs.at(-1);
    if (!run || !before || point[0] - before[0] > BREAK_MS) runs.push({ role, points: [point] });
    else if (run.role !== role) runs.push({ role, points: [before, point] });
    else run.points.push(point);
    before = point;
  }
  return runs;
}

function pathParts(frame: Frame, lines: readonly DrawnLine[]): string[] {
  const runs = lines.flatMap(({ line, points }) =>
    runsOf(points, line).map((run) => ({
      role: run.role,
      d: traced(
        frame,
        run.points.map(([, x, y]): PlanPoint => [x, y]),
      ),
    })),
  );
  // All casings below all lines: of two who take one way, the one above shows the other between its dashes.
  const parts = runs.map(
    ({ d }) =>
      `<path d="${d}" fill="none" stroke="${COLOURS['figure-casing']}" stroke-width="5" stroke-linejoin="round"/>`,
  );
  for (const { d, role } of runs) {
    const dash = DASHES[role].length > 0 ? ` stroke-dasharray="${DASHES[role].join(' ')}"` : '';
    parts.push(
      `<path d="${d}" fill="none" stroke="${ROLE_COLOURS[role]}" stroke-width="2.5" stroke-linejoin="round"${dash}/>`,
    );
  }
  for (const { line, points } of lines) {
    const last = points.at(-1);
    if (!last) continue;
    const role = roleAt(line, last[0]);
    parts.push(
      `<path d="${shapePath(role, 10)}" transform="translate(${round(frame.x(last[1]))} ${round(frame.y(last[2]))})" fill="${ROLE_COLOURS[role]}" stroke="${COLOURS['figure-casing']}" stroke-width="1.5"/>`,
    );
  }
  return parts;
}

interface DrawnLine {
  readonly line: StoryLine;
  readonly points: readonly PathPoint[];
}

interface Moment {
  readonly atMs: number;
  readonly label: string;
  readonly name: string;
  readonly place: PlanPoint | null;
}

function momentsOf({ alert }: FigureInput, cast: readonly StoryLine[], lines: readonly DrawnLine[]): Moment[] {
  return [...alert.detail.moments]
    .sort((a, b) => a.atMs - b.atMs)
    .slice(0, MOST_MOMENTS)
    .map(({ atMs, label, person }) => {
      const line = lineOf(cast, { person });
      const points = lines.find((one) => one.line === line)?.points ?? [];
      const near = points.reduce<PathPoint | null>(
        (best, point) => (best === null || Math.abs(point[0] - atMs) < Math.abs(best[0] - atMs) ? point : best),
        null,
      );
      const place: PlanPoint | null = near && Math.abs(near[0] - atMs) <= BREAK_MS ? [near[1], near[2]] : null;
      return { atMs, label, name: line?.name ?? '', place };
    });
}

/** Numbers beside their places; those that fall on one spot stand side by side. */
function momentMarks(frame: Frame, moments: readonly Moment[]): string[] {
  const taken: PlanPoint[] = [];
  return moments.flatMap(({ place }, i) => {
    if (!place) return [];
    let [x, y] = [frame.x(place[0]) + 14, frame.y(place[1]) - 14];
    while (taken.some(([otherX, otherY]) => Math.hypot(otherX - x, otherY - y) < 20)) x += 20;
    taken.push([x, y]);
    return [
      `<circle cx="${round(x)}" cy="${round(y)}" r="9" fill="${COLOURS.text}" stroke="${COLOURS['figure-casing']}" stroke-width="1.5"/>`,
      words(x, y + 4, String(i + 1), { size: 11, weight: 600, colour: COLOURS['figure-casing'], anchor: 'middle' }),
    ];
  });
}

function scaleParts(frame: Frame, plan: FloorPlan | undefined): string[] {
  const metres = [1, 2, 5, 10, 20, 50].findLast((candidate) => candidate * frame.scale <= 140) ?? 1;
  const [x, y] = [MARGIN + 16, HEAD + frame.height - 16];
  const length = metres * frame.scale;
  return [
    `<rect x="${x - 8}" y="${round(y - 20)}" width="${round(length + 92)}" height="28" rx="6" fill="${COLOURS['figure-casing']}" stroke="${COLOURS.line}"/>`,
    `<path d="M${x} ${round(y - 10)}v8m0 -4h${round(length)}m0 -4v8" fill="none" stroke="${COLOURS.text}" stroke-width="1.5"/>`,
    words(x + length + 8, y - 1, `${metres} m`, { size: 12 }),
    `<path d="M0 -9L5 7L0 4L-5 7Z" fill="${COLOURS.text}" transform="translate(${round(x + length + 62)} ${round(y - 6)}) rotate(${round(plan?.northDegrees ?? 0)})"/>`,
    words(x + length + 72, y - 1, 'N', { size: 12 }),
  ];
}

/** The figure of an alert as an SVG document. */
export function storyFigure(input: FigureInput): string {
  const { alert, plan, evidence, timeZone } = input;
  const cast = castOf(alert.detail);
  const lines: DrawnLine[] = cast.map((line) => ({
    line,
    points: evidence.paths
      .filter(({ person, role }) => role !== 'other' && line.persons.includes(person))
      .flatMap(({ points }) => points)
      .sort((a, b) => a[0] - b[0]),
  }));
  const reasons = alert.detail.reasons.flatMap(({ place }) => (place ? [place] : []));
  const frame = frameOf(plan, [
    ...lines.flatMap(({ points }) => points.map(([, x, y]): PlanPoint => [x, y])),
    ...reasons,
  ]);
  const moments = momentsOf(input, cast, lines);
  const time = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', second: '2-digit' });
  const day = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  });
  const shown = rolesOf(cast);
  const nothing = lines.every(({ points }) => points.length === 0);
  const rows = Math.max(shown.length, moments.length) + 1;
  const top = Math.round(HEAD + frame.height + 36);
  const height = Math.ceil(top + rows * ROW + 40);
  const pattern = alert.pattern.charAt(0).toUpperCase() + alert.pattern.slice(1);
  const title = `${pattern} ${alert.zone === null ? 'in' : 'at'} ${alert.zoneName}`;
  const when = `${day.format(alert.fromMs)}, ${time.format(alert.fromMs)} to ${time.format(alert.toMs)} (${timeZone})`;
  const column = MARGIN + 420;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="${escaped(FONT)}" role="img">`,
    `<title>${escaped(`${title}, ${when}`)}</title>`,
    `<clipPath id="plan"><rect x="${MARGIN}" y="${HEAD}" width="${frame.width}" height="${round(frame.height)}"/></clipPath>`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    words(MARGIN, 40, fitted(title, WIDTH - 2 * MARGIN, 24), { size: 24, weight: 600 }),
    words(MARGIN, 64, fitted(alert.sentence, 700, 14), { colour: COLOURS.text }),
    words(WIDTH - MARGIN, 64, when, { colour: COLOURS.quiet, anchor: 'end' }),
    words(
      MARGIN,
      84,
      'A prompt for a person to look, never a decision. Roles name what somebody does in this movement, nobody’s identity.',
      { size: 12, colour: COLOURS.quiet },
    ),
    `<g clip-path="url(#plan)">`,
    `<rect x="${MARGIN}" y="${HEAD}" width="${frame.width}" height="${round(frame.height)}" fill="${COLOURS['figure-ground']}"/>`,
    ...planParts(frame, plan, alert.zone),
    ...pathParts(frame, lines),
    ...momentMarks(frame, moments),
    ...scaleParts(frame, plan),
    ...(nothing
      ? [
          words(
            WIDTH / 2,
            HEAD + frame.height / 2,
            'The tracks of this alert have reached the end of their retention',
            { size: 16, weight: 600, colour: COLOURS.quiet, anchor: 'middle' },
          ),
        ]
      : []),
    '</g>',
    `<rect x="${MARGIN}" y="${HEAD}" width="${frame.width}" height="${round(frame.height)}" fill="none" stroke="${COLOURS.line}"/>`,
    words(MARGIN, top, 'Roles', { size: 12, weight: 600, colour: COLOURS.quiet }),
    ...shown.flatMap((role, i) => {
      const y = top + (i + 1) * ROW;
      const dash = DASHES[role].length > 0 ? ` stroke-dasharray="${DASHES[role].join(' ')}"` : '';
      return [
        `<path d="M${MARGIN} ${y - 5}h48" stroke="${ROLE_COLOURS[role]}" stroke-width="2.5"${dash}/>`,
        `<path d="${shapePath(role, 7)}" transform="translate(${MARGIN + 24} ${y - 5})" fill="${ROLE_COLOURS[role]}" stroke="#ffffff"/>`,
        words(MARGIN + 60, y, `${roles[role].word}: ${roles[role].meaning}`),
      ];
    }),
    words(column, top, moments.length > 0 ? 'Key moments' : '', { size: 12, weight: 600, colour: COLOURS.quiet }),
    ...moments.flatMap(({ atMs, label, name }, i) => {
      const y = top + (i + 1) * ROW;
      return [
        `<circle cx="${column + 9}" cy="${y - 5}" r="9" fill="${COLOURS.text}"/>`,
        words(column + 9, y - 1, String(i + 1), { size: 11, weight: 600, colour: '#ffffff', anchor: 'middle' }),
        words(column + 28, y, `${time.format(atMs)}  ${fitted(`${name} ${label}`, WIDTH - column - MARGIN - 110, 14)}`),
      ];
    }),
    words(WIDTH - MARGIN, height - 16, `Alert ${alert.id}`, { size: 11, colour: COLOURS.quiet, anchor: 'end' }),
    '</svg>',
    '',
  ].join('\n');
}
