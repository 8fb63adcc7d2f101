/** `npm run -s hub -- fuse`: persons from the recorded tracks of several cameras, by the very code that fuses live reports. */
import { readFile, stat } from 'node:fs/promises';
import { defineCommand, EXIT, OperatorError, Progress, required, UsageError } from '@safe-passage/cli';
import { checkFloorPlan, describeProblems, type FloorPlan } from '@safe-passage/contract';
import type { FusionNews } from '../fuse/floorFusion.ts';
import { RecordingFusion } from '../fuse/recording.ts';
import type { ClockReport, DisagreementReport, FusionCounts } from '../fuse/samples.ts';
import { LineSink, ReaderGone } from './lineSink.ts';
import { RowColumns, Surveyor } from './table.ts';
import { readTracks, surveyTracks } from './tracks.ts';

const FLUSH_EVERY_ROWS = 50_000;

async function readPlan(path: string): Promise<FloorPlan> {
  let document: unknown;
  try {
    document = JSON.parse(await readFile(path, 'utf8'));
  } catch (problem) {
    const why = problem instanceof Error ? problem.message : String(problem);
    throw new OperatorError(`the plan "${path}" cannot be read: ${why}`, 'Give a floor plan as a JSON file.', {
      cause: problem,
    });
  }
  const checked = checkFloorPlan(document);
  if (checked.ok) return checked.value;
  throw new OperatorError(
    `${path}: this is no floor plan:\n${describeProblems(checked.problems)}`,
    'Mend these fields; docs/edge-engineer.md describes the plan.',
  );
}

const seconds = (ms: number): string => String(ms / 1000);

/** How the cameras agree, for people: one line a camera, one a pair. */
function describeAgreement(
  clocks: readonly ClockReport[],
  disagreements: readonly DisagreementReport[],
  counts: Readonly<FusionCounts>,
): string {
  const lines = ['Clock offsets (ahead of the others):'];
  for (const { camera, offsetMs, sigmaMs, refused } of clocks) {
    const offset =
      offsetMs === null ? 'unknown: too few people walked through shared views' : `${offsetMs} ms ± ${sigmaMs} ms`;
    lines.push(`  ${camera}: ${offset}${refused ? '; NOT FUSED: set its clock' : ''}`);
  }
  lines.push('Disagreement about the same persons (median; calibration):');
  if (disagreements.length === 0) lines.push('  no two cameras saw the same person');
  for (const { cameras, xMetres, yMetres, metres, positions } of disagreements) {
    const offset = `${metres.toFixed(2)} m (x ${xMetres.toFixed(2)}, y ${yMetres.toFixed(2)})`;
    lines.push(`  ${cameras[0]} to ${cameras[1]}: ${offset} over ${positions} positions`);
  }
  const left = Object.entries(counts).filter(([, count]) => count > 0);
  if (left.length > 0)
    lines.push(`Not taken as they came: ${left.map(([why, count]) => `${count} ${why}`).join(', ')}`);
  return `${lines.join('\n')}\n`;
}

interface Source {
  readonly path: string;
  readonly bytes: number;
  /** The rows, where the file is not in order of time. */
  readonly held: RowColumns | null;
  readonly sampleSeconds: number;
  readonly rows: number;
  readonly signal: AbortSignal;
}

/** Reads all of it once: every error is found before anything is written, and rows that have no order are held. */
async function open(path: string, signal: AbortSignal): Promise<Source> {
  const bytes = await stat(path)
    .then((found) => found.size)
    .catch(() => 0);
  const checking = new Progress('checking', bytes);
  const found = await surveyTracks(path, (done) => checking.update(done), signal);
  checking.finish();
  const { rows, sorted, sampleSeconds } = found;
  if (sorted) return { path, bytes, held: null, sampleSeconds, rows, signal };
  const held = new RowColumns(rows, 3);
  const sorting = new Progress('sorting', bytes);
  await readTracks(
    path,
    (timeMs, camera, track, x, y, sigma) => held.add(timeMs, `${camera},${track}`, x, y, sigma),
    (done) => sorting.update(done),
    signal,
  );
  sorting.finish();
  const inOrder = new Surveyor();
  for (const { timeMs, id } of held.inOrder()) inOrder.row(timeMs, id);
  return { path, bytes, held, sampleSeconds: inOrder.survey().sampleSeconds, rows, signal };
}

/** Plays the file into the fusion, in order of time. */
async function play(source: Source, label: string, fusion: RecordingFusion, flush: () => Promise<void>): Promise<void> {
  const progress = new Progress(label, source.bytes);
  if (!source.held) {
    const afterChunk = async (done: number): Promise<void> => {
      progress.update(done);
      await flush();
    };
    await readTracks(source.path, (...row) => fusion.row(...row), afterChunk, source.signal);
    progress.finish();
    return;
  }
  let told = 0;
  for (const { timeMs, id, numbers } of source.held.inOrder()) {
    const comma = id.indexOf(',');
    const [x = 0, y = 0, sigma = 0] = numbers;
    fusion.row(timeMs, id.slice(0, comma), id.slice(comma + 1), x, y, sigma);
    if (++told % FLUSH_EVERY_ROWS !== 0) continue;
    progress.update((source.bytes * told) / source.rows);
    await flush();
    if (source.signal.aborted) throw new OperatorError('stopped before the end', 'Start again to fuse all of it.');
  }
  progress.finish();
}

export const fuseCommand = defineCommand({
  summary: 'Fuses recorded tracks of several cameras into persons offline.',
  usage:
    'npm run -s hub -- fuse --tracks tracks.csv --out persons.csv [--plan plan.json] [--continuations out.jsonl] [--report]',
  description: [
    'Reads t,camera,track,x,y,sigma (seconds, any names, metres, 1-sigma in metres; rows in any order) and writes t,person,x,y.',
    'The code is that of the live hub. A first pass learns the clocks of the cameras, a second one fuses. Persons are told at the',
    'times at which most cameras saw something, once per sampling interval.',
    '--continuations takes one JSON object a line, {"earlier","later","from","to","probability"}: persons that may be the same across',
    'a blind gap; persons.csv never merges them. --plan gives the walls: whoever is out of sight walks around them.',
    '--report prints clock offsets and disagreements between cameras to standard error.',
    'Files in order of time are streamed; others are held in memory, 36 bytes a row.',
  ].join('\n'),
  options: {
    tracks: { type: 'string', value: 'FILE', help: 'CSV with the header t,camera,track,x,y,sigma' },
    out: { type: 'string', value: 'FILE', help: 'where the persons go, t,person,x,y; - is standard output' },
    plan: { type: 'string', value: 'FILE', help: 'a floor plan as JSON, for its walls' },
    continuations: { type: 'string', value: 'FILE', help: 'where the continuations go; - is standard output' },
    report: { type: 'boolean', help: 'say how the clocks and the calibrations of the cameras agree' },
  },
  examples: [
    'npm run -s hub -- fuse --tracks tracks.csv --out persons.csv --report',
    'npm run -s hub -- fuse --tracks tracks.csv --plan plan.json --out persons.csv --continuations continuations.jsonl',
  ],
  run: async ({ values, signal }) => {
    const path = required('tracks', values.tracks);
    const out = required('out', values.out);
    if (out === '-' && values.continuations === '-') {
      throw new UsageError('--out and --continuations cannot both be standard output: name a file for one of them');
    }
    const plan = values.plan === undefined ? null : await readPlan(values.plan);
    const started = performance.now();
    const source = await open(path, signal);
    const { rows, sampleSeconds } = source;
    const floor = plan ? { plan } : {};

    const learning = new RecordingFusion(sampleSeconds, floor);
    await play(source, 'clocks', learning, () => {
      learning.taken();
      return Promise.resolve();
    });
    learning.finish();
    const fusing = new RecordingFusion(sampleSeconds, { ...floor, clocks: learning.knownClocks() });
    const sinks = [new LineSink(out, 'persons')];
    if (values.continuations !== undefined) sinks.push(new LineSink(values.continuations, 'continuations'));
    const [persons, continuations] = sinks;
    const names = new Set<string>();
    let told = 0;
    const take = (news: FusionNews): void => {
      for (const { timeMs, person, x, y } of news.samples) {
        names.add(person);
        persons?.add(`${seconds(timeMs)},${person},${x.toFixed(3)},${y.toFixed(3)}\n`);
      }
      for (const { earlier, later, fromMs, toMs, probability } of news.continuations) {
        told++;
        const line = {
          earlier,
          later,
          from: fromMs / 1000,
          to: toMs / 1000,
          probability: Number(probability.toFixed(4)),
        };
        continuations?.add(`${JSON.stringify(line)}\n`);
      }
    };
    try {
      persons?.add('t,person,x,y\n');
      await play(source, 'fusing', fusing, async () => {
        take(fusing.taken());
        for (const sink of sinks) await sink.flush();
      });
      take(fusing.finish());
      for (const sink of sinks) await sink.finish();
    } catch (problem) {
      for (const sink of sinks) await sink.abandon();
      if (problem instanceof ReaderGone) return EXIT.ok;
      throw problem;
    }
    const { fusion } = fusing;
    if (values.report) {
      process.stderr.write(describeAgreement(learning.fusion.clockReports(), fusion.disagreements(), fusion.counts));
    }
    const took = (performance.now() - started) / 1000;
    process.stderr.write(
      `${names.size} persons and ${told} continuations from ${rows} rows in ${took.toFixed(1)} s (${Math.round(rows / took)} rows/s)\n`,
    );
    for (const { camera } of learning.fusion.clockReports().filter(({ refused }) => refused)) {
      process.stderr.write(`The clock of ${camera} is too far off: its tracks were not fused. Set its clock.\n`);
    }
    return EXIT.ok;
  },
});
