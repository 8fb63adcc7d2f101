/** Chromium as the tests and the pictures of the console use it: no display, one site, and an account of what it did. */
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { chromiumBinary } from '../../../test/services/machine.ts';
import { PATIENCE } from '../../../test/services/program.ts';

/** What Chromium needs on a machine without a display, and what keeps it from talking to anybody. */
const CHROMIUM_ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A slow machine with two cores, on which the database works too. */
export const PATIENCE_SECONDS = 20;

export function launchChromium(): Promise<Browser> {
  if (!chromiumBinary) throw new Error('Chromium is missing: install it, or name it in SAFE_PASSAGE_CHROMIUM.');
  return chromium.launch({ executablePath: chromiumBinary, args: CHROMIUM_ARGUMENTS });
}

export interface LookOptions {
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: 'dark' | 'light';
  readonly reducedMotion?: 'reduce' | 'no-preference';
}

export interface Look {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the page complained about: uncaught errors, console errors, breaches of the content security policy. */
  readonly complaints: string[];
  /** Requests that were refused or not answered; a test that brings that about expects it. */
  readonly refusals: string[];
  /** Hosts that the page asked for anything. */
  readonly hosts: Set<string>;
  /** Every layout shift that no input caused since the page was loaded, summed up, and what was shifted. */
  layoutShift(): Promise<{ readonly total: number; readonly of: readonly string[] }>;
}

// Text that grows by a digit within its own right-aligned box is no shift of the layout: only elements count.
const SHIFT_OBSERVER = `
  window.__shift = 0;
  window.__shifted = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const moved = entry.sources.filter(({ node }) => node?.nodeType !== Node.TEXT_NODE);
      if (entry.hadRecentInput || moved.length === 0) continue;
      window.__shift += entry.value;
      for (const { node, previousRect: from, currentRect: to } of moved) {
        const place = ({ x, y, width, height }) => [x, y, width, height].map(Math.round).join(' ');
        window.__shifted.push(\`\${node?.nodeName} \${node?.className}: \${place(from)} -> \${place(to)}\`);
      }
    }
  }).observe({ type: 'layout-shift', buffered: true });
`;

/** A browser profile of its own with one page, on which everything is noted down. */
export async function look(browser: Browser, options: LookOptions = {}): Promise<Look> {
  const { width = 1366, height = 768, colorScheme = 'dark', reducedMotion = 'no-preference' } = options;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme,
    reducedMotion,
    timezoneId: 'America/New_York',
  });
  context.setDefaultTimeout(PATIENCE * PATIENCE_SECONDS * 1000);
  await context.addInitScript({ content: SHIFT_OBSERVER });
  const page = await context.newPage();
  const complaints: string[] = [];
  const refusals: string[] = [];
  const hosts = new Set<string>();
  page.on('pageerror', (problem) => complaints.push(`uncaught: ${problem.message}`));
  page.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return;
    const text = message.text();
    (text.startsWith('Failed to load resource') ? refusals : complaints).push(`${text} ${message.location().url}`);
  });
  context.on('request', (request) => hosts.add(new URL(request.url()).host));
  return {
    page,
    context,
    complaints,
    refusals,
    hosts,
    layoutShift: () => page.evaluate('({ total: window.__shift, of: [...new Set(window.__shifted)] })'),
  };
}
