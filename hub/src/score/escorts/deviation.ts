/** The standard deviation of what has this mean of squares and this mean; never of less than nothing, which rounding may make of it. */
export const deviation = (square: number, mean: number): number => Math.sqrt(Math.max(0, square - mean * mean));
