/** What is wrong with manifests by Kubernetes' own schema, as `kubernetes-types` has it of its OpenAPI document. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { typeFaults } from '../../test/typeFaults.ts';

const TYPES = dirname(fileURLToPath(import.meta.resolve('kubernetes-types/package.json')));

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

/** @returns a line for each thing that Kubernetes would not know or would take for another type, with the manifest's kind and name. */
export async function manifestFaults(manifests: readonly AnyManifest[]): Promise<string[]> {
  // A literal at the place where it is checked may have no field that its type does not know.
  const lines = manifests.map(
    (manifest, i) =>
      `export const m${i} = ${JSON.stringify(manifest)} satisfies import('${join(TYPES, moduleOf(manifest.apiVersion))}').${manifest.kind};`,
  );
  return (await typeFaults({ lines })).map(({ index, message }) => {
    const manifest = manifests[index];
    return `${manifest?.kind} ${manifest?.metadata.name}: ${message}`;
  });
}
