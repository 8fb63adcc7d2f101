/**
 * Keeps what scoring decided and tells whoever listens: episodes and alerts into the store, then one notice for each alert
 * that the store took as news. What reviewers did with an alert is not touched: the store keeps it apart.
 */
import { type AlertNotice, alertsTopic, checker, describeProblems } from '@safe-passage/contract';
import type { AlertSummary } from '../api/schemas.ts';
import type { KnownTracks } from '../fuse/fusion.ts';
import type { ReceivedReport } from '../fuse/receivedReport.ts';
import { EpisodeDetail, type EpisodeRecord } from '../score/episode.ts';
import { isMovementPattern, MovementDetail, type MovementRecord } from '../score/movementRecord.ts';
import type { PersonSegment } from '../score/personSegment.ts';
import type { ScoringOutput, StoredState } from '../score/scoringOutput.ts';
import type { AlertRecord, OngoingAlert } from './transition.ts';

/** An episode as a store gives it back: nothing is known of its detail yet. */
export type StoredEpisode = Omit<EpisodeRecord, 'site' | 'detail'> & { readonly detail: object };

/** The same of a movement of several people. */
export type StoredMovement = Omit<MovementRecord, 'site' | 'pattern' | 'detail'> & {
  readonly pattern: string;
  readonly detail: object;
};

/** What the store made of an alert. */
export interface SavedAlert {
  /** `raised`: it was not there before. `closed`: the movement ended with this very word. */
  readonly event: 'raised' | 'updated' | 'closed';
  readonly alert: AlertSummary;
}

/** As much of the store as recording needs. */
export interface RecorderStore {
  readonly episodes: {
    upsert(episodes: readonly EpisodeRecord[]): Promise<void>;
    ongoing(sinceMs: number): Promise<readonly StoredEpisode[]>;
    byIds(ids: readonly string[]): Promise<readonly StoredEpisode[]>;
  };
  readonly movements: {
    upsert(movements: readonly MovementRecord[]): Promise<void>;
    ongoing(sinceMs: number): Promise<readonly StoredMovement[]>;
    byIds(ids: readonly string[]): Promise<readonly StoredMovement[]>;
  };
  readonly alerts: {
    save(alerts: readonly AlertRecord[]): Promise<readonly SavedAlert[]>;
    ongoing(sinceMs: number): Promise<readonly OngoingAlert[]>;
  };
  readonly persons: {
    write(segments: readonly PersonSegment[]): Promise<void>;
    whose(sinceMs: number): Promise<readonly KnownTracks[]>;
  };
  readonly tracks: { replay(query: { readonly fromMs: number }): AsyncIterable<ReceivedReport> };
}

/** Publishes a payload and settles when the broker has it. */
export type Publish = (topic: string, payload: string) => Promise<unknown>;

export interface RecorderOptions {
  readonly site: string;
  readonly store: RecorderStore;
  readonly publish: Publish;
  /** A notice that the broker did not take. The alert itself is stored; nothing is lost but the word of it. */
  readonly onUnpublished: (notice: AlertNotice, problem: unknown) => void;
}

export interface Recorder {
  /**
   * Stores one output of scoring and publishes its news.
   *
   * @returns what the store took as news, for the live view.
   * @throws what the store throws: nothing was published then, and the same output may be recorded again.
   */
  record(output: ScoringOutput): Promise<readonly SavedAlert[]>;
}

const NOTICE_SENTENCE = 400;

/** The word about an alert that goes over MQTT: what it is about, and nobody's pseudonym. */
export function noticeOf({ event, alert }: SavedAlert): AlertNotice {
  return {
    schema: 'alert/1',
    id: alert.id,
    event,
    pattern: alert.pattern,
    site: alert.site,
    floor: alert.floor,
    zone: alert.zone,
    fromMs: alert.fromMs,
    toMs: alert.toMs,
    score: alert.score,
    delayed: alert.delayed,
    sentence: alert.sentence.slice(0, NOTICE_SENTENCE),
    ...(alert.wentOnIn ? { wentOnIn: alert.wentOnIn } : {}),
  };
}

export function createRecorder({ site, store, publish, onUnpublished }: RecorderOptions): Recorder {
  return {
    record: async ({ persons, episodes, movements, alerts }) => {
      if (persons.length > 0) await store.persons.write(persons);
      if (episodes.length > 0) await store.episodes.upsert(episodes);
      if (movements.length > 0) await store.movements.upsert(movements);
      if (alerts.length === 0) return [];
      const saved = await store.alerts.save(alerts.map((transition) => transition.alert));
      for (const news of saved) {
        const notice = noticeOf(news);
        try {
          await publish(alertsTopic(site, notice.pattern), JSON.stringify(notice));
        } catch (problem) {
          onUnpublished(notice, problem);
        }
      }
      return saved;
    },
  };
}

const checkDetail = checker(EpisodeDetail);
const checkMovement = checker(MovementDetail);

export interface ReplayWindow {
  /** Where the replay begins at the latest: a few minutes ago. */
  readonly fromMs: number;
  /** Where it begins at the earliest, for a camera whose late data was being scored. */
  readonly earliestMs: number;
}

/** The replay begins this long before the oldest end of an open episode, so that the way there is known. */
const LEAD_MS = 10_000;

type Unusable = (id: string, why: string) => void;

function usableEpisodes(site: string, rows: readonly StoredEpisode[], onUnusable: Unusable): EpisodeRecord[] {
  return rows.flatMap((stored) => {
    const detail = checkDetail(stored.detail);
    if (detail.ok) return [{ ...stored, site, detail: detail.value }];
    onUnusable(stored.id, describeProblems(detail.problems));
    return [];
  });
}

function usableMovements(site: string, rows: readonly StoredMovement[], onUnusable: Unusable): MovementRecord[] {
  return rows.flatMap((stored) => {
    const detail = checkMovement(stored.detail);
    const { pattern } = stored;
    if (detail.ok && isMovementPattern(pattern)) return [{ ...stored, pattern, site, detail: detail.value }];
    onUnusable(stored.id, detail.ok ? `the pattern "${pattern}" is not known` : describeProblems(detail.problems));
    return [];
  });
}

/**
 * Reads what a restarted scorer needs.
 *
 * @param onUnusable told of an episode whose stored detail this version does not understand: it is scored anew from the
 *   replayed reports.
 */
export async function loadStoredState(
  store: RecorderStore,
  site: string,
  window: ReplayWindow,
  onUnusable: Unusable,
): Promise<StoredState> {
  let { fromMs } = window;
  for (const episode of await store.episodes.ongoing(fromMs)) {
    if (episode.open && episode.toMs - LEAD_MS >= window.earliestMs) fromMs = Math.min(fromMs, episode.toMs - LEAD_MS);
  }
  const episodes = usableEpisodes(site, await store.episodes.ongoing(fromMs), onUnusable);
  const movements = usableMovements(site, await store.movements.ongoing(fromMs), onUnusable);
  const alerts = await store.alerts.ongoing(fromMs);
  // A story may be older than the stretch that is replayed: all of its parts belong to it.
  const known = new Set([...episodes, ...movements].map(({ id }) => id));
  const parts = alerts.flatMap((alert) => alert.parts ?? [alert.id]).filter((id) => !known.has(id));
  const earlier = usableEpisodes(site, await store.episodes.byIds(parts), onUnusable);
  movements.push(...usableMovements(site, await store.movements.byIds(parts), onUnusable));
  const reports: ReceivedReport[] = [];
  for await (const report of store.tracks.replay({ fromMs })) reports.push(report);
  const tracks = await store.persons.whose(fromMs);
  return { episodes, earlier, movements, alerts, tracks, reports };
}
