import type { FloorPlan } from '@safe-passage/contract';
import { useConsole } from '../state/context.ts';
import { ago, counted } from '../words/quantity.ts';

const STALE_MS = 10_000;

/** How many people there are, and of when that is. */
export function FloorMoment({ plan }: { readonly plan: FloorPlan }) {
  const { floorsNow, clock, nowMs, cameras } = useConsole();
  const latest = floorsNow.of(plan.id).latest.value;
  if (!latest) {
    const own = (cameras.value ?? []).filter(({ floor, status }) => floor === plan.id && status !== null);
    const countsAlone = own.length > 0 && own.every(({ status }) => status?.privacyLevel === 'counts');
    return (
      <p key="before">
        {countsAlone
          ? 'The cameras of this floor count people and place nobody: there is nobody to show'
          : 'Waiting for the first positions from the cameras'}
      </p>
    );
  }
  const people = latest.people.filter(([, , , state]) => state !== 'ended').length;
  const stale = nowMs.value - latest.timeMs > STALE_MS;
  return (
    <p key="now">
      <strong class="people">{counted(people, 'person', 'people')}</strong>{' '}
      <span class="quiet">
        {clock.value.time(latest.timeMs)}
        {stale ? ` · ${ago(latest.timeMs, nowMs.value)}` : ''}
      </span>
    </p>
  );
}

/** Which floor is shown, where there are several. */
export function FloorTabs({
  plans,
  shown,
  choose,
}: {
  readonly plans: readonly FloorPlan[];
  readonly shown: string;
  readonly choose: (floor: string) => void;
}) {
  if (plans.length < 2) return null;
  return (
    <fieldset class="tabs" aria-label="Floor">
      {plans.map(({ id, name }) => (
        <button key={id} type="button" class="tab" aria-pressed={id === shown} onClick={() => choose(id)}>
          {name}
        </button>
      ))}
    </fieldset>
  );
}
