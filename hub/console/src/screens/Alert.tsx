import { useEffect, useRef, useState } from 'preact/hooks';
import type { AlertView } from '../../../src/api/schemas.ts';
import { StoryFigure } from '../figure/StoryFigure.tsx';
import { Explanations, Extent, Eyes, History, People, Reasons, Uncertainty } from '../parts/AlertFacts.tsx';
import { Moment, SeverityBar, StateMark, Tags } from '../parts/alertBits.tsx';
import { ClosedNote, DispositionForm } from '../parts/Disposition.tsx';
import { Icon, PatternIcon } from '../parts/Icon.tsx';
import { ProblemNote } from '../parts/ProblemNote.tsx';
import { useArrival, useConsole, useKeys, useStory } from '../state/context.ts';
import type { Story } from '../state/story.ts';
import { TimeLine } from '../timeline/TimeLine.tsx';
import { unbroken } from '../words/quantity.ts';
import { patternAndPlace, stateWord } from '../words/terms.ts';
import { focusDisposition, momentKeys, reasonKeys } from './keys.ts';
import { AcknowledgeButton } from './Queue.tsx';

const NOT_FOUND = 404;

function useAlertKeys(story: Story): void {
  const { queue, router, helpOpen } = useConsole();
  const beside = (step: 1 | -1) => {
    const next = queue.neighbour(story.id, step);
    if (!next) return;
    queue.selected.value = next;
    router.go(`/alerts/${next}`);
  };
  useKeys({
    j: () => beside(1),
    k: () => beside(-1),
    d: focusDisposition,
    e: () => story.player.toggle(),
    Escape: () => router.go('/'),
    '?': () => {
      helpOpen.value = true;
    },
    ...momentKeys(story),
    ...reasonKeys(story),
  });
}

export function AlertSkeleton() {
  return (
    <main class="alert-screen" aria-busy="true">
      <div class="panel-head story-head">
        <div class="skeleton line" />
      </div>
      <div class="stack">
        <div class="figure skeleton" />
        <div class="time-line" />
      </div>
      <aside class="facts">
        <div class="facts-scroll">
          <div class="skeleton line" />
          <div class="skeleton line" />
          <div class="skeleton line short" />
        </div>
      </aside>
    </main>
  );
}

/** Where one came from: the queue, or the front page of a role that has none. */
function useWayBack(): string {
  const { may } = useConsole();
  return may('alerts.list') ? 'Back to the queue' : 'Back to the front page';
}

export function NoSuchAlert() {
  const back = useWayBack();
  return (
    <main class="empty">
      <h1>There is no such alert</h1>
      <p>
        It may have reached the end of its retention, or its address is not whole. <a href="/">{back}</a>
      </p>
    </main>
  );
}

/** What was made of it, or the form that says so; for a role that may only read, that it does, and why. */
function Outcome({ story, alert, purpose }: { story: Story; alert: AlertView; purpose: string | undefined }) {
  const { may } = useConsole();
  return (
    <div class="facts-end">
      {alert.state === 'closed' ? (
        <ClosedNote alert={alert} onChange={story.replace} />
      ) : may('alerts.close') ? (
        <DispositionForm alert={alert} onChange={story.replace} />
      ) : null}
      {purpose === undefined ? null : <ReadOnly story={story} purpose={purpose} />}
    </div>
  );
}

/** Who may look with a reason alone is told of no changes: each look is one that they ask for and that the audit has. */
function ReadOnly({ story, purpose }: { readonly story: Story; readonly purpose: string }) {
  const { said } = useConsole();
  const [busy, setBusy] = useState(false);
  const again = async () => {
    setBusy(true);
    await story.load();
    setBusy(false);
    if (!story.problem.peek()) said.value = 'The alert as it is now';
  };
  return (
    <>
      <p class="quiet">
        Read only, as of <Moment atMs={story.readAtMs.value} />. The audit says that you look at it for:{' '}
        <q>{purpose}</q>
      </p>
      <button type="button" class="button" disabled={busy} onClick={() => void again()}>
        Look again, for the same reason
      </button>
    </>
  );
}

/**
 * One alert: the floor with its story, the time line, the reasons, and what it was.
 *
 * @param purpose why it is looked at, where the role may only with a reason.
 */
export function Alert({ id, purpose }: { readonly id: string; readonly purpose?: string }) {
  const { queue, may, subject } = useConsole();
  const back = useWayBack();
  const story = useStory(id, purpose);
  const heading = useRef<HTMLHeadingElement>(null);
  useAlertKeys(story);
  useArrival(story.alert.value !== null, () => heading.current);
  const about = story.alert.value ? patternAndPlace(story.alert.value) : null;
  useEffect(() => {
    subject.value = about;
    return () => {
      subject.value = null;
    };
  }, [subject, about]);
  useEffect(() => {
    queue.selected.value = id;
  }, [queue, id]);
  const alert = story.alert.value;
  if (!alert) {
    if (!story.problem.value) return <AlertSkeleton />;
    if (story.problem.value.status === NOT_FOUND) return <NoSuchAlert />;
    return (
      <main class="empty">
        <ProblemNote problem={story.problem.value} retry={() => void story.load()} />
        <p>
          <a href="/">{back}</a>
        </p>
      </main>
    );
  }
  return (
    <main class="alert-screen">
      <div class="panel-head story-head">
        <a class="tool" href="/" aria-label={back} title={`${back} (Esc)`}>
          <Icon name="back" />
        </a>
        <PatternIcon pattern={alert.pattern} />
        <div class="story-words">
          <h1 ref={heading} tabIndex={-1} title={alert.sentence}>
            {unbroken(alert.sentence)}
          </h1>
          <p class="story-facts">
            <StateMark state={alert.state} />
            {stateWord[alert.state]} · {patternAndPlace(alert)}
            <SeverityBar severity={alert.severity} />
            <Tags alert={alert} />
            <Moment atMs={alert.raisedAtMs} />
          </p>
        </div>
        {may('alerts.acknowledge') ? <AcknowledgeButton story={story} /> : null}
      </div>
      <div class="stack">
        {story.evidenceProblem.value ? (
          <ProblemNote problem={story.evidenceProblem.value} retry={() => void story.load()} />
        ) : null}
        <StoryFigure story={story} />
        <TimeLine story={story} />
      </div>
      <aside class="facts" aria-label="Reasons, history and disposition">
        <div class="facts-scroll">
          {story.problem.value ? <ProblemNote problem={story.problem.value} retry={() => void story.load()} /> : null}
          <h2>Why it was raised</h2>
          <Reasons story={story} alert={alert} />
          <Extent alert={alert} />
          {alert.detail.explanations.length > 0 ? <h2>What would explain this</h2> : null}
          <Explanations alert={alert} />
          <h2>How sure it is</h2>
          <Uncertainty alert={alert} />
          <h2>Who is in it</h2>
          <People story={story} />
          <h2>History</h2>
          <History alert={alert} />
          <p class="quiet policy">Decided by policy {alert.detail.policy}</p>
          <Eyes story={story} alert={alert} />
        </div>
        <Outcome story={story} alert={alert} purpose={purpose} />
      </aside>
    </main>
  );
}
