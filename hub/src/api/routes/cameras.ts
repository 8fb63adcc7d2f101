/** How the cameras are doing. */
import { withSharedNames } from '../../ingest/sharedNames.ts';
import { type App, described, refusals } from '../app.ts';
import type { ServerDependencies } from '../dependencies.ts';
import { CAMERA_LIST_EXAMPLE } from '../examples.ts';
import { CameraList } from '../schemas.ts';

export function cameraRoutes(app: App, dependencies: ServerDependencies): void {
  app.route({
    method: 'GET',
    url: '/api/cameras',
    config: { permission: 'cameras.read' },
    schema: {
      operationId: 'listCameras',
      tags: ['cameras'],
      summary: 'Cameras and their health',
      description: 'The last status and the last health message of every device that has been heard of.',
      response: { 200: described(CameraList, 'The cameras.', CAMERA_LIST_EXAMPLE), ...refusals(401, 403) },
    },
    handler: async () => ({
      cameras: withSharedNames(await dependencies.devices.list(), dependencies.counters().sharedNames),
    }),
  });
}
