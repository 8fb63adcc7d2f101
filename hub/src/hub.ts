/**
 * The hub, put together: fence, tables, store, parts, ingest; and the same backwards. A part is what lives on committed
 * reports (scoring, the HTTP interface): it is started before the first message is taken and stopped after the last one.
 */
import type { Logger } from 'pino';
import { startAggregates } from './aggregate/publish.ts';
import type { AnalysisInForce } from './alert/part.ts';
import type { CameraView } from './api/schemas.ts';
import { startAuditKeeping } from './audit/keeping.ts';
import { startCheckpointPublishing } from './audit/publishing.ts';
import { loadSigner, type Signer } from './audit/signing.ts';
import type { HubConfig } from './config.ts';
import { type IngestCounters, NOTHING_COUNTED } from './ingest/counters.ts';
import { type Ingest, startIngest } from './ingest/ingest.ts';
import { analysisOf, NOTHING } from './privacy/analysis.ts';
import { type RetentionFigures, startRetention } from './privacy/engine.ts';
import { followPolicy, policyOf } from './privacy/inForce.ts';
import { cameraLevel, floorLevel } from './privacy/level.ts';
import { RetentionLimits } from './privacy/limits.ts';
import { leastPeople } from './privacy/policy.ts';
import { scheduleReidentification } from './reidentify/schedule.ts';
import {
  type AuditLog,
  acquireFence,
  hubRoleUrl,
  type Located,
  migrate,
  openStore,
  type Store,
} from './store/index.ts';

export interface HubContext {
  readonly config: HubConfig;
  readonly store: Store;
  readonly audit: AuditLog;
  readonly logger: Logger;
  readonly counters: () => IngestCounters;
  readonly signer: Signer;
  readonly retention: () => RetentionFigures;
  /** What may be analysed by the privacy policy in force. */
  readonly analysis: AnalysisInForce;
  /** QoS 1 over the hub's connection; waits a few seconds for it. @throws where the broker does not take it. */
  readonly publish: (topic: string, text: string) => Promise<void>;
}

export interface HubPart {
  /** For the log. */
  readonly name: string;
  /** New and committed, in order of sequence for each camera. Returns when the part can take more. */
  readonly onReports?: (reports: readonly Located[]) => void | Promise<void>;
  /** Devices whose status or health has changed. */
  readonly onDevices?: (views: readonly CameraView[]) => void;
  readonly stop: () => Promise<void>;
}

/** Starts a part. Must not wait for something published: that begins after the last part has started. */
export type StartPart = (context: HubContext) => Promise<HubPart>;

export interface HubOptions {
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** In order; stopped in reverse. */
  readonly parts: readonly StartPart[];
  /** Told how it stands: systemd, for one. */
  readonly onState?: (state: 'starting' | 'standby' | 'running') => void;
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** What a place is called: the zone's name, or the floor's outside of every zone. */
const placeNames = (config: HubConfig) => (floor: string, zone: string | null) => {
  const plan = config.floors.find((candidate) => candidate.id === floor);
  if (zone === null) return plan?.name ?? floor;
  return plan?.zones.find((candidate) => candidate.id === zone)?.name ?? zone;
};

interface SiteDuties {
  readonly held: () => boolean;
  readonly stop: () => Promise<void>;
}

/** What is done once for a site is done by one of the hubs that share it; by another as soon as that one is gone. */
function followDuties(config: HubConfig, onHeld: () => void): SiteDuties {
  if (!config.share) return { held: () => true, stop: () => Promise.resolve() };
  const over = new AbortController();
  const { signal } = over;
  let held = false;
  const follow = async (): Promise<void> => {
    while (!signal.aborted) {
      const site = `${config.site} duties`;
      const fence = await acquireFence({ url: config.databaseUrl, site, signal, onState: () => undefined });
      if (!fence) return;
      held = true;
      onHeld();
      await Promise.race([aborted(signal), fence.taken]);
      held = false;
      await fence.release();
    }
  };
  // A login that is refused has ended the hub at its own fence before.
  const following = follow().catch(() => undefined);
  return {
    held: () => held,
    stop: async () => {
      over.abort();
      await following;
    },
  };
}

/** What has to be undone, last thing first. */
class Undoing {
  readonly #steps: { readonly name: string; readonly undo: () => Promise<void> }[] = [];
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  add(name: string, undo: () => Promise<void>): void {
    this.#steps.push({ name, undo });
  }

  async run(): Promise<void> {
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      try {
        await step.undo();
      } catch (problem) {
        const reason = problem instanceof Error ? problem.message : String(problem);
        this.#logger.error({ part: step.name, reason }, 'did not stop cleanly');
      }
    }
  }
}

/** Every part hears of everything; one that fails does not keep it from the others. */
async function tellAll(parts: readonly HubPart[], reports: readonly Located[], logger: Logger): Promise<void> {
  for (const part of parts) {
    try {
      await part.onReports?.(reports);
    } catch (problem) {
      const reason = problem instanceof Error ? problem.message : String(problem);
      logger.error({ part: part.name, reason }, 'could not take new reports; they are stored');
    }
  }
}

async function serve(config: HubConfig, options: HubOptions, until: Promise<unknown>): Promise<void> {
  const { logger } = options;
  const undoing = new Undoing(logger);
  try {
    const { applied, warnings } = await migrate(config.databaseUrl);
    if (applied.length > 0) logger.info({ applied }, 'tables brought up to date');
    for (const warning of warnings) logger.warn({ warning }, 'database');
    const { url, ...rights } = await hubRoleUrl(config.databaseUrl);
    if (!rights.usable)
      logger.warn('the role safe_passage_hub cannot be used: only triggers keep this hub from changing audit rows');
    else if (rights.loginOwnsTables)
      logger.info('the login of the hub owns its tables: see docs/audit.md for one that does not');
    const signer = await loadSigner(config.auditKeyFile);
    const limits = new RetentionLimits(Date.now, config.floors);
    const { tracksHours } = config.retention;
    const store = openStore({ url, site: config.site, tracksHours, limits, zoneName: placeNames(config) });
    undoing.add('store', () => store.close());
    const keeping = await startAuditKeeping({ audit: store.audit, signer, logger });
    undoing.add('audit', keeping.stop);
    let enforce = (): void => undefined;
    const onAnalysis: (() => void)[] = [];
    let analysed: string | undefined;
    const analysisText = (): string => JSON.stringify([limits.policy?.analysis, limits.policy?.privacyLevel]);
    const policy = await followPolicy(store.privacy, config, limits, logger, () => enforce());
    undoing.add('privacy policy', policy.stop);
    const pruneAudit = (olderThanMs: number, nowMs: number) => store.audit.prune(signer, olderThanMs, nowMs);
    const duties = followDuties(config, () => enforce());
    undoing.add('site duties', duties.stop);
    const retention = startRetention(
      { store: store.privacy.retention, limits, pruneAudit, mayRun: duties.held },
      logger,
    );
    undoing.add('retention', retention.stop);
    // Tightening is instant: what has become too old goes now.
    enforce = () => {
      void retention.runNow();
      if (analysisText() === analysed) return;
      analysed = analysisText();
      for (const listener of onAnalysis) listener();
    };
    analysed = analysisText();

    const { floors, timeZone } = config;
    const k = () => (limits.policy ? leastPeople(limits.policy) : 1000);
    const mayRun = duties.held;
    const aggregates = startAggregates({ store: store.aggregates, floors, timeZone, limits, k, mayRun }, logger);
    undoing.add('aggregates', aggregates.stop);
    const reidentification = scheduleReidentification({ store: store.reidentification, limits, mayRun }, logger);
    undoing.add('re-identification test', reidentification.stop);
    void reidentification.look();

    let ready: (ingest: Ingest) => void = () => undefined;
    const running = new Promise<Ingest>((resolve) => {
      ready = resolve;
    });
    let ingest: Ingest | null = null;
    const context: HubContext = {
      config: { ...config, databaseUrl: url },
      store,
      audit: store.audit,
      logger,
      signer,
      retention: retention.figures,
      analysis: {
        // Where counts alone may come from there is nothing to score, and what was under way ends.
        of: (floor) =>
          limits.policy && floorLevel(limits.policy, floor) === 'tracks' ? analysisOf(limits.policy, floor) : NOTHING,
        onChange: (listener) => void onAnalysis.push(listener),
      },
      counters: () => ingest?.counters() ?? NOTHING_COUNTED,
      publish: async (topic, text) => await (await running).publish(topic, text),
    };
    const parts: HubPart[] = [];
    for (const start of options.parts) {
      const part = await start(context);
      undoing.add(part.name, part.stop);
      parts.push(part);
    }
    ingest = startIngest({
      site: config.site,
      ...(config.share ? { floors: config.share.floors } : {}),
      broker: config.broker,
      store,
      // Asked for every message: another policy may come into force.
      get tracksHours() {
        return limits.hours('tracks');
      },
      get countsHours() {
        return limits.hours('episodes');
      },
      // As long as no policy is known, the least.
      privacyLevel: (address) => (limits.policy ? cameraLevel(limits.policy, address) : 'counts'),
      plannedFloors: config.floors.map(({ id }) => id),
      logger,
      onReports: (reports) => tellAll(parts, reports, logger),
      onDevices: (views) => {
        for (const part of parts) part.onDevices?.(views);
      },
    });
    undoing.add('ingest', ingest.stop);
    ready(ingest);
    const { publish } = ingest;
    const stopPublishing = startCheckpointPublishing({
      site: config.site,
      everyMinutes: config.auditPublishMinutes,
      sign: keeping.sign,
      newest: () => store.audit.newestCheckpoint(),
      publish: (topic, text) => publish(topic, text, true),
      logger,
    });
    undoing.add('checkpoints of the audit', stopPublishing);
    // Before the last checkpoint: a run that is under way ends with a row of the audit.
    undoing.add('retention', retention.stop);
    logger.info(
      { site: config.site, floors: config.share?.floors ?? 'all', parts: parts.map((part) => part.name) },
      'the hub runs',
    );
    options.onState?.('running');
    await until;
    logger.info('the hub stops');
  } finally {
    await undoing.run();
  }
}

/**
 * Runs a hub until the signal. Where another hub has the site, it waits as a standby and takes over when that one is gone.
 *
 * @throws OperatorError where an operator must mend something before the hub can start.
 */
export async function runHub(config: HubConfig, options: HubOptions): Promise<void> {
  const { logger, signal, onState } = options;
  // A policy that cannot be obeyed is told now, and not when a standby takes over.
  await policyOf(config, Date.now());
  while (!signal.aborted) {
    const fence = await acquireFence({
      url: config.databaseUrl,
      site: config.site,
      ...(config.share ? { floors: config.share.floors } : {}),
      signal,
      onState: (state, problem) => {
        if (state !== 'held') onState?.(state === 'standby' ? 'standby' : 'starting');
        if (state === 'standby')
          logger.warn({ site: config.site }, 'another hub runs this site: waiting as its standby');
        else if (state === 'held') logger.info({ site: config.site }, 'this hub has the site');
        else logger.warn({ reason: problem?.message }, 'the database does not answer: trying again');
      },
    });
    if (!fence) return;
    try {
      await serve(config, options, Promise.race([aborted(signal), fence.taken]));
    } finally {
      await fence.release();
    }
  }
}
