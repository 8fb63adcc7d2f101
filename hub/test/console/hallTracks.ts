/** What the cameras of the hall report of its people, and what fusion makes of that. */
import type { TrackPoint, TrackSegment } from '@safe-passage/contract';
import type { PersonSegment } from '../../src/score/personSegment.ts';
import type { LocatedReport, Store } from '../../src/store/index.ts';
import { pseudonymOf, type Walker } from './hallPeople.ts';
import { cameraAt, HALL_PLAN, HALL_SITE } from './hallPlan.ts';

const STEP_MS = 500;

/** Who is seen where at a moment. A pseudonym means nothing at another camera: each gives out its own. */
function seenAt(walker: Walker, atMs: number): { camera: string; id: string; x: number; y: number } | null {
  const seen = walker.at(atMs);
  if (!seen) return null;
  const camera = walker.camera ?? cameraAt(seen.x, seen.y);
  return {
    camera,
    id: walker.camera ? seen.pseudonym : pseudonymOf(`${seen.pseudonym}/${camera}`),
    x: seen.x,
    y: seen.y,
  };
}

/** Now and then somebody stands behind somebody else. */
const isHidden = (pseudonym: string, atMs: number): boolean =>
  (Math.floor(atMs / 1000) + pseudonym.charCodeAt(3) * 7) % 97 < 4;

/** What all cameras report about one stretch of time: everybody at the camera that stands nearest. */
export function reportsOf(walkers: readonly Walker[], fromMs: number, toMs: number, epoch: string): LocatedReport[] {
  const tracks = new Map(HALL_PLAN.cameras.map(({ id }) => [id, new Map<string, TrackPoint[]>()]));
  const ended = new Map<string, Set<string>>();
  for (const walker of walkers) {
    let before = seenAt(walker, fromMs - STEP_MS);
    for (let at = fromMs; at < toMs; at += STEP_MS) {
      const seen = seenAt(walker, at);
      if (before && before.id !== seen?.id) {
        ended.set(before.camera, (ended.get(before.camera) ?? new Set<string>()).add(before.id));
      }
      before = seen;
      if (!seen) continue;
      const ofCamera = tracks.get(seen.camera);
      const points = ofCamera?.get(seen.id) ?? [];
      ofCamera?.set(seen.id, points);
      const hidden = isHidden(seen.id, at);
      points.push([at - fromMs, Math.round(seen.x * 100), Math.round(seen.y * 100), hidden ? 55 : 28, hidden ? 0 : 1]);
    }
  }
  return HALL_PLAN.cameras.map(({ id }): LocatedReport => {
    const points = tracks.get(id) ?? new Map<string, TrackPoint[]>();
    const over = ended.get(id) ?? new Set<string>();
    const segments = [...points].map(
      ([pseudonym, of]): TrackSegment => ({
        id: pseudonym,
        state: over.has(pseudonym) ? 'ended' : of[of.length - 1]?.[4] === 0 ? 'coasting' : 'active',
        points: of,
      }),
    );
    for (const pseudonym of over)
      if (!points.has(pseudonym)) segments.push({ id: pseudonym, state: 'ended', points: [] });
    return {
      address: { site: HALL_SITE, floor: HALL_PLAN.id, device: `edge-${id}`, camera: id },
      report: {
        schema: 'track-report/1',
        camera: id,
        calibration: '0a1b2c3d4e5f',
        epoch,
        sequence: Math.floor(fromMs / STEP_MS),
        fromMs,
        toMs: Math.max(fromMs, toMs - STEP_MS),
        tracks: segments,
      },
      receivedAtMs: toMs,
    };
  });
}

/** The same stretch as fusion would tell it: everybody under the one pseudonym that they have on the floor. */
export function segmentsOf(walkers: readonly Walker[], fromMs: number, toMs: number): PersonSegment[] {
  const segments = new Map<string, PersonSegment>();
  for (const walker of walkers) {
    for (let at = fromMs; at < toMs; at += STEP_MS) {
      const seen = walker.at(at);
      if (!seen) continue;
      const secondMs = Math.floor(at / 1000) * 1000;
      const key = `${seen.pseudonym} ${secondMs}`;
      const segment = segments.get(key) ?? {
        floor: HALL_PLAN.id,
        person: seen.pseudonym,
        fromMs: secondMs,
        offsetsMs: [],
        xCm: [],
        yCm: [],
        sigmaCm: [],
        measured: [],
        tracks: [],
      };
      segments.set(key, segment);
      segment.offsetsMs.push(at - secondMs);
      segment.xCm.push(Math.round(seen.x * 100));
      segment.yCm.push(Math.round(seen.y * 100));
      const hidden = isHidden(seen.pseudonym, at);
      segment.sigmaCm.push(hidden ? 55 : 28);
      segment.measured.push(!hidden);
    }
  }
  return [...segments.values()];
}

interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
  /** Length of one report. */
  readonly everyMs: number;
}

/** Stores what cameras and fusion told in a stretch of time. */
export async function fill(store: Store, walkers: readonly Walker[], stretch: Stretch, epoch: string): Promise<void> {
  let batch: LocatedReport[] = [];
  for (let at = stretch.fromMs; at < stretch.toMs; at += stretch.everyMs) {
    const untilMs = Math.min(stretch.toMs, at + stretch.everyMs);
    await store.persons.write(segmentsOf(walkers, at, untilMs));
    batch.push(...reportsOf(walkers, at, untilMs, epoch));
    if (batch.length < 600) continue;
    await store.reports.writeBatch(batch);
    batch = [];
  }
  await store.reports.writeBatch(batch);
}
