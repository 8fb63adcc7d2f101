import { runProgram } from '@safe-passage/cli';

await runProgram({
  name: 'hub',
  call: 'npm run -s hub --',
  summary: 'Safe Passage hub: receives tracks, stores them, scores movements, raises alerts and serves the console.',
  commands: {
    run: async () => {
      const { runCommand } = await import('./commands/run.ts');
      const { parts } = await import('./parts.ts');
      return runCommand(parts());
    },
    migrate: async () => (await import('./commands/migrate.ts')).migrateCommand,
    score: async () => (await import('./commands/score.ts')).scoreCommand,
    fuse: async () => (await import('./commands/fuse.ts')).fuseCommand,
    'sign-in-link': async () => (await import('./commands/sign-in-link.ts')).signInLinkCommand,
    token: async () => (await import('./commands/token.ts')).tokenCommand,
    session: async () => (await import('./commands/session.ts')).sessionCommand,
    roles: async () => (await import('./commands/roles.ts')).rolesCommand,
    audit: async () => (await import('./commands/audit.ts')).auditCommand,
    privacy: async () => (await import('./commands/privacy.ts')).privacyCommand,
    aggregates: async () => (await import('./commands/aggregates.ts')).aggregatesCommand,
    'evidence-pack': async () => (await import('./commands/evidencePack.ts')).evidencePackCommand,
    openapi: async () => (await import('./commands/openapi.ts')).openApiCommand,
    asyncapi: async () => (await import('./commands/asyncapi.ts')).asyncApiCommand,
  },
});
