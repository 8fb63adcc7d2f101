/** The description of the interface: OpenAPI 3.1 from the routes' own schemas. */
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { type Permission, whoMay } from '../access/permissions.ts';
import { AlertDetail } from '../alert/alert.ts';
import * as schemas from './schemas.ts';

const DOCS_PATH = '/api/docs';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const NAMED = {
  AlertDetail,
  AlertList: schemas.AlertList,
  AlertSummary: schemas.AlertSummary,
  AlertView: schemas.AlertView,
  ApiError: schemas.ApiError,
  CameraList: schemas.CameraList,
  CameraView: schemas.CameraView,
  Disposition: schemas.Disposition,
  Evidence: schemas.Evidence,
  EvidencePath: schemas.EvidencePath,
  FloorList: schemas.FloorList,
  PathPoint: schemas.PathPoint,
  Presence: schemas.Presence,
  Session: schemas.Session,
} as const;

/** Schemas that only events carry: no route's answer holds them. */
const EVENTS = ['AlertSummary', 'Presence', 'CameraView'] as const;

function isObject(value: Json | undefined): value is { [key: string]: Json } {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** The values of a choice between constants of one type; null where it is anything else. */
function choices(alternatives: Json | undefined): { readonly type: Json; readonly values: Json[] } | null {
  if (!Array.isArray(alternatives)) return null;
  const values: Json[] = [];
  let type: Json | undefined;
  for (const alternative of alternatives) {
    if (!isObject(alternative) || !Array.isArray(alternative.enum) || alternative.type === undefined) return null;
    if (type !== undefined && alternative.type !== type) return null;
    type = alternative.type;
    values.push(...alternative.enum);
  }
  return type === undefined ? null : { type, values };
}

/**
 * TypeBox writes tuples as draft 7 does; JSON Schema 2020-12, and with it OpenAPI 3.1, calls them prefixItems. A choice
 * between constants becomes an enumeration, which is shorter and which readers draw as one.
 */
function modern(value: Json): Json {
  if (Array.isArray(value)) return value.map(modern);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(
    ([key, inner]) => (key === 'const' ? ['enum', [inner]] : [key, modern(inner)]) as [string, Json],
  );
  const choice = choices(Object.fromEntries(entries).anyOf);
  if (choice) {
    return {
      type: choice.type,
      enum: choice.values,
      ...Object.fromEntries(entries.filter(([key]) => key !== 'anyOf')),
    };
  }
  if (value.type !== 'array' || !Array.isArray(value.items)) return Object.fromEntries(entries);
  return Object.fromEntries(
    entries
      .filter(([key]) => key !== 'additionalItems')
      .map(([key, inner]) => (key === 'items' ? ['prefixItems', inner] : [key, inner])),
  );
}

const plain = (schema: object): Json => modern(JSON.parse(JSON.stringify(schema)) as Json);

/** The same schema in another order of keys, or with a description of its own, is the same schema. */
function fingerprint(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(fingerprint).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const keys = Object.keys(value)
    .filter((key) => !['description', 'example', 'examples'].includes(key) || isObject(value[key]))
    .sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${fingerprint(value[key] as Json)}`).join(',')}}`;
}

/** Replaces every occurrence of a named schema by a reference to it. */
function referred(value: Json, names: ReadonlyMap<string, string>, self?: string): Json {
  if (Array.isArray(value)) return value.map((item) => referred(item, names));
  if (!isObject(value)) return value;
  const name = typeof value.type === 'string' || Array.isArray(value.anyOf) ? names.get(fingerprint(value)) : undefined;
  if (name !== undefined && name !== self) return { $ref: `#/components/schemas/${name}` };
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      // Examples and constants are data, not schemas.
      key === 'example' || key === 'examples' || key === 'enum' ? inner : referred(inner, names),
    ]),
  );
}

/** Gives schemas that are used often a name, and the document one order: the same routes give the same bytes. */
export function tidied(document: object): object {
  const names = new Map<string, string>();
  for (const [name, schema] of Object.entries(NAMED)) names.set(fingerprint(plain(schema)), name);
  const whole = referred(plain(document), names);
  if (!isObject(whole)) return document;
  const components = isObject(whole.components) ? whole.components : {};
  const used = new Set<string>(EVENTS);
  const named: { [key: string]: Json } = {};
  const collect = (value: Json): void => {
    for (const [, name] of JSON.stringify(value).matchAll(/"#\/components\/schemas\/(\w+)"/g)) if (name) used.add(name);
  };
  collect(whole);
  for (let before = -1; before !== used.size; ) {
    before = used.size;
    for (const name of [...used]) {
      const schema = NAMED[name as keyof typeof NAMED];
      named[name] ??= referred(plain(schema), names, name);
      collect(named[name]);
    }
  }
  const schemasInOrder = Object.fromEntries(Object.entries(named).sort(([a], [b]) => a.localeCompare(b, 'en')));
  const paths = isObject(whole.paths)
    ? Object.fromEntries(Object.entries(whole.paths).sort(([a], [b]) => a.localeCompare(b, 'en')))
    : {};
  return { ...whole, paths, components: { ...components, schemas: schemasInOrder } };
}

const DESCRIPTION = `What the console uses, and whoever else has a token.

Positions and pseudonyms are pseudonymous personal data: no answer may be stored by a browser or a proxy, and every address
below \`/api\` wants a session (a cookie, from \`POST /api/session\`) or a token (\`Authorization: Bearer …\`, from
\`hub token create\`). Times are milliseconds since the Unix epoch, UTC; distances are metres on the floor plan.`;

/** Who may use an address, as its description says it. */
function withRoles<S extends { readonly description?: string }>(schema: S, permission: Permission | undefined): S {
  if (permission === undefined) return schema;
  return { ...schema, description: `${schema.description ?? ''}\n\nFor: ${whoMay(permission)}.`.trim() };
}

/** Registers the description; before the routes that it is to describe. */
export async function registerOpenApi(app: FastifyInstance, version: string): Promise<void> {
  // The pages of the description are a plugin's own routes.
  app.addHook('onRoute', (route) => {
    if (route.url.startsWith(DOCS_PATH)) route.config = { ...route.config, permission: 'interface.read' };
  });
  await app.register(swagger, {
    transform: ({ schema, url, route }) => ({ schema: withRoles(schema, route.config?.permission), url }),
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Safe Passage hub', version, description: DESCRIPTION },
      servers: [{ url: '/', description: 'This hub' }],
      tags: [
        { name: 'session', description: 'Signing in and out' },
        { name: 'alerts', description: 'What the hub asks a person to look at' },
        { name: 'floors', description: 'Floor plans, and who is where now' },
        { name: 'cameras', description: 'Edge devices and their health' },
        {
          name: 'privacy',
          description:
            'What is kept, why and how long; evidence that is held; what may be known of many, and how well nobody is found in it',
        },
        { name: 'live', description: 'Server-sent events' },
        { name: 'operations', description: 'For those who run the hub: open on this machine, with a token elsewhere' },
      ],
      components: {
        securitySchemes: {
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: 'safe-passage-session',
            description: 'From POST /api/session; twelve hours at most, two without use.',
          },
          token: { type: 'http', scheme: 'bearer', description: 'From `hub token create`, for machines.' },
        },
      },
      security: [{ session: [] }, { token: [] }],
    },
    transformObject: (document) =>
      'openapiObject' in document ? tidied(document.openapiObject) : document.swaggerObject,
  });
  await app.register(swaggerUi, {
    routePrefix: DOCS_PATH,
    // Without the bar that would describe any other server.
    uiConfig: { docExpansion: 'list', deepLinking: true, persistAuthorization: false, layout: 'BaseLayout' },
    theme: { title: 'Safe Passage: HTTP interface' },
    // The page writes style attributes; its scripts are files of this server. For this path alone.
    staticCSP:
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  });
}

/** The description of a server that is ready, as a file: two spaces, a line feed at the end. */
export function openApiText(app: FastifyInstance): string {
  return `${JSON.stringify(app.swagger(), null, 2)}\n`;
}
