/** What an agent reads about its place: calibration, floor plan, boxes in place of pixels, secrets. */
import { X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { checkTlsFiles, OperatorError, type PemFile } from '@safe-passage/cli';
import { checkFloorPlan, type DeviceStatus, describeProblems, type FloorPlan } from '@safe-passage/contract';
import type { BrokerConfig } from './config.ts';
import type { CountedZone } from './count/zoneCounter.ts';
import { type MotFrame, parseMotDetections } from './detect/mot.ts';
import { BlindZones } from './floor/blindZones.ts';
import { type Calibration, parseCalibration, readCalibration } from './floor/calibration.ts';
import { honestErrorMetres, reportCalibration } from './floor/residuals.ts';

async function readText(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new OperatorError(
      `${what} ${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      'Check the path and the rights of the file.',
      { cause },
    );
  }
}

/** @returns null without a path: metres are then nominal. @throws OperatorError */
export async function loadCalibration(path: string | undefined): Promise<Calibration | null> {
  return path === undefined ? null : readCalibration(await readText(path, 'the calibration'), path);
}

/** How old a calibration is and how exact: what the fleet is told beside its version. What cannot be told is absent. @throws OperatorError */
export async function calibrationQuality(
  path: string | undefined,
): Promise<Pick<DeviceStatus, 'calibrationErrorMetres' | 'calibrationWrittenMs'>> {
  if (path === undefined) return {};
  const file = parseCalibration(await readText(path, 'the calibration'), path);
  const error = honestErrorMetres(reportCalibration(file, path));
  const written = await stat(path).catch(() => null);
  return {
    ...(error !== null && Number.isFinite(error) ? { calibrationErrorMetres: Number(error.toFixed(3)) } : {}),
    ...(written ? { calibrationWrittenMs: Math.max(0, Math.round(written.mtimeMs)) } : {}),
  };
}

/** @throws OperatorError that names file, field, value and remedy. */
export async function loadPlan(path: string): Promise<FloorPlan> {
  const text = await readText(path, 'the floor plan');
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw new OperatorError(
      `the floor plan ${path} is not valid JSON: ${cause instanceof Error ? cause.message : String(cause)}`,
      'Correct the place that is named.',
      { cause },
    );
  }
  const checked = checkFloorPlan(document);
  if (checked.ok) return checked.value;
  throw new OperatorError(
    `the floor plan ${path} is none:\n${describeProblems(checked.problems)}`,
    'Correct the fields that are named; examples/standing-table/plan.json is a floor plan, and npm run -s sim -- plan --floor-plan writes a larger one.',
  );
}

/** What an agent needs of a floor plan. */
export interface SitePlan {
  /** From which nothing is reported. */
  readonly blindZones: BlindZones;
  /** The others, in which people are counted at level `counts`. */
  readonly zones: readonly CountedZone[];
}

/** Reads a floor plan and keeps its zones alone; without a path there are none. @throws OperatorError */
export async function loadSitePlan(path: string | undefined): Promise<SitePlan> {
  const zones = path === undefined ? [] : (await loadPlan(path)).zones;
  return {
    blindZones: new BlindZones(zones.filter((zone) => zone.kind === 'blind').map((zone) => zone.polygon)),
    zones: zones.filter((zone) => zone.kind !== 'blind').map(({ id, polygon }) => ({ id, polygon })),
  };
}

/** @throws OperatorError */
export async function loadDetections(path: string): Promise<readonly MotFrame[]> {
  return parseMotDetections(await readText(path, 'detections'), path);
}

/** What a connection needs beyond the configuration: contents of files, never logged. */
export interface BrokerSecrets {
  readonly password?: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** When the device's certificate ends, milliseconds since the Unix epoch. Null: it has none, or none that can be read. */
export function certificateNotAfterMs({ cert }: BrokerSecrets): number | null {
  if (cert === undefined) return null;
  try {
    const ms = new X509Certificate(cert).validToDate.getTime();
    return Number.isFinite(ms) && ms >= 0 ? ms : null;
  } catch {
    // The broker will say so when it refuses the connection; the name of the file is in the configuration.
    return null;
  }
}

/** @throws OperatorError where a file or the variable is missing, or the files of TLS do not fit together. */
export async function loadBrokerSecrets(config: BrokerConfig): Promise<BrokerSecrets> {
  const { passwordFile, passwordVariable, caFile, certificateFile, keyFile } = config;
  let password: string | undefined;
  if (passwordFile !== undefined) password = (await readText(passwordFile, 'broker.passwordFile')).trimEnd();
  if (passwordVariable !== undefined) {
    password = process.env[passwordVariable];
    if (password === undefined) {
      throw new OperatorError(
        `broker.passwordVariable names ${passwordVariable}, which is not set`,
        'Set the environment variable, or use broker.passwordFile.',
      );
    }
  }
  const pemFile = async (field: string, path: string | undefined): Promise<PemFile | undefined> =>
    path === undefined ? undefined : { field, path, pem: await readText(path, field) };
  const authority = await pemFile('broker.caFile', caFile);
  const certificate = await pemFile('broker.certificateFile', certificateFile);
  const key = await pemFile('broker.keyFile', keyFile);
  checkTlsFiles({ authority, certificate, key });
  return {
    ...(password !== undefined ? { password } : {}),
    ...(authority ? { ca: String(authority.pem) } : {}),
    ...(certificate ? { cert: String(certificate.pem) } : {}),
    ...(key ? { key: String(key.pem) } : {}),
  };
}
