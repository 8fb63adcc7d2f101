/** What the TypeScript compiler says of lines of code: published types as a schema, values of ours held against them. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const TSC = join(dirname(fileURLToPath(import.meta.resolve('typescript/package.json'))), 'bin/tsc');

export interface TypeFault {
  /** Of which of the lines; below 0: of the head. */
  readonly index: number;
  readonly message: string;
}

export interface CheckedCode {
  /** Imports and types, before the lines. */
  readonly head?: string;
  /** Statements of one line each, so that a line of the compiler's is one of these. */
  readonly lines: readonly string[];
  /** Where modules are found that are imported by name. */
  readonly paths?: Readonly<Record<string, readonly string[]>>;
}

/** @throws where the compiler itself fails. */
export async function typeFaults({ head = '', lines, paths = {} }: CheckedCode): Promise<TypeFault[]> {
  const folder = await mkdtemp(join(tmpdir(), 'type-faults-'));
  try {
    await writeFile(join(folder, 'checked.ts'), `${head}${lines.join('\n')}\n`);
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
          paths,
        },
        files: ['checked.ts'],
      }),
    );
    const said = await run(process.execPath, [TSC, '--pretty', 'false', '-p', folder], {
      cwd: folder,
      maxBuffer: 64 << 20,
    }).then(
      () => '',
      (error: { code?: number; stdout?: string }) => {
        if (error.code === 1 || error.code === 2) return error.stdout ?? '';
        throw error;
      },
    );
    const before = head.split('\n').length;
    const found = [...said.matchAll(/^checked\.ts\((\d+),\d+\): (.*(?:\n .*)*)/gm)].map(
      ([, line = '', message = '']): TypeFault => ({ index: Number(line) - before, message }),
    );
    if (said !== '' && found.length === 0) throw new Error(`the compiler says: ${said.slice(0, 2000)}`);
    return found;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
