/** Whether a chain is whole, and where it is not. Pure: rows come in, findings come out. */
import { type ChainLink, digestOf, GENESIS } from './entry.ts';
import { type Seal, sealHolds } from './signing.ts';

export type FindingKind = 'altered' | 'removed' | 'inserted' | 'unreadable' | 'checkpoint' | 'pruning';

export interface Finding {
  readonly kind: FindingKind;
  /** The first and the last row that it is about. */
  readonly first: number;
  readonly last: number;
  readonly text: string;
}

export interface ChainStart {
  /** The last row that was pruned; null where none ever was. */
  readonly pruned: Seal | null;
  /** In order of number; those within the database, or within an exported file. */
  readonly checkpoints: readonly Seal[];
  /** Public keys that are trusted; null: any, whose fingerprint the caller shows. */
  readonly trustedKeys: ReadonlySet<string> | null;
}

export interface Verdict {
  readonly rows: number;
  /** The last row; the pruned one where none is left. */
  readonly head: ChainLink;
  /** Rows after the last checkpoint that holds: what is removed from their end is not noticed. */
  readonly unsealed: number;
  readonly checkpoints: number;
  readonly findings: readonly Finding[];
  /** Findings beyond those that are kept. */
  readonly further: number;
}

const MOST_FINDINGS = 100;

const rowsText = (first: number, last: number): string =>
  first === last ? `row ${first}` : `rows ${first} to ${last}`;

interface Head {
  readonly number: number;
  readonly previous: string;
}

/** The part of an entry that chains it; null where the entry is no entry. */
function headOf(entry: string): Head | null {
  try {
    const { number, previous } = JSON.parse(entry) as { number?: unknown; previous?: unknown };
    return Number.isSafeInteger(number) && typeof previous === 'string' ? { number: number as number, previous } : null;
  } catch {
    return null;
  }
}

/**
 * Takes the rows of a chain in order of number and tells which of them are not what they were. What it holds does not grow
 * with the chain, except for the findings, of which it keeps the first hundred.
 *
 * A chain alone cannot tell that its end was cut off, or that everything from a row on was written anew: the checkpoints
 * can, for they are signed with a key that the database does not have.
 */
export class ChainVerifier {
  readonly #checkpoints: readonly Seal[];
  readonly #trusted: ReadonlySet<string> | null;
  readonly #findings: Finding[] = [];
  #further = 0;
  #link: ChainLink;
  #rows = 0;
  #at = 0;
  #held: number;
  #holding = 0;

  constructor({ pruned, checkpoints, trustedKeys }: ChainStart) {
    this.#trusted = trustedKeys;
    this.#checkpoints = checkpoints;
    this.#link = pruned ?? GENESIS;
    this.#held = this.#link.number;
    if (pruned && !this.#trusts('audit-pruning/1', pruned)) {
      this.#find(
        'pruning',
        pruned.number,
        pruned.number,
        `the record that pruned up to row ${pruned.number} is not signed by a key that is trusted`,
      );
    }
  }

  /** @param digest in hexadecimal, as it is stored beside the entry. */
  take(entry: string, digest: string): void {
    this.#rows++;
    const expected = this.#link.number + 1;
    const head = headOf(entry);
    const own = digestOf(entry) === digest;
    if (!head) {
      this.#find('unreadable', expected, expected, `row ${expected} is no audit entry any more`);
      this.#goOn(expected, digest);
      return;
    }
    const { number } = head;
    if (number < expected) {
      this.#find(
        'inserted',
        number,
        number,
        `a row with the number ${number} stands where it does not belong: it was inserted`,
      );
      return;
    }
    if (number > expected) {
      this.#find(
        'removed',
        expected,
        number - 1,
        `${rowsText(expected, number - 1)} ${number - 1 === expected ? 'was' : 'were'} removed`,
      );
    }
    if (!own) {
      this.#find('altered', number, number, `row ${number} was altered: its digest is not that of its entry`);
    } else if (number === expected && head.previous !== this.#link.digest) {
      const before = number - 1;
      this.#find(
        'altered',
        before,
        before,
        before === 0
          ? 'row 1 does not begin the chain: it goes on from something that is not there'
          : `row ${before} was altered or put in another's place: row ${number} goes on from another digest`,
      );
    }
    this.#goOn(number, digest);
  }

  /** Says what was found; nothing may be taken after it. */
  finish(): Verdict {
    for (let seal = this.#checkpoints[this.#at]; seal; seal = this.#checkpoints[++this.#at]) {
      if (!this.#trusts('audit-checkpoint/1', seal)) this.#untrusted(seal);
      // What was removed between rows has been told.
      else if (seal.number > this.#link.number) {
        const first = this.#link.number + 1;
        this.#find(
          'removed',
          first,
          seal.number,
          `${rowsText(first, seal.number)} of the end ${first === seal.number ? 'was' : 'were'} removed: a checkpoint signed row ${seal.number}`,
        );
        this.#link = { number: seal.number, digest: seal.digest };
      }
    }
    return {
      rows: this.#rows,
      head: this.#link,
      unsealed: Math.max(0, this.#link.number - this.#held),
      checkpoints: this.#holding,
      findings: this.#findings,
      further: this.#further,
    };
  }

  #goOn(number: number, digest: string): void {
    this.#link = { number, digest };
    for (let seal = this.#checkpoints[this.#at]; seal && seal.number <= number; seal = this.#checkpoints[++this.#at]) {
      if (!this.#trusts('audit-checkpoint/1', seal)) {
        this.#untrusted(seal);
        continue;
      }
      // One of a row that was pruned or removed has nothing left to be compared with.
      if (seal.number < number) continue;
      if (seal.digest === digest) {
        this.#held = number;
        this.#holding++;
        continue;
      }
      const first = this.#held + 1;
      this.#find(
        'altered',
        first,
        number,
        `row ${number} is not the one that was signed: ${rowsText(first, number)} cannot be relied on`,
      );
      this.#held = number;
    }
  }

  #untrusted(seal: Seal): void {
    this.#find(
      'checkpoint',
      seal.number,
      seal.number,
      `the checkpoint of row ${seal.number} is not signed by a key that is trusted`,
    );
  }

  #trusts(kind: 'audit-checkpoint/1' | 'audit-pruning/1', seal: Seal): boolean {
    return (this.#trusted === null || this.#trusted.has(seal.key)) && sealHolds(kind, seal);
  }

  #find(kind: FindingKind, first: number, last: number, text: string): void {
    if (this.#findings.length < MOST_FINDINGS) this.#findings.push({ kind, first, last, text });
    else this.#further++;
  }
}
