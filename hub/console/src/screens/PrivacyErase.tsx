import { useState } from 'preact/hooks';
import type { ErasureReceipt } from '../../../src/api/privacySchemas.ts';
import { LEAST_REASON } from '../../../src/api/visible.ts';
import { Sheet, useFaults, useSending } from '../parts/Sheet.tsx';
import { TextField } from '../parts/TextField.tsx';
import { useConsole } from '../state/context.ts';
import { reasonFault, stretchFaults } from '../words/faults.ts';
import { counted } from '../words/quantity.ts';
import { siteTimeMs } from '../words/siteTime.ts';

const TABLES: Readonly<Record<string, string>> = {
  track_segment: 'rows of tracks',
  person_segment: 'rows of persons',
  dwell_episode: 'stays',
  movement_episode: 'movements',
  alert: 'alerts',
  held_segment: 'rows of held evidence',
  zone_interval: 'counts of the zone',
  zone_count: 'counts by devices',
  zone_flow: 'counts of ways',
  floor_cell: 'squares of the floor',
};

function save(receipt: ErasureReceipt): void {
  const url = URL.createObjectURL(new Blob([`${JSON.stringify(receipt, null, 2)}\n`], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `erasure-receipt-${receipt.seal?.number ?? 'tried'}.json`;
  link.click();
  URL.revokeObjectURL(url);
}

function Counts({ receipt }: { readonly receipt: ErasureReceipt }) {
  const done = receipt.audit !== null;
  return (
    <div class="erasure-counts" role="status">
      <strong>{done ? 'Erased:' : 'Would be erased:'}</strong>{' '}
      {Object.entries(receipt.rows)
        .map(([table, rows]) => `${rows.toLocaleString('en')} ${TABLES[table] ?? table}`)
        .join(', ')}
      .{' '}
      {receipt.holds.length > 0
        ? `${counted(receipt.holds.length, 'hold keeps', 'holds keep')} something of it${done ? '' : ': say below what becomes of that'}.`
        : ''}
      {receipt.publishedCounts.kept > 0 ? (
        <span class="quiet block">
          {counted(receipt.publishedCounts.kept, 'published count', 'published counts')} of this place and time{' '}
          {receipt.publishedCounts.kept === 1 ? 'stays' : 'stay'}: none tells of few people.
        </span>
      ) : null}
    </div>
  );
}

/** Erases a zone and a stretch of time: first it counts, and only what was counted can be erased. */
export function EraseSheet({ onDone, onClose }: { readonly onDone: () => void; readonly onClose: () => void }) {
  const { api, clock, floors } = useConsole();
  const zones = (floors.value?.floors ?? []).flatMap((plan) =>
    plan.zones.filter(({ kind }) => kind !== 'blind').map((zone) => ({ plan, zone, key: `${plan.id}/${zone.id}` })),
  );
  const [place, setPlace] = useState(zones[0]?.key ?? '');
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const [reason, setReason] = useState('');
  const [held, setHeld] = useState<'keep' | 'erase'>('keep');
  const [tried, setTried] = useState<ErasureReceipt | null>(null);
  const [receipt, setReceipt] = useState<ErasureReceipt | null>(null);
  const { problem, busy, send, forget } = useSending();
  const { timeZone } = clock.value;
  const [fromMs, toMs] = [siteTimeMs(from, timeZone), siteTimeMs(to, timeZone)];
  const [floor = '', zone = ''] = place.split('/');
  const { told, goOn } = useFaults({
    zone: zone === '' ? 'No floor plan has a zone yet: there is nothing to erase.' : null,
    ...stretchFaults(from, to, timeZone),
    reason: reasonFault(reason),
  });
  /** What was counted was another question. */
  const asked = (set: (text: string) => void) => (text: string) => {
    set(text);
    setTried(null);
    forget();
  };
  const run = async (tryOnly: boolean) => {
    const meets = (tried?.holds.length ?? 0) > 0;
    const body = { floor, zone, fromMs, toMs, reason: reason.trim(), tryOnly, ...(meets ? { held } : {}) };
    const answer = await api.erase(body);
    if (tryOnly) setTried(answer);
    else {
      setReceipt(answer);
      onDone();
    }
  };
  const action = receipt
    ? { word: 'Save the receipt', run: () => save(receipt) }
    : tried
      ? { word: 'Erase', busy, run: () => goOn(() => void send(() => run(false))) }
      : { word: 'Count what would go', busy, run: () => goOn(() => void send(() => run(true))) };
  return (
    <Sheet title="Erase by place and time" problem={problem} onClose={onClose} action={action}>
      <p class="quiet">
        For somebody who was there and asks. Takes every position in the zone and the time, stays and movements there
        that overlap it, and alerts of it. It takes everybody who was there then.
      </p>
      <div class="text-field">
        <label for="erase-zone">Zone</label>
        <select id="erase-zone" value={place} onChange={(event) => asked(setPlace)(event.currentTarget.value)}>
          {zones.map(({ plan, zone: one, key }) => (
            <option key={key} value={key}>
              {one.name} ({plan.name})
            </option>
          ))}
        </select>
        {told.zone === null ? null : <p class="field-problem">{told.zone}</p>}
      </div>
      <div class="two-fields">
        <TextField label="From" hint="2026-11-28 14:02" value={from} fault={told.from} onInput={asked(setFrom)} />
        <TextField label="To" hint="time of the site" value={to} fault={told.to} onInput={asked(setTo)} />
      </div>
      <TextField
        label="Reason"
        hint={`the number of the request, in ${LEAST_REASON} characters or more; names nobody`}
        value={reason}
        fault={told.reason}
        onInput={asked(setReason)}
      />
      {(receipt ?? tried) ? <Counts receipt={(receipt ?? tried) as ErasureReceipt} /> : null}
      {tried && !receipt && tried.holds.length > 0 ? (
        <fieldset class="choices">
          <legend>What holds keep of it</legend>
          <label>
            <input type="radio" name="held" checked={held === 'keep'} onChange={() => setHeld('keep')} /> stays until
            its hold ends
          </label>
          <label>
            <input type="radio" name="held" checked={held === 'erase'} onChange={() => setHeld('erase')} /> goes as
            well, and the hold ends
          </label>
        </fieldset>
      ) : null}
    </Sheet>
  );
}
