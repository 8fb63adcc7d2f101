import type { CameraReport } from '@safe-passage/contract';
import { createFusion } from '@safe-passage/hub/fuse/fusion.ts';
import type { ReceivedReport } from '@safe-passage/hub/score/scoring.ts';
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
const START_MS = 1_700_000_000_000;

/** One report per camera and second, of people who walk about their part of the hall. */
function load(tracks: number): ReceivedReport[] {
  const random = new Random(7);
  const people = Math.max(1, Math.round(tracks / CAMERAS_PER_PLACE));
  const places = Math.ceil(people / PEOPLE_PER_CAMERA);
  const side = Math.sqrt(PEOPLE_PER_CAMERA * SQUARE_METRES_PER_PERSON);
  const walkers = Array.from({ length: people }, (_, i) => ({
    place: i % places,
    x: side * random.uniform(),
    y: side * random.uniform(),
    vx: 1.2 * random.normal(),
    vy: 1.2 * random.normal(),
  }));
  const reports: ReceivedReport[] = [];
  for (let second = 0; second < SECONDS; second++) {
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
          tracks: walkers.flatMap((walker, i) =>
            walker.place === place
              ? [
                  {
                    id: `${k}${String(i).padStart(15, '0')}`,
                    state: 'active' as const,
                    points: (paths[i] ?? []).map(([x, y], p): [number, number, number, number, 0 | 1] => [
                      (p * 1000) / HERTZ,
                      Math.round(100 * (x + place * 2 * side + 0.1 * random.normal())),
                      Math.round(100 * (y + 0.1 * random.normal())),
                      12,
                      1,
                    ]),
                  },
                ]
              : [],
          ),
        };
        const address = { site: SITE, floor: FLOOR, device: `device-${place}`, camera };
        reports.push({ address, report, receivedAtMs: report.toMs + 50 });
      }
    }
  }
  return reports;
}

function measure(tracks: number): { reportsPerSecond: number; realTime: number } {
  const reports = load(tracks);
  const fusion = createFusion({
    site: SITE,
    plans: [
      {
        id: FLOOR,
        name: 'Hall',
        bounds: [
          [0, 0],
          [1000, 1000],
        ],
        walls: [],
        zones: [],
        cameras: [],
      },
    ],
  });
  const perSecond = reports.length / SECONDS;
  const started = performance.now();
  for (let i = 0; i < reports.length; i += perSecond) fusion.onReports(reports.slice(i, i + perSecond));
  const seconds = (performance.now() - started) / 1000;
  return { reportsPerSecond: reports.length / seconds, realTime: SECONDS / seconds };
}

export const fuseBenchmark: Benchmark = {
  name: 'fuse',
  summary:
    'reports/s that fusion takes on one core, each place seen by three cameras; and how much faster than real time that is',
  options: {},
  run: ({ signal }) => {
    measure(100);
    const rows: BenchRow[] = [];
    for (const tracks of [100, 1000]) {
      if (signal.aborted) break;
      const { reportsPerSecond, realTime } = measure(tracks);
      rows.push(
        { what: `${tracks} tracks at once`, value: reportsPerSecond, unit: 'reports/s' },
        { what: `${tracks} tracks, to real time`, value: realTime, unit: 'times', atLeast: 2 },
      );
    }
    return Promise.resolve(rows);
  },
};
