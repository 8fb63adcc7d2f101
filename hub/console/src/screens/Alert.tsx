import { useEffect } from 'preact/hooks';
import { StoryFigure } from '../figure/StoryFigure.tsx';
import { Explanations, Extent, Eyes, History, People, Reasons, Uncertainty } from '../parts/AlertFacts.tsx';
import { Moment, SeverityBar, StateMark, Tags } from '../parts/alertBits.tsx';
import { ClosedNote, DispositionForm } from '../parts/Disposition.tsx';
import { Icon, PatternIcon } from '../parts/Icon.tsx';
import { ProblemNote } from '../parts/ProblemNote.tsx';
import { useConsole, useKeys, useStory } from '../state/context.ts';
import type { Story } from '../state/story.ts';
import { TimeLine } from '../timeline/TimeLine.tsx';
import { unbroken } from '../words/quantity.ts';
import { patternAndPlace, stateWord } from '../words/terms.ts';
import { focusDisposition, momentKeys, reasonKeys } from './keys.ts';
import { AcknowledgeButton } from './Queue.tsx';

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

function Skeleton() {
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

/** One alert: the floor with its story, the time line, the reasons, and what it was. */
export function Alert({ id }: { readonly id: string }) {
  const { queue } = useConsole();
  const story = useStory(id);
  useAlertKeys(story);
  useEffect(() => {
    queue.selected.value = id;
  }, [queue, id]);
  const alert = story.alert.value;
  if (!alert) {
    if (!story.problem.value) return <Skeleton />;
    return (
      <main class="empty">
        <ProblemNote problem={story.problem.value} retry={() => void story.load()} />
        <p>
          <a href="/">Back to the queue</a>
        </p>
      </main>
    );
  }
  return (
    <main class="alert-screen">
      <div class="panel-head story-head">
        <a class="tool" href="/" aria-label="Back to the queue" title="Back to the queue (Esc)">
          <Icon name="back" />
        </a>
        <PatternIcon pattern={alert.pattern} />
        <div class="story-words">
          <h1 title={alert.sentence}>{unbroken(alert.sentence)}</h1>
          <p class="story-facts">
            <StateMark state={alert.state} />
            {stateWord[alert.state]} · {patternAndPlace(alert)}
            <SeverityBar severity={alert.severity} />
            <Tags alert={alert} />
            <Moment atMs={alert.raisedAtMs} />
          </p>
        </div>
        <AcknowledgeButton story={story} />
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
        <div class="facts-end">
          {alert.state === 'closed' ? (
            <ClosedNote alert={alert} onChange={story.replace} />
          ) : (
            <DispositionForm alert={alert} onChange={story.replace} />
          )}
        </div>
      </aside>
    </main>
  );
}
