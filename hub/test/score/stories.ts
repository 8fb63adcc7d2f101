/** Plays movements to the dwell scorer of persons, as the fusion would tell them. */

import { expect } from 'vitest';
import { dwellId } from '../../src/alert/identifier.ts';
import type { Continuation, PersonSample } from '../../src/fuse/samples.ts';
import type { DwellOptions } from '../../src/score/dwellOptions.ts';
import type { DwellEpisode, DwellEvent, EpisodeRecord } from '../../src/score/episode.ts';
import { episodeRecord } from '../../src/score/episodeRecord.ts';
import { PersonDwell } from '../../src/score/personDwell.ts';
import { CompiledZone } from '../../src/score/zones.ts';
import { rectangle, type Sample, walk } from './walks.ts';

export const TABLE = new CompiledZone(rectangle('table', [0, 0, 4, 4]));

export const personSample = ({ person, timeMs, x, y, sigma = 0.1, measured = true }: Sample): PersonSample => ({
  person,
  timeMs,
  x,
  y,
  sigmaMetres: sigma,
  measured,
});

/** The fusion watches somebody for so long before it says who it may be. */
export const WATCH_MS = 4000;

/** A word of the fusion: who may go on as whom, when last and first seen (seconds), how probable. */
export const word = (earlier: string, later: string, from: number, to: number, probability: number): Continuation => ({
  earlier,
  later,
  fromMs: from * 1000,
  toMs: to * 1000,
  probability,
});

const toldMs = ({ fromMs, toMs }: Continuation): number => (fromMs === toMs ? toMs : toMs + WATCH_MS);

export interface Play {
  readonly zones?: readonly CompiledZone[];
  readonly options?: Partial<DwellOptions>;
  readonly continuations?: readonly Continuation[];
  /** When `advance` is called, ms; every second without. */
  readonly advancesMs?: readonly number[];
}

export interface Played {
  readonly events: DwellEvent[];
  /** Each episode once, when nothing continued it any more. */
  readonly over: DwellEpisode[];
}

/** Moments a second apart over all samples. */
export function everySecondOf(samples: readonly Sample[]): number[] {
  const times = samples.map((sample) => sample.timeMs);
  const moments: number[] = [];
  for (let at = Math.min(...times) + 1000; at <= Math.max(...times) + 1000; at += 1000) moments.push(at);
  return moments;
}

/** Gives a scorer what lies before each moment, and then tells it so. */
export function feed(
  dwell: PersonDwell,
  samples: readonly Sample[],
  continuations: readonly Continuation[],
  advancesMs: readonly number[],
  onEvents: (events: readonly DwellEvent[], nowMs: number) => void,
): void {
  const inOrder = [...samples].sort((a, b) => a.timeMs - b.timeMs);
  const words = [...continuations].sort((a, b) => toldMs(a) - toldMs(b));
  let next = 0;
  let nextWord = 0;
  for (const atMs of advancesMs) {
    for (; next < inOrder.length && (inOrder[next] as Sample).timeMs < atMs; next++) {
      dwell.observe(personSample(inOrder[next] as Sample));
    }
    for (; nextWord < words.length && toldMs(words[nextWord] as Continuation) < atMs; nextWord++) {
      dwell.continuation(words[nextWord] as Continuation);
    }
    onEvents(dwell.advance(atMs), atMs);
  }
  for (const sample of inOrder.slice(next)) dwell.observe(personSample(sample));
  for (const left of words.slice(nextWord)) dwell.continuation(left);
}

export function play(samples: readonly Sample[], given: Play = {}): Played {
  const over: DwellEpisode[] = [];
  const events: DwellEvent[] = [];
  const dwell = new PersonDwell(given.zones ?? [TABLE], given.options, (episode) => over.push(episode));
  feed(dwell, samples, given.continuations ?? [], given.advancesMs ?? everySecondOf(samples), (told) =>
    events.push(...told),
  );
  events.push(...dwell.finish());
  return { events, over };
}

export const storiesOf = (samples: readonly Sample[], given: Play = {}): DwellEpisode[] => play(samples, given).over;

/** Visits in seconds. */
export const visitsOf = (episode: DwellEpisode): [number, number][] =>
  episode.detail.visits.map(({ fromMs, toMs }) => [fromMs / 1000, toMs / 1000]);

export const idOf = ({ zone, person, fromMs }: DwellEpisode): string =>
  dwellId({ site: 'fra', floor: 'hall', zone, person, fromMs });

/** What a store keeps of an episode: through JSON and back. */
export const stored = (episode: DwellEpisode): EpisodeRecord =>
  JSON.parse(JSON.stringify(episodeRecord(episode, 'fra', 'hall'))) as EpisodeRecord;

/** The one episode that there is to be. */
export const only = (episodes: readonly DwellEpisode[]): DwellEpisode => {
  expect(episodes).toHaveLength(1);
  return episodes[0] as DwellEpisode;
};
/** Stands in one place, in the middle of the table where none is named. Seconds, metres. */
export const still = (person: string, from: number, to: number, [x, y]: readonly [number, number] = [2, 2]): Sample[] =>
  walk(person, [
    [from, x, y],
    [to, x, y],
  ]);
/** Walks in over x = 0 two seconds after the beginning and stands in the middle. */
export const walkIn = (person: string, from: number, to: number): Sample[] =>
  walk(person, [
    [from, -2, 2],
    [from + 4, 2, 2],
    [to, 2, 2],
  ]);
