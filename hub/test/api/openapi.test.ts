import { readFile } from 'node:fs/promises';
import { checker } from '@safe-passage/contract';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { FastifyInstance } from 'fastify';
import type { TSchema } from 'typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeInterface } from '../../src/api/describe.ts';
import * as examples from '../../src/api/examples.ts';
import * as schemas from '../../src/api/schemas.ts';
import { inWords } from '../../src/api/schemaWords.ts';
import { as, TestHub } from './hubServer.ts';

let hub: TestHub;
let app: FastifyInstance;

beforeAll(async () => {
  hub = await TestHub.create();
  app = await hub.start();
});
afterAll(() => hub.close());

describe('the description of the interface', () => {
  interface Operation {
    operationId?: string;
    summary?: string;
    description?: string;
    tags?: string[];
    responses?: Record<string, { description?: string }>;
  }
  interface Document {
    openapi: string;
    tags: { name: string }[];
    paths: Record<string, Record<string, Operation>>;
    components: { schemas: Record<string, object>; securitySchemes: Record<string, object> };
  }
  const document = async (): Promise<Document> => JSON.parse(await describeInterface()) as Document;

  it('is the same with every run, and the same that a running hub shows', async () => {
    const text = await describeInterface();
    expect(await describeInterface()).toBe(text);
    const shown = await app.inject(as(await hub.token(), { url: '/api/docs/json' }));
    expect(shown.json().paths).toEqual((await document()).paths);
  });

  it('lists every route that is not hidden, each with a name, words, a tag and its answers', async () => {
    const routes: string[] = [];
    const listing = (await document()).paths;
    for (const [path, operations] of Object.entries(listing)) {
      for (const [method, operation] of Object.entries(operations)) {
        routes.push(`${method.toUpperCase()} ${path}`);
        expect(operation.operationId, path).toMatch(/^[a-z][A-Za-z]+$/);
        expect(operation.summary, path).toBeTruthy();
        expect(operation.description, path).toBeTruthy();
        expect((await document()).tags.map((tag) => tag.name)).toContain(operation.tags?.[0]);
        for (const answer of Object.values(operation.responses ?? {})) {
          expect(answer.description).not.toBe('Default Response');
        }
        if (path.startsWith('/api') && path !== '/api/sign-in')
          expect(Object.keys(operation.responses ?? {}), path).toContain('401');
      }
    }
    expect(routes.sort()).toEqual(
      [
        'DELETE /api/session',
        'GET /api/aggregates',
        'GET /api/alerts',
        'GET /api/alerts/{id}',
        'GET /api/alerts/{id}/evidence',
        'GET /api/alerts/{id}/figure.png',
        'GET /api/alerts/{id}/figure.svg',
        'GET /api/cameras',
        'GET /api/cameras/rates',
        'GET /api/floors',
        'GET /api/floors/{floor}/counts',
        'GET /api/floors/{floor}/presence',
        'GET /api/live',
        'GET /api/privacy',
        'GET /api/privacy/audit-export',
        'GET /api/privacy/holds',
        'GET /api/privacy/evidence-pack',
        'GET /api/privacy/reidentification',
        'GET /api/privacy/looks',
        'GET /api/privacy/policies',
        'GET /api/session',
        'GET /api/sign-in',
        'GET /healthz',
        'GET /metrics',
        'GET /readyz',
        'POST /api/alerts/{id}/acknowledge',
        'POST /api/alerts/{id}/close',
        'POST /api/alerts/{id}/reopen',
        'POST /api/privacy/erasures',
        'POST /api/privacy/holds',
        'POST /api/privacy/holds/{id}/release',
        'POST /api/session',
      ].sort(),
    );
    const ids = Object.values(listing).flatMap((operations) => Object.values(operations).map((o) => o.operationId));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('holds schemas of JSON Schema 2020-12 whose references all lead somewhere', async () => {
    const { components, paths, openapi } = await document();
    expect(openapi).toBe('3.1.0');
    expect(Object.keys(components.schemas)).toEqual(
      expect.arrayContaining(['AlertDetail', 'AlertSummary', 'AlertView', 'ApiError', 'CameraView', 'Presence']),
    );
    const ajv = new Ajv2020({
      strict: true,
      strictTuples: false,
      strictTypes: false,
      validateFormats: true,
      keywords: ['example', 'components', 'paths'],
    });
    addFormats.default(ajv);
    ajv.addSchema({ $id: 'doc', components, paths } as object, 'doc', false, false);
    for (const name of Object.keys(components.schemas)) {
      expect(ajv.compile({ $ref: `doc#/components/schemas/${name}` }), name).toBeTypeOf('function');
    }
    const inline: object[] = [];
    JSON.stringify(paths, (key, value: unknown) => {
      if (key === 'schema' && value !== null && typeof value === 'object') inline.push(value);
      return value;
    });
    expect(inline.length).toBeGreaterThan(30);
    for (const schema of inline) {
      const absolute = JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"doc#/components')) as object;
      expect(ajv.compile(absolute)).toBeTypeOf('function');
    }
    const example = ajv.compile({ $ref: 'doc#/components/schemas/AlertView' });
    expect(example(examples.ALERT_VIEW_EXAMPLE)).toBe(true);
    expect(example({ ...examples.ALERT_VIEW_EXAMPLE, face: 'x' })).toBe(false);
    for (const [, pointer] of JSON.stringify({ components, paths }).matchAll(
      /"\$ref":"#\/components\/schemas\/(\w+)"/g,
    )) {
      expect(Object.keys(components.schemas)).toContain(pointer);
    }
  });

  it('asks for nothing that a refusal could not put into words', async () => {
    const parts = (value: unknown): Record<string, unknown>[] =>
      value === null || typeof value !== 'object'
        ? []
        : [value as Record<string, unknown>, ...Object.values(value).flatMap(parts)];
    const asked = Object.values((await document()).paths).flatMap((path) =>
      Object.values(path).flatMap((operation) => {
        const { parameters, requestBody } = operation as { parameters?: unknown; requestBody?: unknown };
        return [...parts(parameters), ...parts(requestBody)];
      }),
    );
    const texts = asked.filter(({ type, pattern, format }) => type === 'string' && (pattern ?? format) !== undefined);
    expect(texts.length).toBeGreaterThan(10);
    for (const schema of texts) expect(inWords(schema as TSchema)).not.toMatch(/matches|of the format/);
  });

  it('gives examples that its schemas accept', () => {
    for (const [schema, example] of [
      [schemas.AlertList, examples.ALERT_LIST_EXAMPLE],
      [schemas.AlertView, examples.ALERT_VIEW_EXAMPLE],
      [schemas.Evidence, examples.EVIDENCE_EXAMPLE],
      [schemas.Presence, examples.PRESENCE_EXAMPLE],
      [schemas.FloorList, examples.FLOOR_LIST_EXAMPLE],
      [schemas.CameraList, examples.CAMERA_LIST_EXAMPLE],
    ] as const) {
      expect(checker(schema)(example)).toMatchObject({ ok: true });
    }
  });

  it('is shown as a page whose scripts are all files of the hub', async () => {
    const token = await hub.token();
    const page = await app.inject(as(token, { url: '/api/docs' }));
    expect(page.statusCode).toBe(200);
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain("script-src 'self';");
    expect(page.body).not.toMatch(/<script(?![^>]*\bsrc=)/);
    for (const [, source] of page.body.matchAll(/(?:src|href)="([^"]+)"/g)) {
      expect((await app.inject(as(token, { url: source ?? '' }))).statusCode, source).toBe(200);
    }
    // The looser policy is for this path alone.
    expect((await app.inject(as(token, { url: '/api/floors' }))).headers['content-security-policy']).not.toContain(
      'unsafe',
    );
  });

  it('is the one that is committed', async () => {
    const committed = await readFile(new URL('../../../docs/reference/openapi.json', import.meta.url), 'utf8');
    expect(committed, 'run: npm run -s hub -- openapi --out docs/reference/openapi.json').toBe(
      await describeInterface(),
    );
  });
});
