import { createServer } from 'node:net';
import { OperatorError } from '@safe-passage/cli';

function listen(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

/** A loopback TCP port that is free at this moment. */
export const freePort = (): Promise<number> => listen(0);

/** @throws OperatorError where somebody else listens there, or nobody may. */
export async function insistOnPort(port: number): Promise<void> {
  try {
    await listen(port);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'EACCES') {
      throw new OperatorError(`port ${port} needs more rights than you have`, 'Take one above 1023: --port 8081', {
        cause,
      });
    }
    if (code !== 'EADDRINUSE') throw cause;
    throw new OperatorError(
      `port ${port} is taken by another program`,
      `Take another one: npm start -- --port ${port === 65_535 ? 8080 : port + 1}`,
      { cause },
    );
  }
}
