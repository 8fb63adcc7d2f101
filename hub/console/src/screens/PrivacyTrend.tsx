import type { ReidentificationTrend } from '../../../src/api/reidentificationSchema.ts';
import { useConsole } from '../state/context.ts';
import { ago } from '../words/quantity.ts';

type Test = ReidentificationTrend['runs'][number];

const WIDTH = 720;
const HEIGHT = 96;
/** Who was there and remembers a place to within three metres and the time to within ten seconds. */
const KNOWN = { metres: 3, seconds: 10 } as const;
const POINTS = [1, 2, 5] as const;

/** The share that could be singled out in tracks as they are stored, by somebody who knows so many places and times. */
function share({ results }: Test, points: number): number | null {
  const of = results
    .filter(
      ({ points: n, rounding, precision }) =>
        n === points &&
        rounding.metres === 0 &&
        rounding.seconds === 0 &&
        precision.metres === KNOWN.metres &&
        precision.seconds === KNOWN.seconds,
    )
    .toSorted((a, b) => b.retentionSeconds - a.retentionSeconds)[0];
  return of && of.sampled > 0 ? of.unique / of.sampled : null;
}

const percent = (value: number | null): string => (value === null ? '–' : `${(100 * value).toFixed(0)} %`);

function Lines({ tests }: { readonly tests: readonly Test[] }) {
  const [first, last] = [tests[0]?.atMs ?? 0, tests.at(-1)?.atMs ?? 0];
  const x = (ms: number): number => (last > first ? ((ms - first) / (last - first)) * WIDTH : WIDTH);
  const y = (value: number): number => 2 + (1 - value) * (HEIGHT - 4);
  return (
    <svg class="trend" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      {[0, 0.5, 1].map((at) => (
        <line key={at} class="trend-grid" x1="0" x2={WIDTH} y1={y(at)} y2={y(at)} />
      ))}
      {POINTS.map((points) => {
        const known = tests.flatMap((test) => {
          const value = share(test, points);
          return value === null ? [] : [`${x(test.atMs).toFixed(1)},${y(value).toFixed(1)}`];
        });
        return <polyline key={points} class={`trend-line trend-${points}`} points={known.join(' ')} />;
      })}
    </svg>
  );
}

/** Tracks are pseudonymous, not anonymous: how far from it, day by day. */
export function PrivacyTrend({ tests }: { readonly tests: readonly Test[] }) {
  const { nowMs } = useConsole();
  const [last] = tests;
  return (
    <section aria-labelledby="trend-title">
      <h2 id="trend-title">Who could be singled out</h2>
      {last ? (
        <>
          {tests.length > 1 ? <Lines tests={tests.toReversed()} /> : null}
          <p>
            Of the tracks that last ten seconds and more, this share is the only one that fits{' '}
            {POINTS.map((points, i) => (
              <span key={points} class={`trend-key trend-key-${points}`}>
                {i > 0 ? ', ' : ''}
                {points} {points === 1 ? 'place and time' : 'places and times'}:{' '}
                <strong>{percent(share(last, points))}</strong>
              </span>
            ))}
            , known to {KNOWN.metres} m and {KNOWN.seconds} s.
          </p>
          <p class="quiet">
            {last.results[0]?.persons.toLocaleString('en')} tracks are stored,{' '}
            {last.results[0]?.sampled.toLocaleString('en')} were tried, {ago(last.atMs, nowMs.value)}. The hub tries
            once a day. Where cameras lose people a person has several tracks, and whoever knows them all along singles
            out more: the share is the least that is possible.
          </p>
        </>
      ) : (
        <p class="quiet">No test has run yet: the hub tries once a day, as soon as there are tracks.</p>
      )}
    </section>
  );
}
