/** `hub run`: the hub itself. */
import { defineCommand, EXIT, Service, UsageError } from '@safe-passage/cli';
import { pino } from 'pino';
import { loadHubConfig } from '../config.ts';
import { runHub, type StartPart } from '../hub.ts';

const LEVELS = ['debug', 'info', 'warn', 'error'];

/** @param parts what lives on committed reports, in the order in which it starts. */
export const runCommand = (parts: readonly StartPart[]) =>
  defineCommand({
    summary: 'Run the hub',
    usage: 'npm run -s hub -- run [--config hub.yaml]',
    description:
      'Takes the tracks of one site from the broker, stores them, scores movements and serves the console. Brings the tables up to date first. Writes one JSON object per line to stdout, never with a position or a pseudonym. Where another hub runs the site already, it waits as its standby. Ctrl-C or SIGTERM commits what was taken, says goodbye to the broker and ends with exit code 0.',
    options: {
      config: { type: 'string', short: 'c', value: 'FILE', default: 'hub.yaml', help: 'the configuration' },
      'log-level': { type: 'string', value: 'LEVEL', default: 'info', help: 'debug, info, warn or error' },
    },
    examples: [
      'npm run -s hub -- run --config hub.yaml',
      'SAFE_PASSAGE_DATABASE_URL=postgres://hub@db/site npm run -s hub -- run -c hub.yaml',
    ],
    run: async ({ values, signal }) => {
      const level = values['log-level'];
      if (!LEVELS.includes(level))
        throw new UsageError(`--log-level takes one of ${LEVELS.join(', ')}; found "${level}"`);
      const config = await loadHubConfig(values.config);
      const logger = pino({ level, base: { name: 'hub' } });
      // What a hub waits for comes back by itself: alone a process that does not answer at all is started again.
      const service = new Service({
        healthy: () => true,
        onProblem: (reason) => logger.warn({ reason }, 'systemd could not be told'),
      });
      const onState = (state: 'starting' | 'standby' | 'running'): void => {
        if (state === 'starting') service.status('waiting for the database');
        else service.ready(state === 'standby' ? 'standby: another hub has the site' : 'running');
      };
      try {
        await runHub(config, { logger, signal, parts, onState });
      } finally {
        await service.stopping();
      }
      return EXIT.ok;
    },
  });
