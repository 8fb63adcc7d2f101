/**
 * Group commit: while one transaction is under way the messages that arrive wait, and then share the next one. Nothing is
 * ever given up because the database is slow or away; what it refuses for its content is quarantined, alone.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CameraView } from '../api/schemas.ts';
import { isAboutRows, type Located, type Store } from '../store/index.ts';
import { type Arrived, isCountReport } from '../store/located.ts';
import type { DeviceUpdate, QuarantineEntry, WrittenBatch } from '../store/store.ts';
import type { Delivery } from './brokerConnection.ts';
import type { ReceiptKey, Screened } from './screen.ts';

export type PendingMessage = {
  readonly screened: Exclude<Screened, { kind: 'nothing' }>;
  readonly delivery: Delivery;
};

export interface CommitLimits {
  /** The most messages in one transaction, and the most bytes of payload. */
  readonly batchMessages: number;
  readonly batchBytes: number;
  /** The most that may wait; beyond it the hub stops reading. */
  readonly waitingMessages: number;
  readonly waitingBytes: number;
  /** How long the first message after a quiet moment waits for company, milliseconds. */
  readonly gatherMs: number;
}

export const DEFAULT_LIMITS: CommitLimits = {
  batchMessages: 512,
  batchBytes: 4 * 1024 * 1024,
  waitingMessages: 8192,
  waitingBytes: 64 * 1024 * 1024,
  gatherMs: 2,
};

/** What one transaction, or the few of a batch that had to be taken apart, did. */
export interface CommittedBatch {
  readonly deliveries: readonly Delivery[];
  readonly receipts: readonly ReceiptKey[];
  readonly written: WrittenBatch;
  /** What listeners have not seen, in order of sequence for each camera. */
  readonly handOver: readonly Located[];
  /** Devices whose status or health has changed, as they stand now. */
  readonly devices: readonly CameraView[];
  readonly quarantined: number;
  /** ... of which tracks from devices that may send counts alone. */
  readonly finerThanAllowed: number;
  readonly seconds: number;
}

export interface CommitEvents {
  /** The next transaction waits for it. */
  readonly onCommitted: (batch: CommittedBatch) => void | Promise<void>;
  /** There was no room and now there is. */
  readonly onRoom: () => void;
  /** A transaction failed and is tried again. `attempt` counts from 1. */
  readonly onRetry: (problem: unknown, attempt: number) => void;
  /** A batch failed in a way that nobody foresaw. It is not acknowledged; the next one goes on. */
  readonly onDefect: (problem: unknown) => void;
}

const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;

const HOUR_MS = 3_600_000;

/** By camera, then by sequence; cameras stay in the order in which they turned up. */
function inSequence(located: readonly Arrived[]): Arrived[] {
  const rank = new Map<string, number>();
  const camera = ({ address }: Arrived) => `${address.floor}/${address.device}/${address.camera}`;
  for (const one of located) if (!rank.has(camera(one))) rank.set(camera(one), rank.size);
  return [...located].sort(
    (a, b) => (rank.get(camera(a)) ?? 0) - (rank.get(camera(b)) ?? 0) || a.report.sequence - b.report.sequence,
  );
}

/** One update for each device: the newest status and the newest health. */
function coalesced(updates: readonly DeviceUpdate[]): DeviceUpdate[] {
  const devices = new Map<string, DeviceUpdate>();
  for (const update of updates) {
    const key = `${update.place.floor}/${update.place.device}`;
    const before = devices.get(key);
    devices.set(key, {
      ...update,
      status: update.status ?? before?.status ?? null,
      health: update.health ?? before?.health ?? null,
    });
  }
  return [...devices.values()];
}

const stateOf = (problem: unknown): string =>
  problem !== null && typeof problem === 'object' && 'code' in problem ? String(problem.code) : 'unknown';

type CommitStore = Pick<Store, 'reports' | 'quarantine' | 'devices'>;

export class GroupCommit {
  readonly #store: CommitStore;
  readonly #limits: CommitLimits;
  readonly #events: CommitEvents;
  readonly #stop = new AbortController();
  #queue: PendingMessage[] = [];
  #bytes = 0;
  #batchMessages = 0;
  #batchBytes = 0;
  #full = false;
  #running: Promise<void> | null = null;

  constructor(store: CommitStore, events: CommitEvents, limits: CommitLimits = DEFAULT_LIMITS) {
    this.#store = store;
    this.#events = events;
    this.#limits = limits;
  }

  /** Messages taken and not committed yet. */
  get pendingMessages(): number {
    return this.#queue.length + this.#batchMessages;
  }

  get pendingBytes(): number {
    return this.#bytes + this.#batchBytes;
  }

  /** Whether `onRoom` is still to come. */
  get full(): boolean {
    return this.#full;
  }

  /** @returns false where there is no room for a further one; this one is taken all the same. */
  add(message: PendingMessage): boolean {
    this.#queue.push(message);
    this.#bytes += message.delivery.payload.length;
    this.#running ??= this.#run();
    if (this.#queue.length >= this.#limits.waitingMessages || this.#bytes >= this.#limits.waitingBytes) {
      this.#full = true;
    }
    return !this.#full;
  }

  /**
   * A connection is gone, and the broker will deliver again what came over it. Where there is room it is committed all the
   * same; where there is none it makes room, or everything would be held twice.
   */
  forget(stream: object): void {
    if (!this.#full) return;
    this.#queue = this.#queue.filter(({ delivery }) => delivery.stream !== stream || delivery.messageId === undefined);
    this.#bytes = this.#queue.reduce((sum, { delivery }) => sum + delivery.payload.length, 0);
    this.#makeRoom();
  }

  /** Commits what waits, but gives up waiting for the database after `patienceMs`. */
  async drain(patienceMs: number): Promise<void> {
    const timer = setTimeout(() => this.#stop.abort(), patienceMs);
    await this.#running;
    clearTimeout(timer);
    this.#stop.abort();
  }

  async #run(): Promise<void> {
    await sleep(this.#limits.gatherMs);
    while (this.#queue.length > 0 && !this.#stop.signal.aborted) {
      const batch = this.#take();
      try {
        await this.#commit(batch);
      } catch (problem) {
        // Stopped while the database was away: what was not committed is not acknowledged, and comes again.
        if (!this.#stop.signal.aborted) this.#events.onDefect(problem);
      }
      this.#batchMessages = 0;
      this.#batchBytes = 0;
    }
    this.#running = null;
  }

  #take(): PendingMessage[] {
    let count = 0;
    let bytes = 0;
    for (const { delivery } of this.#queue) {
      if (
        count >= this.#limits.batchMessages ||
        (count > 0 && bytes + delivery.payload.length > this.#limits.batchBytes)
      ) {
        break;
      }
      count++;
      bytes += delivery.payload.length;
    }
    const batch = this.#queue.slice(0, count);
    this.#queue = this.#queue.slice(count);
    this.#bytes -= bytes;
    this.#batchMessages = count;
    this.#batchBytes = bytes;
    this.#makeRoom();
    return batch;
  }

  #makeRoom(): void {
    const { waitingMessages, waitingBytes } = this.#limits;
    if (!this.#full || this.#queue.length > waitingMessages / 2 || this.#bytes > waitingBytes / 2) return;
    this.#full = false;
    this.#events.onRoom();
  }

  async #commit(batch: readonly PendingMessage[]): Promise<void> {
    const started = performance.now();
    const reports: Arrived[] = [];
    const updates: DeviceUpdate[] = [];
    const refused = new Map<string, QuarantineEntry>();
    const receipts: ReceiptKey[] = [];
    let finerThanAllowed = 0;
    const nowMs = Date.now();
    const refuse = (topic: string, reason: string) => {
      const key = `${topic}\n${reason}`;
      const count = (refused.get(key)?.count ?? 0) + 1;
      refused.set(key, { hourMs: nowMs - (nowMs % HOUR_MS), topic, reason, count });
    };
    for (const { screened } of batch) {
      if (screened.kind === 'report') reports.push(screened.located);
      else if (screened.kind === 'device') updates.push(screened.update);
      else {
        refuse(screened.topic, screened.reason);
        if (screened.finerThanAllowed) finerThanAllowed++;
      }
      if (screened.kind !== 'device' && screened.receipt) receipts.push(screened.receipt);
    }
    const { written, handOver } = await this.#writeReports(inSequence(reports), (located, problem) => {
      const { site, floor, device, camera } = located.address;
      refuse(`${site}/${floor}/${device}/${camera}`, `database: refused with SQLSTATE ${stateOf(problem)}`);
    });
    const devices = await this.#saveDevices(coalesced(updates), (update, problem) => {
      const { site, floor, device } = update.place;
      refuse(`${site}/${floor}/${device}`, `database: refused with SQLSTATE ${stateOf(problem)}`);
    });
    const entries = [...refused.values()];
    if (entries.length > 0) await this.#patiently(() => this.#store.quarantine.add(entries));
    await this.#events.onCommitted({
      deliveries: batch.map(({ delivery }) => delivery),
      receipts,
      written,
      handOver,
      devices,
      quarantined: entries.reduce((sum, entry) => sum + entry.count, 0),
      finerThanAllowed,
      seconds: (performance.now() - started) / 1000,
    });
  }

  /** All in one transaction; where the database refuses a row for its content, each report in one of its own. */
  async #writeReports(
    reports: readonly Arrived[],
    refuse: (located: Arrived, problem: unknown) => void,
  ): Promise<{ written: WrittenBatch; handOver: readonly Located[] }> {
    if (reports.length === 0) return { written: { fresh: [], duplicates: 0, positions: 0 }, handOver: [] };
    try {
      return await this.#write(reports);
    } catch (problem) {
      if (!isAboutRows(problem)) throw problem;
      if (reports.length === 1) {
        for (const report of reports) refuse(report, problem);
        return { written: { fresh: [], duplicates: 0, positions: 0 }, handOver: [] };
      }
    }
    const fresh: Arrived[] = [];
    const handOver: Located[] = [];
    let duplicates = 0;
    let positions = 0;
    for (const report of reports) {
      const one = await this.#writeReports([report], refuse);
      fresh.push(...one.written.fresh);
      handOver.push(...one.handOver);
      duplicates += one.written.duplicates;
      positions += one.written.positions;
    }
    return { written: { fresh, duplicates, positions }, handOver };
  }

  async #write(reports: readonly Arrived[]): Promise<{ written: WrittenBatch; handOver: readonly Located[] }> {
    let attempts = 0;
    const written = await this.#patiently(() => {
      attempts++;
      return this.#store.reports.writeBatch(reports);
    });
    // A commit whose answer was lost makes the next attempt see duplicates that nobody has been told about.
    const handOver = (attempts > 1 ? reports : written.fresh).filter((one): one is Located => !isCountReport(one));
    return { written, handOver };
  }

  /** All at once; where the database refuses something for its content, each device by itself. */
  async #saveDevices(
    updates: readonly DeviceUpdate[],
    refuse: (update: DeviceUpdate, problem: unknown) => void,
  ): Promise<CameraView[]> {
    if (updates.length === 0) return [];
    try {
      return await this.#patiently(() => this.#store.devices.save(updates));
    } catch (problem) {
      if (!isAboutRows(problem)) throw problem;
      const [first, ...others] = updates;
      if (first && others.length === 0) {
        refuse(first, problem);
        return [];
      }
    }
    const views: CameraView[] = [];
    for (const update of updates) views.push(...(await this.#saveDevices([update], refuse)));
    return views;
  }

  /** Tries until it succeeds, is refused for its content, or the hub stops. */
  async #patiently<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work();
      } catch (problem) {
        if (isAboutRows(problem) || this.#stop.signal.aborted) throw problem;
        this.#events.onRetry(problem, attempt);
        const wait = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempt - 1, 10));
        await sleep(wait * (0.75 + Math.random() / 2), undefined, { signal: this.#stop.signal });
      }
    }
  }
}
