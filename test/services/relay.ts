/** A TCP relay between a program and a service, to look at what passes and to cut it. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface Relay {
  readonly port: number;
  /** Ends every connection and refuses new ones. */
  cut(): void;
  /** Carries nothing any more and says nothing, as a pulled cable does: connections stay open. */
  freeze(): void;
  /** Lets connections through again. */
  mend(): void;
  stop(): Promise<void>;
}

export interface RelayTaps {
  /** Bytes from the program to the service, of one connection. Called for each connection, returns its tap. */
  readonly upstream?: () => (chunk: Buffer) => void;
}

export async function startRelay(target: { host: string; port: number }, taps: RelayTaps = {}): Promise<Relay> {
  const sockets = new Set<Socket>();
  let open = true;
  let frozen = false;
  const server = createServer((near) => {
    if (!open) {
      near.destroy();
      return;
    }
    const far = connect(target.port, target.host);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.once('close', () => {
        sockets.delete(one);
        other.destroy();
      });
      one.on('error', () => other.destroy());
    }
    const tap = taps.upstream?.();
    if (tap) near.on('data', tap);
    near.pipe(far);
    far.pipe(near);
    if (frozen) near.pause();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (!address || typeof address !== 'object') throw new Error('the relay has no port');
  const cut = () => {
    open = false;
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: address.port,
    cut,
    freeze: () => {
      frozen = true;
      for (const socket of sockets) socket.pause();
    },
    mend: () => {
      open = true;
      frozen = false;
      for (const socket of sockets) socket.resume();
    },
    stop: async () => {
      cut();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
