import type { CameraReport } from '@safe-passage/contract';
import { createFusion } from '@safe-passage/hub/fuse/fusion.ts';
import type { ReceivedReport } from '@safe-passage/hub/fuse/receivedReport.ts';
import { Random } from '../fusion/random.ts';
import type { Benchmark, BenchRow } from './benchmark.ts';

const SITE = 'bench';
const FLOOR = 'hall';
/** Every place is seen by three cameras, people stand as densely as in a busy hall, positions come ten times a second. */
const CAMERAS_PER_PLACE = 3;
const SQUARE_METRES_PER_PERSON = 8;
const PEOPLE_PER_CAMERA = 20;
const HERTZ = 10;
const SECONDS = 30;
/** Where people are lost and found: everybody for so long, so often, long enough that those of the last minute are remembered. Seconds. */
const LOST = { every: 12, lasts: 2.5, run: 90 } as const;
const START_MS = 1_700_000_000_000;

interface Load {
  readonly tracks: number;
  readonly seconds: number;
  /** Whether people are lost now and then, and go on under other names. */
  readonly lost: boolean;
}

const COLUMNS_OF_PLACES = 8;
const side = Math.sqrt(PEOPLE_PER_CAMERA * SQUARE_METRES_PER_PERSON);
const placeX = (place: number): number => 2 * side * (place % COLUMNS_OF_PLACES);
const placeY = (place: number): number => 2 * side * Math.floor(place / COLUMNS_OF_PLACES);

/** How often somebody was lost before, or null while they are. */
function timesLost(walker: number, second: number): number | null {
  const at = second + (LOST.every * ((walker * 7919) % 1000)) / 1000;
  return at % LOST.every < LOST.lasts ? null : Math.floor(at / LOST.every);
}

/** Every place of the hall has walls around it, with a door in each, so that most ways from one to another go around something. */
function wallsOf(places: number): [number, number][][] {
  return Array.from({ length: places }, (_, place) => {
    const [west, south] = [placeX(place) - side / 4, placeY(place) - side / 4];
    const [east, north] = [west + 1.5 * side, south + 1.5 * side];
    const [middleX, middleY] = [(west + east) / 2, (south + north) / 2];
    return [
      [west, middleY + 1, west, north, middleX - 1, north],
      [middleX + 1, north, east, north, east, middleY + 1],
      [east, middleY - 1, east, south, middleX + 1, south],
      [middleX - 1, south, west, south, west, middleY - 1],
    ].map((corner): [number, number][] => [0, 2, 4].map((i) => [corner[i] as number, corner[i + 1] as number]));
  }).flat();
}

/** One report per camera and second, of people who walk about their part of the hall. */
function load({ tracks, seconds, lost }: Load): ReceivedReport[] {
  const random = new Random(7);
  const people = Math.max(1, Math.round(tracks / CAMERAS_PER_PLACE));
  const places = Math.ceil(people / PEOPLE_PER_CAMERA);
  const walkers = Array.from({ length: people }, (_, i) => ({
    place: i % places,
    x: side * random.uniform(),
    y: side * random.uniform(),
    vx: 1.2 * random.normal(),
    vy: 1.2 * random.normal(),
  }));
  const reports: ReceivedReport[] = [];
  for (let second = 0; second < seconds; second++) {
    const paths = walkers.map((walker) =>
      Array.from({ length: HERTZ }, () => {
        walker.x += walker.vx / HERTZ;
        walker.y += walker.vy / HERTZ;
        if (walker.x < 0 || walker.x > side) walker.vx = Math.abs(walker.vx) * (walker.x < 0 ? 1 : -1);
        if (walker.y < 0 || walker.y > side) walker.vy = Math.abs(walker.vy) * (walker.y < 0 ? 1 : -1);
        return [walker.x, walker.y] as const;
      }),
    );
    for (let place = 0; place < places; place++) {
      for (let k = 0; k < CAMERAS_PER_PLACE; k++) {
        const camera = `camera-${place}-${k}`;
        const fromMs = START_MS + 1000 * second;
        const report: CameraReport = {
          schema: 'track-report/1',
          camera,
          calibration: 'nominal',
          epoch: '0123456789abcdef',
          sequence: second + 1,
          fromMs,
          toMs: fromMs + 1000 - 1000 / HERTZ,
          tracks: walkers.flatMap((walker, i) => {
            const life = lost ? timesLost(i, second) : 0;
            if (walker.place !== place || life === null) return [];
            return [
              {
                id: `${k}${String(1000 * life + i).padStart(15, '0')}`,
                state: 'active' as const,
                points: (paths[i] ?? []).map(([x, y], p): [number, number, number, number, 0 | 1] => [
                  (p * 1000) / HERTZ,
                  Math.round(100 * (x + placeX(place) + 0.1 * random.normal())),
                  Math.round(100 * (y + placeY(place) + 0.1 * random.normal())),
                  12,
                  1,
                ]),
              },
            ];
          }),
        };
        const address = { site: SITE, floor: FLOOR, device: `device-${place}`, camera };
        reports.push({ address, report, receivedAtMs: report.toMs + 50 });
      }
    }
  }
  return reports;
}

function measure(of: Load): { reportsPerSecond: number; realTime: number } {
  const reports = load(of);
  const places = Math.ceil(of.tracks / CAMERAS_PER_PLACE / PEOPLE_PER_CAMERA);
  const fusion = createFusion({
    site: SITE,
    plans: [
      {
        id: FLOOR,
        name: 'Hall',
        bounds: [
          [-side, -side],
          [placeX(COLUMNS_OF_PLACES), placeY(places - 1) + 2 * side],
        ],
        walls: of.lost ? wallsOf(places) : [],
        zones: [],
        cameras: [],
      },
    ],
  });
  const perSecond = reports.length / of.seconds;
  const started = performance.now();
  for (let i = 0; i < reports.length; i += perSecond) fusion.onReports(reports.slice(i, i + perSecond));
  const seconds = (performance.now() - started) / 1000;
  return { reportsPerSecond: reports.length / seconds, realTime: of.seconds / seconds };
}

export const fuseBenchmark: Benchmark = {
  name: 'fuse',
  summary:
    'reports/s that fusion takes on one core, each place seen by three cameras; and how much faster than real time that is',
  options: {},
  run: ({ signal }) => {
    measure({ tracks: 100, seconds: SECONDS, lost: false });
    const rows: BenchRow[] = [];
    for (const tracks of [100, 1000]) {
      if (signal.aborted) break;
      const { reportsPerSecond, realTime } = measure({ tracks, seconds: SECONDS, lost: false });
      rows.push(
        { what: `${tracks} tracks at once`, value: reportsPerSecond, unit: 'reports/s' },
        { what: `${tracks} tracks, to real time`, value: realTime, unit: 'times', atLeast: 2 },
      );
    }
    for (const tracks of [300, 1000]) {
      if (signal.aborted) break;
      const { realTime } = measure({ tracks, seconds: LOST.run, lost: true });
      const what = `${tracks} tracks, everybody lost every ${LOST.every} s, to real time`;
      rows.push({ what, value: realTime, unit: 'times', atLeast: 2 });
    }
    return Promise.resolve(rows);
  },
};
