import { useState } from 'preact/hooks';
import type { LookList } from '../../../src/api/privacySchemas.ts';
import { LOOKS_A_PAGE } from '../api/client.ts';
import { AlertLink } from '../parts/AlertLink.tsx';
import { ProblemNote } from '../parts/ProblemNote.tsx';
import { useSending } from '../parts/Sheet.tsx';
import { TextField } from '../parts/TextField.tsx';
import { useConsole } from '../state/context.ts';
import { alertIn } from '../words/faults.ts';
import { lookWord } from '../words/privacyWords.ts';
import { counted } from '../words/quantity.ts';

type Look = LookList['looks'][number];

const SHOWN = 12;

/** What was asked for beyond the newest: of whom or of what, and how far back. */
interface Found {
  readonly words: string | null;
  readonly of: { readonly subject?: string; readonly actor?: string };
  readonly looks: readonly Look[];
  readonly whole: boolean;
}

function Row({ look }: { readonly look: Look }) {
  const { clock, nowMs } = useConsole();
  const { action, subject } = look;
  const ofAlert = subject?.includes('-') && action !== 'read.live' && action !== 'read.presence';
  return (
    <li>
      <time>{clock.value.moment(look.atMs, nowMs.value)}</time>
      <span>
        <strong>{look.actor}</strong> {lookWord(action)}
        {subject && ofAlert ? (
          <>
            {' '}
            <AlertLink id={subject} />
          </>
        ) : subject ? (
          ` on ${subject}`
        ) : null}
        {look.purpose ? <span class="quiet block">for: {look.purpose}</span> : null}
      </span>
    </li>
  );
}

/** Who looked at what: the newest, those of one alert or one person, and those before. */
export function PrivacyLooks({ newest }: { readonly newest: readonly Look[] }) {
  const { api, said } = useConsole();
  const [text, setText] = useState('');
  const [found, show] = useState<Found | null>(null);
  const { problem, busy, send } = useSending();
  const take = async (words: string | null, of: Found['of'], before: readonly Look[]) => {
    const last = before.at(-1);
    const { looks } = await api.looks({ ...of, ...(last ? { before: last.number } : {}) });
    const all = [...before, ...looks];
    show({ words, of, looks: all, whole: looks.length < LOOKS_A_PAGE });
    said.value = counted(all.length, 'look', 'looks');
  };
  const find = (event: Event) => {
    event.preventDefault();
    const words = text.trim();
    if (words === '') return show(null);
    const subject = alertIn(words);
    void send(() => take(words, subject ? { subject } : { actor: words }, []));
  };
  const looks = found?.looks ?? newest.slice(0, SHOWN);
  const older = found ? !found.whole : newest.length > SHOWN;
  const more = () => void send(() => take(found?.words ?? null, found?.of ?? {}, found?.looks ?? []));
  return (
    <section aria-labelledby="looks-title">
      <h2 id="looks-title">Who looked at what</h2>
      <form class="find-looks" aria-label="Find who looked" onSubmit={find}>
        <TextField
          label="Only"
          hint="an alert’s address, or a name as it is signed in"
          value={text}
          onInput={setText}
        />
        <button type="submit" class="button" disabled={busy}>
          Find
        </button>
      </form>
      {problem ? <ProblemNote problem={problem} /> : null}
      {looks.length > 0 ? (
        <ul class="plain-list looks">
          {looks.map((look) => (
            <Row key={look.number} look={look} />
          ))}
        </ul>
      ) : found ? (
        <p>
          Nobody looked at it, or nobody of this name at anything, as far back as the audit goes: <q>{found.words}</q>
        </p>
      ) : (
        <p class="quiet">Nobody has looked yet. Every read of an alert, of tracks and of the live view appears here.</p>
      )}
      {older || found ? (
        <div class="looks-end">
          {older ? (
            <button type="button" class="button" disabled={busy} onClick={more}>
              Show older ones
            </button>
          ) : null}
          {found ? (
            <button
              type="button"
              class="button"
              onClick={() => {
                setText('');
                show(null);
              }}
            >
              Show the newest
            </button>
          ) : null}
        </div>
      ) : null}
    </section>
  );
}
