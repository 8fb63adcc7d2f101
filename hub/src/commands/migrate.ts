/** `hub migrate`: brings the tables up to date. */
import { defineCommand, EXIT, OperatorError, UsageError } from '@safe-passage/cli';
import { loadHubConfig } from '../config.ts';
import { migrate } from '../store/migrate.ts';

async function databaseUrl(config: string | undefined, database: string | undefined): Promise<string> {
  if (database !== undefined && config !== undefined) throw new UsageError('give --config or --database, not both');
  if (database !== undefined) {
    if (!/^postgres(?:ql)?:\/\//.test(database) || !URL.canParse(database)) {
      throw new UsageError('--database takes a URL such as postgres://user:password@host:5432/name');
    }
    return database;
  }
  return (await loadHubConfig(config ?? 'hub.yaml')).databaseUrl;
}

export const migrateCommand = defineCommand({
  summary: 'Bring the tables of the database up to date',
  usage: 'npm run -s hub -- migrate [--config hub.yaml | --database URL]',
  description:
    'Runs the migrations that are missing, all in one transaction. `npm run -s hub -- run` does the same when it starts; run this with a role that owns the tables where the hub itself may not change them.',
  options: {
    config: { type: 'string', short: 'c', value: 'FILE', help: 'the configuration of the hub; hub.yaml without it' },
    database: { type: 'string', value: 'URL', help: 'postgres://user:password@host:5432/name' },
  },
  examples: [
    'npm run -s hub -- migrate --config .data/run/hub.yaml',
    'npm run -s hub -- migrate --database postgres://owner@db.example.org/safe_passage',
  ],
  run: async ({ values }) => {
    const url = await databaseUrl(values.config, values.database);
    try {
      const { applied, warnings } = await migrate(url);
      for (const warning of warnings) process.stderr.write(`warning: ${warning}\n`);
      process.stdout.write(applied.length > 0 ? `applied: ${applied.join(', ')}\n` : 'everything is up to date\n');
    } catch (problem) {
      if (problem instanceof OperatorError) throw problem;
      throw new OperatorError(
        `The migration failed and was undone: ${problem instanceof Error ? problem.message : String(problem)}`,
        'Use a role that may create tables in this database; the server log says more.',
        { cause: problem },
      );
    }
    return EXIT.ok;
  },
});
