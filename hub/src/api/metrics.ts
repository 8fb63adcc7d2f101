/** Prometheus metrics in a registry of the server's own. Labels are names of routes, states and cameras' counts: nobody is in them. */
import type { FastifyInstance } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Histogram as CountedHistogram, IngestCounters } from '../ingest/counters.ts';
import type { ServerDependencies } from './dependencies.ts';
import { registerDeviceMetrics } from './deviceMetrics.ts';
import type { Gate } from './gate.ts';
import type { LiveStreams } from './liveStreams.ts';
import { registerReidentificationMetrics } from './reidentificationMetrics.ts';
import { registerRetentionMetrics } from './retentionMetrics.ts';
import { registerSignInMetrics } from './signInMetrics.ts';

const PREFIX = 'safe_passage_';
const LIVE_ROUTE = '/api/live';

type CounterName = {
  [K in keyof IngestCounters]: IngestCounters[K] extends number | boolean ? K : never;
}[keyof IngestCounters];

const INGEST_COUNTERS: readonly (readonly [CounterName, string, string])[] = [
  ['messages', 'ingest_messages_total', 'Messages that arrived from the broker, good or bad'],
  ['bytes', 'ingest_bytes_total', 'Bytes of messages that arrived from the broker'],
  ['reports', 'ingest_reports_total', 'New track reports committed'],
  ['positions', 'ingest_positions_total', 'Positions in new track reports committed'],
  ['gaps', 'ingest_gaps_total', 'Gap reports committed'],
  ['duplicates', 'ingest_duplicates_total', 'Reports and gaps that were there already'],
  ['counts', 'ingest_counts_total', 'New reports of devices of level counts'],
  ['quarantined', 'ingest_quarantined_total', 'Messages refused'],
  ['finerThanAllowed', 'ingest_tracks_refused_by_level_total', 'Tracks refused where counts alone may be sent'],
  ['withoutPlan', 'ingest_reports_without_plan_total', 'Reports of floors that have no plan: stored, and not scored'],
  ['commitRetries', 'ingest_commit_retries_total', 'Transactions that failed and were tried again'],
];

const INGEST_GAUGES: readonly (readonly [CounterName, string, string])[] = [
  ['connected', 'ingest_connected', '1 where the connection to the broker stands'],
  ['pendingMessages', 'ingest_pending_messages', 'Messages taken from the broker and not committed yet'],
  ['pendingBytes', 'ingest_pending_bytes', 'Bytes taken from the broker and not committed yet'],
  ['backPressure', 'ingest_back_pressure', '1 where the hub takes no more because the database lags behind'],
  ['lagSeconds', 'ingest_lag_seconds', 'From the end of the newest committed frames to their commit'],
];

/** A histogram that ingest has counted already, in the text format; prom-client only knows those that it counts itself. */
function histogramText(name: string, help: string, histogram: CountedHistogram): string {
  const full = `${PREFIX}${name}`;
  let below = 0;
  const buckets = histogram.upperBounds.map((bound, i) => {
    below += histogram.counts[i] ?? 0;
    return `${full}_bucket{le="${bound}"} ${below}`;
  });
  return [
    `# HELP ${full} ${help}`,
    `# TYPE ${full} histogram`,
    ...buckets,
    `${full}_bucket{le="+Inf"} ${histogram.count}`,
    `${full}_sum ${histogram.sum}`,
    `${full}_count ${histogram.count}`,
    '',
  ].join('\n');
}

/** Metrics of one server. */
export interface Metrics {
  readonly contentType: string;
  render(): Promise<string>;
}

/** Registers what is measured, and the hook that times requests by route. */
export function registerMetrics(
  app: FastifyInstance,
  dependencies: ServerDependencies,
  streams: LiveStreams,
  gate: Gate,
): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: PREFIX });
  const registers = [registry];

  for (const [field, name, help] of INGEST_COUNTERS) {
    new Counter({
      name: `${PREFIX}${name}`,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(Number(dependencies.counters()[field]));
      },
    });
  }
  for (const [field, name, help] of INGEST_GAUGES) {
    new Gauge({
      name: `${PREFIX}${name}`,
      help,
      registers,
      collect() {
        this.set(Number(dependencies.counters()[field]));
      },
    });
  }
  new Gauge({
    name: `${PREFIX}ingest_shared_device_names`,
    help: 'Names of devices that more than one agent uses',
    registers,
    collect() {
      this.set(dependencies.counters().sharedNames.length);
    },
  });
  new Gauge({
    name: `${PREFIX}live_streams`,
    help: 'Streams of /api/live open now',
    registers,
    collect() {
      this.set(streams.open);
    },
  });
  new Counter({
    name: `${PREFIX}live_streams_dropped_total`,
    help: 'Live clients cut off because they did not keep up',
    registers,
    collect() {
      this.reset();
      this.inc(streams.dropped);
    },
  });
  new Gauge({
    name: `${PREFIX}alerts`,
    help: 'Alerts by state',
    labelNames: ['state'],
    registers,
    async collect() {
      this.reset();
      try {
        const { counts } = await dependencies.alerts.list({ state: 'all', limit: 1 });
        for (const [state, count] of Object.entries(counts)) this.set({ state }, count);
      } catch (problem) {
        // The other metrics matter most when the database is away: this one is absent then.
        app.log.warn({ err: problem }, 'alerts cannot be counted for the metrics');
      }
    },
  });
  registerDeviceMetrics(registry, PREFIX, dependencies.devices.list, (problem) =>
    app.log.warn({ err: problem }, 'devices cannot be read for the metrics'),
  );
  registerSignInMetrics(registry, PREFIX, gate);
  if (dependencies.retention) registerRetentionMetrics(registry, PREFIX, dependencies.retention);
  if (dependencies.reidentification) {
    registerReidentificationMetrics(registry, PREFIX, dependencies.reidentification, (problem) =>
      app.log.warn({ err: problem }, 'the re-identification test cannot be read for the metrics'),
    );
  }
  const durations = new Histogram({
    name: `${PREFIX}http_request_seconds`,
    help: 'Time to answer a request, by route',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  });
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
    // A stream lasts as long as somebody looks: it is counted above and not timed.
    if (route !== LIVE_ROUTE) {
      durations.observe({ method: request.method, route, status: String(reply.statusCode) }, reply.elapsedTime / 1000);
    }
    done();
  });
  return {
    contentType: registry.contentType,
    render: async () => {
      const { commitSeconds, batchMessages } = dependencies.counters();
      return [
        await registry.metrics(),
        histogramText('ingest_commit_seconds', 'Time of a commit', commitSeconds),
        histogramText('ingest_batch_messages', 'Messages per commit', batchMessages),
      ].join('\n');
    },
  };
}
