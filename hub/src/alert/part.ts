/**
 * Scoring as a part of the running hub: the clock, the store and the broker around the pure scorer. Starts by replaying
 * the last minutes, so that a restart is not noticed.
 */
import { hash } from 'node:crypto';
import type { FloorPlan } from '@safe-passage/contract';
import { type AuditValue, canonicalJson } from '../audit/entry.ts';
import type { FloorShare } from '../floorShare.ts';
import type { ReceivedReport } from '../fuse/receivedReport.ts';
import type { FloorAnalysis } from '../privacy/analysis.ts';
import type { EpisodeRecord } from '../score/episode.ts';
import type { MovementRecord } from '../score/movementRecord.ts';
import type { PersonSegment } from '../score/personSegment.ts';
import { createScoring } from '../score/scoring.ts';
import type { ScoringOutput, StoredState } from '../score/scoringOutput.ts';
import type { AuditLog } from '../store/audit/audit.ts';
import { DEFAULT_POLICY, loadPolicy } from './policy.ts';
import { createRecorder, loadStoredState, type RecorderStore, type SavedAlert } from './recorder.ts';
import type { AlertTransition } from './transition.ts';

export interface AnalysisInForce {
  readonly of: (floor: string) => FloorAnalysis;
  readonly onChange: (listener: () => void) => void;
}

/** As much of the hub as scoring needs. */
export interface ScoringContext {
  readonly config: {
    readonly site: string;
    readonly floors: readonly FloorPlan[];
    /** Which of them are this hub's; absent: all. */
    readonly share?: FloorShare;
    /** null: the built-in policy 2. */
    readonly policyFile: string | null;
  };
  readonly store: RecorderStore;
  readonly logger: {
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
    error(fields: object, message: string): void;
  };
  readonly publish: (topic: string, text: string) => Promise<unknown>;
  /** What may be analysed on a floor, and who wants to hear when that has changed. Absent: everything. */
  readonly analysis?: AnalysisInForce;
  /** Told of the policy that is taken into force. */
  readonly audit?: Pick<AuditLog, 'recordChange'>;
}

export interface ScoringPart {
  readonly name: 'scoring';
  readonly onReports: (reports: readonly ReceivedReport[]) => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface ScoringPartOptions {
  /** What the store took as news: for the live view. */
  readonly onAlerts?: (news: readonly SavedAlert[]) => void;
  /** Where persons were, as soon as it is known: for the live view. */
  readonly onPersons?: (segments: readonly PersonSegment[]) => void;
  /** Who is together on a floor, beside what was said of its persons; null where groups may not be looked for. */
  readonly onGroups?: (floor: string, groups: readonly (readonly string[])[] | null) => void;
  /** How far back a start replays. Default 5 min. */
  readonly replaySeconds?: number;
  /** How often time passes where nothing arrives, and how often a failed write is tried again. Default 1 s. */
  readonly tickSeconds?: number;
}

/** The last word about each thing, while it waits to be recorded. */
class LastWords<T> {
  readonly #idOf: (word: T) => string;
  #words = new Map<string, T>();

  constructor(idOf: (word: T) => string) {
    this.#idOf = idOf;
  }

  get size(): number {
    return this.#words.size;
  }

  add(words: readonly T[]): void {
    for (const word of words) this.#words.set(this.#idOf(word), word);
  }

  /** What was said since then stands. */
  putBack(words: readonly T[]): void {
    for (const word of words) if (!this.#words.has(this.#idOf(word))) this.#words.set(this.#idOf(word), word);
  }

  take(): T[] {
    const words = [...this.#words.values()];
    this.#words = new Map();
    return words;
  }
}

/** Seconds of persons that wait while the database does not answer; beyond, the oldest are given up. Their tracks are stored. */
const MOST_SEGMENTS = 200_000;

/** What still has to be recorded: the last word about each episode and alert, so that it stays small while it waits. */
class Unrecorded {
  #persons: PersonSegment[] = [];
  readonly #episodes = new LastWords<EpisodeRecord>(({ id }) => id);
  readonly #movements = new LastWords<MovementRecord>(({ id }) => id);
  readonly #alerts = new LastWords<AlertTransition>(({ alert }) => alert.id);

  add({ persons, episodes, movements, alerts }: ScoringOutput): void {
    this.#persons.push(...persons);
    this.#episodes.add(episodes);
    this.#movements.add(movements);
    this.#alerts.add(alerts);
  }

  /** Puts back what could not be recorded. */
  putBack({ persons, episodes, movements, alerts }: ScoringOutput): void {
    this.#persons = [...persons, ...this.#persons].slice(-MOST_SEGMENTS);
    this.#episodes.putBack(episodes);
    this.#movements.putBack(movements);
    this.#alerts.putBack(alerts);
  }

  take(): ScoringOutput {
    const persons = this.#persons;
    this.#persons = [];
    return {
      persons,
      episodes: this.#episodes.take(),
      movements: this.#movements.take(),
      alerts: this.#alerts.take(),
    };
  }

  get empty(): boolean {
    return this.#persons.length + this.#episodes.size + this.#movements.size + this.#alerts.size === 0;
  }
}

/** How much further back a start replays where late data was being scored. */
const LATE_REPLAY_MS = 3_600_000;

/** What another hub's floors left in the store is that hub's to go on with. */
function ofFloors(stored: StoredState, { floors }: FloorShare): StoredState {
  const own = <T extends { readonly floor: string }>(records: readonly T[]): T[] =>
    records.filter(({ floor }) => floors.includes(floor));
  return {
    episodes: own(stored.episodes),
    earlier: own(stored.earlier),
    movements: own(stored.movements),
    alerts: own(stored.alerts),
    tracks: own(stored.tracks),
    reports: stored.reports.filter(({ address }) => floors.includes(address.floor)),
  };
}

const reasonOf = (problem: unknown): string => (problem instanceof Error ? problem.message : String(problem));

/**
 * @returns what starts scoring within a hub.
 */
export function scoringPart(options: ScoringPartOptions = {}): (context: ScoringContext) => Promise<ScoringPart> {
  const { onAlerts, onPersons, onGroups, replaySeconds = 300, tickSeconds = 1 } = options;
  return async ({ config, store, logger, publish, audit, analysis }) => {
    const policy =
      config.policyFile === null
        ? DEFAULT_POLICY
        : await loadPolicy(config.policyFile, (note) => logger.warn({ policy: config.policyFile }, note));
    await audit?.recordChange({
      atMs: Date.now(),
      actor: 'hub',
      action: 'policy.alerts',
      subject: config.site,
      detail: { version: policy.version, digest: hash('sha256', canonicalJson(policy as unknown as AuditValue)) },
    });
    const { share } = config;
    const plans = share ? config.floors.filter(({ id }) => share.floors.includes(id)) : config.floors;
    const scoring = createScoring({
      site: config.site,
      plans,
      policy,
      ...(analysis ? { analysis: analysis.of } : {}),
    });
    const recorder = createRecorder({
      site: config.site,
      store,
      publish,
      onUnpublished: (notice, problem) =>
        logger.warn(
          { alert: notice.id, reason: reasonOf(problem) },
          'an alert is stored, but its notice was not published',
        ),
    });

    const unrecorded = new Unrecorded();
    let writing: Promise<void> | null = null;
    const write = async (): Promise<void> => {
      while (!unrecorded.empty) {
        const output = unrecorded.take();
        try {
          const news = await recorder.record(output);
          if (news.length > 0) onAlerts?.(news);
        } catch (problem) {
          unrecorded.putBack(output);
          logger.error({ reason: reasonOf(problem) }, 'episodes and alerts could not be stored: trying again');
          return;
        }
      }
    };
    /** One write at a time: the store's words stay in order. */
    const flush = (): Promise<void> => {
      writing ??= write().finally(() => {
        writing = null;
      });
      return writing;
    };

    const fromMs = Date.now() - replaySeconds * 1000;
    const window = { fromMs, earliestMs: fromMs - LATE_REPLAY_MS };
    const loaded = await loadStoredState(store, config.site, window, (id, why) =>
      logger.warn({ episode: id, reason: why }, 'a stored episode cannot be continued and is scored anew'),
    );
    const stored = share ? ofFloors(loaded, share) : loaded;
    unrecorded.add(scoring.restore(stored));
    logger.info(
      { policy: policy.version, reports: stored.reports.length, episodes: stored.episodes.length },
      'scoring goes on where it stopped',
    );

    const take = (output: ScoringOutput): void => {
      unrecorded.add(output);
      if (output.persons.length === 0) return;
      onPersons?.(output.persons);
      for (const floor of new Set(output.persons.map((one) => one.floor))) onGroups?.(floor, scoring.groups(floor));
    };

    const timer = setInterval(() => {
      take(scoring.advance(Date.now()));
      flush().catch((problem: unknown) => logger.error({ reason: reasonOf(problem) }, 'scoring'));
    }, tickSeconds * 1000);

    analysis?.onChange(() => {
      take(scoring.allow(analysis.of, Date.now()));
      logger.warn({}, 'another list of what may be analysed is in force: scorers that it does not name have ended');
    });

    return {
      name: 'scoring',
      onReports: async (reports) => {
        take(scoring.onReports(reports));
        await flush();
      },
      stop: async () => {
        clearInterval(timer);
        await flush();
      },
    };
  };
}
