/** `hub privacy`: the privacy policy in force, its history, and another one. */
import { defineCommand, EXIT, numberOption, OperatorError, required, UsageError, writeOutput } from '@safe-passage/cli';
import { fingerprint, loadSigner } from '../audit/signing.ts';
import { utc } from '../document/html.ts';
import { insistOnReason, policyOf } from '../privacy/inForce.ts';
import { levelLines } from '../privacy/level.ts';
import { DATA_CLASSES, durationText, keptMs, leastPeople, limitMs, type PrivacyPolicy } from '../privacy/policy.ts';
import { ZONE_CLASSES } from '../privacy/policySchema.ts';
import { zoneLimitMs, zoneLimits, zoneName } from '../privacy/zones.ts';
import { COUNTS_NOTE, erase, type HoldMet } from '../store/privacy/erasure.ts';
import { measureOldest, measureOldestInZones } from '../store/privacy/oldest.ts';
import {
  type Agreement,
  applyPolicy,
  type PolicyPeriod,
  policyHistory,
  policyInForce,
} from '../store/privacy/policies.ts';
import { lastRuns } from '../store/privacy/retention.ts';
import { configOption, operator, withDatabase } from './access.ts';
import { commandOfActions } from './actions.ts';
import { timeOption } from './audit.ts';
import { insistOnBearer, ownToken, tokenFileOption } from './bearer.ts';
import { columns } from './columns.ts';
import { holdCommand, holdsCommand, releaseCommand } from './holds.ts';
import { dpia, notices } from './privacyDocuments.ts';
import { enforce } from './privacyEnforce.ts';
import { reidentify } from './reidentify.ts';

/** A run every two minutes, and a minute for it to end. */
const RUN_ALLOWANCE_MS = 180_000;

const agreedText = (agreed: readonly Agreement[]): string =>
  agreed.map(({ person, reason }) => `${person} ("${reason}")`).join(' and ');

function headText({ number, policy, digest, fromMs, toMs, takenBy, agreed }: PolicyPeriod): string {
  return [
    `Policy ${policy.version} (number ${number}, digest ${digest.slice(0, 16)})`,
    `In force from ${utc(fromMs)} ${toMs === null ? 'on' : `to ${utc(toMs)}`}, taken by ${takenBy}`,
    ...(agreed.length > 0 ? [`Looser than the one before; agreed to by ${agreedText(agreed)}`] : []),
  ].join('\n');
}

/** What may be analysed, for people. */
function analysisText({ analysis }: PrivacyPolicy): string {
  if (!analysis) return 'analysed: every pattern, everywhere\n';
  const list = (patterns: readonly string[]): string => patterns.join(', ') || 'nothing';
  const places = [...(analysis.floors ?? []), ...(analysis.zones ?? [])].map((one) => {
    const place = 'zone' in one ? `${one.floor}/${one.zone}` : one.floor;
    return `    at ${place}: ${list(one.patterns)}, because ${one.why}\n`;
  });
  return `analysed: ${list(analysis.patterns)}\n    because ${analysis.why}\n${places.join('')}`;
}

/** Where less is kept than elsewhere, for people. */
function zonesText(policy: PrivacyPolicy, atMs: number): string {
  const zones = (policy.zones ?? []).map((one) => {
    const limits = ZONE_CLASSES.flatMap((name) => {
      const limit = zoneLimitMs(policy, one, name, atMs);
      return limit === null ? [] : [`${name} ${durationText(limit)}`];
    });
    return [
      `zone ${zoneName(one)}: ${limits.join(', ')}`,
      ...(one.purpose === undefined ? [] : [`    purpose      ${one.purpose}`]),
      ...(one.legalBasis === undefined ? [] : [`    legal basis  ${one.legalBasis}`]),
      ...(one.owner === undefined ? [] : [`    owner        ${one.owner}`]),
      `    why          ${one.why}`,
      '',
    ].join('\n');
  });
  return zones.join('');
}

/** What may leave devices, for people. */
function levelText(policy: PrivacyPolicy): string {
  const lines = levelLines(policy);
  if (lines.length === 0) return 'leaves devices: tracks, everywhere\n';
  return lines
    .map(({ place, level, why }) => `leaves devices at ${place}: ${level} at most, because ${why}\n`)
    .join('');
}

/** A policy for people. @param atMs the moment whose limits are shown. */
export function policyText(policy: PrivacyPolicy, atMs: number): string {
  const classes = DATA_CLASSES.map((name) => {
    const { purpose, legalBasis, owner, keep, why, justification } = policy.classes[name];
    const [limit, written] = [durationText(limitMs(policy, name, atMs)), durationText(keptMs(policy, name))];
    return [
      `${name}: ${limit}${limit === written ? '' : ` (${keep} is written, but the justification has expired)`}`,
      `    purpose      ${purpose}`,
      `    legal basis  ${legalBasis}`,
      `    owner        ${owner}`,
      `    why so long  ${why}`,
      ...(justification
        ? [`    justified    until ${justification.until}, by ${justification.owner}: ${justification.text}`]
        : []),
    ].join('\n');
  }).join('\n');
  const { notice } = policy;
  const answers = notice ? `answers for it: ${notice.controller}; ${notice.contact}\n` : '';
  const counts = `counts: none is published that tells of fewer than ${leastPeople(policy)} people\n`;
  return `${answers}${levelText(policy)}${analysisText(policy)}${counts}${zonesText(policy, atMs)}${classes}`;
}

const show = defineCommand({
  summary: 'Show the policy in force, now or at a moment of the past',
  usage: 'npm run -s hub -- privacy show --config hub.yaml [--at TIME]',
  description:
    'Prints for each class of data how long it is kept, for what, on what ground, who answers for it and why. It is the policy in the database, which the hub obeys; the file of hub.yaml may wait for a second person.',
  options: {
    config: configOption,
    at: { type: 'string', value: 'TIME', help: 'the one in force then: 2026-11-28T14:00Z; now without it' },
    json: { type: 'boolean', help: 'as JSON' },
  },
  examples: [
    'npm run -s hub -- privacy show --config .data/run/hub.yaml',
    'npm run -s hub -- privacy show -c hub.yaml --at 2026-11-01',
  ],
  run: async ({ values }) => {
    const atMs = values.at === undefined ? undefined : timeOption('at', values.at);
    const period = await withDatabase(values.config, (pool) => policyInForce(pool, atMs));
    if (!period) {
      throw new OperatorError(
        atMs === undefined
          ? 'No privacy policy has been in force yet.'
          : `No privacy policy was in force at ${utc(atMs)}.`,
        'A hub takes its policy into force when it starts; `hub privacy history` shows all there were.',
      );
    }
    const text = `${headText(period)}\n\n${policyText(period.policy, atMs ?? Date.now())}\n`;
    process.stdout.write(values.json ? `${JSON.stringify(period, null, 2)}\n` : text);
    return EXIT.ok;
  },
});

const history = defineCommand({
  summary: 'List every policy that was ever in force',
  usage: 'npm run -s hub -- privacy history --config hub.yaml',
  description: 'From when to when, who took it, and who agreed where it was looser than the one before.',
  options: { config: configOption },
  examples: ['npm run -s hub -- privacy history --config .data/run/hub.yaml'],
  run: async ({ values }) => {
    const periods = await withDatabase(values.config, (pool) => policyHistory(pool));
    process.stdout.write(periods.map((period) => `${headText(period)}\n`).join('\n'));
    return EXIT.ok;
  },
});

const apply = defineCommand({
  summary: 'Take the policy of hub.yaml into force',
  usage: 'npm run -s hub -- privacy apply --config hub.yaml [--reason TEXT [--token-file FILE]]',
  description:
    'Where it is as tight as the one in force or tighter, it is in force at once, and a running hub obeys within ten seconds. Where it is looser in anything (kept longer, another purpose or legal basis, a longer justification, a shorter audit), two people must agree to this very file within a week, a privacy officer and another one or a senior reviewer: each calls this with a reason and with a token of their own. Until then the one in force stays. Exit code 1 where it waits.',
  options: {
    config: configOption,
    reason: { type: 'string', value: 'TEXT', help: 'why it may be looser; kept with your name' },
    'token-file': tokenFileOption,
  },
  examples: [
    'npm run -s hub -- privacy apply --config hub.yaml',
    'SAFE_PASSAGE_TOKEN=$(cat ~/token) npm run -s hub -- privacy apply -c hub.yaml --reason "The inquiry 2026-14 needs a week"',
  ],
  run: async ({ values }) => {
    const reason = values.reason === undefined ? null : insistOnReason(values.reason);
    const token = reason === null ? null : await ownToken(values['token-file']);
    return await withDatabase(values.config, async (pool, source) => {
      const policy = await policyOf(source, Date.now());
      let agreement: Agreement | null = null;
      if (reason !== null) {
        const bearer = await insistOnBearer(pool, token ?? '', 'policy.agree');
        agreement = { person: bearer.name, role: bearer.role, reason };
      }
      const actor = agreement?.person ?? operator();
      const outcome = await applyPolicy(pool, policy, { actor, agreement }, Date.now());
      if (outcome.kind === 'unchanged') {
        process.stdout.write(`policy ${policy.version} is in force already\n`);
        return EXIT.ok;
      }
      if (outcome.kind === 'taken') {
        process.stdout.write(`policy ${policy.version} is in force from now on\n`);
        return EXIT.ok;
      }
      const { agreed, loosenings, inForce } = outcome;
      process.stderr.write(
        [
          `policy ${policy.version} is looser than ${inForce.policy.version}, which stays in force:`,
          ...loosenings.map((loosening) => `  ${loosening}`),
          agreed.length === 0
            ? 'Two people must agree, one of them a privacy officer, each with --reason and a token of their own.'
            : `Agreed so far: ${agreedText(agreed)}. ${agreed.some(({ role }) => role === 'privacy-officer') ? 'One more person' : 'A privacy officer'} must agree within a week.`,
          '',
        ].join('\n'),
      );
      return EXIT.failed;
    });
  },
});

const ago = (ms: number): string => {
  const hours = ms / 3_600_000;
  return hours < 100 ? `${hours.toFixed(1)} h` : `${(hours / 24).toFixed(1)} days`;
};

const oldest = defineCommand({
  summary: 'Measure the oldest row of every table against its limit',
  usage: 'npm run -s hub -- privacy oldest --config hub.yaml',
  description:
    'Asks the database itself and not the records of the retention engine: every table that has a column of a time, with its oldest row, beside the limit in force; then the same for each zone that has a limit of its own. Reads whole tables, which takes its time on large ones. Exit code 1 where a row is older than its limit and one run (two minutes, and one to finish), or where a table with such rows has no limit.',
  options: { config: configOption },
  examples: ['npm run -s hub -- privacy oldest --config .data/run/hub.yaml'],
  run: async ({ values }) => {
    const nowMs = Date.now();
    const { ages, zoneAges, policy } = await withDatabase(values.config, async (pool, { floors }) => {
      const policy = (await policyInForce(pool))?.policy ?? null;
      const zoneAges = [];
      for (const name of policy ? ZONE_CLASSES : [])
        zoneAges.push(
          ...(await measureOldestInZones(pool, name, policy ? zoneLimits(policy, floors, name, nowMs) : [])),
        );
      return { ages: await measureOldest(pool), zoneAges, policy };
    });
    if (!policy) throw new OperatorError('No privacy policy has been in force yet.', 'A hub takes it when it starts.');
    let wrong = 0;
    const line = (table: string, dataClass: string | null, oldestMs: number | null, limit: number | null): string[] => {
      const age = oldestMs === null ? null : nowMs - oldestMs;
      const late = age !== null && (limit === null || age > limit + RUN_ALLOWANCE_MS);
      if (late) wrong++;
      return [
        table,
        dataClass ?? '-',
        oldestMs === null ? 'empty' : utc(oldestMs),
        age === null ? '' : ago(age),
        limit === null ? 'none' : ago(limit),
        late ? (limit === null ? 'HAS NO LIMIT' : 'TOO OLD') : 'ok',
      ];
    };
    const rows = [
      ...ages.map(({ table, dataClass, oldestMs }) =>
        line(table, dataClass, oldestMs, dataClass === null ? null : limitMs(policy, dataClass, nowMs)),
      ),
      ...zoneAges.map((one) => line(`${one.table} in ${zoneName(one)}`, one.dataClass, one.oldestMs, one.limitMs)),
    ];
    const cells = [['TABLE', 'CLASS', 'OLDEST ROW', 'AGE', 'LIMIT', ''], ...rows];
    process.stdout.write(columns(cells));
    return wrong === 0 ? EXIT.ok : EXIT.failed;
  },
});

const heldText = (holds: readonly HoldMet[]): string =>
  holds.length === 0
    ? ''
    : `holds keep evidence of it; erasing needs --keep-held or --despite-holds:\n${holds
        .map(({ id, owner, untilMs }) => `  ${id}  ${owner}, until ${utc(untilMs)}\n`)
        .join('')}`;

const countsText = (kept: number): string =>
  kept === 0 ? '' : `${kept} published counts of that place and time stay: none tells of few people\n`;

const eraseZone = defineCommand({
  summary: 'Erase what was seen in a zone in a stretch of time, with a receipt',
  usage:
    'npm run -s hub -- privacy erase --config hub.yaml --floor ID --zone ID --from TIME --to TIME --reason TEXT --out FILE',
  description:
    'For somebody who was there and asks. Erases every position in the zone from --from to --to (the second or so around it goes as well), the stays and movements in that zone that overlap it, the alerts of that zone or about anybody whose positions went, and counts of dashboards that the stretch is part of. Counts that were published stay: none tells of few people, and the receipt says how many. The audit records it in the same transaction; the receipt holds that row, signed, and nothing about anybody. The stretch must have ended an hour ago. Needs a privacy officer: your token says who you are. With --try it counts and changes nothing. Where a hold keeps evidence of that place and time it says so and erases nothing, unless --keep-held or --despite-holds says what is to be done. Backups keep what they have until their own time is over.',
  options: {
    config: configOption,
    floor: { type: 'string', value: 'ID', help: 'the floor, as its plan names it' },
    zone: { type: 'string', value: 'ID', help: 'the zone, as the plan names it' },
    from: { type: 'string', value: 'TIME', help: 'from this moment on: 2026-11-28T14:02Z' },
    to: { type: 'string', value: 'TIME', help: 'to this moment' },
    reason: { type: 'string', value: 'TEXT', help: 'why, such as the number of the request; names nobody' },
    out: { type: 'string', short: 'o', value: 'FILE', help: 'where to write the receipt; otherwise to stdout' },
    'token-file': tokenFileOption,
    'keep-held': { type: 'boolean', help: 'leave what a hold keeps, and erase all else' },
    'despite-holds': { type: 'boolean', help: 'erase what holds keep as well; the holds end' },
    try: { type: 'boolean', help: 'only say how many rows would go, and which holds keep something; needs no token' },
  },
  examples: [
    'npm run -s hub -- privacy erase -c hub.yaml --floor hall --zone table --from 2026-11-28T14:02Z --to 2026-11-28T14:10Z --reason "request 2026-31" --try',
  ],
  run: async ({ values }) => {
    const [fromMs, toMs] = [
      timeOption('from', required('from', values.from)),
      timeOption('to', required('to', values.to)),
    ];
    if (toMs < fromMs) throw new UsageError('--to is before --from');
    if (values['keep-held'] && values['despite-holds'])
      throw new UsageError('--keep-held and --despite-holds contradict each other');
    const held = values['keep-held'] ? 'keep' : values['despite-holds'] ? 'erase' : 'refuse';
    const reason = insistOnReason(required('reason', values.reason));
    const token = values.try ? null : await ownToken(values['token-file']);
    const [floorId, zoneId] = [required('floor', values.floor), required('zone', values.zone)];
    return await withDatabase(values.config, async (pool, { site, floors, auditKeyFile }) => {
      const floor = floors.find((plan) => plan.id === floorId);
      const zone = floor?.zones.find((candidate) => candidate.id === zoneId);
      if (!floor || !zone) {
        const known = floor ? floor.zones.map(({ id }) => id) : floors.map(({ id }) => id);
        throw new UsageError(
          `there is no ${floor ? `zone "${zoneId}" on ${floorId}` : `floor "${floorId}"`}; there are: ${known.join(', ')}`,
        );
      }
      const place = { site, floor: floorId, zone: zoneId, polygon: zone.polygon, fromMs, toMs };
      const actor = token === null ? operator() : (await insistOnBearer(pool, token, 'data.erase')).name;
      // Before anything goes: without a key there is no receipt.
      const signer = values.try ? null : await loadSigner(auditKeyFile);
      const erasure = { ...place, reason, actor, held } as const;
      const { rows, holds, publishedCounts, audit } = await erase(pool, erasure, Date.now(), values.try);
      const counts = Object.entries(rows).map(([table, count]) => `  ${table}: ${count}`);
      if (!audit || !signer) {
        process.stdout.write(
          `would erase, rows:\n${counts.join('\n')}\n${countsText(publishedCounts)}${heldText(holds)}`,
        );
        return EXIT.ok;
      }
      const { polygon: _polygon, ...where } = place;
      const seal = signer.seal('audit-checkpoint/1', audit, Date.now());
      const met = holds.map(({ id, alert, untilMs }) => ({ id, alert, untilMs, ended: held === 'erase' }));
      const receipt = {
        schema: 'erasure-receipt/1',
        ...where,
        reason,
        rows,
        publishedCounts: { kept: publishedCounts, note: COUNTS_NOTE },
        holds: met,
        audit: audit.entry,
        seal,
      };
      await writeOutput(values.out, `${JSON.stringify(receipt, null, 2)}\n`);
      process.stderr.write(
        `erased, rows:\n${counts.join('\n')}\n${countsText(publishedCounts)}audit row ${audit.number}, signed with ${fingerprint(signer.key)}\n`,
      );
      return EXIT.ok;
    });
  },
});

const MOST_RUNS = 10_000;

const runs = defineCommand({
  summary: 'Show what the retention runs destroyed',
  usage: 'npm run -s hub -- privacy runs --config hub.yaml [--last N] [--all]',
  description:
    'Prints the newest runs that destroyed something, failed or did not end, one line for each class of data, and for each zone with a limit of its own. The audit holds the same (`hub audit show --action retention`).',
  options: {
    config: configOption,
    last: { type: 'string', value: 'N', default: '30', help: `at most so many lines, up to ${MOST_RUNS}` },
    all: { type: 'boolean', help: 'those that had nothing to do as well' },
  },
  examples: ['npm run -s hub -- privacy runs --config .data/run/hub.yaml'],
  run: async ({ values }) => {
    const last = Math.floor(numberOption('last', values.last, { min: 1, max: MOST_RUNS }));
    const records = await withDatabase(values.config, (pool) => lastRuns(pool, last, !values.all));
    for (const run of records) {
      const { startedMs, finishedMs, dataClass, zone, rows, firstMs, lastMs, oldestMs, error } = run;
      const range = firstMs === null || lastMs === null ? '' : ` from ${utc(firstMs)} to ${utc(lastMs)}`;
      const end = finishedMs === null ? 'DID NOT END' : `took ${((finishedMs - startedMs) / 1000).toFixed(1)} s`;
      // A run looks in a zone no further than ten minutes beyond its limit: `privacy oldest` measures all of it.
      const none = zone === null ? 'nothing left' : 'nothing left near it';
      const left = oldestMs === null ? none : `oldest left ${utc(oldestMs)}`;
      process.stdout.write(
        `${utc(startedMs)}  ${dataClass}${zone === null ? '' : ` in ${zone}`}: ${rows} rows destroyed${range}, limit ${durationText(run.limitSeconds * 1000)}, ${left}, ${end}${error === null ? '' : `\n    FAILED: ${error}`}\n`,
      );
    }
    return EXIT.ok;
  },
});

export const privacyCommand = commandOfActions('privacy', 'Show and change the privacy policy, hold evidence, erase', {
  show,
  history,
  apply,
  oldest,
  enforce,
  runs,
  erase: eraseZone,
  hold: holdCommand,
  holds: holdsCommand,
  release: releaseCommand,
  reidentify,
  dpia,
  notices,
});
