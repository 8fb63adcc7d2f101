/** Floor plans, and who is where on them now. */
import { Identifier } from '@safe-passage/contract';
import { Type } from 'typebox';
import { type App, described, refusals } from '../app.ts';
import { bearerOf } from '../authentication.ts';
import type { ServerDependencies } from '../dependencies.ts';
import { FLOOR_LIST_EXAMPLE, PRESENCE_EXAMPLE } from '../examples.ts';
import { ReadHeaders, recordRead } from '../reading.ts';
import { FloorList, Presence } from '../schemas.ts';
import { floorOf } from '../subjects.ts';

const FloorId = Type.Object({ floor: Identifier }, { additionalProperties: false });

export function floorRoutes(app: App, dependencies: ServerDependencies): void {
  const { site, timeZone, plans, presence } = dependencies;

  app.route({
    method: 'GET',
    url: '/api/floors',
    config: { permission: 'floors.read' },
    schema: {
      operationId: 'listFloors',
      tags: ['floors'],
      summary: 'The floor plans of the site',
      description: 'Walls, zones with their limits, and cameras, in metres.',
      response: { 200: described(FloorList, 'The plans.', FLOOR_LIST_EXAMPLE), ...refusals(401, 403) },
    },
    handler: () => ({ site, timeZone, floors: [...plans] }),
  });

  app.route({
    method: 'GET',
    url: '/api/floors/:floor/presence',
    config: { permission: 'presence.read' },
    schema: {
      operationId: 'getPresence',
      tags: ['floors'],
      summary: 'Who is where now',
      description:
        'The newest position of every track that has not ended. A moment, not a record: positions older than three seconds are not in it. Reading it is recorded in the audit.',
      params: FloorId,
      headers: ReadHeaders,
      response: {
        200: described(Presence, 'Pseudonyms and positions.', PRESENCE_EXAMPLE),
        ...refusals(400, 401, 403, 404),
      },
    },
    handler: async (request) => {
      const floor = floorOf(dependencies, request.params.floor).id;
      await recordRead(dependencies, bearerOf(request), 'read.presence', floor, request.headers);
      return presence.snapshot(floor, Date.now()) ?? { floor, timeMs: 0, people: [] };
    },
  });
}
