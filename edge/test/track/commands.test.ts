import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { calibrate } from '../../src/commands/calibrate.ts';
import { track } from '../../src/commands/track.ts';
import { formatMotDetection, parseMotDetections, parseMotTable } from '../../src/detect/mot.ts';
import { confidenceLevelsOf } from '../../src/track/offline.ts';
import { CONFIDENCE_LEVELS } from '../../src/track/options.ts';

const { signal } = new AbortController();
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'track-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** Two people for 40 frames; the second is missing in frames 20 to 29. */
const recording = (confidence: number) =>
  Array.from({ length: 40 }, (_, i) => i + 1)
    .flatMap((frame) => [
      formatMotDetection(frame, 50 + 5 * frame, 100, 40, 100, confidence),
      ...(frame >= 20 && frame < 30 ? [] : [formatMotDetection(frame, 600 - 4 * frame, 250, 40, 110, confidence)]),
    ])
    .join('\n');

describe('edge track', () => {
  it('writes the detected boxes of confirmed tracks, from their first frame on, and nothing while they are out of sight', async () => {
    const [input, output] = [join(folder, 'det.txt'), join(folder, 'result.txt')];
    await writeFile(input, recording(0.95));
    expect(await track.execute(['--detections', input, '--fps', '10', '--out', output], signal)).toBe(0);
    const result = parseMotTable(await readFile(output, 'utf8'), 'result.txt');
    expect(result.count).toBe(70);
    expect(new Set(result.id)).toEqual(new Set([1, 2]));
    expect([...result.frame]).toEqual([...result.frame].sort((a, b) => a - b));
    expect([result.x[0], result.y[0], result.width[0], result.height[0]]).toEqual([55, 100, 40, 100]);
  });

  it('takes the levels of Faster R-CNN where the file was cut at 0.5, and those of YOLOX otherwise', () => {
    const levels = (text: string) => confidenceLevelsOf(parseMotDetections(text, 'det.txt'));
    expect(levels(recording(0.7))).toBe(CONFIDENCE_LEVELS.fasterRcnn);
    expect(levels(`${recording(0.7)}\n41,-1,0,0,10,10,0.05`)).toBe(CONFIDENCE_LEVELS.yolox);
  });

  it('names what is wrong with its arguments and its file', async () => {
    const input = join(folder, 'det.txt');
    await writeFile(input, '1,-1,0,0,10\n');
    const run = (...argv: string[]) => track.execute(argv, signal);
    await expect(run('--fps', '10', '--out', 'x')).rejects.toThrow(/--detections is missing/);
    await expect(run('--detections', input, '--fps', 'fast', '--out', 'x')).rejects.toThrow(/--fps takes a number/);
    await expect(run('--detections', join(folder, 'none'), '--fps', '10', '--out', 'x')).rejects.toThrow(/none/);
    await expect(run('--detections', input, '--fps', '10', '--out', 'x')).rejects.toThrow(/det\.txt, line 1/);
    await writeFile(input, recording(0.9));
    await expect(run('--detections', input, '--fps', '10', '--detector', 'x', '--out', 'x')).rejects.toThrow(/yolox/);
    const nowhere = join(input, 'result.txt');
    await expect(run('--detections', input, '--fps', '10', '--out', nowhere)).rejects.toThrow(/cannot be written/);
  });
});

describe('edge calibrate', () => {
  const yaml = `
name: hall
imageWidth: 640
imageHeight: 480
points:
  - { image: [100, 400], floor: [0, 0] }
  - { image: [540, 400], floor: [4, 0] }
  - { image: [420, 200], floor: [4, 8] }
  - { image: [220, 200], floor: [0, 8] }
  - { image: [320, 300], floor: [2, 3], holdout: true }
`;

  it('draws the metres over the picture', async () => {
    const [input, output] = [join(folder, 'hall.yaml'), join(folder, 'hall.svg')];
    await writeFile(input, yaml);
    expect(await calibrate.execute(['--points', input, '--out', output], signal)).toBe(0);
    const svg = await readFile(output, 'utf8');
    expect(svg).toMatch(/^<svg [^>]*viewBox="0 0 640 480"/);
    expect(svg).toContain('>y 5 m<');
    expect(svg.match(/class="point/g)).toHaveLength(5);
    expect(svg).not.toMatch(/NaN|Infinity/);
  });

  it('says how the camera hangs, so that it can be compared with the wall', async () => {
    const written: string[] = [];
    const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    try {
      await calibrate.execute(['--points', 'examples/standing-table/calibration.yaml'], signal);
      expect(written.join('')).toMatch(/camera +2\.3 m above the floor, shows 60° across/);
      const input = join(folder, 'map.yaml');
      // A map of the floor is no picture of it.
      await writeFile(input, yaml.replace('[420, 200]', '[540, 200]').replace('[220, 200]', '[100, 200]'));
      await calibrate.execute(['--points', input], signal);
      expect(written.at(-1)).toContain('camera                        not told by these points');
    } finally {
      write.mockRestore();
    }
  });

  it('refuses a picture of another size', async () => {
    const [input, picture] = [join(folder, 'hall.yaml'), join(folder, 'hall.png')];
    await writeFile(input, yaml);
    const { default: sharp } = await import('sharp');
    await sharp({ create: { width: 320, height: 240, channels: 3, background: '#888' } })
      .png()
      .toFile(picture);
    const run = calibrate.execute(['--points', input, '--picture', picture, '--out', join(folder, 'x.svg')], signal);
    await expect(run).rejects.toThrow(/320x240.*640x480/);
  });
});
