/**
 * Where everybody is now: the newest position of each person that fusion tells of. Nothing older than {@link FORGET_AFTER_MS}
 * of the floor's own time is kept, so this is a picture of a moment and never a record. It is some seconds old: who is who
 * among the cameras is decided with a look at what follows.
 */
import type { PersonSegment } from '../score/personSegment.ts';
import type { Presence } from './schemas.ts';

/** A person without news for longer, in the time of the data, is not shown any more. */
const FORGET_AFTER_MS = 3_000;
/** A floor without news for longer, on the hub's clock, is shown empty: nobody knows who is there. */
export const SILENT_AFTER_MS = 10_000;

interface Position {
  x: number;
  y: number;
  measured: boolean;
  timeMs: number;
}

interface FloorPresence {
  newestMs: number;
  heardAtMs: number;
  changed: boolean;
  shown: number;
  readonly people: Map<string, Position>;
  /** Null where nobody looks for groups. */
  groups: readonly (readonly string[])[] | null;
}

/** Pure state: the hub's clock comes in as an argument. */
export class PresenceBoard {
  readonly #floors = new Map<string, FloorPresence>();

  /**
   * Takes seconds of persons in, in any order; an older word never replaces a newer one.
   *
   * @param nowMs the hub's clock.
   */
  observe(segments: readonly PersonSegment[], nowMs: number): void {
    for (const segment of segments) this.#observeOne(segment, nowMs);
  }

  #observeOne({ floor: id, person, fromMs, offsetsMs, xCm, yCm, measured }: PersonSegment, nowMs: number): void {
    const last = offsetsMs.length - 1;
    const offsetMs = offsetsMs[last];
    if (offsetMs === undefined) return;
    const timeMs = fromMs + offsetMs;
    let floor = this.#floors.get(id);
    if (!floor) {
      floor = { newestMs: timeMs, heardAtMs: nowMs, changed: false, shown: 0, people: new Map(), groups: null };
      this.#floors.set(id, floor);
    }
    // What a device held back is about another time.
    if (timeMs < floor.newestMs - FORGET_AFTER_MS) return;
    floor.newestMs = Math.max(floor.newestMs, timeMs);
    floor.heardAtMs = Math.max(floor.heardAtMs, nowMs);
    floor.changed = true;
    const known = floor.people.get(person);
    if (known && known.timeMs >= timeMs) return;
    const [x, y] = [(xCm[last] ?? 0) / 100, (yCm[last] ?? 0) / 100];
    floor.people.set(person, { x, y, measured: measured[last] === true, timeMs });
  }

  /** Takes in who is together on a floor that was told of, by pseudonym; null where nobody looks for groups there. */
  together(floorId: string, groups: readonly (readonly string[])[] | null): void {
    const floor = this.#floors.get(floorId);
    if (floor) floor.groups = groups;
  }

  /** @returns who is on a floor; null where nothing was told of that floor since the start. */
  snapshot(floorId: string, nowMs: number): Presence | null {
    const floor = this.#floors.get(floorId);
    return floor ? picture(floorId, floor, nowMs) : null;
  }

  /** Floors that look different since the last call, for a publisher that calls once a second. */
  changed(nowMs: number): Presence[] {
    const pictures: Presence[] = [];
    for (const [id, floor] of this.#floors) {
      const now = picture(id, floor, nowMs);
      if (!floor.changed && now.people.length === floor.shown) continue;
      floor.changed = false;
      floor.shown = now.people.length;
      pictures.push(now);
    }
    return pictures;
  }
}

function picture(id: string, floor: FloorPresence, nowMs: number): Presence {
  if (nowMs - floor.heardAtMs > SILENT_AFTER_MS) floor.people.clear();
  const people: Presence['people'] = [];
  for (const [person, { x, y, measured, timeMs }] of floor.people) {
    if (timeMs < floor.newestMs - FORGET_AFTER_MS) floor.people.delete(person);
    else people.push([person, x, y, measured ? 'active' : 'coasting']);
  }
  const { groups } = floor;
  if (!groups) return { floor: id, timeMs: floor.newestMs, people };
  // Of a group those are told who are: a name without a place would outlive its person.
  const there = groups.map((group) => group.filter((person) => floor.people.has(person)));
  return { floor: id, timeMs: floor.newestMs, people, groups: there.filter((group) => group.length > 1) };
}
