import type { PrivacyState } from '../../../src/api/privacySchemas.ts';
import { useConsole } from '../state/context.ts';
import { ageNote, className, enforcedWord, gapsOf, limitText } from '../words/privacyWords.ts';
import { ago, counted, duration } from '../words/quantity.ts';

type Class = PrivacyState['classes'][number];

/** How much of its time the oldest row has used: a bar, and in words beside it. */
function Margin({ of: { limitSeconds, oldestMs, run } }: { readonly of: Class }) {
  const { nowMs } = useConsole();
  if (!run) return <span class="quiet">kept elsewhere</span>;
  if (run.error !== null) return <span class="late">run failed</span>;
  if (oldestMs === null) return <span class="quiet">nothing kept</span>;
  const age = Math.max(0, (nowMs.value - oldestMs) / 1000);
  // A run every two minutes, and one to end: until then nothing is late.
  const late = age > limitSeconds + 180;
  return (
    <>
      <span class="margin" aria-hidden="true">
        <span class="margin-fill" style={{ transform: `scaleX(${Math.min(1, age / limitSeconds)})` }} />
      </span>
      <span class={late ? 'late' : 'quiet'}>
        {late ? 'TOO OLD' : `${limitText(Math.max(0, limitSeconds - age))} left`}
      </span>
    </>
  );
}

/** Every class of data with its clock, as the policy in force has it. */
export function PrivacyClasses({ classes }: { readonly classes: readonly Class[] }) {
  const { nowMs } = useConsole();
  return (
    <table class="ruled-table classes">
      <thead>
        <tr>
          <th scope="col">Data</th>
          <th scope="col">Purpose and legal basis</th>
          <th scope="col" class="numeric">
            Limit
          </th>
          <th scope="col" class="numeric">
            Oldest now
          </th>
          <th scope="col">Margin</th>
          <th scope="col">Last run</th>
        </tr>
      </thead>
      <tbody>
        {classes.map((one) => (
          <tr key={one.name}>
            <th scope="row">
              {className(one.name)}
              <span class="quiet block">{one.owner}</span>
            </th>
            <td>
              {one.purpose}
              <span class="quiet block">
                {one.legalBasis}. {one.why}
              </span>
            </td>
            <td class="numeric">
              {limitText(one.limitSeconds)}
              {one.justifiedUntil ? <span class="quiet block">justified until {one.justifiedUntil}</span> : null}
            </td>
            <td class="numeric">
              {one.oldestMs === null ? '–' : limitText(Math.max(0, nowMs.value - one.oldestMs) / 1000)}
              {one.oldestMs !== null && ageNote(one.name) ? <span class="quiet block">{ageNote(one.name)}</span> : null}
            </td>
            <td>
              <Margin of={one} />
            </td>
            <td class="quiet">
              {one.run
                ? `${ago(one.run.startedMs, nowMs.value)}, ${counted(one.run.rows, 'row', 'rows')} destroyed`
                : '–'}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const STRIP_MS = 6 * 3_600_000;

/** Each run a tick on the last six hours: where none ran there is a gap. */
export function PrivacyRuns({
  runs,
  runEverySeconds,
  sinceMs,
}: Pick<PrivacyState, 'runs' | 'runEverySeconds'> & { readonly sinceMs: number }) {
  const { nowMs, clock } = useConsole();
  const toMs = nowMs.value;
  const fromMs = toMs - STRIP_MS;
  const last = runs.at(-1);
  const failed = runs.filter((run) => run.failed).length;
  const rows = runs.reduce((sum, run) => sum + run.rows, 0);
  const gaps = gapsOf(
    runs.map((run) => run.startedMs),
    Math.max(fromMs, sinceMs),
    toMs,
    runEverySeconds,
  );
  const [longest] = gaps;
  const late = !last || toMs - last.startedMs > 3 * runEverySeconds * 1000;
  return (
    <section aria-labelledby="runs-title">
      <h2 id="runs-title">Retention runs, the last six hours</h2>
      <svg class="runs" viewBox="0 0 720 24" preserveAspectRatio="none" aria-hidden="true">
        <rect class="runs-bed" width="720" height="24" />
        {runs.map((run) => {
          const x = ((run.startedMs - fromMs) / STRIP_MS) * 720;
          const kind = run.failed ? 'failed' : run.rows > 0 ? 'removed' : 'idle';
          return (
            <rect
              key={run.startedMs}
              class={`run run-${kind}`}
              x={x}
              y={kind === 'idle' ? 10 : 2}
              width="1.5"
              height={kind === 'idle' ? 12 : 20}
            />
          );
        })}
      </svg>
      <p class="strip-ends quiet">
        <span>{clock.value.shortTime(fromMs)}</span>
        <span>{clock.value.shortTime(toMs)}</span>
      </p>
      <p>
        {late ? <strong class="late">Retention is late. </strong> : null}
        {counted(runs.length, 'run', 'runs')}, one every {Math.round(runEverySeconds / 60)} min;{' '}
        {last ? `the last ${ago(last.startedMs, toMs)}` : 'none yet'};{' '}
        {failed === 0 ? 'none failed' : <strong class="late">{counted(failed, 'run', 'runs')} failed</strong>};{' '}
        {counted(rows, 'row', 'rows')} destroyed.{' '}
        {longest ? (
          <strong>
            {gaps.length === 1 ? 'One gap:' : `${counted(gaps.length, 'gap', 'gaps')}, the longest`}{' '}
            {duration((longest.toMs - longest.fromMs) / 1000)} without a run, {clock.value.shortTime(longest.fromMs)} to{' '}
            {clock.value.shortTime(longest.toMs)}.{' '}
          </strong>
        ) : (
          'No gap. '
        )}
        <span class="quiet">A high tick destroyed something.</span>
      </p>
    </section>
  );
}

/** Every place where personal data lie, with its clock. */
export function PrivacyPlaces({ places, classes }: Pick<PrivacyState, 'places' | 'classes'>) {
  const limit = (name: string | null) => classes.find((one) => one.name === name)?.limitSeconds;
  return (
    <section aria-labelledby="places-title">
      <h2 id="places-title">Where personal data lie</h2>
      <table class="ruled-table">
        <thead>
          <tr>
            <th scope="col">Place</th>
            <th scope="col">What</th>
            <th scope="col" class="numeric">
              At most
            </th>
            <th scope="col">Enforced by</th>
          </tr>
        </thead>
        <tbody>
          {places.map(({ place, what, dataClass, enforcedBy }) => {
            const seconds = limit(dataClass);
            return (
              <tr key={place}>
                <th scope="row">{place}</th>
                <td>{what}</td>
                <td class="numeric">{seconds === undefined ? 'a moment' : limitText(seconds)}</td>
                <td class="quiet">{enforcedWord(enforcedBy)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

type Zone = PrivacyState['zones'][number];

function ZoneLimit({ of: { name, limitSeconds, run } }: { readonly of: Zone['limits'][number] }) {
  const { nowMs } = useConsole();
  const age = run && run.oldestMs !== null ? Math.max(0, nowMs.value - run.oldestMs) / 1000 : null;
  return (
    <li>
      {className(name)}: {limitText(limitSeconds)}{' '}
      {!run ? (
        <span class="quiet">no run yet</span>
      ) : run.error !== null ? (
        <span class="late">run failed</span>
      ) : age !== null && age > limitSeconds + 180 ? (
        <span class="late">TOO OLD</span>
      ) : (
        <span class="quiet">
          kept to by the run {ago(run.startedMs, nowMs.value)}, {counted(run.rows, 'row', 'rows')} destroyed
        </span>
      )}
    </li>
  );
}

/** Zones in which less is kept than elsewhere, and why. */
export function PrivacyZones({ zones }: Pick<PrivacyState, 'zones'>) {
  return (
    <section aria-labelledby="zones-title">
      <h2 id="zones-title">Zones in which less is kept</h2>
      {zones.length === 0 ? (
        <p class="quiet">None: everything is kept as long everywhere.</p>
      ) : (
        <table class="ruled-table">
          <thead>
            <tr>
              <th scope="col">Zone</th>
              <th scope="col">Limits there</th>
              <th scope="col">Why</th>
            </tr>
          </thead>
          <tbody>
            {zones.map((one) => (
              <tr key={`${one.floor}/${one.zone}`}>
                <th scope="row">
                  {one.floor}/{one.zone}
                  {one.owner === null ? null : <span class="quiet block">{one.owner}</span>}
                </th>
                <td>
                  <ul class="plain-list">
                    {one.limits.map((limit) => (
                      <ZoneLimit key={limit.name} of={limit} />
                    ))}
                  </ul>
                </td>
                <td>
                  {one.why}
                  {[one.purpose, one.legalBasis].map((text) =>
                    text === null ? null : (
                      <span key={text} class="quiet block">
                        {text}
                      </span>
                    ),
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
