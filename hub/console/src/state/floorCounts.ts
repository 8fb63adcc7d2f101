import { useCallback, useEffect, useState } from 'preact/hooks';
import type { FloorCounts } from '../../../src/api/floorCountSchemas.ts';
import { type ApiProblem, asProblem } from '../api/client.ts';
import { useConsole } from './context.ts';

/** They are added up once a minute. */
const LOOK_AGAIN_MS = 60_000;

/** What happened on a floor lately and what is usual there, asked again every minute. What is there stays until there is newer. */
export function useFloorCounts(floor: string): {
  readonly counts: FloorCounts | null;
  readonly problem: ApiProblem | null;
  readonly reload: () => void;
} {
  const { api, onReconnect } = useConsole();
  const [counts, show] = useState<FloorCounts | null>(null);
  const [problem, complain] = useState<ApiProblem | null>(null);
  const reload = useCallback(() => {
    api.floorCounts(floor).then(
      (next) => {
        show(next);
        complain(null);
      },
      (cause: unknown) => complain(asProblem(cause)),
    );
  }, [api, floor]);
  useEffect(() => {
    reload();
    const timer = setInterval(reload, LOOK_AGAIN_MS);
    const ends = onReconnect(reload);
    return () => {
      clearInterval(timer);
      ends();
    };
  }, [reload, onReconnect]);
  return { counts, problem, reload };
}
