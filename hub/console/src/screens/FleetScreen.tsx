import { Fleet } from '../parts/Fleet.tsx';
import { useArrival, useConsole, useKeys } from '../state/context.ts';
import { conditionsOf } from '../words/cameraCondition.ts';

/** How many run, and how many of those ask for somebody. */
function Sum() {
  const { cameras, floors, nowMs } = useConsole();
  const conditions = conditionsOf(cameras.value ?? [], floors.value?.floors ?? [], nowMs.value);
  const running = conditions.filter(({ runs }) => runs);
  const asking = running.filter(({ ok }) => !ok).length;
  return (
    <p class="quiet">
      {running.length} of {conditions.length} run
      {asking > 0 ? `; ${asking} of those ${asking === 1 ? 'asks' : 'ask'} for somebody` : ''}. What is wrong stands
      first, with what to do.
    </p>
  );
}

/** Every camera with its figures, for all who may see how cameras are. */
export function FleetScreen() {
  const { cameras, floors, helpOpen } = useConsole();
  const ready = cameras.value !== null && floors.value !== null;
  useKeys({
    '?': () => {
      helpOpen.value = true;
    },
  });
  useArrival(ready, () => document.querySelector<HTMLElement>('.fleet'));
  return (
    <main class="without-alerts" aria-busy={!ready}>
      <h1>Cameras</h1>
      {cameras.value && floors.value ? (
        <>
          <Sum />
          <Fleet views={cameras.value} plans={floors.value.floors} />
        </>
      ) : (
        <div class="skeleton line" />
      )}
    </main>
  );
}
