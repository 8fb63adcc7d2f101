import { quantity } from '@safe-passage/cli';

/** What one look at a device found. */
export type Verdict = 'ok' | 'warning' | 'fault' | 'not checked';

export interface Finding {
  /** What was looked at, in one or two words. */
  readonly subject: string;
  readonly verdict: Verdict;
  /** What was found, with the value. */
  readonly found: string;
  /** What to do about it; empty where nothing is to be done. */
  readonly remedy: string;
}

export const ok = (subject: string, found: string): Finding => ({ subject, verdict: 'ok', found, remedy: '' });
export const warning = (subject: string, found: string, remedy: string): Finding => ({
  subject,
  verdict: 'warning',
  found,
  remedy,
});
export const fault = (subject: string, found: string, remedy: string): Finding => ({
  subject,
  verdict: 'fault',
  found,
  remedy,
});
export const notChecked = (subject: string, found: string, remedy = ''): Finding => ({
  subject,
  verdict: 'not checked',
  found,
  remedy,
});

const SHOWN: Readonly<Record<Verdict, string>> = {
  ok: 'ok',
  warning: 'warning',
  fault: 'FAULT',
  'not checked': '–',
};

/** One table for a person: a line for each finding, its remedy below it. */
export function findingsTable(findings: readonly Finding[]): string {
  const wide = Math.max(...findings.map(({ subject }) => subject.length));
  const mark = Math.max(...findings.map(({ verdict }) => SHOWN[verdict].length));
  const indent = ' '.repeat(wide + mark + 4);
  const indented = (text: string) => text.replaceAll('\n', `\n${indent}`);
  return findings
    .map(({ subject, verdict, found, remedy }) => {
      const line = `${subject.padEnd(wide)}  ${SHOWN[verdict].padEnd(mark)}  ${indented(found)}\n`;
      return remedy ? `${line}${indent}→ ${indented(remedy)}\n` : line;
    })
    .join('');
}

/** The last line: how many of what. */
export function findingsSummary(findings: readonly Finding[]): string {
  const count = (verdict: Verdict) => findings.filter((finding) => finding.verdict === verdict).length;
  const faults = count('fault');
  const warnings = count('warning');
  if (faults > 0) return `${quantity(faults, 'fault')}, ${quantity(warnings, 'warning')}: do not roll out yet`;
  return warnings > 0 ? `no fault, ${quantity(warnings, 'warning')}` : 'nothing is wrong';
}
