import { describe, expect, it } from 'vitest';
import { DetectionBatch } from '../../src/detect/detection.ts';
import type { TrackBox } from '../../src/track/track.ts';
import { Tracker } from '../../src/track/tracker.ts';
import { copyOf, hiddenBetween, playScene, type SceneRun, type Walker, walking } from './scene.ts';

const idsOf = (run: SceneRun, state?: TrackBox['state']): number[] => [
  ...new Set(run.frames.flatMap((f) => f.tracks.filter((t) => !state || t.state === state).map((t) => t.id))),
];

function batchOf(...boxes: readonly (readonly [number, number, number, number, number])[]): DetectionBatch {
  const batch = new DetectionBatch();
  for (const box of boxes) batch.push(...box);
  return batch;
}

describe('a track', () => {
  it('is tentative first, active once it was seen for a while, coasting out of sight, and ended once', () => {
    const run = playScene(new Tracker(), [hiddenBetween(walking(100, 100, 60), 2, 100)], 10, 6);
    const states = run.frames.flatMap((frame) => frame.tracks.map((track) => track.state));
    const changes = states.filter((state, i) => i === 0 || states[i - 1] !== state);
    expect(changes).toEqual(['tentative', 'active', 'coasting', 'ended']);
    expect(states.filter((state) => state === 'ended')).toHaveLength(1);
  });

  it('publishes the measured foot point in sight and the filtered one, ever less certain, out of sight', () => {
    const run = playScene(new Tracker(), [hiddenBetween(walking(100, 100, 60), 2, 100)], 10, 4);
    const seen = run.frames[15];
    expect(seen?.tracks[0]).toMatchObject({ measured: true, footX: 100 + 60 * 1.5 + 20, footY: 200 });
    const coasting = run.frames.flatMap((frame) => frame.tracks).filter((track) => track.state === 'coasting');
    expect(coasting.length).toBeGreaterThan(10);
    expect(coasting.every((track) => !track.measured)).toBe(true);
    const sigmas = coasting.map((track) => track.footSigmaX);
    expect(sigmas).toEqual(sigmas.toSorted((a, b) => a - b));
    // It goes on in the direction that it had, and slows down.
    expect(coasting[3]?.footX).toBeGreaterThan(100 + 60 * 2 + 20);
    expect(coasting.at(-1)?.footX).toBeLessThan(100 + 60 * 4 + 20);
  });

  it('is active after three sightings and a fifth of a second, not after either; a track before it counts for nothing', () => {
    const tracker = new Tracker();
    const states = (from: number, ...seconds: readonly number[]) =>
      seconds.map((after) => tracker.update(batchOf([100, 100, 40, 100, 0.9]), from + after)[0]?.state);
    expect(states(0, 0, 0.04, 0.08, 0.12)).toEqual(['tentative', 'tentative', 'tentative', 'tentative']);
    expect(states(0, 0.2)).toEqual(['active']);
    while (tracker.update(batchOf(), 20).length > 0);
    expect(states(30, 0, 0.25, 0.5)).toEqual(['tentative', 'tentative', 'active']);
  });

  it('has the box of its detection in sight, and goes on with its size out of sight', () => {
    const run = playScene(new Tracker(), [hiddenBetween(walking(100, 100, 60), 2, 100)], 10, 2.2);
    expect(run.frames[15]?.tracks[0]).toMatchObject({ x: 100 + 60 * 1.5, y: 100, width: 40, height: 100 });
    const [coasting] = run.frames.at(-1)?.tracks ?? [];
    expect(coasting?.state).toBe('coasting');
    expect(coasting?.width).toBeCloseTo(40, 0);
    expect(coasting?.height).toBeCloseTo(100, 0);
    expect((coasting?.x ?? 0) + (coasting?.width ?? 0) / 2).toBeCloseTo(coasting?.footX ?? Number.NaN, 9);
    expect((coasting?.y ?? 0) + (coasting?.height ?? 0)).toBeCloseTo(coasting?.footY ?? Number.NaN, 9);
  });

  it('is one where a body is found twice, and two where two boxes overlap as those of two people do', () => {
    const beside = (pixels: number): Walker[] => [walking(100, 100, 20), walking(100 + pixels, 100, 20)];
    // Boxes of 40 pixels: 4 aside they share 82 %, 8 aside 67 %.
    expect(idsOf(playScene(new Tracker(), beside(4), 10, 2))).toEqual([1]);
    expect(idsOf(playScene(new Tracker(), beside(8), 10, 2))).toEqual([1, 2]);
  });

  it('that was only a flicker ends without ever being active', () => {
    const flicker: Walker = (seconds) => (seconds < 0.05 ? { x: 10, y: 10, width: 40, height: 100 } : null);
    const run = playScene(new Tracker(), [flicker], 10, 2);
    expect(run.frames.flatMap((f) => f.tracks.map((t) => t.state))).toEqual([
      'tentative',
      'tentative',
      'tentative',
      'ended',
    ]);
  });

  it('does not begin with a weak detection, but goes on with one', () => {
    const weak: Walker = () => ({ x: 100, y: 100, width: 40, height: 100, score: 0.3 });
    expect(idsOf(playScene(new Tracker(), [weak], 10, 3))).toEqual([]);
    const fading: Walker = (seconds) => ({ x: 100, y: 100, width: 40, height: 100, score: seconds < 1 ? 0.9 : 0.3 });
    const run = playScene(new Tracker(), [fading], 10, 10);
    expect(idsOf(run)).toHaveLength(1);
    expect(run.frames.at(-1)?.tracks[0]).toMatchObject({ state: 'active', measured: true });
  });

  it('ends when the source is over, each exactly once', () => {
    const tracker = new Tracker();
    playScene(tracker, [walking(0, 0, 50), walking(400, 0, -20)], 10, 1);
    expect(tracker.end().map(({ state }) => state)).toEqual(['ended', 'ended']);
    expect(tracker.end()).toEqual([]);
    expect(tracker.update(batchOf(), 2)).toEqual([]);
  });
});

describe('identity', () => {
  it('survives two seconds without a detection, standing still', () => {
    const standing = hiddenBetween(walking(300, 120, 0), 4, 6.2);
    for (const framesPerSecond of [2, 5, 10, 30]) {
      const run = playScene(new Tracker(), [standing], framesPerSecond, 12);
      expect(idsOf(run)).toHaveLength(1);
      expect(run.frames.at(-1)?.tracks[0]?.state).toBe('active');
    }
  });

  it('survives one second behind a pillar, walking', () => {
    const run = playScene(new Tracker(), [hiddenBetween(walking(50, 120, 70), 3, 4)], 15, 8);
    expect(idsOf(run)).toHaveLength(1);
  });

  it('stays with each of two people who pass each other at different distances from the camera', () => {
    const near: Walker = (s) => ({ x: 50 + 80 * s, y: 100, width: 60, height: 160 });
    const far: Walker = (s) => ({ x: 500 - 60 * s, y: 90, width: 36, height: 90 });
    const run = playScene(new Tracker(), [near, far], 15, 6);
    expect(idsOf(run)).toHaveLength(2);
    const first = run.frames.at(10)?.tracks.find((t) => t.height > 120);
    const last = run.frames.at(-1)?.tracks.find((t) => t.height > 120);
    expect(last?.id).toBe(first?.id);
  });

  it('is a new one for whoever comes when the last has been gone for longer than the limit', () => {
    const run = playScene(new Tracker(), [hiddenBetween(walking(300, 120, 0), 4, 7)], 10, 10);
    expect(idsOf(run)).toHaveLength(2);
  });
});

describe('patience with who is lost', () => {
  /** For how long somebody who was seen for so many seconds is still told of, seconds. */
  const waitedFor = (seconds: number): number => {
    const run = playScene(new Tracker(), [hiddenBetween(walking(300, 120, 0), seconds, 60)], 10, seconds + 5);
    const told = run.frames.filter(({ tracks }) => tracks.some(({ state }) => state === 'coasting'));
    return told.length / 10;
  };

  it('grows with how long they were seen, since who was seen for a moment may have been nobody, up to the limit', () => {
    expect(waitedFor(1)).toBeGreaterThan(0.7);
    expect(waitedFor(1)).toBeLessThan(1.2);
    expect(waitedFor(2)).toBeGreaterThan(1.2);
    expect(waitedFor(2)).toBeLessThan(1.7);
    expect(waitedFor(4)).toBeGreaterThan(2.2);
    expect(waitedFor(20)).toBeLessThanOrEqual(2.5);
  });
});

describe('the frame rate', () => {
  const scene: readonly Walker[] = [
    walking(20, 100, 70),
    hiddenBetween(walking(600, 220, -50), 3, 4.5),
    walking(300, 320, 5, -4),
  ];
  const whereAt = (run: SceneRun, seconds: number) =>
    run.frames
      .find((frame) => Math.abs(frame.seconds - seconds) < 1e-6)
      ?.tracks.map(({ id, state, footX, footY }) => ({
        id,
        state,
        footX: Math.round(footX / 4),
        footY: Math.round(footY / 4),
      }));

  it('does not matter: 5, 10 and 30 frames a second give the same tracks', () => {
    const runs = [5, 10, 30].map((framesPerSecond) => playScene(new Tracker(), scene, framesPerSecond, 8));
    for (const run of runs) {
      expect(idsOf(run)).toEqual([1, 2, 3]);
      for (const seconds of [1, 2, 3, 5, 6, 7, 8])
        expect(whereAt(run, seconds)).toEqual(whereAt(runs[0] as SceneRun, seconds));
    }
    const coastingAt = (run: SceneRun) => run.frames.find((f) => Math.abs(f.seconds - 4) < 1e-6)?.tracks[1];
    const [slow, , fast] = runs.map(coastingAt);
    expect(slow?.state).toBe('coasting');
    expect(Math.abs((slow?.footX ?? 0) - (fast?.footX ?? 1e9))).toBeLessThan(4);
    expect((slow?.footSigmaX ?? 0) / (fast?.footSigmaX ?? 1)).toBeGreaterThan(0.7);
    expect((slow?.footSigmaX ?? 0) / (fast?.footSigmaX ?? 1)).toBeLessThan(1.6);
  });

  it('may vary: dropped frames change no identity', () => {
    const run = playScene(new Tracker(), scene, 30, 8, (frame) => frame % 7 > 2 || (frame > 100 && frame < 118));
    expect(idsOf(run)).toEqual([1, 2, 3]);
  });
});

describe('the tracker', () => {
  it('gives the same tracks for the same frames, bit for bit', () => {
    const walkers = Array.from({ length: 12 }, (_, i) =>
      hiddenBetween(walking(40 * i, 30 * i, 20 * (i % 5) - 40, 7), 1 + i / 4, 1.5 + i / 4),
    );
    expect(playScene(new Tracker(), walkers, 10, 8)).toEqual(playScene(new Tracker(), walkers, 10, 8));
  });

  it('uses the same objects again, frame after frame', () => {
    const tracker = new Tracker();
    const first = tracker.update(batchOf([0, 0, 40, 100, 0.9]), 0);
    const track = first[0];
    for (let i = 1; i < 20; i += 1) {
      const next = tracker.update(batchOf([i, 0, 40, 100, 0.9]), i / 10);
      expect(next).toBe(first);
      expect(next[0]).toBe(track);
    }
  });

  it('ends every track and begins anew where time goes back', () => {
    const tracker = new Tracker();
    playScene(tracker, [walking(0, 0, 0)], 10, 2);
    const after = tracker.update(batchOf([0, 0, 40, 100, 0.9]), 0).map((track) => copyOf(track));
    expect(after.map(({ id, state }) => ({ id, state }))).toEqual([
      { id: 1, state: 'ended' },
      { id: 2, state: 'tentative' },
    ]);
  });

  it('refuses a time that is no number', () => {
    expect(() => new Tracker().update(batchOf(), Number.NaN)).toThrow(RangeError);
  });

  it('keeps up with a full batch', () => {
    const tracker = new Tracker();
    const batch = new DetectionBatch();
    for (let i = 0; i < batch.capacity; i += 1) batch.push((i % 32) * 60, Math.floor(i / 32) * 130, 40, 100, 0.9);
    for (let frame = 0; frame < 5; frame += 1) expect(tracker.update(batch, frame / 10)).toHaveLength(batch.capacity);
  });
});
