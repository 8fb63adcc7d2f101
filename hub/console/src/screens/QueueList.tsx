import { useLayoutEffect, useRef } from 'preact/hooks';
import type { AlertList, AlertSummary } from '../../../src/api/schemas.ts';
import type { AlertFilter } from '../api/client.ts';
import { Ago, holder, SeverityBar, StateMark, Tags } from '../parts/alertBits.tsx';
import { PatternIcon } from '../parts/Icon.tsx';
import { ProblemNote } from '../parts/ProblemNote.tsx';
import { useConsole } from '../state/context.ts';
import { unbroken } from '../words/quantity.ts';
import { patternTerm } from '../words/terms.ts';

/** Rows have one height: what comes in above moves the others by a transform, and never the layout. */
const ROW = 88;

const FILTERS: readonly (readonly [AlertFilter, string])[] = [
  ['open', 'Open'],
  ['acknowledged', 'Held'],
  ['closed', 'Closed'],
  ['all', 'All'],
];

const EMPTY: Record<AlertFilter, readonly [string, string]> = {
  open: ['No open alerts', 'A new one slides in here by itself, the newest on top.'],
  acknowledged: ['Nobody holds an alert', 'Press a on an alert to say that you have it; it then appears here.'],
  closed: ['Nothing closed yet', 'Alerts come here with what they were and why.'],
  all: ['No alerts yet', 'A new one slides in here by itself, the newest on top.'],
};

function Row({
  alert,
  index,
  chosen,
  reachable,
}: {
  alert: AlertSummary;
  index: number;
  chosen: boolean;
  reachable: boolean;
}) {
  const { queue, router } = useConsole();
  return (
    <li class="row-place" style={{ transform: `translateY(${index * ROW}px)` }}>
      <button
        type="button"
        id={`row-${alert.id}`}
        class={`row row-${alert.state}${chosen ? ' chosen' : ''}`}
        tabIndex={reachable ? 0 : -1}
        aria-current={chosen ? 'true' : undefined}
        onClick={() => {
          queue.selected.value = alert.id;
        }}
        onDblClick={() => router.go(`/alerts/${alert.id}`)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          router.go(`/alerts/${alert.id}`);
        }}
      >
        <StateMark state={alert.state} />
        <PatternIcon pattern={alert.pattern} />
        <span class="row-words">
          <span class="row-sentence" title={alert.sentence}>
            {unbroken(alert.sentence)}
          </span>
          <span class="row-facts">
            {alert.sentence.includes(alert.zoneName) ? null : <span class="row-zone">{alert.zoneName}</span>}
            <Tags alert={alert} />
            <span class="row-holder">{holder(alert)}</span>
          </span>
        </span>
        <span class="row-end">
          <Ago atMs={alert.raisedAtMs} />
          <SeverityBar severity={alert.severity} />
          <span class="unseen">{patternTerm(alert.pattern).word}</span>
        </span>
      </button>
    </li>
  );
}

function Skeleton() {
  return (
    <ul class="rows" aria-hidden="true" style={{ height: `${6 * ROW}px` }}>
      {[0, 1, 2, 3, 4, 5].map((i) => (
        <li key={i} class="row-place" style={{ transform: `translateY(${i * ROW}px)` }}>
          <div class="row-to-come">
            <span class="skeleton line" />
          </div>
        </li>
      ))}
    </ul>
  );
}

/** How many there are of each choice, by the hub's count. */
function totalOf(counts: AlertList['counts'], filter: AlertFilter): number {
  const open = counts.new + counts.acknowledged;
  if (filter === 'open') return open;
  return filter === 'all' ? open + counts.closed : counts[filter];
}

/** The list is a page of the newest: it says so where there are more, and shows them on demand. */
function Older({ listed }: { readonly listed: number }) {
  const { queue, said } = useConsole();
  const counts = queue.counts.value;
  if (queue.older.value === 'none' || !counts) return null;
  const total = Math.max(listed, totalOf(counts, queue.filter.value));
  const show = async () => {
    await queue.loadOlder();
    if (!queue.problem.peek()) said.value = 'Older alerts are listed';
  };
  return (
    <div class="rows-older">
      <p class="quiet">
        The newest {listed.toLocaleString('en')} of {total.toLocaleString('en')}
      </p>
      <button type="button" class="button" aria-disabled={queue.older.value === 'coming'} onClick={() => void show()}>
        Show older ones
      </button>
    </div>
  );
}

export function QueueList() {
  const { queue } = useConsole();
  const scroller = useRef<HTMLDivElement>(null);
  const alerts = queue.alerts.value;
  const selected = queue.selected.value;
  const filter = queue.filter.value;
  const first = useRef<string | null>(null);

  // Somebody who has scrolled keeps what they look at under their eyes when rows come in above.
  useLayoutEffect(() => {
    const box = scroller.current;
    const before = first.current;
    first.current = alerts?.[0]?.id ?? null;
    if (!box || !before || box.scrollTop === 0) return;
    const moved = alerts?.findIndex((alert) => alert.id === before) ?? -1;
    if (moved > 0) box.scrollTop += moved * ROW;
  }, [alerts]);

  // Only a change of the choice scrolls, not every new list.
  useLayoutEffect(() => {
    const box = scroller.current;
    const index = alerts?.findIndex((alert) => alert.id === selected) ?? -1;
    if (!box || index < 0) return;
    const top = index * ROW;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + ROW > box.scrollTop + box.clientHeight) box.scrollTop = top + ROW - box.clientHeight;
  }, [selected]);

  const reachable = alerts?.some((alert) => alert.id === selected) ? selected : alerts?.[0]?.id;
  const [emptyTitle, emptyText] = EMPTY[filter];
  return (
    <nav class="queue" aria-label="Alerts">
      <fieldset class="filters" aria-label="Which alerts">
        {FILTERS.map(([value, word]) => (
          <button
            key={value}
            type="button"
            class="tab"
            aria-pressed={filter === value}
            onClick={() => queue.show(value)}
          >
            {word}
          </button>
        ))}
      </fieldset>
      {queue.problem.value ? <ProblemNote problem={queue.problem.value} retry={() => void queue.load()} /> : null}
      <div class="rows-scroll" ref={scroller} aria-busy={alerts === null}>
        {alerts === null ? (
          <Skeleton />
        ) : alerts.length === 0 ? (
          <div class="empty">
            <h2>{emptyTitle}</h2>
            <p>{emptyText}</p>
          </div>
        ) : (
          <>
            <ul class="rows" style={{ height: `${alerts.length * ROW}px` }}>
              {alerts.map((alert, index) => (
                <Row
                  key={alert.id}
                  alert={alert}
                  index={index}
                  chosen={alert.id === selected}
                  reachable={alert.id === reachable}
                />
              ))}
            </ul>
            <Older listed={alerts.length} />
          </>
        )}
      </div>
    </nav>
  );
}
