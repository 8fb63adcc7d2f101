/** Reads trajectories from a CSV file of any size: `t,id,x,y` in seconds and metres. */
import { metresField, nameField, readTable, type Survey, Surveyor, type Table, timeField } from './table.ts';

const TRAJECTORIES: Table = {
  what: 'trajectories',
  header: 't,id,x,y',
  units: 'seconds, any id, metres, metres',
};

/** One row; the reader reuses nothing, it hands over plain values. */
export type RowListener = (timeMs: number, id: string, xMetres: number, yMetres: number) => void;

/**
 * Reads the file once, from beginning to end, and tells every row in the order of the file.
 *
 * @param onBytes told after each chunk, with the bytes read so far.
 * @throws OperatorError that names line, field, value and remedy.
 */
export async function readRows(
  path: string,
  row: RowListener,
  onBytes: (bytes: number) => void | Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  await readTable(
    path,
    TRAJECTORIES,
    ([t = '', id = '', x = '', y = ''], place) => {
      const timeMs = timeField(place, 't', t);
      const name = nameField(place, 'id', id, 'track');
      row(timeMs, name, metresField(place, 'x', x), metresField(place, 'y', y));
    },
    onBytes,
    signal,
  );
}

/** Reads the whole file once: every error is found before anything is written. */
export async function survey(path: string, onBytes: (bytes: number) => void, signal: AbortSignal): Promise<Survey> {
  const surveyor = new Surveyor();
  await readRows(path, (timeMs, id) => surveyor.row(timeMs, id), onBytes, signal);
  return surveyor.survey();
}
