import type { FloorPlan } from '@safe-passage/contract';
import type { FloorCounts } from '../../../src/api/floorCountSchemas.ts';
import { densityScale, MOST_WAYS } from '../figure/drawCounts.ts';
import { useConsole } from '../state/context.ts';
import { LAYERS, type Layer } from '../state/layers.ts';
import { counted } from '../words/quantity.ts';
import { people } from '../words/zoneFigures.ts';

const WORDS: Readonly<Record<Layer, string>> = {
  people: 'People',
  groups: 'Groups',
  density: 'Density',
  flows: 'Flows',
  queues: 'Queues',
  blind: 'Blind zones',
  cameras: 'Cameras',
};

/** What each layer shows, or why it shows nothing. */
function useNotes(plan: FloorPlan, counts: FloorCounts | null): Readonly<Record<Layer, string>> {
  const { floorsNow, clock } = useConsole();
  const latest = floorsNow.of(plan.id).latest.value;
  const since = counts ? `since ${clock.value.shortTime(counts.sinceMs)}` : '';
  const ofKind = (kind: string) => plan.zones.filter((zone) => zone.kind === kind).length;
  const lately = (there: number, words: () => string) => (!counts ? '' : there > 0 ? words() : `none known ${since}`);
  return {
    people: latest ? counted(latest.people.length, 'person', 'people') : '',
    groups: !latest
      ? ''
      : latest.groups
        ? counted(latest.groups.length, 'group', 'groups')
        : 'not looked for, by the privacy policy',
    density: lately(
      counts?.squares.length ?? 0,
      () => `mean ${since}, up to ${people(densityScale(counts as FloorCounts))}/m²`,
    ),
    flows: lately(counts?.ways.length ?? 0, () =>
      (counts?.ways.length ?? 0) > MOST_WAYS ? `the ${MOST_WAYS} largest ${since}` : since,
    ),
    queues: ofKind('queue') === 0 ? 'no zone of this floor is one' : 'waits of the last 15 min',
    blind: ofKind('blind') === 0 ? 'none on this floor' : 'nothing is observed there',
    cameras: counted(plan.cameras.length, 'camera', 'cameras'),
  };
}

/** What is shown on the floor. Each has a number key. */
export function LayerChoice({ plan, counts }: { readonly plan: FloorPlan; readonly counts: FloorCounts | null }) {
  const { layers } = useConsole();
  const notes = useNotes(plan, counts);
  return (
    <fieldset class="layers">
      <legend>Layers</legend>
      {LAYERS.map((layer, i) => (
        <label key={layer} class={`layer layer-${layer}`}>
          <input
            type="checkbox"
            aria-label={WORDS[layer]}
            aria-keyshortcuts={String(i + 1)}
            checked={layers.shown.value.has(layer)}
            onChange={() => layers.toggle(layer)}
          />
          <span>{WORDS[layer]}</span>
          <span class="quiet layer-note">{notes[layer]}</span>
          <kbd>{i + 1}</kbd>
        </label>
      ))}
    </fieldset>
  );
}
