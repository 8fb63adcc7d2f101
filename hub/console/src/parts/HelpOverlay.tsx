import { useEffect, useRef } from 'preact/hooks';
import { useConsole } from '../state/context.ts';

const KEYS: readonly (readonly [string, string])[] = [
  ['j  k', 'Next and previous alert, or zone'],
  ['Enter', 'Open the alert'],
  ['a', 'Acknowledge: I have it'],
  ['d', 'Dispose and close'],
  ['e', 'Play the evidence, or pause'],
  ['←  →', 'Previous and next moment'],
  ['1 … 9', 'Light up a reason; on the floor, a layer'],
  ['Esc', 'Back'],
  ['+  −  0', 'Zoom the floor plan, reset'],
  ['?', 'This list'],
];

export function HelpOverlay() {
  const { helpOpen } = useConsole();
  const dialog = useRef<HTMLDialogElement>(null);
  const open = helpOpen.value;
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  const close = () => {
    helpOpen.value = false;
  };
  return (
    <dialog class="help" ref={dialog} aria-labelledby="help-title" onClose={close}>
      <h2 id="help-title">Keys</h2>
      <dl>
        {KEYS.map(([keys, meaning]) => (
          <div key={keys}>
            <dt>
              {keys.split('  ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <button type="button" class="button" onClick={close}>
        Close
      </button>
    </dialog>
  );
}
