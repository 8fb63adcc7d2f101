/** Movements for the tests: positions as somebody would note them down by hand, cut into reports. */
import type { TrackReport, Zone, ZoneKind } from '@safe-passage/contract';
import type { DwellEpisode, DwellEvent } from '../../src/score/episode.ts';

/** What one camera saw between two times. */
export type DwellObservation = Pick<TrackReport, 'fromMs' | 'toMs' | 'tracks'>;

export interface Sample {
  readonly person: string;
  readonly timeMs: number;
  readonly x: number;
  readonly y: number;
  readonly sigma?: number;
  readonly measured?: boolean;
  readonly state?: 'tentative' | 'active' | 'coasting' | 'ended';
}

/** A rectangle from (x0, y0) to (x1, y1). */
export function rectangle(
  id: string,
  [x0, y0, x1, y1]: readonly [number, number, number, number],
  extra: { readonly kind?: ZoneKind; readonly limit?: number; readonly name?: string } = {},
): Zone {
  return {
    id,
    name: extra.name ?? id,
    kind: extra.kind ?? 'transit',
    polygon: [
      [x0, y0],
      [x1, y0],
      [x1, y1],
      [x0, y1],
    ],
    ...(extra.limit === undefined ? {} : { dwellLimitSeconds: extra.limit }),
  };
}

/** Straight lines through way points `[seconds, x, y]`, sampled from the first to the last. */
export function walk(
  person: string,
  way: readonly (readonly [number, number, number])[],
  hertz = 10,
  extra: Partial<Sample> = {},
): Sample[] {
  const samples: Sample[] = [];
  const first = way[0]?.[0] ?? 0;
  const last = way.at(-1)?.[0] ?? 0;
  for (let k = 0; k <= Math.round((last - first) * hertz); k++) {
    const t = first + k / hertz;
    const next = Math.max(
      1,
      way.findIndex(([at]) => at >= t - 1e-9),
    );
    const [t0, x0, y0] = way[next - 1] ?? [0, 0, 0];
    const [t1, x1, y1] = way[next] ?? [1, 0, 0];
    const share = t1 > t0 ? Math.min(1, Math.max(0, (t - t0) / (t1 - t0))) : 0;
    samples.push({
      person,
      timeMs: Math.round(t * 1000),
      x: x0 + share * (x1 - x0),
      y: y0 + share * (y1 - y0),
      ...extra,
    });
  }
  return samples;
}

/** Cuts samples into reports at the given moments (each belongs to the report that it begins). */
export function cut(samples: readonly Sample[], momentsMs: readonly number[]): DwellObservation[] {
  const sorted = [...samples].sort((a, b) => a.timeMs - b.timeMs);
  const begin = sorted[0]?.timeMs ?? 0;
  const end = (sorted.at(-1)?.timeMs ?? 0) + 1;
  const edges = [begin, ...[...new Set(momentsMs)].filter((m) => m > begin && m < end).sort((a, b) => a - b), end];
  const reports: DwellObservation[] = [];
  for (let i = 0; i + 1 < edges.length; i++) {
    const fromMs = edges[i] ?? 0;
    const beforeMs = edges[i + 1] ?? 0;
    const inside = sorted.filter((sample) => sample.timeMs >= fromMs && sample.timeMs < beforeMs);
    const people = [...new Set(inside.map((sample) => sample.person))];
    reports.push({
      fromMs,
      toMs: beforeMs - 1,
      tracks: people.map((person) => {
        const own = inside.filter((sample) => sample.person === person);
        return {
          id: person,
          state: own.at(-1)?.state ?? 'active',
          points: own.map((sample) => [
            sample.timeMs - fromMs,
            Math.round(sample.x * 100),
            Math.round(sample.y * 100),
            Math.round((sample.sigma ?? 0.1) * 100),
            sample.measured === false ? 0 : 1,
          ]),
        };
      }),
    });
  }
  return reports;
}

/** One report a second. */
export function everySecond(samples: readonly Sample[]): DwellObservation[] {
  const times = samples.map((sample) => sample.timeMs);
  const begin = Math.min(...times);
  const moments: number[] = [];
  for (let at = begin + 1000; at <= Math.max(...times); at += 1000) moments.push(at);
  return cut(samples, moments);
}

export interface Brief {
  readonly person: string;
  readonly zone: string;
  readonly from: number;
  readonly to: number;
}

/** An episode in a line, seconds. */
export const brief = ({ person, zone, fromMs, toMs }: DwellEpisode): Brief => ({
  person,
  zone,
  from: fromMs / 1000,
  to: toMs / 1000,
});

export const closedOf = (events: readonly DwellEvent[]): DwellEpisode[] =>
  events.filter((event) => event.kind === 'closed').map((event) => event.episode);
