import { checker, FloorPlan } from '@safe-passage/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { Navigator } from '../../src/navigate/navigator.ts';
import { floorPlanOf } from '../../src/terminal/floorPlan.ts';
import { loadTerminal, PLAN_NAMES } from '../../src/terminal/load.ts';
import { isSimple } from '../../src/terminal/polygon.ts';
import type { Terminal } from '../../src/terminal/terminal.ts';

/** Mean of a log-normal time. */
const mean = ({ medianSeconds, sigma }: { medianSeconds: number; sigma: number }) =>
  medianSeconds * Math.exp((sigma * sigma) / 2);

/** Seconds from one person leaving a desk to the next one standing there. */
const STEP_UP_SECONDS = 5;

const length = (lane: Terminal['queues'][number]['lane']) =>
  lane.slice(1).reduce((sum, [x, y], i) => {
    const [px, py] = lane[i] ?? [x, y];
    return sum + Math.hypot(x - px, y - py);
  }, 0);

describe.each(PLAN_NAMES)('the terminal "%s"', (name) => {
  let terminal: Terminal;
  let navigator: Navigator;
  beforeAll(async () => {
    terminal = await loadTerminal(name);
    navigator = new Navigator(terminal);
  });

  it('holds together: every stage of every itinerary can be reached', () => {
    // Loading checks it; a terminal without ways through would pass an empty check.
    expect(terminal.itineraries.length).toBeGreaterThan(10);
    expect(terminal.spots.length).toBeGreaterThan(100);
  });

  it('has every kind of zone', () => {
    const kinds = new Set(terminal.zones.map(({ kind }) => kind));
    expect(kinds).toEqual(new Set(['queue', 'control', 'waiting', 'transit', 'retail', 'exit', 'blind']));
  });

  it('gives a floor plan that the contract accepts, where each camera sees some floor', () => {
    const plan = floorPlanOf(terminal);
    expect(checker(FloorPlan)(plan)).toMatchObject({ ok: true });
    for (const camera of plan.cameras) {
      expect(camera.view, camera.id).toBeDefined();
      expect(isSimple(camera.view ?? []), camera.id).toBe(true);
    }
  });

  it('leads from the place of whoever has been served to every way out of the same itinerary', () => {
    for (const { id, stages } of terminal.itineraries) {
      const last = stages.at(-1);
      const ways = last && 'leave' in last ? last.leave : [];
      for (const portalId of ways) {
        const portal = terminal.portals.find((candidate) => candidate.id === portalId);
        const goal = navigator.goal(portal?.line ?? []);
        for (const stage of stages) {
          if (!('queue' in stage)) continue;
          for (const queue of terminal.queues.filter((candidate) => stage.queue.includes(candidate.id))) {
            for (const desk of queue.desks) {
              expect(goal.distance(...desk.leaveBy), `${id}: ${desk.id} to ${portalId}`).toBeLessThan(500);
            }
          }
        }
      }
    }
  });
});

describe('the arrivals level', () => {
  it('serves 3,000 passengers an hour without queues that grow for ever', async () => {
    const terminal = await loadTerminal('arrivals');
    const arriving = terminal.itineraries.filter(({ of }) => of === 'arrival' || of === 'transfer');
    const all = arriving.reduce((sum, { weight }) => sum + weight, 0);
    const demand = new Map<string, number>();
    for (const { stages, weight } of arriving) {
      for (const stage of stages) {
        if (!('queue' in stage)) continue;
        const key = stage.queue.join(' ');
        demand.set(key, (demand.get(key) ?? 0) + (3000 * weight) / all);
      }
    }
    expect(demand.size).toBeGreaterThanOrEqual(3);
    for (const [key, perHour] of demand) {
      const served = terminal.queues
        .filter(({ id }) => key.split(' ').includes(id))
        .reduce((sum, { desks, service }) => sum + (desks.length * 3600) / (mean(service) + STEP_UP_SECONDS), 0);
      // Even if everybody came alone; companies are served together.
      expect(served / perHour, key).toBeGreaterThan(1.15);
    }
  });

  it('has snake lanes for 60 to 150 people before passport control', async () => {
    const terminal = await loadTerminal('arrivals');
    const snakes = terminal.queues.filter(({ lane }) => lane.length > 6);
    expect(snakes.length).toBeGreaterThanOrEqual(4);
    for (const { id, lane, spacingMetres } of snakes) {
      expect(length(lane) / spacingMetres, id).toBeGreaterThanOrEqual(60);
      expect(length(lane) / spacingMetres, id).toBeLessThanOrEqual(150);
    }
  });
});
