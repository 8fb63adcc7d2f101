/** Whether a policy is looser than another. Pure. */
import { analysisLoosenings } from './analysis.ts';
import { levelLoosenings } from './level.ts';
import { DATA_CLASSES, durationMs, leastPeople, type PrivacyPolicy } from './policy.ts';
import { zoneLoosenings } from './zones.ts';

/** One way in which a policy is looser, in words: `tracks.keep: 72 hours, was 24 hours`. */
export type Loosening = string;

/**
 * In what a policy is looser than the one before. Nothing: it is as tight or tighter.
 *
 * Data that are kept longer are looser; so are data that are used for another purpose or on another legal basis than they
 * were taken for. A shorter audit is looser as well: less can be proved. And so is a movement that may be analysed where it could not be,
 * tracks from where only counts could come, and any of this in a single zone.
 */
export function loosenings(before: PrivacyPolicy, after: PrivacyPolicy): Loosening[] {
  const [fewest, fewer] = [leastPeople(before), leastPeople(after)];
  const counts = fewer < fewest ? [`leastPeople: ${fewer}, was ${fewest}`] : [];
  const kept = DATA_CLASSES.flatMap((name): Loosening[] => {
    const [was, is] = [before.classes[name], after.classes[name]];
    const found: Loosening[] = [];
    const longer = durationMs(is.keep) - durationMs(was.keep);
    if (longer > 0 || (longer < 0 && name === 'audit')) found.push(`${name}.keep: ${is.keep}, was ${was.keep}`);
    if (is.purpose !== was.purpose) found.push(`${name}.purpose: "${is.purpose}", was "${was.purpose}"`);
    if (is.legalBasis !== was.legalBasis) found.push(`${name}.legalBasis: "${is.legalBasis}", was "${was.legalBasis}"`);
    const until = is.justification?.until;
    if (until !== undefined && was.justification !== undefined && until > was.justification.until) {
      found.push(`${name}.justification.until: ${until}, was ${was.justification.until}`);
    }
    return found;
  });
  return [
    ...counts,
    ...kept,
    ...zoneLoosenings(before, after),
    ...analysisLoosenings(before, after),
    ...levelLoosenings(before, after),
  ];
}
