import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { terminalSvg } from '../../src/terminal/drawing/drawing.ts';
import { loadTerminal, PLAN_NAMES } from '../../src/terminal/load.ts';

describe.each(PLAN_NAMES)('the map of "%s"', (name) => {
  it('is the committed drawing', async () => {
    const file = fileURLToPath(new URL(`../../plans/${name}.svg`, import.meta.url));
    expect(terminalSvg(await loadTerminal(name))).toBe(await readFile(file, 'utf8'));
  });

  it('names every zone, in words or at a touch, and shows cameras on demand only', async () => {
    const terminal = await loadTerminal(name);
    const plain = terminalSvg(terminal);
    for (const zone of terminal.zones) expect(plain).toContain(`<g id="zone-${zone.id}"><title>${zone.name}</title>`);
    expect(plain).not.toContain('id="cameras"');
    const seen = terminalSvg(terminal, { cameras: true });
    for (const camera of terminal.cameras) expect(seen).toContain(`<title>${camera.name}</title>`);
  });

  it('has one set of colours where a theme is asked for, and follows the reader otherwise', async () => {
    const terminal = await loadTerminal(name);
    expect(terminalSvg(terminal)).toContain('prefers-color-scheme:dark');
    const [light, dark] = [terminalSvg(terminal, { theme: 'light' }), terminalSvg(terminal, { theme: 'dark' })];
    expect(light).not.toContain('prefers-color-scheme');
    expect(dark.replace(/<style>.*<\/style>/, '')).toBe(light.replace(/<style>.*<\/style>/, ''));
  });
});
