/** Staged meetings of CAVIAR (hand-labelled boxes and groups, 25 frames a second) as trajectories in rough metres. */
import { join } from 'node:path';
import { OperatorError } from '@safe-passage/cli';
import { cutWindows, type Row, type WindowedSet } from '../groups/dataset.ts';
import type { Partition } from '../groups/metrics.ts';
import { readShared } from '../shared.ts';

const FRAMES_PER_SECOND = 25;
/** One frame in five is taken. */
const KEEP_EVERY = 5;
const PERSON_METRES = 1.7;

/** One labelled group: people who meet, walk or fight together, without a break. */
export interface Meeting {
  readonly clip: string;
  readonly members: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Clip extends WindowedSet {
  readonly meetings: readonly Meeting[];
}

type Record_ = Readonly<Record<string, string>>;

/** Rows of a CSV file without quotes, by the names of its header. @throws OperatorError */
async function table(path: string, columns: readonly string[]): Promise<Record_[]> {
  const text = await readShared(path);
  const [head = '', ...lines] = text.trimEnd().split(/\r?\n/);
  const names = head.split(',');
  const missing = columns.find((name) => !names.includes(name));
  if (missing !== undefined)
    throw new OperatorError(`${path}: the column "${missing}" is missing`, 'Take the file anew.');
  return lines.map((line, i) => {
    const cells = line.split(',');
    if (cells.length !== names.length) {
      throw new OperatorError(`${path}, line ${i + 2}: ${cells.length} cells instead of ${names.length}`, 'Mend it.');
    }
    return Object.fromEntries(names.map((name, c) => [name, cells[c] ?? '']));
  });
}

const number = (row: Record_, name: string): number => Number(row[name]);

interface Scale {
  /** Pixels that a person is long, at this height in the picture: `at0 + perPixel * y`. */
  readonly at0: number;
  readonly perPixel: number;
}

/** How long people are in the picture by where they are, a line of least squares through the longer sides of the boxes. */
function scaleOf(objects: readonly Record_[]): Scale {
  let n = 0;
  let sumY = 0;
  let sumYY = 0;
  let sumL = 0;
  let sumYL = 0;
  for (const row of objects) {
    if (row.appearance !== 'visible' || row.movement !== 'walking') continue;
    const y = number(row, 'yc');
    const long = Math.max(number(row, 'w'), number(row, 'h'));
    n++;
    sumY += y;
    sumYY += y * y;
    sumL += long;
    sumYL += y * long;
  }
  const perPixel = (n * sumYL - sumY * sumL) / (n * sumYY - sumY * sumY);
  return { at0: (sumL - perPixel * sumY) / n, perPixel };
}

/** Pixels to metres on a floor that is taken to be as deep as it is high in the picture: nobody published how it lies. */
function toFloor({ at0, perPixel }: Scale, x: number, y: number): readonly [number, number] {
  const metresPerPixel = PERSON_METRES / (at0 + perPixel * y);
  return [(x - 192) * metresPerPixel, (PERSON_METRES / perPixel) * Math.log((at0 + perPixel * y) / at0)];
}

/** Belongings are labelled like groups; who leaves them is none. */
const isGroup = (row: Record_): boolean => row.context !== 'leaving';

function meetingsOf(clip: string, groups: readonly Record_[]): Meeting[] {
  const meetings: { clip: string; members: readonly string[]; fromMs: number; toMs: number }[] = [];
  const last = new Map<string, { members: string; frame: number; meeting: (typeof meetings)[number] }>();
  for (const row of groups) {
    if (!isGroup(row)) continue;
    const frame = number(row, 'frame');
    const timeMs = (1000 * frame) / FRAMES_PER_SECOND;
    const members = row.members ?? '';
    const key = row.gid ?? '';
    const before = last.get(key);
    if (before && before.members === members && frame - before.frame <= FRAMES_PER_SECOND) {
      before.meeting.toMs = timeMs;
      before.frame = frame;
      continue;
    }
    const meeting = { clip, members: members.split(' '), fromMs: timeMs, toMs: timeMs };
    meetings.push(meeting);
    last.set(key, { members, frame, meeting });
  }
  return meetings;
}

/** People who were labelled together for half of a window in which both were there, or for half of what there was of them. */
function truthOf(rows: readonly Row[], meetings: readonly Meeting[]): Partition {
  const times = Map.groupBy(rows, ({ person }) => person);
  const groups = new Map([...times.keys()].map((person) => [person, person]));
  for (const { members, fromMs, toMs } of meetings) {
    for (const one of members) {
      for (const other of members) {
        if (one >= other) continue;
        const there = new Set((times.get(other) ?? []).map(({ timeMs }) => timeMs));
        const both = (times.get(one) ?? []).filter(({ timeMs }) => there.has(timeMs));
        const together = both.filter(({ timeMs }) => timeMs >= fromMs && timeMs <= toMs);
        if (both.length === 0 || 2 * together.length < both.length) continue;
        const [from, to] = [groups.get(other), groups.get(one)];
        for (const [person, group] of groups) if (group === from) groups.set(person, to ?? group);
      }
    }
  }
  return [...Map.groupBy(times.keys(), (person) => groups.get(person)).values()];
}

/** All clips, in the order of their names. @throws OperatorError */
export async function readCaviar(shared: string): Promise<Clip[]> {
  const folder = join(shared, 'data/caviar');
  const objects = await table(join(folder, 'objects.csv'), ['clip', 'frame', 'id', 'xc', 'yc', 'w', 'h', 'appearance']);
  const groups = await table(join(folder, 'groups.csv'), ['clip', 'frame', 'gid', 'members', 'context']);
  const scale = scaleOf(objects);
  const labels = Map.groupBy(groups, (row) => row.clip ?? '');
  return [...Map.groupBy(objects, (row) => row.clip ?? '')].map(([name, own]) => {
    const rows = own
      .filter((row) => number(row, 'frame') % KEEP_EVERY === 0)
      .map((row): Row => {
        const [x, y] = toFloor(scale, number(row, 'xc'), number(row, 'yc'));
        return { timeMs: (1000 * number(row, 'frame')) / FRAMES_PER_SECOND, person: row.id ?? '', x, y };
      })
      .sort((a, b) => a.timeMs - b.timeMs);
    const meetings = meetingsOf(name, labels.get(name) ?? []);
    const windows = cutWindows(rows, rows[0]?.timeMs ?? 0, (inside) => truthOf(inside, meetings));
    return { name, rows, sampleSeconds: KEEP_EVERY / FRAMES_PER_SECOND, windows, meetings };
  });
}
