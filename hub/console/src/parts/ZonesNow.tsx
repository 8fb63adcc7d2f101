import type { FloorPlan, Zone } from '@safe-passage/contract';
import type { FloorCounts } from '../../../src/api/floorCountSchemas.ts';
import { useOccupancy } from '../state/liveFloor.ts';
import { duration } from '../words/quantity.ts';
import { people } from '../words/zoneFigures.ts';

export interface ZonesNowProps {
  readonly plan: FloorPlan;
  /** Absent: a zone is a line and cannot be chosen. */
  readonly choose?: (zone: string) => void;
  readonly chosen?: string | null;
  /** Where given, what is usual at this hour stands in place of the limit. */
  readonly usual?: FloorCounts | null;
}

/** How many people are in each zone now, and how long one may stay there. */
export function ZonesNow({ plan, choose, chosen = null, usual }: ZonesNowProps) {
  const counts = useOccupancy(plan);
  const zones = plan.zones.filter((zone) => zone.kind !== 'blind');
  const most = Math.max(8, ...counts.values());
  const last = (zone: Zone): string => {
    if (usual === undefined) return zone.dwellLimitSeconds ? duration(zone.dwellLimitSeconds) : 'policy';
    const known = usual?.zones.find((one) => one.zone === zone.id)?.usual?.people ?? null;
    return known === null ? '–' : people(known);
  };
  const name = (zone: Zone) =>
    choose ? (
      <button
        type="button"
        class="zone-name"
        id={`zone-${zone.id}`}
        aria-pressed={zone.id === chosen}
        onClick={() => choose(zone.id)}
        onFocus={() => choose(zone.id)}
      >
        {zone.name}
      </button>
    ) : (
      zone.name
    );
  return (
    <table class="zones">
      <colgroup>
        <col />
        <col class="bar-column" />
        <col class="count-column" />
        <col class="limit-column" />
      </colgroup>
      <thead>
        <tr>
          <th scope="col">Zone</th>
          <th scope="col" class="numeric" colSpan={2}>
            Now
          </th>
          <th scope="col" class="numeric">
            {usual === undefined ? 'Limit' : 'Usual'}
          </th>
        </tr>
      </thead>
      <tbody>
        {zones.map((zone) => (
          <tr key={zone.id} {...(choose ? { onPointerEnter: () => choose(zone.id) } : {})}>
            <th scope="row">
              {name(zone)}
              <span class="quiet block">{zone.kind}</span>
            </th>
            <td class="bar-cell" aria-hidden="true">
              <span class="count-bar" style={{ transform: `scaleX(${(counts.get(zone.id) ?? 0) / most})` }} />
            </td>
            <td class="numeric">{counts.get(zone.id) ?? '–'}</td>
            <td class="numeric quiet">{last(zone)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
