import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { type ApiProblem, asProblem } from '../api/client.ts';
import { ProblemNote } from './ProblemNote.tsx';

export interface SheetAction {
  readonly word: string;
  /** It runs already. */
  readonly busy?: boolean;
  readonly run: () => void;
}

type Faults<T extends string> = Readonly<Record<T, string | null>>;

/**
 * Faults of fields are told once somebody has tried to go on, and from then until they are mended.
 *
 * @returns what to tell now, and how to go on: with the work where nothing is wrong, with the faults otherwise.
 */
export function useFaults<T extends string>(faults: Faults<T>) {
  const [tried, setTried] = useState(false);
  const none = Object.fromEntries(Object.keys(faults).map((field) => [field, null])) as Faults<T>;
  return {
    told: tried ? faults : none,
    goOn(work: () => void) {
      const faulty = Object.values(faults).some((fault) => fault !== null);
      setTried(faulty);
      if (!faulty) work();
    },
  };
}

/** Sends what a form asks for, and keeps what the hub says against it until the next try. */
export function useSending() {
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [busy, setBusy] = useState(false);
  return {
    problem,
    busy,
    async send(work: () => Promise<void>) {
      setBusy(true);
      try {
        await work();
        setProblem(null);
      } catch (cause) {
        setProblem(asProblem(cause));
      } finally {
        setBusy(false);
      }
    },
    /** What was said was about another question. */
    forget: () => setProblem(null),
  };
}

/** A form on top of the screen. Escape and Cancel leave everything as it was. */
export function Sheet(props: {
  readonly title: string;
  readonly problem: ApiProblem | null;
  readonly action: SheetAction;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}) {
  const { title, problem, action, onClose, children } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const submit = (event: Event) => {
    event.preventDefault();
    if (action.busy) return;
    action.run();
    // Once they are drawn: the first field that is at fault is where to go on.
    requestAnimationFrame(() => {
      const field = dialog.current?.querySelector('[aria-invalid="true"]');
      if (field instanceof HTMLElement) field.focus();
    });
  };
  return (
    <dialog class="help sheet" ref={dialog} aria-labelledby="sheet-title" onClose={onClose}>
      <form noValidate onSubmit={submit}>
        <h2 id="sheet-title">{title}</h2>
        {children}
        {problem ? <ProblemNote problem={problem} /> : null}
        <div class="sheet-actions">
          <button type="button" class="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="submit" class="button primary" disabled={action.busy === true}>
            {action.word}
          </button>
        </div>
      </form>
    </dialog>
  );
}
