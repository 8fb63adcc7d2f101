import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseSource, withoutCredentials } from '../../src/frames/source.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'safe-passage-source-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a source as a person writes it', () => {
  it('is a video where it is a file, played once in real time unless told otherwise', async () => {
    const path = join(folder, 'hall.mp4');
    await writeFile(path, 'some bytes');
    expect(await parseSource(path)).toEqual({ kind: 'video', path, speed: 1, loop: false });
    expect(await parseSource(path, { speed: 'max' })).toEqual({ kind: 'video', path, speed: 'max', loop: false });
  });

  it('is a folder of images where it is a folder', async () => {
    expect(await parseSource(folder, { framesPerSecond: 7, speed: 'max' })).toEqual({
      kind: 'images',
      folder,
      framesPerSecond: 7,
      speed: 'max',
      loop: false,
    });
  });

  it.each(['rtsp://camera/1', 'rtsps://camera/1', 'http://camera/mjpg', 'udp://239.0.0.1:5000'])(
    'is a stream where it is a URL: %s',
    async (url) => {
      expect(await parseSource(url)).toEqual({ kind: 'stream', url });
    },
  );

  it.each([
    ['/no/such/file.mp4', /"\/no\/such\/file.mp4" cannot be opened \(no such file or folder\)/],
    ['/dev/video97', /no camera at \/dev\/video97/],
    ['gopher://camera/1', /scheme "gopher", which is not supported/],
    ['', /source is empty/],
  ])('is refused with its name and the reason: "%s"', async (text, message) => {
    await expect(parseSource(text)).rejects.toThrow(message);
  });

  it('is refused where it is an empty file or a single picture', async () => {
    await writeFile(join(folder, 'empty.mkv'), '');
    await writeFile(join(folder, 'one.jpg'), 'some bytes');
    await expect(parseSource(join(folder, 'empty.mkv'))).rejects.toThrow(/is an empty file/);
    await expect(parseSource(join(folder, 'one.jpg'))).rejects.toMatchObject({
      message: expect.stringContaining('single picture'),
      remedy: expect.stringContaining('folder'),
    });
  });

  it('cannot be a loop that runs ahead of the clock', async () => {
    await expect(parseSource(folder, { loop: true, speed: 'max' })).rejects.toThrow(/ahead of the clock/);
    await expect(parseSource(folder, { loop: true, speed: 2 })).rejects.toThrow(/ahead of the clock/);
    await expect(parseSource(folder, { speed: 0 })).rejects.toThrow(/found "0"/);
  });

  it('never shows the password of a camera', async () => {
    expect(withoutCredentials('rtsp://operator:s3cret@camera:554/1')).toBe('rtsp://camera:554/1');
    await expect(parseSource('gopher://operator:s3cret@camera/1')).rejects.toThrow(/^(?!.*s3cret).*gopher/);
  });
});
