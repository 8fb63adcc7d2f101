/** What the TypeScript compiler says of manifests that are held against Kubernetes' own schema, as `kubernetes-types` has it of its OpenAPI. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const folderOf = (name: string) => dirname(fileURLToPath(import.meta.resolve(`${name}/package.json`)));

export interface AnyManifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

/** `apps/v1` and `core/v1`, where the API says `v1` alone; `networking.k8s.io/v1` without its domain. */
const moduleOf = (apiVersion: string): string => {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['core', apiVersion];
  return `${group?.split('.')[0]}/${version}`;
};

/**
 * @returns a line for each thing that Kubernetes would not know or would take for another type, with the manifest's kind and name.
 * @throws where the compiler itself fails.
 */
export async function manifestFaults(manifests: readonly AnyManifest[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'kubernetes-types-'));
  const types = folderOf('kubernetes-types');
  try {
    // One line each, so that a line of the compiler's is a manifest. A literal may have no field that its type does not know.
    const lines = manifests.map(
      (manifest, i) =>
        `export const m${i} = ${JSON.stringify(manifest)} satisfies import('${join(types, moduleOf(manifest.apiVersion))}').${manifest.kind};`,
    );
    await writeFile(join(folder, 'manifests.ts'), `${lines.join('\n')}\n`);
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: {
          target: 'ES2022',
          module: 'ESNext',
          moduleResolution: 'bundler',
          strict: true,
          noEmit: true,
          skipLibCheck: true,
          types: [],
        },
        files: ['manifests.ts'],
      }),
    );
    const tsc = join(folderOf('typescript'), 'bin/tsc');
    const said = await run(process.execPath, [tsc, '--pretty', 'false', '-p', folder], { cwd: folder }).then(
      () => '',
      (error: { code?: number; stdout?: string }) => {
        if (error.code === 1 || error.code === 2) return error.stdout ?? '';
        throw error;
      },
    );
    const found = [...said.matchAll(/^manifests\.ts\((\d+),\d+\): (.*(?:\n .*)*)/gm)].map(
      ([, line = '', message = '']) => {
        const manifest = manifests[Number(line) - 1];
        return `${manifest?.kind} ${manifest?.metadata.name}: ${message}`;
      },
    );
    if (said !== '' && found.length === 0) throw new Error(`the compiler says: ${said.slice(0, 2000)}`);
    return found;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
