/** Fusion as the hub calls it: reports in, positions of persons out. Pure: no clock, no store, no broker. */
import type { FloorPlan } from '@safe-passage/contract';
import type { ReceivedReport } from '../score/scoring.ts';
import { FloorFusion, type FloorFusionOptions, type FusionNews } from './floorFusion.ts';
import type { ClockReport, DisagreementReport, FusionCounts } from './samples.ts';

export interface FusionOptions extends Omit<FloorFusionOptions, 'plan' | 'clocks'> {
  readonly site: string;
  readonly plans: readonly FloorPlan[];
  /** Persons are told at these times since the epoch: multiples of it, ms. Default 200. */
  readonly stepMs?: number;
  /** How much later than another camera's a report may arrive and still count. Default 2 s. */
  readonly disorderSeconds?: number;
  /** A report from the future of its arrival by more than this is left out: its clock is wrong. Default 10 s. */
  readonly futureSeconds?: number;
}

export interface FloorNews extends FusionNews {
  readonly floor: string;
}

export interface Fusion {
  /** Takes committed reports in any order; duplicates are harmless. */
  onReports(reports: readonly ReceivedReport[]): FloorNews[];
  /** Lets time pass where nothing arrives. Call it about once a second with the hub's clock. */
  advance(nowMs: number): FloorNews[];
  /** How the cameras of a floor agree. */
  report(floor: string): {
    readonly clocks: ClockReport[];
    readonly disagreements: DisagreementReport[];
    readonly counts: FusionCounts;
  } | null;
}

interface Floor {
  readonly id: string;
  readonly fusion: FloorFusion;
  /** Latest time of any report. */
  newestMs: number;
  nextMs: number;
  future: number;
}

/** @throws RangeError where a step is not a positive number of milliseconds. */
export function createFusion(options: FusionOptions): Fusion {
  const { site, plans, stepMs = 200, disorderSeconds = 2, futureSeconds = 10, fuse, continuations } = options;
  if (!(stepMs >= 1)) throw new RangeError(`stepMs (${stepMs}) must be 1 or more`);
  const floors = new Map<string, Floor>();
  for (const plan of plans) {
    const fusion = new FloorFusion(plan.id, {
      plan,
      ...(fuse ? { fuse } : {}),
      ...(continuations ? { continuations } : {}),
    });
    floors.set(plan.id, { id: plan.id, fusion, newestMs: Number.NEGATIVE_INFINITY, nextMs: Number.NaN, future: 0 });
  }

  /** Decides every moment whose horizon, and the disorder of arrivals behind it, has passed. */
  const pass = (floor: Floor, toMs: number, news: FusionNews): void => {
    const last = toMs - disorderSeconds * 1000 - floor.fusion.horizonMs;
    for (;;) {
      if (floor.fusion.size.tracks === 0) {
        // Nobody is there: on to the first position that is held, or to the end.
        const from = Math.min(floor.fusion.earliestMs, last);
        if (Number.isFinite(from)) {
          const first = Math.floor(from / stepMs) * stepMs;
          if (Number.isNaN(floor.nextMs) || first > floor.nextMs) floor.nextMs = first;
        }
      }
      if (!(floor.nextMs <= last)) return;
      floor.fusion.decide(floor.nextMs, news);
      floor.nextMs += stepMs;
    }
  };

  const observe = (floor: Floor, { address, report }: ReceivedReport): void => {
    if (report.schema !== 'track-report/1') return;
    const camera = `${address.device}/${address.camera}`;
    for (const { id, state, points } of report.tracks) {
      // What is not yet believed to be a person is none.
      if (state === 'tentative') continue;
      for (const [offset, x, y, sigma, measured] of points) {
        floor.fusion.observe(camera, id, report.fromMs + offset, x / 100, y / 100, sigma / 100, measured === 1);
      }
    }
  };

  const toldBy = (floor: Floor, toMs: number): FloorNews[] => {
    const news: FloorNews = { floor: floor.id, samples: [], continuations: [] };
    pass(floor, toMs, news);
    return news.samples.length + news.continuations.length > 0 ? [news] : [];
  };

  return {
    onReports: (reports) => {
      const touched = new Set<Floor>();
      for (const received of reports) {
        const { address, report, receivedAtMs } = received;
        const floor = floors.get(address.floor);
        if (!floor || address.site !== site) continue;
        if (report.toMs > receivedAtMs + futureSeconds * 1000) {
          floor.future++;
          continue;
        }
        observe(floor, received);
        floor.newestMs = Math.max(floor.newestMs, report.toMs);
        touched.add(floor);
      }
      return [...touched].flatMap((floor) => toldBy(floor, floor.newestMs));
    },
    advance: (nowMs) =>
      [...floors.values()].flatMap((floor) => {
        if (!Number.isFinite(floor.newestMs)) return [];
        // Reports come once a second: what is silent for longer has nothing more to say about that time.
        floor.newestMs = Math.max(floor.newestMs, nowMs - 5000);
        return toldBy(floor, floor.newestMs);
      }),
    report: (id) => {
      const floor = floors.get(id);
      if (!floor) return null;
      const { fusion, future } = floor;
      const counts = { ...fusion.counts, invalid: fusion.counts.invalid + future };
      return { clocks: fusion.clockReports(), disagreements: fusion.disagreements(), counts };
    },
  };
}
