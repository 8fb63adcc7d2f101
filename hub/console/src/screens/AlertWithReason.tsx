import { useEffect, useRef, useState } from 'preact/hooks';
import { LEAST_VISIBLE, LONGEST_PURPOSE, visibleIn } from '../../../src/api/visible.ts';
import { TextField } from '../parts/TextField.tsx';
import { useConsole } from '../state/context.ts';
import { roleWord } from '../words/terms.ts';
import { Alert } from './Alert.tsx';

function faultOf(reason: string): string | null {
  if (visibleIn(reason) < LEAST_VISIBLE) return `Say why in ${LEAST_VISIBLE} characters or more.`;
  const { length } = [...reason.trim()];
  return length > LONGEST_PURPOSE ? `These are ${length} characters: say it in ${LONGEST_PURPOSE}.` : null;
}

/** For a role that may look at an alert where it says why. Each visit has a reason of its own: it is asked for anew. */
export function AlertWithReason({ id }: { readonly id: string }) {
  const { session } = useConsole();
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const [purpose, give] = useState<string | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const toField = () => form.current?.querySelector('input')?.focus();
  useEffect(toField, []);
  if (purpose !== null) return <Alert id={id} purpose={purpose} />;
  const fault = faultOf(reason);
  const role = session.value ? roleWord[session.value.role].name : '';
  return (
    <main class="ask-reason">
      <form
        ref={form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (fault === null) give(reason.trim());
          else toField();
        }}
      >
        <h1>Why do you look at this alert?</h1>
        <p>
          As {role} you read an alert and its tracks only with a reason. The reason is written into the audit with your
          name and this alert, and stays there as long as the audit does.
        </p>
        <TextField
          label="Reason"
          hint={`${LEAST_VISIBLE} characters or more, such as the number of a request; names nobody`}
          value={reason}
          fault={tried ? fault : null}
          onInput={setReason}
        />
        <div class="sheet-actions">
          <a class="button" href="/">
            Back to the front page
          </a>
          <button type="submit" class="button primary">
            Show the alert
          </button>
        </div>
      </form>
    </main>
  );
}
