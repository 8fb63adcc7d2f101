/** What happened on a floor lately, and what is usual there: what the floor of the console shows beside everybody's place. */
import { Identifier } from '@safe-passage/contract';
import { Type } from 'typebox';
import { type App, described, refusals } from '../app.ts';
import type { ServerDependencies } from '../dependencies.ts';
import { FloorCounts } from '../floorCountSchemas.ts';
import { floorOf } from '../subjects.ts';

const EXAMPLE: FloorCounts = {
  floor: 'departures',
  toMs: 1_795_510_800_000,
  sinceMs: 1_795_507_200_000,
  zones: [
    {
      zone: 'table',
      lastHour: { minutes: 60, people: 7.4, entered: 88, stays: 86, staySeconds: 290 },
      lastQuarter: { stays: 21, staySeconds: 305 },
      usual: { days: 19, withheldDays: 1, k: 10, people: 6.8, entered: 81, staySeconds: 300 },
    },
  ],
  ways: [{ from: 'table', to: 'gate', people: 31 }],
  squares: [[12, 8, 0.42]],
};

const DESCRIPTION = [
  'How full each zone was in the last hour, for how long those were there who left, which ways people took and where on the floor they were; and what is usual at this hour of the day.',
  'What happened lately is told of few people as well, and no longer than tracks live: whoever may ask sees everybody on the floor. What is usual comes from the published counts, in which small numbers are not: see /api/aggregates.',
].join('\n\n');

export function floorCountRoutes(app: App, dependencies: ServerDependencies): void {
  app.route({
    method: 'GET',
    url: '/api/floors/:floor/counts',
    config: { permission: 'floors.counts' },
    schema: {
      operationId: 'getFloorCounts',
      tags: ['floors'],
      summary: 'How full it is, how long people wait, and what is usual',
      description: DESCRIPTION,
      params: Type.Object({ floor: Identifier }, { additionalProperties: false }),
      response: { 200: described(FloorCounts, 'The counts.', EXAMPLE), ...refusals(400, 401, 403, 404) },
    },
    handler: async (request) => {
      const floor = floorOf(dependencies, request.params.floor).id;
      return await dependencies.floorCounts.read(floor, Date.now());
    },
  });
}
