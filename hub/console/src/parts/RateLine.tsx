import { perSecond } from '../words/quantity.ts';

const WIDTH = 96;
const HEIGHT = 24;

/** Stretches without a hole, as points of lines; a step that stands alone is a short line. */
function stretches(values: readonly (number | null)[], most: number): string[] {
  const x = (step: number) => (step / values.length) * WIDTH;
  const y = (value: number) => HEIGHT - 2 - (Math.min(value, most) / most) * (HEIGHT - 4);
  const lines: string[][] = [];
  let open: string[] | null = null;
  values.forEach((value, step) => {
    if (value === null) {
      open = null;
      return;
    }
    if (!open) {
      open = [];
      lines.push(open);
    }
    open.push(`${x(step).toFixed(1)},${y(value).toFixed(1)}`, `${x(step + 1).toFixed(1)},${y(value).toFixed(1)}`);
  });
  return lines.map((points) => points.join(' '));
}

/** `from 9.8 to 12.0 fps`, or that nothing was heard. */
function words(processed: readonly (number | null)[]): string {
  const known = processed.filter((value) => value !== null);
  if (known.length === 0) return 'nothing heard in two hours';
  const [least, most] = [Math.min(...known), Math.max(...known)];
  return `in two hours from ${least.toFixed(1)} to ${perSecond(most)}`;
}

/** Frames that went through the detector as a line, below the thinner one of those that the camera delivered; holes where nothing was heard. */
export function RateLine({
  processed,
  source,
}: {
  readonly processed: readonly (number | null)[];
  readonly source: readonly (number | null)[];
}) {
  const most = Math.max(1, ...[...processed, ...source].map((value) => value ?? 0));
  const what = words(processed);
  return (
    <>
      <svg class="rate-line" width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
        <title>{what}</title>
        <line class="rate-bed" x1="0" x2={WIDTH} y1={HEIGHT - 1.5} y2={HEIGHT - 1.5} />
        {stretches(source, most).map((points) => (
          <polyline key={points} class="rate-source" points={points} />
        ))}
        {stretches(processed, most).map((points) => (
          <polyline key={points} class="rate-processed" points={points} />
        ))}
      </svg>
      <span class="unseen">{what}</span>
    </>
  );
}
