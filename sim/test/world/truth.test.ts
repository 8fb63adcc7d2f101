import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PersonLine } from '../../src/truth/writers.ts';
import { TruthWriter } from '../../src/truth/writers.ts';
import { World } from '../../src/world.ts';
import { tinyTerminal } from './tinyTerminal.ts';

let folder: string;
const counts = { entered: 0, left: 0, positions: 0 };

async function write(into: string): Promise<void> {
  const world = new World(tinyTerminal(), { seed: 5, passengersPerHour: 600, scenarios: 'all', scenariosPerHour: 12 });
  const writer = await TruthWriter.open(into);
  for (let step = 1; step <= 30 * 600; step += 1) {
    world.step();
    writer.tell(world.drainEvents());
    if (step % 5 !== 0) continue;
    writer.positions(world.bodies, world.timeSeconds);
    counts.positions += world.bodies.count;
    await writer.flush();
  }
  world.finish();
  writer.tell(world.drainEvents());
  await writer.close(world.timeSeconds);
  counts.entered = world.counts.entered;
  counts.left = world.counts.left;
}

async function lines<T>(name: string): Promise<T[]> {
  const text = await readFile(join(folder, name), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'truth-'));
  await write(folder);
}, 120_000);

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('truth on disk', () => {
  it('has a line for everybody who came, with where they came from and went', async () => {
    const persons = await lines<PersonLine>('persons.jsonl');
    expect(persons).toHaveLength(counts.entered);
    expect(new Set(persons.map((person) => person.id)).size).toBe(counts.entered);
    expect(persons.filter((person) => person.leftBy !== null)).toHaveLength(counts.left);
    for (const person of persons) {
      expect(person.to).toBeGreaterThanOrEqual(person.from);
      expect(person.enteredBy).not.toBe('');
      expect(person.heightMetres).toBeGreaterThan(0.9);
      expect(person.heightMetres).toBeLessThan(2.1);
    }
  });

  it('has scenarios with people who exist', async () => {
    const persons = new Set((await lines<PersonLine>('persons.jsonl')).map((person) => person.id));
    const events = await lines<{ type: string; persons?: { id: number }[] }>('events.jsonl');
    const scenarios = events.filter((event) => event.type === 'scenario');
    expect(scenarios.length).toBeGreaterThan(5);
    for (const { persons: roles = [] } of scenarios) expect(roles.some((role) => persons.has(role.id))).toBe(true);
  });

  it('has where everybody was, twice a second, only while they were there', async () => {
    const persons = new Map((await lines<PersonLine>('persons.jsonl')).map((person) => [person.id, person]));
    const text = await readFile(join(folder, 'trajectories.csv'), 'utf8');
    const [head, ...rows] = text.trimEnd().split('\n');
    expect(head).toBe('t,id,x,y');
    expect(rows).toHaveLength(counts.positions);
    const wrong = rows.filter((row) => {
      const match = /^(\d+\.[05]),(\d+),(-?\d+\.\d\d),(-?\d+\.\d\d)$/.exec(row);
      const person = persons.get(Number(match?.[2]));
      const t = Number(match?.[1]);
      return !person || !(t >= person.from && t <= person.to + 0.2);
    });
    expect(wrong).toEqual([]);
  });

  it('is the same to the byte for the same seed', async () => {
    const other = await mkdtemp(join(tmpdir(), 'truth-'));
    try {
      await write(other);
      for (const name of ['persons.jsonl', 'events.jsonl', 'trajectories.csv'])
        expect(await readFile(join(other, name), 'utf8')).toBe(await readFile(join(folder, name), 'utf8'));
    } finally {
      await rm(other, { recursive: true, force: true });
    }
  }, 240_000);

  it('says when the disk refuses', async () => {
    const writer = await TruthWriter.open(join(folder, 'gone'));
    await rm(join(folder, 'gone'), { recursive: true });
    await writer.close(0);
    await expect(TruthWriter.open(join(folder, 'persons.jsonl'))).rejects.toThrow(/EEXIST|ENOTDIR/);
  });
});
