/** For the privacy officer: evidence that is held past its retention. */
import { Type } from 'typebox';
import { type App, described, refusals } from '../app.ts';
import { bearerOf } from '../authentication.ts';
import type { ServerDependencies } from '../dependencies.ts';
import { HOLD_EXAMPLE } from '../examples.ts';
import { HoldBody, HoldList, HoldView, ReleaseBody } from '../privacySchemas.ts';
import { ApiProblem, conflict, notFound } from '../problems.ts';

const HoldId = Type.Object(
  { id: Type.String({ format: 'uuid', description: 'The hold.' }) },
  { additionalProperties: false },
);

const day = (epochMs: number, timeZone: string): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'medium', timeStyle: 'short' }).format(epochMs);

export function privacyRoutes(app: App, dependencies: ServerDependencies): void {
  const { holds, timeZone } = dependencies;

  app.route({
    method: 'GET',
    url: '/api/privacy/holds',
    config: { permission: 'holds.read' },
    schema: {
      operationId: 'listHolds',
      tags: ['privacy'],
      summary: 'Evidence that is held past its retention',
      description: 'Who keeps the evidence of which alert, why and until when; the one that ends first in front.',
      querystring: Type.Object(
        {
          state: Type.Optional(
            Type.Union([Type.Literal('lasting'), Type.Literal('all')], {
              description: '`lasting` (the default), or `all` that ever were.',
            }),
          ),
        },
        { additionalProperties: false },
      ),
      response: {
        200: described(HoldList, 'The holds.', { holds: [HOLD_EXAMPLE] }),
        ...refusals(400, 401),
      },
    },
    handler: async (request) => ({ holds: await holds.list(request.query.state === 'all') }),
  });

  app.route({
    method: 'POST',
    url: '/api/privacy/holds',
    config: { permission: 'holds.change' },
    schema: {
      operationId: 'placeHold',
      tags: ['privacy'],
      summary: 'Keep the evidence of one alert until a day',
      description:
        'Keeps the positions that explain the alert: those of its own people, half a minute around the movement. Nothing else of theirs, and nobody else. The alert stays readable as long. Ends by itself; lasts no longer than class evidence of the policy in force. The audit records it.',
      body: described(HoldBody, 'Which alert, why, who answers for it, until when.', {
        alert: HOLD_EXAMPLE.alert,
        owner: HOLD_EXAMPLE.owner,
        reason: HOLD_EXAMPLE.reason,
        untilMs: HOLD_EXAMPLE.untilMs,
      }),
      response: {
        200: described(HoldView, 'The hold.', HOLD_EXAMPLE),
        ...refusals(400, 401, 403, 404),
      },
    },
    handler: async (request) => {
      if (request.body.untilMs <= Date.now())
        throw new ApiProblem(400, 'bad-request', 'The end of the hold has passed.', 'untilMs');
      const placed = await holds.place({ ...request.body, actor: bearerOf(request).name });
      if (placed.kind === 'absent')
        throw notFound('There is no such alert: it may have reached the end of its retention.');
      if (placed.kind === 'too-long') {
        throw new ApiProblem(
          400,
          'bad-request',
          `The policy in force keeps evidence until ${day(placed.latestMs, timeZone)} at the latest: give an earlier end.`,
          'untilMs',
        );
      }
      return placed.hold;
    },
  });

  app.route({
    method: 'POST',
    url: '/api/privacy/holds/:id/release',
    config: { permission: 'holds.change' },
    schema: {
      operationId: 'releaseHold',
      tags: ['privacy'],
      summary: 'End a hold now',
      description:
        'What it kept is destroyed at once, unless another hold keeps the same. What is within the retention of tracks stays until its own time is over. The audit records it.',
      params: HoldId,
      body: described(ReleaseBody, 'Why it is not needed any more.', { reason: 'The complaint 2026-14 is settled' }),
      response: {
        200: described(HoldView, 'The hold as it is now.', HOLD_EXAMPLE),
        ...refusals(400, 401, 403, 404, 409),
      },
    },
    handler: async (request) => {
      const outcome = await holds.release(request.params.id, bearerOf(request).name, request.body.reason);
      if (outcome.kind === 'absent') throw notFound('There is no such hold.');
      if (outcome.kind === 'over') {
        const { endedBy, endedAtMs } = outcome.hold;
        throw conflict(`This hold is over: ${endedBy ?? 'somebody'} ended it at ${day(endedAtMs ?? 0, timeZone)}.`);
      }
      return outcome.hold;
    },
  });
}
