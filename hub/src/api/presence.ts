/**
 * Where everybody is now, from committed reports: the newest position of each track that has not ended. Nothing older
 * than {@link FORGET_AFTER_MS} of the floor's own time is kept, so this is a picture of a moment and never a record.
 */
import type { LocatedReport } from '../store/located.ts';
import type { Presence } from './schemas.ts';

/** A track without news for longer, in event time, is not shown any more. */
export const FORGET_AFTER_MS = 3_000;
/** A camera that sent no report for longer, on the hub's clock, says nothing about now. */
export const CAMERA_SILENT_AFTER_MS = 10_000;

interface Position {
  x: number;
  y: number;
  state: string;
  timeMs: number;
  /** An ended track is remembered as long as an old report could bring it back. */
  ended: boolean;
}

interface CameraPresence {
  newestMs: number;
  heardAtMs: number;
  readonly tracks: Map<string, Position>;
}

interface FloorPresence {
  /** Of the last picture: stays where every camera has fallen silent. */
  newestMs: number;
  changed: boolean;
  shown: number;
  readonly cameras: Map<string, CameraPresence>;
}

/** Pure state: the hub's clock comes in as an argument. */
export class PresenceBoard {
  readonly #floors = new Map<string, FloorPresence>();

  /** Takes reports in, in any order; an older word never replaces a newer one. */
  observe(reports: readonly LocatedReport[]): void {
    for (const located of reports) this.#observeOne(located);
  }

  #observeOne({ address, report, receivedAtMs }: LocatedReport): void {
    let floor = this.#floors.get(address.floor);
    if (!floor) {
      floor = { newestMs: report.toMs, changed: false, shown: 0, cameras: new Map() };
      this.#floors.set(address.floor, floor);
    }
    const key = `${address.device}/${address.camera}`;
    let camera = floor.cameras.get(key);
    if (!camera) {
      camera = { newestMs: report.toMs, heardAtMs: receivedAtMs, tracks: new Map() };
      floor.cameras.set(key, camera);
    }
    camera.newestMs = Math.max(camera.newestMs, report.toMs);
    camera.heardAtMs = Math.max(camera.heardAtMs, receivedAtMs);
    floor.changed = true;
    if (report.toMs < camera.newestMs - FORGET_AFTER_MS) return;
    for (const track of report.tracks) {
      const last = track.points[track.points.length - 1];
      const known = camera.tracks.get(track.id);
      const ended = track.state === 'ended';
      // A track that ended between two reports has no point: the report's end stands for the time of its end.
      const timeMs = last ? report.fromMs + last[0] : report.toMs;
      if (known) {
        if (known.ended || timeMs < known.timeMs) continue;
        known.timeMs = timeMs;
        known.state = track.state;
        known.ended = ended;
        if (last) {
          known.x = last[1] / 100;
          known.y = last[2] / 100;
        }
      } else if (last || ended) {
        const [x, y] = last ? [last[1] / 100, last[2] / 100] : [0, 0];
        camera.tracks.set(track.id, { x, y, state: track.state, timeMs, ended });
      }
    }
  }

  /** @returns who is on a floor now; null where no camera of that floor has reported since the start. */
  snapshot(floorId: string, nowMs: number): Presence | null {
    const floor = this.#floors.get(floorId);
    return floor ? this.#picture(floorId, floor, nowMs) : null;
  }

  /** Floors that look different since the last call, for a publisher that calls once a second. */
  changed(nowMs: number): Presence[] {
    const pictures: Presence[] = [];
    for (const [id, floor] of this.#floors) {
      const picture = this.#picture(id, floor, nowMs);
      if (!floor.changed && picture.people.length === floor.shown) continue;
      floor.changed = false;
      floor.shown = picture.people.length;
      pictures.push(picture);
    }
    return pictures;
  }

  #picture(id: string, floor: FloorPresence, nowMs: number): Presence {
    let newestMs = Number.NEGATIVE_INFINITY;
    for (const camera of floor.cameras.values()) {
      if (nowMs - camera.heardAtMs > CAMERA_SILENT_AFTER_MS) camera.tracks.clear();
      // A camera whose clock runs ahead must not make everybody else look old.
      else newestMs = Math.max(newestMs, Math.min(camera.newestMs, camera.heardAtMs));
    }
    if (newestMs !== Number.NEGATIVE_INFINITY) floor.newestMs = newestMs;
    const people: Presence['people'] = [];
    for (const camera of floor.cameras.values()) {
      const horizonMs = Math.max(newestMs, camera.newestMs) - FORGET_AFTER_MS;
      for (const [person, position] of camera.tracks) {
        if (position.timeMs < horizonMs) camera.tracks.delete(person);
        else if (!position.ended) people.push([person, position.x, position.y, position.state]);
      }
    }
    return { floor: id, timeMs: floor.newestMs, people };
  }
}
