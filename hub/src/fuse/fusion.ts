/**
 * Fusion as the hub calls it: reports in, positions of persons out. Pure: no clock, no store, no broker.
 *
 * Reports that come in time are fused with one another. Where a device sends what it held back, long after the others went on,
 * its reports are fused apart, in a lane of their own, until the device has caught up; everything is told by its own time.
 */
import type { FloorPlan } from '@safe-passage/contract';
import type { FloorFusionOptions, FusionNews } from './floorFusion.ts';
import { FusionLane, type LaneOptions } from './lane.ts';
import type { ReceivedReport } from './receivedReport.ts';
import type { ClockReport, DisagreementReport, FusionCounts } from './samples.ts';
import { TrackNames } from './trackNames.ts';

export interface FusionOptions extends Omit<FloorFusionOptions, 'plan' | 'clocks' | 'names'> {
  readonly site: string;
  readonly plans: readonly FloorPlan[];
  /** Persons are told at these times since the epoch: multiples of it, ms. Default 200. */
  readonly stepMs?: number;
  /** How much later than another camera's a report may arrive and still be fused with it. Default 2 s. */
  readonly disorderSeconds?: number;
  /** A report from the future of its arrival by more than this is left out: its clock is wrong. Default 10 s. */
  readonly futureSeconds?: number;
  /** A floor of which nothing is heard for so long is told to be silent. Default 15 s. */
  readonly silenceSeconds?: number;
  /** ... and is begun anew after so long. Default 15 min. */
  readonly forgetSeconds?: number;
}

/** What one lane of a floor gave. */
export interface FloorNews extends FusionNews {
  readonly floor: string;
  /** Counts up. */
  readonly lane: number;
  /** Whether it holds data that came too late for the floor's other reports. */
  readonly late: boolean;
  /** Everything before this moment was told, ms. */
  readonly beforeMs: number;
  /** When the newest of the data arrived, ms. */
  readonly receivedAtMs: number;
  /** All that has come is decided, without waiting for more. */
  readonly settled: boolean;
  /** Nothing was heard for a while; told once. */
  readonly silent: boolean;
  /** Nothing more comes of this lane. */
  readonly over: boolean;
}

/** A track and the person that it belonged to, from before a start. */
export interface KnownTracks {
  readonly floor: string;
  readonly person: string;
  /** As `device/camera track`. */
  readonly tracks: readonly string[];
  /** When the person was last seen, ms. */
  readonly seenMs: number;
}

export interface Fusion {
  /** Takes committed reports in any order; duplicates of what was decided are recognised. */
  onReports(reports: readonly ReceivedReport[]): FloorNews[];
  /** Lets time pass where nothing arrives. Call it about once a second with the hub's clock. */
  advance(nowMs: number): FloorNews[];
  /** Says, before the first report, who was who: whose track goes on keeps the name. */
  restore(known: readonly KnownTracks[]): void;
  /** How the cameras of a floor agree. */
  report(floor: string): {
    readonly clocks: ClockReport[];
    readonly disagreements: DisagreementReport[];
    readonly counts: FusionCounts;
  } | null;
}

/** A lane of late data in which nothing was heard for so long has nothing more to say, ms. */
const LATE_LANE_OVER_MS = 30_000;
/** Devices that are late by different hours; more are not told apart. */
const MOST_LANES = 8;
/** Sequence numbers of a camera that are remembered: what comes twice is not data that came late. */
const SEQUENCES_KEPT = 4096;

interface Lane {
  readonly number: number;
  readonly late: boolean;
  readonly fusion: FusionLane;
  silent: boolean;
}

interface Floor {
  readonly plan: FloorPlan;
  readonly names: TrackNames;
  /** The first is that of the reports that come in time. */
  lanes: Lane[];
  readonly seen: Map<string, Set<string>>;
  future: number;
  late: number;
}

/** @throws RangeError where a step is not a positive number of milliseconds. */
export function createFusion(options: FusionOptions): Fusion {
  const { site, plans, stepMs = 200, disorderSeconds = 2, futureSeconds = 10, fuse, continuations } = options;
  const { silenceSeconds = 15, forgetSeconds = 900 } = options;
  if (!(stepMs >= 1)) throw new RangeError(`stepMs (${stepMs}) must be 1 or more`);
  let laneNumber = 0;
  const floors = new Map<string, Floor>();
  for (const plan of plans) {
    floors.set(plan.id, { plan, names: new TrackNames(), lanes: [], seen: new Map(), future: 0, late: 0 });
  }

  const open = ({ plan, names, lanes }: Floor): Lane => {
    const laneOptions: LaneOptions = {
      floor: plan.id,
      plan,
      names,
      stepMs,
      disorderMs: disorderSeconds * 1000,
      ...(fuse ? { fuse } : {}),
      ...(continuations ? { continuations } : {}),
    };
    const lane = { number: laneNumber++, late: lanes.length > 0, fusion: new FusionLane(laneOptions), silent: false };
    lanes.push(lane);
    return lane;
  };

  const isNew = (floor: Floor, camera: string, { report }: ReceivedReport): boolean => {
    const key = `${report.epoch} ${report.sequence}`;
    let seen = floor.seen.get(camera);
    if (!seen) {
      seen = new Set();
      floor.seen.set(camera, seen);
    }
    if (seen.has(key)) return false;
    seen.add(key);
    if (seen.size > SEQUENCES_KEPT) for (const oldest of seen) return seen.delete(oldest);
    return true;
  };

  /** The lane that a report belongs to; null where there are too many already. */
  const laneFor = (floor: Floor, received: ReceivedReport): Lane | null => {
    const [main = open(floor), ...late] = floor.lanes;
    if (main.fusion.isInTime(received)) return main;
    const near = late.find((lane) => lane.fusion.isNear(received));
    if (near) return near;
    return floor.lanes.length < MOST_LANES ? open(floor) : null;
  };

  const tell = (
    floor: Floor,
    lane: Lane,
    decide: (fusion: FusionLane, news: FusionNews) => unknown,
    { settled = false, silent = false, over = false } = {},
  ): FloorNews[] => {
    const gathered: FusionNews = { samples: [], tracks: [], continuations: [] };
    const { fusion, number, late } = lane;
    const before = fusion.nextMs;
    decide(fusion, gathered);
    if (over) {
      fusion.fusion.finish(gathered);
      floor.lanes = floor.lanes.filter((other) => other !== lane);
    }
    if (!settled && !silent && !over && (fusion.nextMs === before || Number.isNaN(fusion.nextMs))) return [];
    const { nextMs: beforeMs, heardMs: receivedAtMs } = fusion;
    return [{ floor: floor.plan.id, lane: number, late, beforeMs, receivedAtMs, settled, silent, over, ...gathered }];
  };

  const finish = (floor: Floor, lane: Lane): FloorNews[] =>
    tell(floor, lane, (fusion, news) => fusion.decideAll(news), { over: true });

  /** A camera whose reports come in another lane from now on. @returns the last news of lanes without a camera. */
  const moveTo = (floor: Floor, camera: string, lane: Lane): FloorNews[] =>
    [...floor.lanes].flatMap((other) => {
      if (other === lane || !other.late || !other.fusion.hears(camera)) return [];
      other.fusion.leave(camera);
      return other.fusion.deserted ? finish(floor, other) : [];
    });

  return {
    onReports: (reports) => {
      const touched = new Map<Lane, Floor>();
      const news: FloorNews[] = [];
      for (const received of reports) {
        const { address, report, receivedAtMs } = received;
        const floor = floors.get(address.floor);
        if (!floor || address.site !== site) continue;
        const camera = `${address.device}/${address.camera}`;
        if (report.toMs > receivedAtMs + futureSeconds * 1000) {
          floor.future++;
          continue;
        }
        if (!isNew(floor, camera, received)) continue;
        const lane = laneFor(floor, received);
        if (!lane) {
          floor.late++;
          continue;
        }
        news.push(...moveTo(floor, camera, lane));
        lane.silent = false;
        lane.fusion.take(camera, received);
        touched.set(lane, floor);
      }
      for (const [lane, floor] of touched) news.push(...tell(floor, lane, (fusion, told) => fusion.decideDue(told)));
      return news;
    },

    advance: (nowMs) =>
      [...floors.values()].flatMap((floor) =>
        [...floor.lanes].flatMap((lane) => {
          const quietMs = nowMs - lane.fusion.heardMs;
          if (quietMs > (lane.late ? LATE_LANE_OVER_MS : forgetSeconds * 1000)) return finish(floor, lane);
          const silent = !lane.silent && quietMs > silenceSeconds * 1000;
          lane.silent ||= silent;
          const settled = lane.fusion.isDue(nowMs);
          if (!settled && !silent) return [];
          return tell(floor, lane, (fusion, news) => settled && fusion.decideAll(news), { settled, silent });
        }),
      ),

    restore: (known) => {
      for (const { floor, person, tracks, seenMs } of known) {
        floors.get(floor)?.names.restore(tracks, person, seenMs);
      }
    },

    report: (id) => {
      const floor = floors.get(id);
      if (!floor) return null;
      const main = floor.lanes[0] ?? open(floor);
      const { fusion } = main.fusion;
      const counts = {
        ...fusion.counts,
        invalid: fusion.counts.invalid + floor.future,
        late: fusion.counts.late + floor.late,
      };
      return { clocks: fusion.clockReports(), disagreements: fusion.disagreements(), counts };
    },
  };
}
