/**
 * The open streams of GET /api/live. An event is written once and handed to every client; a client that does not keep
 * up is cut off (its browser comes back by itself and asks for the present state), so that no backlog ever grows here.
 */
import { Readable } from 'node:stream';
import type { LiveBus, LiveEventName, LiveMessage } from './live.ts';

export interface LiveClient {
  /** Whose stream it is, for the cap on streams; a token, never logged. */
  readonly token: string;
  /** What it is told of. */
  readonly sees: ReadonlySet<LiveEventName>;
  /** Asked at each heartbeat; the stream ends where it answers false. */
  readonly stillAllowed: () => Promise<boolean>;
}

export interface LiveStreamOptions {
  readonly bus: LiveBus;
  /** Bytes that a client may be behind. */
  readonly backlogBytes: number;
  readonly heartbeatSeconds: number;
  readonly perBearer: number;
  /** Told of a heartbeat whose look at the session failed: the stream goes on, the next heartbeat looks again. */
  readonly onProblem: (problem: unknown) => void;
}

interface Open extends LiveClient {
  readonly stream: Readable;
}

/** What a browser waits before it comes back. */
const RETRY_MS = 2_000;
const HEARTBEAT = Buffer.from('event: heartbeat\ndata: {}\n\n');

/** One event as it goes over the wire. */
export function frame(id: string, message: LiveMessage): Buffer {
  return Buffer.from(`id: ${id}\nevent: ${message.event}\ndata: ${JSON.stringify(message.data)}\n\n`);
}

export class LiveStreams {
  readonly #options: LiveStreamOptions;
  readonly #open = new Set<Open>();
  readonly #unsubscribe: () => void;
  readonly #heartbeat: NodeJS.Timeout;
  // Ids of two runs of the hub differ, so that a client can tell that the hub was restarted.
  readonly #run = Date.now().toString(36);
  #sequence = 0;
  #dropped = 0;

  constructor(options: LiveStreamOptions) {
    this.#options = options;
    this.#unsubscribe = options.bus.subscribe((message) => this.#broadcast(message));
    this.#heartbeat = setInterval(() => this.#beat(), options.heartbeatSeconds * 1000);
    this.#heartbeat.unref();
  }

  /** Streams open at this moment. */
  get open(): number {
    return this.#open.size;
  }

  /** Clients cut off because they did not keep up, since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  /**
   * Opens a stream.
   *
   * @param first what the client gets at once: the present state.
   * @returns null where the bearer has as many streams as are allowed.
   */
  connect(client: LiveClient, first: readonly LiveMessage[]): Readable | null {
    let own = 0;
    for (const other of this.#open) if (other.token === client.token) own++;
    if (own >= this.#options.perBearer) return null;
    const stream = new Readable({ read: () => undefined });
    const open: Open = { ...client, stream };
    stream.once('close', () => this.#open.delete(open));
    // A client that goes away in the middle is no error of ours.
    stream.on('error', () => undefined);
    this.#open.add(open);
    stream.push(`retry: ${RETRY_MS}\n\n`);
    for (const message of first) this.#write(open, frame(this.#nextId(), message));
    return stream;
  }

  /** Ends the streams of one bearer: a sign-out. */
  endOf(token: string): void {
    for (const open of this.#open) if (open.token === token) this.#end(open);
  }

  /** Ends every stream and stops listening. */
  close(): void {
    this.#unsubscribe();
    clearInterval(this.#heartbeat);
    for (const open of this.#open) this.#end(open);
  }

  #nextId(): string {
    this.#sequence++;
    return `${this.#run}-${this.#sequence}`;
  }

  #broadcast(message: LiveMessage): void {
    if (this.#open.size === 0) return;
    const bytes = frame(this.#nextId(), message);
    for (const open of this.#open) if (open.sees.has(message.event)) this.#write(open, bytes);
  }

  #write(open: Open, bytes: Buffer): void {
    if (open.stream.readableLength + bytes.length > this.#options.backlogBytes) {
      this.#dropped++;
      this.#open.delete(open);
      open.stream.destroy();
      return;
    }
    open.stream.push(bytes);
  }

  #end(open: Open): void {
    this.#open.delete(open);
    open.stream.push(null);
  }

  #beat(): void {
    for (const open of this.#open) {
      this.#write(open, HEARTBEAT);
      open.stillAllowed().then(
        (allowed) => {
          if (!allowed && this.#open.has(open)) this.#end(open);
        },
        (problem: unknown) => this.#options.onProblem(problem),
      );
    }
  }
}
