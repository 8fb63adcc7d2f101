import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { chromiumBinary } from '../../../test/services/machine.ts';
import type { MovementPattern } from '../../src/score/movement.ts';
import { violations } from './axe.ts';
import type { LookOptions } from './browser.ts';
import { eventually, pixelsOf, useConsole } from './consoleRig.ts';

/** The dark theme's colour of what is pointed at. */
const ACCENT = [143, 180, 255] as const;

const WORDS: Readonly<Record<MovementPattern, string>> = {
  handover: 'Handed over',
  escort: 'Led for',
  flanking: 'Kept between',
  shadowing: 'Same way and stops',
  regrouping: 'parted before',
  coordinator: 'one after another',
};
const ACTED = ['handover', 'flanking', 'shadowing', 'regrouping', 'coordinator'] as const;

const LINES: Readonly<Record<(typeof ACTED)[number], readonly string[]>> = {
  handover: ['second leader', 'leader', 'follower'],
  flanking: ['flanked', 'flanking 1', 'flanking 2'],
  shadowing: ['shadowed', 'shadowing'],
  regrouping: ['companion 1', 'companion 2', 'companion 3', 'companion 4'],
  coordinator: ['coordinator', 'contact 1', 'contact 2', 'contact 3', 'contact 4', 'contact 5'],
};

/** Notes what the last frame wrote where, names standing beside their dots, and which arrows it drew. */
const NOTE_DRAWING = `
  const { fillText, clearRect, moveTo, quadraticCurveTo } = CanvasRenderingContext2D.prototype;
  window.drawing = { texts: {}, arrows: [] };
  let from = [0, 0];
  Object.assign(CanvasRenderingContext2D.prototype, {
    clearRect(...box) {
      window.drawing = { texts: {}, arrows: [] };
      clearRect.apply(this, box);
    },
    fillText(text, x, y) {
      window.drawing.texts[text] = [x, y];
      fillText.call(this, text, x, y);
    },
    moveTo(x, y) {
      from = [x, y];
      moveTo.call(this, x, y);
    },
    quadraticCurveTo(bx, by, x, y) {
      window.drawing.arrows.push([...from, x, y]);
      quadraticCurveTo.call(this, bx, by, x, y);
    },
  });
`;
type Place = readonly [x: number, y: number];
interface Drawing {
  readonly texts: Readonly<Record<string, Place>>;
  /** From and to. Each is drawn twice: its casing, and itself. */
  readonly arrows: readonly (readonly [number, number, number, number])[];
}
const drawingNow = (page: Page) => page.evaluate<Drawing>('window.drawing');
const textsOf = async (page: Page) => (await drawingNow(page)).texts;
const away = (a: Place | undefined, b: Place | undefined) =>
  a && b ? Math.hypot(a[0] - b[0], a[1] - b[1]) : Number.NaN;

describe.skipIf(!chromiumBinary)('a story of several people in the console (needs Chromium)', () => {
  const rig = useConsole({ stories: true });

  async function queue(options: LookOptions = {}): Promise<Page> {
    const { page } = await rig.reviewer({ reducedMotion: 'reduce', ...options });
    await page.evaluate(NOTE_DRAWING);
    return page;
  }
  async function opened(pattern: MovementPattern, options: LookOptions = {}): Promise<Page> {
    const page = await queue(options);
    await page.locator('.row', { hasText: WORDS[pattern] }).dblclick();
    await page.locator('.alert-screen h1').waitFor();
    await page.locator('.seen').first().waitFor({ state: 'attached' });
    return page;
  }
  const storyOf = (pattern: MovementPattern) => {
    const story = rig.hall.stories.find(({ name }) => name === pattern);
    if (!story) throw new Error(`Nobody acts out ${pattern}`);
    return story;
  };
  const namesOf = (page: Page, lines: string) =>
    page.evaluate<string[]>(`[...document.querySelectorAll('${lines}')].map((lane) => lane.dataset.line).sort()`);
  const linesOf = (page: Page) => namesOf(page, '.lane');
  const lit = (page: Page) => namesOf(page, '.lane:has(.lit-span)');
  const elapsed = async (page: Page) => Number(await page.getByRole('slider').getAttribute('aria-valuenow'));

  it.each(ACTED)('has a line for every person of %s, and nobody under a pseudonym', async (pattern) => {
    const page = await opened(pattern);
    expect(await linesOf(page)).toEqual([...LINES[pattern]].sort());
    const people = await page.locator('.person strong').allInnerTexts();
    expect(people.sort()).toEqual([...LINES[pattern]].sort());
    const { persons } = storyOf(pattern).recordAt(Date.now()).detail;
    const headings = (await page.locator('h1, h2, strong, .lane-name').allTextContents()).join(' ');
    const details = await page.locator('.people-list').innerText();
    for (const { person } of persons) {
      expect(headings).not.toContain(person);
      expect(details).toContain(person);
    }
  });

  it('names the movement, the place and how long it lasted, and is as sure as the joins are', async () => {
    const page = await opened('handover');
    const facts = page.getByLabel('Reasons, history and disposition');
    const text = (await facts.innerText()).replaceAll('\u00a0', ' ');
    expect(text).toMatch(/Lasted\s+2 min 30 s/);
    expect(text).toMatch(/Made of\s+handover, escort/);
    expect(text).toMatch(/Tracks joined\s+1 join across a gap, at least 83 % likely/);
    expect(text).toMatch(/What would explain this\s+A guide who hands guests to a driver/);
    expect(text).not.toMatch(/Limit|suspect|victim/i);
    expect(await page.locator('.story-facts').innerText()).toContain('Handover at Meeting point');
  });

  it('tells the reasons of each of its movements under a name of their own: what, who and when', async () => {
    const page = await opened('handover');
    const { fromMs } = storyOf('handover');
    const clock = (seconds: number) =>
      new Date(fromMs + seconds * 1000).toLocaleTimeString('en-GB', { timeZone: 'Europe/Berlin' });
    const facts = page.getByLabel('Reasons, history and disposition');
    const heads = (await facts.getByRole('heading', { level: 3 }).allInnerTexts()).map((text) =>
      text.replaceAll(/\s+/g, ' '),
    );
    expect(heads).toEqual([
      `Handover leader, follower, second leader · ${clock(0)} to ${clock(150)}`,
      `Escort leader, follower · ${clock(0)} to ${clock(92)}`,
    ]);
    // They are numbered through: a key lights up one reason whatever it belongs to.
    expect(await facts.locator('.reason .number').allInnerTexts()).toEqual(['1', '2', '3', '4', '5']);
    await page.keyboard.press('5');
    expect(await facts.locator('.reason.lit').innerText()).toContain('Followed at');
  });

  it('names the floor where a movement takes place outside of every zone', async () => {
    const page = await opened('flanking');
    expect(await page.locator('.story-facts').innerText()).toContain('Flanking in Arrivals hall');
    await page.keyboard.press('Escape');
    const row = page.locator('.row', { hasText: WORDS.flanking });
    expect(await row.locator('.row-zone').innerText()).toBe('Arrivals hall');
  });

  it.each(['flanking', 'regrouping', 'handover'] as const)('moves every dot of %s in a replay', async (pattern) => {
    const page = await opened(pattern);
    await page.getByRole('slider').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    // Those who come later are there once somebody has met them.
    if (pattern === 'handover') for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowRight');
    const before = await eventually(
      () => textsOf(page),
      (texts) => LINES[pattern].every((name) => texts[name]),
      'everybody’s name beside a dot',
    );
    const from = await elapsed(page);
    await page.getByText('8×').click();
    await page.keyboard.press('e');
    await eventually(
      () => elapsed(page),
      (at) => at >= from + 18,
      'eighteen seconds of the story',
    );
    await page.keyboard.press('e');
    const after = await textsOf(page);
    for (const name of LINES[pattern]) expect(away(before[name], after[name]), name).toBeGreaterThan(20);
  });

  it('stops at every moment of everybody with the arrow keys, from the first to the last, and says whose it is', async () => {
    const page = await opened('handover');
    const slider = page.getByRole('slider');
    await slider.focus();
    await page.keyboard.press('Home');
    expect(await elapsed(page)).toBe(0);
    const told: string[] = [];
    const most = Number(await slider.getAttribute('aria-valuemax'));
    for (let i = 0; i < 20 && (await elapsed(page)) < most; i++) {
      const before = await elapsed(page);
      await page.keyboard.press('ArrowRight');
      await eventually(
        () => elapsed(page),
        (at) => at > before,
        'a later moment',
      );
      told.push(await page.locator('.player-moment').innerText());
      expect(await slider.getAttribute('aria-valuetext')).toContain(told.at(-1));
    }
    expect(told).toEqual([
      'leader: set off first',
      'leader: stopped first',
      'leader: set off again',
      'second leader: met',
      'follower: handed over',
      'second leader: led from here',
      'leader: out of reach',
      'follower: last seen',
      '',
    ]);
    expect(await page.locator('.mark-moment').count()).toBe(8);
    const own = page.locator('.lane[data-line="second leader"] .mark-moment');
    expect(await own.locator('title').allTextContents()).toEqual(['met', 'led from here']);
  });

  it('writes no label of a line over another', async () => {
    for (const pattern of ['handover', 'coordinator'] as const) {
      const page = await opened(pattern);
      const boxes = await page.evaluate<{ left: number; right: number; top: number; bottom: number }[]>(
        "[...document.querySelectorAll('.mark text')].map((text) => text.getBoundingClientRect().toJSON())",
      );
      expect(boxes.length).toBeGreaterThanOrEqual(8);
      boxes.forEach((box, i) => {
        for (const other of boxes.slice(i + 1)) {
          const apart = box.right <= other.left || other.right <= box.left;
          expect(apart || box.bottom <= other.top + 3 || other.bottom <= box.top + 3).toBe(true);
        }
      });
    }
  });

  it('lights up the persons, the place and the time of a reason that is pointed at', async () => {
    const page = await opened('handover');
    expect(await pixelsOf(page, ACCENT)).toBe(0);
    await page.locator('.reason').nth(0).hover();
    await eventually(
      () => lit(page),
      (lines) => lines.join() === 'follower,leader',
      'the two whom it is about',
    );
    expect(await page.locator('.lane.back').getAttribute('data-line')).toBe('second leader');
    await page.locator('.reason').nth(2).hover();
    await eventually(
      () => lit(page),
      (lines) => lines.length === 3,
      'all three',
    );
    await eventually(
      () => pixelsOf(page, ACCENT),
      (count) => count > 300,
      'the place on the plan',
    );
    await page.locator('h1').hover();
    await eventually(
      () => pixelsOf(page, ACCENT),
      (count) => count === 0,
      'nothing lit',
    );
    await page.locator('.person').nth(1).hover();
    await eventually(
      () => lit(page),
      (lines) => lines.length === 1,
      'the person who is pointed at',
    );
  });

  it('draws who leads whom, where somebody was handed over, and how far behind another walks', async () => {
    const handover = await opened('handover');
    const arrows = async () => (await drawingNow(handover)).arrows.filter((_, i) => i % 2 === 0);
    await handover.getByRole('slider').focus();
    await handover.keyboard.press('Home');
    await eventually(arrows, (all) => all.length === 0, 'no arrow before anybody is led');
    await handover.keyboard.press('ArrowRight');
    await handover.keyboard.press('ArrowRight');
    const [arrow] = await eventually(arrows, (all) => all.length === 1, 'one arrow');
    const { actors, fromMs } = storyOf('handover');
    const [leader, follower] = actors.slice(0, 2).map((actor) => actor.at(fromMs + 8_000));
    if (!arrow || !leader || !follower) throw new Error('Nobody leads or is led');
    // From the leader to the follower; down the screen is down the floor.
    const [dx, dy] = [arrow[2] - arrow[0], arrow[1] - arrow[3]];
    expect(dx * (follower.x - leader.x) + dy * (follower.y - leader.y)).toBeGreaterThan(0);
    expect(Object.keys(await textsOf(handover))).toContain('handed over');
    await handover.keyboard.press('End');
    await eventually(arrows, (all) => all.length === 0, 'no arrow after the last');

    const shadowing = await opened('shadowing');
    await shadowing.getByRole('slider').focus();
    await shadowing.keyboard.press('Home');
    await shadowing.keyboard.press('ArrowRight');
    expect(await shadowing.locator('.player-moment').innerText()).toBe('shadowed: slowed');
    const metres = async () => Object.keys(await textsOf(shadowing)).filter((text) => /^\d+\.\d\u00a0m$/.test(text));
    const distances = await eventually(metres, (texts) => texts.length > 0, 'a distance in metres');
    for (const text of distances) expect(Number.parseFloat(text)).toBeLessThan(25);
  });

  it('has its roles explained in a legend, and a stay has none', async () => {
    const page = await opened('coordinator');
    const legend = page.getByRole('list', { name: 'Roles in this story' });
    expect((await legend.innerText()).split(/\s+/).filter(Boolean)).toEqual(['coordinator', 'contact']);
    await page.keyboard.press('Escape');
    await page.locator('.row', { hasText: 'Present at Lifts' }).dblclick();
    await page.locator('.lane').waitFor({ state: 'attached' });
    expect(await page.locator('.lane').count()).toBe(1);
    expect(await legend.count()).toBe(0);
  });

  it('leaves the plan room at 1366x768, and scrolls to the line that is told of', async () => {
    const page = await opened('coordinator');
    const figure = await page.locator('.figure').boundingBox();
    expect(figure?.height).toBeGreaterThan(340);
    await page.getByRole('slider').focus();
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowLeft');
    expect(await page.locator('.player-moment').innerText()).toBe('contact 5: parted');
    const inView = async () => {
      const track = await page.locator('.track').boundingBox();
      const lane = await page.locator('.lane[data-line="contact 5"] .band').boundingBox();
      return !!track && !!lane && lane.y > track.y && lane.y + lane.height < track.y + track.height - 18;
    };
    await eventually(inView, (seen) => seen, 'the line of the fifth contact');
    expect(await page.evaluate('document.documentElement.scrollHeight <= innerHeight')).toBe(true);
  });

  it('tells every story whole on a tablet, in the list and on its page', async () => {
    const page = await queue({ width: 768, height: 1024, reducedMotion: 'reduce' });
    const cut = (selector: string) =>
      page.evaluate<string[]>(`[...document.querySelectorAll(${JSON.stringify(selector)})]
        .filter((one) => one.scrollHeight > one.clientHeight || one.scrollWidth > one.clientWidth)
        .map((one) => one.textContent)`);
    await page.evaluate('document.fonts.ready');
    expect(await cut('.row-sentence')).toEqual([]);
    await page.locator('.row', { hasText: WORDS.handover }).dblclick();
    await page.locator('.alert-screen h1').waitFor();
    expect(await cut('.story-words > h1')).toEqual([]);
  });

  it('works by keyboard alone, from the queue to a person and back', async () => {
    const page = await queue();
    const chosen = page.locator('.row.chosen');
    for (let i = 0; i < 12; i++) {
      await page.keyboard.press('j');
      if ((await chosen.innerText()).includes('Handed over')) break;
    }
    expect((await chosen.innerText()).replaceAll('\u00a0', ' ')).toContain('Handed over');
    await page.keyboard.press('Enter');
    await page.locator('.alert-screen .seen').first().waitFor({ state: 'attached' });
    await page.keyboard.press('3');
    await eventually(
      () => lit(page),
      (lines) => lines.length === 3,
      'the third reason',
    );
    await page.keyboard.press('3');
    const focused = () => page.evaluate<string>('document.activeElement.className');
    for (let i = 0; i < 40 && !(await focused()).includes('track'); i++) await page.keyboard.press('Tab');
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('.player-moment').innerText()).toBe('leader: set off first');
    for (let i = 0; i < 20 && !(await focused()).includes('person'); i++) await page.keyboard.press('Tab');
    await eventually(
      () => lit(page),
      (lines) => lines.length === 1,
      'the person who has the focus',
    );
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    await page.locator('.queue-screen').waitFor();
  });

  it('is told in the queue by icon and sentence, and drawn in its figure', async () => {
    const page = await queue();
    for (const pattern of ACTED) {
      const row = page.locator('.row', { hasText: WORDS[pattern] });
      expect(await row.locator(`.pattern-${pattern} svg`).count()).toBe(1);
      await row.click();
      await page.locator('.seen').first().waitFor({ state: 'attached' });
      expect(await linesOf(page)).toEqual([...LINES[pattern]].sort());
    }
    const drawn = await page.evaluate<string[]>(
      "[...document.querySelectorAll('.row .pattern path')].map((path) => path.getAttribute('d'))",
    );
    expect(new Set(drawn).size).toBe(ACTED.length + 1);
  });

  describe.each(['dark', 'light'] as const)('%s', (colorScheme) => {
    it.each(ACTED)('gives axe-core nothing to find in %s', async (pattern) => {
      const page = await opened(pattern, { colorScheme });
      await page.keyboard.press('1');
      await page.locator('.lit-span').first().waitFor({ state: 'attached' });
      expect(await violations(page), pattern).toEqual([]);
      await page.keyboard.press('Escape');
      await page.locator('.selected .seen').first().waitFor({ state: 'attached' });
      expect(await violations(page), `${pattern} in the queue`).toEqual([]);
    });
  });

  it('moves nothing about while the movement goes on', async () => {
    const { page, layoutShift } = await rig.reviewer();
    await page.locator('.row', { hasText: WORDS.shadowing }).dblclick();
    await page.locator('.alert-screen .seen').first().waitFor({ state: 'attached' });
    const slider = page.getByRole('slider');
    for (let i = 0; i < 3; i++) {
      const before = await slider.getAttribute('aria-valuemax');
      await eventually(
        () => slider.getAttribute('aria-valuemax'),
        (most) => most !== before,
        'a longer story',
      );
    }
    expect(await layoutShift()).toEqual({ total: 0, of: [] });
  });
});
