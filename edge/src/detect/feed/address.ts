/** Where a live feed of boxes is: a Unix-domain socket, or a port of this very machine. */
import { resolve } from 'node:path';

export type FeedAddress =
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

/** Linux takes 107 bytes and a zero; a longer path is cut without a word. */
const LONGEST_SOCKET_PATH = 107;
const LOOPBACK = /^(?:tcp:\/\/)?(127\.0\.0\.1|localhost|\[::1\]):(\d{1,5})$/i;
const HOST_AND_PORT = /^(?:tcp:\/\/.*|[^/\s]+:\d+)$/i;

/** Why an address cannot be used, and what to write instead. */
export interface FeedAddressProblem {
  readonly problem: string;
  readonly remedy: string;
}

/**
 * Reads `127.0.0.1:7000`, `localhost:7000`, `[::1]:7000`, the same after `tcp://`, or the path of a socket.
 *
 * @param folder what a relative path is relative to.
 */
export function parseFeedAddress(text: string, folder: string): FeedAddress | FeedAddressProblem {
  const loopback = LOOPBACK.exec(text);
  if (loopback) {
    const port = Number(loopback[2]);
    if (port < 1 || port > 65_535) {
      return { problem: `"${text}" has the port ${port}`, remedy: 'Take a port from 1 to 65535.' };
    }
    return { kind: 'tcp', host: (loopback[1] as string).replace(/[[\]]/g, ''), port };
  }
  if (HOST_AND_PORT.test(text)) {
    return {
      problem: `"${text}" is no address of this machine`,
      remedy:
        'Boxes are not carried over the network unprotected: let the agent run beside their source, at 127.0.0.1:PORT, or give the path of a Unix-domain socket.',
    };
  }
  const path = resolve(folder, text);
  const length = Buffer.byteLength(path);
  if (length > LONGEST_SOCKET_PATH) {
    return {
      problem: `${path} has ${length} bytes; the path of a socket has at most ${LONGEST_SOCKET_PATH}`,
      remedy: 'Take a shorter path, for instance below /run.',
    };
  }
  return { kind: 'socket', path };
}

export function describeFeedAddress(address: FeedAddress): string {
  return address.kind === 'socket' ? address.path : `${address.host}:${address.port}`;
}
