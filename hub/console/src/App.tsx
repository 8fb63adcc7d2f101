import { useEffect } from 'preact/hooks';
import type { Session } from '../../src/api/schemas.ts';
import { ConnectionBanner } from './parts/ConnectionBanner.tsx';
import { HelpOverlay } from './parts/HelpOverlay.tsx';
import { TopBar } from './parts/TopBar.tsx';
import { Alert, AlertSkeleton, NoSuchAlert } from './screens/Alert.tsx';
import { AlertWithReason } from './screens/AlertWithReason.tsx';
import { FleetScreen } from './screens/FleetScreen.tsx';
import { Floor, FloorSkeleton } from './screens/Floor.tsx';
import { Privacy, PrivacySkeleton } from './screens/Privacy.tsx';
import { Queue } from './screens/Queue.tsx';
import { SignIn } from './screens/SignIn.tsx';
import { WithoutAlerts } from './screens/WithoutAlerts.tsx';
import type { ConsoleState } from './state/console.ts';
import { ConsoleContext, useConsole } from './state/context.ts';
import { isAlertId } from './state/router.ts';
import { roleWord } from './words/terms.ts';

const TITLES: Readonly<Record<string, string>> = {
  alert: 'Alert',
  fleet: 'Cameras',
  floor: 'Floor',
  'sign-in': 'Sign in',
  privacy: 'Privacy',
};

function useTitle(): void {
  const { queue, router, session, may, mayWithReason, subject } = useConsole();
  const about = subject.value;
  const fresh = queue.counts.value?.new ?? 0;
  const { screen } = router.route.value;
  const withoutAlerts = session.value != null && !may('alerts.list');
  const readsNone = withoutAlerts && !mayWithReason('alerts.read');
  const withPrivacy = may('policy.read');
  useEffect(() => {
    const front = withoutAlerts ? (withPrivacy ? 'Privacy' : 'Cameras') : 'Queue';
    const name = about ?? (screen === 'alert' && readsNone ? front : (TITLES[screen] ?? front));
    document.title = `${fresh > 0 ? `(${fresh}) ` : ''}${name} · Safe Passage`;
  }, [fresh, screen, about, withoutAlerts, readsNone, withPrivacy]);
}

function Screen() {
  const { router, session, may, mayWithReason } = useConsole();
  const route = router.route.value;
  const who = session.value;
  if (route.screen === 'fleet') return <FleetScreen />;
  // Before it is known who looks, nothing is asked for that the hub might refuse.
  if (!who && route.screen === 'privacy') return <PrivacySkeleton />;
  if (!who && route.screen === 'floor') return <FloorSkeleton />;
  if (!who && route.screen === 'alert') return <AlertSkeleton />;
  if (who && route.screen === 'privacy' && !may('policy.read'))
    return <NotForYou session={who} whose="Policy, retention and audit are for privacy officers and auditors" />;
  if (who && route.screen === 'floor') {
    if (may('presence.read') && may('floors.counts')) return <Floor />;
    return <NotForYou session={who} whose="The floor as it is now is for reviewers" />;
  }
  if (route.screen === 'alert' && (may('alerts.read') || mayWithReason('alerts.read'))) {
    if (!isAlertId(route.id)) return <NoSuchAlert />;
    return may('alerts.read') ? (
      <Alert key={route.id} id={route.id} />
    ) : (
      <AlertWithReason key={route.id} id={route.id} />
    );
  }
  if (who && !may('alerts.list') && route.screen !== 'nowhere') {
    // Whoever answers for privacy begins there.
    if (may('policy.read') && route.screen !== 'alert') return <Privacy />;
    return <WithoutAlerts session={who} asked={route.screen === 'alert'} />;
  }
  if (route.screen === 'queue') return <Queue />;
  if (route.screen === 'privacy') return <Privacy />;
  return (
    <main class="empty">
      <h1>There is no such page</h1>
      <p>
        {route.screen === 'nowhere' ? <code>{route.path}</code> : null} is not an address of this console.{' '}
        <a href="/">{who && !may('alerts.list') ? 'Go to the front page' : 'Go to the queue'}</a>
      </p>
    </main>
  );
}

/** @param whose says whom the page is for; goes on with who is signed in. */
function NotForYou({ session, whose }: { readonly session: Session; readonly whose: string }) {
  return (
    <main class="empty">
      <h1>This page is not for your role</h1>
      <p>
        {whose}; you are signed in as {roleWord[session.role].name}. <a href="/">Go to the front page</a>
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
