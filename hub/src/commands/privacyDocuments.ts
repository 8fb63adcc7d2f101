/** `hub privacy dpia` and `hub privacy notices`: documents from the configuration that runs. */
import { defineCommand, EXIT, OperatorError, writeOutput } from '@safe-passage/cli';
import type pg from 'pg';
import { DEFAULT_POLICY, loadPolicy } from '../alert/policy.ts';
import type { HubConfig } from '../config.ts';
import { htmlOf, markdownOf } from '../document/document.ts';
import { changesBetween, type DpiaFacts, factsOf } from '../dpia/facts.ts';
import { noticesOf, noticesPage } from '../dpia/notices.ts';
import { type Previous, sheetOf } from '../dpia/sheet.ts';
import type { PrivacyPolicy } from '../privacy/policy.ts';
import { deployedDevices, lastSheet, rolesInUse, saveSheet } from '../store/dpiaSheets.ts';
import { policyInForce } from '../store/privacy/policies.ts';
import { hubVersion } from '../version.ts';
import { configOption, operator, withDatabase } from './access.ts';

async function insistOnPolicy(pool: pg.Pool): Promise<PrivacyPolicy> {
  const inForce = await policyInForce(pool);
  if (inForce) return inForce.policy;
  throw new OperatorError('No privacy policy has been in force yet.', 'A hub takes its policy when it starts.');
}

async function currentFacts(pool: pg.Pool, hub: HubConfig): Promise<DpiaFacts> {
  return factsOf({
    site: hub.site,
    timeZone: hub.timeZone,
    hubVersion: hubVersion(),
    floors: hub.floors,
    devices: await deployedDevices(pool, hub.site),
    policy: await insistOnPolicy(pool),
    alerts: hub.policyFile === null ? DEFAULT_POLICY : await loadPolicy(hub.policyFile),
    roles: await rolesInUse(pool),
    brokerUrl: hub.broker.url,
    databaseUrl: hub.databaseUrl,
    listen: hub.listen,
  });
}

export const dpia = defineCommand({
  summary: 'Write the data sheet of a data protection impact assessment, from the configuration that runs',
  usage: 'npm run -s hub -- privacy dpia --config hub.yaml --out dpia.html',
  description:
    'Sites, floors, zones, cameras, devices and detectors, classes of data with purpose, legal basis and retention, roles, recipients, the movements that are looked for, and what of all this has changed since the last sheet. A name that ends in .md gives Markdown, any other a page of HTML without scripts that prints on A4. Where something has changed, the facts are kept for the next comparison; the audit records that a sheet was made.',
  options: {
    config: configOption,
    out: { type: 'string', short: 'o', value: 'FILE', help: 'where to, .html or .md; otherwise HTML to stdout' },
  },
  examples: [
    'npm run -s hub -- privacy dpia -c hub.yaml --out dpia.html',
    'npm run -s hub -- privacy dpia -c hub.yaml --out dpia.md',
  ],
  run: async ({ values }) => {
    const nowMs = Date.now();
    const text = await withDatabase(values.config, async (pool, hub) => {
      const facts = await currentFacts(pool, hub);
      const before = await lastSheet(pool, hub.site);
      const previous: Previous | null = before && {
        number: before.number,
        atMs: before.atMs,
        changes: changesBetween(before.facts, facts),
      };
      const parts = sheetOf(facts, previous, nowMs);
      await saveSheet(pool, facts, operator(), nowMs);
      const title = `Data protection impact assessment: data sheet of ${hub.site}`;
      return values.out?.endsWith('.md') ? markdownOf(title, parts) : htmlOf(title, parts);
    });
    await writeOutput(values.out, text);
    return EXIT.ok;
  },
});

export const notices = defineCommand({
  summary: 'Write the text of signs: a sheet of A4 for each camera and zone',
  usage: 'npm run -s hub -- privacy notices --config hub.yaml --out notices.html',
  description:
    'What happens there, for what, on what ground, how long it is kept, what rights people have, who answers and whom to ask, from the privacy policy in force (notice.controller, notice.contact). Blind zones have a sheet as well. Print the page, or take what you need into signs of your own; --json gives the same for a web site.',
  options: {
    config: configOption,
    out: { type: 'string', short: 'o', value: 'FILE', help: 'where to; otherwise to stdout' },
    json: { type: 'boolean', help: 'as JSON' },
  },
  examples: [
    'npm run -s hub -- privacy notices -c hub.yaml --out notices.html',
    'npm run -s hub -- privacy notices -c hub.yaml --json --out notices.json',
  ],
  run: async ({ values }) => {
    const { site, all } = await withDatabase(values.config, async (pool, hub) => ({
      site: hub.site,
      all: noticesOf(hub.floors, await insistOnPolicy(pool), Date.now()),
    }));
    await writeOutput(
      values.out,
      values.json ? `${JSON.stringify({ site, notices: all }, null, 2)}\n` : noticesPage(site, all),
    );
    return EXIT.ok;
  },
});
