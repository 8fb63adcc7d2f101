import { useEffect } from 'preact/hooks';
import { ConnectionBanner } from './parts/ConnectionBanner.tsx';
import { HelpOverlay } from './parts/HelpOverlay.tsx';
import { TopBar } from './parts/TopBar.tsx';
import { Alert } from './screens/Alert.tsx';
import { Queue } from './screens/Queue.tsx';
import { SignIn } from './screens/SignIn.tsx';
import { WithoutAlerts } from './screens/WithoutAlerts.tsx';
import type { ConsoleState } from './state/console.ts';
import { ConsoleContext, useConsole } from './state/context.ts';

function useTitle(): void {
  const { queue, router, session, may } = useConsole();
  const fresh = queue.counts.value?.new ?? 0;
  const { screen } = router.route.value;
  const withoutAlerts = session.value != null && !may('alerts.list');
  useEffect(() => {
    const front = withoutAlerts ? 'Cameras' : 'Queue';
    const name = screen === 'sign-in' ? 'Sign in' : screen === 'alert' && !withoutAlerts ? 'Alert' : front;
    document.title = `${fresh > 0 ? `(${fresh}) ` : ''}${name} · Safe Passage`;
  }, [fresh, screen, withoutAlerts]);
}

function Screen() {
  const { router, session, may } = useConsole();
  const route = router.route.value;
  const who = session.value;
  if (who && !may('alerts.list') && route.screen !== 'nowhere') {
    return <WithoutAlerts session={who} asked={route.screen === 'alert'} />;
  }
  if (route.screen === 'alert') return <Alert key={route.id} id={route.id} />;
  if (route.screen === 'queue') return <Queue />;
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
