/** What a request is about, or the answer that there is no such thing. */
import type { FloorPlan } from '@safe-passage/contract';
import { Type } from 'typebox';
import type { ServerDependencies } from './dependencies.ts';
import { notFound } from './problems.ts';
import type { AlertView } from './schemas.ts';

export const AlertId = Type.Object(
  { id: Type.String({ format: 'uuid', description: 'The alert.' }) },
  { additionalProperties: false },
);

export const NO_ALERT = 'There is no such alert: it may have reached the end of its retention.';

/** @throws ApiProblem 404 */
export async function alertOf({ alerts }: Pick<ServerDependencies, 'alerts'>, id: string): Promise<AlertView> {
  const alert = await alerts.get(id);
  if (!alert) throw notFound(NO_ALERT);
  return alert;
}

/** @throws ApiProblem 404 that names the floors there are. */
export function floorOf({ plans }: Pick<ServerDependencies, 'plans'>, id: string): FloorPlan {
  const plan = plans.find((one) => one.id === id);
  if (!plan) throw notFound(`There is no such floor; there are: ${plans.map((one) => one.id).join(', ')}.`);
  return plan;
}
