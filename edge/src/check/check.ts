/** Everything that can be wrong with a device before it is rolled out, looked at in one go. */
import { OperatorError } from '@safe-passage/cli';
import type { EdgeConfig } from '../config.ts';
import { type BrokerSecrets, loadBrokerSecrets } from '../siteFiles.ts';
import { checkBroker } from './broker.ts';
import { checkCamera } from './camera.ts';
import { checkCertificate } from './certificate.ts';
import { checkClock } from './clock.ts';
import { type Finding, notChecked } from './finding.ts';
import { checkOutbox } from './outbox.ts';
import { asFault, checkCalibration, checkLevel, checkModel, checkPlan } from './place.ts';

export interface CheckOptions {
  /** HOST or HOST:PORT; see {@link checkClock}. */
  readonly timeServer?: string;
  readonly waitSeconds: number;
  readonly signal: AbortSignal;
  /** Told of each look when it is done. */
  readonly onDone: (done: number) => void;
}

export const LOOKS = 8;

async function lookAtBroker(config: EdgeConfig, nowMs: number): Promise<readonly Finding[]> {
  let secrets: BrokerSecrets;
  try {
    secrets = await loadBrokerSecrets(config.broker);
  } catch (problem) {
    if (!(problem instanceof OperatorError)) throw problem;
    return [asFault('certificate', problem), notChecked('broker', 'there is no access to it')];
  }
  return [await checkCertificate(config, secrets, nowMs), ...(await checkBroker(config, secrets))];
}

/** Never throws for what is wrong with the device: that is what the findings are for. */
export async function checkDevice(config: EdgeConfig, options: CheckOptions): Promise<readonly Finding[]> {
  const nowMs = Date.now();
  let done = 0;
  const counted = async <T>(look: Promise<T>): Promise<T> => {
    const result = await look;
    done += 1;
    options.onDone(done);
    return result;
  };
  const calibration = counted(checkCalibration(config.calibration, nowMs));
  const camera = calibration.then(({ picture }) => checkCamera(config, picture, options.waitSeconds, options.signal));
  const [calibrated, plan, level, model, seen, clock, disk, broker] = await Promise.all([
    calibration,
    counted(checkPlan(config)),
    counted(checkLevel(config)),
    counted(checkModel(config)),
    counted(camera),
    counted(checkClock(options.timeServer)),
    counted(checkOutbox(config)),
    counted(lookAtBroker(config, nowMs)),
  ]);
  return [seen, calibrated.finding, plan, level, model, clock, disk, ...broker];
}
