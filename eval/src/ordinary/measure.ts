/** What the hub tells of ordinary people. */
import type { MovementEpisode } from '@safe-passage/hub/score/movement.ts';
import { PATTERNS, type StagedPattern } from '../escort/staged.ts';
import { HubScorers } from '../escort/told.ts';
import type { OrdinarySet } from './dataset.ts';
import { plant } from './planted.ts';

/** The most false escorts per 1,000 people on any real recording. */
export const MOST_ESCORTS_PER_THOUSAND = 5;

export interface OrdinaryFound {
  readonly set: OrdinarySet;
  readonly people: number;
  /** All the time that all of them were in sight, hours. */
  readonly personHours: number;
  readonly told: Readonly<Record<StagedPattern, number>>;
  /** Escorts, handovers, flanking and shadowing as they were told last, each once. */
  readonly episodes: readonly MovementEpisode[];
}

/** Without zones: of none of these places a plan was published. */
export function measureOrdinary(set: OrdinarySet): OrdinaryFound {
  const episodes = new Map<string, MovementEpisode>();
  const hub = new HubScorers(set.sampleSeconds, [], undefined, (episode) => episodes.set(episode.key, episode));
  const people = new Set<string>();
  let nowMs = Number.NEGATIVE_INFINITY;
  for (const { timeMs, person, x, y } of set.rows) {
    if (timeMs > nowMs) hub.settle();
    nowMs = timeMs;
    people.add(person);
    hub.observe({ timeMs, person, x, y, sigmaMetres: set.sigmaMetres, measured: true });
  }
  hub.finish();
  const told = Object.fromEntries(PATTERNS.map((pattern) => [pattern, 0])) as Record<StagedPattern, number>;
  for (const { pattern } of hub.told.all) told[pattern]++;
  return {
    set,
    people: people.size,
    personHours: (set.rows.length * set.sampleSeconds) / 3600,
    told,
    episodes: [...episodes.values()],
  };
}

export const perThousand = (count: number, people: number): number => (people > 0 ? (1000 * count) / people : 0);

/** Bounds of the lengths by which planted escorts are broken down, seconds. */
export const PLANTED_LENGTHS = [20, 30, 45, 60] as const;

export interface PlantedFound {
  readonly name: string;
  readonly byLength: readonly { readonly from: number; readonly planted: number; readonly told: number }[];
  /** Escorts of other people than the planted, or the wrong way round. */
  readonly others: number;
}

function escortsOf({ episodes }: OrdinaryFound): Set<string> {
  const named = ({ persons }: MovementEpisode, wanted: string): string =>
    persons.find(({ role }) => role === wanted)?.person ?? '';
  return new Set(
    episodes
      .filter(({ pattern }) => pattern === 'escort')
      .map((episode) => `${named(episode, 'follower')} ${named(episode, 'leader')}`),
  );
}

export function measurePlanted(set: OrdinarySet): PlantedFound {
  const planted = plant(set);
  const told = escortsOf(measureOrdinary(planted.set));
  const byLength = PLANTED_LENGTHS.map((from, i) => {
    const to = PLANTED_LENGTHS[i + 1] ?? Number.POSITIVE_INFINITY;
    const inside = [...planted.escorts].filter(([, seconds]) => seconds >= from && seconds < to);
    return { from, planted: inside.length, told: inside.filter(([pair]) => told.has(pair)).length };
  });
  return { name: set.name, byLength, others: [...told].filter((pair) => !planted.escorts.has(pair)).length };
}

export interface OrdinaryMeasured {
  readonly found: readonly OrdinaryFound[];
  /** Of those recordings that are quick enough for escorts at all. */
  readonly planted: readonly PlantedFound[];
}

/** Slower than this nobody can say who was first, seconds. */
const COARSEST_SECONDS = 0.55;

export function measureAllOrdinary(sets: readonly OrdinarySet[], onSet: (done: number) => void): OrdinaryMeasured {
  const found: OrdinaryFound[] = [];
  const planted: PlantedFound[] = [];
  sets.forEach((set, i) => {
    found.push(measureOrdinary(set));
    if (set.sampleSeconds <= COARSEST_SECONDS) planted.push(measurePlanted(set));
    onSet(i + 1);
  });
  return { found, planted };
}
