/** The words of every pattern. */
import type { Pattern } from '../../score/movement.ts';
import { coordinator } from './coordinator.ts';
import { dwell } from './dwell.ts';
import { escort } from './escort.ts';
import { flanking } from './flanking.ts';
import { handover } from './handover.ts';
import { regrouping } from './regrouping.ts';
import { shadowing } from './shadowing.ts';
import type { PatternWords } from './words.ts';

export type { PatternWords } from './words.ts';

export const WORDS: Readonly<Record<Pattern, PatternWords>> = {
  handover,
  escort,
  flanking,
  shadowing,
  coordinator,
  regrouping,
  dwell,
};
