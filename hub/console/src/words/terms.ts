import type { AlertState, AlertSummary, Disposition, Session } from '../../../src/api/schemas.ts';
import type { Pattern } from '../../../src/score/movement.ts';
import { counted, percent } from './quantity.ts';

export const stateWord: Record<AlertState, string> = {
  new: 'New',
  acknowledged: 'Acknowledged',
  closed: 'Closed',
};

export interface DispositionTerm {
  readonly value: Disposition;
  readonly word: string;
  readonly meaning: string;
  /** Reasons that come up often; anything else can be typed. */
  readonly reasons: readonly string[];
}

export const dispositions: readonly DispositionTerm[] = [
  {
    value: 'true-positive',
    word: 'True positive',
    meaning: 'As described, and it needed somebody',
    reasons: ['Welfare check made', 'Handed to the police', 'Help was called'],
  },
  {
    value: 'benign-positive',
    word: 'Benign positive',
    meaning: 'As described, with a good reason',
    reasons: ['Waiting for family or a driver', 'Staff at work', 'Waiting for a delayed flight'],
  },
  {
    value: 'false-positive',
    word: 'False positive',
    meaning: 'It did not happen like this',
    reasons: ['Two people taken for one', 'Not a person', 'Zone or limit is wrong'],
  },
  {
    value: 'unknown',
    word: 'Unknown',
    meaning: 'Nobody could tell',
    reasons: ['Left before anybody looked', 'Camera view not clear', 'No officer free'],
  },
];

export const dispositionWord = (value: Disposition): string =>
  dispositions.find((term) => term.value === value)?.word ?? value;

export interface PatternTerm {
  readonly word: string;
  /** What has to happen for an alert, as a sentence. */
  readonly meaning: string;
}

const patterns: Readonly<Record<Pattern, PatternTerm>> = {
  handover: { word: 'Handover', meaning: 'Somebody who was led is led on by another, and the first leaves.' },
  escort: { word: 'Escort', meaning: 'One person sets off, stops and turns first, and another goes where they went.' },
  flanking: { word: 'Flanking', meaning: 'Somebody is kept between two others, walking and standing.' },
  shadowing: { word: 'Shadowing', meaning: 'Somebody takes the way and the stops of another, some metres behind.' },
  coordinator: {
    word: 'Coordinator',
    meaning: 'One person meets several others, one after another, who had not met each other.',
  },
  regrouping: { word: 'Regrouping', meaning: 'People part before a control zone and close up again behind it.' },
  dwell: { word: 'Dwell', meaning: 'Somebody stays in a zone for longer than its limit.' },
};

export function patternTerm(pattern: string): PatternTerm {
  if (isPattern(pattern)) return patterns[pattern];
  const word = pattern.charAt(0).toUpperCase() + pattern.slice(1).replaceAll('-', ' ');
  return { word, meaning: `The movement “${word.toLowerCase()}” was found.` };
}

export const isPattern = (pattern: string): pattern is Pattern => Object.hasOwn(patterns, pattern);

/** `Handover at Café`; `Escort in Arrivals hall` where the movement took place outside of every zone. */
export const patternAndPlace = (alert: Pick<AlertSummary, 'pattern' | 'zone' | 'zoneName'>): string =>
  `${patternTerm(alert.pattern).word} ${alert.zone === null ? 'in' : 'at'} ${alert.zoneName}`;

/** The roles of those who are signed in; those of people in a story are below. */
export const roleWord: Readonly<Record<Session['role'], { readonly name: string; readonly does: string }>> = {
  reviewer: { name: 'reviewer', does: 'You look at alerts and close them.' },
  'senior-reviewer': { name: 'senior reviewer', does: 'You look at alerts, close them, and open closed ones again.' },
  'privacy-officer': {
    name: 'privacy officer',
    does: 'You answer for what is kept, how long, and who looks: policy, retention, erasure and audit.',
  },
  engineer: { name: 'engineer', does: 'You keep cameras and the hub running, and see nobody’s track.' },
  auditor: {
    name: 'auditor',
    does: 'You read all that gives account and change nothing.',
  },
};

export { roles } from '../../../src/figure/roleWords.ts';

/** How often a track was taken to go on as another, and how sure that is; the probability is rounded down. */
export function joinWords(joins: number, leastProbability: number): string {
  if (joins === 0) return 'none';
  const times = joins === 1 ? '1 join across a gap' : `${counted(joins, 'join', 'joins')} across gaps`;
  if (leastProbability >= 1) return `${times}: may be ${joins === 1 ? 'two' : 'several'} people`;
  const share = percent(Math.floor(leastProbability * 100) / 100);
  return `${times}, ${joins === 1 ? '' : 'each '}at least ${share} likely`;
}

/** What happened to an alert, as the history tells it. */
export function eventWord(event: string): string {
  return event.charAt(0).toUpperCase() + event.slice(1).replaceAll('-', ' ');
}
