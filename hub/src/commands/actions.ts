/** A command with several actions: `hub audit verify`. */
import { type Command, EXIT, UsageError } from '@safe-passage/cli';

/**
 * @param name as it is called: `audit`.
 * @param summary one line for the list of commands.
 */
export function commandOfActions(name: string, summary: string, actions: Readonly<Record<string, Command>>): Command {
  const width = Math.max(...Object.keys(actions).map((action) => action.length));
  const help = `${summary}

Usage: npm run -s hub -- ${name} <action> [options]

Actions:
${Object.entries(actions)
  .map(([action, command]) => `  ${action.padEnd(width)}  ${command.summary}`)
  .join('\n')}

Every action explains itself: npm run -s hub -- ${name} <action> --help
`;
  return {
    summary,
    help,
    execute: async (argv, signal) => {
      const [wanted, ...rest] = argv;
      if (wanted === '--help' || wanted === '-h') {
        process.stdout.write(help);
        return EXIT.ok;
      }
      const action = wanted !== undefined && Object.hasOwn(actions, wanted) ? actions[wanted] : undefined;
      if (!action) {
        throw new UsageError(
          `${wanted === undefined ? 'an action is missing' : `there is no action "${wanted}"`}; there are: ${Object.keys(actions).join(', ')}`,
        );
      }
      return await action.execute(rest, signal);
    },
  };
}
