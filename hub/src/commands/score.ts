/** `hub score`: dwell episodes, groups and escorts of recorded trajectories, by the very code that scores live reports. */
import { readFile, stat } from 'node:fs/promises';
import { defineCommand, EXIT, numberOption, OperatorError, Progress, required } from '@safe-passage/cli';
import { checker, describeProblems, FloorPlan, outlineFault, Zone } from '@safe-passage/contract';
import { Type } from 'typebox';
import { severityOf } from '../alert/decide.ts';
import { dwellReasons, dwellScore, limitFor } from '../alert/dwellSign.ts';
import { DEFAULT_POLICY, loadPolicy, type Policy } from '../alert/policy.ts';
import { DWELL_DEFAULTS, type DwellOptions } from '../score/dwellOptions.ts';
import type { DwellEpisode } from '../score/episode.ts';
import { PersonDwell } from '../score/personDwell.ts';
import { type CompiledZone, compileZones, everywhere } from '../score/zones.ts';
import { EscortLines } from './escortLines.ts';
import { GroupLines, SETTLE_SECONDS, WINDOW_SECONDS } from './groupLines.ts';
import { LineSink, ReaderGone } from './lineSink.ts';
import { RowColumns } from './table.ts';
import { type RowListener, readRows, survey } from './trajectories.ts';

/** The uncertainty of a position in a file that does not tell it: that of a careful annotation. */
const SIGMA_METRES = 0.1;
const ADVANCE_EVERY_MS = 1000;

const ZonesOnly = Type.Object(
  { zones: Type.Array(Zone, { minItems: 1, maxItems: 512 }) },
  { additionalProperties: false },
);
const checkPlan = checker(FloorPlan);
const checkZones = checker(ZonesOnly);

async function readZones(path: string): Promise<CompiledZone[]> {
  let document: unknown;
  try {
    document = JSON.parse(await readFile(path, 'utf8'));
  } catch (problem) {
    const why = problem instanceof Error ? problem.message : String(problem);
    throw new OperatorError(
      `the zones "${path}" cannot be read: ${why}`,
      'Give a JSON file: a floor plan, {"zones": [...]}, or a list of zones.',
      {
        cause: problem,
      },
    );
  }
  const isPlan = document !== null && typeof document === 'object' && 'bounds' in document;
  const checked = isPlan
    ? checkPlan(document)
    : checkZones(Array.isArray(document) ? { zones: document as unknown[] } : document);
  if (!checked.ok) {
    throw new OperatorError(
      `${path}: these are no zones:\n${describeProblems(checked.problems)}`,
      'Mend these fields. A zone is {"id", "name", "kind", "polygon": [[x, y], ...], "dwellLimitSeconds"?}, in metres and seconds.',
    );
  }
  const twice = checked.value.zones.find((zone, i, all) => all.findIndex((other) => other.id === zone.id) !== i);
  if (twice)
    throw new OperatorError(`${path}: two zones have the id "${twice.id}"`, 'Give every zone an id of its own.');
  for (const { id, polygon } of checked.value.zones) {
    const fault = outlineFault(polygon);
    if (fault)
      throw new OperatorError(`${path}: zone "${id}": its polygon ${fault.expected}; found ${fault.found}`, 'Mend it.');
  }
  return compileZones(checked.value);
}

/**
 * The options for rows that come only so often: an absence is one only where at least two rows are missing, and nobody is
 * in the noise of an edge for want of rows.
 */
function optionsForSampling(sampleSeconds: number, joinSeconds: number): DwellOptions {
  return {
    ...DWELL_DEFAULTS,
    continuousSeconds: Math.max(DWELL_DEFAULTS.continuousSeconds, 2.2 * sampleSeconds),
    graceSeconds: Math.max(DWELL_DEFAULTS.graceSeconds, 3.2 * sampleSeconds),
    edgeGraceSeconds: Math.max(DWELL_DEFAULTS.edgeGraceSeconds, 3.2 * sampleSeconds),
    edgeEntrySeconds: Math.max(DWELL_DEFAULTS.edgeEntrySeconds, 3.2 * sampleSeconds),
    joinSeconds,
    // A file has no word about who may be whom.
    continuationSeconds: 0,
  };
}

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

function line(episode: DwellEpisode, policy: Policy): string {
  const limitSeconds = limitFor(episode, policy) ?? Number.POSITIVE_INFINITY;
  const score = dwellScore(episode.seconds, limitSeconds);
  const { detail } = episode;
  const event = {
    kind: 'dwell',
    person: episode.person,
    persons: detail.members.map((member) => member.person),
    zone: episode.zone,
    from: episode.fromMs / 1000,
    to: episode.toMs / 1000,
    seconds: episode.seconds,
    spanSeconds: rounded((episode.toMs - episode.fromMs) / 1000, 3),
    visits: detail.visits.map((visit) => ({ from: visit.fromMs / 1000, to: visit.toMs / 1000 })),
    limitSeconds,
    score: rounded(score, 4),
    severity: rounded(severityOf(score), 4),
    alert: episode.seconds > limitSeconds && detail.everMoved,
    reasons: dwellReasons(episode, limitSeconds).map((reason) => reason.text),
    everMoved: detail.everMoved,
    netDisplacementMetres: rounded(detail.netDisplacementMetres, 3),
    gapsBridged: detail.gapsBridged,
    identityJoins: detail.identityJoins,
    joinProbability: rounded(detail.joinProbability, 4),
    unseenShare: rounded(episode.coastedShare, 4),
  };
  return `${JSON.stringify(event)}\n`;
}

export const scoreCommand = defineCommand({
  summary:
    'Scores recorded trajectories offline: one JSON object a line for each dwell episode, grouping, change of a group, escort and the like.',
  usage:
    'npm run -s hub -- score --trajectories t.csv [--zones zones.json] [--policy policy.yaml] [--window 10] --out events.jsonl',
  description: [
    'Reads t,id,x,y (seconds, any id, metres; rows in any order) and writes {"kind":"dwell","person","persons","zone","from","to",',
    '"seconds","score","reasons",...} for each presence in a zone, once it cannot go on any more. The code is that of the live hub. Somebody',
    'who comes back within half an hour goes on: "visits" has from and to of each (the last 64), "seconds" is their sum, "spanSeconds" the whole.',
    'score is log2(seconds / limit): 0 at the limit, 1 at twice the limit. Without zones there is one, "floor", that covers everything.',
    '{"kind":"grouping","from","to","groups":[[ids],...]} is told once a window for everybody present in it, singles as groups of one, from',
    'what is known --settle seconds after its end. {"kind":"group","event":"formed|joined|left|split|merged|regrouped|dissolved",...} tells the life',
    'of groups as the live hub sees it, from the past alone; {"kind":"regrouping",...}, who parted before a zone of kind control and met again behind',
    'it; {"kind":"coordinator",...}, who met several, one after another, who did not know each other. Each has "reasons".',
    '{"kind":"escort","leader","follower","from","to","score","lagSeconds",...}: one led by another; {"kind":"handover","follower","leaders":[old,new],',
    '"at",...}: whose leader changed; {"kind":"flanking","flanked","flanking":[a,b],...}: kept between two; {"kind":"shadowing","shadowing","shadowed",',
    '"lagSeconds","distanceMetres",...}: followed from 8 to 25 m. These and the two before have "reasons", "figures" and "moments", and are told when they',
    'are over, with a score of 0 at the least that counts; for escorts and the like one more is twice the odds. Nobody leads or follows in rows that are further apart than about half a second.',
    'Where rows are further apart than usual, grace and gaps widen with them: an absence counts from three missing rows.',
    'Files in order of time are streamed; others are held in memory, 28 bytes a row.',
  ].join('\n'),
  options: {
    trajectories: { type: 'string', value: 'FILE', help: 'CSV with the header t,id,x,y' },
    zones: { type: 'string', value: 'FILE', help: 'a floor plan, {"zones": [...]} or a list of zones, as JSON' },
    policy: { type: 'string', value: 'FILE', help: 'the limits by kind of zone; without it the built-in policy 2' },
    window: { type: 'string', value: 'SECONDS', default: String(WINDOW_SECONDS), help: 'length of a grouping window' },
    settle: {
      type: 'string',
      value: 'SECONDS',
      default: String(SETTLE_SECONDS),
      help: 'how long after its end a window is decided; 0 takes nothing later into account',
    },
    out: { type: 'string', value: 'FILE', help: 'where the events go; - is standard output' },
  },
  examples: [
    'npm run -s hub -- score --trajectories examples/standing-table/trajectories.csv --zones examples/standing-table/plan.json --out events.jsonl',
    'npm run -s hub -- score --trajectories examples/standing-table/trajectories.csv --out - | head',
  ],
  run: async ({ values, signal }) => {
    const path = required('trajectories', values.trajectories);
    const out = required('out', values.out);
    const policy =
      values.policy === undefined
        ? DEFAULT_POLICY
        : await loadPolicy(values.policy, (note) => process.stderr.write(`${note}\n`));
    const zones = values.zones === undefined ? [everywhere('floor')] : await readZones(values.zones);
    const bytes = await stat(path)
      .then((found) => found.size)
      .catch(() => 0);
    const windowSeconds = numberOption('window', String(values.window), { min: 1, max: 3600 });
    const settleSeconds = numberOption('settle', String(values.settle), { min: 0, max: 60 });
    const started = performance.now();

    const checking = new Progress('checking', bytes);
    const surveyed = await survey(path, (done) => checking.update(done), signal);
    checking.finish();
    const { rows } = surveyed;
    const scoring = new Progress('scoring', bytes);
    const columns = surveyed.sorted ? null : new RowColumns(rows, 2);
    if (columns) {
      await readRows(
        path,
        (timeMs, id, x, y) => columns.add(timeMs, id, x, y),
        (done) => scoring.update(done),
        signal,
      );
    }
    const sampleSeconds = columns?.sampleSeconds() ?? surveyed.sampleSeconds;

    // Everywhere has no inside in which a lost track could be found again: there the ids are taken as they are.
    const joinSeconds = values.zones === undefined ? 0 : DWELL_DEFAULTS.joinSeconds;
    const sink = new LineSink(out, 'events');
    let episodes = 0;
    let repeated = 0;
    const dwell = new PersonDwell(zones, optionsForSampling(sampleSeconds, joinSeconds), (episode) => {
      episodes++;
      sink.add(line(episode, policy));
    });
    const escorts = new EscortLines(sampleSeconds, zones, (text) => sink.add(text));
    const groups = new GroupLines(
      { sampleSeconds, windowSeconds, settleSeconds, zones, onTick: escorts.tick },
      (text) => sink.add(text),
    );
    let advancedMs = Number.NEGATIVE_INFINITY;
    const observe: RowListener = (timeMs, id, x, y) => {
      if (timeMs - advancedMs >= ADVANCE_EVERY_MS) {
        advancedMs = timeMs;
        dwell.advance(timeMs);
      }
      if (!dwell.observe({ timeMs, person: id, x, y, sigmaMetres: SIGMA_METRES, measured: true })) repeated++;
      groups.observe(timeMs, id, x, y, SIGMA_METRES);
    };
    try {
      if (columns) {
        for (const { timeMs, id, numbers } of columns.inOrder()) observe(timeMs, id, numbers[0] ?? 0, numbers[1] ?? 0);
      } else {
        const afterChunk = async (done: number): Promise<void> => {
          scoring.update(done);
          await sink.flush();
        };
        await readRows(path, observe, afterChunk, signal);
      }
      groups.finish();
      escorts.finish();
      dwell.finish();
      await sink.finish();
    } catch (problem) {
      await sink.abandon();
      if (problem instanceof ReaderGone) return EXIT.ok;
      throw problem;
    }
    const seconds = (performance.now() - started) / 1000;
    const speed = `${rows} rows in ${seconds.toFixed(1)} s (${Math.round(rows / seconds)} rows/s)`;
    scoring.finish(
      `${episodes} dwell episodes from ${speed}; ${groups.windows} groupings; ${escorts.count + groups.movements} escorts and the like${repeated > 0 ? `; ${repeated} rows repeated a time of their id or are out of bounds, and were left out` : ''}`,
    );
    return EXIT.ok;
  },
});
