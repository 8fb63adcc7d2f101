/** Shared with the figure that the hub draws. */
export * from '../../../src/figure/cast.ts';
