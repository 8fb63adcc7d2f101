/** What happened on a floor lately, and what is usual there: what the floor of the console shows beside everybody's place. */
import { Identifier } from '@safe-passage/contract';
import { type Static, Type } from 'typebox';
import { type App, described, refusals } from '../app.ts';
import type { ServerDependencies } from '../dependencies.ts';
import { floorOf } from '../subjects.ts';

const closed = { additionalProperties: false } as const;
const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const figure = (description: string) => Type.Union([Type.Number(), Type.Null()], { description });
const ended = {
  stays: Type.Integer({ description: 'Stays that ended.' }),
  staySeconds: figure('Their presence, on average: in a queue, how long those who left it had waited.'),
};

export const FloorCounts = Type.Object(
  {
    floor: Type.String(),
    toMs: Type.Integer({ description: 'The end of the last hour and quarter-hour that are told of.' }),
    sinceMs: Type.Integer({ description: 'Since when ways and squares are told.' }),
    zones: Type.Array(
      Type.Object(
        {
          zone: Type.String(),
          lastHour: nullable(
            Type.Object(
              {
                minutes: Type.Integer({ description: 'How much of the hour is known.' }),
                people: Type.Number({ description: 'People present, on average.' }),
                entered: Type.Integer(),
                ...ended,
              },
              closed,
            ),
          ),
          lastQuarter: nullable(Type.Object(ended, { ...closed, description: 'Null unless all of it is known.' })),
          usual: nullable(
            Type.Object(
              {
                days: Type.Integer({ description: 'Of the last 28 days, how many told this hour of the day.' }),
                withheldDays: Type.Integer({ description: 'How many were withheld, since they would tell of few.' }),
                k: Type.Integer({ description: 'Counts from fewer people are not told.' }),
                people: figure(
                  'People present; the median, as are the others. Null where fewer than three days told, or no more than were withheld.',
                ),
                entered: figure('Stays that began in the hour.'),
                staySeconds: figure('Presence of a stay.'),
              },
              closed,
            ),
          ),
        },
        closed,
      ),
    ),
    ways: Type.Array(Type.Object({ from: Type.String(), to: Type.String(), people: Type.Integer() }, closed), {
      description: 'From one zone to the next, most people first; 200 at most.',
    }),
    squares: Type.Array(Type.Tuple([Type.Number(), Type.Number(), Type.Number()]), {
      description:
        'Left and lower edge of a square of two metres, and how many people there are in a square metre of it, on average.',
    }),
  },
  closed,
);
export type FloorCounts = Static<typeof FloorCounts>;

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
      params: Type.Object({ floor: Identifier }, closed),
      response: { 200: described(FloorCounts, 'The counts.', EXAMPLE), ...refusals(400, 401, 403, 404) },
    },
    handler: async (request) => {
      const floor = floorOf(dependencies, request.params.floor).id;
      const { zones, ways, squares, ...rest } = await dependencies.floorCounts.read(floor, Date.now());
      return { ...rest, zones: [...zones], ways: [...ways], squares: [...squares] };
    },
  });
}
