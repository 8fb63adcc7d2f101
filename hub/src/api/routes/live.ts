/** What happens, as it happens: server-sent events. */
import { type TSchema, Type } from 'typebox';
import { grantOf, type Permission, type Role } from '../../access/permissions.ts';
import { type App, refusals } from '../app.ts';
import { bearerOf, identify } from '../authentication.ts';
import type { ServerDependencies } from '../dependencies.ts';
import type { LiveEventName, LiveMessage } from '../live.ts';
import type { LiveStreams } from '../liveStreams.ts';
import { ApiProblem } from '../problems.ts';
import { ReadHeaders, recordRead } from '../reading.ts';

const DESCRIPTION = [
  'Server-sent events. `alert` carries an AlertSummary whenever an alert is raised, changes or is reviewed; `presence` a Presence, at most once a second and floor; `camera` a CameraView whenever a device speaks.',
  'A role is told of what it may read, and of nothing else: an engineer hears of cameras alone.',
  'Each event carries the whole state of what it is about. On connecting the present presence of every floor comes at once; open the stream first and then read /api/alerts, and read it again after every reconnection.',
  'An empty `heartbeat` every 15 s keeps the connection alive, and tells a quiet hall from a broken connection. Opening a stream that carries alerts or positions is recorded in the audit. The stream ends when the session ends or has another role, when the hub stops, and when the client does not keep up.',
].join('\n\n');

const EXAMPLE =
  'id: m5x0-7\nevent: presence\ndata: {"floor":"departures","timeMs":1795510800000,"people":[["Qm3xT7vLr0aK9bZe",12.4,8.1,"active"]]}\n\n';

/** `content` is how a response of another type than JSON is described; the stream itself is not serialised by it. */
const EventStream = {
  description: 'The stream.',
  content: { 'text/event-stream': { schema: Type.String({ examples: [EXAMPLE] }) } },
} as unknown as TSchema;

/** Seconds between two looks at who is where. */
const PRESENCE_EVERY_SECONDS = 1;

/** What somebody must be allowed to read to be told of it. */
const READ: Readonly<Record<LiveEventName, Permission>> = {
  alert: 'alerts.list',
  presence: 'presence.read',
  camera: 'cameras.read',
  heartbeat: 'live.watch',
};

/** The events for a role. */
export function eventsFor(role: Role): ReadonlySet<LiveEventName> {
  const events = Object.entries(READ) as [LiveEventName, Permission][];
  return new Set(events.filter(([, permission]) => grantOf(role, permission) === 'yes').map(([event]) => event));
}

export function liveRoutes(app: App, dependencies: ServerDependencies, streams: LiveStreams): void {
  const { live, presence, plans } = dependencies;

  app.route({
    method: 'GET',
    url: '/api/live',
    config: { permission: 'live.watch' },
    schema: {
      operationId: 'live',
      tags: ['live'],
      summary: 'Live events',
      description: DESCRIPTION,
      headers: ReadHeaders,
      response: { 200: EventStream, ...refusals(401, 403, 429) },
    },
    handler: async (request, reply) => {
      const identity = bearerOf(request);
      const { token, role } = identity;
      const sees = eventsFor(role);
      // Who hears of cameras alone has looked at nobody.
      if (sees.has('alert') || sees.has('presence')) {
        await recordRead(dependencies, identity, 'read.live', null, request.headers);
      }
      const first = plans.flatMap((plan): LiveMessage[] => {
        if (!sees.has('presence')) return [];
        const data = presence.snapshot(plan.id, Date.now());
        return data ? [{ event: 'presence', data }] : [];
      });
      const stream = streams.connect(
        { token, sees, stillAllowed: async () => (await identify(dependencies, request, false))?.role === role },
        first,
      );
      if (!stream) {
        throw new ApiProblem(429, 'too-many-streams', 'Too many live streams are open in this name: close a tab.');
      }
      reply
        .type('text/event-stream; charset=utf-8')
        // A buffering proxy would hold events back.
        .header('x-accel-buffering', 'no');
      return reply.send(stream);
    },
  });

  let ticker: NodeJS.Timeout | undefined;
  app.addHook('onReady', (done) => {
    ticker = setInterval(() => {
      for (const picture of presence.changed(Date.now())) live.publish('presence', picture);
    }, PRESENCE_EVERY_SECONDS * 1000);
    ticker.unref();
    done();
  });
  // Before the server waits for its connections to end: these end only when they are told.
  app.addHook('preClose', (done) => {
    clearInterval(ticker);
    streams.close();
    done();
  });
}
