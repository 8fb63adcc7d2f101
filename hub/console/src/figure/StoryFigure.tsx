import { computed } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { Icon } from '../parts/Icon.tsx';
import { useConsole } from '../state/context.ts';
import { type Story, storyBox } from '../state/story.ts';
import { changesOf } from '../story/cast.ts';
import { FloorFigure } from './FloorFigure.tsx';
import { RoleLegend } from './RoleLegend.tsx';
import { storyLayer } from './storyLayer.ts';

/** Apart from the figure, which is not built again on every frame of a replay. */
function ShownTime({ story }: { readonly story: Story }) {
  const { clock } = useConsole();
  return <strong>{clock.value.time(story.player.timeMs.value)}</strong>;
}

/** The floor plan with one alert's story on it. */
export function StoryFigure({ story }: { readonly story: Story }) {
  const { floors } = useConsole();
  const layer = useMemo(
    () =>
      storyLayer({
        evidence: story.evidence,
        cast: story.cast,
        dwellOnly: story.dwellOnly,
        moments: story.moments,
        changes: computed(() =>
          story.alert.value?.detail.patterns.includes('handover') ? changesOf(story.cast.value) : [],
        ),
        timeMs: story.player.timeMs,
        fromMs: computed(() => story.alert.value?.fromMs ?? 0),
        toMs: computed(() => story.alert.value?.toMs ?? 0),
        shown: story.shown,
      }),
    [story],
  );
  // The view goes to the story once, and does not follow every step of a movement that goes on.
  const opened = useMemo(() => {
    let box: ReturnType<typeof storyBox> = null;
    return computed(() => {
      const told = story.alert.value;
      const zones = floors.value?.floors.find((floor) => floor.id === told?.floor)?.zones;
      if (zones) {
        box ??= storyBox(told, story.evidence.value, zones.find((zone) => zone.id === told?.zone)?.polygon ?? []);
      }
      return box;
    });
  }, [story, floors]);
  const alert = story.alert.value;
  const plan = floors.value?.floors.find((floor) => floor.id === alert?.floor);
  if (!alert || !plan) return <div class="figure skeleton" aria-hidden="true" />;
  const empty = story.evidence.value && !story.evidence.value.paths.some((path) => path.role !== 'other');
  return (
    <FloorFigure
      plan={plan}
      zone={alert.zone}
      dwelling={alert.pattern === 'dwell'}
      layer={layer}
      home={opened.value}
      label={`Floor plan of ${plan.name}, with the ${story.dwellOnly.value ? 'path' : 'paths'} of this alert`}
      legend={<RoleLegend story={story} />}
    >
      {empty ? (
        <p>
          <Icon name="clock" /> The paths of this alert have reached the end of their retention and are destroyed.
        </p>
      ) : (
        <p>
          <ShownTime story={story} /> <span class="quiet">{plan.name}</span>
        </p>
      )}
    </FloorFigure>
  );
}
