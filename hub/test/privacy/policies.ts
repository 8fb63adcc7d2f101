/** Policies to put to the test. */
import { builtInPolicy, DATA_CLASSES, type DataClass, type PrivacyPolicy } from '../../src/privacy/policy.ts';

export type Changes = Partial<PrivacyPolicy['classes'][DataClass]>;

/** The built-in policy with something else in it. */
export function policy(changes: Partial<Record<DataClass, Changes>> = {}, version = 'test'): PrivacyPolicy {
  const base = builtInPolicy(72);
  const classes = Object.fromEntries(DATA_CLASSES.map((name) => [name, { ...base.classes[name], ...changes[name] }]));
  return { ...base, version, classes: classes as PrivacyPolicy['classes'] };
}

/** Tracks and what is on its way are kept so long. */
export const tightened = (keep: string) => ({ tracks: { keep }, outbox: { keep }, broker: { keep } });
