/** The evidence of an alert as a picture, for a report or a dashboard: the same access and the same record as the evidence itself. */
import sharp from 'sharp';
import { Type } from 'typebox';
import { storyFigure } from '../../figure/storyFigure.ts';
import { type App, described, refusals } from '../app.ts';
import { bearerOf } from '../authentication.ts';
import type { ServerDependencies } from '../dependencies.ts';
import { forScreen, MARGIN_MS } from '../evidence.ts';
import { ReadHeaders, recordRead } from '../reading.ts';
import { AlertId, alertOf } from '../subjects.ts';

/** Pixels for each of the drawing's: sharp on paper and on a good screen. */
const PNG_DENSITY = 144;

const KINDS = [
  {
    name: 'svg',
    type: 'image/svg+xml; charset=utf-8',
    operationId: 'getFigureSvg',
    render: (svg: string) => Promise.resolve(Buffer.from(svg)),
  },
  {
    name: 'png',
    type: 'image/png',
    operationId: 'getFigurePng',
    render: (svg: string) => sharp(Buffer.from(svg), { density: PNG_DENSITY }).png().toBuffer(),
  },
] as const;

export function figureRoutes(app: App, dependencies: ServerDependencies): void {
  const { persons, plans, timeZone } = dependencies;
  for (const { name, type, operationId, render } of KINDS) {
    app.route({
      method: 'GET',
      url: `/api/alerts/:id/figure.${name}`,
      config: { permission: 'evidence.read' },
      schema: {
        operationId,
        tags: ['alerts'],
        summary: `The evidence of an alert as a picture, ${name.toUpperCase()}`,
        description:
          'The floor plan, the paths of the story by role, and its key moments by number; nobody else on the floor. What has reached the end of its retention is not in it. Reading it is recorded in the audit as a read of the evidence.',
        params: AlertId,
        headers: ReadHeaders,
        response: {
          200: described(Type.String({ format: 'binary' }), 'The picture.'),
          ...refusals(400, 401, 403, 404),
        },
        produces: [type.split(';')[0] ?? type],
      },
      handler: async (request, reply) => {
        const alert = await alertOf(dependencies, request.params.id);
        const evidence = await persons.evidence({
          floor: alert.floor,
          alert: alert.id,
          persons: alert.detail.persons.map((person) => person.person),
          fromMs: alert.fromMs - MARGIN_MS,
          toMs: alert.toMs + MARGIN_MS,
          maxOthers: 0,
        });
        await recordRead(dependencies, bearerOf(request), 'read.evidence', alert.id, request.headers);
        const plan = plans.find(({ id }) => id === alert.floor);
        const picture = await render(storyFigure({ alert, plan, evidence: forScreen(evidence), timeZone }));
        return reply
          .type(type)
          .header('cache-control', 'no-store')
          .header('content-disposition', `inline; filename="alert-${alert.id}.${name}"`)
          .serializer((payload: unknown) => payload as string)
          .send(picture as unknown as string);
      },
    });
  }
}
