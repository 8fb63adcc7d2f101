/** Evidence in nats, and what is told of it. */
import { rounded } from './telling.ts';

/** Keeps one part of the evidence from outweighing the others. */
export const bounded = (value: number, least: number, most: number): number =>
  value < least ? least : value > most ? most : value;

/** The score of a movement: bits beyond the least log odds (nats) that count, never below 0. */
export const bitsBeyond = (logOdds: number, leastLogOdds: number): number =>
  rounded(Math.max(0, logOdds - leastLogOdds) / Math.LN2, 3);
