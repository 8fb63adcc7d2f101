/** One moment of a run, drawn over the map of its terminal. */

import type { ScenarioKind } from '../scenarios/kinds.ts';
import { fittingScale, terminalSvg } from '../terminal/drawing/drawing.ts';
import { escaped, number, Sheet } from '../terminal/drawing/sheet.ts';
import type { Theme } from '../terminal/drawing/style.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Paths, Place, StagedScenario } from './recording.ts';

export const TAIL_SECONDS = 15;

/** One hue a pattern, of Okabe and Ito (2008): told apart by colour-blind eyes. */
const HUES: Readonly<Record<ScenarioKind, string>> = {
  'long-dwell': '#e69f00',
  escort: '#56b4e9',
  handover: '#009e73',
  flanking: '#f0e442',
  shadowing: '#0072b2',
  regrouping: '#d55e00',
  coordinator: '#cc79a7',
  combination: '#999999',
};

export interface MomentStyle {
  readonly theme: Exclude<Theme, 'auto'>;
}

function clockText(seconds: number): string {
  const whole = Math.floor(seconds);
  const part = (value: number) => String(value).padStart(2, '0');
  return `${part(Math.floor(whole / 3600))}:${part(Math.floor(whole / 60) % 60)}:${part(whole % 60)}`;
}

/** Draws moments of one terminal; the map is drawn once. */
export class MomentDrawing {
  readonly #before: string;
  readonly #sheet: Sheet;
  readonly #dark: boolean;

  constructor(terminal: Terminal, { theme }: MomentStyle) {
    const scale = fittingScale(terminal);
    const map = terminalSvg(terminal, { theme, scale });
    this.#before = map.slice(0, map.lastIndexOf('</svg>'));
    this.#sheet = new Sheet(terminal.bounds, scale);
    this.#dark = theme === 'dark';
  }

  /** @param paths as far back as the tails reach. */
  draw(atSeconds: number, paths: Paths, scenarios: readonly StagedScenario[]): string {
    const staged = new Map<number, StagedScenario>();
    for (const scenario of scenarios) {
      if (scenario.from > atSeconds || scenario.to < atSeconds) continue;
      for (const { id } of scenario.persons) staged.set(id, scenario);
    }
    const quiet: string[] = [];
    const bright: string[] = [];
    const labels = new Map<number, string>();
    let present = 0;
    for (const [id, places] of paths) {
      const tail = places.filter(({ t }) => t <= atSeconds && t >= atSeconds - TAIL_SECONDS);
      const last = tail.at(-1);
      if (!last || atSeconds - last.t > 1) continue;
      present += 1;
      const scenario = staged.get(id);
      (scenario ? bright : quiet).push(this.#person(tail, last, scenario));
      if (scenario && !labels.has(scenario.scenario)) labels.set(scenario.scenario, this.#label(last, scenario));
    }
    const ink = this.#dark ? '#e8eaed' : '#202124';
    const clock = `<text x="${number(this.#sheet.width - 76)}" y="28" text-anchor="end" font-size="15" font-weight="600" fill="${ink}" font-family="Inter, sans-serif">${clockText(atSeconds)} · ${present} people</text>`;
    return `${this.#before}<g id="people">${quiet.join('')}${bright.join('')}${[...labels.values()].join('')}</g>${clock}</svg>`;
  }

  #person(tail: readonly Place[], last: Place, scenario: StagedScenario | undefined): string {
    const hue = scenario ? HUES[scenario.kind] : this.#dark ? '#aab0b8' : '#5f6670';
    const points = tail.map(({ x, y }) => `${number(this.#sheet.x(x))},${number(this.#sheet.y(y))}`).join(' ');
    const dash = scenario?.decoy ? ' stroke-dasharray="3 2"' : '';
    const line =
      tail.length > 1
        ? `<polyline points="${points}" fill="none" stroke="${hue}" stroke-width="${scenario ? 2 : 1}" stroke-opacity="${scenario ? 0.9 : 0.35}"${dash}/>`
        : '';
    const [cx, cy] = [number(this.#sheet.x(last.x)), number(this.#sheet.y(last.y))];
    // A look-alike is an open ring: colour alone tells nothing.
    const dot = scenario?.decoy
      ? `<circle cx="${cx}" cy="${cy}" r="4" fill="none" stroke="${hue}" stroke-width="2"/>`
      : `<circle cx="${cx}" cy="${cy}" r="${scenario ? 4.5 : 2.6}" fill="${hue}"/>`;
    return line + dot;
  }

  #label({ x, y }: Place, scenario: StagedScenario): string {
    const text = scenario.decoy ? `like ${scenario.kind}: ${scenario.variant}` : scenario.kind;
    const [ink, halo] = this.#dark ? ['#ffffff', '#14171c'] : ['#111111', '#ffffff'];
    const atRight = this.#sheet.x(x) > 0.75 * this.#sheet.width;
    return `<text text-anchor="${atRight ? 'end' : 'start'}" x="${number(this.#sheet.x(x) + (atRight ? -8 : 8))}" y="${number(this.#sheet.y(y) - 8)}" font-size="12" font-weight="600" fill="${ink}" stroke="${halo}" stroke-width="3" paint-order="stroke" font-family="Inter, sans-serif">${escaped(text)}</text>`;
  }
}
