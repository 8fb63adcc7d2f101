/** The evidence pack of a period as a download. */
import { OperatorError } from '@safe-passage/cli';
import { Type } from 'typebox';
import { type App, refusals } from '../app.ts';
import { bearerOf } from '../authentication.ts';
import type { ServerDependencies } from '../dependencies.ts';
import { ApiProblem, badInput } from '../problems.ts';
import { EpochMs } from '../schemas.ts';

const Period = Type.Object({ fromMs: EpochMs, toMs: EpochMs }, { additionalProperties: false });
const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

export function evidencePackRoutes(app: App, { site, evidencePack }: ServerDependencies): void {
  app.route({
    method: 'GET',
    url: '/api/privacy/evidence-pack',
    config: { permission: 'proof.take' },
    schema: {
      operationId: 'getEvidencePack',
      tags: ['privacy'],
      summary: 'The proof of a period for an auditor, signed',
      description:
        'A zip file: rules, what was destroyed, who looked, reviews, holds, versions, re-identification tests and the audit, with a page that explains it. No positions, no pseudonyms; names of staff. At most 100 days. That it was asked for is recorded in the audit.',
      querystring: Period,
      response: {
        200: Type.Any({ description: 'The zip file.' }),
        ...refusals(400, 401, 503),
      },
      produces: ['application/zip'],
    },
    handler: async (request, reply) => {
      if (!evidencePack) throw new ApiProblem(503, 'no-evidence-pack', 'This server makes no evidence packs.');
      const { fromMs, toMs } = request.query;
      try {
        const bytes = await evidencePack({ fromMs, toMs, actor: bearerOf(request).name });
        const name = `evidence-${site}-${day(fromMs)}-${day(toMs)}.zip`;
        return await reply
          .type('application/zip')
          .header('content-disposition', `attachment; filename="${name}"`)
          .send(bytes);
      } catch (problem) {
        if (problem instanceof OperatorError) {
          const what = `The field "toMs" of the query is ${toMs}, "fromMs" is ${fromMs}`;
          throw badInput(`${what}: ${problem.message}. ${problem.remedy}`, 'toMs');
        }
        throw problem;
      }
    },
  });
}
