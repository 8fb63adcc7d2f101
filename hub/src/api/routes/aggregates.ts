/** How many people were where: numbers that may be known to everybody who may sign in. */
import { Identifier } from '@safe-passage/contract';
import { type Static, Type } from 'typebox';
import { type App, described, refusals } from '../app.ts';
import type { ServerDependencies } from '../dependencies.ts';
import { ApiProblem, badInput } from '../problems.ts';
import { EpochMs } from '../schemas.ts';
import { ZONE_OR_ALL } from '../schemaWords.ts';
import { floorOf } from '../subjects.ts';

const closed = { additionalProperties: false } as const;
const suppressible = (description: string) => Type.Union([Type.Number(), Type.Null()], { description });
const Period = Type.Union([Type.Literal('quarter'), Type.Literal('hour'), Type.Literal('day')]);

export const AggregateList = Type.Object(
  {
    floor: Type.String(),
    period: Period,
    cells: Type.Array(
      Type.Object(
        {
          floor: Type.String(),
          zone: Type.String({ description: 'The zone; `*` is all zones of the floor together.' }),
          period: Period,
          fromMs: Type.Integer(),
          toMs: Type.Integer(),
          footfall: suppressible('Stays that began.'),
          personSeconds: suppressible('Seconds of presence of all people together.'),
          meanPersons: suppressible('People present, on average.'),
          personsPerSquareMetre: suppressible('The same by square metre.'),
          dwellSeconds: suppressible('Presence of a stay, on average: person-seconds by footfall.'),
          k: Type.Integer({ description: 'Counts from fewer people are not told.' }),
        },
        closed,
      ),
    ),
  },
  closed,
);
export type AggregateList = Static<typeof AggregateList>;

const Query = Type.Object(
  {
    floor: Identifier,
    zone: Type.Optional(Type.String({ pattern: ZONE_OR_ALL })),
    period: Type.Optional(Period),
    fromMs: EpochMs,
    toMs: EpochMs,
  },
  closed,
);

/** A quarter of a year of hours, or a week of quarters: what an answer holds. */
const LONGEST_MS = 100 * 86_400_000;

const EXAMPLE: AggregateList = {
  floor: 'departures',
  period: 'hour',
  cells: [
    {
      floor: 'departures',
      zone: 'table',
      period: 'hour',
      fromMs: 1_795_510_800_000,
      toMs: 1_795_514_400_000,
      footfall: 84,
      personSeconds: 25_200,
      meanPersons: 7,
      personsPerSquareMetre: 0.4375,
      dwellSeconds: 300,
      k: 10,
    },
  ],
};

export function aggregateRoutes(app: App, dependencies: ServerDependencies): void {
  const { aggregates } = dependencies;
  app.route({
    method: 'GET',
    url: '/api/aggregates',
    config: { permission: 'aggregates.read' },
    schema: {
      operationId: 'listAggregates',
      tags: ['privacy'],
      summary: 'Footfall, dwell and density by zone and time',
      description:
        'Null stands for what would tell of few people, by itself or by subtracting what is told. A day is there an hour after it is over. At most 100 days, and 100,000 cells.',
      querystring: Query,
      response: {
        200: described(AggregateList, 'In order of time and zone.', EXAMPLE),
        ...refusals(400, 401, 404, 503),
      },
    },
    handler: async (request) => {
      const { floor, zone, period = 'quarter', fromMs, toMs } = request.query;
      if (!aggregates) throw new ApiProblem(503, 'no-aggregates', 'This server has no counts.');
      floorOf(dependencies, floor);
      if (toMs <= fromMs || toMs - fromMs > LONGEST_MS)
        throw badInput(
          `The field "toMs" of the query is ${toMs}: give a moment after "fromMs", ${fromMs}, by at most 100 days.`,
          'toMs',
        );
      const query = { floor, period, fromMs, toMs, ...(zone === undefined ? {} : { zone }) };
      return { floor, period, cells: await aggregates.read(query) };
    },
  });
}
