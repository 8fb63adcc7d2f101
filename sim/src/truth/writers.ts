/**
 * What really happened, as files: persons.jsonl, events.jsonl, trajectories.csv. Written as it happens and as fast as the disk
 * takes it: whoever writes waits for the disk, so that nothing piles up however long the run is.
 */

import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { Bodies } from '../world.ts';
import type { PersonEntered, TruthEvent } from './events.ts';

/** Written in pieces of about this many characters. */
const PIECE = 1 << 16;

class TextFile {
  readonly #stream: WriteStream;
  #piece = '';
  #error: Error | null = null;

  constructor(path: string) {
    this.#stream = createWriteStream(path);
    this.#stream.on('error', (error) => {
      this.#error = error;
    });
  }

  write(text: string): void {
    this.#piece += text;
  }

  /** Waits where the disk is behind. Throws what the disk said. */
  async flush(all = false): Promise<void> {
    if (this.#error) throw this.#error;
    if (this.#piece.length < PIECE && !all) return;
    const piece = this.#piece;
    this.#piece = '';
    if (piece.length > 0 && !this.#stream.write(piece)) await once(this.#stream, 'drain');
  }

  async close(): Promise<void> {
    await this.flush(true);
    this.#stream.end();
    await finished(this.#stream);
  }

  destroy(): void {
    this.#stream.destroy();
  }
}

/** One line of persons.jsonl, written when the person has left or the run ends. */
export interface PersonLine {
  readonly id: number;
  readonly kind: string;
  readonly company: number;
  readonly role: string;
  readonly from: number;
  readonly to: number;
  readonly enteredBy: string;
  /** Null: still on the floor when the run ended. */
  readonly leftBy: string | null;
  readonly heightMetres: number;
}

export class TruthWriter {
  readonly #persons: TextFile;
  readonly #events: TextFile;
  readonly #trajectories: TextFile;
  /** Only those on the floor. */
  readonly #present = new Map<number, PersonEntered>();

  private constructor(persons: TextFile, events: TextFile, trajectories: TextFile) {
    this.#persons = persons;
    this.#events = events;
    this.#trajectories = trajectories;
    trajectories.write('t,id,x,y\n');
  }

  /** Makes the folder and the three files in it; what they held is lost. */
  static async open(folder: string): Promise<TruthWriter> {
    await mkdir(folder, { recursive: true });
    const file = (name: string): TextFile => new TextFile(join(folder, name));
    return new TruthWriter(file('persons.jsonl'), file('events.jsonl'), file('trajectories.csv'));
  }

  /** What the world told since the last time. */
  tell(events: readonly TruthEvent[]): void {
    for (const event of events) {
      switch (event.type) {
        case 'person-entered':
          this.#present.set(event.id, event);
          break;
        case 'person-left': {
          const entered = this.#present.get(event.id);
          this.#present.delete(event.id);
          if (entered) this.#person(entered, event.t, event.by);
          break;
        }
        default:
          this.#events.write(`${JSON.stringify(event)}\n`);
      }
    }
  }

  #person({ id, kind, company, role, t, by, heightMetres }: PersonEntered, to: number, leftBy: string | null): void {
    const line: PersonLine = { id, kind, company, role, from: t, to, enteredBy: by, leftBy, heightMetres };
    this.#persons.write(`${JSON.stringify(line)}\n`);
  }

  /** Where everybody is, to the centimetre. */
  positions(bodies: Bodies, seconds: number): void {
    const t = seconds.toFixed(1);
    let lines = '';
    for (let index = 0; index < bodies.count; index += 1) {
      lines += `${t},${bodies.id[index]},${hundredths(bodies.x[index] as number)},${hundredths(bodies.y[index] as number)}\n`;
    }
    this.#trajectories.write(lines);
  }

  /** To be awaited now and then, at least every simulated second. */
  async flush(): Promise<void> {
    await this.#persons.flush();
    await this.#events.flush();
    await this.#trajectories.flush();
  }

  /** Writes who is still there, and closes the files. */
  async close(seconds: number): Promise<void> {
    for (const entered of this.#present.values()) this.#person(entered, seconds, null);
    this.#present.clear();
    await Promise.all([this.#persons.close(), this.#events.close(), this.#trajectories.close()]);
  }

  /** After an error: lets go of the files as they are. */
  abandon(): void {
    for (const file of [this.#persons, this.#events, this.#trajectories]) file.destroy();
  }
}

/** Two decimals; toFixed costs three times as much. */
function hundredths(metres: number): string {
  const scaled = Math.round(metres * 100);
  const whole = Math.abs(scaled);
  const rest = whole % 100;
  return `${scaled < 0 ? '-' : ''}${(whole - rest) / 100}.${rest < 10 ? '0' : ''}${rest}`;
}
