/** Reads tracks of several cameras from a CSV file of any size: `t,camera,track,x,y,sigma` in seconds and metres. */
import { OperatorError } from '@safe-passage/cli';
import {
  metresField,
  nameField,
  type Place,
  readTable,
  type Survey,
  Surveyor,
  type Table,
  timeField,
} from './table.ts';

const TRACKS: Table = {
  what: 'tracks',
  header: 't,camera,track,x,y,sigma',
  units: 'seconds, any camera, any track, metres, metres, metres of 1-sigma',
};

export type TrackListener = (
  timeMs: number,
  camera: string,
  track: string,
  xMetres: number,
  yMetres: number,
  sigmaMetres: number,
) => void;

function sigmaField(place: Place, text: string): number {
  const sigma = metresField(place, 'sigma', text);
  if (sigma >= 0) return sigma;
  throw new OperatorError(
    `${place.path}, line ${place.line}: sigma is ${sigma}, below 0`,
    'Give every position its standard deviation per axis in metres; 0.1 to 0.5 is usual, 0 is taken as 0.01.',
  );
}

/**
 * Reads the file once and tells every row in the order of the file.
 *
 * @throws OperatorError that names line, field, value and remedy.
 */
export async function readTracks(
  path: string,
  row: TrackListener,
  onBytes: (bytes: number) => void | Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  await readTable(
    path,
    TRACKS,
    ([t = '', camera = '', track = '', x = '', y = '', sigma = ''], place) => {
      const timeMs = timeField(place, 't', t);
      const cameraName = nameField(place, 'camera', camera, 'track');
      const trackName = nameField(place, 'track', track, 'position');
      row(
        timeMs,
        cameraName,
        trackName,
        metresField(place, 'x', x),
        metresField(place, 'y', y),
        sigmaField(place, sigma),
      );
    },
    onBytes,
    signal,
  );
}

/** Reads the whole file once: every error is found before anything is written. */
export async function surveyTracks(
  path: string,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<Survey> {
  const surveyor = new Surveyor();
  await readTracks(path, (timeMs, camera, track) => surveyor.row(timeMs, `${camera},${track}`), onBytes, signal);
  return surveyor.survey();
}
