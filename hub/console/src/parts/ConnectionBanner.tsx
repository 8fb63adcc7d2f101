import { useConsole } from '../state/context.ts';
import { duration } from '../words/quantity.ts';

/** A lost connection: thin, and with the age of what is shown. */
export function ConnectionBanner() {
  const { connection, nowMs, problem } = useConsole();
  const { state, heardAtMs } = connection.value;
  if (problem.value) {
    return (
      <div class="banner" role="status">
        {problem.value.message} {problem.value.remedy}
      </div>
    );
  }
  if (state !== 'lost') return null;
  const seconds = heardAtMs === null ? 0 : Math.round((nowMs.value - heardAtMs) / 1000);
  const age = seconds < 1 ? '' : ` What you see is ${seconds < 60 ? `${seconds} s` : duration(seconds)} old.`;
  return (
    <div class="banner" role="status">
      The connection to the hub is lost.{age} Trying again by itself.
    </div>
  );
}
