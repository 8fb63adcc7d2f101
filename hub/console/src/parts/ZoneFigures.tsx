import type { FloorPlan } from '@safe-passage/contract';
import type { FloorCounts } from '../../../src/api/floorCountSchemas.ts';
import { useConsole } from '../state/context.ts';
import { useOccupancy } from '../state/liveFloor.ts';
import { usualWords, zoneRows } from '../words/zoneFigures.ts';

const HOUR_MS = 3_600_000;

/** The figures of the zone that somebody points at, against what is usual at this hour. It keeps its height whatever it says. */
export function ZoneFigures({
  plan,
  zone: id,
  counts,
}: {
  readonly plan: FloorPlan;
  readonly zone: string | null;
  readonly counts: FloorCounts | null;
}) {
  const { clock, nowMs } = useConsole();
  const now = useOccupancy(plan);
  const zone = plan.zones.find((one) => one.id === id);
  if (!zone) {
    return (
      <section class="zone-figures" aria-label="Figures of a zone">
        <h2>Figures of a zone</h2>
        <p class="quiet">
          Point at a zone on the plan, or go through the list below (j, k): how full it is now, and what is usual there
          at this hour.
        </p>
      </section>
    );
  }
  if (zone.kind === 'blind') {
    return (
      <section key={zone.id} class="zone-figures" aria-label="Figures of a zone">
        <h2>{zone.name}</h2>
        <p class="quiet">
          Not observed: of what happens here nothing leaves a camera’s device, so there are no figures.
        </p>
      </section>
    );
  }
  const own = counts?.zones.find((one) => one.zone === zone.id);
  const hour = Math.floor(nowMs.value / HOUR_MS) * HOUR_MS;
  const hours = `${clock.value.shortTime(hour).slice(0, 2)}–${clock.value.shortTime(hour + HOUR_MS).slice(0, 2)} h`;
  return (
    <section key={zone.id} class="zone-figures" aria-label="Figures of a zone">
      <h2>{zone.name}</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">
              <span class="quiet">{zone.kind}</span>
            </th>
            <th scope="col" class="numeric">
              Now
            </th>
            <th scope="col" class="numeric">
              Usual {hours}
            </th>
          </tr>
        </thead>
        <tbody>
          {zoneRows(own, now.get(zone.id), zone.kind).map(({ what, now: lately, usual }) => (
            <tr key={what}>
              <th scope="row">{what}</th>
              <td class="numeric">{lately}</td>
              <td class="numeric quiet">{usual}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="quiet">{counts ? usualWords(own?.usual) : ''}</p>
    </section>
  );
}
