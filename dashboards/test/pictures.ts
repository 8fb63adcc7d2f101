/**
 * Draws every panel's data as a plain picture, one PNG for each dashboard: of a simulated terminal, or of a database of yours. It
 * does not look like Grafana; it shows what Grafana would be told.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { migrate } from '@safe-passage/hub/store/index.ts';
import sharp from 'sharp';
import { createTestDatabase } from '../../test/services/database.ts';
import { askedQueries } from '../src/askedQueries.ts';
import { dashboards } from '../src/build.ts';
import { type Answer, sheet } from '../src/draw/sheet.ts';
import { choose, openReader } from '../src/reader.ts';
import { fill } from './traffic.ts';

const HOUR_MS = 3_600_000;
const HELP = `node dashboards/test/pictures.ts [--database URL] [--out FOLDER] [--hours COUNT] [--minutes COUNT]

  --database  a hub's database; without it a simulated terminal fills one on the server of
              SAFE_PASSAGE_TEST_TIMESCALE or SAFE_PASSAGE_TEST_POSTGRES
  --out       where the pictures go (default: test-results/dashboards)
  --hours     the time range, up to now (default: 2)
  --minutes   how long the simulated terminal is played (default: 40)
`;

const { values } = parseArgs({
  options: {
    database: { type: 'string' },
    out: { type: 'string', default: 'test-results/dashboards' },
    hours: { type: 'string', default: '2' },
    minutes: { type: 'string', default: '40' },
    help: { type: 'boolean' },
  },
});

async function draw(url: string, folder: string, nowMs: number): Promise<void> {
  const reader = await openReader(url);
  try {
    const range = {
      fromMs: nowMs - Number(values.hours) * HOUR_MS,
      toMs: nowMs,
      intervalMs: 300_000,
      timescale: await reader.hasTimescale(),
    };
    const asked = askedQueries();
    await mkdir(folder, { recursive: true });
    for (const [name, dashboard] of Object.entries(dashboards())) {
      const variables = await choose(reader, dashboard.title ?? '', range);
      const answers: Answer[][] = [];
      for (const panel of dashboard.panels ?? []) {
        const own: Answer[] = [];
        const title = 'title' in panel ? panel.title : '';
        for (const query of asked.filter(
          (one) => one.kind === 'panel' && one.dashboard === dashboard.title && one.name === title,
        )) {
          const one = query.repeat === null ? {} : { [query.repeat]: [variables[query.repeat] ?? ''].flat()[0] ?? '' };
          const { fields, rows } = await reader.ask(query, { ...range, variables: { ...variables, ...one } });
          own.push({ columns: fields.map((field) => field.name), rows });
        }
        answers.push(own);
      }
      const svg = sheet(dashboard, (panel) => answers[panel] ?? [], [range.fromMs, range.toMs]);
      const path = join(folder, `${name}.png`);
      await writeFile(path, await sharp(Buffer.from(svg)).png().toBuffer());
      process.stdout.write(`${path}\n`);
    }
  } finally {
    await reader.close();
  }
}

async function main(): Promise<void> {
  const nowMs = Date.now();
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  if (values.database !== undefined) {
    await draw(values.database, values.out, nowMs);
    return;
  }
  const kind = process.env.SAFE_PASSAGE_TEST_TIMESCALE ? 'timescale' : 'postgres';
  const database = await createTestDatabase(kind);
  try {
    await migrate(database.url);
    await fill({ url: database.url, minutes: Number(values.minutes), passengersPerHour: 300, nowMs });
    await draw(database.url, values.out, nowMs);
  } finally {
    await database.drop();
  }
}

await main();
