/** Why somebody does something: words that the audit or the history of an alert keeps. */
import { badInput } from './problems.ts';
import { LEAST_VISIBLE, LONGEST_PURPOSE, visibleIn } from './visible.ts';

/** What a header can carry of a purpose: each of its characters in UTF-8, written with `%`. */
export const LONGEST_PURPOSE_HEADER = 12 * LONGEST_PURPOSE;

const counted = (count: number): string => (count === 1 ? '1 visible character' : `${count} visible characters`);

/**
 * @param least characters, blanks around them not counted.
 * @returns the reason without blanks around it. @throws ApiProblem 400 where it says nothing.
 */
export function insistOnReason(reason: string, least = LEAST_VISIBLE): string {
  const text = reason.trim();
  const visible = visibleIn(text);
  if (visible >= LEAST_VISIBLE && text.length >= least) return text;
  const found = visible < LEAST_VISIBLE ? counted(visible) : `${text.length} characters`;
  throw badInput(
    `The field "reason" of the body has ${found}: say why in ${least} or more. It is kept with your name.`,
    'reason',
  );
}

/** `UTF-8''Beschwerde%20f%C3%BCr`, as RFC 8187 has it: headers carry plain ASCII alone. */
const ENCODED = /^utf-8'[^']*'(.*)$/i;

function decoded(header: string): string | null {
  const encoded = ENCODED.exec(header)?.[1];
  if (encoded === undefined) return header.trim();
  try {
    return decodeURIComponent(encoded).trim();
  } catch {
    return null;
  }
}

/** What is wrong with the header X-Purpose, and what to do; or the purpose that it carries. */
export function readPurpose(header: unknown): { readonly purpose: string } | { readonly fault: string } {
  const remedy = `say why in ${LEAST_VISIBLE} visible characters or more, ${LONGEST_PURPOSE} characters at most. It is kept in the audit`;
  const purpose = typeof header === 'string' ? decoded(header) : '';
  if (purpose === null) return { fault: `The header X-Purpose is not UTF-8 in percent signs: ${remedy}.` };
  if (/\p{Cc}/u.test(purpose)) return { fault: `The header X-Purpose has control characters: ${remedy}.` };
  const length = [...purpose].length;
  if (length > LONGEST_PURPOSE) return { fault: `The header X-Purpose has ${length} characters: ${remedy}.` };
  const visible = visibleIn(purpose);
  if (visible < LEAST_VISIBLE) return { fault: `The header X-Purpose has ${counted(visible)}: ${remedy}.` };
  return { purpose };
}
