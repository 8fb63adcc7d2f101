import { type CalibrationFile, fitCalibration } from './calibration.ts';
import { DegeneratePoints } from './fit.ts';
import { fitThrough } from './fitCamera.ts';
import { apply, type Homography } from './homography.ts';
import { type Lens, straighten } from './lens.ts';

/** How well one known place is met. Distances on the floor, metres. */
export interface PointResidual {
  readonly image: readonly [number, number];
  readonly floor: readonly [number, number];
  readonly holdout: boolean;
  /** Where the calibration puts the point; null beyond the horizon. */
  readonly found: readonly [number, number] | null;
  readonly errorMetres: number;
  /** Error of the point in a calibration without it, through the same lens; null where the others do not fix a plane, or it is held out. */
  readonly leaveOneOutMetres: number | null;
}

export interface CalibrationReport {
  readonly points: readonly PointResidual[];
  /** Root mean square of the fitted points: flatters, and is 0 with four points. */
  readonly rmsMetres: number;
  /** Root mean square over points that the fit did not know: the honest figures. Null where there are none. */
  readonly leaveOneOutRmsMetres: number | null;
  readonly holdoutRmsMetres: number | null;
}

/** How far a place is off that the fit did not know, metres: infinite where one lies beyond the horizon, null where nobody can tell. */
export const honestErrorMetres = (report: CalibrationReport): number | null =>
  report.holdoutRmsMetres ?? report.leaveOneOutRmsMetres;

type Pair = readonly [number, number];

function distance(toFloor: Homography, lens: Lens, image: Pair, floor: Pair): number {
  const found = apply(toFloor, ...straighten(lens, ...image));
  return found ? Math.hypot(found[0] - floor[0], found[1] - floor[1]) : Number.POSITIVE_INFINITY;
}

function rms(values: readonly number[]): number | null {
  return values.length > 0 ? Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length) : null;
}

/**
 * Tells how good a calibration is, in metres.
 *
 * @throws OperatorError where the points do not fix a plane.
 */
export function reportCalibration(file: CalibrationFile, fileName: string): CalibrationReport {
  const { toFloor, lens } = fitCalibration(file, fileName);
  const fitted = file.points.filter((point) => point.holdout !== true);
  const points = file.points.map((point): PointResidual => {
    const holdout = point.holdout === true;
    let leaveOneOutMetres: number | null = null;
    if (!holdout && fitted.length > 4) {
      try {
        const others = fitThrough(
          lens,
          fitted.filter((other) => other !== point),
        );
        leaveOneOutMetres = distance(others, lens, point.image, point.floor);
      } catch (problem) {
        if (!(problem instanceof DegeneratePoints)) throw problem;
      }
    }
    return {
      image: point.image,
      floor: point.floor,
      holdout,
      found: apply(toFloor, ...straighten(lens, ...point.image)),
      errorMetres: distance(toFloor, lens, point.image, point.floor),
      leaveOneOutMetres,
    };
  });
  return {
    points,
    rmsMetres: rms(points.filter((point) => !point.holdout).map((point) => point.errorMetres)) ?? 0,
    leaveOneOutRmsMetres: rms(points.map((point) => point.leaveOneOutMetres).filter((value) => value !== null)),
    holdoutRmsMetres: rms(points.filter((point) => point.holdout).map((point) => point.errorMetres)),
  };
}
