/** Identifiers that follow from what they name, so that a replay finds the same episode and never raises it twice. */
import { createHash } from 'node:crypto';

/** The project's own name space, drawn once at random. */
const NAME_SPACE = Buffer.from('5f0c8a4e91d2470fb3a6e27d1c84f935', 'hex');

export interface EpisodeName {
  readonly site: string;
  readonly floor: string;
  readonly zone: string;
  /** The first pseudonym. */
  readonly person: string;
  readonly fromMs: number;
}

export interface MovementName {
  readonly site: string;
  readonly floor: string;
  /** The scorer's key: pattern, first pseudonyms, beginning. */
  readonly key: string;
}

/** A version 5 UUID (RFC 9562, section 5.5). */
function identifier(parts: readonly string[]): string {
  const bytes = createHash('sha1').update(NAME_SPACE).update(parts.join('\n')).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** The identifier of a dwell episode, and of the story that it raised. */
export function dwellId(name: EpisodeName): string {
  return identifier(['dwell', name.site, name.floor, name.zone, name.person, String(name.fromMs)]);
}

/** The identifier of a movement of several people, and of the story that it raised. */
export function movementId(name: MovementName): string {
  return identifier(['movement', name.site, name.floor, name.key]);
}
