import { useEffect } from 'preact/hooks';
import { ConnectionBanner } from './parts/ConnectionBanner.tsx';
import { HelpOverlay } from './parts/HelpOverlay.tsx';
import { TopBar } from './parts/TopBar.tsx';
import { Alert } from './screens/Alert.tsx';
import { Privacy } from './screens/Privacy.tsx';
import { Queue } from './screens/Queue.tsx';
import { SignIn } from './screens/SignIn.tsx';
import type { ConsoleState } from './state/console.ts';
import { ConsoleContext, useConsole } from './state/context.ts';

const TITLES: Readonly<Record<string, string>> = { alert: 'Alert', 'sign-in': 'Sign in', privacy: 'Privacy' };

function useTitle(): void {
  const { queue, router } = useConsole();
  const fresh = queue.counts.value?.new ?? 0;
  const { screen } = router.route.value;
  useEffect(() => {
    const name = TITLES[screen] ?? 'Queue';
    document.title = `${fresh > 0 ? `(${fresh}) ` : ''}${name} · Safe Passage`;
  }, [fresh, screen]);
}

function Screen() {
  const { router } = useConsole();
  const route = router.route.value;
  if (route.screen === 'alert') return <Alert key={route.id} id={route.id} />;
  if (route.screen === 'queue') return <Queue />;
  if (route.screen === 'privacy') return <Privacy />;
  return (
    <main class="empty">
      <h1>There is no such page</h1>
      <p>
        {route.screen === 'nowhere' ? <code>{route.path}</code> : null} is not an address of this console.{' '}
        <a href="/">Go to the queue</a>
      </p>
    </main>
  );
}

function Frame() {
  const { router, said } = useConsole();
  useTitle();
  if (router.route.value.screen === 'sign-in') return <SignIn />;
  return (
    <div class="frame">
      <TopBar />
      <ConnectionBanner />
      <Screen />
      <HelpOverlay />
      <div class="unseen" role="status" aria-live="polite">
        {said.value}
      </div>
    </div>
  );
}

export function App({ state }: { readonly state: ConsoleState }) {
  return (
    <ConsoleContext.Provider value={state}>
      <Frame />
    </ConsoleContext.Provider>
  );
}
