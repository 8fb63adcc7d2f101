import { useState } from 'preact/hooks';
import { Sheet, useFaults } from '../parts/Sheet.tsx';
import { TextField } from '../parts/TextField.tsx';
import { useConsole } from '../state/context.ts';
import { stretchFaults } from '../words/faults.ts';
import { siteTimeMs } from '../words/siteTime.ts';

/** The proof of a period for an auditor: a signed file with a page that explains it. */
export function PackSheet({ onClose }: { readonly onClose: () => void }) {
  const { clock } = useConsole();
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const { timeZone } = clock.value;
  const [fromMs, toMs] = [siteTimeMs(from, timeZone), siteTimeMs(to, timeZone)];
  const faults = stretchFaults(from, to, timeZone);
  const empty = fromMs === toMs ? 'Nothing lies between these two: write a later day.' : null;
  const { told, goOn } = useFaults({ from: faults.from, to: faults.to ?? empty });
  const take = () => {
    const link = document.createElement('a');
    link.href = `/api/privacy/evidence-pack?fromMs=${fromMs}&toMs=${toMs}`;
    link.download = '';
    link.click();
    onClose();
  };
  return (
    <Sheet
      title="Evidence pack"
      problem={null}
      onClose={onClose}
      action={{ word: 'Make and save it', run: () => goOn(take) }}
    >
      <p class="quiet">
        Policies, what was destroyed, who looked, reviews, holds, versions and the audit of a period, signed, with a
        page that explains it. No positions and no pseudonyms. The audit records that it was made.
      </p>
      <div class="two-fields">
        <TextField label="From" hint="2026-11-01" value={from} fault={told.from} onInput={setFrom} />
        <TextField label="To" hint="2026-12-01, not included" value={to} fault={told.to} onInput={setTo} />
      </div>
    </Sheet>
  );
}
