import { describe, expect, it } from 'vitest';
import { sharedFile } from '../../../test/services/machine.ts';
import { benchPipeline, median } from '../../src/bench/pipeline.ts';

it('a median is the middle value, or the mean of the two in the middle', () => {
  expect(median([5, 1, 3])).toBe(3);
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

const video = sharedFile('data', 'video', 'pets09-s2l1-view001.mp4');

describe.skipIf(!video || !sharedFile('models'))(
  'the speed of the pipeline (needs ../shared or $SAFE_PASSAGE_SHARED)',
  () => {
    it('is measured beside bare onnxruntime, in frames per second', async () => {
      let repeats = 0;
      const measured = await benchPipeline({
        video: video ?? '',
        model: 'light-person-detector',
        threads: 1,
        repeats: 1,
        onRepeat: () => {
          repeats += 1;
        },
      });
      expect(repeats).toBe(1);
      expect(measured.bareFps).toBeGreaterThan(20);
      expect(measured.pipelineFps).toBeGreaterThan(20);
      expect(measured.ratio).toBeCloseTo(measured.pipelineFps / measured.bareFps, 6);
    }, 240_000);
  },
);
