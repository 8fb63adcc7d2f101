/** `signIn` of hub.yaml: how long sessions last. */
import { type Static, Type } from 'typebox';

const closed = { additionalProperties: false } as const;

export const SignInFile = Type.Object(
  {
    /** A session ends then whatever happens; default 12. */
    sessionHours: Type.Optional(Type.Number({ minimum: 0.25, maximum: 24 })),
    /** And so long after it was last used; default 120. */
    idleMinutes: Type.Optional(Type.Number({ minimum: 5, maximum: 1440 })),
  },
  closed,
);
export type SignInFile = Static<typeof SignInFile>;

export interface SignInConfig {
  readonly sessionSeconds: number;
  readonly idleSeconds: number;
}

export function signInConfig(given: SignInFile | undefined): SignInConfig {
  return {
    sessionSeconds: (given?.sessionHours ?? 12) * 3600,
    idleSeconds: Math.round((given?.idleMinutes ?? 120) * 60),
  };
}
