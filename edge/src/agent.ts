/** One edge agent: frames to reports to disk to broker. */
import { setTimeout as sleep } from 'node:timers/promises';
import { OperatorError, Service } from '@safe-passage/cli';
import {
  type CameraAddress,
  type DeviceCommand,
  type DeviceHealth,
  type DeviceStatus,
  isClockOff,
} from '@safe-passage/contract';
import type { Logger } from 'pino';
import { configurationDigest, DEFAULTS, type EdgeConfig } from './config.ts';
import { openDetections } from './detections.ts';
import { Outbox } from './outbox/outbox.ts';
import { BrokerLink } from './publish/brokerLink.ts';
import { Delivery } from './publish/delivery.ts';
import { HubClock } from './publish/hubClock.ts';
import { createReporter } from './report/cameraReporter.ts';
import {
  calibrationQuality,
  certificateNotAfterMs,
  loadBrokerSecrets,
  loadCalibration,
  loadSitePlan,
} from './siteFiles.ts';

export interface AgentOptions {
  readonly config: EdgeConfig;
  /** Reads the configuration once more, at the hub's order. Null where it came from the command line. */
  readonly readAgain: (() => Promise<EdgeConfig>) | null;
  /** How long an agent whose source is over waits for the hub's receipts. */
  readonly lingerSeconds: number;
  readonly version: string;
  readonly log: Logger;
  /** Aborted: a clean stop. */
  readonly signal: AbortSignal;
}

const HEALTH_MS = 10_000;
const TICK_MS = 1_000;
const TIDY_MS = 60_000;
/** A camera that is silent for longer gets its open report closed. */
const SILENCE_MS = 2_000;
/** A camera that runs and yields no picture for so long hangs: systemd starts the agent again. One that is away is waited for. */
const HANGING_MS = 60_000;
/** How long a stopped agent waits for acknowledgements; what is left is on the disk. */
const STOP_LINGER_MS = 1_000;

/** Changing these needs no restart. */
const LIVE_FIELDS = ['plan', 'calibration', 'confidence'] as const satisfies (keyof EdgeConfig)[];

/**
 * Runs until the source is over or the signal is aborted. Reports that are accepted are on the disk when it returns, however it
 * returns.
 *
 * @throws OperatorError where a file, the model, the outbox or the source cannot be used. A broker that cannot be reached is no
 *   error: it is tried again.
 */
export async function runAgent(options: AgentOptions): Promise<void> {
  const { config, log, signal } = options;
  const { site, floor, device, camera } = config;
  const address: CameraAddress = { site, floor, device, camera };
  const maxAgeMs = (config.outbox?.maxAgeHours ?? DEFAULTS.maxAgeHours) * 3_600_000;

  let secrets = await loadBrokerSecrets(config.broker);
  const calibration = await loadCalibration(config.calibration);
  let quality = await calibrationQuality(config.calibration);
  const plan = await loadSitePlan(config.plan);
  const level = config.privacyLevel ?? DEFAULTS.privacyLevel;
  await using detections = await openDetections(config, signal);
  const outbox = new Outbox({
    path: config.outbox?.path ?? DEFAULTS.outboxPath,
    owner: `${site}/${floor}/${device}/${camera}`,
    maxBytes: (config.outbox?.maxMegabytes ?? DEFAULTS.maxMegabytes) * 1_000_000,
    maxAgeMs,
    level,
    log,
  });

  const delivery = new Delivery({
    outbox,
    confirm: config.outbox?.confirm ?? DEFAULTS.confirm,
    epoch: () => reporter.epoch,
    clock: () => performance.now(),
  });
  const reporter = createReporter({
    level,
    camera,
    calibration,
    plan,
    confidence: detections.confidence,
    rotateMs: (config.pseudonym?.rotateHours ?? DEFAULTS.rotateHours) * 3_600_000,
    emit: (report) => {
      outbox.append(report, Date.now());
      delivery.wake();
    },
  });
  const sinceMs = Date.now();
  let effective = config;
  const hubClock = new HubClock({ wallMs: () => Date.now(), steadyMs: () => performance.now() });
  const link = new BrokerLink({
    broker: config.broker,
    secrets: async () => {
      try {
        secrets = await loadBrokerSecrets(config.broker);
      } catch (problem) {
        const remedy = problem instanceof OperatorError ? problem.remedy : undefined;
        log.warn(
          { problem: String(problem), remedy },
          'the access to the broker cannot be read again: the last is used',
        );
      }
      return secrets;
    },
    address,
    level,
    maxAgeMs,
    log,
    status: (state): DeviceStatus => ({
      ...certificate(),
      ...quality,
      schema: 'status/1',
      state,
      camera,
      sinceMs,
      version: options.version,
      modelDigest: detections.modelDigest,
      modelName: detections.modelName,
      configurationDigest: configurationDigest(effective),
      calibration: reporter.calibrationVersion,
      privacyLevel: level,
    }),
    connected: (send) => {
      delivery.connected(send);
      // The fleet sees at once how it does, and the hub's answer tells the time.
      tell();
    },
    disconnected: () => {
      hubClock.forgetQuestion();
      delivery.disconnected();
    },
    receipt: (epoch, sequences) => delivery.receipt(epoch, sequences),
    clock: (askedMs, hubMs) => hubClock.answered(askedMs, hubMs),
    command: (command) => {
      obey(command).catch((problem: unknown) => {
        const remedy = problem instanceof OperatorError ? problem.remedy : undefined;
        log.error({ command, problem: String(problem), remedy }, 'an order failed; everything stays as it was');
      });
    },
  });

  function certificate(): Pick<DeviceStatus, 'certificateNotAfterMs'> {
    const ms = certificateNotAfterMs(secrets);
    return ms === null ? {} : { certificateNotAfterMs: ms };
  }

  async function obey(command: DeviceCommand['command']): Promise<void> {
    log.info({ command }, 'the hub orders');
    if (command === 'rotate-pseudonym-key') {
      reporter.rotateKey();
      return;
    }
    if (!options.readAgain) {
      log.warn('the configuration came from the command line: there is nothing to read again');
      return;
    }
    const next = await options.readAgain();
    const [nextCalibration, nextQuality, nextPlan] = await Promise.all([
      loadCalibration(next.calibration),
      calibrationQuality(next.calibration),
      loadSitePlan(next.plan),
    ]);
    quality = nextQuality;
    reporter.useCalibration(nextCalibration);
    reporter.usePlan(nextPlan);
    const confidence = next.confidence ?? detections.confidence;
    reporter.confidence = Math.max(confidence, detections.confidence);
    const waiting = (Object.keys({ ...config, ...next }) as (keyof EdgeConfig)[]).filter(
      (field) =>
        !(LIVE_FIELDS as readonly string[]).includes(field) &&
        JSON.stringify(config[field]) !== JSON.stringify(next[field]),
    );
    if (confidence < detections.confidence) waiting.push('confidence');
    if (waiting.length > 0) log.warn({ fields: waiting }, 'these fields change with the next start of the agent');
    effective = { ...config };
    for (const field of LIVE_FIELDS) effective = { ...effective, [field]: next[field] };
    link.publishStatus();
  }

  const rates = new Rates();
  const health = (): DeviceHealth => {
    const { counters } = detections;
    const counts = outbox.counts();
    const clock = hubClock.now();
    return {
      ...(clock === null
        ? {}
        : { clockOffsetSeconds: clock.offsetSeconds, clockUncertaintySeconds: clock.uncertaintySeconds }),
      schema: 'health/1',
      camera,
      timeMs: Date.now(),
      ...rates.over(counters),
      framesDropped: counters.framesDropped,
      tracksLive: reporter.liveTracks,
      pointsInBlindZones: reporter.keptBack.pointsInBlindZones,
      pointsOffFloor: reporter.keptBack.pointsOffFloor,
      outboxReports: counts.reports,
      outboxBytes: counts.bytes,
      outboxOldestSeconds: counts.oldestMs === null ? 0 : Math.max(0, (Date.now() - counts.oldestMs) / 1000),
      reportsForgotten: counts.forgotten,
      sourceState: counters.state,
    };
  };

  function tell(): void {
    const said = health();
    hubClock.ask(said.timeMs);
    link.publishHealth(said);
  }

  let clockWasOff = false;
  function noteClock(): void {
    const clock = hubClock.now();
    if (clock === null) return;
    const isOff = isClockOff({
      clockOffsetSeconds: clock.offsetSeconds,
      clockUncertaintySeconds: clock.uncertaintySeconds,
    });
    const found = { aheadSeconds: clock.offsetSeconds, uncertaintySeconds: clock.uncertaintySeconds };
    if (isOff && !clockWasOff) {
      const remedy =
        'Look at both: timedatectl, chronyc sources; `safe-passage check --time-server HOST` measures this one.';
      log.warn({ ...found, remedy }, 'the clocks of this device and of the hub are apart: its tracks may be left out');
    } else if (clockWasOff && !isOff) log.info(found, 'the clocks of this device and of the hub agree again');
    clockWasOff = isOff;
  }

  let lastFrameAt = performance.now();
  const service = new Service({
    healthy: () => detections.counters.state !== 'running' || performance.now() - lastFrameAt < HANGING_MS,
    onProblem: (reason) => log.warn({ reason }, 'systemd could not be told'),
  });
  let problemTold: OperatorError | null = null;
  outbox.forgetOld(Date.now());
  const timers = [
    setInterval(tell, HEALTH_MS),
    setInterval(() => outbox.forgetOld(Date.now()), TIDY_MS),
    setInterval(() => {
      const silentMs = performance.now() - lastFrameAt;
      if (silentMs > SILENCE_MS) reporter.flush(silentMs);
      delivery.tick();
      noteClock();
      const { problem } = detections.counters;
      if (problem && problem.message !== problemTold?.message) log.warn({ remedy: problem.remedy }, problem.message);
      problemTold = problem;
      const skipped = detections.skippedLines?.news(performance.now());
      if (skipped) log.warn(skipped, 'lines of the feed were skipped');
    }, TICK_MS),
  ];
  const hangUp = new AbortController();
  const talking = link.run(hangUp.signal);
  log.info(
    { ...address, broker: config.broker.url, model: detections.modelName, privacyLevel: level },
    'the agent runs',
  );
  service.ready(`${camera} by ${detections.modelName}, to ${config.broker.url}`);

  // Who has to be told of an error is not kept waiting for receipts.
  let lingerSeconds = 0;
  try {
    for await (const frame of detections.frames) {
      lastFrameAt = performance.now();
      reporter.take(frame);
    }
    lingerSeconds = options.lingerSeconds;
  } finally {
    try {
      reporter.finish();
      await service.stopping();
      await waitForReceipts(delivery, signal, lingerSeconds);
    } finally {
      // Whatever fails above: with a timer or a connection left, the process would go on without doing anything.
      for (const timer of timers) clearInterval(timer);
      hangUp.abort();
      await talking;
      const { reports } = outbox.counts();
      log.info(
        { unconfirmedReports: reports },
        'the agent stops; unconfirmed reports stay on the disk for the next start',
      );
      outbox.close();
    }
  }
}

async function waitForReceipts(delivery: Delivery, stopped: AbortSignal, lingerSeconds: number): Promise<void> {
  const over = new AbortController();
  const done = delivery.drained(over.signal);
  const impatient = async () => {
    if (!stopped.aborted)
      await sleep(lingerSeconds * 1000, undefined, { signal: AbortSignal.any([stopped, over.signal]) });
  };
  const patience = impatient()
    .catch(() => undefined)
    .then(() => (stopped.aborted ? sleep(STOP_LINGER_MS, undefined, { signal: over.signal }) : undefined))
    .catch(() => undefined);
  await Promise.race([done, patience]);
  over.abort();
  await Promise.all([done, patience]);
}

/** Frames per second since the last time asked. */
class Rates {
  #at = performance.now();
  #source = 0;
  #processed = 0;

  over(counters: { readonly sourceFrames: number; readonly processedFrames: number }) {
    const now = performance.now();
    const seconds = Math.max(0.001, (now - this.#at) / 1000);
    const rates = {
      sourceFramesPerSecond: (counters.sourceFrames - this.#source) / seconds,
      processedFramesPerSecond: (counters.processedFrames - this.#processed) / seconds,
    };
    this.#at = now;
    this.#source = counters.sourceFrames;
    this.#processed = counters.processedFrames;
    return rates;
  }
}
