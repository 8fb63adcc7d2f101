import { type Command, runProgram } from '@safe-passage/cli';
import { scoringPart } from './alert/part.ts';
import { LiveBus } from './api/live.ts';
import { apiPart } from './api/part.ts';
import { PresenceBoard } from './api/presence.ts';
import { aggregatesCommand } from './commands/aggregates.ts';
import { asyncApiCommand } from './commands/asyncapi.ts';
import { auditCommand } from './commands/audit.ts';
import { evidencePackCommand } from './commands/evidencePack.ts';
import { fuseCommand } from './commands/fuse.ts';
import { migrateCommand } from './commands/migrate.ts';
import { openApiCommand } from './commands/openapi.ts';
import { privacyCommand } from './commands/privacy.ts';
import { rolesCommand } from './commands/roles.ts';
import { runCommand } from './commands/run.ts';
import { scoreCommand } from './commands/score.ts';
import { sessionCommand } from './commands/session.ts';
import { signInLinkCommand } from './commands/sign-in-link.ts';
import { tokenCommand } from './commands/token.ts';
import type { StartPart } from './hub.ts';
import { summaryPart } from './summary/part.ts';

/** What scoring and reviewers say reaches the screens through this. */
const live = new LiveBus();
const presence = new PresenceBoard();

/** Scoring first, so that it is up to date when the interface opens its door. */
const parts: readonly StartPart[] = [
  scoringPart({
    onAlerts: (news) => {
      for (const { alert } of news) live.publish('alert', alert);
    },
    onPersons: (segments) => presence.observe(segments, Date.now()),
  }),
  apiPart({ live, presence }),
  summaryPart(),
];

const commands: Record<string, Command> = {
  run: runCommand(parts),
  migrate: migrateCommand,
  score: scoreCommand,
  fuse: fuseCommand,
  'sign-in-link': signInLinkCommand,
  token: tokenCommand,
  session: sessionCommand,
  roles: rolesCommand,
  audit: auditCommand,
  privacy: privacyCommand,
  aggregates: aggregatesCommand,
  'evidence-pack': evidencePackCommand,
  openapi: openApiCommand,
  asyncapi: asyncApiCommand,
};

await runProgram({
  name: 'hub',
  call: 'npm run -s hub --',
  summary: 'Safe Passage hub: receives tracks, stores them, scores movements, raises alerts and serves the console.',
  commands,
});
