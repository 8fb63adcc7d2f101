import { type ModelManifest, parseManifest } from '../../src/detect/manifest.ts';

const YOLOX: ModelManifest = {
  name: 'example',
  file: 'example.onnx',
  sha256: '0'.repeat(64),
  licence: 'Apache-2.0',
  source: 'https://example.org/model',
  input: {
    name: 'images',
    width: 416,
    height: 416,
    layout: 'NCHW',
    channelOrder: 'BGR',
    mean: [0, 0, 0],
    std: [1, 1, 1],
    resize: { kind: 'letterbox', position: 'top-left', fill: 114 },
  },
  decoder: { kind: 'yolox', output: 'output', strides: [8, 16, 32] },
  classes: { count: 80, person: 0 },
  nms: { iou: 0.45 },
  confidence: 0.3,
};

/** A valid manifest of a YOLOX model with some fields replaced; validated as one from a file. */
export function manifestWith(fields: Partial<ModelManifest>): ModelManifest {
  return parseManifest(JSON.stringify({ ...YOLOX, ...fields }), 'example.json');
}
