/** The two functions of pg-copy-streams that are used; the package has no types of its own. */
declare module 'pg-copy-streams' {
  import type { Readable, Writable } from 'node:stream';
  import type { Submittable } from 'pg';
  export function from(statement: string): Submittable & Writable;
  export function to(statement: string): Submittable & Readable;
}
