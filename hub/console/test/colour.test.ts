import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FIGURE_COLOURS, ROLE_COLOURS } from '../../src/figure/colours.ts';
import { PATTERNS, Role } from '../../src/score/movement.ts';
import { DASHES, shapePath } from '../src/figure/roleMark.ts';
import { isPattern, roles } from '../src/words/terms.ts';

const SHEET = readFileSync(new URL('../src/styles/tokens.css', import.meta.url), 'utf8');
const CONTROLS = readFileSync(new URL('../src/styles/controls.css', import.meta.url), 'utf8');
const ROLES = Role.anyOf.map((one) => one.const);

/** Custom properties of a theme; light says only what differs. */
function theme(name: 'dark' | 'light'): ReadonlyMap<string, string> {
  const blocks = [...SHEET.matchAll(/:root(\[data-theme="light"\])? \{([^}]*)\}/g)];
  const of = (light: boolean) => blocks.filter((block) => (block[1] !== undefined) === light).map((block) => block[2]);
  const text = [...of(false), ...(name === 'light' ? of(true) : [])].join('\n');
  return new Map([...text.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)].map((found) => [found[1] ?? '', found[2] ?? '']));
}

/** Relative luminance and contrast as WCAG 2.2 defines them. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a: string, b: string): number {
  const [darker = 0, lighter = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (lighter + 0.05) / (darker + 0.05);
}

describe.each(['dark', 'light'] as const)('colours with a meaning, %s', (name) => {
  const colours = theme(name);
  const colour = (key: string): string => {
    const value = colours.get(key);
    if (!value) throw new Error(`There is no colour ${key}`);
    return value;
  };

  it('tell the shapes and lines of roles from the floor and the page', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
    for (const role of ROLES) {
      for (const ground of ['figure-floor', 'figure-ground', 'surface']) {
        expect(contrast(colour(`role-${role}`), colour(ground)), `${role} on ${ground}`).toBeGreaterThanOrEqual(3);
      }
    }
  });

  it('let the words on a band be read', () => {
    for (const role of ROLES)
      expect(contrast(colour(`role-${role}`), colour('on-role')), role).toBeGreaterThanOrEqual(4.5);
  });

  it('tell the drawings of patterns from their plates', () => {
    for (const pattern of PATTERNS) {
      expect(contrast(colour(`pattern-${pattern}`), colour('raised')), pattern).toBeGreaterThanOrEqual(4.5);
      expect(CONTROLS).toContain(`.pattern-${pattern} {`);
      expect(isPattern(pattern)).toBe(true);
    }
    expect(new Set(PATTERNS.map((pattern) => colour(`pattern-${pattern}`))).size).toBe(PATTERNS.length);
  });
});

describe('roles', () => {
  it('each have a shape of their own, so that no hue has to be seen', () => {
    expect(new Set(ROLES.map((role) => shapePath(role, 10))).size).toBe(ROLES.length);
  });

  it('that share a hue in a story differ by the dash of their paths, too', () => {
    for (const [one, other] of [
      ['follower', 'contact'],
      ['follower', 'companion'],
      ['contact', 'companion'],
      ['flanked', 'shadowed'],
      ['leader', 'coordinator'],
    ] as const) {
      expect(DASHES[one]).not.toEqual(DASHES[other]);
    }
  });

  it('are named by the movement, and never by what somebody might be', () => {
    const words = ROLES.flatMap((role) => [roles[role].word, roles[role].meaning]).join(' ');
    expect(words).not.toMatch(/suspect|victim|offender|criminal|child|traffick/i);
  });
});

describe('the figure that the hub draws', () => {
  it('has the colours of the light theme', () => {
    const colours = theme('light');
    for (const [name, value] of Object.entries(FIGURE_COLOURS))
      expect([name, value]).toEqual([name, colours.get(name)]);
    for (const role of ROLES) expect([role, ROLE_COLOURS[role]]).toEqual([role, colours.get(`role-${role}`)]);
  });
});
