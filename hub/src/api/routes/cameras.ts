/** How the cameras are doing. */
import { withSharedNames } from '../../ingest/sharedNames.ts';
import { type App, described, refusals } from '../app.ts';
import type { ServerDependencies } from '../dependencies.ts';
import { CAMERA_LIST_EXAMPLE, CAMERA_RATES_EXAMPLE } from '../examples.ts';
import { CameraList, CameraRates } from '../schemas.ts';

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

  app.route({
    method: 'GET',
    url: '/api/cameras/rates',
    config: { permission: 'cameras.read' },
    schema: {
      operationId: 'listCameraRates',
      tags: ['cameras'],
      summary: 'Frame rates of the last two hours',
      description:
        'How many frames a second each camera delivered, and how many of them went through the detector: means of five minutes, the last of which still goes on. Null where nothing was heard.',
      response: { 200: described(CameraRates, 'The rates.', CAMERA_RATES_EXAMPLE), ...refusals(401, 403) },
    },
    handler: async () => await dependencies.devices.rates(Date.now()),
  });
}
