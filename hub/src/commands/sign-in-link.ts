/** `hub sign-in-link`: the way into the console. */
import { defineCommand, EXIT, OperatorError, UsageError } from '@safe-passage/cli';
import { ROLES, type Role } from '../access/permissions.ts';
import { SIGN_IN_LINK_SECONDS } from '../api/authentication.ts';
import { consoleAddress } from '../consoleAddress.ts';
import type { TokenStore } from '../store/store.ts';
import { createTokenStore } from '../store/tokens.ts';
import { configOption, nameOption, operator, roleOption, withDatabase } from './access.ts';

/**
 * Makes a link that signs in once within a quarter of an hour. The token stands in the fragment, which a browser sends to
 * nobody: it is in no log of a server or a proxy.
 *
 * @param base `http://host:port`
 */
async function createSignInLink(
  tokens: Pick<TokenStore, 'create'>,
  base: string,
  who: { readonly name: string; readonly role: Role; readonly by?: string },
  nowMs: number,
): Promise<string> {
  const token = await tokens.create({ kind: 'one-time', ...who, expiresAtMs: nowMs + SIGN_IN_LINK_SECONDS * 1000 });
  const url = new URL('/sign-in', base);
  url.hash = `token=${token}`;
  return url.href;
}

export const signInLinkCommand = defineCommand({
  summary: 'Print a link that signs in to the console once',
  usage: 'npm run -s hub -- sign-in-link --config hub.yaml [--name NAME] [--role reviewer]',
  description:
    'Prints one link on stdout. It works once and for 15 minutes; the session that it opens lasts twelve hours at most, two without use. The name stands in the history of every alert that is reviewed with it.',
  options: {
    config: configOption,
    name: { type: 'string', value: 'NAME', default: 'reviewer', help: 'who will sign in' },
    role: { type: 'string', value: 'ROLE', default: 'reviewer', help: ROLES.join(', ') },
    url: { type: 'string', value: 'URL', help: 'where the console is seen from outside, behind a proxy' },
  },
  examples: [
    'npm run -s hub -- sign-in-link --config .data/run/hub.yaml --name "A. Reviewer"',
    'npm run -s hub -- sign-in-link --config .data/run/hub.yaml --name "E. Engineer" --role engineer --url https://safe-passage.example.org',
  ],
  run: async ({ values }) => {
    const who = { name: nameOption('name', values.name), role: roleOption(values.role), by: operator() };
    if (values.url !== undefined && !/^https?:$/.test(URL.canParse(values.url) ? new URL(values.url).protocol : '')) {
      throw new UsageError(`--url takes an address such as https://safe-passage.example.org; found "${values.url}"`);
    }
    const link = await withDatabase(values.config, async (pool, { listen }) => {
      if (values.url === undefined && listen.port === 0) {
        throw new OperatorError(
          'listen.port is 0: the hub takes any free port, and only the running hub knows which.',
          'Give the address with --url, or a fixed port in hub.yaml.',
        );
      }
      return await createSignInLink(createTokenStore(pool), values.url ?? consoleAddress(listen), who, Date.now());
    });
    process.stdout.write(`${link}\n`);
    return EXIT.ok;
  },
});
