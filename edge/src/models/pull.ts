import { join } from 'node:path';
import { type Command, defineCommand, EXIT, OperatorError, Progress, UsageError } from '@safe-passage/cli';
import { digestOf, findManifest, MANIFEST_FOLDER } from '../detect/findModel.ts';
import { fetchWeights } from './fetchWeights.ts';

const PATIENCE_MS = 30_000;

/** Only an address that cannot be listened in on, or this machine's own. */
function checkAddress(text: string): string {
  const url = URL.parse(text);
  if (url?.protocol === 'https:') return text;
  if (url?.protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname)) return text;
  throw new UsageError(`--from takes an https:// address; found "${text}"`);
}

export const pull: Command = defineCommand({
  summary: "Fetches a public detector's weights from where its publisher keeps them.",
  usage: 'npm run -s models -- pull NAME [--into DIR] [--from URL]',
  description: [
    'Names are those of the manifests in models/. The file is kept only where its SHA-256 is the one in the manifest: what was',
    'measured is what runs. Nothing is fetched where the right file is there already. A machine without a network needs nothing',
    'of this: copy the file into models/, or name a folder of models in $SAFE_PASSAGE_MODELS.',
  ].join('\n'),
  options: {
    into: { type: 'string', value: 'DIR', default: MANIFEST_FOLDER, help: 'where the file goes' },
    from: {
      type: 'string',
      value: 'URL',
      help: 'a mirror, instead of the publisher; the SHA-256 is compared all the same',
    },
  },
  positionals: true,
  examples: [
    'npm run -s models -- pull yolox-nano',
    'npm run -s models -- pull nanodet-m-416 --from https://mirror.example/nanodet_m_416.onnx --into /srv/models',
  ],
  run: async ({ values, positionals, signal }) => {
    const [name, ...more] = positionals;
    if (name === undefined || more.length > 0) throw new UsageError('pull takes the name of one model');
    const { manifest } = await findManifest(name);
    // The project's own lies in a folder of its name.
    for (const path of [join(values.into, manifest.file), join(MANIFEST_FOLDER, name, manifest.file)]) {
      if ((await digestOf(path)) !== manifest.sha256) continue;
      process.stderr.write(`${path} is there already, and is the right one.\n`);
      return EXIT.ok;
    }
    const url = values.from === undefined ? manifest.download : checkAddress(values.from);
    if (url === undefined) {
      throw new OperatorError(
        `The manifest of "${name}" names no address that its weights could be fetched from.`,
        `See ${manifest.source}; put ${manifest.file} with the SHA-256 ${manifest.sha256} into ${values.into}, or name an address with --from.`,
      );
    }
    let progress: Progress | null = null;
    let path: string;
    try {
      path = await fetchWeights({
        manifest,
        url,
        folder: values.into,
        patienceMs: PATIENCE_MS,
        signal,
        onBytes: (done, total) => {
          progress ??= new Progress(`${name}, kB`, Math.round(total / 1000));
          progress.update(Math.round(done / 1000));
        },
      });
    } catch (problem) {
      if (!signal.aborted) throw problem;
      process.stderr.write('Stopped before the end; nothing was kept.\n');
      return EXIT.failed;
    }
    process.stderr.write(`${path}: ${manifest.licence}, from ${url}\n`);
    return EXIT.ok;
  },
});
