import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedFile } from '../../../test/services/machine.ts';
import { detect } from '../../src/commands/detect.ts';
import { DetectionBatch } from '../../src/detect/detection.ts';
import { type Detector, loadDetector } from '../../src/detect/detector.ts';
import { createCounters, detectFrames } from '../../src/detect/pipeline.ts';
import { openFrames } from '../../src/frames/open.ts';
import { newCounters } from '../frames/recordedSource.ts';
import { averagePrecision50, type FrameBox } from './averagePrecision.ts';

const video = sharedFile('data', 'video', 'pets09-s2l1-view001.mp4');
const truthFile = sharedFile('data', 'mot15', 'PETS09-S2L1', 'gt.txt');
const models = sharedFile('models');
const ready = video !== null && truthFile !== null && models !== null;
const never = new AbortController().signal;

/** Ground truth of the sequence in pixels of the video, which is smaller than the original. */
async function readTruth(): Promise<FrameBox[]> {
  const lines = (await readFile(truthFile ?? '', 'utf8')).trim().split('\n');
  return lines
    .map((line) => line.split(',').map(Number))
    .map(([frame = 0, , x = 0, y = 0, width = 0, height = 0]) => ({
      frame,
      x: (x * 480) / 768,
      y: (y * 360) / 576,
      width: (width * 480) / 768,
      height: (height * 360) / 576,
    }));
}

describe.skipIf(!ready)('people in the PETS 2009 recording (needs ../shared or $SAFE_PASSAGE_SHARED)', () => {
  // The whole sequence, every fifth frame, gave 0.893, 0.890, 0.853 and 0.648; every 20th has only 40 frames.
  it.each([
    ['yolox-nano', 0.85],
    ['nanodet-m-416', 0.85],
    ['person-detection-retail-0013', 0.81],
    ['light-person-detector', 0.6],
  ])(
    'are found by %s with an average precision of at least %f',
    async (model, atLeast) => {
      const detector = await loadDetector({ model, confidence: 0.01 });
      try {
        const found: (FrameBox & { score: number })[] = [];
        const batch = new DetectionBatch();
        const spec = { kind: 'video', path: video ?? '', speed: 'max', loop: false } as const;
        for await (const frame of openFrames(spec, detector.target, { signal: never, counters: newCounters() })) {
          if (frame.frame % 20 !== 1) continue;
          const pending = await detector.submit(frame);
          await pending.read(batch);
          for (let i = 0; i < batch.count; i += 1) {
            const [x = 0, y = 0, width = 0, height = 0, score = 0] = [
              batch.x[i],
              batch.y[i],
              batch.width[i],
              batch.height[i],
              batch.score[i],
            ];
            found.push({ frame: pending.frame, x, y, width, height, score });
          }
        }
        const truth = (await readTruth()).filter(({ frame }) => frame % 20 === 1);
        expect(averagePrecision50(truth, found)).toBeGreaterThanOrEqual(atLeast);
      } finally {
        await detector.close();
      }
    },
    60_000,
  );
});

describe.skipIf(!ready)('the pipeline from frames to boxes (needs ../shared or $SAFE_PASSAGE_SHARED)', () => {
  let detector: Detector;
  let folder: string;
  beforeAll(async () => {
    detector = await loadDetector({ model: 'light-person-detector' });
    folder = await mkdtemp(join(tmpdir(), 'safe-passage-detect-'));
  });
  afterAll(async () => {
    await detector.close();
    await rm(folder, { recursive: true, force: true });
  });
  const spec = (speed: number | 'max', loop = false) => ({ kind: 'video', path: video ?? '', speed, loop }) as const;

  it('gives every frame of a recording once and in order, with people in nearly all', async () => {
    const counters = createCounters();
    const frames: number[] = [];
    let withPeople = 0;
    for await (const { frame, detections, sourceWidth } of detectFrames(spec('max'), detector, {
      signal: never,
      counters,
    })) {
      frames.push(frame);
      if (detections.count > 0) withPeople += 1;
      expect(sourceWidth).toBe(480);
    }
    expect(frames).toEqual(Array.from({ length: 795 }, (_, i) => i + 1));
    expect(withPeople).toBeGreaterThan(750);
    expect(counters).toMatchObject({ sourceFrames: 795, processedFrames: 795, framesDropped: 0, state: 'ended' });
  });

  it('can be left early and used again, by the same detector', async () => {
    for (let round = 0; round < 4; round += 1) {
      let last = 0;
      for await (const { frame } of detectFrames(spec('max'), detector, { signal: never })) {
        last = frame;
        if (frame === 5) break;
      }
      expect(last).toBe(5);
    }
  });

  it('ends without an error when it is told to, even where nobody reads fast enough', async () => {
    const stop = new AbortController();
    const counters = createCounters();
    let frames = 0;
    for await (const _ of detectFrames(spec(1, true), detector, { signal: stop.signal, counters })) {
      frames += 1;
      await new Promise((resolve) => setTimeout(resolve, 400));
      if (frames === 4) stop.abort();
    }
    expect(frames).toBe(4);
    expect(counters.framesDropped).toBeGreaterThan(0);
    expect(counters.state).toBe('ended');
  });

  it('passes on what the source says', async () => {
    const missing = { kind: 'video', path: join(folder, 'none.mp4'), speed: 'max', loop: false } as const;
    const reading = async () => {
      for await (const _ of detectFrames(missing, detector, { signal: never }));
    };
    await expect(reading()).rejects.toThrow(/none\.mp4/);
  });

  it('fails, instead of waiting for ever, where the detector was closed', async () => {
    const closed = await loadDetector({ model: 'light-person-detector' });
    const reading = async () => {
      for await (const { frame } of detectFrames(spec('max'), closed, { signal: never })) {
        if (frame === 3) await closed.close();
      }
    };
    await expect(reading()).rejects.toThrow('the detector was closed');
  });

  it('writes MOTChallenge detections from the command line, whole or not at all', async () => {
    const out = join(folder, 'det.txt');
    const argv = ['--source', video ?? '', '--model', 'light-person-detector', '--out', out];
    expect(await detect.execute(argv, AbortSignal.abort())).toBe(1);
    expect(await readdir(folder)).toEqual([]);
    expect(await detect.execute(argv, never)).toBe(0);
    const lines = (await readFile(out, 'utf8')).trim().split('\n');
    expect(await readdir(folder)).toEqual(['det.txt']);
    expect(lines.length).toBeGreaterThan(2000);
    for (const line of lines) {
      expect(line).toMatch(/^[1-9]\d*,-1,\d+\.\d\d,\d+\.\d\d,\d+\.\d\d,\d+\.\d\d,[01]\.\d{4},-1,-1,-1$/);
    }
    expect(lines.at(0)?.startsWith('1,')).toBe(true);
    expect(lines.at(-1)?.startsWith('795,')).toBe(true);
  });

  it('keeps what was found before a recording breaks off, and still says so', async () => {
    const cut = join(folder, 'cut.mp4');
    await writeFile(cut, (await readFile(video ?? '')).subarray(0, 1_000_000));
    const out = join(folder, 'cut.txt');
    const argv = ['--source', cut, '--model', 'light-person-detector', '--out', out];
    await expect(detect.execute(argv, never)).rejects.toThrow(/cut\.mp4" breaks off/);
    expect((await readFile(out, 'utf8')).split('\n').length).toBeGreaterThan(200);
  });
});
