/** For roles that see no alerts: what they do see, and why they do not see the rest. */
import type { Session } from '../../../src/api/schemas.ts';
import { Fleet } from '../parts/Fleet.tsx';
import { useConsole } from '../state/context.ts';
import { roleWord } from '../words/terms.ts';

/** @param asked whether an alert was asked for, and not the front page. */
export function WithoutAlerts({ session, asked }: { readonly session: Session; readonly asked: boolean }) {
  const { cameras, floors } = useConsole();
  return (
    <main class="without-alerts">
      {asked ? (
        <p class="problem" role="alert">
          Alerts are not for your role. Who needs one looked at asks a reviewer. <a href="/">Go to the front page</a>
        </p>
      ) : null}
      <h1>Cameras</h1>
      {cameras.value && floors.value ? (
        <Fleet views={cameras.value} plans={floors.value.floors} />
      ) : (
        <div class="skeleton line" />
      )}
      <h2>Your role: {roleWord[session.role].name}</h2>
      <p>{roleWord[session.role].does}</p>
      <p class="quiet">
        Alerts and positions are for reviewers. Who may what is written in <code>docs/reference/roles.md</code>; whoever
        runs the hub gives roles.
      </p>
    </main>
  );
}
