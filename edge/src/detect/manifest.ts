import { readFile } from 'node:fs/promises';
import { OperatorError } from '@safe-passage/cli';
import { checker, describeProblems } from '@safe-passage/contract';
import { type Static, Type } from 'typebox';

const closed = { additionalProperties: false } as const;
const Triple = (options: { exclusiveMinimum?: number }) =>
  Type.Tuple([Type.Number(options), Type.Number(options), Type.Number(options)]);
const Name = Type.String({ minLength: 1 });
const Strides = Type.Array(Type.Integer({ minimum: 1 }), { minItems: 1 });

const Resize = Type.Union([
  Type.Object({ kind: Type.Literal('stretch') }, closed),
  Type.Object(
    {
      kind: Type.Literal('letterbox'),
      position: Type.Union([Type.Literal('top-left'), Type.Literal('centre')]),
      /** Value of the border before normalisation, 0 to 255. */
      fill: Type.Number({ minimum: 0, maximum: 255 }),
    },
    closed,
  ),
]);

const DecoderSpec = Type.Union([
  /** YOLOX, raw: per grid cell (cx, cy) + cell, exp(w), exp(h), times the stride; objectness; classes (Ge et al. 2021, arXiv:2107.08430). */
  Type.Object({ kind: Type.Literal('yolox'), output: Name, strides: Strides }, closed),
  /** Generalised focal loss head: each side's distance is a distribution over bins (Li et al. 2020, arXiv:2006.04388). */
  Type.Object(
    {
      kind: Type.Literal('nanodet'),
      strides: Strides,
      /** Bins of one side's distribution: 0 to bins - 1 strides. */
      bins: Type.Integer({ minimum: 2, maximum: 64 }),
      /** Per stride: class scores (sigmoid done) and distributions. */
      scores: Type.Array(Name, { minItems: 1 }),
      distances: Type.Array(Name, { minItems: 1 }),
      /** Where in its cell an anchor point lies, in cells: 0.5 is the middle. */
      cellOffset: Type.Number({ minimum: 0, maximum: 1 }),
    },
    closed,
  ),
  /** Corners (x1, y1, x2, y2) and one score per class. */
  Type.Object(
    {
      kind: Type.Literal('boxes-scores'),
      boxes: Name,
      scores: Name,
      units: Type.Union([Type.Literal('fraction'), Type.Literal('pixels')]),
    },
    closed,
  ),
]);

export const ModelManifest = Type.Object(
  {
    $schema: Type.Optional(Type.String()),
    name: Type.String({ pattern: '^[a-z0-9][a-z0-9.-]*$' }),
    summary: Type.Optional(Type.String()),
    /** Name of the weights' file, without a folder. */
    file: Type.String({ pattern: '^[^/\\\\]+\\.onnx$' }),
    sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    /** SPDX identifier. */
    licence: Name,
    source: Name,
    /** Where the publisher keeps the file itself; absent where it is part of the project or nobody publishes it as it is. */
    download: Type.Optional(Type.String({ pattern: '^https://[^\\s]+$' })),
    input: Type.Object(
      {
        name: Name,
        /** Pixels. */
        width: Type.Integer({ minimum: 16, maximum: 4096 }),
        height: Type.Integer({ minimum: 16, maximum: 4096 }),
        layout: Type.Literal('NCHW'),
        channelOrder: Type.Union([Type.Literal('BGR'), Type.Literal('RGB')]),
        /** value = (pixel - mean) / std, pixel 0 to 255, per channel in the channel order. */
        mean: Triple({}),
        std: Triple({ exclusiveMinimum: 0 }),
        resize: Resize,
      },
      closed,
    ),
    decoder: DecoderSpec,
    classes: Type.Object({ count: Type.Integer({ minimum: 1 }), person: Type.Integer({ minimum: 0 }) }, closed),
    nms: Type.Object(
      {
        /** Of two boxes that overlap by more than this, the better one stays. */
        iou: Type.Number({ minimum: 0, maximum: 1 }),
        /** The worse box's score falls linearly from this overlap on, to nothing at `iou`; absent: it does not. */
        fadeFrom: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
        /** What stays is the average of the boxes it overlaps by more than `iou`, weighted by score x exp(-(1 - overlap)² / this); absent: itself. */
        averageSpread: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1 })),
      },
      closed,
    ),
    /** Lowest confidence reported where nobody says otherwise. */
    confidence: Type.Number({ minimum: 0, maximum: 1 }),
  },
  closed,
);
export type ModelManifest = Static<typeof ModelManifest>;

const check = checker(ModelManifest);

/** Validates a manifest, beyond its schema too. @throws OperatorError that names file, field and remedy. */
export function parseManifest(text: string, path: string): ModelManifest {
  const fail = (problem: string): never => {
    throw new OperatorError(
      `The model manifest ${path} is wrong:\n${problem}`,
      'Correct it; the manifests in the folder models/ are examples, models/README.md explains the fields.',
    );
  };
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (problem) {
    return fail(`it is no JSON: ${problem instanceof Error ? problem.message : String(problem)}`);
  }
  const checked = check(document);
  if (!checked.ok) return fail(describeProblems(checked.problems));
  const { classes, decoder, nms } = checked.value;
  if (classes.person >= classes.count) {
    return fail(`classes.person: must be below classes.count (${classes.count}); found ${classes.person}`);
  }
  if (nms.fadeFrom !== undefined && nms.fadeFrom > nms.iou) {
    return fail(`nms.fadeFrom: must be at most nms.iou (${nms.iou}); found ${nms.fadeFrom}`);
  }
  if (decoder.kind === 'nanodet') {
    for (const field of ['scores', 'distances'] as const) {
      if (decoder[field].length !== decoder.strides.length) {
        return fail(
          `decoder.${field}: must name one output per stride (${decoder.strides.length}); found ${decoder[field].length}`,
        );
      }
    }
  }
  return checked.value;
}

/** @throws OperatorError */
export async function readManifest(path: string): Promise<ModelManifest> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (problem) {
    throw new OperatorError(
      `The model manifest ${path} cannot be read (${problem instanceof Error ? problem.message : String(problem)}).`,
      'Check that the file is there and that you may read it.',
      { cause: problem },
    );
  }
  return parseManifest(text, path);
}

/** The outputs that a manifest's decoder reads, in the order in which its decoder takes them. */
export function outputNames({ decoder }: ModelManifest): readonly string[] {
  switch (decoder.kind) {
    case 'yolox':
      return [decoder.output];
    case 'nanodet':
      return [...decoder.scores, ...decoder.distances];
    case 'boxes-scores':
      return [decoder.boxes, decoder.scores];
  }
}
