/** The data sheet of a data protection impact assessment (GDPR article 35), from the facts. Pure. */
import type { DocumentPart } from '../document/document.ts';
import { utc } from '../document/html.ts';
import { cameraLevel } from '../privacy/level.ts';
import { DATA_CLASSES } from '../privacy/policy.ts';
import { ZONE_CLASSES } from '../privacy/policySchema.ts';
import { zoneName } from '../privacy/zones.ts';
import type { Change, DpiaFacts } from './facts.ts';

export interface Previous {
  readonly number: number;
  readonly atMs: number;
  readonly changes: readonly Change[];
}

const heading = (text: string): DocumentPart => ({ kind: 'heading', text });
const paragraph = (text: string): DocumentPart => ({ kind: 'paragraph', text });
const table = (head: readonly string[], rows: readonly (readonly string[])[], empty: string): DocumentPart => ({
  kind: 'table',
  head,
  rows,
  empty,
});

const UNNAMED = 'not named: give notice in privacy.yaml';
const AS_ELSEWHERE = 'as elsewhere';

function responsibility({ policy, roles, flows }: DpiaFacts): DocumentPart[] {
  const notice = policy?.notice;
  const recipients = notice?.recipients ?? [];
  return [
    heading('Who answers for it, and who gets data'),
    table(
      ['', ''],
      [
        ['Controller', notice?.controller ?? UNNAMED],
        ['Data protection officer', notice?.contact ?? UNNAMED],
        ['Supervisory authority', notice?.authority ?? UNNAMED],
        ['Recipients', recipients.length > 0 ? recipients.join('; ') : 'none are named'],
      ],
      '',
    ),
    table(
      ['Role', 'Who may sign in with it'],
      Object.entries(roles).map(([role, count]) => [role, String(count)]),
      'Nobody has a permanent token.',
    ),
    table(
      ['Data go to', 'Where that is'],
      Object.entries(flows).map(([flow, where]) => [flow, where]),
      '',
    ),
  ];
}

function processing({ policy }: DpiaFacts): DocumentPart[] {
  const rows = policy
    ? DATA_CLASSES.map((name) => {
        const { purpose, legalBasis, owner, keep, why, justification } = policy.classes[name];
        const longer = justification ? `; justified until ${justification.until}: ${justification.text}` : '';
        return [name, purpose, legalBasis, keep, `${why}${longer}`, owner];
      })
    : [];
  const {
    classes: _classes,
    notice: _notice,
    schema: _schema,
    zones = [],
    version,
    ...more
  } = policy ?? { version: 'none' };
  const less = zones.map((one) => [
    zoneName(one),
    ZONE_CLASSES.flatMap((name) => (one.keep[name] === undefined ? [] : [`${name}: ${one.keep[name]}`])).join('; '),
    one.purpose ?? AS_ELSEWHERE,
    one.legalBasis ?? AS_ELSEWHERE,
    one.why,
    one.owner ?? AS_ELSEWHERE,
  ]);
  return [
    heading('What is processed, why, and how long'),
    paragraph(`The privacy policy in force: ${version}.`),
    table(['Data', 'Purpose', 'Legal basis', 'Kept', 'Why so long', 'Owner'], rows, 'No policy has been in force yet.'),
    table(
      ['Zone', 'Kept there', 'Purpose', 'Legal basis', 'Why', 'Owner'],
      less,
      'No zone has limits of its own: everything is kept as long everywhere.',
    ),
    table(
      ['The policy says as well', ''],
      Object.entries(more).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
      'The policy says nothing else.',
    ),
  ];
}

const LEVELS = {
  tracks: 'tracks: places of people, under pseudonyms',
  counts: 'counts: numbers of people alone',
} as const;

function places({ floors, devices, policy }: DpiaFacts): DocumentPart[] {
  const allowed = (floor: string, camera: string) => cameraLevel(policy ?? {}, { floor, camera });
  /** What a device says of itself, against what it may. */
  const told = (name: string, { camera, privacyLevel }: DpiaFacts['devices'][string]): string =>
    privacyLevel === 'tracks' && allowed(name.split('/')[0] ?? '', camera) === 'counts'
      ? 'tracks, and counts alone are allowed: its tracks are refused'
      : privacyLevel;
  const zones = Object.entries(floors).flatMap(([floor, { zones: all }]) =>
    Object.entries(all).map(([id, { name, kind, dwellLimitSeconds }]) => [
      floor,
      `${name} (${id})`,
      kind === 'blind' ? 'blind: nothing is recorded here' : kind,
      dwellLimitSeconds === null ? 'that of its kind' : `${dwellLimitSeconds} s`,
    ]),
  );
  const cameras = Object.entries(floors).flatMap(([floor, { cameras: all }]) =>
    Object.entries(all).map(([id, name]) => [floor, name === id ? id : `${name} (${id})`, LEVELS[allowed(floor, id)]]),
  );
  return [
    heading('Where'),
    table(['Floor', 'Zone', 'Kind', 'Limit of presence'], zones, 'No zone is drawn.'),
    table(['Floor', 'Camera', 'May leave its device'], cameras, 'No camera is drawn.'),
    table(
      ['Device', 'Camera', 'Software', 'Detector', 'Digest of the detector', 'Calibration', 'Privacy level'],
      Object.entries(devices).map(([name, one]) => [
        name,
        one.camera,
        one.version,
        one.model,
        one.modelDigest.slice(0, 16),
        one.calibration,
        told(name, one),
      ]),
      'No device has described itself yet.',
    ),
  ];
}

function analysis({ alerts }: DpiaFacts): DocumentPart[] {
  return [
    heading('Which movements are looked for'),
    paragraph(
      `The rules of alerts: ${alerts.version}. An alert asks a trained person to look; it decides nothing, and never rests on one weak sign alone.`,
    ),
    table(['Movement', 'Looked for'], Object.entries(alerts.patterns), ''),
  ];
}

function changed(previous: Previous | null): DocumentPart[] {
  const title = heading('What has changed since the last sheet');
  if (!previous) return [title, paragraph('This is the first sheet.')];
  const { number, atMs, changes } = previous;
  return [
    title,
    paragraph(`Compared with sheet ${number} of ${utc(atMs)}.`),
    table(
      ['What', 'Was', 'Is'],
      changes.map(({ what, before, after }) => [what, before ?? 'not there', after ?? 'not there any more']),
      'Nothing has changed.',
    ),
  ];
}

/** What the design rules out, whatever the configuration says. */
const BY_DESIGN: readonly (readonly [string, string])[] = [
  ['Pictures', 'Frames exist in the memory of the device alone, until the detector has seen them'],
  [
    'Faces, appearance, age, gender',
    'No message has a field for them, and the hub refuses a message with any other field',
  ],
  ['Identity', 'A pseudonym is made on the device from a key in memory that rotates; nobody can follow it beyond that'],
  ['A score for a person', 'Scores belong to stays and movements, and end with them'],
  ['Decisions by machine', 'An alert is closed by a person, with a reason'],
];

/** @param atMs when it is made. */
export function sheetOf(facts: DpiaFacts, previous: Previous | null, atMs: number): DocumentPart[] {
  return [
    paragraph(
      `Site ${facts.site}, hub ${facts.software}, made ${utc(atMs)} from the running configuration. It is the factual part of an assessment; what the risks are and whether they are proportionate is for people to say.`,
    ),
    ...changed(previous),
    ...responsibility(facts),
    ...processing(facts),
    ...places(facts),
    ...analysis(facts),
    heading('What cannot happen, by design'),
    table(['What', 'Why not'], BY_DESIGN, ''),
  ];
}
