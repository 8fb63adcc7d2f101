import { Icon } from '../parts/Icon.tsx';
import { SPEEDS } from '../state/player.ts';
import type { Story } from '../state/story.ts';
import { stopwatch } from '../words/quantity.ts';
import { momentsAt, momentWords } from './moments.ts';
import { Track } from './Track.tsx';

function PlayerTime({ story }: { readonly story: Story }) {
  const range = story.range.value;
  return (
    <span class="player-time">
      <strong>{stopwatch((story.player.timeMs.value - range.fromMs) / 1000)}</strong>
      <span class="quiet"> of {stopwatch((range.toMs - range.fromMs) / 1000)}</span>
    </span>
  );
}

/** In words what the time line marks at the moment that is shown. */
function MomentNow({ story }: { readonly story: Story }) {
  const words = momentsAt(story, story.player.timeMs.value).map((moment) => momentWords(story, moment));
  const text = words.join(' · ');
  return (
    <span class="player-moment" title={text}>
      {text}
    </span>
  );
}

export function TimeLine({ story, labelled = true }: { readonly story: Story; readonly labelled?: boolean }) {
  const { player } = story;
  const range = story.range.value;
  const playing = player.playing.value;
  return (
    <section class={labelled ? 'time-line' : 'time-line compact'} aria-label="Time line">
      <div class="player">
        <button type="button" class="button play" onClick={() => player.toggle()} title="Play the evidence (e)">
          <Icon name={playing ? 'pause' : 'play'} />
          {playing ? 'Pause' : 'Play'}
        </button>
        <fieldset class="speeds">
          <legend class="unseen">Speed</legend>
          {SPEEDS.map((speed) => (
            <label key={speed} class={player.speed.value === speed ? 'speed chosen' : 'speed'}>
              <input
                type="radio"
                name={`speed-${story.id}`}
                checked={player.speed.value === speed}
                onChange={() => {
                  player.speed.value = speed;
                }}
              />
              {speed}×
            </label>
          ))}
        </fieldset>
        <PlayerTime story={story} />
        <MomentNow story={story} />
        {story.alert.value?.live ? (
          <button
            type="button"
            class="tag-button"
            aria-pressed={player.following.value}
            onClick={() => player.seek(range.toMs)}
          >
            {player.following.value ? 'Follows the movement' : 'Go to now'}
          </button>
        ) : null}
      </div>
      <Track story={story} labelled={labelled} />
    </section>
  );
}
