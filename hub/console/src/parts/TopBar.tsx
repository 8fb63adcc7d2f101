import type { FloorPlan } from '@safe-passage/contract';
import type { AlertList, CameraView } from '../../../src/api/schemas.ts';
import { useConsole } from '../state/context.ts';
import type { ThemeChoice } from '../state/theme.ts';
import { conditionsOf } from '../words/cameraCondition.ts';
import { roleWord } from '../words/terms.ts';
import { CameraConditions } from './CameraConditions.tsx';
import { Icon } from './Icon.tsx';

const STATES = ['new', 'acknowledged', 'closed'] as const;

function Counts({ counts }: { readonly counts: AlertList['counts'] }) {
  return (
    <ul class="counts" aria-label="Alerts by state">
      {STATES.map((state) => (
        <li key={state}>
          <span class={`state-mark state-${state}`} aria-hidden="true" />
          <strong>{counts[state]}</strong> <span class="count-word">{state}</span>
        </li>
      ))}
    </ul>
  );
}

function Cameras({ list, plans }: { readonly list: readonly CameraView[]; readonly plans: readonly FloorPlan[] }) {
  const { nowMs } = useConsole();
  const conditions = conditionsOf(list, plans, nowMs.value);
  const running = conditions.filter((one) => one.runs).length;
  const worst = conditions.find((one) => !one.ok);
  const all = running === conditions.length;
  const share = all ? running.toLocaleString('en') : `${running} of ${conditions.length}`;
  const [word, verb] = all && running === 1 ? ['camera', 'runs'] : ['cameras', 'run'];
  return (
    <>
      <button type="button" class="cameras-line" popovertarget="cameras">
        <Icon name={worst ? 'warn' : 'camera'} />
        <span class="cameras-count">
          {conditions.length === 0 ? (
            'No cameras yet'
          ) : (
            <>
              {share} <span class="cameras-word">{word} </span>
              <span class="cameras-verb">{verb}</span>
            </>
          )}
        </span>
        {worst ? (
          <span class="quiet">
            {worst.name} {worst.says}
          </span>
        ) : null}
        <span class="unseen">Show all cameras</span>
      </button>
      <div id="cameras" popover="auto" class="popover">
        <h2>Cameras</h2>
        <CameraConditions conditions={conditions} />
        <a class="button" href="/fleet">
          All figures
        </a>
      </div>
    </>
  );
}

const THEMES: readonly (readonly [ThemeChoice, string])[] = [
  ['system', 'As the system'],
  ['dark', 'Dark'],
  ['light', 'Light'],
];

function Menu() {
  const { session, theme, signOut, said } = useConsole();
  const who = session.value;
  const leave = () => {
    signOut().catch(() => {
      said.value = 'Signing out did not work: the hub does not answer. Try again.';
    });
  };
  return (
    <>
      <button type="button" class="who" popovertarget="menu" aria-label={`${who?.name ?? 'Signed in'}: settings`}>
        <Icon name="person" />
        <span>{who?.name ?? ''}</span>
      </button>
      <div id="menu" popover="auto" class="popover popover-narrow">
        <h2>
          {who?.name} <span class="quiet">{who ? roleWord[who.role].name : null}</span>
        </h2>
        <fieldset class="choices">
          <legend>Appearance</legend>
          {THEMES.map(([value, word]) => (
            <label key={value}>
              <input
                type="radio"
                name="theme"
                checked={theme.choice.value === value}
                onChange={() => {
                  theme.choice.value = value;
                }}
              />
              {word}
            </label>
          ))}
        </fieldset>
        <button type="button" class="button wide" onClick={leave}>
          Sign out
        </button>
      </div>
    </>
  );
}

function ConnectionState() {
  const { connection } = useConsole();
  const { state } = connection.value;
  return (
    <span class={`connection connection-${state}`}>
      <span class="connection-mark" aria-hidden="true" />
      <span class="connection-word">{state === 'live' ? 'Live' : 'Not live'}</span>
    </span>
  );
}

/** The screens that the role has. */
function Screens() {
  const { router, may } = useConsole();
  const { screen } = router.route.value;
  const link = (name: string, path: string, word: string) => (
    <a class="top-link" href={path} aria-current={screen === name ? 'page' : undefined}>
      {word}
    </a>
  );
  return (
    <nav class="screens" aria-label="Screens">
      {may('alerts.list') ? link('queue', '/', 'Queue') : null}
      {may('floors.counts') ? link('floor', '/floor', 'Floor') : null}
      {may('cameras.read') ? link('fleet', '/fleet', 'Cameras') : null}
      {may('policy.read') ? link('privacy', '/privacy', 'Privacy') : null}
    </nav>
  );
}

export function TopBar() {
  const { floors, cameras, queue, clock, nowMs, helpOpen, session, may } = useConsole();
  const counts = queue.counts.value;
  return (
    <header class="top">
      <a class="brand" href="/" aria-label="Safe Passage, to the queue">
        <svg width="20" height="20" viewBox="0 0 32 32" aria-hidden="true">
          <path class="brand-door" d="M6 28V5h20v23" />
          <path class="brand-way" d="M11 28c0-8 9-6 9-13" />
          <circle class="brand-dot" cx="20" cy="12.500" r="3" />
        </svg>
        <span class="brand-name">Safe Passage</span>
      </a>
      <Screens />
      <div class="at-a-glance">
        {floors.value && cameras.value && (counts || !may('alerts.list')) ? (
          // All at once: what comes later would push aside what is there.
          <>
            <span class="site quiet">{floors.value.site}</span>
            {counts ? <Counts counts={counts} /> : null}
            <Cameras list={cameras.value} plans={floors.value.floors} />
          </>
        ) : null}
      </div>
      {/* All at once: a name that comes later would push aside what is there. */}
      {session.value ? (
        <>
          <ConnectionState />
          <time class="wall-clock" title={`Time at the site, ${clock.value.timeZone}`}>
            {clock.value.time(nowMs.value)}
          </time>
          <button
            type="button"
            class="tool keys"
            title="Keys (?)"
            aria-label="Keys"
            onClick={() => {
              helpOpen.value = true;
            }}
          >
            ?
          </button>
          <Menu />
        </>
      ) : null}
    </header>
  );
}
