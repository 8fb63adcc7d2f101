/** The page of an evidence pack: what is in it, for somebody who has never seen the system. Pure. */
import { escaped, heading, page, paragraph, tableOf, utc } from '../document/html.ts';
import { DATA_CLASSES, durationText, keptMs } from '../privacy/policy.ts';
import { ZONE_CLASSES } from '../privacy/policySchema.ts';
import { zoneName } from '../privacy/zones.ts';
import type { PackContent } from './content.ts';

const shortDigest = (digest: string | null): string => digest?.slice(0, 16) ?? 'not told';

function policySection({ policies }: PackContent): string {
  const last = policies.at(-1);
  const changes = policies.map(({ number, policy, fromMs, toMs, takenBy, agreed }) => [
    `${number}: ${policy.version}`,
    utc(fromMs),
    toMs === null ? 'in force' : utc(toMs),
    takenBy,
    agreed.length === 0
      ? 'as tight as before, or the first'
      : agreed.map((one) => `${one.person}: ${one.reason}`).join('; '),
  ]);
  const classes = last
    ? DATA_CLASSES.map((name) => {
        const { purpose, legalBasis, owner } = last.policy.classes[name];
        return [name, durationText(keptMs(last.policy, name)), purpose, legalBasis, owner];
      })
    : [];
  const zones = (last?.policy.zones ?? []).map((one) => [
    zoneName(one),
    ZONE_CLASSES.flatMap((name) => (one.keep[name] === undefined ? [] : [`${name}: ${one.keep[name]}`])).join('; '),
    one.why,
    one.owner ?? 'as elsewhere',
  ]);
  return [
    heading('The rules: what is kept, for how long, and why'),
    paragraph(
      'These are the rules that were in force at the end of the period. Looser rules need two people and a reason.',
    ),
    tableOf(['Kind of data', 'Kept', 'For what', 'On what ground', 'Who answers'], classes, 'No rules were in force.'),
    paragraph('Zones in which less is kept than elsewhere:'),
    tableOf(['Zone', 'Kept there', 'Why', 'Who answers'], zones, 'Everything is kept as long everywhere.'),
    heading('Which rules were in force when'),
    tableOf(['Rules', 'From', 'To', 'Taken by', 'Agreed to by'], changes, 'No rules were in force.'),
  ].join('\n');
}

function retentionSection({ retention }: PackContent): string {
  const byClass = new Map<
    string,
    { zoned: boolean; runs: number; rows: number; failed: number; limit: number; oldest: number }
  >();
  for (const { dataClass, zone, runs, rows, failed, notEnded, limitSeconds, oldestLeftSeconds } of retention) {
    const name = zone === null ? dataClass : `${dataClass} in ${zone}`;
    const sum = byClass.get(name) ?? { zoned: zone !== null, runs: 0, rows: 0, failed: 0, limit: 0, oldest: 0 };
    byClass.set(name, {
      zoned: sum.zoned,
      runs: sum.runs + runs,
      rows: sum.rows + rows,
      failed: sum.failed + failed + notEnded,
      limit: Math.max(sum.limit, limitSeconds),
      oldest: Math.max(sum.oldest, oldestLeftSeconds ?? 0),
    });
  }
  const rows = [...byClass].map(([name, { zoned, runs, rows: gone, failed, limit, oldest }]) => [
    name,
    String(runs),
    String(gone),
    failed === 0 ? 'none' : String(failed),
    durationText(limit * 1000),
    oldest === 0
      ? zoned
        ? 'nothing was left near the limit'
        : 'nothing was left'
      : `${(oldest / 3600).toFixed(1)} hours`,
  ]);
  const head = ['Kind of data', 'Runs', 'Rows destroyed', 'Runs that failed', 'Longest limit', 'Oldest row ever left'];
  return [
    heading('What was destroyed'),
    paragraph(
      'The system looks every two minutes for what is past its time, and destroys it. A run that fails is tried again by the next.',
    ),
    tableOf(head, rows, 'No run took place in the period.'),
  ].join('\n');
}

function accessSection({ rows }: PackContent): string {
  const counts = new Map<string, number>();
  for (const { actor, action } of rows) {
    const key = JSON.stringify([actor, action]);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const lines = [...counts]
    .map(([key, count]) => [...(JSON.parse(key) as [string, string]), String(count)])
    .sort((a, b) => a.join().localeCompare(b.join(), 'en'));
  return [
    heading('Who looked, and who changed something'),
    paragraph('Every look at tracks and at the reasons of an alert is recorded with a name, before it is answered.'),
    tableOf(['Who', 'What', 'How often'], lines, 'Nobody did anything in the period.'),
  ].join('\n');
}

function reviewSection({ dispositions, holds }: PackContent): string {
  const counts = new Map<string, number>();
  for (const { pattern, disposition } of dispositions) {
    const key = JSON.stringify([pattern, disposition ?? 'not closed yet']);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const lines = [...counts].map(([key, count]) => [...(JSON.parse(key) as [string, string]), String(count)]).sort();
  const held = holds === null ? 'This version of the system knows no holds.' : `Holds in the period: ${holds.length}.`;
  return [
    heading('What people made of the alerts'),
    paragraph('An alert asks a person to look. It names a movement and decides nothing.'),
    tableOf(['Movement', 'What the reviewer said', 'Alerts'], lines, 'No alert was reviewed in the period.'),
    paragraph(`A hold keeps the evidence of one alert beyond its time, for a reason and until a day. ${held}`),
  ].join('\n');
}

function testSection({ reidentification }: PackContent): string {
  const last = reidentification[0];
  const longest = Math.max(...(last?.results ?? []).map((one) => one.retentionSeconds));
  const lines = (last?.results ?? [])
    .filter((one) => one.retentionSeconds === longest && one.rounding.metres === 0 && one.sampled > 0)
    .map(({ precision, points, sampled, unique }) => [
      `${points} to within ${precision.metres} m and ${precision.seconds} s`,
      `${unique} of ${sampled}`,
      `${((100 * unique) / sampled).toFixed(1)} %`,
    ]);
  return [
    heading('How many could be singled out'),
    paragraph(
      'Tracks have no names. Somebody who knows places and times of a person may still find their track. The test picks persons and counts those whom nobody else could be taken for.',
    ),
    tableOf(['Places and times known', 'Persons found', 'Share'], lines, 'No test was made in the period.'),
  ].join('\n');
}

function versionSection({ hubVersion, migrations, devices, plans }: PackContent): string {
  const lines = devices.map((one) => [
    `${one.floor}/${one.camera} (${one.device})`,
    one.version ?? 'not told',
    `${one.modelName ?? 'not told'} ${shortDigest(one.modelDigest)}`,
    one.calibration ?? 'not told',
    one.configurationDigest ?? 'not told',
    one.privacyLevel ?? 'not told',
  ]);
  return [
    heading('What ran'),
    paragraph(
      `Hub ${hubVersion}; tables ${migrations.at(-1) ?? 'none'}. The devices as they last described themselves:`,
    ),
    tableOf(
      ['Camera', 'Software', 'Detector', 'Calibration', 'Configuration', 'Leaves the device'],
      lines,
      'No device has described itself.',
    ),
    tableOf(['Floor plan', 'SHA-256'], Object.entries(plans), 'There is no floor plan.'),
  ].join('\n');
}

/** @param fingerprint of the key that signs the pack. @param files names with what they hold. */
export function packPage(content: PackContent, fingerprint: string, files: Readonly<Record<string, string>>): string {
  const { site, fromMs, toMs, audit } = content;
  const { checkpoint, entries } = audit;
  return page(
    `Evidence pack: ${site}`,
    [
      paragraph(
        `From ${utc(fromMs)} to ${utc(toMs)}. What the system Safe Passage kept, destroyed and showed to whom.`,
      ),
      paragraph(
        'It holds no positions of anybody and no pseudonyms. It does hold names of staff. This page sums up; the files beside it have everything.',
      ),
      policySection(content),
      retentionSection(content),
      accessSection(content),
      reviewSection(content),
      testSection(content),
      versionSection(content),
      heading('Why it can be believed'),
      paragraph(
        checkpoint
          ? `The log of the period has ${entries.length} rows. Each holds the digest of the row before it, and the last one, number ${checkpoint.number}, is signed: nobody can have changed, removed or added a row since ${utc(checkpoint.atMs)} without its being noticed.`
          : 'The log of the period has no rows.',
      ),
      `<p>The manifest holds the SHA-256 of every file and is signed with the key <strong>${escaped(fingerprint)}</strong>. Compare this with the one that you were given by other ways than with this pack, then let the command <code>hub evidence-pack verify pack.zip</code> look at every file.</p>`,
      tableOf(['File', 'What it holds'], Object.entries(files), ''),
    ].join('\n'),
  );
}
