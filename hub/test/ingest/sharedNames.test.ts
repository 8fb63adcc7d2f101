import { describe, expect, it } from 'vitest';
import { SharedNames } from '../../src/ingest/sharedNames.ts';
import type { DeviceUpdate } from '../../src/store/store.ts';

const T0 = 1_800_000_000_000;
const at = (seconds: number): number => T0 + seconds * 1000;

interface Said {
  readonly device?: string;
  readonly camera?: string;
  readonly state?: 'online' | 'offline';
  readonly since?: number;
}
const update = ({ device = 'edge-1', camera = 'cam-1' }: Said, said: object): DeviceUpdate =>
  ({
    place: { site: 'demo', floor: 'hall', device },
    camera,
    status: null,
    health: null,
    atMs: T0,
    ...said,
  }) as DeviceUpdate;
const health = (said: Said = {}) => update(said, { health: { camera: said.camera ?? 'cam-1' } });
const status = (said: Said = {}) =>
  update(said, { status: { state: said.state ?? 'online', sinceMs: at(said.since ?? 0) } });

/** The names found shared after each of these. */
const found = (...said: readonly (readonly [seconds: number, update: DeviceUpdate])[]): string[][] => {
  const names = new SharedNames();
  return said.map(([seconds, one]) => {
    names.hear(one, at(seconds));
    return names.names(at(seconds));
  });
};

describe('a name of a device is shared', () => {
  it('where its health comes now of one camera and now of another', () => {
    expect(
      found([0, health()], [5, health({ camera: 'cam-2' })], [10, health()], [15, health({ camera: 'cam-2' })]),
    ).toEqual([[], [], ['hall/edge-1'], ['hall/edge-1']]);
  });

  it('where two agents of one camera greet in turn, each thrown out by the other', () => {
    expect(
      found(
        [0, status({ since: 0 })],
        [20, status({ since: 15 })],
        [21, status({ since: 0, state: 'offline' })],
        [22, status({ since: 0 })],
      ),
    ).toEqual([[], [], [], ['hall/edge-1']]);
  });

  it('until it is not found so for five minutes', () => {
    const names = new SharedNames();
    for (const [seconds, camera] of [
      [0, 'cam-1'],
      [5, 'cam-2'],
      [10, 'cam-1'],
    ] as const)
      names.hear(health({ camera }), at(seconds));
    for (let seconds = 20; seconds < 400; seconds += 10) names.hear(health(), at(seconds));
    expect(names.names(at(309))).toEqual(['hall/edge-1']);
    expect(names.names(at(310))).toEqual([]);
  });
});

describe('a name of a device is not shared', () => {
  it('where an agent starts again, however often, connects again, or is given another camera', () => {
    const restarts = Array.from({ length: 20 }, (_, i) => [i * 10, status({ since: i * 10 })] as const);
    const connections = Array.from({ length: 20 }, (_, i) => [300 + i, status({ since: 190 })] as const);
    const renamed = [
      [330, health()],
      [340, health({ camera: 'cam-2' })],
      [350, health({ camera: 'cam-2' })],
    ] as const;
    expect(found(...restarts, ...connections, ...renamed).flat()).toEqual([]);
  });

  it('where the last will of an agent that was killed comes after its next start', () => {
    expect(
      found(
        [0, status({ since: 0 })],
        [20, status({ since: 15 })],
        [60, status({ since: 0, state: 'offline' })],
        [70, status({ since: 15 })],
      ).flat(),
    ).toEqual([]);
  });

  it('where a camera had its old name long ago', () => {
    expect(found([0, health()], [10, health({ camera: 'cam-2' })], [311, health()]).flat()).toEqual([]);
  });

  it('by two devices, nor by what others of other names say', () => {
    const both = (seconds: number) =>
      [
        [seconds, health({ device: 'edge-1', camera: 'cam-1' })],
        [seconds, health({ device: 'edge-2', camera: 'cam-2' })],
      ] as const;
    expect(found(...both(0), ...both(10), ...both(20)).flat()).toEqual([]);
  });
});
