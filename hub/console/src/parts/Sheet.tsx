import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { ApiProblem } from '../api/client.ts';
import { ProblemNote } from './ProblemNote.tsx';

export interface SheetAction {
  readonly word: string;
  readonly ready: boolean;
  readonly run: () => void;
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
  return (
    <dialog class="help sheet" ref={dialog} aria-labelledby="sheet-title" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (action.ready) action.run();
        }}
      >
        <h2 id="sheet-title">{title}</h2>
        {children}
        {problem ? <ProblemNote problem={problem} /> : null}
        <div class="sheet-actions">
          <button type="button" class="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="submit" class="button primary" disabled={!action.ready}>
            {action.word}
          </button>
        </div>
      </form>
    </dialog>
  );
}
