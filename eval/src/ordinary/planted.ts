/** Followers planted into recordings of ordinary people: the leaders' walks are real, and so is everybody around them. */
import { Random } from '../fusion/random.ts';
import type { Row } from '../groups/dataset.ts';
import type { OrdinarySet } from './dataset.ts';

export interface PlantedOptions {
  /** People who are in sight for less are nobody's leader, seconds. */
  readonly leastSeconds: number;
  /** What the leader did so long ago is repeated, seconds. */
  readonly lagSeconds: number;
  /** The distance along the path that is sought, and the least, metres. */
  readonly metres: number;
  readonly leastMetres: number;
  /** By which share the follower is faster for each metre too far behind. */
  readonly closing: number;
  readonly noiseMetres: number;
  readonly seed: number;
  /** Which of every four is followed first: 0 to 3. */
  readonly first: number;
}

export const PLANTED: PlantedOptions = {
  leastSeconds: 20,
  lagSeconds: 0.9,
  metres: 1.1,
  leastMetres: 0.7,
  closing: 0.4,
  noiseMetres: 0.05,
  seed: 7,
  first: 0,
};

export interface Planted {
  readonly set: OrdinarySet;
  /** By `follower leader`: for how long they walk, seconds. */
  readonly escorts: ReadonlyMap<string, number>;
}

/** Of those in sight for long enough so many are left alone for each that is followed: followers must not crowd each other. */
const EVERY = 4;

/** A walk by the way that has been gone. */
class Path {
  readonly #rows: readonly Row[];
  readonly gone: Float64Array;

  constructor(rows: readonly Row[]) {
    this.#rows = rows;
    this.gone = new Float64Array(rows.length);
    rows.forEach((row, i) => {
      const before = rows[i - 1];
      if (before) this.gone[i] = (this.gone[i - 1] as number) + Math.hypot(row.x - before.x, row.y - before.y);
    });
  }

  /** Where so many metres had been gone. @param upTo a row at which more had been. */
  at(metres: number, upTo: number): readonly [number, number] {
    let i = upTo;
    while (i > 0 && (this.gone[i - 1] as number) > metres) i--;
    const [b, a] = [this.#rows[i] as Row, this.#rows[Math.max(0, i - 1)] as Row];
    const from = this.gone[Math.max(0, i - 1)] as number;
    const step = (this.gone[i] as number) - from;
    const share = step > 0 ? Math.min(1, Math.max(0, (metres - from) / step)) : 0;
    return [a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share];
  }
}

/** On the leader's path, at the speed that the leader had a while ago, a little faster where the distance has grown. */
function follow(person: string, own: readonly Row[], set: OrdinarySet, o: PlantedOptions, random: Random): Row[] {
  const lag = Math.max(1, Math.round(o.lagSeconds / set.sampleSeconds));
  const path = new Path(own);
  let gone = 0;
  return own.slice(lag).map((leader, k): Row => {
    const i = k + lag;
    const ahead = path.gone[i] as number;
    const step = (path.gone[i - lag + 1] as number) - (path.gone[i - lag] as number);
    const hurry = Math.min(2, Math.max(0, 1 + o.closing * (ahead - gone - o.metres)));
    gone = Math.max(gone, Math.min(gone + step * hurry, ahead - o.leastMetres));
    const [x, y] = path.at(gone, i);
    return {
      timeMs: leader.timeMs,
      person: `follower of ${person}`,
      x: x + o.noiseMetres * random.normal(),
      y: y + o.noiseMetres * random.normal(),
    };
  });
}

/** Every fourth of those who are in sight for long enough gets a follower, who walks where the leader walked. */
export function plant(set: OrdinarySet, options: PlantedOptions = PLANTED): Planted {
  const random = new Random(options.seed);
  const escorts = new Map<string, number>();
  const rows: Row[] = [...set.rows];
  let candidates = 0;
  for (const [person, own] of Map.groupBy(set.rows, (row) => row.person)) {
    const seconds = ((own.at(-1)?.timeMs ?? 0) - (own[0]?.timeMs ?? 0)) / 1000;
    if (seconds < options.leastSeconds || candidates++ % EVERY !== options.first) continue;
    for (const row of follow(person, own, set, options, random)) rows.push(row);
    escorts.set(`follower of ${person} ${person}`, seconds);
  }
  return { set: { ...set, rows: rows.sort((a, b) => a.timeMs - b.timeMs) }, escorts };
}
