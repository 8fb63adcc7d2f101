/** Recordings of ordinary people, on the floor in metres: nothing was staged in them, so that what is told is false as far as anybody knows. */
import { join } from 'node:path';
import { readCaviar } from '../caviar/dataset.ts';
import { readWildtrack } from '../fusion/wildtrack.ts';
import { type Row, readTrajectories } from '../groups/dataset.ts';
import { finer } from './finer.ts';

export interface OrdinarySet {
  readonly name: string;
  /** What a reader has to know to weigh its figures. */
  readonly remark: string;
  /** In order of time. */
  readonly rows: readonly Row[];
  readonly sampleSeconds: number;
  /** 1-sigma of the positions, metres. */
  readonly sigmaMetres: number;
}

const GROUP_SETS = ['eth', 'zara01', 'zara02'] as const;
const ANNOTATED_SIGMA_METRES = 0.1;
/** What hand-drawn boxes leave open. */
const BOX_SIGMA_METRES = 0.1;
const FINER_SECONDS = 0.2;
/** Clips of CAVIAR are put one after another, so far apart that everybody has gone. */
const BETWEEN_CLIPS_MS = 60_000;

/** @throws OperatorError that names what is missing or broken. */
export async function readOrdinary(shared: string): Promise<OrdinarySet[]> {
  const sets: OrdinarySet[] = [];
  for (const name of GROUP_SETS) {
    const { rows, sampleSeconds } = await readTrajectories(join(shared, `data/groups/${name}.csv`));
    const remark = 'a street, annotated by hand';
    sets.push({ name, remark, rows, sampleSeconds, sigmaMetres: ANNOTATED_SIGMA_METRES });
  }
  const { truth } = await readWildtrack(shared);
  sets.push({
    name: 'WILDTRACK',
    remark: 'a square, half of the people within a metre of another',
    rows: truth,
    sampleSeconds: 0.5,
    sigmaMetres: ANNOTATED_SIGMA_METRES,
  });
  let afterMs = 0;
  const hall: Row[] = [];
  let hallSeconds = 1;
  for (const { name, rows, sampleSeconds } of await readCaviar(shared)) {
    const startMs = rows[0]?.timeMs ?? 0;
    const fromMs = afterMs;
    for (const { timeMs, person, x, y } of rows) {
      const at = fromMs + timeMs - startMs;
      hall.push({ timeMs: at, person: `${name} ${person}`, x, y });
      afterMs = Math.max(afterMs, at);
    }
    afterMs += BETWEEN_CLIPS_MS;
    hallSeconds = sampleSeconds;
  }
  sets.push({
    name: 'CAVIAR',
    remark: 'a hall, actors who meet, walk together and part; rough metres',
    rows: hall,
    sampleSeconds: hallSeconds,
    sigmaMetres: BOX_SIGMA_METRES,
  });
  const concourse = await readTrajectories(join(shared, 'data/ordinary/grand-central-a.csv'));
  const grandCentral = { rows: concourse.rows, sigmaMetres: ANNOTATED_SIGMA_METRES };
  sets.push({
    name: 'Grand Central',
    remark: 'a concourse, 0.8 s apart: too slow to say who was first, so that of escorts nothing is said',
    ...grandCentral,
    sampleSeconds: concourse.sampleSeconds,
  });
  sets.push({
    name: 'Grand Central, made finer',
    remark: 'the same, positions in between made up by smooth curves: what is asked of the hub at 5 a second',
    rows: finer(concourse.rows, FINER_SECONDS, concourse.sampleSeconds),
    sampleSeconds: FINER_SECONDS,
    sigmaMetres: ANNOTATED_SIGMA_METRES,
  });
  return sets;
}
