/** What a reason must have to say anything; the console asks for the same before it sends one. */

/** What leaves a mark on the page: blanks, control characters and marks without width do not. */
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/gu;
export const LEAST_VISIBLE = 3;
/** Of a reason that the audit keeps for what a privacy officer does; the command line asks for as many. */
export const LEAST_REASON = 10;
export const LONGEST_REASON = 500;
/** Of a reason for a look, and of one for an alert that is closed or open again. */
export const LONGEST_PURPOSE = 200;
/** Of what a reviewer notes beside it. */
export const LONGEST_NOTE = 2000;

export const visibleIn = (text: string): number => text.match(VISIBLE)?.length ?? 0;
