/** Real MQTT brokers for integration tests: aedes always, Mosquitto where the machine has one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@safe-passage/start/ports.ts';
import { Aedes, type AuthenticateHandler } from 'aedes';
import { connectAsync } from 'mqtt';
import { mosquittoBinary } from './machine.ts';

export type BrokerKind = 'aedes' | 'mosquitto';

export interface TestBroker {
  readonly url: string;
  /** Ends it without a chance to save or say anything. */
  kill(): Promise<void>;
  /** After a kill: begins anew on the same port, with nothing remembered. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** The kinds that this machine has. Tests run over all of them: `describe.each(brokerKinds())`. */
export function brokerKinds(): BrokerKind[] {
  return mosquittoBinary ? ['aedes', 'mosquitto'] : ['aedes'];
}

/** @param authenticate aedes' own way to say who may connect; absent: everybody. */
export async function startAedes(authenticate?: AuthenticateHandler): Promise<TestBroker> {
  const port = await freePort();
  let broker: Aedes | null = null;
  let server: Server | null = null;
  const sockets = new Set<Socket>();
  const end = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => (server ? server.close(resolve) : resolve(null)));
    await new Promise((resolve) => (broker ? broker.close(() => resolve(null)) : resolve(null)));
    server = null;
    broker = null;
  };
  const started: TestBroker = {
    url: `mqtt://127.0.0.1:${port}`,
    start: async () => {
      const fresh = await Aedes.createBroker(authenticate ? { authenticate } : {});
      broker = fresh;
      server = createServer((socket) => {
        sockets.add(socket);
        socket.once('close', () => sockets.delete(socket));
        fresh.handle(socket);
      });
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
    kill: end,
    stop: end,
  };
  await started.start();
  return started;
}

async function untilItAnswers(url: string, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 100 && child.exitCode === null; attempt++) {
    try {
      const probe = await connectAsync(url, { reconnectPeriod: 0, connectTimeout: 1000 }, false);
      await probe.endAsync();
      return;
    } catch {
      await sleep(50);
    }
  }
  throw new Error('Mosquitto did not start');
}

async function startMosquitto(binary: string): Promise<TestBroker> {
  const folder = await mkdtemp(join(tmpdir(), 'safe-passage-mosquitto-'));
  const port = await freePort();
  const configuration = join(folder, 'mosquitto.conf');
  await writeFile(
    configuration,
    [
      `listener ${port} 127.0.0.1`,
      'allow_anonymous true',
      'persistence false',
      'max_inflight_messages 1000',
      'max_queued_messages 100000',
      'log_type none',
      '',
    ].join('\n'),
  );
  const url = `mqtt://127.0.0.1:${port}`;
  let child: ChildProcess | null = null;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child && child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
    }
    child = null;
  };
  const started: TestBroker = {
    url,
    start: async () => {
      child = spawn(binary, ['-c', configuration], { stdio: 'ignore' });
      await untilItAnswers(url, child);
    },
    kill: () => end('SIGKILL'),
    stop: async () => {
      await end('SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
  await started.start();
  return started;
}

/** Starts a broker of its own on a free port. */
export async function startBroker(kind: BrokerKind): Promise<TestBroker> {
  if (kind === 'aedes') return await startAedes();
  if (!mosquittoBinary) throw new Error('there is no Mosquitto: install it, or set SAFE_PASSAGE_MOSQUITTO');
  return await startMosquitto(mosquittoBinary);
}
