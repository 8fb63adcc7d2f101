/** `hub privacy hold`, `holds` and `release`: the evidence of one alert, kept past the retention of tracks. */
import { defineCommand, EXIT, OperatorError, required, UsageError } from '@safe-passage/cli';
import type pg from 'pg';
import type { HubConfig } from '../config.ts';
import { utc } from '../document/html.ts';
import { insistOnReason } from '../privacy/inForce.ts';
import { RetentionLimits } from '../privacy/limits.ts';
import { createHoldStore, type Hold, type HoldStore } from '../store/privacy/holds.ts';
import { policyInForce } from '../store/privacy/policies.ts';
import { configOption, nameOption, operator, withDatabase } from './access.ts';
import { timeOption } from './audit.ts';

async function holdsOf(pool: pg.Pool, { site, floors }: HubConfig): Promise<HoldStore> {
  const inForce = await policyInForce(pool);
  if (!inForce) {
    throw new OperatorError('No privacy policy has been in force yet.', 'A hub takes it when it starts.');
  }
  const limits = new RetentionLimits(Date.now, floors);
  limits.set(inForce.policy);
  return createHoldStore(pool, site, limits);
}

function holdText(hold: Hold): string {
  const end =
    hold.endedAtMs === null
      ? `until ${utc(hold.untilMs)}, ${hold.rows} rows of positions`
      : `ended ${utc(hold.endedAtMs)} by ${hold.endedBy ?? 'unknown'}: ${hold.endReason ?? ''}`;
  return [
    `${hold.id}  ${end}`,
    `    alert    ${hold.alert} on ${hold.floor}`,
    `    reason   ${hold.reason}`,
    `    owner    ${hold.owner}; held by ${hold.heldBy} at ${utc(hold.heldAtMs)}`,
    '',
  ].join('\n');
}

export const holdCommand = defineCommand({
  summary: 'Keep the evidence of one alert until a day, past the retention of tracks',
  usage: 'npm run -s hub -- privacy hold --config hub.yaml --alert ID --owner NAME --until DAY --reason TEXT',
  description:
    'Keeps the positions that explain one alert: those of its own people, from half a minute before the movement to half a minute after it. Nothing else of theirs, and nobody else. The alert stays readable as long. When the day has come, the hub destroys what was kept. A hold lasts no longer than class evidence of the policy in force. The audit records it with the reason.',
  options: {
    config: configOption,
    alert: { type: 'string', value: 'ID', help: 'the alert, as its address in the console names it' },
    owner: { type: 'string', value: 'NAME', help: 'who answers for the hold: an office rather than a person' },
    until: { type: 'string', value: 'DAY', help: 'when it ends: 2027-01-31, or with a time 2027-01-31T12:00Z' },
    reason: { type: 'string', value: 'TEXT', help: 'why, such as the number of a file; names nobody' },
  },
  examples: [
    'npm run -s hub -- privacy hold -c hub.yaml --alert 0198c4de-5a70-4cc1-9a3e-7d6f2b10c4aa --owner "Data Protection Officer" --until 2027-01-31 --reason "complaint 2026-14"',
  ],
  run: async ({ values }) => {
    const alert = required('alert', values.alert);
    const owner = nameOption('owner', required('owner', values.owner));
    const reason = insistOnReason(required('reason', values.reason));
    const untilMs = timeOption('until', required('until', values.until));
    if (untilMs <= Date.now()) throw new UsageError('--until has passed');
    const placed = await withDatabase(values.config, async (pool, config) =>
      (await holdsOf(pool, config)).place({ alert, owner, reason, untilMs, actor: operator() }),
    );
    if (placed.kind === 'absent') {
      throw new OperatorError(
        `there is no alert ${alert} that can be read`,
        'Take the identifier from the address of the alert in the console; one that has reached the end of its retention cannot be held any more.',
      );
    }
    if (placed.kind === 'too-long') {
      throw new OperatorError(
        `a hold that begins now ends by ${utc(placed.latestMs)} at the latest: the policy in force keeps evidence no longer`,
        'Give an earlier --until; a further hold on the same alert can be placed before the end.',
      );
    }
    process.stdout.write(holdText(placed.hold));
    if (placed.hold.rows === 0)
      process.stderr.write('There were no positions left to keep: the alert alone stays readable.\n');
    return EXIT.ok;
  },
});

export const holdsCommand = defineCommand({
  summary: 'List the holds that last, or all that ever were',
  usage: 'npm run -s hub -- privacy holds --config hub.yaml [--all]',
  description: 'Prints who keeps the evidence of which alert, why and until when; the one that ends first in front.',
  options: { config: configOption, all: { type: 'boolean', help: 'those that are over as well' } },
  examples: ['npm run -s hub -- privacy holds --config .data/run/hub.yaml'],
  run: async ({ values }) => {
    const holds = await withDatabase(values.config, async (pool, config) =>
      (await holdsOf(pool, config)).list(values.all === true),
    );
    process.stdout.write(holds.length === 0 ? 'no evidence is held\n' : holds.map(holdText).join(''));
    return EXIT.ok;
  },
});

export const releaseCommand = defineCommand({
  summary: 'End a hold now: what it kept is destroyed',
  usage: 'npm run -s hub -- privacy release --config hub.yaml --hold ID --reason TEXT',
  description:
    'Destroys at once what the hold kept, unless another hold keeps the same. What is still within the retention of tracks stays until its own time is over. The audit records it.',
  options: {
    config: configOption,
    hold: { type: 'string', value: 'ID', help: 'the hold, as `hub privacy holds` names it' },
    reason: { type: 'string', value: 'TEXT', help: 'why it is not needed any more' },
  },
  examples: [
    'npm run -s hub -- privacy release -c hub.yaml --hold 5a0e2b4c-91d3-4f7e-8a66-0c1d2e3f4a5b --reason "complaint 2026-14 is settled"',
  ],
  run: async ({ values }) => {
    const [id, reason] = [required('hold', values.hold), insistOnReason(required('reason', values.reason))];
    const outcome = await withDatabase(values.config, async (pool, config) =>
      (await holdsOf(pool, config)).release(id, operator(), reason),
    );
    if (outcome.kind === 'absent')
      throw new OperatorError(`there is no hold ${id}`, 'List them: npm run -s hub -- privacy holds');
    process.stdout.write(holdText(outcome.hold));
    if (outcome.kind === 'over') {
      process.stderr.write('It was over already.\n');
      return EXIT.failed;
    }
    return EXIT.ok;
  },
});
