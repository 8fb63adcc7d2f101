import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AuditRow, GENESIS, nextRow } from '../../src/audit/entry.ts';
import { newKey, signerOf } from '../../src/audit/signing.ts';
import type { PackContent } from '../../src/pack/content.ts';
import { AUDIT, MANIFEST, packEvidence, SIGNATURE } from '../../src/pack/pack.ts';
import { verifyPack } from '../../src/pack/verify.ts';
import { type PackedFile, unzip, zip } from '../../src/pack/zip.ts';
import { builtInPolicy, policyDigest } from '../../src/privacy/policy.ts';

const FROM = Date.parse('2026-10-01T00:00:00Z');
const TO = Date.parse('2026-11-01T00:00:00Z');
const signer = signerOf(newKey());
const MOST = 2 ** 24;

function chain(count: number): AuditRow[] {
  const rows: AuditRow[] = [];
  for (let i = 0; i < count; i++) {
    const record = { atMs: FROM + i, actor: 'A. <Reviewer>', action: 'read.evidence', subject: `alert ${i}` } as const;
    rows.push(nextRow(rows.at(-1) ?? GENESIS, record));
  }
  return rows;
}

function contentOf(rows: readonly AuditRow[]): PackContent {
  const policy = builtInPolicy(72);
  const last = rows.at(-1);
  return {
    site: 'demo',
    fromMs: FROM,
    toMs: TO,
    hubVersion: '0.1.0',
    migrations: ['1_initial'],
    plans: { hall: 'ab'.repeat(32) },
    policies: [
      { number: 1, policy, digest: policyDigest(policy), fromMs: FROM, toMs: null, takenBy: 'hub', agreed: [] },
    ],
    retention: [
      {
        day: '2026-10-01',
        dataClass: 'tracks',
        zone: null,
        runs: 720,
        rows: 9000,
        failed: 1,
        notEnded: 0,
        limitSeconds: 259_200,
        oldestLeftSeconds: 259_300,
      },
    ],
    audit: {
      // The first rows were before the period.
      entries: rows.slice(2).map(({ entry }) => entry),
      lastOfPeriod: last?.number ?? 0,
      checkpoint: last ? signer.seal('audit-checkpoint/1', last, TO) : null,
    },
    rows: rows.slice(2).map(({ entry }) => JSON.parse(entry)),
    dispositions: [],
    holds: null,
    devices: [],
    reidentification: [],
  };
}

const pack = packEvidence(contentOf(chain(6)), signer);
const filesOf = (bytes: Buffer): PackedFile[] => unzip(bytes, MOST);
const text = (bytes: Buffer, name: string): string =>
  filesOf(bytes)
    .find((file) => file.name === name)
    ?.content.toString('utf8') ?? '';

/** The same pack with one file put in another's place, taken out or put in. */
const changed = (name: string, content: string | null): Buffer => {
  const files = filesOf(pack);
  const others = files.filter((file) => file.name !== name);
  if (content === null) return zip(others);
  const file = { name, content: Buffer.from(content) };
  return zip(files.length === others.length ? [...files, file] : files.map((one) => (one.name === name ? file : one)));
};

describe('a zip file', () => {
  const names = fc.uniqueArray(fc.stringMatching(/^[a-zé0-9./-]{1,20}$/), { minLength: 1, maxLength: 6 });

  it('gives back what was put in, and the same bytes for the same files', () => {
    fc.assert(
      fc.property(names, fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 6, maxLength: 6 }), (all, bytes) => {
        const files = all.map((name, i) => ({ name, content: Buffer.from(bytes[i] ?? []) }));
        expect(unzip(zip(files), MOST)).toEqual(files);
        expect(zip(files).equals(zip(files))).toBe(true);
      }),
    );
  });

  it('refuses whatever was added before, between or after its files', () => {
    const whole = zip([{ name: 'a', content: Buffer.from('a') }]);
    expect(() => unzip(Buffer.concat([whole, Buffer.from('x')]), MOST)).toThrow('does not end');
    expect(() => unzip(Buffer.concat([Buffer.from('x'), whole]), MOST)).toThrow('directory');
  });
});

describe('an evidence pack', () => {
  it('is whole as it was made, and says of what', () => {
    expect(verifyPack(pack, new Set([signer.key]))).toMatchObject({
      whole: true,
      site: 'demo',
      fromMs: FROM,
      toMs: TO,
      auditRows: 4,
      key: signer.key,
    });
  });

  it('has the same bytes for the same content', () => {
    expect(packEvidence(contentOf(chain(6)), signer).equals(pack)).toBe(true);
  });

  it('is not whole with any byte of it changed', () => {
    fc.assert(
      fc.property(fc.nat(pack.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const other = Buffer.from(pack);
        other[at] = (other[at] ?? 0) ^ by;
        const verdict = verifyPack(other, new Set([signer.key]));
        // What no file depends on, such as the version that is needed to unpack, may differ: what comes out is the same.
        if (verdict.whole) expect(filesOf(other)).toEqual(filesOf(pack));
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ['retention.json', '[]'],
    ['index.html', '<p>All is well</p>'],
    ['access.jsonl', null],
    ['more.txt', 'put in'],
  ])('names %s where that is the file that differs', (name, content) => {
    expect(verifyPack(changed(name, content), null)).toMatchObject({ whole: false, file: name });
  });

  it('does not believe a manifest that was written anew', () => {
    const manifest = text(pack, MANIFEST).replace('"site":"demo"', '"site":"other"');
    expect(verifyPack(changed(MANIFEST, manifest), null)).toMatchObject({ whole: false, file: MANIFEST });
  });

  it('does not believe a signature of somebody else', () => {
    const other = packEvidence(contentOf(chain(6)), signerOf(newKey()));
    expect(verifyPack(other, new Set([signer.key]))).toMatchObject({ whole: false, file: SIGNATURE });
  });

  it('finds a log that was altered before it was packed', () => {
    const rows = chain(6);
    const content = contentOf(rows);
    const entries = content.audit.entries.toSpliced(1, 1, (content.audit.entries[1] ?? '').replace('alert', 'other'));
    const forged = packEvidence({ ...content, audit: { ...content.audit, entries } }, signer);
    expect(verifyPack(forged, null)).toMatchObject({ whole: false, file: AUDIT });
    const cut = packEvidence(
      { ...content, audit: { ...content.audit, entries: content.audit.entries.slice(0, -1) } },
      signer,
    );
    expect(verifyPack(cut, null)).toMatchObject({ whole: false, file: AUDIT, why: expect.stringContaining('end') });
  });

  it('explains itself on a page that needs nothing from elsewhere and runs nothing', () => {
    const html = text(pack, 'index.html');
    expect(html).not.toMatch(/<script|<link|<img|https?:|@import|url\(/);
    // Names of people are text, whatever they are.
    expect(html).not.toContain('<Reviewer>');
    for (const words of ['What was destroyed', 'Who looked', '9000', '72 hours']) expect(html).toContain(words);
  });
});
