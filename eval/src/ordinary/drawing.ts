/** What was told of ordinary people, drawn so that a person can look at it: one picture each, on one page. */
import type { MovementEpisode, Role } from '@safe-passage/hub/score/movement.ts';
import { escaped } from '@safe-passage/sim/terminal/drawing/sheet.ts';
import type { Row } from '../groups/dataset.ts';
import type { OrdinaryFound } from './measure.ts';

const SIZE = 360;
const MARGIN = 16;
/** Before and after what was told, so that it is seen how they came and went. */
const AROUND_MS = 5000;
const DOT_EVERY_MS = 2000;

const COLOR_OF: Partial<Record<Role, string>> = {
  leader: '#1c5d99',
  follower: '#d9480f',
  flanked: '#d9480f',
  flanking: '#1c5d99',
  shadowing: '#d9480f',
  shadowed: '#1c5d99',
};
const OTHERS = '#c8ccd0';

const short = (value: number): string => String(Math.round(value * 10) / 10);

interface Frame {
  readonly left: number;
  readonly top: number;
  readonly scale: number;
}

function frameOf(rows: readonly Row[]): Frame {
  const x = rows.map((row) => row.x);
  const y = rows.map((row) => row.y);
  const [left, top] = [Math.min(...x), Math.min(...y)];
  const extent = Math.max(Math.max(...x) - left, Math.max(...y) - top, 4);
  return { left, top, scale: (SIZE - 2 * MARGIN) / extent };
}

function path({ left, top, scale }: Frame, rows: readonly Row[], color: string, width: number): string {
  const at = ({ x, y }: Row): string => `${short(MARGIN + (x - left) * scale)} ${short(MARGIN + (y - top) * scale)}`;
  const line = rows.map((row, i) => `${i === 0 ? 'M' : 'L'}${at(row)}`).join('');
  return `<path d="${line}" fill="none" stroke="${color}" stroke-width="${width}" stroke-linejoin="round"/>`;
}

/** A dot every two seconds, where they end a larger one. */
function dots({ left, top, scale }: Frame, rows: readonly Row[], color: string): string {
  let lastMs = Number.NEGATIVE_INFINITY;
  return rows
    .map((row, i) => {
      const end = i === rows.length - 1;
      if (!end && row.timeMs - lastMs < DOT_EVERY_MS) return '';
      lastMs = row.timeMs;
      const [cx, cy] = [MARGIN + (row.x - left) * scale, MARGIN + (row.y - top) * scale];
      return `<circle cx="${short(cx)}" cy="${short(cy)}" r="${end ? 5 : 2.5}" fill="${color}"/>`;
    })
    .join('');
}

function drawing(episode: MovementEpisode, all: readonly Row[]): string {
  const [fromMs, toMs] = [episode.fromMs - AROUND_MS, episode.toMs + AROUND_MS];
  const near = Map.groupBy(
    all.filter(({ timeMs }) => timeMs >= fromMs && timeMs <= toMs),
    ({ person }) => person,
  );
  const roleOf = new Map(episode.persons.map(({ person, role }) => [person, role]));
  const frame = frameOf([...roleOf.keys()].flatMap((person) => near.get(person) ?? []));
  const parts: string[] = [];
  for (const [person, rows] of near) if (!roleOf.has(person)) parts.push(path(frame, rows, OTHERS, 1));
  for (const [person, role] of roleOf) {
    const rows = near.get(person) ?? [];
    const color = COLOR_OF[role] ?? '#2b2d42';
    parts.push(path(frame, rows, color, 2), dots(frame, rows, color));
  }
  const metre = 5 * frame.scale;
  const y = SIZE - 6;
  parts.push(
    `<path d="M${MARGIN} ${y}h${short(metre)}" stroke="#2b2d42" stroke-width="2"/><text x="${MARGIN}" y="${y - 4}" font-size="11">5 m</text>`,
  );
  const name = `${episode.pattern}: ${[...roleOf].map(([person, role]) => `${role} ${person}`).join(', ')}`;
  return `<svg viewBox="0 0 ${SIZE} ${SIZE}" width="${SIZE}" height="${SIZE}" role="img" aria-label="${escaped(name)}">${parts.join('')}</svg>`;
}

function figure(episode: MovementEpisode, rows: readonly Row[]): string {
  const seconds = (ms: number): string => (ms / 1000).toFixed(1);
  const roles = episode.persons.map(({ person, role }) => {
    const color = COLOR_OF[role] ?? '#2b2d42';
    return `<b style="color:${color}">${role}</b> ${escaped(person)}`;
  });
  return [
    '<figure>',
    drawing(episode, rows),
    `<figcaption>${episode.pattern}, ${seconds(episode.fromMs)} to ${seconds(episode.toMs)} s, score ${episode.score.toFixed(1)}<br>${roles.join(', ')}`,
    `<ul>${episode.reasons.map(({ text }) => `<li>${escaped(text)}</li>`).join('')}</ul></figcaption>`,
    '</figure>',
  ].join('\n');
}

/** One page with every escort, handover, flanking and shadowing that was told. Needs nothing from elsewhere. */
export function ordinaryPage(found: readonly OrdinaryFound[]): string {
  const sections = found.map(({ set, people, episodes }) => {
    const drawn = episodes.map((episode) => figure(episode, set.rows)).join('\n');
    const none = '<p>Nothing was told.</p>';
    return `<h2>${escaped(set.name)}</h2><p>${escaped(set.remark)}; ${people} people</p>\n<div>${drawn || none}</div>`;
  });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>What is told of ordinary people</title>
<style>body{font:15px/1.4 system-ui,sans-serif;margin:24px;color:#2b2d42}div{display:flex;flex-wrap:wrap;gap:24px}
figure{margin:0;width:${SIZE}px;border:1px solid #c8ccd0;border-radius:6px}figcaption{padding:8px 12px;border-top:1px solid #c8ccd0}ul{padding-left:18px;margin:6px 0}</style>
</head><body><h1>What is told of ordinary people</h1>
<p>Everything drawn here is false as far as anybody knows. A dot every two seconds, a large one at the end; others in grey.</p>
${sections.join('\n')}
</body></html>
`;
}
