import type { FloorPlan } from '@safe-passage/contract';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { FloorFigure } from '../figure/FloorFigure.tsx';
import { isInside } from '../figure/geometry.ts';
import { liveLayer } from '../figure/liveLayer.ts';
import { useConsole } from '../state/context.ts';
import { ago, counted, duration } from '../words/quantity.ts';
import { patternTerm } from '../words/terms.ts';

const STALE_MS = 10_000;

function useStillness(): boolean {
  const query = useMemo(() => matchMedia('(prefers-reduced-motion: reduce)'), []);
  const [still, setStill] = useState(query.matches);
  useEffect(() => {
    const onChange = () => setStill(query.matches);
    query.addEventListener('change', onChange);
    return () => query.removeEventListener('change', onChange);
  }, [query]);
  return still;
}

/** How many open alerts each zone has. The map stays the same until that changes, not whenever an alert grows. */
function useOpenAlerts(floor: string): ReadonlyMap<string, number> {
  const { queue } = useConsole();
  const open = (queue.alerts.value ?? []).filter((alert) => alert.floor === floor && alert.state !== 'closed');
  const key = open
    .map((alert) => alert.zone)
    .sort()
    .join('\n');
  return useMemo(() => {
    const counts = new Map<string, number>();
    for (const zone of key === '' ? [] : key.split('\n')) counts.set(zone, (counts.get(zone) ?? 0) + 1);
    return counts;
  }, [key]);
}

/** How many people are in each zone now. */
function Zones({ plan }: { readonly plan: FloorPlan }) {
  const { floorsNow } = useConsole();
  const people = floorsNow.of(plan.id).latest.value?.people;
  const rows = useMemo(
    () =>
      plan.zones
        .filter((zone) => zone.kind !== 'blind')
        .map((zone) => ({
          zone,
          count: people?.filter(([, x, y, state]) => state !== 'ended' && isInside(zone.polygon, x, y)).length,
        })),
    [plan, people],
  );
  const most = Math.max(8, ...rows.map((row) => row.count ?? 0));
  return (
    <table class="zones">
      <colgroup>
        <col />
        <col class="bar-column" />
        <col class="count-column" />
        <col class="limit-column" />
      </colgroup>
      <thead>
        <tr>
          <th scope="col">Zone</th>
          <th scope="col" class="numeric" colSpan={2}>
            Now
          </th>
          <th scope="col" class="numeric">
            Limit
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ zone, count }) => (
          <tr key={zone.id}>
            <th scope="row">
              {zone.name}
              <span class="quiet block">{zone.kind}</span>
            </th>
            <td class="bar-cell" aria-hidden="true">
              <span class="count-bar" style={{ transform: `scaleX(${(count ?? 0) / most})` }} />
            </td>
            <td class="numeric">{count ?? '–'}</td>
            <td class="numeric quiet">{zone.dwellLimitSeconds ? duration(zone.dwellLimitSeconds) : 'policy'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Floor({ plan }: { readonly plan: FloorPlan }) {
  const { floorsNow, clock, nowMs, queue } = useConsole();
  const still = useStillness();
  const alerts = useOpenAlerts(plan.id);
  const now = floorsNow.of(plan.id);
  const layer = useMemo(() => liveLayer(now.field, { still, onChange: now.onChange }), [now, still]);
  const latest = now.latest.value;
  const people = latest?.people.filter(([, , , state]) => state !== 'ended').length ?? 0;
  const counts = queue.counts.value;
  const open = counts ? counts.new + counts.acknowledged : null;
  const stale = latest !== null && nowMs.value - latest.timeMs > STALE_MS;
  return (
    <div class="live-floor">
      <FloorFigure plan={plan} layer={layer} alerts={alerts} label={`Floor plan of ${plan.name} as it is now`}>
        {latest ? (
          <p key="now">
            <strong class="people">{counted(people, 'person', 'people')}</strong>{' '}
            <span class="quiet">
              {clock.value.time(latest.timeMs)}
              {stale ? ` · ${ago(latest.timeMs, nowMs.value)}` : ''}
            </span>
          </p>
        ) : (
          <p key="before">Waiting for the first positions from the cameras</p>
        )}
      </FloorFigure>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls where it is longer than the screen, for the keyboard too */}
      <aside class="live-side" aria-label="What happens here" tabIndex={0}>
        <h2>{open === 0 ? 'Nothing to look at' : 'Choose an alert'}</h2>
        <p>
          {open !== 0
            ? 'Its place on the floor and its reasons appear here.'
            : `An alert appears in the list as soon as it is found. ${patternTerm('dwell').meaning}`}
        </p>
        <h2>Zones now</h2>
        <Zones plan={plan} />
      </aside>
    </div>
  );
}

/** The floor as it is now, with what will appear here and when. */
export function LiveFloor() {
  const { floors } = useConsole();
  const [chosen, choose] = useState<string | null>(null);
  const list = floors.value?.floors;
  if (!list) {
    return (
      <section class="panel" aria-label="The floor now" aria-busy="true">
        <div class="live-floor">
          <div class="figure skeleton" />
          <div class="live-side">
            <div class="skeleton line" />
            <div class="skeleton line short" />
          </div>
        </div>
      </section>
    );
  }
  const plan = list.find((floor) => floor.id === chosen) ?? list[0];
  if (!plan) {
    return (
      <section class="panel empty" aria-label="The floor now">
        <h2>No floor plan yet</h2>
        <p>Add a floor plan to the hub’s configuration and start it again: the floor then appears here.</p>
      </section>
    );
  }
  return (
    <section class="panel" aria-label="The floor now">
      <div class="panel-head">
        <h1>{plan.name}</h1>
        {list.length > 1 ? (
          <fieldset class="tabs" aria-label="Floor">
            {list.map((floor) => (
              <button
                key={floor.id}
                type="button"
                class="tab"
                aria-pressed={floor.id === plan.id}
                onClick={() => choose(floor.id)}
              >
                {floor.name}
              </button>
            ))}
          </fieldset>
        ) : null}
      </div>
      <Floor key={plan.id} plan={plan} />
    </section>
  );
}
