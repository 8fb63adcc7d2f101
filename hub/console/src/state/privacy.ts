import { useCallback, useEffect, useState } from 'preact/hooks';
import type { HoldView, LookList, PolicyList, PrivacyState } from '../../../src/api/privacySchemas.ts';
import type { ReidentificationTrend } from '../../../src/api/reidentificationSchema.ts';
import { type ApiProblem, asProblem } from '../api/client.ts';
import { useConsole } from './context.ts';

export interface Privacy {
  readonly state: PrivacyState;
  readonly policies: PolicyList['policies'];
  readonly holds: readonly HoldView[];
  readonly looks: LookList['looks'];
  /** The newest first. */
  readonly tests: ReidentificationTrend['runs'];
}

/** A run comes every two minutes: to look twice as often shows each of them. */
const LOOK_AGAIN_MS = 60_000;

/** What the screen shows, asked again every minute and after every change. What is there stays until there is newer. */
export function usePrivacy(): {
  readonly privacy: Privacy | null;
  readonly problem: ApiProblem | null;
  readonly reload: () => void;
} {
  const { api } = useConsole();
  const [privacy, show] = useState<Privacy | null>(null);
  const [problem, complain] = useState<ApiProblem | null>(null);
  const reload = useCallback(() => {
    Promise.all([api.privacy(), api.policies(), api.holds(), api.looks(), api.reidentification()]).then(
      ([state, { policies }, { holds }, { looks }, { runs: tests }]) => {
        show({ state, policies, holds, looks, tests });
        complain(null);
      },
      (cause: unknown) => complain(asProblem(cause)),
    );
  }, [api]);
  useEffect(() => {
    reload();
    const timer = setInterval(reload, LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [reload]);
  return { privacy, problem, reload };
}
