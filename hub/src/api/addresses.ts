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
  interface FastifyContextConfig {
    /**
     * `bearer` (the default below /api): only with a session or a token. `loopback`: this machine, others with a token.
     * `public`: anybody.
     */
    access?: 'bearer' | 'loopback' | 'public';
    /** What whoever asks must be allowed to do, by the table in ../access/permissions.ts. Without it nobody may. */
    permission?: Permission;
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

const pathOf = (url: string): string => url.split('?', 1)[0] ?? '';

/** Whether an address is one of a route. What stands for a parameter may be anything but nothing. */
function fits(route: string, path: string): boolean {
  const [wanted, given] = [route.split('/'), path.split('/')];
  return (
    wanted.length === given.length &&
    wanted.every((part, i) => (part.startsWith(':') ? given[i] !== '' : part === given[i]))
  );
}

/**
 * The methods that somebody may send to an address, where there is such an address: those of the interface, and pages that are
 * open to everybody. A file that may not be there is none, nor is what is for this machine alone.
 */
export function methodsAt(addresses: readonly Address[], url: string): string[] {
  const path = pathOf(url);
  const known = addresses.filter(
    (one) => one.access !== 'loopback' && (one.access === 'bearer' || !/[:*]/.test(one.url)) && fits(one.url, path),
  );
  return [...new Set(known.map(({ method }) => method))].sort();
}
