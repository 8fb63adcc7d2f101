/** What the schema cannot say about a terminal: names that must be one of a kind or exist, geometry, and ways. */
import type { PlanPoint } from '@safe-passage/contract';
import { Navigator } from '../navigate/navigator.ts';
import { isSimple } from './polygon.ts';
import type { Itinerary, Stage, Terminal } from './terminal.ts';
import { checkWays } from './ways.ts';

export interface TerminalFault {
  /** Where, as a path of the document: `queues.1.desks.0.at`. */
  readonly field: string;
  readonly found: string;
  /** What to do, or what is expected. */
  readonly remedy: string;
}

export type Tell = (field: string, found: unknown, remedy: string) => void;

/** @returns every fault found; geometry and ways are looked at only where the names hold. */
export function checkTerminal(terminal: Terminal): TerminalFault[] {
  const faults: TerminalFault[] = [];
  const tell: Tell = (field, found, remedy) => {
    const text = typeof found === 'string' ? found : JSON.stringify(found);
    faults.push({ field, found: text.length > 60 ? `${text.slice(0, 57)}...` : text, remedy });
  };
  checkNames(terminal, tell);
  checkPlaces(terminal, tell);
  if (faults.length === 0) checkWays(terminal, new Navigator(terminal), tell);
  return faults;
}

function checkNames(terminal: Terminal, tell: Tell): void {
  const { zones, portals, queues, spots, obstacles, itineraries, cameras } = terminal;
  for (const [list, members] of Object.entries({ zones, portals, queues, spots, obstacles, itineraries, cameras })) {
    onceEach(list, members, tell);
  }
  onceEach(
    'queues.desks',
    queues.flatMap(({ desks }) => desks),
    tell,
  );
  for (const [i, itinerary] of itineraries.entries()) checkStages(terminal, itinerary, `itineraries.${i}`, tell);
}

function onceEach(list: string, members: readonly { readonly id: string }[], tell: Tell): void {
  const seen = new Set<string>();
  for (const [i, { id }] of members.entries()) {
    if (seen.has(id)) tell(`${list}.${i}.id`, id, 'another one has this id; give each its own');
    seen.add(id);
  }
}

function checkStages(terminal: Terminal, itinerary: Itinerary, field: string, tell: Tell): void {
  const known = (list: readonly { readonly id: string }[], ids: readonly string[], at: string, what: string) => {
    for (const id of ids) {
      if (!list.some((member) => member.id === id)) tell(at, id, `there is no such ${what}; name one that exists`);
    }
  };
  const last = itinerary.stages.length - 1;
  for (const [i, stage] of itinerary.stages.entries()) {
    const at = `${field}.stages.${i}`;
    if ('enter' in stage !== (i === 0)) tell(at, stage, 'the first stage and no other is "enter"');
    if ('leave' in stage !== (i === last)) tell(at, stage, 'the last stage and no other is "leave"');
    if ('enter' in stage) known(terminal.portals, stage.enter, `${at}.enter`, 'portal');
    else if ('leave' in stage) known(terminal.portals, stage.leave, `${at}.leave`, 'portal');
    else if ('visit' in stage) known(terminal.portals, stage.visit, `${at}.visit`, 'portal');
    else if ('queue' in stage) known(terminal.queues, stage.queue, `${at}.queue`, 'queue');
    else if ('pass' in stage) known(terminal.zones, [stage.pass], `${at}.pass`, 'zone');
    else checkStay(terminal, stage, at, tell, known);
  }
}

function checkStay(
  terminal: Terminal,
  stage: Extract<Stage, { stay: unknown }>,
  at: string,
  tell: Tell,
  known: (list: Terminal['zones'], ids: readonly string[], at: string, what: string) => void,
): void {
  if (!terminal.spots.some(({ kind }) => kind === stage.stay)) {
    tell(`${at}.stay`, stage.stay, 'there is no spot of this kind; add one');
  }
  if (stage.zones) known(terminal.zones, stage.zones, `${at}.zones`, 'zone');
}

function checkPlaces(terminal: Terminal, tell: Tell): void {
  const [[minX, minY], [maxX, maxY]] = terminal.bounds;
  if (!(minX < maxX && minY < maxY)) {
    tell('bounds', terminal.bounds, 'give the lower left corner, then the upper right one');
    return;
  }
  const within = (field: string, points: readonly PlanPoint[]) => {
    for (const [i, point] of points.entries()) {
      const [x, y] = point;
      if (x < minX || y < minY || x > maxX || y > maxY) {
        tell(points.length > 1 ? `${field}.${i}` : field, point, 'lies outside the bounds; move it, or widen them');
      }
    }
  };
  for (const [i, wall] of terminal.walls.entries()) within(`walls.${i}`, wall);
  for (const list of ['zones', 'obstacles'] as const) {
    for (const [i, { id, polygon }] of terminal[list].entries()) {
      within(`${list}.${i}.polygon`, polygon);
      if (!isSimple(polygon)) {
        tell(
          `${list}.${i}.polygon`,
          id,
          'it crosses or touches itself, or encloses no area; order its corners around it',
        );
      }
    }
  }
  for (const [i, { line }] of terminal.portals.entries()) {
    within(`portals.${i}.line`, line);
    const [[ax, ay], [bx, by]] = line;
    if (Math.hypot(bx - ax, by - ay) < 0.6)
      tell(`portals.${i}.line`, line, 'nobody fits through; make it 0.6 m at least');
  }
  for (const [i, { lane, desks }] of terminal.queues.entries()) {
    within(`queues.${i}.lane`, lane);
    for (const [j, { at, leaveBy }] of desks.entries()) {
      within(`queues.${i}.desks.${j}.at`, [at]);
      within(`queues.${i}.desks.${j}.leaveBy`, [leaveBy]);
    }
  }
  for (const [i, { at }] of terminal.spots.entries()) within(`spots.${i}.at`, [at]);
  for (const [i, { position }] of terminal.cameras.entries()) within(`cameras.${i}.position`, [position]);
}
