import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DetectionBatch } from '../../src/detect/detection.ts';
import { BlindZones } from '../../src/floor/blindZones.ts';
import { FloorTracks } from '../../src/floor/floorTracks.ts';

type Box = readonly [x: number, y: number, width: number, height: number, score: number];

/** Everybody on the floor of an assumed camera, and what becomes of each frame. */
function floorTracks(confidence = 0.1, room = true) {
  const tracks = new FloorTracks({ calibration: null, blindZones: new BlindZones([]), confidence });
  const detections = new DetectionBatch();
  const take = (ms: number, boxes: readonly Box[], sourceWidth = 1280, sourceHeight = 720) => {
    detections.clear();
    for (const box of boxes) detections.push(...box);
    const places: object[] = [];
    const ended: number[] = [];
    tracks.update(
      { frame: 1, timeMs: ms, sourceWidth, sourceHeight, detections },
      {
        place: ({ id, state, score }, place) => {
          places.push({ id, state, score, ...place });
          return room;
        },
        ended: (id) => ended.push(id),
      },
    );
    return { places, ended };
  };
  return { tracks, take };
}

const STANDING: Box = [600, 300, 80, 240, 0.9];

describe('people on the floor', () => {
  it('are those in boxes of at least the confidence, as if the others had not been there', () => {
    const between = (min: number, max: number) => fc.double({ min, max, noNaN: true });
    const box = fc.tuple(between(0, 1200), between(200, 400), between(40, 120), between(100, 300), between(0, 1));
    const frames = fc.array(fc.array(box, { maxLength: 8 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(frames, between(0, 1), (boxes, confidence) => {
        const [all, sure] = [floorTracks(confidence), floorTracks(0)];
        for (const [i, frame] of boxes.entries()) {
          const expected = sure.take(
            100 * i,
            frame.filter(([, , , , score]) => score >= confidence),
          );
          expect(all.take(100 * i, frame)).toEqual(expected);
        }
      }),
    );
  });

  it('stand where the picture says, although the camera may change its size', () => {
    const { take } = floorTracks();
    take(0, [STANDING]);
    for (const [width, height] of [
      [640, 720],
      [640, 360],
    ] as const) {
      const elsewhere: Box = [100, height / 2, 30, 90, 0.9];
      const { places } = take(100, [elsewhere], width, height);
      const [expected] = floorTracks().take(100, [elsewhere], width, height).places;
      expect(places.at(-1)).toMatchObject({ ...expected, id: expect.any(Number) });
    }
  });

  it('are waited for in seconds: of two in view, half a second and half as much again', () => {
    const { take } = floorTracks();
    for (let ms = 0; ms <= 2000; ms += 100) take(ms, [STANDING]);
    expect(take(3500, [])).toMatchObject({ places: [{ state: 'coasting' }], ended: [] });
    expect(take(3501, [])).toEqual({ places: [], ended: [1] });
  });

  it('are counted as off the floor where there is no room for their place', () => {
    const { tracks, take } = floorTracks(0.1, false);
    for (let ms = 0; ms < 500; ms += 100) take(ms, [STANDING]);
    expect(tracks.keptBack).toEqual({ pointsInBlindZones: 0, pointsOffFloor: 5 });
    const roomy = floorTracks();
    roomy.take(0, [STANDING]);
    expect(roomy.tracks.keptBack.pointsOffFloor).toBe(0);
  });

  it('are forgotten at the end, whoever was lost from view a moment before included', () => {
    const { tracks, take } = floorTracks();
    for (let ms = 0; ms <= 1000; ms += 100) take(ms, [STANDING]);
    expect(take(1100, []).places).toHaveLength(1);
    tracks.end();
    expect(take(1200, []).places).toEqual([]);
  });
});
