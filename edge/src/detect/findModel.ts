import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { OperatorError } from '@safe-passage/cli';
import { type ModelManifest, readManifest } from './manifest.ts';

/** The project's own manifests. */
export const MANIFEST_FOLDER = resolve(import.meta.dirname, '../../../models');

export interface FoundModel {
  readonly manifest: ModelManifest;
  /** Path of the .onnx file. */
  readonly weights: string;
  /** SHA-256 of the weights, found and compared with the manifest's. */
  readonly digest: string;
}

export interface KnownManifest {
  readonly path: string;
  readonly manifest: ModelManifest;
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

async function entries(folder: string): Promise<string[]> {
  return await readdir(folder).catch(() => []);
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
  } catch (problem) {
    throw new OperatorError(
      `The model ${path} cannot be read (${problem instanceof Error ? problem.message : String(problem)}).`,
      'Check that the file is there and that you may read it.',
      { cause: problem },
    );
  }
  return hash.digest('hex');
}

/** The SHA-256 of a file; null where there is none. @throws OperatorError where it cannot be read. */
export async function digestOf(path: string): Promise<string | null> {
  return (await exists(path)) ? await sha256(path) : null;
}

async function knownManifests(folders: readonly string[]): Promise<KnownManifest[]> {
  const known: KnownManifest[] = [];
  for (const folder of folders) {
    for (const name of (await entries(folder)).sort()) {
      if (!name.endsWith('.json') || name === 'package.json') continue;
      const path = join(folder, name);
      known.push({ path, manifest: await readManifest(path) });
    }
  }
  return known;
}

/** Folders that may hold weights: each of the roots and the folders in them. */
async function weightFolders(roots: readonly string[]): Promise<string[]> {
  const folders: string[] = [];
  for (const root of roots) {
    folders.push(root);
    for (const name of (await entries(root)).sort()) folders.push(join(root, name));
  }
  return folders;
}

function searchRoots(modelFolders: readonly string[], manifestFolder: string): string[] {
  const { SAFE_PASSAGE_MODELS: models, SAFE_PASSAGE_SHARED: shared } = process.env;
  return [
    ...modelFolders,
    manifestFolder,
    ...(models ? [models] : []),
    join(shared ? shared : resolve(MANIFEST_FOLDER, '../../shared'), 'models'),
  ];
}

/** Compares weights with their manifest. @throws OperatorError with both digests where they differ. */
async function checkDigest(found: KnownManifest, weights: string): Promise<FoundModel> {
  const digest = await sha256(weights);
  if (digest !== found.manifest.sha256) {
    throw new OperatorError(
      `The model ${weights} is not the one that its manifest describes, and is refused.\nThe file has the SHA-256 ${digest},\nthe manifest ${found.path} says     ${found.manifest.sha256}.`,
      'Get the right file again from its source; if it was changed on purpose, correct "sha256" in the manifest and measure its accuracy anew.',
    );
  }
  return { manifest: found.manifest, weights, digest };
}

/** Finds a manifest by the model's name. @throws OperatorError that says which there are. */
export async function findManifest(name: string, modelFolders: readonly string[] = []): Promise<KnownManifest> {
  const known = await knownManifests([...modelFolders, MANIFEST_FOLDER]);
  const found = known.find(({ manifest }) => manifest.name === name);
  if (!found) {
    throw new OperatorError(
      `There is no model "${name}".`,
      `Known are ${[...new Set(known.map(({ manifest }) => manifest.name))].join(', ')}; or give the path of an .onnx file.`,
    );
  }
  return found;
}

/** Where the weights of a manifest lie; null where they are not on this machine. */
async function weightsOf({ manifest }: KnownManifest, roots: readonly string[]): Promise<string | null> {
  for (const folder of await weightFolders(roots)) {
    const path = join(folder, manifest.file);
    if (await exists(path)) return path;
  }
  return null;
}

async function findByName(name: string, modelFolders: readonly string[]): Promise<FoundModel> {
  const found = await findManifest(name, modelFolders);
  const roots = searchRoots(modelFolders, dirname(found.path));
  const weights = await weightsOf(found, roots);
  if (weights) return await checkDigest(found, weights);
  throw new OperatorError(
    `The weights of the model "${name}" (${found.manifest.file}) are not on this machine; searched: ${roots.join(', ')}, and the folders in them.`,
    found.manifest.download
      ? `Fetch them: npm run -s models -- pull ${name}; without a network, copy the file from elsewhere and name its folder in $SAFE_PASSAGE_MODELS.`
      : `Get them from ${found.manifest.source} and name their folder in $SAFE_PASSAGE_MODELS.`,
  );
}

async function findByPath(path: string, modelFolders: readonly string[]): Promise<FoundModel> {
  if (!(await exists(path))) {
    throw new OperatorError(
      `There is no model file "${path}".`,
      'Check the path, or give the name of a known model, such as yolox-nano.',
    );
  }
  const beside = join(dirname(path), `${basename(path, '.onnx')}.json`);
  if (await exists(beside)) return await checkDigest({ path: beside, manifest: await readManifest(beside) }, path);
  const digest = await sha256(path);
  const known = (await knownManifests([...modelFolders, MANIFEST_FOLDER])).find(
    ({ manifest }) => manifest.sha256 === digest,
  );
  if (known) return { manifest: known.manifest, weights: path, digest };
  throw new OperatorError(
    `The model "${path}" has no manifest: nobody knows its input, its decoder or its licence.`,
    `Write one to ${beside}: copy ${join(MANIFEST_FOLDER, 'yolox-nano.json')} and set "file" to "${basename(path)}", "sha256" to "${digest}", and input, decoder and classes as models/README.md explains.`,
  );
}

/**
 * Finds a model and checks its digest.
 * @param model a name, or the path of an .onnx file.
 * @param modelFolders searched before the project's own.
 * @throws OperatorError where it is unknown, missing, not described, or not the file that its manifest describes.
 */
export async function findModel(model: string, modelFolders: readonly string[] = []): Promise<FoundModel> {
  return model.endsWith('.onnx') ? await findByPath(model, modelFolders) : await findByName(model, modelFolders);
}

/** Comes with the project: taken where nobody names another. */
export const EMBEDDED_MODEL = 'safe-passage-person';
/** Finds more people who are small or hide each other, and has to be fetched. */
export const PUBLIC_MODEL = 'yolox-nano';
