/** `signIn` of hub.yaml: how long sessions last, and whose word an OpenID provider is taken for. */
import { resolve } from 'node:path';
import { OperatorError } from '@safe-passage/cli';
import { type Static, type TUnsafe, Type } from 'typebox';
import { ROLES, type Role } from '../access/permissions.ts';

const closed = { additionalProperties: false } as const;
const claim = Type.String({ minLength: 1, maxLength: 128 });

export const SignInFile = Type.Object(
  {
    /** A session ends then whatever happens; default 12. */
    sessionHours: Type.Optional(Type.Number({ minimum: 0.25, maximum: 24 })),
    /** And so long after it was last used; default 120. */
    idleMinutes: Type.Optional(Type.Number({ minimum: 5, maximum: 1440 })),
    oidc: Type.Optional(
      Type.Object(
        {
          /** What the button says: `Sign in with …`. */
          name: Type.String({ minLength: 1, maxLength: 60 }),
          issuer: Type.String({ pattern: '^https?://' }),
          clientId: Type.String({ minLength: 1, maxLength: 256 }),
          /** Absent: a public client, proven by PKCE alone. */
          clientSecretFile: Type.Optional(Type.String({ minLength: 1, maxLength: 4096 })),
          /** Where browsers find the console: `https://safe-passage.example.org`. */
          address: Type.String({ pattern: '^https?://' }),
          scopes: Type.Optional(Type.Array(Type.String({ pattern: '^[!-~]{1,64}$' }), { minItems: 1, maxItems: 16 })),
          /** The claim that stands in the audit as a name; default `preferred_username`. */
          nameClaim: Type.Optional(claim),
          /** The claim with groups or roles, a text or a list; dots lead into it. Default `groups`. */
          roleClaim: Type.Optional(claim),
          /** The first that fits holds. */
          roles: Type.Array(
            Type.Object(
              {
                value: Type.String({ minLength: 1, maxLength: 256 }),
                role: Type.Union(ROLES.map((role) => Type.Literal(role))) as unknown as TUnsafe<Role>,
              },
              closed,
            ),
            { minItems: 1, maxItems: 64 },
          ),
          /** Whether the provider asks for the password each time; default `login`, for desks that several people share. */
          prompt: Type.Optional(
            Type.Union([Type.Literal('login'), Type.Literal('select_account'), Type.Literal('none')]),
          ),
        },
        closed,
      ),
    ),
  },
  closed,
);
export type SignInFile = Static<typeof SignInFile>;

export interface OidcConfig {
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret?: string;
  /** `https://safe-passage.example.org`, without a path. */
  readonly address: string;
  readonly scopes: readonly string[];
  readonly nameClaim: string;
  readonly roleClaim: string;
  readonly roles: readonly { readonly value: string; readonly role: Role }[];
  /** null: the provider decides. */
  readonly prompt: 'login' | 'select_account' | null;
}

export interface SignInConfig {
  readonly sessionSeconds: number;
  readonly idleSeconds: number;
  readonly oidc: OidcConfig | null;
}

const LOOPBACK = /^(?:127\.\d+\.\d+\.\d+|localhost|\[::1\])$/;

/** Passwords and codes go there. @throws OperatorError */
function insistOnTls(field: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url && (url.protocol === 'https:' || LOOPBACK.test(url.hostname))) return url;
  throw new OperatorError(
    `signIn.oidc.${field}: "${text}" is not an https address`,
    'Give an address that begins with https://; http is taken on this very machine alone, for trials.',
  );
}

/** @param readText reads a file or says what to do. */
export async function signInConfig(
  given: SignInFile | undefined,
  folder: string,
  readText: (path: string, what: string) => Promise<string>,
): Promise<SignInConfig> {
  const times = {
    sessionSeconds: (given?.sessionHours ?? 12) * 3600,
    idleSeconds: Math.round((given?.idleMinutes ?? 120) * 60),
  };
  const oidc = given?.oidc;
  if (!oidc) return { ...times, oidc: null };
  insistOnTls('issuer', oidc.issuer);
  const { clientSecretFile, name, issuer, clientId, roles } = oidc;
  return {
    ...times,
    oidc: {
      name,
      issuer,
      clientId,
      ...(clientSecretFile === undefined
        ? {}
        : {
            clientSecret: (
              await readText(resolve(folder, clientSecretFile), 'The file of signIn.oidc.clientSecretFile')
            ).trim(),
          }),
      address: insistOnTls('address', oidc.address).origin,
      scopes: [...new Set(['openid', ...(oidc.scopes ?? ['profile'])])],
      nameClaim: oidc.nameClaim ?? 'preferred_username',
      roleClaim: oidc.roleClaim ?? 'groups',
      roles,
      prompt: oidc.prompt === 'none' ? null : (oidc.prompt ?? 'login'),
    },
  };
}
