import type { FloorPlan } from '@safe-passage/contract';
import { Fragment } from 'preact';
import { useMemo } from 'preact/hooks';
import type { ToldReason } from '../../../src/alert/alert.ts';
import type { AlertView, CameraView, Evidence } from '../../../src/api/schemas.ts';
import { isInside } from '../figure/geometry.ts';
import { useConsole } from '../state/context.ts';
import type { Story } from '../state/story.ts';
import { conditionsOf } from '../words/cameraCondition.ts';
import { duration, metres, percent, unbroken } from '../words/quantity.ts';
import { eventWord, joinWords, patternTerm, roles } from '../words/terms.ts';
import { Moment } from './alertBits.tsx';
import { Icon } from './Icon.tsx';
import { RoleMark } from './RoleMark.tsx';

interface ReasonGroup {
  /** Of `patterns`; undefined where it belongs to the story as a whole. */
  readonly part: number | undefined;
  readonly reasons: readonly { readonly reason: ToldReason; readonly i: number }[];
}

/** What stands together belongs together: a story of several movements tells each for itself. */
function groupsOf(reasons: readonly ToldReason[]): ReasonGroup[] {
  const groups: { part: number | undefined; reasons: { reason: ToldReason; i: number }[] }[] = [];
  for (const [i, reason] of reasons.entries()) {
    const last = groups.at(-1);
    if (last && last.part === reason.part) last.reasons.push({ reason, i });
    else groups.push({ part: reason.part, reasons: [{ reason, i }] });
  }
  return groups;
}

/** Which of the movements the reasons below tell of: its pattern, who, and when. */
function PartHead({ story, pattern, group }: { story: Story; pattern: string; group: ReasonGroup }) {
  const { clock } = useConsole();
  const reasons = group.reasons.map(({ reason }) => reason);
  const about = new Set(reasons.flatMap(({ persons }) => persons ?? []));
  const names = story.cast.value.filter((line) => line.persons.some((one) => about.has(one))).map(({ name }) => name);
  const from = Math.min(...reasons.map(({ fromMs }) => fromMs));
  const to = Math.max(...reasons.map(({ toMs }) => toMs));
  return (
    <h3 class="part-head">
      {patternTerm(pattern).word}
      <span class="quiet">
        {names.length > 0 ? `${names.join(', ')} · ` : ''}
        {clock.value.time(from)} to {clock.value.time(to)}
      </span>
    </h3>
  );
}

/** Why the alert was raised, as numbered facts that light up their place and time. */
export function Reasons({ story, alert }: { readonly story: Story; readonly alert: AlertView }) {
  const light = (index: number | null) => {
    story.lit.value = index;
  };
  const { patterns } = alert.detail;
  // By number: the words of a reason change while its movement goes on, and the focus must stay where it is.
  return (
    <>
      {groupsOf(alert.detail.reasons).map((group) => {
        const pattern = group.part === undefined ? undefined : patterns[group.part];
        return (
          <Fragment key={group.reasons[0]?.i}>
            {pattern === undefined ? null : <PartHead story={story} pattern={pattern} group={group} />}
            <ol class="reasons">
              {group.reasons.map(({ reason, i }) => (
                <li key={i} value={i + 1}>
                  <button
                    type="button"
                    class={story.lit.value === i ? 'reason lit' : 'reason'}
                    onPointerEnter={() => light(i)}
                    onPointerLeave={() => light(null)}
                    onFocus={() => light(i)}
                    onBlur={() => light(null)}
                    onClick={() => story.player.seek(reason.toMs)}
                  >
                    <span class="number">{i + 1}</span>
                    <span>{unbroken(reason.text)}</span>
                  </button>
                </li>
              ))}
            </ol>
          </Fragment>
        );
      })}
    </>
  );
}

export function Explanations({ alert }: { readonly alert: AlertView }) {
  if (alert.detail.explanations.length === 0) return null;
  return (
    <ul class="explanations">
      {alert.detail.explanations.map((explanation) => (
        <li key={explanation}>{explanation}</li>
      ))}
    </ul>
  );
}

/** How long it went on, against which limit where there is one, and what it is made of where that is several things. */
export function Extent({ alert }: { readonly alert: AlertView }) {
  const { limitSeconds, patterns, seconds } = alert.detail;
  return (
    <dl class="figures">
      <div>
        <dt>{limitSeconds === null ? 'Lasted' : 'Present'}</dt>
        <dd>
          {duration(seconds)}
          {alert.live ? ' so far' : ''}
        </dd>
      </div>
      {limitSeconds === null ? null : (
        <div>
          <dt>Limit</dt>
          <dd>{duration(limitSeconds)}</dd>
        </div>
      )}
      {patterns.length > 1 ? (
        <div>
          <dt>Made of</dt>
          <dd>{patterns.map((pattern) => patternTerm(pattern).word.toLowerCase()).join(', ')}</dd>
        </div>
      ) : null}
    </dl>
  );
}

/** Everybody in the story: name, roles and their times, and the pseudonym for those who need to find it again. */
export function People({ story }: { readonly story: Story }) {
  const { clock } = useConsole();
  const point = (key: string | null) => {
    story.pointed.value = key;
  };
  return (
    <ul class="people-list">
      {story.cast.value.map((line) => (
        <li key={line.key}>
          <button
            type="button"
            class={story.pointed.value === line.key ? 'person lit' : 'person'}
            onPointerEnter={() => point(line.key)}
            onPointerLeave={() => point(null)}
            onFocus={() => point(line.key)}
            onBlur={() => point(null)}
            onClick={() => story.player.seek(line.stretches[0]?.fromMs ?? story.range.value.fromMs)}
          >
            <RoleMark role={line.role} />
            <span>
              <strong>{line.name}</strong>
              {line.stretches.map((stretch) => (
                <span class="block quiet" key={`${stretch.role}${stretch.fromMs}`}>
                  {stretch.role === line.role && line.stretches.length === 1
                    ? roles[stretch.role].meaning
                    : roles[stretch.role].word}
                  , {clock.value.time(stretch.fromMs)} to {clock.value.time(stretch.toMs)}
                </span>
              ))}
              <span class="block quiet">
                {line.persons.length === 1 ? 'Pseudonym' : 'Pseudonyms'} {line.persons.join(', ')}
              </span>
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

const MOST_SAMPLES = 100;

/** The cameras of a floor that look at where the story took place. */
function lookingAt(plan: FloorPlan | undefined, evidence: Evidence | null): ReadonlySet<string> {
  const paths = (evidence?.paths ?? []).filter((path) => path.role !== 'other');
  const places = paths.flatMap(({ points }) => {
    const step = Math.max(1, Math.floor(points.length / MOST_SAMPLES));
    return points.filter((_, i) => i % step === 0);
  });
  const cameras = plan?.cameras.filter(({ view }) => view && places.some(([, x, y]) => isInside(view, x, y))) ?? [];
  return new Set(cameras.map((camera) => camera.id));
}

/** How sure it is. */
export function Uncertainty({ alert }: { readonly alert: AlertView }) {
  const { coastedShare, gapsBridged, identityJoins, joinProbability, sigmaMetres } = alert.detail.uncertainty;
  return (
    <dl class="figures">
      <div>
        <dt>Position</dt>
        <dd>± {metres(sigmaMetres)}</dd>
      </div>
      <div>
        <dt>Without a detection</dt>
        <dd>{percent(coastedShare)} of the time</dd>
      </div>
      {alert.detail.limitSeconds === null && gapsBridged === 0 ? null : (
        <div>
          <dt>Short absences bridged</dt>
          <dd>{gapsBridged}</dd>
        </div>
      )}
      <div>
        <dt>Tracks joined</dt>
        <dd>{joinWords(identityJoins, joinProbability)}</dd>
      </div>
    </dl>
  );
}

/** How good the eyes are that look there. They are known only when the paths have come, so nothing stands below them. */
export function Eyes({ story, alert }: { readonly story: Story; readonly alert: AlertView }) {
  const { cameras, floors, nowMs } = useConsole();
  const plan = floors.value?.floors.find((floor) => floor.id === alert.floor);
  const evidence = story.evidence.value;
  const seenBy = useMemo(() => lookingAt(plan, evidence), [plan, evidence]);
  const views: readonly CameraView[] = (cameras.value ?? []).filter(
    (view) => view.floor === alert.floor && seenBy.has(view.camera),
  );
  const named = plan ? [{ ...plan, cameras: plan.cameras.filter((camera) => seenBy.has(camera.id)) }] : [];
  const conditions = conditionsOf(views, named, nowMs.value);
  if (conditions.length === 0) return null;
  return (
    <>
      <h2>Cameras that look there now</h2>
      <dl class="figures">
        {conditions.map((one) => (
          <div key={one.camera}>
            <dt>{one.name}</dt>
            <dd>
              {one.ok ? null : <Icon name="warn" size={12} />} {one.says}
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

export function History({ alert }: { readonly alert: AlertView }) {
  return (
    <ol class="history">
      {[...alert.history].reverse().map((entry) => (
        <li key={`${entry.atMs}${entry.event}`}>
          <span>
            <strong>{eventWord(entry.event)}</strong> <span class="quiet">{entry.actor}</span>
            {entry.note ? <span class="block">{entry.note}</span> : null}
          </span>
          <Moment atMs={entry.atMs} />
        </li>
      ))}
    </ol>
  );
}
