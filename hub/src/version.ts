import { readFileSync } from 'node:fs';

/** The version of the hub, from its package.json. */
export function hubVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const version = manifest !== null && typeof manifest === 'object' && 'version' in manifest ? manifest.version : '';
  return String(version);
}
