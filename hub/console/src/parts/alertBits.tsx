import type { AlertState, AlertSummary } from '../../../src/api/schemas.ts';
import { useConsole } from '../state/context.ts';
import { ago, percent } from '../words/quantity.ts';
import { dispositionWord, stateWord } from '../words/terms.ts';

/** How far past its limit a movement is: a filled bar with its figure for those who ask. */
export function SeverityBar({ severity }: { readonly severity: number }) {
  const share = Math.min(1, Math.max(0, severity));
  const label = `Severity ${percent(share)}`;
  return (
    <span class="severity" role="img" aria-label={label} title={label}>
      <span class="severity-fill" style={{ transform: `scaleX(${Math.max(0.04, share)})` }} />
    </span>
  );
}

/** Filled: new. Ring: somebody has it. Tick: closed. */
export function StateMark({ state }: { readonly state: AlertState }) {
  return (
    <span class={`state-mark state-${state}`} role="img" aria-label={stateWord[state]} title={stateWord[state]}>
      {state === 'closed' ? (
        <svg class="icon" width="12" height="12" viewBox="0 0 16 16" aria-hidden="true">
          <path d="M3 8.500l3.500 3.500L13 4.500" fill="none" />
        </svg>
      ) : null}
    </span>
  );
}

export function Ago({ atMs }: { readonly atMs: number }) {
  const { nowMs } = useConsole();
  return <span class="ago">{ago(atMs, nowMs.value)}</span>;
}

/** `09:41:07 · 3 min ago` in the site's zone. */
export function Moment({ atMs }: { readonly atMs: number }) {
  const { clock, nowMs } = useConsole();
  return (
    <time dateTime={new Date(atMs).toISOString()} class="moment">
      {clock.value.moment(atMs, nowMs.value)}
      <span class="quiet"> · {ago(atMs, nowMs.value)}</span>
    </time>
  );
}

/** Who holds an alert, or what it was. */
export function holder(alert: AlertSummary): string {
  if (alert.state === 'closed') {
    return `${alert.disposition ? dispositionWord(alert.disposition) : 'Closed'} · ${alert.closedBy ?? 'unknown'}`;
  }
  return alert.state === 'acknowledged' ? `Held by ${alert.acknowledgedBy ?? 'somebody'}` : 'Nobody yet';
}

/** What is particular about the alert, each with its word. */
export function Tags({ alert }: { readonly alert: AlertSummary }) {
  return (
    <>
      {alert.live ? <span class="tag tag-live">ongoing</span> : null}
      {!alert.live && alert.state !== 'closed' ? <span class="tag">ended</span> : null}
      {alert.delayed ? (
        <span class="tag" title="Found in data that arrived late">
          delayed
        </span>
      ) : null}
    </>
  );
}
