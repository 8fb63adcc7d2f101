import { computed, type ReadonlySignal, signal } from '@preact/signals';

export type Route =
  | { readonly screen: 'queue' }
  | { readonly screen: 'alert'; readonly id: string }
  | { readonly screen: 'fleet' }
  | { readonly screen: 'floor' }
  | { readonly screen: 'privacy' }
  | { readonly screen: 'sign-in' }
  | { readonly screen: 'nowhere'; readonly path: string };

/** Alerts have a UUID: whatever else stands in an address is none. */
export const isAlertId = (text: string): boolean => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

export function routeOf(path: string): Route {
  if (path === '/') return { screen: 'queue' };
  if (path === '/fleet') return { screen: 'fleet' };
  if (path === '/floor') return { screen: 'floor' };
  if (path === '/privacy') return { screen: 'privacy' };
  if (path === '/sign-in') return { screen: 'sign-in' };
  const id = /^\/alerts\/([0-9a-zA-Z-]+)\/?$/.exec(path)?.[1];
  return id ? { screen: 'alert', id } : { screen: 'nowhere', path };
}

export interface Router {
  readonly path: ReadonlySignal<string>;
  readonly route: ReadonlySignal<Route>;
  go(path: string): void;
}

/** Addresses without loading pages: plain links work, and so do the browser's own back and forward. */
export function createRouter(): Router {
  const path = signal(location.pathname);
  const go = (to: string) => {
    if (to !== path.peek()) history.pushState(null, '', to);
    path.value = to;
  };
  window.addEventListener('popstate', () => {
    path.value = location.pathname;
  });
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (link?.target !== '' || link.origin !== location.origin || link.pathname.startsWith('/api/')) return;
    event.preventDefault();
    go(link.pathname);
  });
  return { path, route: computed(() => routeOf(path.value)), go };
}
