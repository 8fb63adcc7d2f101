import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { OperatorError } from '@safe-passage/cli';
import type { ModelManifest } from '../detect/manifest.ts';

/** No detector that runs on a CPU is larger; a server that never stops sending must not fill the disk. */
const MOST_BYTES = 256 * 1024 * 1024;

export interface FetchOptions {
  readonly manifest: Pick<ModelManifest, 'name' | 'file' | 'sha256'>;
  readonly url: string;
  /** Where the file goes; made where it is not there. */
  readonly folder: string;
  /** How long nothing may come before the server is given up, milliseconds. */
  readonly patienceMs: number;
  readonly signal: AbortSignal;
  /** @param total 0 where the server does not say. */
  readonly onBytes?: (done: number, total: number) => void;
}

/** The reason that lies deepest: `fetch failed` alone helps nobody. */
function reason(problem: unknown): string {
  if (!(problem instanceof Error)) return String(problem);
  if (problem.cause instanceof AggregateError) return reason(problem.cause.errors[0] ?? problem.cause);
  return problem.cause instanceof Error ? reason(problem.cause) : problem.message || problem.name;
}

function unreachable({ manifest, url, folder }: FetchOptions, why: string, cause: unknown): OperatorError {
  return new OperatorError(
    `${url} cannot be reached: ${why}. This machine seems to be offline, or may not go there.`,
    [
      `Fetch it on another machine and put it here as ${join(folder, manifest.file)};`,
      'or name a mirror with --from; behind a proxy, set HTTPS_PROXY and NODE_USE_ENV_PROXY=1.',
    ].join('\n'),
    { cause },
  );
}

/** Ends a request that has gone quiet, and whenever the caller's signal says so. */
class Patience {
  readonly #controller = new AbortController();
  readonly #milliseconds: number;
  readonly signal: AbortSignal;
  ranOut = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(milliseconds: number, signal: AbortSignal) {
    this.#milliseconds = milliseconds;
    this.signal = AbortSignal.any([signal, this.#controller.signal]);
    this.renew();
  }

  renew(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.ranOut = true;
      this.#controller.abort();
    }, this.#milliseconds);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

async function request(options: FetchOptions, patience: Patience): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(options.url, { signal: patience.signal, redirect: 'follow' });
  } catch (problem) {
    if (options.signal.aborted) throw problem;
    const why = patience.ranOut ? `no answer within ${options.patienceMs / 1000} s` : reason(problem);
    throw unreachable(options, why, problem);
  }
  if (response.ok) return response;
  await response.body?.cancel();
  throw new OperatorError(
    `${options.url} answers ${response.status} ${response.statusText}.`.replace(' .', '.'),
    `The publisher may have moved the file: look for ${options.manifest.file} with the SHA-256 ${options.manifest.sha256}, and name its address with --from.`,
  );
}

/** Writes what comes and hashes it on the way. @returns the SHA-256. */
async function receive(
  response: Response,
  file: FileHandle,
  options: FetchOptions,
  patience: Patience,
): Promise<string> {
  const total = Number(response.headers.get('content-length') ?? 0);
  const hash = createHash('sha256');
  let done = 0;
  try {
    for await (const chunk of response.body ?? []) {
      patience.renew();
      done += chunk.byteLength;
      if (done > MOST_BYTES) {
        throw new OperatorError(
          `${options.url} sends more than ${MOST_BYTES / 1024 / 1024} MiB, and was stopped: no detector is that large.`,
          'Look at the address with a browser.',
        );
      }
      hash.update(chunk);
      await file.write(chunk);
      options.onBytes?.(done, total);
    }
  } catch (problem) {
    if (options.signal.aborted || problem instanceof OperatorError) throw problem;
    const why = patience.ranOut ? `nothing came for ${options.patienceMs / 1000} s` : reason(problem);
    throw unreachable(options, `after ${done} bytes, ${why}`, problem);
  }
  return hash.digest('hex');
}

/**
 * Fetches a model's weights. They appear under their name when they are whole and have the manifest's SHA-256; otherwise
 * nothing is left behind, and an older file stays as it was.
 * @returns the path of the file.
 * @throws OperatorError where the server cannot be reached, has no such file, or sends another one.
 */
export async function fetchWeights(options: FetchOptions): Promise<string> {
  const { manifest, folder, url } = options;
  const path = join(folder, manifest.file);
  const temporary = `${path}.${randomBytes(4).toString('hex')}.part`;
  const patience = new Patience(options.patienceMs, options.signal);
  let file: FileHandle | null = null;
  let begun = false;
  try {
    const response = await request(options, patience);
    try {
      await mkdir(folder, { recursive: true });
      file = await open(temporary, 'wx');
      begun = true;
    } catch (problem) {
      await response.body?.cancel();
      throw new OperatorError(
        `${path} cannot be written: ${reason(problem)}.`,
        'Name a folder that you may write to with --into.',
        { cause: problem },
      );
    }
    const digest = await receive(response, file, options, patience);
    await file.close();
    file = null;
    if (digest !== manifest.sha256) {
      throw new OperatorError(
        `${url} is not the file that the manifest of "${manifest.name}" describes, and is refused.\nIt has the SHA-256 ${digest},\nthe manifest says      ${manifest.sha256}.`,
        'Nothing was kept. The publisher may have changed the file, or somebody on the way has: what was measured is another one.',
      );
    }
    await rename(temporary, path);
    return path;
  } finally {
    patience.end();
    await file?.close();
    if (begun) await rm(temporary, { force: true });
  }
}
