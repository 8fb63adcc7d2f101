import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { insistOnReason, LONGEST_PURPOSE_HEADER, readPurpose } from '../../src/api/reason.ts';
import { LONGEST_PURPOSE } from '../../src/api/visible.ts';

const encoded = (purpose: string): string => `UTF-8''${encodeURIComponent(purpose)}`;

describe('the purpose in a header', () => {
  it('is what was meant, in plain characters or in percent signs, without blanks around it', () => {
    expect(readPurpose('  complaint 2026-9 ')).toEqual({ purpose: 'complaint 2026-9' });
    const said = fc.string({ unit: 'grapheme', minLength: 3, maxLength: 60 }).map((text) => `Über ${text}`.trim());
    fc.assert(
      fc.property(
        said.filter((text) => !/\p{Cc}/u.test(text) && [...text].length <= LONGEST_PURPOSE),
        (purpose) => {
          expect(encoded(purpose).length).toBeLessThanOrEqual(LONGEST_PURPOSE_HEADER + "UTF-8''".length);
          expect(readPurpose(encoded(purpose))).toEqual({ purpose });
          expect(readPurpose(encoded(` ${purpose} `))).toEqual({ purpose });
        },
      ),
    );
  });

  it.each([
    ['is not there', undefined, 'has 0 visible characters'],
    ['is there twice', ['a reason', 'another'], 'has 0 visible characters'],
    ['says nothing', 'ab', 'has 2 visible characters'],
    ['says nothing with marks that have no width', encoded('a\u200b\u200b\u200b'), 'has 1 visible character:'],
    ['is a line of the audit too many', encoded('a reason\nactor: hub'), 'has control characters'],
    ['is too long', 'x'.repeat(LONGEST_PURPOSE + 1), `has ${LONGEST_PURPOSE + 1} characters`],
    ['is no UTF-8', "UTF-8''%ff%fe%fd", 'is not UTF-8 in percent signs'],
  ])('is refused where it %s', (_what, header, fault) => {
    expect(readPurpose(header)).toEqual({ fault: expect.stringContaining(fault) });
  });

  it('is long enough with three visible characters, and not too long with two hundred', () => {
    for (const purpose of ['abc', 'x'.repeat(LONGEST_PURPOSE)]) expect(readPurpose(purpose)).toEqual({ purpose });
  });
});

describe('a reason in a body', () => {
  it('has three visible characters, or as many as are asked for, beside blanks around it', () => {
    expect(insistOnReason('  abc ')).toBe('abc');
    expect(() => insistOnReason('a\u200bb')).toThrow(/has 2 visible characters: say why in 3 or more/);
    expect(insistOnReason('x'.repeat(10), 10)).toBe('x'.repeat(10));
    expect(() => insistOnReason(`${'x'.repeat(9)} `, 10)).toThrow(/has 9 characters: say why in 10 or more/);
  });
});
