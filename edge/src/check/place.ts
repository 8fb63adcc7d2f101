/** What the configuration names of the camera's place: calibration, floor plan, detector. */
import { readFile, stat } from 'node:fs/promises';
import { OperatorError, quantity } from '@safe-passage/cli';
import { DEFAULTS, type EdgeConfig } from '../config.ts';
import { findModel } from '../detect/findModel.ts';
import { parseCalibration } from '../floor/calibration.ts';
import { honestErrorMetres, reportCalibration } from '../floor/residuals.ts';
import { loadPlan, loadSitePlan } from '../siteFiles.ts';
import { type Finding, fault, notChecked, ok, warning } from './finding.ts';

const DAY_MS = 86_400_000;
/** Above this a place of the floor was read or measured wrongly: docs/edge-engineer.md. */
const ERROR_METRES = 0.3;

/** An error for a person becomes a finding; anything else is a defect and goes on. */
export function asFault(subject: string, problem: unknown): Finding {
  if (problem instanceof OperatorError) return fault(subject, problem.message, problem.remedy);
  throw problem;
}

export interface CalibrationLook {
  readonly finding: Finding;
  /** Size of the picture in which the points were read; null where there is none. */
  readonly picture: { readonly width: number; readonly height: number } | null;
}

export async function checkCalibration(path: string | undefined, nowMs: number): Promise<CalibrationLook> {
  const subject = 'calibration';
  if (path === undefined) {
    const remedy = 'Measure the floor and name the file: calibration in edge.yaml; docs/edge-engineer.md shows how.';
    return { finding: warning(subject, 'there is none: metres are assumed', remedy), picture: null };
  }
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)]).catch((cause: unknown) => {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new OperatorError(`${path} cannot be read: ${reason}`, 'Check the path and the rights.', { cause });
    });
    const file = parseCalibration(text, path);
    const report = reportCalibration(file, path);
    const picture = { width: file.imageWidth, height: file.imageHeight };
    const days = Math.max(0, Math.floor((nowMs - mtimeMs) / DAY_MS));
    const age = days === 0 ? 'written today' : `written ${quantity(days, 'day')} ago`;
    const honest = honestErrorMetres(report);
    const size = `${picture.width}x${picture.height}, ${file.points.length} points, ${age}`;
    if (honest === null) {
      const remedy = 'Measure one to four more: with four alone nobody can tell how exact they are.';
      return { finding: warning(subject, `${size}; error unknown`, remedy), picture };
    }
    const found = `${size}; error ${Number.isFinite(honest) ? `${honest.toFixed(2)} m` : 'beyond the horizon'}`;
    if (honest <= ERROR_METRES) return { finding: ok(subject, found), picture };
    const remedy = `A point is wrong: npm run -s edge -- calibrate --points ${path} tells which one.`;
    return { finding: fault(subject, found, remedy), picture };
  } catch (problem) {
    return { finding: asFault(subject, problem), picture: null };
  }
}

export async function checkPlan(config: EdgeConfig): Promise<Finding> {
  const subject = 'floor plan';
  if (config.plan === undefined) {
    return notChecked(subject, 'none is named: no blind zones are left out on this device');
  }
  try {
    const plan = await loadPlan(config.plan);
    const blind = plan.zones.filter((zone) => zone.kind === 'blind').length;
    const found = `${plan.name} (${plan.id}), ${quantity(plan.zones.length, 'zone')}, ${blind} of them blind`;
    if (plan.id !== config.floor) {
      return fault(
        subject,
        `${found}; edge.yaml says floor: ${config.floor}`,
        'Name the plan of this floor, or mend floor.',
      );
    }
    if (plan.cameras.length > 0 && !plan.cameras.some((camera) => camera.id === config.camera)) {
      const known = plan.cameras.map((camera) => camera.id).join(', ');
      return warning(subject, `${found}; it does not know the camera ${config.camera}`, `It knows: ${known}.`);
    }
    return ok(subject, found);
  } catch (problem) {
    return asFault(subject, problem);
  }
}

/** What may leave the device, in words that an engineer can hold against what was agreed with the privacy officer. */
export async function checkLevel(config: EdgeConfig): Promise<Finding> {
  const subject = 'privacy level';
  if (config.privacyLevel !== 'counts') {
    return ok(subject, 'tracks: places of people under pseudonyms leave this device');
  }
  try {
    const { zones } = await loadSitePlan(config.plan);
    const found = `counts: numbers of people by quarter-hour in ${quantity(zones.length, 'zone')}, nothing else`;
    if (zones.length > 0) return ok(subject, found);
    return fault(subject, found, 'Draw zones into the floor plan: without them there is nothing to count.');
  } catch (problem) {
    return asFault(subject, problem);
  }
}

/** Weights against the digest of their manifest. */
export async function checkModel(config: EdgeConfig): Promise<Finding> {
  const subject = 'model';
  if (config.detections) return notChecked(subject, 'none is needed: boxes come from elsewhere');
  try {
    const { manifest, digest } = await findModel(config.model ?? DEFAULTS.model);
    return ok(subject, `${manifest.name}, SHA-256 ${digest.slice(0, 12)}… as its manifest says`);
  } catch (problem) {
    return asFault(subject, problem);
  }
}
