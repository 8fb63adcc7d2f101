import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadDetector } from '@safe-passage/edge/detect/detector.ts';
import { detectFrames } from '@safe-passage/edge/detect/pipeline.ts';
import { bufferedOverlap } from '@safe-passage/edge/track/overlap.ts';
import { CLOTHES, type Figure, figureSvg } from '@safe-passage/sim/cameras/figure.ts';
import { Random } from '@safe-passage/sim/random.ts';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedFile } from '../../../test/services/machine.ts';

const [WIDTH, HEIGHT, PICTURES] = [640, 480, 40] as const;
const models = sharedFile('models');

function floor(): string {
  const across = Array.from({ length: 12 }, (_, i) => 90 + 3.2 * i * i);
  const along = Array.from(
    { length: 30 },
    (_, i) => `<line x1="${80 * i - 400}" y1="480" x2="${200 + 15 * i}" y2="80" stroke="#8d8a84"/>`,
  );
  return `<rect width="640" height="480" fill="#a09b92"/><rect width="640" height="85" fill="#cfd3d6"/>${along.join('')}${across
    .map((y) => `<line x1="0" y1="${y}" x2="640" y2="${y}" stroke="#8d8a84"/>`)
    .join('')}`;
}

const figuresOf = (random: Random): Figure[] =>
  Array.from({ length: 4 }, (_, i): Figure => {
    const foot = random.between(200, 460);
    return {
      x: 80 + 160 * i + random.between(-20, 20),
      foot,
      height: 40 + 0.55 * (foot - 200),
      phase: random.between(0, 2 * Math.PI),
      fromTheSide: random.next(),
      cloth: CLOTHES[Math.floor(random.next() * CLOTHES.length)] as string,
    };
  });

describe.skipIf(!models)(`drawn figures${models ? '' : ' (needs the shared folder of detectors)'}`, () => {
  let folder: string;
  const drawn: Figure[][] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'figures-'));
    const random = new Random(5);
    for (let k = 1; k <= PICTURES; k += 1) {
      const figures = figuresOf(random);
      drawn.push(figures);
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">${floor()}${figures.map(figureSvg).join('')}</svg>`;
      await sharp(Buffer.from(svg))
        .blur(0.6)
        .png()
        .toFile(join(folder, `${String(k).padStart(4, '0')}.png`));
    }
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(['yolox-nano', 'nanodet-m-416'])(
    'are found by %s, at a confidence of 0.3 and from 40 to 180 pixels high',
    async (model) => {
      const detector = await loadDetector({ model, confidence: 0.3, modelFolders: [models as string] });
      let found = 0;
      let ghosts = 0;
      try {
        const spec = { kind: 'images', folder, framesPerSecond: 10 } as const;
        for await (const { frame, detections: d } of detectFrames(spec, detector, {
          signal: new AbortController().signal,
        })) {
          const figures = drawn[frame - 1] ?? [];
          const overlaps = (f: Figure, i: number) =>
            bufferedOverlap(
              f.x - 0.17 * f.height,
              f.foot - f.height,
              0.34 * f.height,
              f.height,
              d.x[i] as number,
              d.y[i] as number,
              d.width[i] as number,
              d.height[i] as number,
              0,
            ) >= 0.5;
          const boxes = Array.from({ length: d.count }, (_, i) => i);
          found += figures.filter((f) => boxes.some((i) => overlaps(f, i))).length;
          ghosts += boxes.filter((i) => !figures.some((f) => overlaps(f, i))).length;
        }
      } finally {
        await detector.close();
      }
      expect(found / (4 * PICTURES)).toBeGreaterThan(0.95);
      expect(ghosts / PICTURES).toBeLessThan(0.2);
    },
  );
});
