import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { describeMessages } from '../src/asyncapi.ts';
import { parseTopic } from '../src/topics.ts';

interface Described {
  readonly asyncapi: string;
  readonly info: { readonly version: string };
  readonly channels: Readonly<Record<string, { address: string; messages: object; parameters: object }>>;
  readonly operations: Readonly<Record<string, { channel: { $ref: string }; messages: { $ref: string }[] }>>;
}

const committed = await readFile(new URL('../../docs/reference/asyncapi.json', import.meta.url), 'utf8');
const document = JSON.parse(committed) as Described;

function at(reference: string): unknown {
  return reference
    .replace('#/', '')
    .split('/')
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], document);
}

describe('the description of the messages', () => {
  it('is the one that is committed', () => {
    expect(committed, 'run: npm run -s hub -- asyncapi --out docs/reference/asyncapi.json').toBe(
      describeMessages(document.info.version),
    );
  });

  it('is AsyncAPI 3.0, and every reference in it leads somewhere', () => {
    expect(document.asyncapi).toBe('3.0.0');
    const references = [...committed.matchAll(/"\$ref": "([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(references.length).toBeGreaterThan(15);
    for (const reference of references) expect(at(reference), reference).toBeDefined();
  });

  it.each(Object.entries(document.channels))(
    '%s is a topic of the contract, with each of its parts explained',
    (kind, channel) => {
      const topic = channel.address.replace(/\{(\w+)\}/g, '$1');
      expect(parseTopic(topic)?.kind).toBe(kind);
      const names = [...channel.address.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      expect(Object.keys(channel.parameters).sort()).toEqual(names.sort());
      expect(Object.values(channel.parameters)).not.toContainEqual({ description: '' });
    },
  );
});
