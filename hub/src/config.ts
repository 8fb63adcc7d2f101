/** `hub.yaml`: what a hub needs to know, checked before anything starts. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { checkTlsFiles, OperatorError, type PemFile } from '@safe-passage/cli';
import {
  checker,
  FloorPlan,
  faultOf,
  formedText,
  Identifier,
  type Problem,
  planProblems,
} from '@safe-passage/contract';
import { type Static, type TSchema, Type } from 'typebox';
import { LineCounter, parseDocument } from 'yaml';
import { consoleAddress } from './consoleAddress.ts';
import { type FloorShare, floorShare } from './floorShare.ts';
import { type SignInConfig, SignInFile, signInConfig } from './signIn/config.ts';

const closed = { additionalProperties: false } as const;
const file = Type.String({ minLength: 1, maxLength: 4096 });

export const HubFile = Type.Object(
  {
    site: Identifier,
    /** IANA name: for times of day in sentences and screens. */
    timeZone: Type.String({ minLength: 1, maxLength: 64 }),
    /** `$SAFE_PASSAGE_DATABASE_URL`, or a file that `$SAFE_PASSAGE_DATABASE_URL_FILE` names, goes before both. */
    database: Type.Optional(
      Type.Object(
        {
          url: Type.Optional(formedText('^postgres(?:ql)?://', 'postgres://USER:PASSWORD@HOST:PORT/NAME')),
          /** A file that holds the URL, so that the password stays out of this one. */
          urlFile: Type.Optional(file),
        },
        closed,
      ),
    ),
    broker: Type.Object(
      {
        url: formedText('^mqtts?://', 'mqtts://HOST:PORT'),
        username: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
        passwordFile: Type.Optional(file),
        /** PEM files. */
        ca: Type.Optional(file),
        cert: Type.Optional(file),
        key: Type.Optional(file),
        /** The persistent session at the broker belongs to this name; default `safe-passage-hub-<site>`. */
        clientId: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
      },
      closed,
    ),
    listen: Type.Optional(
      Type.Object(
        {
          host: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
          port: Type.Optional(Type.Integer({ minimum: 0, maximum: 65_535 })),
          /** Reverse proxies whose X-Forwarded-* headers are believed: addresses or CIDR blocks. */
          trustedProxies: Type.Optional(
            Type.Array(Type.String({ pattern: '^[0-9A-Fa-f.:]+(?:/\\d{1,3})?$' }), { maxItems: 32 }),
          ),
          /** Where browsers find the console, for links from dashboards: `https://safe-passage.example`. */
          consoleUrl: Type.Optional(formedText('^https?://[^/?#\\s]+$', 'https://HOST, without a path')),
        },
        closed,
      ),
    ),
    floors: Type.Array(Type.Object({ plan: file }, closed), { minItems: 1, maxItems: 256 }),
    policy: Type.Optional(file),
    /** What is kept, why, and how long; see docs/privacy-policy.md. */
    privacy: Type.Optional(file),
    /** Sessions of the console, and sign-in with an OpenID provider; see docs/sign-in.md. */
    signIn: Type.Optional(SignInFile),
    /** Public keys (Ed25519, PEM) of those who may sign it: its signature is then looked for beside it. */
    privacyKey: Type.Optional(file),
    /** The Ed25519 key that signs the audit's checkpoints, PEM; made where it is missing. Default `audit-key.pem`. */
    audit: Type.Optional(
      Type.Object(
        {
          keyFile: Type.Optional(file),
          /** The signed end of the audit goes to the broker so often; default 5. */
          publishMinutes: Type.Optional(Type.Number({ minimum: 1, maximum: 1440 })),
        },
        closed,
      ),
    ),
    retention: Type.Optional(
      Type.Object({ tracksHours: Type.Optional(Type.Number({ minimum: 1, maximum: 8784 })) }, closed),
    ),
  },
  closed,
);
export type HubFile = Static<typeof HubFile>;

/** What lets the hub in at the broker, out of the files that `hub.yaml` names. */
export interface BrokerAccess {
  readonly password?: string;
  /** PEM. */
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

export interface BrokerConfig extends BrokerAccess {
  readonly url: string;
  readonly clientId: string;
  readonly username?: string;
  /** The files as they are now: a certificate is renewed while the hub runs. Absent: none is named. */
  readonly readAgain?: () => Promise<BrokerAccess>;
}

/** `hub.yaml` with its files read and its defaults filled in. */
export interface HubConfig {
  readonly site: string;
  readonly timeZone: string;
  readonly databaseUrl: string;
  readonly broker: BrokerConfig;
  readonly listen: { readonly host: string; readonly port: number; readonly trustedProxies?: readonly string[] };
  /** Where browsers find the console, without a slash at the end. */
  readonly consoleUrl: string;
  /** Always of a file; absent: as long as the interface says. */
  readonly signIn?: SignInConfig;
  /** All floors of the site. */
  readonly floors: readonly FloorPlan[];
  /** Which of them are this hub's; absent: all. */
  readonly share?: FloorShare;
  /** Absolute path of the policy; null: the policy that comes with the hub. */
  readonly policyFile: string | null;
  /** Absolute path of the privacy policy; null: the one that comes with the hub. */
  readonly privacyFile: string | null;
  /** Absolute path of the public keys that the privacy policy is signed with; null: it is not. */
  readonly privacyKeyFile: string | null;
  /** Absolute path of the key that signs the audit's checkpoints. */
  readonly auditKeyFile: string;
  /** How often the signed end of the audit is published. */
  readonly auditPublishMinutes: number;
  /** Of the privacy policy that comes with the hub; where a file is named it says so. */
  readonly retention: { readonly tracksHours: number };
}

const DATABASE_VARIABLE = 'SAFE_PASSAGE_DATABASE_URL';
const DATABASE_FILE_VARIABLE = `${DATABASE_VARIABLE}_FILE`;

async function readText(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (problem) {
    throw new OperatorError(
      `${what} ${path} cannot be read: ${problem instanceof Error ? problem.message : String(problem)}`,
      'Check the path; paths in hub.yaml are relative to the folder that hub.yaml lies in.',
      { cause: problem },
    );
  }
}

function located(problem: Problem, line: number | null): string {
  const where = line === null ? '' : ` (line ${line})`;
  return `  ${problem.field || 'the document'}${where}: ${faultOf(problem)}`;
}

/** Fields whose values stay out of messages. */
const SECRET = /(?:^|\.)(?:url|password)$/;

/**
 * Reads a YAML or JSON document and checks it.
 *
 * @param further what is wrong with a document that has all its fields.
 * @throws OperatorError that names every field, its line, what was found and what is wanted.
 */
export async function readDocument<T extends TSchema>(
  path: string,
  what: string,
  schema: T,
  further: (value: Static<T>) => readonly Problem[] = () => [],
): Promise<Static<T>> {
  const text = await readText(path, what);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const broken = document.errors[0];
  if (broken) {
    throw new OperatorError(
      `${what} ${path} is not valid YAML or JSON: line ${lines.linePos(broken.pos[0]).line}: ${broken.code}`,
      'Mend the line; indentation and colons are the usual causes.',
    );
  }
  const checked = checker(schema)(document.toJS() as unknown);
  const problems = checked.ok ? further(checked.value) : checked.problems;
  if (checked.ok && problems.length === 0) return checked.value;
  const shown = problems.map((problem) => {
    const steps = problem.field === '' ? [] : problem.field.split('.');
    // A field that is missing has no place of its own: the nearest one above it says where to look.
    for (let depth = steps.length; depth >= 0; depth--) {
      const node = document.getIn(
        steps.slice(0, depth).map((step) => (/^\d+$/.test(step) ? Number(step) : step)),
        true,
      );
      const range = (node as { range?: [number, number, number] | null } | undefined)?.range;
      if (range) return located(masked(problem), lines.linePos(range[0]).line);
    }
    return located(masked(problem), null);
  });
  throw new OperatorError(`${what} ${path} is not as it should be:\n${shown.join('\n')}`, 'Mend these fields.');
}

const masked = (problem: Problem): Problem =>
  SECRET.test(problem.field) ? { ...problem, found: 'a value that is not shown' } : problem;

async function databaseUrl(given: HubFile['database'], folder: string, env: NodeJS.ProcessEnv): Promise<string> {
  const read = async (path: string, named: string) => (await readText(path, `The file of ${named}`)).trim();
  const named = env[DATABASE_FILE_VARIABLE];
  const url =
    env[DATABASE_VARIABLE] ||
    (named ? await read(resolve(named), `$${DATABASE_FILE_VARIABLE}`) : undefined) ||
    given?.url ||
    (given?.urlFile ? await read(resolve(folder, given.urlFile), 'database.urlFile') : undefined);
  if (!url) {
    throw new OperatorError(
      'No database is named.',
      `Set database.url or database.urlFile in hub.yaml, or the variable ${DATABASE_VARIABLE} or ${DATABASE_FILE_VARIABLE}: postgres://user:password@host:5432/name`,
    );
  }
  if (!/^postgres(?:ql)?:\/\//.test(url) || !URL.canParse(url)) {
    throw new OperatorError(
      'The URL of the database is not one (its value is not shown: it may hold a password).',
      'It looks like postgres://user:password@host:5432/name; special characters in the password are percent-encoded.',
    );
  }
  return url;
}

function checkTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch {
    throw new OperatorError(
      `timeZone "${timeZone}" is not a time zone`,
      'Give an IANA name, for example Europe/Berlin or UTC.',
    );
  }
}

async function readFloors(given: HubFile['floors'], folder: string): Promise<FloorPlan[]> {
  const plans: FloorPlan[] = [];
  for (const [index, entry] of given.entries()) {
    const path = resolve(folder, entry.plan);
    const plan = await readDocument(path, 'The floor plan', FloorPlan, planProblems);
    if (plans.some((other) => other.id === plan.id)) {
      throw new OperatorError(
        `floors.${index}.plan: ${path} has the id "${plan.id}", and so has another floor plan`,
        'Give every floor an id of its own.',
      );
    }
    plans.push(plan);
  }
  return plans;
}

const brokerProblems = ({ broker }: HubFile): Problem[] =>
  URL.canParse(broker.url)
    ? []
    : [{ field: 'broker.url', found: broker.url, expected: 'must be mqtts://HOST:PORT, with a port of at most 65535' }];

/** @throws OperatorError where a file cannot be read, is not what it should be, or does not fit the others. */
async function brokerAccess(given: HubFile['broker'], folder: string): Promise<BrokerAccess> {
  const pemFile = async (field: 'ca' | 'cert' | 'key'): Promise<PemFile | undefined> => {
    if (given[field] === undefined) return undefined;
    const path = resolve(folder, given[field]);
    return { field: `broker.${field}`, path, pem: await readText(path, `The file of broker.${field}`) };
  };
  const authority = await pemFile('ca');
  const certificate = await pemFile('cert');
  const key = await pemFile('key');
  checkTlsFiles({ authority, certificate, key });
  return {
    ...(given.passwordFile
      ? { password: (await readText(resolve(folder, given.passwordFile), 'The file of broker.passwordFile')).trim() }
      : {}),
    ...(authority ? { ca: Buffer.from(authority.pem) } : {}),
    ...(certificate ? { cert: Buffer.from(certificate.pem) } : {}),
    ...(key ? { key: Buffer.from(key.pem) } : {}),
  };
}

async function brokerConfig(given: HubFile['broker'], site: string, folder: string): Promise<BrokerConfig> {
  if ((given.cert === undefined) !== (given.key === undefined)) {
    throw new OperatorError(
      `broker.${given.cert === undefined ? 'cert' : 'key'} is missing`,
      'A client certificate needs both files: broker.cert and broker.key.',
    );
  }
  const access = await brokerAccess(given, folder);
  return {
    url: given.url,
    clientId: given.clientId ?? `safe-passage-hub-${site}`,
    ...(given.username ? { username: given.username } : {}),
    ...access,
    ...(Object.keys(access).length > 0 ? { readAgain: () => brokerAccess(given, folder) } : {}),
  };
}

/**
 * Reads `hub.yaml` and every file that it names, except the policy.
 *
 * @throws OperatorError with field, line, value and remedy.
 */
export async function loadHubConfig(path: string, env: NodeJS.ProcessEnv = process.env): Promise<HubConfig> {
  const absolute = resolve(path);
  const folder = dirname(absolute);
  const given = await readDocument(absolute, 'The configuration', HubFile, brokerProblems);
  checkTimeZone(given.timeZone);
  if (given.privacy !== undefined && given.retention !== undefined) {
    throw new OperatorError(
      'retention: hub.yaml names a privacy policy as well, and that says how long tracks are kept',
      'Take retention out of hub.yaml; classes.tracks.keep in the privacy policy is what holds.',
    );
  }
  const listen = {
    host: given.listen?.host ?? '127.0.0.1',
    port: given.listen?.port ?? 8080,
    ...(given.listen?.trustedProxies ? { trustedProxies: given.listen.trustedProxies } : {}),
  };
  const floors = await readFloors(given.floors, folder);
  const share = floorShare(
    floors.map(({ id }) => id),
    env,
  );
  const broker = await brokerConfig(given.broker, given.site, folder);
  return {
    site: given.site,
    timeZone: given.timeZone,
    databaseUrl: await databaseUrl(given.database, folder, env),
    broker: share ? { ...broker, clientId: `${broker.clientId}-${share.name}` } : broker,
    listen,
    consoleUrl: given.listen?.consoleUrl ?? consoleAddress(listen),
    signIn: await signInConfig(given.signIn, folder, readText),
    floors,
    ...(share ? { share } : {}),
    policyFile: given.policy ? resolve(folder, given.policy) : null,
    privacyFile: given.privacy ? resolve(folder, given.privacy) : null,
    privacyKeyFile: given.privacyKey === undefined ? null : resolve(folder, given.privacyKey),
    auditKeyFile: resolve(folder, given.audit?.keyFile ?? 'audit-key.pem'),
    auditPublishMinutes: given.audit?.publishMinutes ?? 5,
    retention: { tracksHours: given.retention?.tracksHours ?? 72 },
  };
}
