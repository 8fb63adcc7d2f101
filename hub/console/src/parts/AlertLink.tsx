import { useConsole } from '../state/context.ts';

/** An alert for whoever may read one, with a reason or without; its identifier alone for all others. */
export function AlertLink({ id, words }: { readonly id: string; readonly words?: string }) {
  const { may, mayWithReason } = useConsole();
  if (may('alerts.read') || mayWithReason('alerts.read')) {
    return <a href={`/alerts/${id}`}>{words ?? id.slice(0, 8)}</a>;
  }
  return (
    <>
      {words ? `${words} ` : null}
      <span class="identifier">{id}</span>
    </>
  );
}
