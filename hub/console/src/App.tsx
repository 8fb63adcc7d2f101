import { useEffect } from 'preact/hooks';
import type { Session } from '../../src/api/schemas.ts';
import { ConnectionBanner } from './parts/ConnectionBanner.tsx';
import { HelpOverlay } from './parts/HelpOverlay.tsx';
import { TopBar } from './parts/TopBar.tsx';
import { Alert } from './screens/Alert.tsx';
import { Privacy } from './screens/Privacy.tsx';
import { Queue } from './screens/Queue.tsx';
import { SignIn } from './screens/SignIn.tsx';
import { WithoutAlerts } from './screens/WithoutAlerts.tsx';
import type { ConsoleState } from './state/console.ts';
import { ConsoleContext, useConsole } from './state/context.ts';
import { roleWord } from './words/terms.ts';

const TITLES: Readonly<Record<string, string>> = { alert: 'Alert', 'sign-in': 'Sign in', privacy: 'Privacy' };

function useTitle(): void {
  const { queue, router, session, may } = useConsole();
  const fresh = queue.counts.value?.new ?? 0;
  const { screen } = router.route.value;
  const withoutAlerts = session.value != null && !may('alerts.list');
  const withPrivacy = may('policy.read');
  useEffect(() => {
    const front = withoutAlerts ? (withPrivacy ? 'Privacy' : 'Cameras') : 'Queue';
    const name = screen === 'alert' && withoutAlerts ? front : (TITLES[screen] ?? front);
    document.title = `${fresh > 0 ? `(${fresh}) ` : ''}${name} · Safe Passage`;
  }, [fresh, screen, withoutAlerts, withPrivacy]);
}

function Screen() {
  const { router, session, may } = useConsole();
  const route = router.route.value;
  const who = session.value;
  if (who && route.screen === 'privacy' && !may('policy.read')) return <NotForYou session={who} />;
  if (who && !may('alerts.list') && route.screen !== 'nowhere') {
    // Whoever answers for privacy begins there.
    if (may('policy.read') && route.screen !== 'alert') return <Privacy />;
    return <WithoutAlerts session={who} asked={route.screen === 'alert'} />;
  }
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

function NotForYou({ session }: { readonly session: Session }) {
  return (
    <main class="empty">
      <h1>This page is not for your role</h1>
      <p>
        Policy, retention and audit are for privacy officers and auditors; you are signed in as{' '}
        {roleWord[session.role].name}. <a href="/">Go to the front page</a>
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
