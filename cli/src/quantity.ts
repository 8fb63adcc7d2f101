/** A number with what it counts: `1 report`, `2 reports`. */
export const quantity = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;
