/** Every address that a server answers to, and who may use it: kept as routes are registered. */
import type { FastifyInstance, RouteOptions } from 'fastify';
import type { Permission } from '../access/permissions.ts';

export interface Address {
  readonly method: string;
  readonly url: string;
  readonly access: 'bearer' | 'loopback' | 'public';
  /** null: nobody may, or, where it is public, everybody. */
  readonly permission: Permission | null;
}

declare module 'fastify' {
  interface FastifyInstance {
    routeTable: () => Address[];
  }
}

/** Before any route. @param accessOf what holds where a route says nothing. */
export function registerAddresses(app: FastifyInstance, accessOf: (route: RouteOptions) => Address['access']): void {
  const routes: RouteOptions[] = [];
  app.decorate('routeTable', () =>
    routes.flatMap((route) =>
      [route.method].flat().map((method) => ({
        method,
        url: route.url,
        access: accessOf(route),
        permission: route.config?.permission ?? null,
      })),
    ),
  );
  app.addHook('onRoute', (route) => {
    routes.push(route);
  });
}
