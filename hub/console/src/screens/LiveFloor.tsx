import type { FloorPlan } from '@safe-passage/contract';
import { useMemo, useState } from 'preact/hooks';
import { FloorFigure } from '../figure/FloorFigure.tsx';
import { liveLayer } from '../figure/liveLayer.ts';
import { FloorMoment, FloorTabs } from '../parts/FloorMoment.tsx';
import { Icon } from '../parts/Icon.tsx';
import { ZonesNow } from '../parts/ZonesNow.tsx';
import { useConsole } from '../state/context.ts';
import { useOpenAlerts, useStillness } from '../state/liveFloor.ts';
import { patternTerm } from '../words/terms.ts';

function Floor({ plan }: { readonly plan: FloorPlan }) {
  const { floorsNow, queue } = useConsole();
  const still = useStillness();
  const alerts = useOpenAlerts(plan.id);
  const now = floorsNow.of(plan.id);
  const layer = useMemo(() => liveLayer(now.field, { still, onChange: now.onChange }), [now, still]);
  const counts = queue.counts.value;
  const open = counts ? counts.new + counts.acknowledged : null;
  return (
    <div class="live-floor">
      <FloorFigure plan={plan} layer={layer} alerts={alerts} label={`Floor plan of ${plan.name} as it is now`}>
        <FloorMoment plan={plan} />
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
        <ZonesNow plan={plan} />
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
        <a class="button" href="/floor">
          <Icon name="open" /> Open the floor
        </a>
        <FloorTabs plans={list} shown={plan.id} choose={choose} />
      </div>
      <Floor key={plan.id} plan={plan} />
    </section>
  );
}
