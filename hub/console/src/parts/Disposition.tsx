/** Taking an alert on, and closing it with what it was and why. What is typed is kept whatever happens. */
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { AlertSummary, AlertView, Disposition } from '../../../src/api/schemas.ts';
import { LEAST_VISIBLE, LONGEST_NOTE, LONGEST_PURPOSE, visibleIn } from '../../../src/api/visible.ts';
import { type ApiProblem, asProblem } from '../api/client.ts';
import { useConsole } from '../state/context.ts';
import { emptyDraft } from '../state/queue.ts';
import { dispositions, dispositionWord } from '../words/terms.ts';
import { Moment } from './alertBits.tsx';
import { Icon } from './Icon.tsx';
import { ProblemNote } from './ProblemNote.tsx';

const CONFLICT = 409;

export interface DispositionProps {
  readonly alert: AlertSummary;
  readonly onChange: (alert: AlertView) => void;
}

/** Takes over what the hub says about an alert; after a refusal that somebody else was faster, asks for it. */
function useOutcome({ alert, onChange }: DispositionProps) {
  const { api, queue } = useConsole();
  const take = (next: AlertView) => {
    onChange(next);
    queue.receive(summaryOf(next));
  };
  const refused = async (cause: unknown): Promise<ApiProblem | null> => {
    const problem = asProblem(cause);
    if (problem?.status === CONFLICT) await api.alert(alert.id).then(take, () => undefined);
    return problem;
  };
  return { take, refused };
}

/** Acknowledges, and says what came of it. */
export function useAcknowledge(props: DispositionProps) {
  const { alert } = props;
  const { api, said } = useConsole();
  const { take, refused } = useOutcome(props);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [busy, setBusy] = useState(false);
  const acknowledge = async () => {
    if (busy || alert.state !== 'new') return;
    setBusy(true);
    try {
      take(await api.acknowledge(alert.id, {}));
      setProblem(null);
      said.value = 'Acknowledged.';
    } catch (cause) {
      setProblem(await refused(cause));
    } finally {
      setBusy(false);
    }
  };
  return { acknowledge, problem, busy };
}

function summaryOf({ detail: _detail, history: _history, ...summary }: AlertView): AlertSummary {
  return summary;
}

/** What somebody had written when another closed the alert: it is theirs to copy or to throw away. */
function LeftOver({ alert }: { readonly alert: AlertSummary }) {
  const { queue } = useConsole();
  const draft = queue.drafts.value.get(alert.id);
  const words = [draft?.reason, draft?.note].filter((text) => text !== undefined && text.trim() !== '');
  if (words.length === 0) return null;
  return (
    <div class="problem left-over" role="alert">
      <Icon name="warn" />
      <div>
        <strong>{alert.closedBy ?? 'Somebody'} closed it while you were writing.</strong> Your words were not saved:
        {words.map((text) => (
          <q key={text} class="block">
            {text}
          </q>
        ))}
      </div>
      <button type="button" class="button" onClick={() => queue.setDraft(alert.id, null)}>
        Discard
      </button>
    </div>
  );
}

export function ClosedNote(props: DispositionProps) {
  const { may } = useConsole();
  const { alert } = props;
  return (
    <>
      <LeftOver alert={alert} />
      <Verdict alert={alert} />
      {may('alerts.reopen') ? <Reopening {...props} /> : null}
    </>
  );
}

/** A second look at an alert that somebody has closed. */
function Reopening(props: DispositionProps) {
  const { api, said } = useConsole();
  const { take, refused } = useOutcome(props);
  const [reason, setReason] = useState<string | null>(null);
  const [tried, setTried] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [busy, setBusy] = useState(false);
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => field.current?.focus(), [reason === null]);
  if (reason === null) {
    return (
      <button type="button" class="button" onClick={() => setReason('')}>
        Open again
      </button>
    );
  }
  const missing = tried && visibleIn(reason) < LEAST_VISIBLE;
  const submit = async (event: Event) => {
    event.preventDefault();
    setTried(true);
    if (visibleIn(reason) < LEAST_VISIBLE) {
      field.current?.focus();
      return;
    }
    setBusy(true);
    try {
      take(await api.reopen(props.alert.id, { reason: reason.trim() }));
      said.value = 'Open again.';
    } catch (cause) {
      setProblem(await refused(cause));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form class="verdict" noValidate aria-label="Open the alert again" onSubmit={(event) => void submit(event)}>
      <label for={`${id}-why`}>Why it is to be looked at again</label>
      <input
        id={`${id}-why`}
        ref={field}
        type="text"
        maxLength={LONGEST_PURPOSE}
        value={reason}
        aria-invalid={missing}
        aria-describedby={missing ? `${id}-missing` : undefined}
        onInput={(event) => setReason(event.currentTarget.value)}
      />
      {missing ? (
        <p class="field-problem" id={`${id}-missing`}>
          Say why in {LEAST_VISIBLE} characters or more.
        </p>
      ) : null}
      <div class="verdict-end">
        {problem ? <ProblemNote problem={problem} /> : null}
        <button type="button" class="button" onClick={() => setReason(null)}>
          Cancel
        </button>
        <button type="submit" class="button primary" disabled={busy}>
          Open again
        </button>
      </div>
    </form>
  );
}

function Verdict({ alert }: { readonly alert: AlertSummary }) {
  return (
    <div class="closed-note">
      <Icon name="check" />
      <p>
        <strong>{alert.disposition ? dispositionWord(alert.disposition) : 'Closed'}</strong>
        {alert.dispositionReason ? <>: {alert.dispositionReason}</> : null}
        <span class="quiet block">
          {alert.closedBy ?? 'unknown'}
          {alert.closedAtMs === null ? null : (
            <>
              {' · '}
              <Moment atMs={alert.closedAtMs} />
            </>
          )}
        </span>
      </p>
    </div>
  );
}

/** The four words, the reason and the note. */
export function DispositionForm(props: DispositionProps) {
  const { alert } = props;
  const { api, queue, said } = useConsole();
  const { take, refused } = useOutcome(props);
  const reasonField = useRef<HTMLInputElement>(null);
  const chosenByHand = useRef(false);
  const draft = queue.drafts.value.get(alert.id) ?? emptyDraft;
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [missing, setMissing] = useState(false);
  const [busy, setBusy] = useState(false);
  const id = useId();
  const change = (part: Partial<typeof draft>) => queue.setDraft(alert.id, { ...draft, ...part });
  const chosen = dispositions.find((term) => term.value === draft.disposition);

  const submit = async (event: Event) => {
    event.preventDefault();
    const reason = draft.reason.trim();
    if (!draft.disposition || visibleIn(reason) < LEAST_VISIBLE) {
      setMissing(true);
      reasonField.current?.focus();
      return;
    }
    setBusy(true);
    try {
      const note = draft.note.trim();
      const next = await api.close(alert.id, { disposition: draft.disposition, reason, ...(note ? { note } : {}) });
      queue.setDraft(alert.id, null);
      take(next);
      said.value = `Closed as ${dispositionWord(draft.disposition).toLowerCase()}.`;
    } catch (cause) {
      setProblem(await refused(cause));
    } finally {
      setBusy(false);
    }
  };
  const choose = (value: Disposition | null) => {
    change({ disposition: value });
    chosenByHand.current = value !== null;
  };
  // After a choice the reason comes next; a draft that is merely shown again takes no focus.
  useLayoutEffect(() => {
    if (chosenByHand.current) reasonField.current?.focus();
    chosenByHand.current = false;
  }, [draft.disposition]);

  return (
    <form
      class={chosen ? 'disposition chosen' : 'disposition'}
      onSubmit={(event) => void submit(event)}
      aria-label="Close the alert"
      noValidate
    >
      <fieldset class="dispositions" aria-label="What was it?">
        {dispositions.map((term) => (
          <button
            key={term.value}
            type="button"
            class="disposition-choice"
            aria-pressed={draft.disposition === term.value}
            onClick={() => choose(draft.disposition === term.value ? null : term.value)}
          >
            <strong>{term.word}</strong>
            <span class="quiet">{term.meaning}</span>
          </button>
        ))}
      </fieldset>
      {chosen ? (
        <div class="verdict">
          <label for={`${id}-reason`}>Reason</label>
          <input
            id={`${id}-reason`}
            ref={reasonField}
            type="text"
            maxLength={LONGEST_PURPOSE}
            value={draft.reason}
            placeholder="Why, in a few words"
            aria-invalid={missing && visibleIn(draft.reason) < LEAST_VISIBLE}
            aria-describedby={missing ? `${id}-missing` : undefined}
            onInput={(event) => change({ reason: event.currentTarget.value })}
          />
          <div class="reason-picks">
            {chosen.reasons.map((reason) => (
              <button key={reason} type="button" class="pick" onClick={() => change({ reason })}>
                {reason}
              </button>
            ))}
          </div>
          {missing && visibleIn(draft.reason) < LEAST_VISIBLE ? (
            <p class="field-problem" id={`${id}-missing`}>
              Write or pick a reason of at least three letters: it is what the precision figures rest on.
            </p>
          ) : null}
          <label for={`${id}-note`}>
            Note <span class="quiet">optional, no names</span>
          </label>
          <textarea
            id={`${id}-note`}
            rows={2}
            maxLength={LONGEST_NOTE}
            value={draft.note}
            onInput={(event) => change({ note: event.currentTarget.value })}
          />
          <div class="verdict-end">
            {problem ? <ProblemNote problem={problem} /> : null}
            <button type="button" class="button" onClick={() => choose(null)}>
              Cancel
            </button>
            <button type="submit" class="button primary" disabled={busy}>
              Close as {chosen.word.toLowerCase()}
            </button>
          </div>
        </div>
      ) : null}
    </form>
  );
}
