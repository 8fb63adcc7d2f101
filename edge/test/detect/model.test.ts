import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedFile } from '../../../test/services/machine.ts';
import { DEFAULTS } from '../../src/config.ts';
import { loadDetector } from '../../src/detect/detector.ts';
import { EMBEDDED_MODEL, findModel, MANIFEST_FOLDER } from '../../src/detect/findModel.ts';
import { parseManifest, readManifest } from '../../src/detect/manifest.ts';
import { manifestWith } from './manifests.ts';

const PUBLIC = ['yolox-nano', 'nanodet-m-416', 'person-detection-retail-0013', 'light-person-detector'] as const;
const light = sharedFile('models', 'light-person-detector', 'light_person_detector.onnx');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'safe-passage-model-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function modelFolder(name: string, bytes: string, sha256?: string): Promise<string> {
  const path = join(folder, name);
  await mkdir(path);
  await writeFile(join(path, 'example.onnx'), bytes);
  if (sha256 !== undefined) await writeFile(join(path, 'example.json'), JSON.stringify(manifestWith({ sha256 })));
  return path;
}

const digestOf = (bytes: string) => createHash('sha256').update(bytes).digest('hex');

describe('a manifest', () => {
  it.each(PUBLIC)('of the project is valid and bears its own name: %s', async (name) => {
    const manifest = await readManifest(join(MANIFEST_FOLDER, `${name}.json`));
    expect(manifest.name).toBe(name);
    expect(manifest.licence).toBe('Apache-2.0');
  });

  it('with a mistake is refused with file, field, value and what is expected', () => {
    const text = JSON.stringify({ ...manifestWith({}), confidence: 7 });
    expect(() => parseManifest(text, '/models/hall.json')).toThrow(/hall\.json is wrong:\nconfidence: .*found 7/);
    expect(() => parseManifest('{', '/models/hall.json')).toThrow(/it is no JSON/);
    expect(() => manifestWith({ nms: { iou: 0.5, fadeFrom: 0.6 } })).toThrow(
      /nms\.fadeFrom: must be at most nms\.iou \(0\.5\); found 0\.6/,
    );
    expect(() => manifestWith({ classes: { count: 1, person: 1 } })).toThrow(
      /classes\.person: must be below .* found 1/,
    );
    expect(() =>
      manifestWith({
        decoder: { kind: 'nanodet', strides: [8, 16], bins: 8, scores: ['a'], distances: ['b', 'c'], cellOffset: 0.5 },
      }),
    ).toThrow(/decoder\.scores: must name one output per stride \(2\); found 1/);
  });
});

describe('finding a model', () => {
  it('takes a path with the manifest beside it, and a name from a folder of models', async () => {
    const path = await modelFolder('good', 'weights', digestOf('weights'));
    expect((await findModel(join(path, 'example.onnx'))).digest).toBe(digestOf('weights'));
    expect((await findModel('example', [path])).weights).toBe(join(path, 'example.onnx'));
  });

  it('refuses weights that are not those of the manifest, and names both digests', async () => {
    const path = await modelFolder('changed', 'changed weights', digestOf('weights'));
    const refused = expect(findModel(join(path, 'example.onnx'))).rejects;
    await refused.toThrow(new RegExp(`${digestOf('changed weights')}[^]*${digestOf('weights')}`));
  });

  it('teaches how to describe a model that has no manifest', async () => {
    const path = await modelFolder('bare', 'weights of nobody');
    await expect(findModel(join(path, 'example.onnx'))).rejects.toMatchObject({
      message: expect.stringContaining('has no manifest'),
      remedy: expect.stringMatching(
        new RegExp(`example\\.json: copy .*"sha256" to "${digestOf('weights of nobody')}"`),
      ),
    });
  });

  it('names the models that there are where the name is unknown, and the folders where the weights are missing', async () => {
    await expect(findModel('yolo-gigantic')).rejects.toMatchObject({
      message: 'There is no model "yolo-gigantic".',
      remedy: expect.stringContaining('yolox-nano'),
    });
    const path = await modelFolder('lost', 'weights', digestOf('weights'));
    await rm(join(path, 'example.onnx'));
    await expect(findModel('example', [path])).rejects.toMatchObject({
      message: expect.stringMatching(
        /weights of the model "example" \(example\.onnx\) are not on this machine; searched: .*lost/,
      ),
      remedy: expect.stringContaining('$SAFE_PASSAGE_MODELS'),
    });
    await expect(findModel('/no/such.onnx')).rejects.toThrow('There is no model file "/no/such.onnx"');
  });

  it.skipIf(!light)(
    'knows a public model by its digest, whatever it is called (needs ../shared or $SAFE_PASSAGE_SHARED)',
    async () => {
      const path = join(folder, 'renamed.onnx');
      await copyFile(light ?? '', path);
      expect((await findModel(path)).manifest.name).toBe('light-person-detector');
    },
  );
});

describe('the model of whoever names none', () => {
  it('is the one that comes with the project', async () => {
    expect(DEFAULTS.model).toBe(EMBEDDED_MODEL);
    const found = await findModel(DEFAULTS.model);
    expect(found.weights).toContain(MANIFEST_FOLDER);
    expect(found.digest).toBe(found.manifest.sha256);
  });

  it('one that is asked for is never another than its manifest describes', async () => {
    const path = join(folder, 'tampered');
    await mkdir(path);
    const { file } = await readManifest(join(MANIFEST_FOLDER, 'yolox-nano.json'));
    await writeFile(join(path, file), 'other weights');
    await expect(findModel('yolox-nano', [path])).rejects.toThrow(/is not the one that its manifest describes/);
  });
});

describe('loading a detector', () => {
  it('says that a file is no model', async () => {
    const path = await modelFolder('no-model', 'weights', digestOf('weights'));
    await expect(loadDetector({ model: join(path, 'example.onnx') })).rejects.toMatchObject({
      message: expect.stringMatching(/example\.onnx cannot be run as its manifest says/),
      remedy: expect.stringContaining('manifest'),
    });
  });

  it.skipIf(!light)(
    'says which output a manifest asks for in vain (needs ../shared or $SAFE_PASSAGE_SHARED)',
    async () => {
      const manifest = await readManifest(join(MANIFEST_FOLDER, 'light-person-detector.json'));
      const path = join(folder, 'mistaken.onnx');
      await copyFile(light ?? '', path);
      const decoder = { kind: 'yolox', output: 'boxes', strides: [8, 16, 32] } as const;
      await writeFile(join(folder, 'mistaken.json'), JSON.stringify({ ...manifest, decoder }));
      await expect(loadDetector({ model: path })).rejects.toThrow(/it has no output "boxes"; its outputs are output/);
    },
  );

  it('refuses a confidence and a number of threads that make no sense', async () => {
    const path = await modelFolder('settings', 'weights', digestOf('weights'));
    const model = join(path, 'example.onnx');
    await expect(loadDetector({ model, confidence: 2 })).rejects.toThrow('confidence 2');
    await expect(loadDetector({ model, threads: 0 })).rejects.toThrow('0 threads');
  });
});
