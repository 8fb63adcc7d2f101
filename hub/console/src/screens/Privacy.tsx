import { useState } from 'preact/hooks';
import type { PolicyList, PrivacyState } from '../../../src/api/privacySchemas.ts';
import { ProblemNote } from '../parts/ProblemNote.tsx';
import { useConsole } from '../state/context.ts';
import { usePrivacy } from '../state/privacy.ts';
import { patternTerm } from '../words/terms.ts';
import { PrivacyClasses, PrivacyPlaces, PrivacyRuns, PrivacyZones } from './PrivacyClasses.tsx';
import { EraseSheet } from './PrivacyErase.tsx';
import { HoldSheet, PrivacyHolds } from './PrivacyHolds.tsx';
import { PrivacyLooks } from './PrivacyLooks.tsx';
import { PackSheet } from './PrivacyPack.tsx';
import { PrivacyTrend } from './PrivacyTrend.tsx';

function History({ policies }: { readonly policies: PolicyList['policies'] }) {
  const { clock, nowMs } = useConsole();
  const moment = (ms: number) => clock.value.moment(ms, nowMs.value);
  return (
    <section aria-labelledby="history-title">
      <h2 id="history-title">Policies that were in force</h2>
      <ol class="plain-list">
        {policies.map(({ number, version, fromMs, toMs, takenBy, agreed, looserIn }) => (
          <li key={number}>
            <strong>{version}</strong> from {moment(fromMs)} {toMs === null ? 'on' : `to ${moment(toMs)}`}
            <span class="quiet block">
              taken by {takenBy}
              {looserIn.length === 0 ? '; as tight as the one before or tighter' : ''}
            </span>
            {looserIn.length > 0 ? <span class="block">Looser: {looserIn.join('; ')}</span> : null}
            {agreed.map(({ person, reason }) => (
              <span key={person} class="quiet block">
                {person} agreed: {reason}
              </span>
            ))}
          </li>
        ))}
      </ol>
    </section>
  );
}

const patternList = (patterns: readonly string[]): string =>
  patterns.length === 0 ? 'nothing' : patterns.map((pattern) => patternTerm(pattern).word.toLowerCase()).join(', ');

function Leaving({ privacyLevel }: Pick<PrivacyState, 'privacyLevel'>) {
  return (
    <section aria-labelledby="leaving-title">
      <h2 id="leaving-title">What may leave devices</h2>
      {privacyLevel.length > 0 ? (
        <ul class="plain-list">
          {privacyLevel.map(({ place, level, why }) => (
            <li key={place}>
              <strong>{place}</strong>: {level === 'counts' ? 'counts alone' : 'tracks'}{' '}
              <span class="quiet block">{why}</span>
            </li>
          ))}
        </ul>
      ) : (
        <p>Tracks, everywhere: the policy does not say otherwise.</p>
      )}
    </section>
  );
}

function Analysed({ analysis }: Pick<PrivacyState, 'analysis'>) {
  return (
    <section aria-labelledby="analysed-title">
      <h2 id="analysed-title">What may be analysed</h2>
      {analysis ? (
        <>
          <p>
            {patternList(analysis.patterns)} <span class="quiet block">{analysis.why}</span>
          </p>
          <ul class="plain-list">
            {analysis.places.map(({ place, patterns, why }) => (
              <li key={place}>
                <strong>{place}</strong>: {patternList(patterns)} <span class="quiet block">{why}</span>
              </li>
            ))}
          </ul>
          <p class="quiet">What is not named is not scored at all. The list is signed.</p>
        </>
      ) : (
        <p>Every pattern, everywhere: the policy does not say otherwise.</p>
      )}
    </section>
  );
}

export function PrivacySkeleton() {
  return (
    <main class="privacy-screen" aria-label="Privacy" aria-busy="true">
      <div class="privacy-columns">
        <div>
          {Array.from({ length: 10 }, (_, i) => (
            <div key={i} class="skeleton line" />
          ))}
        </div>
        <div>
          <div class="skeleton line" />
          <div class="skeleton line short" />
        </div>
      </div>
    </main>
  );
}

/** For the privacy officer: what is kept, why, how long; what was destroyed; who looked; and what can be done about it. */
export function Privacy() {
  const { clock, nowMs, may } = useConsole();
  const { privacy, problem, reload } = usePrivacy();
  const [sheet, open] = useState<'hold' | 'erase' | 'pack' | null>(null);
  const close = () => open(null);
  if (!privacy) {
    return problem ? (
      <main class="privacy-screen" aria-label="Privacy">
        <ProblemNote problem={problem} retry={reload} />
      </main>
    ) : (
      <PrivacySkeleton />
    );
  }
  const { state, policies, holds, looks, tests } = privacy;
  return (
    <main class="privacy-screen" aria-label="Privacy">
      <header class="privacy-head">
        <div>
          <h1>Privacy policy {state.policy.version}</h1>
          <p class="quiet">
            In force since {clock.value.moment(state.policy.fromMs, nowMs.value)}, taken by {state.policy.takenBy}.
            Digest {state.policy.digest.slice(0, 16)}
          </p>
        </div>
        <div class="privacy-actions">
          {may('data.erase') ? (
            <button type="button" class="button" onClick={() => open('erase')}>
              Erase by place and time
            </button>
          ) : null}
          {may('holds.change') ? (
            <button type="button" class="button" onClick={() => open('hold')}>
              Hold evidence
            </button>
          ) : null}
          <button type="button" class="button" onClick={() => open('pack')}>
            Evidence pack
          </button>
          <a class="button" href="/api/privacy/audit-export" download="audit-export.json">
            Export proof of the audit
          </a>
        </div>
      </header>
      {problem ? <ProblemNote problem={problem} retry={reload} /> : null}
      <div class="privacy-columns">
        <div>
          <PrivacyRuns
            runs={state.runs}
            runEverySeconds={state.runEverySeconds}
            sinceMs={Math.min(...policies.map((policy) => policy.fromMs))}
          />
          <PrivacyClasses classes={state.classes} />
          <PrivacyZones zones={state.zones} />
          <PrivacyTrend tests={tests} />
          <PrivacyPlaces places={state.places} classes={state.classes} />
        </div>
        <div>
          <PrivacyHolds holds={holds} onDone={reload} />
          <PrivacyLooks newest={looks} />
          <Leaving privacyLevel={state.privacyLevel} />
          <Analysed analysis={state.analysis} />
          <History policies={policies} />
        </div>
      </div>
      {sheet === 'hold' ? <HoldSheet onDone={reload} onClose={close} /> : null}
      {sheet === 'pack' ? <PackSheet onClose={close} /> : null}
      {sheet === 'erase' ? <EraseSheet onDone={reload} onClose={close} /> : null}
    </main>
  );
}
