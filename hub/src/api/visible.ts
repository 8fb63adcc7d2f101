/** What a reason must have to say anything; the console asks for the same before it sends one. */

/** What leaves a mark on the page: blanks, control characters and marks without width do not. */
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/gu;
export const LEAST_VISIBLE = 3;
export const LONGEST_PURPOSE = 200;

export const visibleIn = (text: string): number => text.match(VISIBLE)?.length ?? 0;
