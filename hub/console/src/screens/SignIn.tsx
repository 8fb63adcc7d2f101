import { useEffect, useState } from 'preact/hooks';
import { type ApiProblem, asProblem } from '../api/client.ts';
import { ProblemNote } from '../parts/ProblemNote.tsx';
import { useConsole } from '../state/context.ts';

const SHORTEST_TOKEN = 20;

/** The token of a sign-in link. It leaves the address bar, and with it the history, before anything else happens. */
function takeTokenFromAddress(): string {
  const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? '';
  if (location.hash !== '') history.replaceState(null, '', '/sign-in');
  return token;
}

/** A whole link may be pasted as well as the token alone. */
function tokenOf(text: string): string {
  const trimmed = text.trim();
  return /[#?&]token=([^&\s]+)/.exec(trimmed)?.[1] ?? trimmed;
}

export function SignIn() {
  const { api, signIn, sessionEnded } = useConsole();
  const [provider, setProvider] = useState<string | null>(null);
  const [token, setToken] = useState(takeTokenFromAddress);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [tooShort, setTooShort] = useState(false);
  const [busy, setBusy] = useState(false);

  const attempt = async (text: string) => {
    const found = tokenOf(text);
    if (found.length < SHORTEST_TOKEN) {
      setTooShort(true);
      return;
    }
    setBusy(true);
    setProblem(null);
    try {
      await signIn(found);
    } catch (cause) {
      setProblem(asProblem(cause));
      setBusy(false);
    }
  };

  // A link signs in once, when it is opened.
  useEffect(() => {
    if (token !== '') void attempt(token);
    // Without an answer the link is a way in as well.
    api.signInWays().then(
      (ways) => setProvider(ways.provider),
      () => undefined,
    );
    // Another link, pasted into the address of this very page, loads nothing anew.
    const pasted = () => {
      const another = takeTokenFromAddress();
      if (another === '') return;
      setToken(another);
      void attempt(another);
    };
    window.addEventListener('hashchange', pasted);
    return () => window.removeEventListener('hashchange', pasted);
  }, []);

  return (
    <main class="sign-in">
      <div class="sign-in-card">
        <svg width="40" height="40" viewBox="0 0 32 32" aria-hidden="true">
          <path class="brand-door" d="M6 28V5h20v23" />
          <path class="brand-way" d="M11 28c0-8 9-6 9-13" />
          <circle class="brand-dot" cx="20" cy="12.5" r="3" />
        </svg>
        <h1>Sign in to Safe Passage</h1>
        {sessionEnded.value ? (
          <p role="status">
            <strong>Your session has ended.</strong> Sign in again: what you had begun to write is kept in this window.
          </p>
        ) : null}
        {provider === null ? null : (
          <a class="button primary wide" href="/api/sign-in/provider">
            Sign in with {provider}
          </a>
        )}
        <p>
          Open a sign-in link in this browser. Whoever runs the hub makes one with <code>hub sign-in-link</code>. A link
          works once.
        </p>
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void attempt(token);
          }}
        >
          <label for="token">Link or token</label>
          <input
            id="token"
            type="text"
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
            value={token}
            aria-invalid={tooShort || problem !== null}
            aria-describedby={tooShort ? 'token-problem' : undefined}
            onInput={(event) => {
              setToken(event.currentTarget.value);
              setTooShort(false);
            }}
          />
          {tooShort ? (
            <p class="field-problem" id="token-problem">
              That is too short for a token. Copy the whole link from the terminal and paste it here.
            </p>
          ) : null}
          {problem ? <ProblemNote problem={problem} /> : null}
          <button type="submit" class="button primary wide" disabled={busy}>
            {busy ? 'Signing in …' : 'Sign in'}
          </button>
        </form>
        <p class="quiet">
          Safe Passage shows movements on a floor plan, never pictures and never who somebody is. What you do with an
          alert is recorded under your name.
        </p>
      </div>
    </main>
  );
}
