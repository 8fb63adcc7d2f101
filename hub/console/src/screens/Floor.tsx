import type { FloorPlan } from '@safe-passage/contract';
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import { drawDensity, drawWays } from '../figure/drawCounts.ts';
import type { PlanEmphasis } from '../figure/drawPlan.ts';
import { FloorFigure } from '../figure/FloorFigure.tsx';
import { isInside } from '../figure/geometry.ts';
import { liveLayer } from '../figure/liveLayer.ts';
import { FloorMoment, FloorTabs } from '../parts/FloorMoment.tsx';
import { LayerChoice } from '../parts/LayerChoice.tsx';
import { ProblemNote } from '../parts/ProblemNote.tsx';
import { ZoneFigures } from '../parts/ZoneFigures.tsx';
import { ZonesNow } from '../parts/ZonesNow.tsx';
import { useConsole, useKeys } from '../state/context.ts';
import { useFloorCounts } from '../state/floorCounts.ts';
import { LAYERS } from '../state/layers.ts';
import { useOccupancy, useOpenAlerts, useStillness } from '../state/liveFloor.ts';
import { queueNote } from '../words/zoneFigures.ts';

/** What stands below the names of queues; the same map until one of the notes changes. */
function useQueueNotes(
  plan: FloorPlan,
  counts: ReturnType<typeof useFloorCounts>['counts'],
  shown: boolean,
): ReadonlyMap<string, readonly string[]> {
  const now = useOccupancy(plan);
  const notes = plan.zones
    .filter(({ kind }) => shown && kind === 'queue')
    .map(
      ({ id }) =>
        [
          id,
          queueNote(
            counts?.zones.find(({ zone }) => zone === id),
            now.get(id),
          ),
        ] as const,
    );
  const key = JSON.stringify(notes);
  return useMemo(() => new Map(JSON.parse(key) as [string, string[]][]), [key]);
}

function LayeredFloor({ plan }: { readonly plan: FloorPlan }) {
  const { floorsNow, layers, helpOpen } = useConsole();
  const still = useStillness();
  const alerts = useOpenAlerts(plan.id);
  const { counts, problem, reload } = useFloorCounts(plan.id);
  const [chosen, choose] = useState<string | null>(null);
  const shown = layers.shown.value;
  const [people, groups] = [shown.has('people'), shown.has('groups')];
  const [density, flows] = [shown.has('density'), shown.has('flows')];
  const notes = useQueueNotes(plan, counts, shown.has('queues'));
  const now = floorsNow.of(plan.id);

  const layer = useMemo(
    () =>
      liveLayer(now.field, {
        still,
        onChange: now.onChange,
        people,
        ...(groups ? { groups: () => now.latest.peek()?.groups ?? [] } : {}),
      }),
    [now, still, people, groups],
  );
  const drawn = useMemo((): PlanEmphasis['counts'] => {
    if (!counts || !(density || flows)) return undefined;
    return (context, view, palette) => {
      if (density) drawDensity(context, view, plan, palette, counts);
      if (flows) drawWays(context, view, plan, palette, counts);
    };
  }, [plan, counts, density, flows]);

  const point = useCallback(
    (x: number, y: number) => {
      // The smallest of those that lie upon each other would be better; plans have none that do.
      const zone = plan.zones.find(({ polygon }) => isInside(polygon, x, y));
      if (zone) choose(zone.id);
    },
    [plan],
  );
  const names = plan.zones.filter(({ kind }) => kind !== 'blind').map(({ id }) => id);
  const move = (step: 1 | -1) => {
    const at = names.indexOf(chosen ?? '');
    const next = names[at < 0 ? (step === 1 ? 0 : names.length - 1) : at + step];
    if (next !== undefined) document.getElementById(`zone-${next}`)?.focus();
  };
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    Escape: () => choose(null),
    '?': () => {
      helpOpen.value = true;
    },
    ...Object.fromEntries(LAYERS.map((name, i) => [String(i + 1), () => layers.toggle(name)])),
  });

  return (
    <div class="whole-floor">
      <FloorFigure
        plan={plan}
        layer={layer}
        alerts={alerts}
        zone={chosen}
        cameras={shown.has('cameras')}
        blind={shown.has('blind')}
        notes={notes}
        counts={drawn}
        onPoint={point}
        label={`Floor plan of ${plan.name} as it is now`}
      >
        <FloorMoment plan={plan} />
      </FloorFigure>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls where it is longer than the screen, for the keyboard too */}
      <aside class="floor-side" aria-label="Layers and figures" tabIndex={0}>
        <LayerChoice plan={plan} counts={counts} />
        {problem ? <ProblemNote problem={problem} retry={reload} /> : null}
        <ZoneFigures plan={plan} zone={chosen} counts={counts} />
        <h2>Zones now</h2>
        <ZonesNow plan={plan} choose={choose} chosen={chosen} usual={counts} />
      </aside>
    </div>
  );
}

/** The floor as it is now, with layers, and the figures of each zone against what is usual at this hour. */
export function Floor() {
  const { floors } = useConsole();
  const [floor, choose] = useState<string | null>(null);
  const list = floors.value?.floors;
  // A floor that is no longer there is not held on to.
  useEffect(() => {
    if (floor !== null && list && !list.some(({ id }) => id === floor)) choose(null);
  }, [floor, list]);
  if (!list) return <FloorSkeleton />;
  const plan = list.find(({ id }) => id === floor) ?? list[0];
  if (!plan) {
    return (
      <main class="empty">
        <h1>No floor plan yet</h1>
        <p>Add a floor plan to the hub’s configuration and start it again: the floor then appears here.</p>
      </main>
    );
  }
  return (
    <main class="floor-screen panel">
      <div class="panel-head">
        <h1>{plan.name}</h1>
        <FloorTabs plans={list} shown={plan.id} choose={choose} />
      </div>
      <LayeredFloor key={plan.id} plan={plan} />
    </main>
  );
}

export function FloorSkeleton() {
  return (
    <main class="floor-screen panel" aria-busy="true">
      <div class="panel-head">
        <h1>Floor</h1>
      </div>
      <div class="whole-floor">
        <div class="figure skeleton" />
        <div class="floor-side">
          <div class="skeleton line" />
          <div class="skeleton line short" />
        </div>
      </div>
    </main>
  );
}
