import { extname } from 'node:path';
import { type Command, defineCommand, EXIT, OperatorError, required, UsageError, writeOutput } from '@safe-passage/cli';
import sharp from 'sharp';
import { type Calibration, type CalibrationFile, fitCalibration, parseCalibration } from '../floor/calibration.ts';
import { FEWEST_FOR_LENS } from '../floor/fitCamera.ts';
import { type FigurePicture, gridFigure } from '../floor/gridFigure.ts';
import { type CalibrationReport, reportCalibration } from '../floor/residuals.ts';
import { readInput } from './readInput.ts';

const metres = (value: number | null): string =>
  value === null ? '–' : Number.isFinite(value) ? value.toFixed(3) : 'beyond the horizon';

function table(report: CalibrationReport): string {
  const head = ['point', 'image', 'floor (m)', 'error (m)', 'left out (m)', ''];
  const rows = report.points.map((point, i) => [
    String(i + 1),
    point.image.map((value) => value.toFixed(1)).join(', '),
    point.floor.map((value) => value.toFixed(2)).join(', '),
    metres(point.errorMetres),
    metres(point.leaveOneOutMetres),
    point.holdout ? 'held out' : '',
  ]);
  const widths = head.map((title, c) => Math.max(title.length, ...rows.map((row) => (row[c] ?? '').length)));
  const line = (cells: readonly string[]) => cells.map((cell, c) => cell.padStart(widths[c] ?? 0)).join('  ');
  return [head, ...rows].map((row) => line(row).trimEnd()).join('\n');
}

function sigmaOrigin(file: CalibrationFile): string {
  if (file.foot) return ' (from foot.sigmaPixels)';
  const fitted = file.points.filter((point) => point.holdout !== true).length;
  return fitted > 4 ? '' : ' (assumed: four points fit exactly, measure more)';
}

function lensWords({ lens: { distortion }, lensFitted }: Calibration, { lens, points }: CalibrationFile): string {
  if (lensFitted) return `bends lines, ${distortion.toFixed(3)} (fitted)`;
  if (lens) return distortion === 0 ? 'straight (from lens.distortion)' : `${distortion} (from lens.distortion)`;
  const known = points.filter((point) => point.holdout !== true).length;
  return known < FEWEST_FOR_LENS
    ? `taken to be straight (${FEWEST_FOR_LENS} points would tell)`
    : 'straight, as far as the points tell';
}

const cameraWords = ({ verticals }: Calibration): string =>
  verticals
    ? `${verticals.cameraMetres.toFixed(1)} m above the floor, shows ${verticals.fieldDegrees.toFixed(0)}° across`
    : 'not told by these points: people are placed by the lower edges of their boxes';

async function readPicture(path: string, width: number, height: number): Promise<FigurePicture> {
  const bytes = await readInput(path);
  let size: { readonly width?: number; readonly height?: number };
  try {
    size = await sharp(bytes).metadata();
  } catch (problem) {
    throw new OperatorError(`${path} is no picture that can be read.`, 'Give a PNG or JPEG file.', { cause: problem });
  }
  if (size.width !== width || size.height !== height) {
    throw new OperatorError(
      `${path} is ${size.width}x${size.height}, the calibration is for ${width}x${height}.`,
      'Give the picture in which the points were read, or correct imageWidth and imageHeight.',
    );
  }
  const jpeg = /^\.jpe?g$/i.test(extname(path));
  const encoded = jpeg ? bytes : await sharp(bytes).png().toBuffer();
  return { mediaType: jpeg ? 'image/jpeg' : 'image/png', base64: encoded.toString('base64') };
}

export const calibrate: Command = defineCommand({
  summary: 'Fits a camera to its floor and tells how exact it is, in metres.',
  usage: 'npm run -s edge -- calibrate --points calibration.yaml [--picture frame.png] [--out figure.svg]',
  description: [
    'Reads a calibration file: the size of a picture and at least four places, each in pixels and in metres on the floor.',
    'Prints the error of every point, and what it would be if that point had not been known ("left out"): that column, and',
    'points with "holdout: true", tell how exact the camera will be elsewhere. With --out it draws the metres over the',
    'picture as SVG: look whether the lines lie on the floor. A wide lens bends lines: from 8 points on, spread to the edges of the',
    'picture, it is fitted with the floor where they ask for it clearly; "lens: { distortion: 0 }" in the file keeps it straight.',
    'How high the camera hangs and how wide it sees follows from the points, too: where that is not what you see on the wall, a point is wrong.',
  ].join('\n'),
  options: {
    points: { type: 'string', value: 'FILE', help: 'the calibration file, YAML or JSON' },
    picture: { type: 'string', value: 'FILE', help: 'the picture in which the points were read, for the figure' },
    out: { type: 'string', value: 'FILE', help: 'where the figure goes (SVG)' },
  },
  examples: [
    'npm run -s edge -- calibrate --points examples/standing-table/calibration.yaml',
    'npm run -s edge -- calibrate --points examples/standing-table/calibration.yaml --out figure.svg',
  ],
  run: async ({ values }) => {
    const path = required('points', values.points);
    if (values.picture !== undefined && values.out === undefined) {
      throw new UsageError('--picture is for the figure: say with --out where it goes');
    }
    const file = parseCalibration((await readInput(path)).toString('utf8'), path);
    const calibration = fitCalibration(file, path);
    const report = reportCalibration(file, path);
    process.stdout.write(
      `${[
        `${calibration.name}: version ${calibration.version}, ${file.imageWidth}x${file.imageHeight}`,
        '',
        table(report),
        '',
        `RMS of the fitted points      ${metres(report.rmsMetres)} m`,
        `RMS of the points left out    ${metres(report.leaveOneOutRmsMetres)} m`,
        `RMS of the points held out    ${metres(report.holdoutRmsMetres)} m`,
        `lens                          ${lensWords(calibration, file)}`,
        `camera                        ${cameraWords(calibration)}`,
        `error in the picture, 1 sigma ${calibration.sigmaPixels.toFixed(2)} pixels${sigmaOrigin(file)}`,
      ].join('\n')}\n`,
    );
    if (values.out !== undefined) {
      const picture = values.picture ? await readPicture(values.picture, file.imageWidth, file.imageHeight) : null;
      await writeOutput(values.out, gridFigure(file, calibration, picture));
      process.stderr.write(`The metres over the picture: ${values.out}\n`);
    }
    return EXIT.ok;
  },
});
