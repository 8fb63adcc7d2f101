/** How well nobody is found in what is stored, day by day. */
import { Type } from 'typebox';
import { type App, described, refusals } from '../app.ts';
import type { ServerDependencies } from '../dependencies.ts';
import { ApiProblem } from '../problems.ts';
import { ReidentificationTrend } from '../reidentificationSchema.ts';

const closed = { additionalProperties: false } as const;
const EXAMPLE: ReidentificationTrend = {
  runs: [
    {
      atMs: 1_795_510_800_000,
      results: [
        {
          retentionSeconds: 259_200,
          rounding: { metres: 0, seconds: 0 },
          precision: { metres: 3, seconds: 10 },
          points: 2,
          persons: 41_000,
          sampled: 500,
          unique: 466,
        },
      ],
    },
  ],
};

export function reidentificationRoutes(app: App, { reidentification }: ServerDependencies): void {
  app.route({
    method: 'GET',
    url: '/api/privacy/reidentification',
    config: { permission: 'reidentification.read' },
    schema: {
      operationId: 'listReidentificationTests',
      tags: ['privacy'],
      summary: 'What share of the stored tracks could be singled out, day by day',
      description:
        'Of persons chosen at random, how many are the only one who fits 1 to 5 known places and times. Numbers alone, about nobody.',
      querystring: Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 400 })) }, closed),
      response: {
        200: described(ReidentificationTrend, 'The newest run first; 30 without a limit.', EXAMPLE),
        ...refusals(400, 401, 503),
      },
    },
    handler: async (request) => {
      if (!reidentification) throw new ApiProblem(503, 'no-tests', 'This server has no results.');
      const runs = await reidentification.runs(request.query.limit ?? 30);
      return { runs: runs.map(({ atMs, results }) => ({ atMs, results: [...results] })) };
    },
  });
}
