import type { FloorPlan } from '@safe-passage/contract';
import type { CameraRates, CameraView } from '../../../src/api/schemas.ts';
import { useCameraRates } from '../state/cameraRates.ts';
import { useConsole } from '../state/context.ts';
import { calibrationWords, certificateDays, conditionsOf } from '../words/cameraCondition.ts';
import { clockWords, counted, duration, perSecond } from '../words/quantity.ts';
import { Icon } from './Icon.tsx';
import { RateLine } from './RateLine.tsx';

const NONE = '–';
const COLUMNS = [
  ['camera', '13%'],
  ['now', '20%'],
  ['frames', '16%'],
  ['outbox', '10%'],
  ['clock', '13%'],
  ['calibration', '10%'],
  ['model', '10%'],
  ['certificate', '8%'],
] as const;

function Figures({
  view,
  rates,
  nowMs,
}: {
  readonly view: CameraView | undefined;
  readonly rates: CameraRates['cameras'][number] | undefined;
  readonly nowMs: number;
}) {
  const { health = null, status = null } = view ?? {};
  const days = status ? certificateDays(status, nowMs) : null;
  const calibration = status ? calibrationWords(status, nowMs) : null;
  return (
    <>
      <td>
        <RateLine processed={rates?.processedFramesPerSecond ?? []} source={rates?.sourceFramesPerSecond ?? []} />
        <span class="block">
          {health
            ? `${health.processedFramesPerSecond.toFixed(1)} of ${perSecond(health.sourceFramesPerSecond)}`
            : NONE}
          {health && health.framesDropped > 0 ? `, ${health.framesDropped.toLocaleString('en')} dropped` : ''}
        </span>
      </td>
      <td class="numeric">
        {health ? duration(health.outboxOldestSeconds) : NONE}
        {health ? <span class="quiet block">{counted(health.outboxReports, 'report', 'reports')}</span> : null}
        {health && health.reportsForgotten > 0 ? (
          <span class="block">{counted(health.reportsForgotten, 'report', 'reports')} forgotten</span>
        ) : null}
      </td>
      <td class="numeric">{health ? (clockWords(health) ?? NONE) : NONE}</td>
      <td class="numeric">
        {calibration?.error ?? NONE}
        {calibration && calibration.age !== '' ? <span class="quiet block">{calibration.age}</span> : null}
      </td>
      <td>
        {status ? status.modelName : NONE}
        {status ? <span class="quiet block">agent {status.version}</span> : null}
      </td>
      <td class="numeric">{days === null ? NONE : counted(days, 'day', 'days')}</td>
    </>
  );
}

/** A row for each camera, what is wrong first and with its remedy: for whoever keeps them running. */
export function Fleet({
  views,
  plans,
}: {
  readonly views: readonly CameraView[];
  readonly plans: readonly FloorPlan[];
}) {
  const { nowMs } = useConsole();
  const rates = useCameraRates();
  const conditions = conditionsOf(views, plans, nowMs.value);
  if (conditions.length === 0) {
    return <p class="quiet">A camera appears here as soon as its edge agent connects.</p>;
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls where it is wider than the screen, for the keyboard too
    <section class="fleet" aria-label="How each camera is" tabIndex={0}>
      <table class="ruled-table">
        {/* Fixed, so that no figure that grows by a digit moves the others. */}
        <colgroup>
          {COLUMNS.map(([name, width]) => (
            <col key={name} style={{ width }} />
          ))}
        </colgroup>
        <thead>
          <tr>
            <th scope="col">Camera</th>
            <th scope="col">Now</th>
            <th scope="col">Frames, two hours</th>
            <th scope="col" class="numeric">
              Outbox age
            </th>
            <th scope="col" class="numeric">
              Clock ahead
            </th>
            <th scope="col" class="numeric">
              Calibration
            </th>
            <th scope="col">Model</th>
            <th scope="col" class="numeric">
              Certificate
            </th>
          </tr>
        </thead>
        <tbody>
          {conditions.map((one) => {
            const view = views.find(({ floor, camera }) => floor === one.floor && camera === one.camera);
            return (
              <tr key={`${one.floor}/${one.camera}`}>
                <th scope="row">
                  {one.name}
                  {view ? <span class="quiet block">{view.device}</span> : null}
                </th>
                <td>
                  <span class="fleet-now">
                    <Icon name={one.ok ? 'check' : 'warn'} /> {one.says}
                  </span>
                  {one.remedy ? <span class="quiet block">{one.remedy}</span> : null}
                </td>
                <Figures
                  view={view}
                  rates={rates?.cameras.find(({ floor, device }) => floor === view?.floor && device === view.device)}
                  nowMs={nowMs.value}
                />
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
