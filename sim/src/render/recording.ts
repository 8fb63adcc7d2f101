/** A stretch of a run as it was written by `sim run`: who was where, and what was staged. */
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { OperatorError } from '@safe-passage/cli';
import { checker, describeProblems } from '@safe-passage/contract';
import { type Static, Type } from 'typebox';
import { SCENARIO_KINDS } from '../scenarios/kinds.ts';

const RunFile = Type.Object({
  schema: Type.Literal('sim-run/1'),
  plan: Type.String({ minLength: 1 }),
  hours: Type.Number({ exclusiveMinimum: 0 }),
});
const checkRun = checker(RunFile);

/** What a picture shows of a line of events.jsonl. */
const StagedScenario = Type.Object({
  scenario: Type.Integer(),
  kind: Type.Enum([...SCENARIO_KINDS]),
  variant: Type.String(),
  decoy: Type.Boolean(),
  from: Type.Number(),
  to: Type.Number(),
  persons: Type.Array(Type.Object({ id: Type.Integer() })),
});
export type StagedScenario = Static<typeof StagedScenario>;
const checkScenario = checker(StagedScenario);

export interface RunFacts {
  readonly plan: string;
  readonly seconds: number;
}

export interface Place {
  readonly t: number;
  readonly x: number;
  readonly y: number;
}

/** Places by person, in order of time. */
export type Paths = ReadonlyMap<number, readonly Place[]>;

async function read(folder: string, name: string): Promise<string> {
  try {
    return await readFile(join(folder, name), 'utf8');
  } catch (cause) {
    throw new OperatorError(
      `${join(folder, name)} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      'Name the folder that `sim run --out` has written.',
      { cause },
    );
  }
}

/** @throws OperatorError where the folder holds no run. */
export async function readRun(folder: string): Promise<RunFacts> {
  const text = await read(folder, 'run.json');
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw new OperatorError(`${join(folder, 'run.json')} is not JSON: ${String(cause)}`, 'Run the simulation again.', {
      cause,
    });
  }
  const checked = checkRun(document);
  if (!checked.ok) {
    throw new OperatorError(
      `${join(folder, 'run.json')} describes no run:\n${describeProblems(checked.problems)}`,
      'Run the simulation again.',
    );
  }
  return { plan: checked.value.plan, seconds: checked.value.hours * 3600 };
}

function parseScenario(line: string, where: string): StagedScenario {
  let document: unknown;
  try {
    document = JSON.parse(line);
  } catch (cause) {
    throw new OperatorError(`${where} is not JSON: ${String(cause)}`, 'Run the simulation again.', { cause });
  }
  const checked = checkScenario(document);
  if (checked.ok) return checked.value;
  throw new OperatorError(
    `${where} is no scenario:\n${describeProblems(checked.problems)}`,
    'Run the simulation again.',
  );
}

/** Scenarios that go on at some time of the stretch. @throws OperatorError where the file is not there or is damaged. */
export async function readScenarios(folder: string, fromSeconds: number, toSeconds: number): Promise<StagedScenario[]> {
  const text = await read(folder, 'events.jsonl');
  return text
    .split('\n')
    .flatMap((line, i) =>
      line.startsWith('{"type":"scenario",')
        ? [parseScenario(line, `${join(folder, 'events.jsonl')}, line ${i + 1},`)]
        : [],
    )
    .filter(({ from, to }) => from <= toSeconds && to >= fromSeconds);
}

/** Reads past everything before and stops after the stretch. @throws OperatorError where the file is not there. */
export async function readPaths(folder: string, fromSeconds: number, toSeconds: number): Promise<Paths> {
  const path = join(folder, 'trajectories.csv');
  const paths = new Map<number, Place[]>();
  const stream = createReadStream(path);
  const failed = new Promise<never>((_, reject) => {
    stream.once('error', (cause) =>
      reject(
        new OperatorError(
          `${path} cannot be read: ${cause.message}`,
          'Name the folder that `sim run --out` has written.',
          {
            cause,
          },
        ),
      ),
    );
  });
  const reading = (async () => {
    for await (const line of createInterface({ input: stream })) {
      const [t, id, x, y] = line.split(',', 4).map(Number) as [number, number, number, number];
      if (!(t >= fromSeconds)) continue;
      if (t > toSeconds) break;
      const places = paths.get(id) ?? [];
      if (places.length === 0) paths.set(id, places);
      places.push({ t, x, y });
    }
  })();
  try {
    await Promise.race([reading, failed]);
  } finally {
    failed.catch(() => undefined);
    stream.destroy();
  }
  return paths;
}
