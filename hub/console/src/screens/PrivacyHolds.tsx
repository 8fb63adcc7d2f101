import { useState } from 'preact/hooks';
import type { HoldView } from '../../../src/api/privacySchemas.ts';
import { LEAST_REASON } from '../../../src/api/visible.ts';
import { AlertLink } from '../parts/AlertLink.tsx';
import { Sheet, useFaults, useSending } from '../parts/Sheet.tsx';
import { TextField } from '../parts/TextField.tsx';
import { useConsole } from '../state/context.ts';
import { alertIn, reasonFault, timeFault } from '../words/faults.ts';
import { counted } from '../words/quantity.ts';
import { siteTimeMs } from '../words/siteTime.ts';

/** Places a hold on one alert. */
export function HoldSheet({ onDone, onClose }: { readonly onDone: () => void; readonly onClose: () => void }) {
  const { api, clock, said } = useConsole();
  const [alert, setAlert] = useState('');
  const [owner, setOwner] = useState('');
  const [until, setUntil] = useState('');
  const [reason, setReason] = useState('');
  const { problem, busy, send } = useSending();
  const id = alertIn(alert);
  const untilMs = siteTimeMs(until, clock.value.timeZone);
  const { told, goOn } = useFaults({
    alert:
      id === undefined ? 'Paste the address of the alert, or its identifier: 36 letters, figures and dashes.' : null,
    owner: owner.trim() === '' ? 'Say which office answers for it.' : null,
    until: timeFault(until, clock.value.timeZone),
    reason: reasonFault(reason),
  });
  const submit = async () => {
    if (!id) return;
    const hold = await api.hold({ alert: id, owner: owner.trim(), reason: reason.trim(), untilMs });
    said.value = `Held: ${counted(hold.rows, 'row', 'rows')} of positions`;
    onDone();
    onClose();
  };
  return (
    <Sheet
      title="Hold the evidence of one alert"
      problem={problem}
      onClose={onClose}
      action={{ word: 'Hold', busy, run: () => goOn(() => void send(submit)) }}
    >
      <p class="quiet">
        Keeps the positions of the alert’s own people around the movement past the limit of tracks, until the day you
        name. Nothing else of theirs, and nobody around them. The audit records it.
      </p>
      <TextField label="Alert" hint="its address or identifier" value={alert} fault={told.alert} onInput={setAlert} />
      <TextField
        label="Who answers for it"
        hint="an office rather than a person"
        value={owner}
        fault={told.owner}
        onInput={setOwner}
      />
      <TextField
        label="Until"
        hint="2027-01-31, time of the site"
        value={until}
        fault={told.until}
        onInput={setUntil}
      />
      <TextField
        label="Reason"
        hint={`${LEAST_REASON} characters or more; names nobody`}
        value={reason}
        fault={told.reason}
        onInput={setReason}
      />
    </Sheet>
  );
}

function ReleaseSheet(props: { readonly hold: HoldView; readonly onDone: () => void; readonly onClose: () => void }) {
  const { hold, onDone, onClose } = props;
  const { api, said } = useConsole();
  const [reason, setReason] = useState('');
  const { problem, busy, send } = useSending();
  const { told, goOn } = useFaults({ reason: reasonFault(reason) });
  const release = async () => {
    await api.release(hold.id, { reason: reason.trim() });
    said.value = 'Released: what was held is destroyed';
    onDone();
    onClose();
  };
  return (
    <Sheet
      title="Release this hold"
      problem={problem}
      onClose={onClose}
      action={{ word: 'Release and destroy', busy, run: () => goOn(() => void send(release)) }}
    >
      <p>
        “{hold.reason}”, {hold.owner}. {counted(hold.rows, 'row', 'rows')} of positions are destroyed at once, unless
        another hold keeps the same.
      </p>
      <TextField
        label="Reason"
        hint="why it is not needed any more"
        value={reason}
        fault={told.reason}
        onInput={setReason}
      />
    </Sheet>
  );
}

export function PrivacyHolds({ holds, onDone }: { readonly holds: readonly HoldView[]; readonly onDone: () => void }) {
  const { clock, nowMs, may } = useConsole();
  const [releasing, release] = useState<HoldView | null>(null);
  return (
    <section aria-labelledby="holds-title">
      <h2 id="holds-title">Holds</h2>
      {holds.length === 0 ? (
        <p class="quiet">No evidence is held. A hold keeps what explains one alert beyond the limit of tracks.</p>
      ) : (
        <ul class="plain-list">
          {holds.map((hold) => (
            <li key={hold.id} class="hold">
              <div>
                <strong>{hold.reason}</strong>
                <span class="quiet block">
                  {hold.owner}, held by {hold.heldBy}. <AlertLink id={hold.alert} words="The alert" />,{' '}
                  {counted(hold.rows, 'row', 'rows')}. Ends {clock.value.moment(hold.untilMs, nowMs.value)}.
                </span>
              </div>
              {may('holds.change') ? (
                <button type="button" class="button" onClick={() => release(hold)}>
                  Release
                  <span class="unseen">: {hold.reason}</span>
                </button>
              ) : null}
            </li>
          ))}
        </ul>
      )}
      {releasing ? <ReleaseSheet hold={releasing} onDone={onDone} onClose={() => release(null)} /> : null}
    </section>
  );
}
