/** Scoring as the hub calls it: reports in, episodes and alert transitions out. Pure: no clock, no store, no broker. */
import type { CameraAddress, CameraReport, FloorPlan } from '@safe-passage/contract';
import { StoryDecider } from '../alert/decide.ts';
import { DEFAULT_POLICY, type Policy } from '../alert/policy.ts';
import type { AlertTransition, OngoingAlert } from '../alert/transition.ts';
import { type DwellOptions, DwellScorer } from './dwell.ts';
import type { DwellEvent, EpisodeRecord } from './episode.ts';
import { episodeRecord } from './episodeRecord.ts';
import type { MovementRecord } from './movementRecord.ts';
import { ReportOrder } from './reportOrder.ts';
import { compileZones } from './zones.ts';

export interface ReceivedReport {
  readonly address: CameraAddress;
  readonly report: CameraReport;
  /** When the hub had it, ms since the epoch. */
  readonly receivedAtMs: number;
}

export interface ScoringOutput {
  /** To upsert, in this order. */
  readonly episodes: readonly EpisodeRecord[];
  /** The same of movements of several people. */
  readonly movements: readonly MovementRecord[];
  /** To store and to publish, in this order. */
  readonly alerts: readonly AlertTransition[];
}

/** What the store knew when the hub stopped. */
export interface StoredState {
  /** Every episode whose `to` lies in the replayed stretch or that is open. */
  readonly episodes: readonly EpisodeRecord[];
  /** Stays from before that stretch which belong to one of the alerts. */
  readonly earlier: readonly EpisodeRecord[];
  /** Every movement of several people in that stretch, that is open, or that belongs to one of the alerts. */
  readonly movements: readonly MovementRecord[];
  /** Every alert whose `to` lies in the replayed stretch or that is live. */
  readonly alerts: readonly OngoingAlert[];
  /** The reports of the last minutes, any order. Five minutes are plenty. */
  readonly reports: readonly ReceivedReport[];
}

export interface Scoring {
  /** Takes committed reports in any order; duplicates are harmless. */
  onReports(reports: readonly ReceivedReport[]): ScoringOutput;
  /** Lets time pass where nothing arrives. Call it about once a second with the hub's clock. */
  advance(nowMs: number): ScoringOutput;
  /** Before the first report after a start. Gives back only what the store does not have yet. */
  restore(stored: StoredState): ScoringOutput;
}

export interface ScoringOptions {
  readonly site: string;
  readonly plans: readonly FloorPlan[];
  /** Default: the built-in policy 1. */
  readonly policy?: Policy;
  readonly dwell?: Partial<DwellOptions>;
  /** How long a missing sequence number is waited for. Default 5 s. */
  readonly reorderSeconds?: number;
  /** A camera that says nothing for this long has no open episodes. Default 15 s. */
  readonly silenceSeconds?: number;
  /** A camera that says nothing for this long is forgotten. Default 15 min. */
  readonly forgetSeconds?: number;
}

/** An open episode is stored again when it grew by this much: less would only wear the disk. */
const STORE_EVERY_MS = 5000;
/** How long the decider remembers an alert whose movement ended, in the time of the reports. */
const REMEMBER_ALERTS_MS = 3_600_000;

interface Floor {
  readonly id: string;
  readonly scorer: DwellScorer;
  readonly decider: StoryDecider;
  newestMs: number;
  cleanedMs: number;
}

interface Camera {
  readonly name: string;
  readonly floor: Floor;
  readonly order: ReportOrder;
  receivedAtMs: number;
}

/** @throws RangeError where a zone encloses no area or the options contradict each other. */
export function createScoring(options: ScoringOptions): Scoring {
  const { site, policy = DEFAULT_POLICY, reorderSeconds = 5, silenceSeconds = 15, forgetSeconds = 900 } = options;
  const floors = new Map<string, Floor>();
  for (const plan of options.plans) {
    floors.set(plan.id, {
      id: plan.id,
      scorer: new DwellScorer(compileZones(plan), options.dwell),
      decider: new StoryDecider({ site, plan, policy }),
      newestMs: Number.NEGATIVE_INFINITY,
      cleanedMs: Number.NEGATIVE_INFINITY,
    });
  }
  const cameras = new Map<string, Camera>();
  /** Up to when an open episode was given out to be stored. */
  const storedMs = new Map<string, number>();

  const cameraOf = (address: CameraAddress): Camera | null => {
    const floor = floors.get(address.floor);
    if (!floor || address.site !== site) return null;
    const name = `${site}/${address.floor}/${address.device}/${address.camera}`;
    let camera = cameras.get(name);
    if (!camera) {
      camera = { name, floor, order: new ReportOrder(reorderSeconds * 1000), receivedAtMs: Number.NEGATIVE_INFINITY };
      cameras.set(name, camera);
    }
    return camera;
  };

  const take = (
    events: readonly DwellEvent[],
    floor: Floor,
    receivedAtMs: number,
    episodes: EpisodeRecord[],
    alerts: AlertTransition[],
  ): void => {
    for (const event of events) {
      const record = episodeRecord(event.episode, site, floor.id);
      const { id, toMs, open } = record;
      const transitions = floor.decider.decide(event, receivedAtMs);
      alerts.push(...transitions);
      const grown = toMs - (storedMs.get(id) ?? Number.NEGATIVE_INFINITY);
      if (event.kind !== 'grew' || transitions.length > 0 || grown >= STORE_EVERY_MS) {
        episodes.push(record);
        storedMs.set(id, toMs);
      }
      if (!open) storedMs.delete(id);
      floor.newestMs = Math.max(floor.newestMs, toMs);
    }
    if (floor.newestMs - floor.cleanedMs > REMEMBER_ALERTS_MS) {
      floor.decider.forgetBefore(floor.newestMs - REMEMBER_ALERTS_MS);
      floor.cleanedMs = floor.newestMs;
    }
  };

  const score = (camera: Camera, due: ReturnType<ReportOrder['take']>, output: MutableOutput): void => {
    for (const { received, late } of due) {
      const { report } = received;
      if (report.schema !== 'track-report/1') continue;
      const events = camera.floor.scorer.push(camera.name, report, late);
      take(events, camera.floor, received.receivedAtMs, output.episodes, output.alerts);
    }
  };

  const onReports = (reports: readonly ReceivedReport[]): MutableOutput => {
    const output: MutableOutput = { episodes: [], movements: [], alerts: [] };
    for (const received of reports) {
      const camera = cameraOf(received.address);
      if (!camera) continue;
      camera.receivedAtMs = Math.max(camera.receivedAtMs, received.receivedAtMs);
      score(camera, camera.order.take(received), output);
    }
    return output;
  };

  return {
    onReports,

    advance: (nowMs) => {
      const output: MutableOutput = { episodes: [], movements: [], alerts: [] };
      for (const [name, camera] of cameras) {
        score(camera, camera.order.advance(nowMs), output);
        const silentSeconds = (nowMs - camera.receivedAtMs) / 1000;
        const { scorer } = camera.floor;
        if (silentSeconds <= silenceSeconds) continue;
        const forget = silentSeconds > forgetSeconds;
        const events = forget ? scorer.forget(name) : scorer.silence(name);
        take(events, camera.floor, nowMs, output.episodes, output.alerts);
        if (forget) cameras.delete(name);
      }
      return output;
    },

    restore: (stored) => {
      const known = new Map<string, EpisodeRecord>();
      for (const record of stored.episodes) {
        const floor = floors.get(record.floor);
        if (!floor) continue;
        known.set(record.id, record);
        floor.scorer.restore(record);
        if (record.open) storedMs.set(record.id, record.toMs);
      }
      for (const floor of floors.values()) {
        const here = (one: { readonly floor: string }): boolean => one.floor === floor.id;
        floor.decider.restore({
          alerts: stored.alerts.filter(here),
          dwells: [...stored.earlier, ...stored.episodes].filter(here),
          movements: stored.movements.filter(here),
        });
      }
      const inOrder = [...stored.reports].sort((a, b) => a.report.sequence - b.report.sequence);
      const output = onReports(inOrder);
      const latestMs = Math.max(0, ...inOrder.map((received) => received.receivedAtMs));
      for (const floor of floors.values()) output.alerts.push(...floor.decider.settle(latestMs));
      return {
        alerts: output.alerts,
        // What was under way is over until its scorer finds it again.
        movements: stored.movements
          .filter((movement) => movement.open)
          .map((movement) => ({ ...movement, open: false })),
        episodes: output.episodes.filter((record) => {
          const before = known.get(record.id);
          return !before || before.toMs !== record.toMs || before.open !== record.open;
        }),
      };
    },
  };
}

interface MutableOutput {
  readonly episodes: EpisodeRecord[];
  readonly movements: MovementRecord[];
  readonly alerts: AlertTransition[];
}
