/** Continuations against the truth: true trajectories are cut, in time or by blind strips, and put together again. */
import type { ContinuationOptions } from '@safe-passage/hub/fuse/continuations.ts';
import { RecordingFusion } from '@safe-passage/hub/fuse/recording.ts';
import type { Continuation } from '@safe-passage/hub/fuse/samples.ts';
import { Random } from './random.ts';
import type { FloorPoint } from './wildtrack.ts';

const SIGMA_METRES = 0.1;
/** What is shorter on either side of a cut tells nothing. */
const LEAST_POINTS = 3;

/** One uncut part of somebody's way. */
interface Fragment {
  readonly id: string;
  readonly person: string;
  readonly order: number;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface CutWays {
  readonly rows: readonly (FloorPoint & { readonly track: string })[];
  readonly fragments: ReadonlyMap<string, Fragment>;
  /** Gaps between successive fragments of one person. */
  readonly gaps: readonly { readonly earlier: string; readonly later: string; readonly seconds: number }[];
}

function byPerson(points: readonly FloorPoint[]): Map<string, FloorPoint[]> {
  const persons = new Map<string, FloorPoint[]>();
  for (const point of points) {
    const own = persons.get(point.person);
    if (own) own.push(point);
    else persons.set(point.person, [point]);
  }
  return persons;
}

/** Leaves points out; wherever some are missing, or the truth itself pauses for more than `pauseMs`, a new fragment begins. */
function cutWhere(points: readonly FloorPoint[], hidden: (point: FloorPoint) => boolean, pauseMs: number): CutWays {
  const rows: (FloorPoint & { track: string })[] = [];
  const fragments = new Map<string, Fragment>();
  const gaps: { earlier: string; later: string; seconds: number }[] = [];
  for (const [person, way] of byPerson(points)) {
    let last: Fragment | null = null;
    let part: FloorPoint[] = [];
    const close = (): void => {
      const [first] = part;
      const end = part.at(-1);
      if (first && end && part.length >= LEAST_POINTS) {
        const order: number = last ? last.order + 1 : 0;
        const fragment = { id: `${person}/${order}`, person, order, fromMs: first.timeMs, toMs: end.timeMs };
        for (const point of part) rows.push({ ...point, track: fragment.id });
        fragments.set(fragment.id, fragment);
        if (last) gaps.push({ earlier: last.id, later: fragment.id, seconds: (fragment.fromMs - last.toMs) / 1000 });
        last = fragment;
      }
      part = [];
    };
    let beforeMs = Number.NaN;
    for (const point of way) {
      if (hidden(point) || point.timeMs - beforeMs > pauseMs) close();
      if (!hidden(point)) part.push(point);
      beforeMs = point.timeMs;
    }
    close();
  }
  rows.sort((a, b) => a.timeMs - b.timeMs);
  return { rows, fragments, gaps };
}

/** Hides everybody once, for so long, at a time of their own. */
export function cutInTime(points: readonly FloorPoint[], gapSeconds: number, seed: number, pauseMs: number): CutWays {
  const random = new Random(seed);
  const hiddenFrom = new Map<string, number>();
  for (const [person, way] of byPerson(points)) {
    const first = way[0]?.timeMs ?? 0;
    const spare = (way.at(-1)?.timeMs ?? 0) - first - gapSeconds * 1000 - 4000;
    const at = random.uniform();
    if (spare >= 0) hiddenFrom.set(person, first + 2000 + at * spare);
  }
  const hidden = ({ person, timeMs }: FloorPoint): boolean => {
    const from = hiddenFrom.get(person) ?? Number.POSITIVE_INFINITY;
    return timeMs > from && timeMs < from + gapSeconds * 1000;
  };
  return cutWhere(points, hidden, pauseMs);
}

/** Hides everybody in strips of the floor across the x axis. */
export function cutByStrips(
  points: readonly FloorPoint[],
  strips: readonly (readonly [number, number])[],
  pauseMs: number,
): CutWays {
  return cutWhere(points, ({ x }) => strips.some(([from, to]) => x >= from && x <= to), pauseMs);
}

/** A continuation that was told, and whether it is true. */
export interface ToldLink {
  readonly probability: number;
  readonly right: boolean;
  readonly seconds: number;
}

export interface LinkResult {
  readonly told: readonly ToldLink[];
  /** True gaps, and the probability told for each; 0 where nothing was. */
  readonly gaps: readonly { readonly seconds: number; readonly probability: number }[];
}

/** Lets the fuser see the fragments as tracks of one camera, and compares its continuations with the truth. */
export function measureLinks(
  cut: CutWays,
  sampleSeconds: number,
  options: Partial<ContinuationOptions> = {},
): LinkResult {
  const fuser = new RecordingFusion(sampleSeconds, { continuations: options });
  const keyOf = (timeMs: number, x: number, y: number) => `${timeMs} ${x.toFixed(6)} ${y.toFixed(6)}`;
  const trackAt = new Map<string, string>();
  for (const { timeMs, track, x, y } of cut.rows) {
    trackAt.set(keyOf(timeMs, x, y), track);
    fuser.row(timeMs, 'camera', track, x, y, SIGMA_METRES);
  }
  const { samples, continuations } = fuser.finish();
  // A person's first and last fragment: one who was lost for a moment only may have several.
  const firstOf = new Map<string, string>();
  const lastOf = new Map<string, string>();
  const joined = new Set<string>();
  for (const { timeMs, person, x, y } of samples) {
    const track = trackAt.get(keyOf(timeMs, x, y));
    if (track === undefined) continue;
    if (!firstOf.has(person)) firstOf.set(person, track);
    const before = lastOf.get(person);
    if (before !== undefined && before !== track) joined.add(`${before} ${track}`);
    lastOf.set(person, track);
  }
  const linked = new Map<string, number>();
  const told = continuations.flatMap((link: Continuation): ToldLink[] => {
    const earlier = cut.fragments.get(lastOf.get(link.earlier) ?? '');
    const later = cut.fragments.get(firstOf.get(link.later) ?? '');
    if (!earlier || !later) return [];
    linked.set(`${earlier.id} ${later.id}`, link.probability);
    const right = earlier.person === later.person && later.order === earlier.order + 1;
    return [{ probability: link.probability, right, seconds: (link.toMs - link.fromMs) / 1000 }];
  });
  // A moment's absence is no blind gap: what went on under one name is not asked for.
  const gaps = cut.gaps
    .filter(({ earlier, later }) => !joined.has(`${earlier} ${later}`))
    .map(({ earlier, later, seconds }) => ({ seconds, probability: linked.get(`${earlier} ${later}`) ?? 0 }));
  return { told, gaps };
}

const LIKELY = 0.5;

export interface LinkScores {
  readonly gaps: number;
  readonly precision: number;
  readonly recall: number;
}

/** Precision and recall of the links told with at least one half, of gaps with a length from `from` to below `to`, seconds. */
export function scoreLinks({ told, gaps }: LinkResult, from = 0, to = Number.POSITIVE_INFINITY): LinkScores {
  const within = ({ seconds }: { readonly seconds: number }) => seconds >= from && seconds < to;
  const likely = told.filter((link) => within(link) && link.probability >= LIKELY);
  const asked = gaps.filter(within);
  return {
    gaps: asked.length,
    precision: likely.length > 0 ? likely.filter(({ right }) => right).length / likely.length : 0,
    recall: asked.length > 0 ? asked.filter(({ probability }) => probability >= LIKELY).length / asked.length : 0,
  };
}

export interface ReliabilityBin {
  readonly from: number;
  readonly count: number;
  readonly mean: number;
  readonly right: number;
}

/** How often what was told with a probability was true. */
export function reliability(
  told: readonly ToldLink[],
  edges: readonly number[] = [0.05, 0.2, 0.4, 0.6, 0.8, 0.95],
): ReliabilityBin[] {
  return edges.map((from, i) => {
    const to = edges[i + 1] ?? Number.POSITIVE_INFINITY;
    const inside = told.filter(({ probability }) => probability >= from && probability < to);
    const mean = inside.reduce((sum, { probability }) => sum + probability, 0) / Math.max(1, inside.length);
    const right = inside.filter((link) => link.right).length / Math.max(1, inside.length);
    return { from, count: inside.length, mean, right };
  });
}

/** Expected calibration error: mean distance of the probability told from the share that is true, over the bins. */
export function calibrationError(told: readonly ToldLink[]): number {
  const bins = reliability(told);
  return (
    bins.reduce((sum, { count, mean, right }) => sum + count * Math.abs(mean - right), 0) / Math.max(1, told.length)
  );
}
