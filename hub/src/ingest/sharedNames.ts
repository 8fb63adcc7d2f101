/** Notices that two agents use one name of a device: what they say goes back and forth between them. Pure; bounded by the devices that there are. */
import type { CameraView } from '../api/schemas.ts';
import type { DeviceUpdate } from '../store/store.ts';

/** What was said longer ago is no sign, and a name that is not found shared again for so long is shared no more. */
const WINDOW_MS = 300_000;

/** One kind of word about a device, in which the agent that says it can be told from another. */
class Voices {
  #last = '';
  readonly #heardMs = new Map<string, number>();

  /** @returns whether this one was heard before the last one: it had not been replaced. */
  goesBack(voice: string, nowMs: number): boolean {
    for (const [other, heardMs] of this.#heardMs) if (heardMs < nowMs - WINDOW_MS) this.#heardMs.delete(other);
    const back = voice !== this.#last && this.#heardMs.has(voice);
    this.#last = voice;
    this.#heardMs.set(voice, nowMs);
    return back;
  }
}

interface Known {
  readonly cameras: Voices;
  readonly starts: Voices;
  sharedUntilMs: number;
  saidMs: number;
}

const deviceName = (floor: string, device: string): string => `${floor}/${device}`;

export class SharedNames {
  readonly #devices = new Map<string, Known>();

  /**
   * Takes what a device says of itself. Two cameras tell two agents apart, and of one camera the moments at which they started: who
   * starts again never comes back to an earlier one.
   */
  hear({ place, camera, status, health }: DeviceUpdate, nowMs: number): void {
    const name = deviceName(place.floor, place.device);
    let known = this.#devices.get(name);
    if (!known) {
      this.#forgetSilent(nowMs);
      known = { cameras: new Voices(), starts: new Voices(), sharedUntilMs: Number.NEGATIVE_INFINITY, saidMs: nowMs };
      this.#devices.set(name, known);
    }
    known.saidMs = nowMs;
    // A broker tells of one that is gone in its own words, and later than those of whoever came after it.
    const started = status?.state === 'online' && known.starts.goesBack(`${camera} ${status.sinceMs}`, nowMs);
    const changed = health !== null && known.cameras.goesBack(camera, nowMs);
    if (started || changed) known.sharedUntilMs = nowMs + WINDOW_MS;
  }

  /** The names that more than one agent uses, as `floor/device`, in order. */
  names(nowMs: number): string[] {
    return [...this.#devices].flatMap(([name, { sharedUntilMs }]) => (nowMs < sharedUntilMs ? [name] : [])).sort();
  }

  #forgetSilent(nowMs: number): void {
    for (const [name, { saidMs }] of this.#devices) if (saidMs < nowMs - WINDOW_MS) this.#devices.delete(name);
  }
}

/** Devices as the store has them, those marked whose name is shared. @param names see {@link SharedNames.names}. */
export const withSharedNames = (views: readonly CameraView[], names: readonly string[]): CameraView[] =>
  views.map((view) => (names.includes(deviceName(view.floor, view.device)) ? { ...view, nameShared: true } : view));
