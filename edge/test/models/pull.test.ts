import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MANIFEST_FOLDER } from '../../src/detect/findModel.ts';
import { readManifest } from '../../src/detect/manifest.ts';
import { type FetchOptions, fetchWeights } from '../../src/models/fetchWeights.ts';
import { pull } from '../../src/models/pull.ts';

const WEIGHTS = Buffer.alloc(300_000, 'weights');
const never = new AbortController().signal;

let folder: string;
let server: Server | null;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'safe-passage-pull-'));
  server = null;
});
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(null)));
  await rm(folder, { recursive: true, force: true });
});

/** A publisher on this machine. @returns the address of a file. */
async function publisher(answer: RequestListener): Promise<string> {
  const started = createServer(answer);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}/weights.onnx`;
}

/** An address at which nobody listens: that of a server which has just gone. */
async function nobody(): Promise<string> {
  const url = await publisher(() => undefined);
  await new Promise((resolve) => server?.close(resolve));
  server = null;
  return url;
}

const fetching = (url: string, more: Partial<FetchOptions> = {}) =>
  fetchWeights({
    manifest: { name: 'example', file: 'example.onnx', sha256: createHash('sha256').update(WEIGHTS).digest('hex') },
    url,
    folder,
    patienceMs: 30_000,
    signal: never,
    ...more,
  });

describe('weights that are fetched', () => {
  it('lie under their name when they are whole and the right ones', async () => {
    const url = await publisher((_, response) => response.end(WEIGHTS));
    const into = join(folder, 'new', 'folder');
    const bytes: number[] = [];
    const path = await fetching(url, { folder: into, onBytes: (done) => bytes.push(done) });
    expect(path).toBe(join(into, 'example.onnx'));
    expect(await readFile(path)).toEqual(WEIGHTS);
    expect(await readdir(into)).toEqual(['example.onnx']);
    expect(bytes.at(-1)).toBe(WEIGHTS.length);
  });

  it('follow the publisher to where the file has gone', async () => {
    const url = await publisher((request, response) => {
      if (request.url === '/stored') response.end(WEIGHTS);
      else response.writeHead(302, { location: '/stored' }).end();
    });
    expect(await readFile(await fetching(url))).toEqual(WEIGHTS);
  });

  it('are refused where one byte differs, with both digests, and an older file stays', async () => {
    const changed = Buffer.from(WEIGHTS);
    changed[7] = 0;
    await writeFile(join(folder, 'example.onnx'), 'older');
    const url = await publisher((_, response) => response.end(changed));
    const refused = expect(fetching(url)).rejects;
    await refused.toThrow(
      new RegExp(
        `refused[\\s\\S]*${createHash('sha256').update(changed).digest('hex')}[\\s\\S]*${createHash('sha256').update(WEIGHTS).digest('hex')}`,
      ),
    );
    expect(await readdir(folder)).toEqual(['example.onnx']);
    expect(await readFile(join(folder, 'example.onnx'), 'utf8')).toBe('older');
  });

  it('are not to be had from a machine that is offline, which is said with what to do', async () => {
    const url = await nobody();
    await expect(fetching(url)).rejects.toMatchObject({
      message: expect.stringMatching(/cannot be reached: .*ECONNREFUSED.*seems to be offline/),
      remedy: expect.stringMatching(new RegExp(`put it here as ${join(folder, 'example.onnx')}[\\s\\S]*--from`)),
    });
    await expect(fetching('https://nowhere.invalid/a.onnx')).rejects.toThrow(
      /nowhere\.invalid\/a\.onnx cannot be reached: .* seems to be offline/,
    );
    expect(await readdir(folder)).toEqual([]);
  });

  it('are given up where the publisher goes quiet, before or in the middle', async () => {
    const silent = await publisher(() => undefined);
    await expect(fetching(silent, { patienceMs: 50 })).rejects.toThrow(/no answer within 0\.05 s/);
    server?.closeAllConnections();
    const halting = await publisher((_, response) => {
      response.writeHead(200, { 'content-length': WEIGHTS.length });
      response.write(WEIGHTS.subarray(0, 1000));
    });
    await expect(fetching(halting, { patienceMs: 300 })).rejects.toThrow(
      /cannot be reached: .*(nothing came for|no answer within) 0\.3 s/,
    );
    expect(await readdir(folder)).toEqual([]);
  });

  it('leave nothing behind where the line breaks', async () => {
    const url = await publisher((_, response) => {
      response.writeHead(200, { 'content-length': WEIGHTS.length });
      response.write(WEIGHTS.subarray(0, 1000), () => response.destroy());
    });
    await expect(fetching(url)).rejects.toThrow(/cannot be reached/);
    expect(await readdir(folder)).toEqual([]);
  });

  it('are looked for elsewhere where the publisher has moved them', async () => {
    const url = await publisher((_, response) => response.writeHead(404).end('gone'));
    await expect(fetching(url)).rejects.toMatchObject({
      message: expect.stringContaining('answers 404 Not Found.'),
      remedy: expect.stringMatching(/example\.onnx with the SHA-256 [0-9a-f]{64}, .*--from/),
    });
  });

  it('stop coming at Ctrl-C', async () => {
    const stop = new AbortController();
    const url = await publisher((_, response) => {
      response.writeHead(200, { 'content-length': WEIGHTS.length });
      response.write(WEIGHTS.subarray(0, 1000));
    });
    await expect(fetching(url, { signal: stop.signal, onBytes: () => stop.abort() })).rejects.toThrow();
    expect(await readdir(folder)).toEqual([]);
  });

  it('need a folder that can be written to', async () => {
    const url = await publisher((_, response) => response.end(WEIGHTS));
    await writeFile(join(folder, 'file'), '');
    await expect(fetching(url, { folder: join(folder, 'file', 'below') })).rejects.toMatchObject({
      remedy: expect.stringContaining('--into'),
    });
  });
});

describe('models pull', () => {
  const run = (...argv: string[]) => pull.execute([...argv, '--into', folder], never);

  it('refuses what is not the public detector asked for', async () => {
    const url = await publisher((_, response) => response.end(WEIGHTS));
    await expect(run('yolox-nano', '--from', url)).rejects.toThrow(
      /manifest of "yolox-nano" describes, and is refused/,
    );
    expect(await readdir(folder)).toEqual([]);
  });

  it('has nothing to fetch where the right file is there', async () => {
    expect(await run('safe-passage-person')).toBe(0);
    expect(await readdir(folder)).toEqual([]);
  });

  it('says which models there are where the name is unknown', async () => {
    await expect(run('yolo-gigantic')).rejects.toMatchObject({ remedy: expect.stringContaining('yolox-nano') });
    await expect(run()).rejects.toThrow('name of one model');
  });

  it('says where to look where nobody publishes the file as it is', async () => {
    await mkdir(join(folder, 'empty'));
    await expect(run('person-detection-retail-0013')).rejects.toMatchObject({
      message: expect.stringContaining('names no address'),
      remedy: expect.stringMatching(/open_model_zoo; put person-detection-retail-0013\.onnx/),
    });
  });

  it('takes no address that could be changed on the way', async () => {
    for (const from of ['http://mirror.example/a.onnx', 'ftp://mirror.example/a.onnx', 'a.onnx']) {
      await expect(run('yolox-nano', '--from', from)).rejects.toThrow('--from takes an https:// address');
    }
  });

  it('has an https address for every public detector but the converted one', async () => {
    const addresses = await Promise.all(
      ['yolox-nano', 'nanodet-m-416', 'light-person-detector', 'person-detection-retail-0013'].map(
        async (name) => (await readManifest(join(MANIFEST_FOLDER, `${name}.json`))).download,
      ),
    );
    expect(addresses.map((address) => address?.startsWith('https://') ?? false)).toEqual([true, true, true, false]);
  });
});
