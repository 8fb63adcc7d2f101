import { useLayoutEffect, useRef } from 'preact/hooks';
import { StoryFigure } from '../figure/StoryFigure.tsx';
import { Explanations, Extent, Eyes, Reasons, Uncertainty } from '../parts/AlertFacts.tsx';
import { Moment, SeverityBar, StateMark, Tags } from '../parts/alertBits.tsx';
import { ClosedNote, DispositionForm, useAcknowledge } from '../parts/Disposition.tsx';
import { Icon, PatternIcon } from '../parts/Icon.tsx';
import { ProblemNote } from '../parts/ProblemNote.tsx';
import { useArrival, useConsole, useKeys, useStory } from '../state/context.ts';
import type { Story } from '../state/story.ts';
import { TimeLine } from '../timeline/TimeLine.tsx';
import { unbroken } from '../words/quantity.ts';
import { patternAndPlace } from '../words/terms.ts';
import { focusDisposition, momentKeys, reasonKeys } from './keys.ts';
import { LiveFloor } from './LiveFloor.tsx';
import { QueueList } from './QueueList.tsx';

function Selected({ story }: { readonly story: Story }) {
  const { queue, router } = useConsole();
  const alert = story.alert.value;
  const problem = story.problem.value;
  const summary = alert ?? queue.alerts.value?.find((one) => one.id === story.id);
  if (!summary) {
    return (
      <section class="panel" aria-label="Selected alert" aria-busy={!problem}>
        {problem ? (
          // What is gone does not come back by asking again.
          <ProblemNote problem={problem} {...(problem.status === 404 ? {} : { retry: () => void story.load() })} />
        ) : null}
      </section>
    );
  }
  return (
    <section class="panel" aria-label="Selected alert">
      <SelectedHead story={story} />
      <div class="selected">
        <div class="stack">
          <StoryFigure story={story} />
          {alert ? <TimeLine story={story} labelled={false} /> : <div class="time-line compact" />}
        </div>
        <aside class="facts" aria-label="Reasons and disposition">
          <div class="facts-scroll">
            {story.problem.value ? <ProblemNote problem={story.problem.value} retry={() => void story.load()} /> : null}
            {alert ? (
              <>
                <h2>Why it was raised</h2>
                <Reasons story={story} alert={alert} />
                <Extent alert={alert} />
                {alert.detail.explanations.length > 0 ? (
                  <>
                    <h2>What would explain this</h2>
                    <Explanations alert={alert} />
                  </>
                ) : null}
                <h2>How sure it is</h2>
                <Uncertainty alert={alert} />
                <Eyes story={story} alert={alert} />
              </>
            ) : (
              <>
                <div class="skeleton line" />
                <div class="skeleton line" />
                <div class="skeleton line short" />
              </>
            )}
          </div>
          {alert ? (
            <div class="facts-end">
              {alert.state === 'closed' ? (
                <ClosedNote alert={alert} onChange={story.replace} />
              ) : (
                <DispositionForm alert={alert} onChange={story.replace} />
              )}
            </div>
          ) : null}
        </aside>
      </div>
      <Commands story={story} open={() => router.go(`/alerts/${summary.id}`)} />
    </section>
  );
}

function SelectedHead({ story }: { readonly story: Story }) {
  const { queue } = useConsole();
  const summary = story.alert.value ?? queue.alerts.value?.find((one) => one.id === story.id);
  if (!summary) return null;
  const toList = () => {
    queue.selected.value = null;
    // The list comes back with the next drawing.
    requestAnimationFrame(() => document.getElementById(`row-${summary.id}`)?.focus());
  };
  return (
    <div class="panel-head story-head">
      <button type="button" class="tool to-list" aria-label="Back to the list" onClick={toList}>
        <Icon name="back" />
      </button>
      <PatternIcon pattern={summary.pattern} />
      <div class="story-words">
        <h1 title={summary.sentence}>{unbroken(summary.sentence)}</h1>
        <p class="story-facts">
          <StateMark state={summary.state} />
          {patternAndPlace(summary)}
          <SeverityBar severity={summary.severity} />
          <Tags alert={summary} />
          <Moment atMs={summary.raisedAtMs} />
        </p>
      </div>
      <AcknowledgeButton story={story} />
      <a class="button" href={`/alerts/${summary.id}`}>
        <Icon name="open" /> Open
      </a>
    </div>
  );
}

export function AcknowledgeButton({ story }: { readonly story: Story }) {
  const alert = story.alert.value;
  if (!alert) return null;
  return <Acknowledging story={story} alert={alert} />;
}

function Acknowledging({
  story,
  alert,
}: {
  readonly story: Story;
  readonly alert: NonNullable<Story['alert']['value']>;
}) {
  const { acknowledge, busy, problem } = useAcknowledge({ alert, onChange: story.replace });
  useKeys({ a: () => void acknowledge() });
  if (alert.state !== 'new') {
    return alert.state === 'acknowledged' ? <span class="held">Held by {alert.acknowledgedBy}</span> : null;
  }
  return (
    <>
      {problem ? <ProblemNote problem={problem} /> : null}
      <button
        type="button"
        class="button primary"
        disabled={busy}
        onClick={() => void acknowledge()}
        title="Acknowledge (a)"
      >
        <Icon name="check" /> Acknowledge
      </button>
    </>
  );
}

/** The keys of the selected alert. */
function Commands({ story, open }: { readonly story: Story; readonly open: () => void }) {
  const { queue } = useConsole();
  useKeys({
    Enter: open,
    d: focusDisposition,
    e: () => story.player.toggle(),
    Escape: () => {
      queue.selected.value = null;
    },
    ...momentKeys(story),
    ...reasonKeys(story),
  });
  return null;
}

function SelectedAlert({ id }: { readonly id: string }) {
  return <Selected story={useStory(id)} />;
}

/** The list, and beside it the selected alert or the living floor. */
export function Queue() {
  const { queue, helpOpen } = useConsole();
  const selected = queue.selected.value;
  const move = (step: 1 | -1) => {
    const next = queue.neighbour(queue.selected.peek(), step);
    if (!next) {
      if (step === 1) void queue.loadOlder();
      return;
    }
    queue.selected.value = next;
    document.getElementById(`row-${next}`)?.focus({ preventScroll: true });
  };
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    '?': () => {
      helpOpen.value = true;
    },
  });
  // Back from an alert: at its row, and not at the beginning of the page.
  useArrival(true, () => document.getElementById(`row-${queue.selected.peek()}`));
  const screen = useRef<HTMLElement>(null);
  // Where they take turns, what comes is seen from its beginning.
  useLayoutEffect(() => screen.current?.scrollTo(0, 0), [selected]);
  return (
    <main ref={screen} class={selected ? 'queue-screen one-chosen' : 'queue-screen'}>
      <QueueList />
      {selected ? <SelectedAlert key={selected} id={selected} /> : <LiveFloor />}
    </main>
  );
}
