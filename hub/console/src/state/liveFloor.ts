/** What the two screens that show the floor as it is now have in common. */
import type { FloorPlan } from '@safe-passage/contract';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { isInside } from '../figure/geometry.ts';
import { useConsole } from './context.ts';

/** Whether a person asked their system for less motion. */
export function useStillness(): boolean {
  const query = useMemo(() => matchMedia('(prefers-reduced-motion: reduce)'), []);
  const [still, setStill] = useState(query.matches);
  useEffect(() => {
    const onChange = () => setStill(query.matches);
    query.addEventListener('change', onChange);
    return () => query.removeEventListener('change', onChange);
  }, [query]);
  return still;
}

/** How many open alerts each zone has. The map stays the same until that changes, not whenever an alert grows. */
export function useOpenAlerts(floor: string): ReadonlyMap<string, number> {
  const { queue } = useConsole();
  const open = (queue.alerts.value ?? []).filter((alert) => alert.floor === floor && alert.state !== 'closed');
  const key = open
    .map((alert) => alert.zone)
    .sort()
    .join('\n');
  return useMemo(() => {
    const counts = new Map<string, number>();
    for (const zone of key === '' ? [] : key.split('\n')) counts.set(zone, (counts.get(zone) ?? 0) + 1);
    return counts;
  }, [key]);
}

/** How many people are in each zone now, by its name; nothing before the first word of the floor, and nothing of what is not observed. */
export function useOccupancy(plan: FloorPlan): ReadonlyMap<string, number> {
  const { floorsNow } = useConsole();
  const people = floorsNow.of(plan.id).latest.value?.people;
  return useMemo(() => {
    const counts = new Map<string, number>();
    if (!people) return counts;
    for (const zone of plan.zones) {
      if (zone.kind === 'blind') continue;
      let count = 0;
      for (const [, x, y, state] of people) if (state !== 'ended' && isInside(zone.polygon, x, y)) count++;
      counts.set(zone.id, count);
    }
    return counts;
  }, [plan, people]);
}
