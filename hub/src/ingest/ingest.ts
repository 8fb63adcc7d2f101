/**
 * From the broker to the store: screen, group, commit, and only then acknowledge, send receipts, and hand over what is
 * new. Taking messages never waits for the database; it stops when too much waits.
 */
import { tlsAlert } from '@safe-passage/cli';
import {
  type CameraAddress,
  type ClockAnswer,
  hubSubscriptions,
  type PrivacyLevel,
  receiptsTopic,
} from '@safe-passage/contract';
import type { Logger } from 'pino';
import type { CameraView } from '../api/schemas.ts';
import type { BrokerConfig } from '../config.ts';
import { isTrackReport, type ReportListener, type Store } from '../store/index.ts';
import { isCountReport } from '../store/located.ts';
import { BrokerConnection, type Delivery } from './brokerConnection.ts';
import { GrowingHistogram, type IngestCounters } from './counters.ts';
import { type CommitLimits, type CommittedBatch, DEFAULT_LIMITS, GroupCommit } from './groupCommit.ts';
import { Receipts } from './receipts.ts';
import { screen } from './screen.ts';
import { SharedNames, withSharedNames } from './sharedNames.ts';
import { ToldOnce } from './toldOnce.ts';

export interface IngestOptions {
  readonly site: string;
  /** Only these floors; absent: all. */
  readonly floors?: readonly string[];
  readonly broker: BrokerConfig;
  readonly store: Pick<Store, 'reports' | 'quarantine' | 'devices'>;
  /** What is older is refused; asked for every message. */
  readonly tracksHours: number;
  /** The same for counts; absent: as tracks. */
  readonly countsHours?: number;
  /** What a camera may send by the policy in force; asked for every message. Absent: tracks. */
  readonly privacyLevel?: (address: CameraAddress) => PrivacyLevel;
  /** Ids of the floors that have a plan: reports of others are stored, and told of. Absent: none is asked for. */
  readonly plannedFloors?: readonly string[];
  readonly logger: Logger;
  /** New reports after their commit. While a call is under way one further batch is committed and no more. */
  readonly onReports?: ReportListener;
  /** Devices whose status or health has changed, as they stand. */
  readonly onDevices?: (views: readonly CameraView[]) => void;
  readonly limits?: CommitLimits;
}

export interface Ingest {
  /** A snapshot. */
  readonly counters: () => IngestCounters;
  /** Publishes over the same connection: alerts, commands and, retained, checkpoints of the audit, QoS 1. @returns when the broker has it. */
  readonly publish: (topic: string, text: string, retain?: boolean) => Promise<void>;
  /** Commits and acknowledges what was taken, sends receipts, says goodbye. The session stays at the broker. */
  readonly stop: () => Promise<void>;
}

const HOUR_MS = 3_600_000;
const DRAIN_MS = 5_000;
const RECEIPTS_MS = 2_000;
const REFUSAL_TOLD_MS = 60_000;
const MOST_CAMERAS_TOLD = 8;
const COMMIT_SECONDS = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5, 30];
const BATCH_MESSAGES = [1, 2, 5, 10, 20, 50, 100, 200, 512];

// The message alone: the detail of a database error quotes rows.
const messageOf = (problem: unknown): string => (problem instanceof Error ? problem.message : String(problem));

/** A count of everything, changed in one place. */
class Tally {
  messages = 0;
  bytes = 0;
  reports = 0;
  positions = 0;
  gaps = 0;
  counts = 0;
  duplicates = 0;
  quarantined = 0;
  finerThanAllowed = 0;
  withoutPlan = 0;
  commitRetries = 0;
  lagSeconds = 0;
  readonly commitSeconds = new GrowingHistogram(COMMIT_SECONDS);
  readonly batchMessages = new GrowingHistogram(BATCH_MESSAGES);

  committed(batch: CommittedBatch, nowMs: number): void {
    const reports = batch.written.fresh.filter(isTrackReport);
    this.reports += reports.length;
    const counts = batch.written.fresh.filter(isCountReport).length;
    this.counts += counts;
    this.gaps += batch.written.fresh.length - reports.length - counts;
    this.positions += batch.written.positions;
    this.duplicates += batch.written.duplicates;
    this.quarantined += batch.quarantined;
    this.finerThanAllowed += batch.finerThanAllowed;
    this.commitSeconds.observe(batch.seconds);
    this.batchMessages.observe(batch.deliveries.length);
    const newest = reports.reduce((latest, { report }) => Math.max(latest, report.toMs), 0);
    if (newest > 0) this.lagSeconds = Math.max(0, nowMs - newest) / 1000;
  }
}

/** Starts to connect and to take messages. A broker or a database that is away is waited for. */
export function startIngest(options: IngestOptions): Ingest {
  const { store, logger, site } = options;
  const tally = new Tally();
  // Without a user name and password that somebody may have put into the URL.
  const broker = new URL(options.broker.url).host;
  const problemsTold = new ToldOnce();
  let refusalToldAt = Number.NEGATIVE_INFINITY;
  let strayToldAt = Number.NEGATIVE_INFINITY;
  let sharedToldAt = Number.NEGATIVE_INFINITY;
  const sharedNames = new SharedNames();
  let handing: Promise<void> = Promise.resolve();

  /** A device whose floor is misspelt looks healthy and is never scored. */
  const noteStrays = ({ written }: CommittedBatch): void => {
    const { plannedFloors } = options;
    if (!plannedFloors) return;
    const strays = written.fresh.filter(({ address }) => !plannedFloors.includes(address.floor));
    tally.withoutPlan += strays.length;
    if (strays.length === 0 || performance.now() < strayToldAt + REFUSAL_TOLD_MS) return;
    strayToldAt = performance.now();
    const cameras = new Set(strays.map(({ address: { floor, device, camera } }) => `${floor}/${device}/${camera}`));
    logger.error(
      { cameras: [...cameras].slice(0, MOST_CAMERAS_TOLD), plannedFloors, sinceStart: tally.withoutPlan },
      'reports are stored of a floor that has no plan, and nothing is looked for there: mend floor in edge.yaml of these devices, or add its plan to floors in hub.yaml',
    );
  };

  /** What two agents of one name report is stored as if one camera had seen it. */
  const noteShared = (): void => {
    const devices = sharedNames.names(Date.now());
    if (devices.length === 0 || performance.now() < sharedToldAt + REFUSAL_TOLD_MS) return;
    sharedToldAt = performance.now();
    logger.error(
      { devices: devices.slice(0, MOST_CAMERAS_TOLD), count: devices.length },
      'two agents use one name of a device, and what both report is stored as if one had: stop one of them, or give it a device of its own in its edge.yaml',
    );
  };

  const handOver = async (batch: CommittedBatch): Promise<void> => {
    // One batch may be under way; before a second one is handed over it must be done: order, and bounded memory.
    await handing;
    if (batch.handOver.length === 0 || !options.onReports) return;
    const listener = options.onReports;
    handing = (async () => {
      try {
        await listener(batch.handOver);
      } catch (problem) {
        logger.error({ reason: messageOf(problem) }, 'new reports are stored but could not be handed on');
      }
    })();
  };

  const commit = new GroupCommit(
    store,
    {
      onCommitted: async (batch) => {
        connection.acknowledge(batch.deliveries);
        receipts.add(batch.receipts);
        tally.committed(batch, Date.now());
        // A device does it every second: once a minute says enough, and the count stands in the metrics.
        if (batch.finerThanAllowed > 0 && performance.now() >= refusalToldAt + REFUSAL_TOLD_MS) {
          refusalToldAt = performance.now();
          logger.error(
            { sinceStart: tally.finerThanAllowed },
            'TRACKS WERE REFUSED: a device sends them where counts alone may be sent; the list of refused messages names it',
          );
        }
        noteStrays(batch);
        if (batch.quarantined > 0) logger.warn({ count: batch.quarantined }, 'messages were refused and quarantined');
        noteShared();
        if (batch.devices.length > 0)
          options.onDevices?.(withSharedNames(batch.devices, sharedNames.names(Date.now())));
        await handOver(batch);
      },
      onRoom: () => {
        logger.info('taking messages again');
        connection.resume();
      },
      onRetry: (problem, attempt) => {
        tally.commitRetries++;
        logger.warn({ attempt, reason: messageOf(problem) }, 'the database did not take a batch; trying again');
      },
      onDefect: (problem) => logger.error({ reason: messageOf(problem) }, 'a batch failed and is not acknowledged'),
    },
    options.limits ?? DEFAULT_LIMITS,
  );

  /** What each camera last said of itself: one that says that it counts is not believed when it sends tracks. */
  const said = new Map<string, PrivacyLevel>();
  const levelOf = (address: CameraAddress): PrivacyLevel =>
    said.get(`${address.floor}/${address.device}/${address.camera}`) === 'counts'
      ? 'counts'
      : (options.privacyLevel?.(address) ?? 'tracks');

  const onMessage = (delivery: Delivery): boolean => {
    const nowMs = Date.now();
    tally.messages++;
    tally.bytes += delivery.payload.length;
    const { tracksHours, countsHours = tracksHours } = options;
    const limits = {
      nowMs,
      oldestMs: nowMs - tracksHours * HOUR_MS,
      oldestCountsMs: nowMs - Math.min(tracksHours, countsHours) * HOUR_MS,
    };
    const screened = screen(delivery.topic, delivery.payload, limits, levelOf);
    if (screened.kind === 'device' && screened.update.status) {
      const { place, camera, status } = screened.update;
      said.set(`${place.floor}/${place.device}/${camera}`, status.privacyLevel);
    }
    if (screened.kind === 'device') sharedNames.hear(screened.update, nowMs);
    if (screened.kind === 'nothing') {
      connection.acknowledge([delivery]);
      return true;
    }
    if (screened.kind === 'device' && screened.update.health !== null) {
      const { place, camera, health } = screened.update;
      const answer: ClockAnswer = {
        schema: 'clock-answer/1',
        camera,
        askedMs: health.timeMs,
        hubMs: Date.now(),
      };
      connection.say(receiptsTopic(place), JSON.stringify(answer));
    }
    const hadRoom = !commit.full;
    const room = commit.add({ screened, delivery });
    if (hadRoom && !room) logger.warn('the database lags behind: taking no more messages for the moment');
    return room;
  };

  const subscriptions = (options.floors ?? [undefined]).flatMap((floor) =>
    Object.values(hubSubscriptions(site, floor)),
  );
  const connection = new BrokerConnection(options.broker, subscriptions, {
    onMessage,
    onLost: (stream) => commit.forget(stream),
    onState: (state) => {
      logger.info({ broker, state }, 'broker');
      problemsTold.clear();
      if (state === 'connected') receipts.flush();
    },
    onProblem: ({ message }) => {
      const alert = tlsAlert(message);
      const reason =
        alert === null ? message : `the broker ends the connection: ${alert}; look at broker.cert of hub.yaml`;
      // It is tried every second: say each thing once, until it stands or breaks again.
      if (problemsTold.isNews(reason)) logger.warn({ broker, reason }, 'broker: trying again');
    },
  });
  const receipts = new Receipts(
    (topic, text) => connection.publish(topic, text),
    () => connection.connected,
  );

  return {
    counters: () => ({
      connected: connection.connected,
      messages: tally.messages,
      bytes: tally.bytes,
      reports: tally.reports,
      positions: tally.positions,
      gaps: tally.gaps,
      counts: tally.counts,
      duplicates: tally.duplicates,
      quarantined: tally.quarantined,
      finerThanAllowed: tally.finerThanAllowed,
      withoutPlan: tally.withoutPlan,
      sharedNames: sharedNames.names(Date.now()),
      commitRetries: tally.commitRetries,
      pendingMessages: commit.pendingMessages,
      pendingBytes: commit.pendingBytes,
      backPressure: commit.full,
      lagSeconds: tally.lagSeconds,
      commitSeconds: tally.commitSeconds,
      batchMessages: tally.batchMessages,
    }),
    publish: (topic, text, retain) => connection.publish(topic, text, retain),
    stop: async () => {
      connection.close();
      await commit.drain(DRAIN_MS);
      await handing;
      await receipts.drain(RECEIPTS_MS);
      await connection.end();
    },
  };
}
