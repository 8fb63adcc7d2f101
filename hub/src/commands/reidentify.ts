/** `hub privacy reidentify`: how many of the stored tracks could be singled out. */
import { stat } from 'node:fs/promises';
import { defineCommand, EXIT, numberOption, OperatorError, Progress } from '@safe-passage/cli';
import { RetentionLimits } from '../privacy/limits.ts';
import { durationText } from '../privacy/policy.ts';
import { testReidentification } from '../reidentify/attack.ts';
import { SAMPLE, testLiveStore } from '../reidentify/schedule.ts';
import { MOST_POINTS, type Precision, type Uniqueness } from '../reidentify/settings.ts';
import { policyInForce } from '../store/privacy/policies.ts';
import { createReidentificationStore } from '../store/reidentification.ts';
import { configOption, operator, withDatabase } from './access.ts';
import { columns } from './columns.ts';
import { readRows } from './trajectories.ts';

const precisionText = ({ metres, seconds }: Precision): string => `${metres} m, ${seconds} s`;

/** The shares as a table, a line for each retention, rounding and precision. */
function uniquenessTable(results: readonly Uniqueness[]): string {
  const lines = new Map<string, string[]>();
  for (const { retentionSeconds, rounding, precision, persons, sampled, unique } of results) {
    const head = [
      durationText(retentionSeconds * 1000),
      String(persons),
      rounding.metres === 0 && rounding.seconds === 0 ? 'none' : precisionText(rounding),
      precisionText(precision),
    ];
    const line = lines.get(head.join()) ?? head;
    lines.set(head.join(), line);
    line.push(sampled === 0 ? '-' : `${Math.round((1000 * unique) / sampled) / 10} %`);
  }
  const points = Array.from({ length: MOST_POINTS }, (_, i) => (i === 0 ? '1 POINT' : `${i + 1} POINTS`));
  return columns([['TRACKS OF', 'PERSONS', 'ROUNDED TO', 'KNOWN TO', ...points], ...lines.values()]);
}

async function onFile(path: string, sample: number, seed: number, signal: AbortSignal): Promise<Uniqueness[]> {
  const { size } = await stat(path).catch((problem: unknown) => {
    throw new OperatorError(`${path} cannot be read`, 'Name a file of trajectories: t,id,x,y.', { cause: problem });
  });
  const progress = new Progress('testing', 2 * size);
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  await readRows(
    path,
    (timeMs) => {
      first = Math.min(first, timeMs);
      last = Math.max(last, timeMs);
    },
    () => undefined,
    signal,
  );
  if (first > last) {
    throw new OperatorError(
      `${path} holds no rows`,
      'Name a file of trajectories with at least one row below t,id,x,y.',
    );
  }
  const results = await testReidentification({
    read: async (row, pass) => {
      await readRows(
        path,
        (timeMs, id, x, y) => row('file', id, timeMs, x, y),
        (bytes) => progress.update((pass - 1) * size + bytes),
        signal,
      );
    },
    nowMs: last,
    retentionsSeconds: [Math.ceil((last - first) / 60_000) * 60],
    sample,
    seed,
  });
  progress.finish();
  return results;
}

export const reidentify = defineCommand({
  summary: 'Test how many of the stored tracks could be singled out by who knows a few places and times',
  usage: 'npm run -s hub -- privacy reidentify --config hub.yaml [--sample N] [--seed N]',
  description:
    'Picks persons among the stored tracks that last ten seconds and more, and of each 1 to 5 moments and places. Somebody who knows those, to within so many metres and seconds, looks at all stored tracks: a person is unique where no other fits. Prints the share of unique persons for the tracks as they are stored and as if they had been rounded to a grid, for the retention in force and shorter ones. What it finds is kept for the trend and recorded in the audit; a running hub does the same once a day. With --trajectories it looks at a file and needs no database.',
  options: {
    config: configOption,
    sample: { type: 'string', value: 'N', default: String(SAMPLE), help: 'how many persons are looked for' },
    seed: { type: 'string', value: 'N', default: '1', help: 'the same seed picks the same persons and moments' },
    trajectories: { type: 'string', value: 'FILE', help: 'look at this file instead: t,id,x,y, seconds and metres' },
    json: { type: 'boolean', help: 'as JSON' },
  },
  examples: [
    'npm run -s hub -- privacy reidentify -c hub.yaml',
    'npm run -s hub -- privacy reidentify --trajectories run/trajectories.csv --sample 1000',
  ],
  run: async ({ values, signal }) => {
    const sample = Math.floor(numberOption('sample', values.sample, { min: 1, max: 100_000 }));
    const seed = Math.floor(numberOption('seed', values.seed, { min: 0, max: 4_294_967_295 }));
    const nowMs = Date.now();
    const results =
      values.trajectories !== undefined
        ? await onFile(values.trajectories, sample, seed, signal)
        : await withDatabase(values.config, async (pool, { site, floors }) => {
            const inForce = await policyInForce(pool);
            if (!inForce)
              throw new OperatorError('No privacy policy has been in force yet.', 'A hub takes it when it starts.');
            const limits = new RetentionLimits(Date.now, floors);
            limits.set(inForce.policy);
            const store = createReidentificationStore(pool, site, limits);
            const progress = new Progress('testing', 100);
            const onStretch = (pass: 1 | 2, share: number): void => {
              if (signal.aborted) throw new OperatorError('stopped before the end', 'Nothing was kept; start again.');
              progress.update(Math.floor(50 * (pass - 1 + share)));
            };
            const found = await testLiveStore({ store, limits, nowMs, sample, seed, onStretch });
            progress.finish();
            if ((found[0]?.sampled ?? 0) > 0) await store.save({ atMs: nowMs, seed, results: found }, operator());
            return found;
          });
    process.stdout.write(values.json ? `${JSON.stringify(results, null, 1)}\n` : uniquenessTable(results));
    return EXIT.ok;
  },
});
